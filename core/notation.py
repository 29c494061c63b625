"""Walkers over a cell's graph: LaTeX, NumPy source, the drawing, and the description in the catalogue."""

from typing import Any

from core.equations import Cell, Node
from core.ops import OPS


def symbol(cell: Cell, name: str, when: str = "t") -> str:
    """The LaTeX of a name: f_t, h_{t-1}, W_f, a^f_t for a pre-activation."""
    node = cell.nodes.get(name)
    if node is not None and node.op == "parameter":
        return weight(name)
    if node is not None and node.op == "constant":
        return f"{node.value:g}"
    if name.endswith("_prev"):
        return f"{_letter(name.removesuffix('_prev'))}_{{{_earlier(when)}}}"
    if name.endswith(".pre"):
        return f"a^{{{_letter(name.removesuffix('.pre'))}}}_{{{when}}}"
    return f"{_letter(name)}_{{{when}}}"


def _letter(name: str) -> str:
    base, _, rest = name.partition("_")
    letter = base if len(base) == 1 else rf"\mathrm{{{base}}}"
    return letter if not rest else rf"{letter}^{{\mathrm{{{rest.replace('_', ' ')}}}}}"


def weight(name: str) -> str:
    """The LaTeX of a weight: W, U_f, b_{hn}."""
    base, _, rest = name.partition("_")
    letter = base if len(base) == 1 else rf"\mathrm{{{base}}}"
    return letter if not rest else f"{letter}_{{{rest.replace('_', ' ')}}}"


def _earlier(when: str) -> str:
    if when.lstrip("-").isdigit():
        return str(int(when) - 1)
    return {"t": "t-1", "t+1": "t"}.get(when, f"{when}-1")


def latex(cell: Cell, name: str, when: str = "t", *, top: bool = True) -> str:
    """The LaTeX of what computes a node; names of other equations stay names, unless `top` opens this one."""
    node = cell.nodes[name]
    named = name in cell.names or not node.args
    if named and not top:
        return symbol(cell, name, when)
    return _latex(cell, node, when)


def _latex(cell: Cell, node: Node, when: str) -> str:
    if not node.args:
        return symbol(cell, node.name, when)
    if node.kind == "source" or node.op == "mix":
        return _attention_latex(cell, node, when)
    inner = [latex(cell, a, when, top=False) for a in node.args]
    if node.op == "sum":
        minus = [bracketed(cell, a, text) if sign < 0 else text for a, text, sign in _each(node, inner)]
        return _signed(minus, node.signs)
    if node.op == "*":
        return r" \odot ".join(bracketed(cell, a, text) for a, text in zip(node.args, inner, strict=True))
    if node.op == "@":
        return f"{inner[0]} {bracketed(cell, node.args[1], inner[1], products=True)}"
    return OPS[node.op].latex.format(inner[0])


def _attention_latex(cell: Cell, node: Node, when: str) -> str:
    """softmax of a score of all places j of the memory, or their weighted sum."""
    own = next(a for a in cell.attentions if node.name in (a.name, a.weights))
    if node.op == "mix":
        values = f"{weight(own.values)} m_{{j}}" if own.values else "m_{j}"
        named = any(e.name == own.weights for e in cell.equations)
        letter = _letter(own.weights) if named else r"\alpha"
        return rf"\sum_{{j}} {letter}_{{{when},j}}\, {values}"
    keys = f"{weight(own.keys)} m_{{j}}" if own.keys else "m_{j}"
    query = latex(cell, own.query, when, top=False)
    score = (
        rf"{weight(own.score)}^{{\top}} \tanh\left({query} + {keys}\right)" if own.score else rf"{query} \cdot {keys}"
    )
    return rf"\operatorname{{softmax}}_{{j}}\left({score}\right)"


def _each(node: Node, texts: list[str]) -> list[tuple[str, str, float]]:
    return list(zip(node.args, texts, node.signs, strict=True))


def _signed(parts: list[str], signs: tuple[float, ...]) -> str:
    text = "".join(f" {'+' if s > 0 else '-'} {p}" for p, s in zip(parts, signs, strict=True))
    return text.removeprefix(" + ").lstrip() if signs[0] > 0 else text.lstrip()


def bracketed(cell: Cell, name: str, text: str, *, products: bool = False) -> str:
    """A sum inside a product keeps its brackets, as do a negative number and a product behind a matrix."""
    node = cell.nodes[name]
    while node.op == "identity" and node.name not in cell.names:
        node = cell.nodes[node.args[0]]
    hidden = node.name in cell.names or not node.args
    loose = not hidden and (node.op == "sum" or (products and node.op == "*"))
    return rf"\left({text}\right)" if loose or text.startswith("-") else text


