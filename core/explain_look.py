"""Attention's weights with their numbers: a softmax of scores forward, and what was mixed backward."""

from typing import Any

import numpy as np

from core.notation import label as human
from core.notation import latex, numpy_source, symbol
from core.reading import MOST_PARTS, Reader, Term, figure, largest, place, side


def explain_weights(r: Reader, node: str, t: int, j: int) -> dict[str, Any]:
    """How much step t looks at place j of the memory, and why."""
    look, words = r.looks[node], r.trace.labels["source"]
    scores, a = look.scores(t), look.weights(t)
    terms = [Term(rf"e_{{t,{i}}}", words[i], float(scores[i])) for i in np.argsort(-a)[:MOST_PARTS]]
    value = float(a[j])
    forward = side(f"{symbol(r.cell, node)} = {latex(r.cell, node)}", terms, value)
    top = rf"\frac{{e^{{{figure(float(scores[j]))}}}}}{{\sum_{{i}} e^{{e_{{t,i}}}}}}"
    forward["numbers"] = f"{top} = {figure(value)}"
    each = look.values()[j] * r.gradient(look.spec.name, t)
    gradient = float(each.sum())
    above = rf"\frac{{\partial J}}{{\partial {look.name_latex()}}}"
    text = rf"\frac{{\partial J}}{{\partial {symbol(r.cell, node)}}} = {above} \cdot {look.mixed_latex()}"
    parts = largest([f"unit {i}" for i in range(len(each))], each)
    back = Term(rf"{above} \cdot {look.mixed_latex()}", f"what {words[j]} was mixed into", gradient, parts)
    return {
        **place(node, human(r.cell, node), t, j, value),
        "forward": forward,
        "backward": side(text, [back], gradient),
        "numpy": f"{node} = {numpy_source(r.cell, node)}",
        "notes": [f"Place {j} of the memory is the state at {words[j]}." if words[j] else f"Place {j} of the memory."],
    }
