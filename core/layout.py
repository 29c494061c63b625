"""Where the slots of a buffer lie, so that calls on neighbours become one call.

Pure functions over names: `arrange` makes sets contiguous, `link` makes sequences contiguous.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise, permutations

Chains = tuple[tuple[str, ...], ...]
MOST_CLASSES = 6


def arrange(items: Sequence[str], groups: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """An order of `items` that keeps as many `groups` contiguous as it can, the first ones first."""
    wanted: list[frozenset[str]] = []
    best = tuple(items)
    for group in groups:
        found = _order(items, [*wanted, frozenset(group)])
        if found is not None:
            wanted, best = [*wanted, frozenset(group)], found
    return best


def _order(items: Sequence[str], groups: list[frozenset[str]]) -> tuple[str, ...] | None:
    """An order in which every group is contiguous, or None; items in the same groups keep their order."""
    classes: dict[tuple[bool, ...], list[str]] = {}
    for item in items:
        classes.setdefault(tuple(item in g for g in groups), []).append(item)
    if len(classes) > MOST_CLASSES:
        return None
    for signatures in permutations(classes):
        if all(_together([s[g] for s in signatures]) for g in range(len(groups))):
            return tuple(item for s in signatures for item in classes[s])
    return None


def _together(flags: list[bool]) -> bool:
    """Whether the True flags stand side by side."""
    return sum(a != b for a, b in zip([False, *flags], [*flags, False], strict=True)) <= 2


def link(chains: Chains, sequence: Sequence[str]) -> Chains | None:
    """The chains with `sequence` made contiguous in that order, or None if they stand against it."""
    for left, right in pairwise(sequence):
        joined = _join(chains, left, right)
        if joined is None:
            return None
        chains = joined
    return chains


def _join(chains: Chains, left: str, right: str) -> Chains | None:
    """`right` directly behind `left`, if both stand at free ends."""
    first = next(c for c in chains if left in c)
    second = next(c for c in chains if right in c)
    if first is second:
        return chains if first[first.index(left) + 1 :][:1] == (right,) else None
    if first[-1] != left or second[0] != right:
        return None
    return (*(c for c in chains if c not in (first, second)), first + second)


def by_chain(chains: Chains, names: Iterable[str]) -> tuple[str, ...]:
    """`names` with those of one chain side by side, in the chain's order."""
    wanted = set(names)
    return tuple(name for chain in chains for name in chain if name in wanted)


def run_of(order: Sequence[str], names: Sequence[str]) -> slice | None:
    """The slice of `order` in which `names` stand in this very order, or None."""
    start = order.index(names[0]) if names[0] in order else -1
    found = start >= 0 and tuple(order[start : start + len(names)]) == tuple(names)
    return slice(start, start + len(names)) if found else None
