"""Equations of a run in which nodes are held: their terms still sum to what they claim."""

import math
from typing import Any

import pytest

from core.explain import explain, explain_contribution
from core.interventions import Clamp, carry_out
from core.recipe import make_recipe
from core.trace import Trace
from core.wiring import wiring_of

OWN = "a = sigmoid(W @ x + b)\nh = a * h_prev + (1 - a) * tanh(U @ h_prev + x[0])".replace(" + x[0]", "")
CHAINS: dict[str, tuple[dict[str, Any], list[Clamp]]] = {
    "lstm": ({"cell": "lstm"}, [Clamp("f", 0.3, 1, 3, (1,)), Clamp("c", -0.4, 2, 2, None), Clamp("o.pre", 0.7, 0, 4)]),
    "gru": ({"cell": "gru"}, [Clamp("z", 0.0, 1, 2, (0, 2)), Clamp("h", 0.0, 3, 3)]),
    "rnn-tanh": ({"cell": "rnn-tanh"}, [Clamp("s", 0.9, 2, 3, (1,)), Clamp("s.pre", -1.0, 1, 4, (1,))]),
    "somebody's own": ({"cell": OWN}, [Clamp("a", 0.25, 0, 3, (1,))]),
    "two layers": (
        {"cell": "lstm", "layers": 2},
        [Clamp("layer1/f", 0.3, 1, 3, (1,)), Clamp("layer2/h", 0.0, 2, 2)],
    ),
    "both ways": (
        {"cell": "gru", "topology": "bidirectional"},
        [Clamp("backward/h", 0.2, 2, 3, (1,)), Clamp("forward/z", 1.0, 1, 1)],
    ),
}
every_chain = pytest.mark.parametrize("name", CHAINS)


def held(name: str) -> tuple[Trace, list[Clamp]]:
    asked, clamps = CHAINS[name]
    recipe = make_recipe({**asked, "hidden": 3, "text": "a b c a d b", "seed": 3})
    return carry_out(recipe, clamps), clamps


def nodes_of(trace: Trace) -> list[tuple[str, int]]:
    """Every node and step of the blocks."""
    wiring = wiring_of(make_recipe({n: v for n, v in trace.recipe.items() if n != "interventions"}))
    found = []
    for block, cell in wiring.cells.items():
        nodes = [*cell.names, *cell.pre_activations]
        found += [(f"{block}/{n}" if block else n, t) for n in nodes for t in range(trace.dims["time"])]
    return found


def total(side: dict[str, Any]) -> float:
    return math.fsum(term["value"] for term in side["terms"])


@every_chain
def test_values_are_the_traces_and_terms_sum_to_the_gradient(name: str) -> None:
    trace, _ = held(name)
    for node, t in nodes_of(trace):
        told = explain(trace, node=node, t=t, unit=1)
        assert told["value"] == trace[node][t, 0, 1]
        sizes = sum(abs(term["value"]) for term in told["backward"]["terms"])
        right = trace[f"grad/{node}"][t, 0, 1]
        assert math.isclose(total(told["backward"]), right, rel_tol=1e-9, abs_tol=1e-12 * max(sizes, 1.0)), (node, t)


@every_chain
def test_a_held_node_is_told_to_be_held_where_it_is_and_nowhere_else(name: str) -> None:
    trace, clamps = held(name)
    for node, t in nodes_of(trace):
        mine = [c for c in clamps if c.node == node and c.first <= t <= c.last and (c.units is None or 1 in c.units)]
        told = explain(trace, node=node, t=t, unit=1)
        labels = [term["label"] for term in told["forward"]["terms"]]
        assert ("held" in labels) == bool(mine), (node, t)
        if mine:
            assert told["value"] == mine[-1].value == total(told["forward"])
            if f"{node}.free" in trace.arrays:
                assert f"{trace[f'{node}.free'][t, 0, 1]:.4g}" in told["notes"][0]


def test_what_passes_a_held_node_is_nothing() -> None:
    """A term's parts are the local derivative and the gradient above it, of which none passes."""
    trace, _ = held("lstm")
    for t, passes in ((1, False), (4, True)):
        told = explain(trace, node="f.pre", t=t, unit=1)["backward"]["terms"][0]
        assert (told["parts"][1]["value"] != 0) == (told["value"] != 0) == passes


def test_a_contribution_is_told_without_its_chain() -> None:
    trace, _ = held("lstm")
    told = explain_contribution(trace, parameter="W_f", t=4, k=1)
    assert told["value"] == trace["contribution/W_f"][4, 1]
    assert told["chain"] is None
    assert any("held" in note for note in told["notes"])
