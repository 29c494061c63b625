"""A decoder's cell: any cell that reads an input, made to read at every step what attention finds, too.

Each W @ x becomes W @ x + C @ v, where v is the memory averaged with attention's weights a = softmax(score(...)) and
the query is the state of the step before (Bahdanau et al. 2015). The dot product compares the states as they are.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from core.equations import Cell, parse
from core.errors import EquationError

INPUT = re.compile(r"\b([A-Za-z]\w*)\s*@\s*x\b")
NAME = re.compile(r"[A-Za-z]\w*")


def can_look(cell: Cell) -> bool:
    """Whether attention has a way into this cell."""
    try:
        looking(cell, "additive", wide=True)
    except (EquationError, ValueError):
        return False
    return True


@lru_cache(maxsize=64)
def looking(cell: Cell, scoring: str, *, wide: bool) -> Cell:
    """The cell with attention; a `wide` memory has more columns than the state, and goes through R first."""
    free = _namer(cell)
    a, v, query = free("a"), free("v"), f"{cell.output}_prev"
    keys = f"{free('Q')} @ M" if wide or scoring == "additive" else "M"
    values = f"{free('R')} @ M" if wide else "M"
    score = f"{free('P')} @ {query}, {keys}, {free('w')}" if scoring == "additive" else f"{query}, {keys}"
    ways = {w: f"({w} @ x + {free('C' + w.removeprefix('W'))} @ {v})" for w in INPUT.findall(_code(cell))}
    if not ways:
        raise ValueError("this cell reads no input, so what attention finds has no way in")
    lines = [f"{a} = softmax(score({score}))  # alignment", f"{v} = mix({a}, {values})  # context"]
    return parse("\n".join([*lines, *(_opened(line, ways) for line in cell.source.splitlines())]))


def _opened(line: str, ways: dict[str, str]) -> str:
    """A line in which every product with the input has what attention found beside it; its comment stays."""
    code, mark, comment = line.partition("#")
    return INPUT.sub(lambda m: ways[m[1]], code) + mark + comment


def _code(cell: Cell) -> str:
    return "\n".join(line.partition("#")[0] for line in cell.source.splitlines())


def _namer(cell: Cell) -> Callable[[str], str]:
    """Gives a name that the cell does not use: the one asked for, else the same with a number."""
    taken = set(NAME.findall(_code(cell)))

    def free(name: str) -> str:
        found = next(n for n in (name, *(f"{name}_{i}" for i in range(2, 200))) if n not in taken)
        taken.add(found)
        return found

    return free