def equation(cell: Cell, name: str, when: str = "t") -> str:
    """`f_t = ...` in LaTeX."""
    return f"{symbol(cell, name, when)} = {latex(cell, name, when)}"


def numpy_source(cell: Cell, name: str, *, top: bool = True) -> str:
    """The NumPy expression of a node, over the names of the equations and parameters; runs on one timestep."""
    node = cell.nodes[name]
    if node.op == "constant":
        return f"{node.value!r}"
    if not node.args or (name in cell.names and not top):
        return name
    if node.kind == "source" or node.op == "mix":
        return _attention_source(cell, node, top=top)
    inner = [numpy_source(cell, a, top=False) for a in node.args]
    if node.op == "sum":
        return "(" + _signed(inner, node.signs) + ")"
    if node.op in "*@":
        return f"({inner[0]} {node.op} {inner[1]})"
    return OPS[node.op].numpy.format(inner[0])


def _attention_source(cell: Cell, node: Node, *, top: bool) -> str:
    """Attention's weights (S,) or what they mix (H,), with the memory M (S, columns)."""
    own = next(a for a in cell.attentions if node.name in (a.name, a.weights))
    if node.op == "mix":
        return f"({numpy_source(cell, own.weights, top=False)} @ {f'(M @ {own.values}.T)' if own.values else 'M'})"
    if not top and any(e.name == node.name for e in cell.equations):
        return node.name
    keys, query = f"(M @ {own.keys}.T)" if own.keys else "M", numpy_source(cell, own.query, top=False)
    score = f"np.tanh({query} + {keys}) @ {own.score}" if own.score else f"{keys} @ {query}"
    return f"(lambda e: np.exp(e - e.max()) / np.exp(e - e.max()).sum())({score})"


# -- the drawing and the catalogue ---------------------------------------------------------------------------

GLYPHS = {"sum": "+", "*": "×", "@": "·", "previous": "", "input": "x", "parameter": "", "constant": ""}
GLYPHS |= {"softmax": "softmax", "mix": "mix", "memory": "M"}


def graph(cell: Cell) -> dict[str, list[dict[str, str]]]:
    """Nodes and edges of a cell for its drawing; weights are left to the labels of their products."""
    shown = [n for n in cell.nodes.values() if n.op not in ("parameter", "constant")]
    names = {n.name for n in shown}
    edges = [{"from": a, "to": n.name} for n in shown for a in n.args if a in names]
    return {"nodes": [_drawn(cell, n) for n in shown], "edges": edges}


def _drawn(cell: Cell, node: Node) -> dict[str, str]:
    glyph = OPS[node.op].glyph if node.op in OPS else GLYPHS[node.op]
    if node.op == "sum" and any(s < 0 for s in node.signs):
        glyph = "1−" if node.args[0] == "1.0" else "±"
    label = node.args[0] if node.op == "@" else node.name if node.name in cell.names else ""
    return {"id": node.name, "op": node.op, "glyph": glyph, "label": label, "latex": latex(cell, node.name)}


def role(cell: Cell, name: str) -> str:
    """state, gate (a sigmoid that multiplies), candidate (squashed, on its way into a state) or node."""
    node = cell.nodes[name]
    if name in cell.states:
        return "state"
    multiplies = any(n.op == "*" and name in n.args for n in cell.nodes.values())
    if node.op in ("sigmoid", "hard_sigmoid") and (multiplies or any(name in n.args for n in cell.nodes.values())):
        return "gate"
    return "candidate" if node.op in OPS else "node"


def label(cell: Cell, name: str) -> str:
    """The name people use, from the comment behind the equation."""
    found = {e.name: e.label for e in cell.equations}
    if name.endswith(".pre"):
        return f"{found.get(name.removesuffix('.pre'), name)}, before the squashing"
    return found.get(name, name)


def describe(cell: Cell) -> dict[str, Any]:
    """All that the catalogue says of a cell; JSON-able."""
    looks = [n.name for n in cell.nodes.values() if n.op == "softmax"]
    named = [*looks, *cell.names]
    roles = {n: "alignment" if n in looks else role(cell, n) for n in named}
    return {
        "source": cell.source,
        "states": list(cell.states),
        "output": cell.output,
        "gates": [n for n in cell.names if roles[n] == "gate"],
        "nodes": [
            {
                "name": n,
                "label": label(cell, n),
                "latex": symbol(cell, n),
                "equation": equation(cell, n),
                "numpy": f"{n} = {numpy_source(cell, n)}",
                "role": roles[n],
            }
            for n in named
        ],
        "parameters": [
            {"name": p.name, "latex": weight(p.name), "rows": "hidden", "columns": p.columns, "group": p.group}
            for p in cell.parameters
        ],
        "graph": graph(cell),
    }
