"""The chain behind a contribution is the one that backpropagation multiplies."""

from typing import Any

import numpy as np
import pytest

from core.experiment import compute, run
from core.explain import explain_contribution
from core.jacobians import step_jacobians
from core.recipe import make_recipe
from core.unroll import Workspace

GROUPS = ("forward", "backward", "contributions", "params")
LONG = " ".join("abcdefghijklmnopqrst"[i % 20] for i in range(31))


def told(t: int, k: int, **values: Any) -> tuple[Any, Any, dict[str, Any]]:
    recipe = make_recipe(values)
    trace, net = compute(recipe, (*GROUPS, "jacobians")), run(recipe).net
    assert isinstance(net, Workspace)
    return trace, step_jacobians(net), explain_contribution(trace, parameter="b", t=t, k=k)["chain"]


@pytest.mark.parametrize("cell", ["rnn-tanh", "lstm", "gru"])
def test_factors_are_the_jacobians_of_the_run_and_norms_those_of_their_products(cell: str) -> None:
    trace, J, chain = told(6, 2, cell=cell, hidden=4, seed=1)
    assert [(f["from"], f["to"]) for f in chain["factors"]] == [(6, 5), (5, 4), (4, 3), (3, 2)]
    for factor in chain["factors"]:
        np.testing.assert_allclose(factor["matrix"], J[factor["from"]], rtol=1e-5, atol=1e-9)
        exact = np.linalg.svd(J[factor["from"]], compute_uv=False)
        np.testing.assert_allclose(factor["singular"], exact, rtol=1e-9, atol=1e-12)
        expected = trace["jacobian/fro"][6, factor["to"]]
        np.testing.assert_allclose(factor["norm"], expected, rtol=1e-9)


@pytest.mark.parametrize("data", ["sentence", "adding", "parity"])
def test_what_arrives_is_the_contribution_of_the_bias(data: str) -> None:
    t, k = 7, 3
    length = {} if data == "sentence" else {"length": 8}
    trace, _, chain = told(t, k, cell="rnn-tanh", data=data, hidden=5, **length)
    if chain["delta"]["norm"] == 0.0:
        pytest.fail("the error of this step must be counted")
    delta = np.array(chain["delta"]["vector"])
    for factor in chain["factors"]:
        delta = delta @ np.array(factor["matrix"])
        np.testing.assert_allclose(factor["carried"], np.linalg.norm(delta), rtol=1e-4)
    slope = 1 - trace["s"][k, 0] ** 2
    np.testing.assert_allclose(np.linalg.norm(delta * slope), trace["contribution/b"][t, k], rtol=1e-4)


def test_a_long_chain_is_folded_in_the_middle_and_loses_nothing() -> None:
    trace, J, chain = told(29, 1, cell="gru", hidden=3, text=LONG)
    spans = [(f["from"], f["to"]) for f in chain["factors"]]
    assert len(spans) == 12
    assert [start for start, _ in spans[1:]] == [end for _, end in spans[:-1]]
    (fold,) = [f for f in chain["factors"] if f["from"] - f["to"] > 1]
    between = np.linalg.multi_dot([J[j] for j in range(fold["from"], fold["to"], -1)])
    np.testing.assert_allclose(fold["matrix"], between, rtol=1e-4, atol=1e-7 * np.abs(between).max())
    np.testing.assert_allclose(chain["factors"][-1]["norm"], trace["jacobian/fro"][29, 1], rtol=1e-8)


def test_the_same_step_has_no_jacobian_between_and_the_future_no_chain() -> None:
    assert told(3, 3, hidden=4)[2]["factors"] == []
    assert told(3, 5, hidden=4)[2] is None


def test_large_matrices_keep_to_their_singular_values() -> None:
    chain = told(3, 1, cell="lstm", hidden=16)[2]
    assert chain["delta"]["vector"] is None
    assert all(f["matrix"] is None and len(f["singular"]) == 16 for f in chain["factors"])


def test_several_chains_have_none_yet() -> None:
    recipe = make_recipe({"topology": "bidirectional", "hidden": 3})
    found = explain_contribution(compute(recipe, GROUPS), parameter="forward/b", t=4, k=2)
    assert found["chain"] is None


def test_what_would_take_too_long_is_said_in_place_of_a_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.explain_chain.MOST_WORK", 3 * 4**3)
    trace = compute(make_recipe({"cell": "gru", "hidden": 4}), GROUPS)
    short, long = (explain_contribution(trace, parameter="b", t=5, k=k) for k in (2, 1))
    assert short["chain"] is not None
    assert long["chain"] is None
    assert any("not multiplied here" in note for note in long["notes"])
    assert not any("not multiplied here" in note for note in short["notes"])
