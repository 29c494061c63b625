"""The equations on the panel are true: their terms sum to what they claim, and their NumPy line gives the number."""

import json
import math
from functools import cache
from typing import Any

import numpy as np
import pytest

from core.cells import CELLS
from core.equations import parse
from core.errors import RecipeError
from core.experiment import compute
from core.explain import explain, explain_contribution
from core.notation import describe, equation, numpy_source
from core.recipe import make_recipe
from core.trace import Trace
from tests.core.oracle import Array
from tests.core.written import PEOPLE_WRITE, Author

SOURCES = {**{name: name for name in CELLS}, **PEOPLE_WRITE, **{f"random {i}": Author(i).cell() for i in range(12)}}
every_cell = pytest.mark.parametrize("name", SOURCES)


@cache
def traced(name: str, loss_at: str = "every") -> Trace:
    return compute(
        make_recipe({"cell": SOURCES[name], "hidden": 3, "loss_at": loss_at, "text": "a b c a d b", "seed": 3})
    )


def names_of(trace: Trace) -> list[str]:
    """Every node that can be asked for."""
    cell = CELLS.get(trace.recipe["cell"]) or parse(trace.recipe["cell"])
    return [*cell.names, *cell.pre_activations]


def space(trace: Trace, t: int) -> dict[str, Any]:
    """One step of a trace, as the names of a NumPy program: what a reader would have at hand."""
    steps = {name: array.data[t, 0] for name, array in trace.arrays.items() if array.dims[:2] == ("time", "batch")}
    params = {name[6:]: array.data for name, array in trace.arrays.items() if name.startswith("param/")}
    return {"np": np, **{name: value for name, value in steps.items() if "/" not in name}, **params}


def close(found: float, right: float, scale: float = 1.0) -> bool:
    return math.isclose(found, right, rel_tol=1e-9, abs_tol=1e-12 * max(scale, 1.0))


def total(side: dict[str, Any]) -> float:
    return math.fsum(term["value"] for term in side["terms"])


@every_cell
def test_the_numpy_source_of_every_node_gives_its_value(name: str) -> None:
    trace = traced(name)
    cell = CELLS.get(trace.recipe["cell"]) or parse(trace.recipe["cell"])
    for node in names_of(trace):
        for t in range(trace.dims["time"]):
            names = space(trace, t)
            found: Array = eval(numpy_source(cell, node), names)
            assert np.abs(found - names[node]).max() < 1e-12, (numpy_source(cell, node), t)


@every_cell
def test_the_numpy_line_of_an_explanation_runs_and_gives_the_value(name: str) -> None:
    trace = traced(name)
    for node in [*names_of(trace), "logits", "probs", "loss"]:
        told, names = explain(trace, node=node, t=2, unit=1), space(trace, 2)
        exec(told["numpy"], names)
        found = np.atleast_1d(names[node.replace(".", "_")])
        assert close(float(found[1 if found.size > 1 else 0]), told["value"]), told["numpy"]


@pytest.mark.parametrize("loss_at", ["every", "last"])
@every_cell
def test_forward_terms_sum_to_what_is_inside_the_function(name: str, loss_at: str) -> None:
    trace = traced(name, loss_at)
    functions: dict[str, Any] = {
        "tanh": np.tanh,
        "sigmoid": lambda a: 1 / (1 + np.exp(-a)),
        "relu": lambda a: max(a, 0.0),
    }
    cell = CELLS.get(trace.recipe["cell"]) or parse(trace.recipe["cell"])
    for node in names_of(trace):
        for t in (0, 2, trace.dims["time"] - 1):
            told = explain(trace, node=node, t=t, unit=2)
            inside, op = total(told["forward"]), cell.nodes[node].op
            assert close(told["value"], trace[node][t, 0, 2])
            if op in functions or op in {"sum", "identity", "*", "@"}:
                assert close(functions.get(op, float)(inside), told["value"]), (node, t)


@pytest.mark.parametrize("loss_at", ["every", "last"])
@every_cell
def test_backward_terms_sum_to_the_gradient(name: str, loss_at: str) -> None:
    trace = traced(name, loss_at)
    for node in names_of(trace):
        for t in range(trace.dims["time"]):
            told = explain(trace, node=node, t=t, unit=1)
            right = trace[f"grad/{node}"][t, 0, 1]
            sizes = sum(abs(term["value"]) for term in told["backward"]["terms"])
            assert close(told["backward"]["value"], right)
            assert close(total(told["backward"]), right, sizes), (node, t)


@every_cell
def test_terms_are_sorted_and_the_parts_of_a_term_sum_to_it(name: str) -> None:
    trace = traced(name)
    for node in names_of(trace):
        told = explain(trace, node=node, t=3, unit=0)
        for side in (told["forward"], told["backward"]):
            sizes = [abs(term["value"]) for term in side["terms"]]
            assert sizes == sorted(sizes, reverse=True)
        for term in told["forward"]["terms"]:
            if term["label"].startswith("from the"):
                assert close(math.fsum(part["value"] for part in term["parts"]), term["value"]), node


