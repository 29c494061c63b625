"""The PyTorch reference values by case, and the engine run on the same numbers."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from core.cells import CELLS
from core.unroll import Workspace
from tests.core.oracle import Array, Arrays, Task

REFERENCE = Path(__file__).parent.parent / "reference"
SHAPES = ("one-step", "one-unit", "sentence", "batch", "long")
CASES = [(cell, f"{shape}-{placement}") for cell in CELLS for shape in SHAPES for placement in ("every", "last")]


@cache
def _file(cell: str) -> Mapping[str, Array]:
    with np.load(REFERENCE / f"{cell}.npz") as opened:
        return dict(opened)


@cache
def reference(cell: str, case: str) -> Arrays:
    """Every array of a case, by the names of the trace."""
    return {name.partition(":")[2]: value for name, value in _file(cell).items() if name.startswith(f"{case}:")}


def task_of(arrays: Mapping[str, Array]) -> Task:
    """The givens of a case."""
    params = {name.removeprefix("param/"): value for name, value in arrays.items() if name.startswith("param/")}
    return Task(arrays["x"], arrays["target"], arrays["mask"], params)


def workspace(cell: Any, task: Task, **more: Any) -> Workspace:
    """The engine, run on a task."""
    (T, B, I), (O, H) = task.x.shape, task.params["V"].shape
    ws = Workspace(cell, T=T, I=I, H=H, O=O, B=B, **more)
    ws.load(task.params)
    ws.run(task.x, task.target, task.mask)
    return ws


def draw(cell: str, rng: np.random.Generator, *, T: int, I: int, H: int, O: int, B: int, last: bool) -> Task:
    """A random task of some size; with `last` one loss, else one at every step."""
    ws = Workspace(CELLS[cell], T=1, I=I, H=H, O=O)
    params = {name: 0.8 * rng.normal(size=value.shape) for name, value in ws.params.items()}
    mask = np.ones((T, B)) * (1.0 if not last else (np.arange(T) == T - 1)[:, None])
    return Task(rng.normal(size=(T, B, I)), rng.integers(O, size=(T, B)), mask, params)


def error(found: Array, right: Array, floor: float = 1e-4) -> float:
    """The largest difference over the largest right value; `floor` is the least scale, for what is all but zero.

    A saturated unit has the slope 1 - y * y, so what is far below one carries an error relative to one.
    """
    assert found.shape == right.shape, f"shape {found.shape}, not {right.shape}"
    scale = max(floor, float(np.abs(right).max(initial=0.0)))  # not `initial`: an array of indices would round it
    return float(np.abs(found - right).max(initial=0.0) / scale)
