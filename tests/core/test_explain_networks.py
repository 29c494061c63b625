"""The equations of several chains, of attention and of every output layer: their terms are what they claim."""

import math
from functools import cache
from typing import Any

import numpy as np
import pytest

from core.errors import RecipeError
from core.experiment import compute
from core.explain import explain, explain_contribution
from core.recipe import make_recipe
from core.trace import Trace
from tests.core.test_topologies import HEADS, NETWORKS

every_network = pytest.mark.parametrize("name", NETWORKS)
every_head = pytest.mark.parametrize("head", HEADS)


@cache
def traced(name: str, head: str = "softmax", cell: str = "gru-reset-after") -> Trace:
    return compute(make_recipe({"hidden": 3, "seed": 2, "cell": cell, **NETWORKS[name], **HEADS[head]}))


def total(side: dict[str, Any]) -> float:
    return math.fsum(term["value"] for term in side["terms"])


def nodes_of(trace: Trace) -> list[tuple[str, str]]:
    """Every node with a gradient, and its axis."""
    found = [(n.removeprefix("grad/"), a.dims[0]) for n, a in trace.arrays.items() if n.startswith("grad/")]
    return [(n, axis) for n, axis in found if axis in ("time", "source")]


@every_network
@every_head
def test_backward_terms_sum_to_the_gradient_of_every_node_at_every_step(name: str, head: str) -> None:
    if name == "one-to-many" and head != "softmax":
        pytest.skip("its output is its next input")
    trace = traced(name, head)
    for node, axis in nodes_of(trace):
        for t in range(trace.dims[axis]):
            told = explain(trace, node=node, t=t, unit=1)
            right = float(trace[f"grad/{node}"][t, 0, 1])
            assert abs(told["backward"]["value"] - right) < 1e-15
            assert abs(total(told["backward"]) - right) < 1e-12, (node, t, told["backward"]["terms"])
            assert abs(told["value"] - float(trace[node][t, 0, 1])) < 1e-15


@every_network
def test_forward_terms_sum_to_what_is_inside_the_function(name: str) -> None:
    trace = traced(name, cell="lstm")
    for node, axis in nodes_of(trace):
        if not node.endswith(".pre"):
            continue
        for t in range(trace.dims[axis]):
            told = explain(trace, node=node, t=t, unit=2)
            assert abs(total(told["forward"]) - told["value"]) < 1e-12, (node, t)
            parts = [math.fsum(p["value"] for p in term["parts"]) for term in told["forward"]["terms"] if term["parts"]]
            values = [term["value"] for term in told["forward"]["terms"] if term["parts"]]
            assert np.allclose(parts, values, atol=1e-12)


@pytest.mark.parametrize("name", [n for n in NETWORKS if "attention" in n])
def test_attentions_weights_are_a_softmax_of_the_scores_that_are_told(name: str) -> None:
    trace = traced(name)
    for t in range(trace.dims["time"]):
        told = [explain(trace, node="decoder/a", t=t, unit=j) for j in range(trace.dims["source"])]
        scores = np.zeros(trace.dims["source"])
        for term in told[0]["forward"]["terms"]:
            scores[int(term["latex"].split(",")[1].strip("}"))] = term["value"]
        top = np.exp(scores - scores.max())
        assert np.allclose(top / top.sum(), trace["decoder/a"][t, 0], atol=1e-14)
        assert np.allclose([a["value"] for a in told], trace["decoder/a"][t, 0], atol=1e-15)
        mixed = trace["decoder/v"][t, 0] @ trace["grad/decoder/v"][t, 0]
        back = np.array([a["backward"]["value"] for a in told])
        assert abs(back @ trace["decoder/a"][t, 0] - mixed) < 1e-12  # sum_j a_j dJ/da_j = v . dJ/dv


@every_head
@pytest.mark.parametrize("name", ["chain", "bidirectional", "attention"])
def test_the_output_layers_terms_are_its_numbers(name: str, head: str) -> None:
    trace = traced(name, head)
    first = {"softmax": "logits", "linear": "prediction", "sigmoid": "logits"}[head]
    for t in range(trace.dims["time"]):
        told = explain(trace, node=first, t=t, unit=0)
        assert abs(total(told["forward"]) - float(trace[first][t, 0, 0])) < 1e-12
        assert abs(total(told["backward"]) - told["backward"]["value"]) < 1e-12
        loss = explain(trace, node="loss", t=t, unit=0)
        assert abs(loss["value"] - float(trace["loss"][t, 0])) < 1e-15
        if head != "softmax":
            assert abs(total(loss["forward"]) - loss["value"]) < 1e-12
        steps = ("logits", "probs", "prediction", "target")
        names = {"np": np, **{n: trace[n][t, 0] for n in steps if n in trace.arrays}}
        exec(loss["numpy"], names)
        assert abs(float(np.asarray(names["loss"])) - loss["value"]) < 1e-12
    weights = sum(explain(trace, node=first, t=t, unit=0)["backward"]["value"] for t in range(trace.dims["time"]))
    assert abs(weights - float(trace["grad/d"][0])) < 1e-12


def test_a_chain_from_the_other_end_has_its_step_before_at_the_next_step() -> None:
    told = explain(traced("bidirectional", cell="rnn-tanh"), node="backward/s", t=1, unit=0)
    assert "s_{t+1}" in told["forward"]["latex"]
    assert "t-1" not in told["forward"]["latex"]
    assert told["block"] == "backward"
    assert told["label"] == "hidden state of backward"


@every_network
def test_contributions_are_products_of_two_norms_where_they_are_of_rank_one(name: str) -> None:
    trace = traced(name)
    for key in [n for n in trace.arrays if n.startswith("contribution/")]:
        parameter, matrix = key.removeprefix("contribution/"), trace[key]
        t, k = matrix.shape[0] - 1, matrix.shape[1] - 1
        told = explain_contribution(trace, parameter=parameter, t=t, k=k)
        assert told["value"] == float(matrix[t, k])
        if told["factors"]:
            assert abs(math.prod(f["value"] for f in told["factors"]) - told["value"]) < 1e-15


@pytest.mark.parametrize(
    ("asked", "pointer", "nearest"),
    [
        ({"node": "h", "t": 0, "unit": 0}, "/node", None),
        ({"node": "encoder/q", "t": 0, "unit": 0}, "/node", None),
        ({"node": "/h", "t": 0, "unit": 0}, "/node", None),
        ({"node": "encoder/h", "t": 99, "unit": 0}, "/t", 4),
        ({"node": "decoder/a", "t": 0, "unit": 5}, "/unit", 4),
        ({"node": "prediction", "t": 0, "unit": 0}, "/node", None),
    ],
)
def test_an_address_that_is_not_there_is_refused(asked: dict[str, Any], pointer: str, nearest: int | None) -> None:
    with pytest.raises(RecipeError) as refusal:
        explain(traced("attention"), **asked)
    (problem,) = refusal.value.problems
    assert problem.pointer == pointer
    if nearest is not None:
        assert isinstance(problem.allowed, dict)
        assert problem.allowed["nearest"] == nearest