@every_cell
def test_an_explanation_is_strict_json_with_balanced_latex(name: str) -> None:
    trace = traced(name)
    for node in [*names_of(trace), "logits", "probs", "loss"]:
        told = explain(trace, node=node, t=1, unit=1)
        json.dumps(told, allow_nan=False)
        for side in (told["forward"], told["backward"]):
            for text in (side["latex"], side["numbers"], *(term["latex"] for term in side["terms"])):
                plain = text.replace(r"\{", "").replace(r"\}", "")
                assert plain.count("{") == plain.count("}"), text
                assert text.count(r"\left") - text.count(r"\leftarrow") == text.count(r"\right"), text
                assert "{}" not in text, text
                assert "--" not in text.replace(" ", "").replace("+-", "-"), text


@pytest.mark.parametrize("name", CELLS)
def test_logits_probabilities_and_losses_are_explained_truly(name: str) -> None:
    trace = traced(name, "last")
    for t in range(trace.dims["time"]):
        for unit in range(trace.dims["output"]):
            logit, prob = (explain(trace, node=node, t=t, unit=unit) for node in ("logits", "probs"))
            assert close(total(logit["forward"]), trace["logits"][t, 0, unit])
            hit = float(unit == trace["target"][t, 0])
            error = (trace["probs"][t, 0, unit] - hit) * trace["mask"][t, 0]
            assert close(total(logit["backward"]), error)
            assert close(logit["backward"]["value"], error)
            assert close(prob["value"], trace["probs"][t, 0, unit])
            assert close(prob["backward"]["value"], -hit * trace["mask"][t, 0] / trace["probs"][t, 0, unit])
        assert close(explain(trace, node="loss", t=t, unit=0)["value"], trace["loss"][t, 0])


MIXED = ("gru", "mgu", "lstm-peephole")  # what is on their states met several: h_prev and r * h_prev, say, or c_prev


@pytest.mark.parametrize("name", CELLS)
def test_a_contribution_is_explained_by_factors_that_multiply_to_it(name: str) -> None:
    trace = traced(name)
    for array in [n for n in trace.arrays if n.startswith("contribution/")]:
        parameter = array.partition("/")[2]
        for t, k in ((0, 0), (3, 1), (4, 4), (1, 3)):
            told = explain_contribution(trace, parameter=parameter, t=t, k=k)
            assert close(told["value"], trace[array][t, k])
            assert close(told["share"], trace[f"contribution_dot/{parameter}"][t, k])
            mixed = name in MIXED and parameter == "U"
            if not mixed:
                assert close(math.prod(factor["value"] for factor in told["factors"]), told["value"])
            assert bool(told["factors"]) != mixed
            assert bool(told["notes"]) == (k > t or mixed)
            json.dumps(told, allow_nan=False)


@pytest.mark.parametrize("ask", [{"node": "q"}, {"t": -1}, {"t": 5}, {"unit": 3}, {"unit": -1}, {"node": "f", "t": 99}])
def test_what_is_not_there_is_refused_with_what_is(ask: dict[str, Any]) -> None:
    with pytest.raises(RecipeError) as refusal:
        explain(traced("lstm"), **{"node": "f", "t": 1, "unit": 1, **ask})
    assert all(problem.allowed for problem in refusal.value.problems)


def test_the_lstm_is_written_as_the_lecture_writes_it() -> None:
    cell = CELLS["lstm"]
    assert equation(cell, "c") == r"c_{t} = f_{t} \odot c_{t-1} + i_{t} \odot g_{t}"
    assert equation(cell, "f") == r"f_{t} = \sigma\left(W_{f} x_{t} + U_{f} h_{t-1} + b_{f}\right)"
    assert equation(cell, "h") == r"h_{t} = o_{t} \odot \tanh\left(c_{t}\right)"
    assert describe(cell)["gates"] == ["f", "i", "o"]
    roles = {node["name"]: node["role"] for node in describe(cell)["nodes"]}
    assert roles == {"f": "gate", "i": "gate", "g": "candidate", "c": "state", "o": "gate", "h": "state"}


def test_a_sum_inside_a_difference_keeps_its_brackets() -> None:
    cell = parse("s = tanh(W @ x - identity(s_prev - b) - (1 - s_prev) * tanh(b_1 + s_prev))")
    told = equation(cell, "s").replace(r"\left", "").replace(r"\right", "")
    assert "- (s_{t-1} - b)" in told
    assert r"(1 - s_{t-1}) \odot" in told


@every_cell
def test_the_graph_of_a_cell_is_whole(name: str) -> None:
    source = SOURCES[name]
    told = describe(CELLS[source] if source in CELLS else parse(source))
    ids = {node["id"] for node in told["graph"]["nodes"]}
    assert all(edge["from"] in ids and edge["to"] in ids for edge in told["graph"]["edges"])
    assert {node["name"] for node in told["nodes"]} <= ids
    json.dumps(told, allow_nan=False)
