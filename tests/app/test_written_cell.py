"""A cell that a visitor typed, through the API: its gradients by central differences, its faults with a pointer."""

import json
from typing import Any

import numpy as np
import pytest

from tests.app.talk import TRACES, WEB, problem

# The minimal gated unit, in the letters of its paper (Zhou et al. 2016, equations 7): one gate for both purposes.
MGU = """
f = sigmoid(W_f @ x + U_f @ h_prev + b_f)    # the only gate
g = tanh(W_h @ x + U_h @ (f * h_prev) + b_h)  # candidate
h = (1 - f) * h_prev + f * g                  # hidden state
"""
Numbers = np.ndarray[Any, np.dtype[np.float64]]
RECIPE = {"cell": MGU, "hidden": 5, "seed": 4, "text": "the cat saw the dog run off", "init": "normal"}


@pytest.fixture(scope="module")
def trace(base_url: str) -> dict[str, Any]:
    answer = WEB.post(base_url + TRACES, json=RECIPE)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def numbers(trace: dict[str, Any], name: str) -> Numbers:
    return np.array(trace["arrays"][name]["data"], float)


def parameters(trace: dict[str, Any], kind: str = "param") -> dict[str, Numbers]:
    return {n.removeprefix(f"{kind}/"): numbers(trace, n) for n in trace["arrays"] if n.startswith(f"{kind}/")}


def sigmoid(a: Numbers) -> Numbers:
    return np.asarray(1 / (1 + np.exp(-a)))


def loss(p: dict[str, Numbers], x: Numbers, target: Numbers) -> float:
    """The whole loss by the paper's equations and nothing of ours: x (T, I), target (T,)."""
    h, total = np.zeros(len(p["b_f"])), 0.0
    for row, wanted in zip(x, target.astype(int), strict=True):
        f = sigmoid(p["W_f"] @ row + p["U_f"] @ h + p["b_f"])
        candidate = np.tanh(p["W_h"] @ row + p["U_h"] @ (f * h) + p["b_h"])
        h = (1 - f) * h + f * candidate
        logits = p["V"] @ h + p["d"]
        total += float(np.log(np.exp(logits - logits.max()).sum()) + logits.max() - logits[wanted])
    return total


def test_its_loss_is_that_of_its_equations(trace: dict[str, Any]) -> None:
    found = loss(parameters(trace), numbers(trace, "x")[:, 0], numbers(trace, "target")[:, 0])
    assert found == pytest.approx(numbers(trace, "loss").sum(), rel=1e-13)


def test_every_gradient_passes_central_differences(trace: dict[str, Any]) -> None:
    params, x, target = parameters(trace), numbers(trace, "x")[:, 0], numbers(trace, "target")[:, 0]
    grads = {n: g for n, g in parameters(trace, "grad").items() if n in params}
    assert grads.keys() == params.keys()
    for name, value in params.items():
        found = np.zeros_like(value)
        for place in np.ndindex(value.shape):
            ends = []
            for step in (1e-5, -1e-5):
                moved = value.copy()
                moved[place] += step
                ends.append(loss({**params, name: moved}, x, target))
            found[place] = (ends[0] - ends[1]) / 2e-5
        scale = max(np.abs(grads[name]).max(), np.abs(found).max())
        assert np.abs(found - grads[name]).max() / scale < 1e-7, name


def test_its_contributions_sum_to_its_gradients_and_it_has_jacobians(trace: dict[str, Any]) -> None:
    for name in ("W_f", "U_f", "b_f", "W_h", "U_h", "b_h"):
        assert numbers(trace, f"contribution_dot/{name}").sum() == pytest.approx(1, abs=1e-12)
    fro = numbers(trace, "jacobian/fro")
    assert fro.shape == (6, 6)
    np.testing.assert_allclose(np.diag(fro), np.sqrt(5))


def test_it_trains_and_writes(base_url: str) -> None:
    body = {**RECIPE, "updates": 300, "rate": 0.02, "batch": 4, "most": 6}
    answer = WEB.post(f"{base_url}/api/v1/decode?update=300", json=body, timeout=60)
    assert answer.json()["sequences"][0]["words"] == ["cat", "saw", "the", "dog", "run", "off"]


GOOD = "s = tanh(W @ x + U @ s_prev + b)"
HOSTILE: dict[str, str] = {
    "an import": "import os\n" + GOOD,
    "an attribute": "s = tanh(x.__class__)",
    "a subscript": "s = tanh(x[0])",
    "a lambda": "s = (lambda: x)()",
    "a comprehension": "s = tanh([y for y in x])",
    "another function": "s = open(x)",
    "a call of a call": "s = tanh(x)(x)",
    "a string": "s = tanh('x')",
    "bytes": "s = tanh(b'x')",
    "an f-string": "s = tanh(f'{x}')",
    "a walrus": "s = tanh((y := x))",
    "a condition": "s = x if x else x",
    "a comparison": "s = tanh(W @ x) > 0",
    "a power": "s = tanh(9**9**9)",
    "a division": "s = tanh(W @ x) / 2",
    "a shift": "s = tanh(1 << 1000000)",
    "a keyword argument": "s = tanh(x=x)",
    "a starred argument": "s = tanh(*x)",
    "a tuple": "s = (x, x)",
    "a dictionary": "s = {1: x}",
    "a chained assignment": "s = r = tanh(W @ x + U @ s_prev)",
    "an augmented assignment": GOOD + "\ns += x",
    "a deletion": GOOD + "\ndel s",
    "a function of one's own": "def s(): return 1\n" + GOOD,
    "a class": "class s: pass\n" + GOOD,
    "a loop": "while True: s = x",
    "an end that is missing": "s = tanh(W @",
    "a parenthesis too many": "s = tanh(W @ x))",
    "no state": "s = tanh(W @ x)",
    "a node given twice": GOOD + "\n" + GOOD,
    "a depth of 300": "s = " + "tanh(" * 300 + "x" + ")" * 300,
    "a huge number": "s = tanh(1e400 * x)",
    "a complex number": "s = tanh(3j * x)",
    "a name of the machinery": "__builtins__ = tanh(W @ x + U @ __builtins___prev)",
    "shapes that do not meet": "s = tanh(W @ x + U @ x + V_x @ s_prev @ x)",
    "an op that is not an op": "s = eval(W @ x + U @ s_prev + b)",
    "a global": "global s\n" + GOOD,
    "text that is no equation": "= = =",
    "a line of 100,000 characters": "s = tanh(" + " + ".join(["x"] * 30_000) + ")",
}


def test_there_are_enough_of_them() -> None:
    assert len(HOSTILE) >= 30


@pytest.mark.parametrize("kind", HOSTILE)
def test_equations_with(kind: str, base_url: str) -> None:
    sent = json.dumps({"cell": HOSTILE[kind]}).encode()
    answer = WEB.post(base_url + TRACES, content=sent, headers={"Content-Type": "application/json"})
    told = problem(answer)
    assert told["status"] == 422
    (error,) = told["errors"]
    assert error["pointer"] == "/cell"
    lines = HOSTILE[kind].splitlines()
    line, column = error["allowed"]["line"], error["allowed"]["column"]
    assert 1 <= line <= len(lines)
    assert 1 <= column <= len(lines[line - 1]) + 1
    assert f"line {line}, column {column}" in error["message"]
    assert answer.elapsed.total_seconds() < 2
