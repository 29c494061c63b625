"""The output layer's own equations with their numbers: logits, probabilities, loss."""

from typing import Any

import numpy as np

from core.notation import symbol
from core.reading import MOST_PARTS, Reader, Term, error, figure, largest, place, side


def explain_head(r: Reader, node: str, t: int, unit: int) -> dict[str, Any]:
    """One output of logits or probs, or the loss, at one step."""
    value, label, forward, backward, source = HEAD[node](r, t, unit)
    notes = [] if r.trace["mask"][t, 0] else ["No loss is counted at this step."]
    sides = {"forward": forward, "backward": backward}
    return {**place(node, label, t, unit, value), **sides, "numpy": source, "notes": notes}


Found = tuple[float, str, dict[str, Any], dict[str, Any], str]


def _logits(r: Reader, t: int, unit: int) -> Found:
    """z = V h + d, and dJ/dz = p - y."""
    trace, state, word = r.trace, symbol(r.cell, r.cell.output), r.trace.labels["output"][unit]
    each = trace["param/V"][unit] * r.value(r.cell.output, t)
    parts = largest([f"unit {j}" for j in range(len(each))], each)
    bias = Term("d", "bias", float(trace["param/d"][unit]))
    value, p = float(trace["logits"][t, 0, unit]), float(trace["probs"][t, 0, unit])
    forward = side(
        rf"z_{{t}} = V {state} + d", [Term(f"V {state}", "from the state", float(each.sum()), parts), bias], value
    )
    truth = -float(unit == int(trace["target"][t, 0]))
    terms = [Term("p_{t}", f"probability of {word}", p), Term("-y_{t}", "the truth", truth)]
    counted = bool(trace["mask"][t, 0])
    text = r"\frac{\partial J}{\partial z_{t}} = " + ("p_{t} - y_{t}" if counted else "0")
    backward = side(text, terms if counted else [], float(error(trace, t)[unit]))
    return value, f"logit of {word}", forward, backward, f"logits = V @ {r.cell.output} + d"


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


def _loss(r: Reader, t: int, _unit: int) -> Found:
    """J_t = -log p[target], and J = the sum of J_t."""
    trace = r.trace
    target, one = int(trace["target"][t, 0]), float(trace["mask"][t, 0])
    value, p = float(trace["loss"][t, 0]), float(trace["probs"][t, 0, target])
    terms = [Term(rf"p_{{t,{target}}}", f"probability of {trace.labels['output'][target]}", p)]
    forward = side(r"J_{t} = -\log p_{t,\,\mathrm{target}}", terms, value)
    forward["numbers"] = rf"-\log {figure(p)} = {figure(value)}"
    backward = side(r"J = \sum_{t} J_{t}, \quad \frac{\partial J}{\partial J_{t}} = " + figure(one), [], one)
    backward["numbers"] = figure(one)
    return value, "loss of this step", forward, backward, "loss = -np.log(probs[target])"


HEAD = {"logits": _logits, "probs": _probs, "loss": _loss}
