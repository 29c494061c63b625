"""The output layer's own equations with their numbers: logits, probabilities or predictions, loss."""

from collections.abc import Callable
from typing import Any

import numpy as np

from core.notation import symbol
from core.ops import Floats
from core.reading import MOST_PARTS, Reader, Term, error, figure, largest, place, side
from core.trace import Trace

Found = tuple[float, str, dict[str, Any], dict[str, Any], str]
ERRORS = {"softmax": "p_{t} - y_{t}", "sigmoid": "p_{t} - y_{t}", "linear": r"2\left(p_{t} - y_{t}\right)"}
SAID = {
    "softmax": "z_{t}",
    "sigmoid": "z_{t}",
    "linear": "p_{t}",
}  # z is a logit, and in some cells a gate: no prediction


def head_nodes(trace: Trace) -> list[str]:
    """What can be asked of the output layer."""
    return [*HEADS[trace.topology.get("head", "softmax")]]


def explain_head(r: Reader, node: str, t: int, unit: int) -> dict[str, Any]:
    """One output of the output layer, or the loss, at one step."""
    value, label, forward, backward, source = HEADS[_head(r)][node](r, t, unit)
    notes = [] if r.trace["mask"][t, 0] else ["No loss is counted at this step."]
    sides = {"forward": forward, "backward": backward}
    return {**place(node, label, t, unit, value), **sides, "numpy": source, "notes": notes, "block": ""}


def _head(r: Reader) -> str:
    return str(r.trace.topology.get("head", "softmax"))


def _read(r: Reader, t: int) -> tuple[str, list[str], Floats]:
    """What V multiplies: as LaTeX, by unit, and its value, the states of all chains that it reads side by side."""
    blocks = r.wiring.describe({"source": 0, "time": 0})["output"]
    readers = [Reader(r.trace, b) for b in blocks]
    state = symbol(r.cell, r.cell.output)
    several = len(blocks) > 1
    stacked = ", ".join(rf"{state}^{{\mathrm{{{b}}}}}" for b in blocks)
    text = rf"\left[{stacked}\right]" if several else state
    names = [f"{b}, unit {j}" if several else f"unit {j}" for b in blocks for j in range(r.trace.dims["hidden"])]
    return text, names, np.concatenate([there.value(there.cell.output, t) for there in readers])


def _truth(r: Reader, t: int, unit: int) -> float:
    """The target of one output: 0 or 1 of a class, or its number."""
    target = r.trace["target"][t, 0]
    return float(unit == int(target)) if _head(r) == "softmax" else float(target[unit])


def _affine(r: Reader, t: int, unit: int) -> Found:
    """A logit z or a prediction p = V h + d, and the gradient of J by it."""
    trace, head, word = r.trace, _head(r), r.trace.labels["output"][unit]
    state, names, values = _read(r, t)
    each = trace["param/V"][unit] * values
    bias = Term("d", "bias", float(trace["param/d"][unit]))
    shown = "prediction" if head == "linear" else "logits"
    value = float(trace[shown][t, 0, unit])
    terms = [Term(f"V {state}", "from the state", float(each.sum()), largest(names, each)), bias]
    forward = side(f"{SAID[head]} = V {state} + d", terms, value)
    source = r.cell.output if len(names) == trace.dims["hidden"] else "np.concatenate(states)"
    back = _back(r, t, unit, word)
    name = f"prediction of {word}" if head == "linear" else f"logit of {word}"
    return value, name, forward, back, f"{shown} = V @ {source} + d"


def _back(r: Reader, t: int, unit: int, word: str) -> dict[str, Any]:
    """Its gradient: what was said less what is true, twice that for a squared error."""
    head, counted, truth = _head(r), bool(r.trace["mask"][t, 0]), _truth(r, t, unit)
    if head == "linear":
        said = Term("2 p_{t}", "twice the prediction", 2.0 * float(r.trace["prediction"][t, 0, unit]))
        terms = [said, Term("-2 y_{t}", "twice the truth", -2.0 * truth)]
    else:
        said = Term("p_{t}", f"probability of {word}", float(r.trace["probs"][t, 0, unit]))
        terms = [said, Term("-y_{t}", "the truth", -truth)]
    text = rf"\frac{{\partial J}}{{\partial {SAID[head]}}} = " + (ERRORS[head] if counted else "0")
    return side(text, terms if counted else [], float(error(r.trace, t)[unit]))


