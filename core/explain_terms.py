"""The terms of both equations of a node: the sum inside it, and the chain rule, one term for each use of the node.

A state is used in its own step, in the next one, in the output layer, and by other chains: those that read it, that
begin with it, and that look at it.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from core.equations import Node
from core.networks import Block
from core.notation import label as human
from core.notation import latex
from core.ops import OPS, Floats
from core.reading import Reader, Term, error, error_latex, largest

# -- forward ------------------------------------------------------------------------------------------------


def forward_terms(r: Reader, name: str, t: int, unit: int) -> list[Term]:
    """The summands of a node, or of the sum inside its squashing function, largest first."""
    node = r.cell.nodes[name]
    inner = r.cell.nodes[node.args[0]] if node.op in OPS and node.args else node
    signs, args = (inner.signs, inner.args) if inner.op == "sum" else ((1.0,), (inner.name,))
    pairs = zip(signs, args, strict=True)
    return sorted((_term(r, sign, a, t, unit) for sign, a in pairs), key=lambda x: -_size(x.value))


def _size(value: float) -> float:
    return abs(value) if np.isfinite(value) else np.inf


def _term(r: Reader, sign: float, name: str, t: int, unit: int) -> Term:
    value = sign * float(_at(r.value(name, t), unit))
    text = latex(r.cell, name, top=False)
    product = r.cell.nodes[name].op == "*" and sign > 0
    return Term(text if sign > 0 else f"-{text}", _words(r, name), value, _parts(r, sign, name, t, unit), product)


def _at(value: Floats, unit: int) -> Any:
    return value[unit] if value.ndim else value


def _parts(r: Reader, sign: float, name: str, t: int, unit: int) -> tuple[tuple[str, float], ...]:
    """What a term is made of: the entries of a product with a matrix, or the factors of a product."""
    node = r.cell.nodes[name]
    if node.op == "@":
        each = sign * r.value(node.args[0], t)[unit] * r.value(node.args[1], t)
        labels = r.read_labels() if node.args[1] == "x" else [f"unit {j}" for j in range(len(each))]
        return largest(labels, each)
    if node.op == "*":
        return tuple((latex(r.cell, a, top=False), float(_at(r.value(a, t), unit))) for a in node.args)
    return ()


def _words(r: Reader, name: str) -> str:
    node = r.cell.nodes[name]
    if node.op == "@" and node.args[1] in r.looks:
        return "from what attention found"
    if node.op == "@":
        return "from the input" if node.args[1] == "x" else "from the state before"
    if node.op == "parameter":
        return "bias"
    return human(r.cell, name) if name in r.cell.names else ""


# -- backward -----------------------------------------------------------------------------------------------


def backward_terms(r: Reader, name: str, t: int, unit: int) -> list[Term]:
    """One term of the chain rule for each use of a node: in this step, the next, the output, and other chains."""
    terms = [_pulled(r, use, t, unit) for use in r.consumers(name)]
    later = r.later(t) if name in r.cell.states else None
    if later is not None:
        terms += [_pulled(r, use, later, unit, when=" of the next step") for use in r.consumers(f"{name}_prev")]
    if name == r.cell.output:
        terms += _from_head(r, t, unit)
    if name in r.cell.states:
        terms += _from_chains(r, name, t, unit)
    return sorted(terms, key=lambda x: -_size(x.value))


def _from_chains(r: Reader, name: str, t: int, unit: int) -> list[Term]:
    """What other chains send back to a state."""
    found: list[Term] = []
    for block in r.wiring.blocks:
        if name == r.cell.output and r.block.name in block.reads:
            found += _from_reader(r, block, t, unit)
        if name == r.cell.output and r.block.name in block.memory:
            found += _from_look(r, block, t, unit)
        if block.start == r.block.name and t == r.last():
            there = Reader(r.trace, block.name)
            words = f" of the first step of {block.name}"
            found += [_pulled(there, use, there.first(), unit, words) for use in there.consumers(f"{name}_prev")]
    return found


def _from_reader(r: Reader, block: Block, t: int, unit: int) -> Iterator[Term]:
    """Through the matrices of a chain that reads this state as its input."""
    there = Reader(r.trace, block.name)
    place = block.reads.index(r.block.name) * r.trace.dims["hidden"] + unit
    return (_pulled(there, use, t, place, f" of {block.name}") for use in there.consumers("x"))


def _from_look(r: Reader, block: Block, t: int, unit: int) -> Iterator[Term]:
    """From every step that looked at this state: as what was mixed, and as what was compared."""
    there = Reader(r.trace, block.name)
    column = block.memory.index(r.block.name) * r.trace.dims["hidden"] + unit
    words = r.trace.labels["target"]
    for look in dict.fromkeys(there.looks.values()):
        pairs = [look.to_memory(step, t) for step in range(there.T)]
        names = [f"{step}: {words[step]}" for step in range(there.T)]
        for which, (said, text) in enumerate(
            (("as what attention mixed", "a"), ("as what attention compared", "e")),
        ):
            each = np.array([pair[which][column] for pair in pairs])
            back = rf"\sum_{{t'}} {look.memory_latex(text)}"
            yield Term(back, said, float(each.sum()), largest(names, each))


def _pulled(r: Reader, use: tuple[Node, int], t: int, unit: int, when: str = "") -> Term:
    """The term that one use of a node brings back; `when` says of which step, if not of this one."""
    node, argument = use
    sign, text = r.pull_latex(node, argument)
    text = f"-{text}" if sign < 0 else text
    words = f"through {human(r.cell, node.name.split('.')[0])}{when}"
    text = _later(text) if when == " of the next step" else text
    product = node.op not in ("@", "sum") and node.name not in r.looks and sign > 0
    return Term(text, words, float(r.pull(node, argument, t)[unit]), _back_parts(r, use, t, unit), product)


def _later(text: str) -> str:
    """The same formula one step on: t-1 becomes t, and t becomes t+1."""
    return text.replace("{t-1}", "{@}").replace("_{t}", "_{t+1}").replace("{@}", "{t}")


def _back_parts(r: Reader, use: tuple[Node, int], t: int, unit: int) -> tuple[tuple[str, float], ...]:
    """The entries of a product with a matrix, or the local derivative and the gradient that it multiplies."""
    node, argument = use
    if node.name in r.looks:
        return ()
    above = r.passed(node.name, t)
    if node.op == "@":
        each = r.value(node.args[0], t)[:, unit] * above
        return largest([f"unit {j}" for j in range(len(each))], each)
    if node.op == "sum":
        return ()
    factor, local = r.local(node, argument, t)
    return (factor, float(_at(local, unit))), (r.above_latex(node)[1], float(above[unit]))


def _from_head(r: Reader, t: int, unit: int) -> list[Term]:
    """V^T dJ/dz: the error at this very step, if the output layer reads this chain."""
    outputs = r.wiring.describe({"source": 0, "time": 0})["output"]
    if r.block.name not in outputs:
        return []
    column = outputs.index(r.block.name) * r.trace.dims["hidden"] + unit
    each = r.trace["param/V"][:, column] * error(r.trace, t)
    text = rf"V^{{\top}}{error_latex(r.trace)}"
    return [Term(text, "from the loss of this step", float(each.sum()), largest(r.trace.labels["output"], each))]
