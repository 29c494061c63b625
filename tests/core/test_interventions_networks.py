"""Surgery on networks of several chains: what is held is held, what follows from it is a run like any other."""

from typing import Any

import numpy as np
import pytest

from core.errors import RecipeError
from core.experiment import compute, run
from core.interventions import carry_out, operate_network
from core.networks import Network
from core.recipe import make_recipe
from core.surgery import read_interventions, scope_of
from tests.core.test_topologies import NETWORKS

SEVERAL = [n for n in NETWORKS if n not in ("chain", "one-to-one", "one-to-many")]
every_network = pytest.mark.parametrize("name", SEVERAL)


def recipe_of(name: str, **more: Any) -> Any:
    return make_recipe(
        {"hidden": 3, "seed": 4, "cell": "lstm", "text": "one two three four five", **NETWORKS[name], **more}
    )


def read(recipe: Any, *items: dict[str, Any]) -> Any:
    return read_interventions([*items], scope_of(recipe))


@every_network
def test_a_held_node_is_what_it_is_held_at_and_nothing_before_it_changes(name: str) -> None:
    recipe = recipe_of(name)
    plain = compute(recipe, ("forward",))
    for node in scope_of(recipe).nodes:
        held = {"kind": "clamp", "node": node, "value": 0.25, "from": 1, "to": 2}
        trace = carry_out(recipe, read(recipe, held), ("forward",))
        assert (trace[node][1:3] == 0.25).all(), node
        assert (trace[node][[0, 3]] != 0.25).all(), node
        before = trace[f"unperturbed/{node}"]
        assert np.array_equal(before, plain[node])
        reverse = "back" in node.split("/")[0]
        untouched = slice(3, None) if reverse else slice(0, 1)
        first = next(b["name"] for b in trace.topology["blocks"])
        if node.startswith(first) and "forward2" not in node:
            assert np.array_equal(trace[node][untouched], before[untouched]), node


@every_network
def test_gradients_after_surgery_are_those_of_that_run(name: str) -> None:
    recipe = recipe_of(name)
    node = scope_of(recipe).nodes[0]
    items = read(
        recipe,
        {"kind": "clamp", "node": node, "value": 0.3, "from": 1, "to": 1, "units": [0, 2]},
        {"kind": "token", "t": 0, "token": "three"},
    )
    done = run(recipe)
    after = operate_network(done, items)
    gradients = {n: g.copy() for n, g in after.grads.items()}
    weights = {n.removeprefix("param/"): a.data.copy() for n, a in done.arrays.items() if n.startswith("param/")}
    rng = np.random.default_rng(1)
    for weight, value in weights.items():
        way = rng.normal(size=value.shape)
        losses = []
        for sign in (1, -1):
            after.load({**weights, weight: value + sign * 1e-6 * way})
            again(after, done, items)
            losses.append(after.loss)
        difference = (losses[0] - losses[1]) / 2e-6
        assert abs(difference - float(np.vdot(gradients[weight], way))) < 1e-8, weight


def again(net: Network, done: Any, items: Any) -> None:
    batch = done.material.batch
    x = batch.x.copy()
    x[0] = np.eye(x.shape[2])[items[1].token]
    y = np.concatenate([np.zeros((1, 1, net.O)), np.eye(net.O)[batch.target[:-1]]])
    net.run({"x": x, "y": y}, batch.target, mask=batch.mask)


@every_network
def test_shares_still_sum_to_one_and_the_distance_is_told(name: str) -> None:
    recipe = recipe_of(name)
    state = scope_of(recipe).states[0]
    trace = carry_out(recipe, read(recipe, {"kind": "zero", "state": state, "t": 2}))
    for key in [n for n in trace.arrays if n.startswith("contribution_dot/")]:
        share = float(trace[key].sum())
        assert abs(share - 1.0) < 1e-12 or share == 0.0, key
    gap = np.linalg.norm(trace[state] - trace[f"unperturbed/{state}"], axis=-1)
    assert np.allclose(trace[f"divergence/{state}"], gap, atol=1e-15)
    assert gap[2] > 0


@every_network
def test_a_scaled_weight_is_scaled(name: str) -> None:
    recipe = recipe_of(name)
    weight = scope_of(recipe).parameters[1]
    trace = carry_out(recipe, read(recipe, {"kind": "scale", "parameter": weight, "factor": -2.0}))
    assert np.array_equal(trace[f"param/{weight}"], -2.0 * compute(recipe)[f"param/{weight}"])


def test_a_token_of_the_source_is_read_instead_and_named() -> None:
    recipe = recipe_of("encoder-decoder")
    trace = carry_out(recipe, read(recipe, {"kind": "token", "t": 1, "token": "five"}))
    assert trace.labels["source"] == ["one", "five", "three", "four", "five"]
    assert trace.labels["target"] == ["five", "four", "three", "two", "one"]
    assert trace["x"][1, 0].argmax() == 4
    assert not np.array_equal(trace["decoder/h"], trace["unperturbed/decoder/h"])


def test_what_is_not_there_is_refused_with_the_nearest() -> None:
    recipe = recipe_of("two layers")
    with pytest.raises(RecipeError) as refusal:
        read(recipe, {"kind": "clamp", "node": "layer1/ff", "value": 0, "from": 0, "to": 99})
    found = {p.pointer: p.allowed for p in refusal.value.problems}
    assert found["/interventions/0/node"]["nearest"] == "layer1/f"  # type: ignore[index]
    assert found["/interventions/0/to"] == {"min": 0, "max": 3, "nearest": 3}
    with pytest.raises(RecipeError) as refusal:
        read(make_recipe({"data": "adding"}), {"kind": "token", "t": 0, "token": 0})
    assert refusal.value.problems[0].pointer == "/interventions/0/kind"