def _probs(r: Reader, t: int, unit: int) -> Found:
    """p = softmax(z), and dJ/dp = -y / p."""
    trace, words = r.trace, r.trace.labels["output"]
    z, p = trace["logits"][t, 0], trace["probs"][t, 0]
    terms = [Term(rf"z_{{t,{i}}}", words[i], float(z[i])) for i in np.argsort(-p)[:MOST_PARTS]]
    value = float(p[unit])
    forward = side(r"p_{t} = \frac{e^{z_{t}}}{\sum_{j} e^{z_{t,j}}}", terms, value)
    top = rf"\frac{{e^{{{figure(float(z[unit]))}}}}}{{\sum_{{j}} e^{{z_{{t,j}}}}}}"
    forward["numbers"] = f"{top} = {figure(value)}"
    counted = unit == int(trace["target"][t, 0]) and bool(trace["mask"][t, 0])
    gradient = -1.0 / value if counted and value else 0.0
    backward = side(r"\frac{\partial J}{\partial p_{t}} = -\frac{y_{t}}{p_{t}}", [], gradient)
    backward["numbers"] = figure(gradient)
    source = "probs = np.exp(logits - logits.max()); probs /= probs.sum()"
    return value, f"probability of {words[unit]}", forward, backward, source


def _chances(r: Reader, t: int, unit: int) -> Found:
    """p = sigmoid(z), and dJ/dp = (p - y) / (p (1 - p))."""
    word, z = r.trace.labels["output"][unit], float(r.trace["logits"][t, 0, unit])
    value, y = float(r.trace["probs"][t, 0, unit]), _truth(r, t, unit)
    forward = side(r"p_{t} = \sigma(z_{t})", [Term("z_{t}", f"logit of {word}", z)], value, r"\sigma\left({}\right)")
    spread = value * (1.0 - value)
    gradient = (value - y) / spread * float(r.trace["mask"][t, 0]) if spread else 0.0
    text = r"\frac{\partial J}{\partial p_{t}} = \frac{p_{t} - y_{t}}{p_{t} (1 - p_{t})}"
    backward = side(text, [], gradient)
    backward["numbers"] = figure(gradient)
    return value, f"probability of {word}", forward, backward, "probs = 1 / (1 + np.exp(-logits))"


def _loss_of(r: Reader, t: int, terms: list[Term], texts: tuple[str, str, str]) -> Found:
    """J_t from its terms, and J = the sum of J_t; `texts` are its LaTeX, its numbers and its NumPy line."""
    value, one = float(r.trace["loss"][t, 0]), float(r.trace["mask"][t, 0])
    forward = side(texts[0], terms, value)
    forward["numbers"] = f"{texts[1]} = {figure(value)}"
    backward = side(r"J = \sum_{t} J_{t}, \quad \frac{\partial J}{\partial J_{t}} = " + figure(one), [], one)
    backward["numbers"] = figure(one)
    return value, "loss of this step", forward, backward, texts[2]


def _cross_entropy(r: Reader, t: int, _unit: int) -> Found:
    """J_t = -log p[target]."""
    target = int(r.trace["target"][t, 0])
    p = float(r.trace["probs"][t, 0, target])
    terms = [Term(rf"p_{{t,{target}}}", f"probability of {r.trace.labels['output'][target]}", p)]
    texts = (r"J_{t} = -\log p_{t,\,\mathrm{target}}", rf"-\log {figure(p)}", "loss = -np.log(probs[target])")
    return _loss_of(r, t, terms, texts)


def _squared(r: Reader, t: int, _unit: int) -> Found:
    """J_t = the sum of (p - y)^2."""
    gaps = r.trace["prediction"][t, 0] - r.trace["target"][t, 0]
    words = r.trace.labels["output"]
    terms = [Term(r"\left(p_{t} - y_{t}\right)^{2}", w, float(g * g)) for w, g in zip(words, gaps, strict=True)]
    numbers = " + ".join(rf"\left({figure(float(g))}\right)^{{2}}" for g in gaps)
    source = "loss = np.square(prediction - target).sum()"
    return _loss_of(r, t, terms, (r"J_{t} = \sum \left(p_{t} - y_{t}\right)^{2}", numbers, source))


def _binary(r: Reader, t: int, _unit: int) -> Found:
    """J_t = the sum of -y log p - (1 - y) log(1 - p)."""
    z, y = r.trace["logits"][t, 0], r.trace["target"][t, 0]
    each, words = np.logaddexp(0.0, z) - y * z, r.trace.labels["output"]
    terms = [Term(r"-y \log p - (1 - y) \log(1 - p)", w, float(v)) for w, v in zip(words, each, strict=True)]
    text = r"J_{t} = -\sum \left(y_{t} \log p_{t} + (1 - y_{t}) \log(1 - p_{t})\right)"
    source = "loss = (np.logaddexp(0, logits) - target * logits).sum()"
    return _loss_of(r, t, terms, (text, " + ".join(figure(float(v)) for v in each), source))


HEADS: dict[str, dict[str, Callable[[Reader, int, int], Found]]] = {
    "softmax": {"logits": _affine, "probs": _probs, "loss": _cross_entropy},
    "linear": {"prediction": _affine, "loss": _squared},
    "sigmoid": {"logits": _affine, "probs": _chances, "loss": _binary},
}
