"""The backward pass of a cell, derived once from its graph.

The gradient of every node is written as coefficient * base: a *base* is a node whose gradient has to be
accumulated while time runs backwards (the states, and whatever a matrix product feeds); a coefficient is a
polynomial in values and slopes that the forward pass has left behind, so it is computed for all timesteps at
once. A *slot* is one such product that the sweep needs: a delta in front of a weight, a term of another base,
or a carry, which goes to a state one step earlier.
"""

from dataclasses import dataclass, field
from functools import lru_cache

from core.equations import Cell, Node
from core.layout import arrange
from core.plan import forward_plan

# A monomial is a scale and factors; "f" is the value of node f, "f'" the slope of the function that made f.
Monomial = tuple[float, tuple[str, ...]]
Coefficient = tuple[Monomial, ...]
ONE: Coefficient = ((1.0, ()),)
LONGEST = 3


@dataclass(frozen=True)
class Slot:
    """coefficient * gradient of `base`."""

    name: str
    base: str
    coefficient: Coefficient


@dataclass(frozen=True)
class Base:
    """A node whose gradient is summed: slots of this step, a matrix product, and for a state what comes from t + 1."""

    name: str
    slots: tuple[str, ...]
    product: bool


@dataclass(frozen=True)
class Use:
    """A place where a parameter meets the slot that is its delta; `value` is what the matrix multiplied."""

    parameter: str
    slot: str
    value: str | None


@dataclass(frozen=True)
class Backward:
    """The backward plan: bases in order of computation, slots in order of storage, the uses of the parameters."""

    bases: tuple[Base, ...]
    slots: tuple[Slot, ...]
    uses: tuple[Use, ...]
    carries: dict[str, tuple[str, ...]]
    forms: dict[str, tuple[str, Coefficient]]

    def feeding(self, value: str) -> tuple[Use, ...]:
        """The uses whose product multiplied `value`, in slot order."""
        order = [s.name for s in self.slots]
        return tuple(sorted((u for u in self.uses if u.value == value), key=lambda u: order.index(u.slot)))

    def of(self, base: str) -> tuple[Slot, ...]:
        """The slots of a base, in order of storage."""
        return tuple(s for s in self.slots if s.base == base)


@dataclass
class _Work:
    """What the derivation has found so far; lives for one derivation only."""

    cell: Cell
    forms: dict[str, dict[str, Coefficient]]
    slots: dict[tuple[str, Coefficient], Slot] = field(default_factory=dict)
    bases: list[Base] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    carries: dict[str, tuple[str, ...]] = field(default_factory=dict)
    final: dict[str, tuple[str, Coefficient]] = field(default_factory=dict)

    def slot(self, base: str, coefficient: Coefficient, name: str) -> str:
        """The slot of this product, a new one under `name` if there is none yet."""
        return self.slots.setdefault((base, coefficient), Slot(name, base, coefficient)).name


@lru_cache(maxsize=256)
def backward_plan(cell: Cell) -> Backward:
    """Walk the graph against its direction, once."""
    work = _Work(cell, {s: {} for s in cell.states})
    for node in reversed(cell.nodes.values()):
        if node.name in work.forms or _feeds(work, node):
            _visit(work, node)
    slots = _arranged(work)
    return Backward(tuple(work.bases), slots, tuple(work.uses), work.carries, work.final)


def _feeds(work: _Work, node: Node) -> bool:
    """Whether a matrix multiplied a node, or attention asked with it: its gradient then comes as a whole vector."""
    asked = any(a.query == node.name and a.name in work.final for a in work.cell.attentions)
    return asked or any(u.value == node.name for u in work.uses)


def _visit(work: _Work, node: Node) -> None:
    """Settle the gradient of a node, then pass it on to its arguments."""
    form = work.forms.get(node.name, {})
    if node.op in ("input", "constant") or node.kind == "source":
        return
    if node.op == "previous":
        carries = tuple(work.slot(b, c, f"{node.name}<{b}") for b, c in form.items())
        work.carries[node.name.removesuffix("_prev")] = carries
        return
    base, coefficient = _settled(work, node, form)
    work.final[node.name] = (base, coefficient)
    if node.op == "parameter":
        work.uses.append(Use(node.name, work.slot(base, coefficient, node.name), None))
    elif node.op == "mix":
        return
    elif node.op == "@":
        matrix, value = node.args
        work.uses.append(Use(matrix, work.slot(base, coefficient, node.name), value))
    else:
        for argument, factor in _pulls(node):
            if work.cell.nodes[argument].op not in ("input", "constant"):
                _add(work.forms.setdefault(argument, {}), base, times(coefficient, factor))


def _settled(work: _Work, node: Node, form: dict[str, Coefficient]) -> tuple[str, Coefficient]:
    """The gradient as one coefficient times one base; the node becomes a base where it is more than that."""
    simple = len(form) == 1 and all(len(c) <= LONGEST for c in form.values()) and node.op != "mix"
    if simple and node.name not in work.cell.states and not _feeds(work, node):
        return next(iter(form.items()))
    terms = tuple(work.slot(b, c, f"{node.name}<{b}") for b, c in form.items())
    work.bases.append(Base(node.name, terms, _feeds(work, node)))
    return node.name, ONE


def _pulls(node: Node) -> list[tuple[str, Coefficient]]:
    """What each argument's gradient is, per unit of the node's gradient."""
    if node.op == "sum":
        return [(a, ((sign, ()),)) for a, sign in zip(node.args, node.signs, strict=True)]
    if node.op == "*":
        left, right = node.args
        return [(left, ((1.0, (right,)),)), (right, ((1.0, (left,)),))]
    return [(node.args[0], ((1.0, (f"{node.name}'",)),))]


def times(left: Coefficient, right: Coefficient) -> Coefficient:
    """The product of two coefficients."""
    found: dict[str, Coefficient] = {}
    for scale, factors in left:
        for other, more in right:
            _add(found, "", ((scale * other, tuple(sorted(factors + more))),))
    return found[""]


def _add(form: dict[str, Coefficient], base: str, coefficient: Coefficient) -> None:
    """form[base] += coefficient, like monomials joined."""
    found = {factors: scale for scale, factors in form.get(base, ())}
    for scale, factors in coefficient:
        found[factors] = found.get(factors, 0.0) + scale
    form[base] = tuple((scale, factors) for factors, scale in found.items())


def _arranged(work: _Work) -> tuple[Slot, ...]:
    """Slots in an order that turns products and scalings into few calls."""
    by_name = {s.name: s for s in work.slots.values()}
    values = dict.fromkeys(u.value for u in work.uses if u.value)
    together = [{u.slot for u in work.uses if u.value == v} for v in sorted(values, key=lambda v: v == "x")]
    blocks = [{s.name for s in by_name.values() if s.base == b.name} for b in work.bases]
    recurrent, inputs = together[: -1 if "x" in values else None], together[-1:] if "x" in values else []
    order = forward_plan(work.cell).a
    items = sorted(by_name, key=lambda n: _slope_place(by_name[n], order))
    return tuple(by_name[n] for n in arrange(items, [*recurrent, *blocks, *inputs]))


def _slope_place(slot: Slot, order: tuple[str, ...]) -> int:
    """Where the node stands whose slope a slot has, so that slopes of neighbours go to neighbours."""
    slopes = [f[:-1] for f in slot.coefficient[0][1] if f.endswith("'")]
    return order.index(slopes[0]) if slopes and slopes[0] in order else len(order)
