"""From a cell's graph to a plan: what is hoisted out of time, what is fused, and where everything lies.

A plan has no arrays and no sizes; `core.unroll` binds it to buffers. Two buffers hold a forward pass:
Z (T, slots, H, B) the affine nodes (their input products and biases computed for all timesteps at once), and
A (T + 1, slots, H, B) the states before each step and all element-wise results.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations, product

from core.equations import Cell, Node
from core.layout import Chains, arrange, by_chain, link
from core.ops import OPS

Signed = tuple[float, str]


@dataclass(frozen=True)
class Affine:
    """A sum of products: `inputs` P @ x and `biases` are known for all time, `products` P @ v and `rest` are not."""

    name: str
    sign: float
    inputs: tuple[Signed, ...]
    biases: tuple[Signed, ...]
    products: tuple[tuple[float, str, str], ...]
    rest: tuple[Signed, ...]


@dataclass(frozen=True)
class Step:
    """One fused call of a timestep: `product` (Z += P @ v), `add` (Z += node) or an op of the table, * or sum."""

    kind: str
    outs: tuple[str, ...]
    args: tuple[tuple[str, ...], ...]
    signs: tuple[float, ...] = ()


@dataclass(frozen=True)
class Forward:
    """The forward plan: the order of slots in Z and A and the calls of one timestep."""

    affine: dict[str, Affine]
    z: tuple[str, ...]
    a: tuple[str, ...]
    steps: tuple[Step, ...]


@lru_cache(maxsize=256)
def forward_plan(cell: Cell) -> Forward:
    """The fused schedule of a cell and the layout that lets it be fused."""
    affine = affine_nodes(cell)
    steps = _schedule(cell, affine)
    slots = [n.name for n in cell.nodes.values() if _has_slot(cell, n, affine)]
    chains: Chains = tuple((s,) for s in slots)
    fused = []
    for step in sorted(steps, key=lambda s: len(s.args) < 2):
        chains, best = _pack(chains, step, frozenset(slots))
        fused.append((steps.index(step), best))
    ordered = tuple(step for _, step in sorted(fused, key=lambda pair: pair[0]))
    return Forward(affine, _z_order(affine, ordered), tuple(n for c in chains for n in c), ordered)


def _has_slot(cell: Cell, node: Node, affine: dict[str, Affine]) -> bool:
    """Whether a node lives in A; a state lives in the slot of its own `_prev`, one row on."""
    inside = node.op in ("input", "parameter", "constant", "@") or node.name in affine or node.kind == "source"
    return not inside and node.name not in cell.states


def affine_nodes(cell: Cell) -> dict[str, Affine]:
    """Every sum that contains a product or a bias, and every product that stands alone."""
    absorbed: set[str] = set()
    found: dict[str, Affine] = {}
    for node in reversed(cell.nodes.values()):
        terms: tuple[Signed, ...] = ((1.0, node.name),)
        if node.op == "sum":
            terms = tuple(zip(node.signs, node.args, strict=True))
        mine = [t for t in terms if _is_linear(cell, t[1], node.name)]
        if (node.op == "sum" and mine) or (node.op == "@" and node.name not in absorbed):
            absorbed.update(name for _, name in mine)
            found[node.name] = _affine(cell, node.name, mine, [t for t in terms if t not in mine])
    return dict(reversed(found.items()))


def _is_linear(cell: Cell, name: str, owner: str) -> bool:
    """Whether a term is folded into its sum: a bias, or a product that has no name of its own."""
    node = cell.nodes[name]
    anonymous = name == owner or name not in cell.names
    return node.kind == "vector" or (node.op == "@" and anonymous)


def _affine(cell: Cell, name: str, linear: list[Signed], rest: list[Signed]) -> Affine:
    consumers = [n for n in cell.nodes.values() if name in n.args]
    folded = len(consumers) == 1 and consumers[0].op in OPS and OPS[consumers[0].op].sign < 0
    products = [(s, cell.nodes[n].args) for s, n in linear if cell.nodes[n].op == "@"]
    matrices = [(s, args[0], args[1]) for s, args in products]
    return Affine(
        name,
        -1.0 if folded else 1.0,
        tuple((s, p) for s, p, v in matrices if v == "x"),
        tuple((s, n) for s, n in linear if cell.nodes[n].op == "parameter"),
        tuple((s, p, v) for s, p, v in matrices if v != "x"),
        tuple(rest),
    )


def _schedule(cell: Cell, affine: dict[str, Affine]) -> tuple[Step, ...]:
    """List scheduling: whatever is ready goes next, the same operation together."""
    absorbed = {m for n in affine for m in cell.nodes[n].args if cell.nodes[m].op == "@"} - set(affine)
    known = {n.name for n in cell.nodes.values() if n.op in ("input", "previous", "parameter", "constant")}
    known |= {n.name for n in cell.nodes.values() if n.kind == "source"}
    todo = {n: cell.nodes[n] for n in cell.nodes if n not in known | absorbed}
    open_products = [(a.name, s, p, v) for a in affine.values() for s, p, v in a.products]
    steps: list[Step] = []
    while todo:
        steps += _product_steps(open_products, known)
        for a in [affine[n] for n in todo if n in affine]:
            if all(name != a.name for name, *_ in open_products) and {r for _, r in a.rest} <= known:
                steps += [Step("add", (a.name,), ((r,),), (s,)) for s, r in a.rest]
                known.add(todo.pop(a.name).name)
        ready = [n for n in todo.values() if n.name not in affine and set(cell.needs(n)) <= known]
        for group in _alike(_not_early(cell, ready, known | absorbed)):
            steps.append(Step(group[0].op, *_columns(group), group[0].signs))
            known.update(todo.pop(n.name).name for n in group)
    return tuple(steps)


def _not_early(cell: Cell, ready: list[Node], known: set[str]) -> list[Node]:
    """What is ready and of use now: a product whose sum still waits for another term is made with that term."""
    first = [n for n in ready if n.op != "*"]
    if first:
        return first
    soon = known | {n.name for n in ready}
    users = {n.name: [u for u in cell.nodes.values() if n.name in u.args] for n in ready}
    return [n for n in ready if any(set(u.args) <= soon for u in users[n.name])] or ready


def _product_steps(waiting: list[tuple[str, float, str, str]], known: set[str]) -> list[Step]:
    """All P @ v whose v is ready, one step for each v; removed from `waiting`."""
    ready: dict[str, dict[str, tuple[str, float, str, str]]] = defaultdict(dict)
    for item in waiting:
        if item[3] in known:
            ready[item[3]].setdefault(item[0], item)
    for items in ready.values():
        for item in items.values():
            waiting.remove(item)
    return [
        Step("product", tuple(i), (tuple(p for _, _, p, _ in i.values()), (v,)), tuple(s for _, s, _, _ in i.values()))
        for v, i in ready.items()
    ]


def _alike(nodes: list[Node]) -> Iterable[list[Node]]:
    """Nodes of the same operation, signs and number of arguments."""
    groups: dict[tuple[object, ...], list[Node]] = defaultdict(list)
    for node in nodes:
        groups[node.op, node.signs, len(node.args)].append(node)
    return groups.values()


def _columns(group: list[Node]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    return tuple(n.name for n in group), tuple(zip(*(n.args for n in group), strict=True))


def _pack(chains: Chains, step: Step, slots: frozenset[str]) -> tuple[Chains, Step]:
    """The chains that make a group of calls one call, and the group in the order that they allow."""
    if len(step.outs) < 2 or step.kind in ("product", "add", "mix") or len(step.outs) > 4:
        return chains, step
    preferred = by_chain(chains, step.outs) if len(step.args) == 1 else step.outs
    for order in permutations(sorted(step.outs, key=lambda n: preferred.index(n) if n in preferred else -1)):
        rows = [tuple(column[step.outs.index(o)] for column in step.args) for o in order]
        for swapped in product((False, True), repeat=len(order) if step.kind == "*" else 0):
            turned = [r[::-1] if s else r for r, s in zip(rows, swapped, strict=True)] if swapped else rows
            columns = tuple(zip(*turned, strict=True))
            linked = _link_all(chains, [order, *columns], slots)
            if linked is not None:
                return linked, Step(step.kind, order, columns, step.signs)
    return chains, step


def _link_all(chains: Chains, sequences: list[tuple[str, ...]], slots: frozenset[str]) -> Chains | None:
    """All sequences contiguous; one that repeats a single name is broadcast, one outside A is left to Z."""
    for sequence in sequences:
        if len(set(sequence)) > 1 and set(sequence) <= slots:
            linked = link(chains, sequence)
            if linked is None:
                return None
            chains = linked
    return chains


def _z_order(affine: dict[str, Affine], steps: tuple[Step, ...]) -> tuple[str, ...]:
    """Slots of Z: those that share a product side by side, then those that share a function, in A's order."""
    squashed = [a for s in steps for column in s.args for a in column if s.kind in OPS and a in affine]
    items = [*dict.fromkeys(squashed), *(n for n in affine if n not in squashed)]
    shared = [s.outs for s in steps if s.kind == "product"]
    return arrange(items, [*shared, *(s.args[0] for s in steps if s.kind in OPS)])
