"""A timestep in slow motion: every operation of the cell in order, with one unit's value and gradient."""

from typing import Any

import numpy as np

from core.ops import Floats
from core.reading import Reader, number

GIVEN = ("input", "previous", "parameter", "constant")


def steps_of(r: Reader, t: int, unit: int) -> list[dict[str, Any]]:
    """`id`, `value` and `gradient` (dJ/d of it) of each operation whose result is a vector of hidden units."""
    nodes = [n for n in r.cell.nodes.values() if n.kind == "hidden" and n.op not in GIVEN]
    return [
        {"id": n.name, "value": _at(r, r.value(n.name, t), unit), "gradient": _at(r, r.gradient(n.name, t), unit)}
        for n in nodes
    ]


def _at(r: Reader, values: Floats, unit: int) -> float | None:
    """One unit of a vector, or of what is the same for all."""
    return number(float(np.broadcast_to(values, (r.trace.dims["hidden"],))[unit]))
