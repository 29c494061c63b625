"""Tables that a command measured and left beside this file: as they are, or as named arrays for views and prose."""

import json
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from core.arrays import Array

FOLDER = Path(__file__).parent


def names() -> tuple[str, ...]:
    """The tables that there are."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.json")))


@cache
def table(name: str) -> MappingProxyType[str, Any]:
    """A table: `title`, `settings` and `command` in words, and lists of rows; raises KeyError if there is none."""
    if name not in names():
        raise KeyError(name)
    return MappingProxyType(json.loads((FOLDER / f"{name}.json").read_text()))


def columns(name: str, rows: str, axis: str) -> dict[str, Array]:
    """The numbers of a table's rows as arrays over `axis`: `<name>/<column>`; NaN where a row has none."""
    found = table(name)[rows]
    numeric = {c for row in found for c, value in row.items() if isinstance(value, int | float)}
    return {f"{name}/{c}": Array(np.array([_number(row.get(c)) for row in found]), (axis,)) for c in sorted(numeric)}


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else np.nan
