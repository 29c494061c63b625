"""A fast test of a whole engine, fit for engines that are wrong: it names the first thing that is not right.

The engine is imported afresh, if asked with one of its files changed, and compared with PyTorch's reference values,
with central differences of its own loss, and with complex steps through cells that only visitors write.
"""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from tests.core.cases import error, reference, task_of
from tests.core.oracle import NETS, Array, Arrays, Task, gradients, pieces
from tests.core.written import PEOPLE_WRITE, read

CORE = Path(__file__).parents[2] / "core"
CASES = ("batch-every", "one-unit-last", "sentence-every", "long-every")
WRITTEN = (
    "two layers",
    "peephole LSTM",
    "minimal gated unit",
    "square of the state",
    "negative feedback",
    "two biases",
    "two matrices on one state",
)
MODULES = ("cells", "equations", "gradients", "jacobians", "unroll")
CLOSE = 1e-8


@dataclass(frozen=True)
class Engine:
    """The modules of one engine."""

    cells: ModuleType
    equations: ModuleType
    gradients: ModuleType
    jacobians: ModuleType
    unroll: ModuleType


@dataclass(frozen=True)
class Changed(MetaPathFinder, Loader):
    """Finds one module and gives it a source of our own."""

    name: str
    source: str

    def find_spec(self, fullname: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        return spec_from_loader(fullname, self) if fullname == self.name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.source, f"<changed {self.name}>", "exec"), module.__dict__)


def ours() -> list[str]:
    return [name for name in sys.modules if name == "core" or name.startswith("core.")]


@contextmanager
def engine(module: str = "", old: str = "", new: str = "") -> Iterator[Engine]:
    """An engine of its own; with one place of one of its files changed, which must be there exactly once."""
    source = (CORE / f"{module}.py").read_text() if module else ""
    assert not module or source.count(old) == 1, f"core/{module}.py has {source.count(old)} times: {old}"
    assert not module or old != new
    finder = Changed(f"core.{module}", source.replace(old, new))
    kept = {name: sys.modules.pop(name) for name in ours()}
    sys.meta_path.insert(0, finder)
    try:
        yield Engine(*(importlib.import_module(f"core.{name}") for name in MODULES))
    finally:
        sys.meta_path.remove(finder)
        for name in ours():
            del sys.modules[name]
        sys.modules.update(kept)


def run(under: Engine, cell: Any, task: Task, **more: Any) -> Any:
    """A workspace that ran something else first, then the task: nothing may be left over."""
    (T, B, I), (O, H) = task.x.shape, task.params["V"].shape
    ws = under.unroll.Workspace(cell, T=T, I=I, H=H, O=O, B=B, **more)
    ws.load({name: value + 0.1 for name, value in task.params.items()})
    mask = () if more else (task.mask,)
    ws.run(task.x[::-1] + 0.3, task.target, *mask)
    ws.load(task.params)
    ws.run(task.x, task.target, *mask)
    return ws


def found_by(under: Engine, ws: Any) -> Arrays:
    """Everything that an engine says of a run, by the names of the reference."""
    rows = under.gradients.rows_of(ws)
    arrays = {**ws.arrays, **under.gradients.contributions(ws, rows=rows), **under.jacobians.jacobians(ws)}
    found = {name: array.data for name, array in arrays.items()}
    windows = [under.gradients.truncation(ws, window, rows=rows) for window in range(1, ws.sizes.T + 1)]
    names = [name for name in windows[0] if name.startswith("truncated/")]
    return found | {name: np.stack([window[name].data for window in windows]) for name in names}


def against_reference(under: Engine, cell: str) -> Iterator[tuple[str, float]]:
    """Every error against PyTorch's values."""
    for case in CASES:
        right = reference(cell, case)
        last = {"loss_at": "last"} if case.endswith("last") else {}
        found = found_by(under, run(under, under.cells.CELLS[cell], task_of(right), **last))
        for name in right.keys() & found.keys():
            yield f"{cell} {case} {name}", error(found[name], right[name])


def against_windows(under: Engine, cell: str) -> Iterator[tuple[str, float]]:
    """Every window's cosine and ratio against those of the reference gradients."""
    right = reference(cell, "sentence-every")
    ws = run(under, under.cells.CELLS[cell], task_of(right))
    names = [p.name for p in ws.cell.parameters]
    whole = np.concatenate([right[f"grad/{name}"].ravel() for name in names])
    cuts = np.concatenate([right[f"truncated/{name}"].reshape(ws.sizes.T, -1) for name in names], axis=1)
    found = under.gradients.truncation(ws, 3)
    ratios = np.linalg.norm(cuts, axis=1) / np.linalg.norm(whole)
    yield f"{cell} ratio", error(found["truncation/norm_ratio_by_window"].data, ratios)
    cosines = cuts @ whole / np.linalg.norm(whole) / np.linalg.norm(cuts, axis=1)
    yield f"{cell} cosine", error(found["truncation/cosine_by_window"].data, cosines)
    yield f"{cell} cosine of 3", error(found["truncation/cosine"].data, cosines[2])


def against_differences(under: Engine, cell: str) -> Iterator[tuple[str, float]]:
    """Every parameter's gradient along a random direction against the central difference of the loss."""
    task, rng = task_of(reference(cell, "one-unit-every")), np.random.default_rng(0)
    ws = run(under, under.cells.CELLS[cell], task)
    right = {name: value.copy() for name, value in ws.grads.items()}
    for name, value in task.params.items():
        way, losses = rng.normal(size=value.shape), []
        for step in (1e-5, -1e-5):
            ws.load({**task.params, name: value + step * way})
            ws.run_forward()
            losses.append(ws.loss)
        yield f"{cell} {name} by differences", abs((losses[0] - losses[1]) / 2e-5 - (right[name] * way).sum()) / 100


def written_task(parameters: Any) -> Task:
    """A fixed task for any cell: T = 4, I = 2, H = 3, O = 3, B = 1."""
    rng = np.random.default_rng(1)
    shapes = {"input": (3, 2), "hidden": (3, 3), None: (3,)}
    params = {p.name: 0.7 * rng.normal(size=shapes[p.columns]) for p in parameters}
    params |= {"V": rng.normal(size=(3, 3)), "d": rng.normal(size=3)}
    return Task(rng.normal(size=(4, 1, 2)), rng.integers(3, size=(4, 1)), np.ones((4, 1)), params)


def against_complex_steps(under: Engine, name: str) -> Iterator[tuple[str, float]]:
    """Gradients and contributions of a written cell."""
    cell = under.equations.parse(PEOPLE_WRITE[name])
    task = written_task(cell.parameters)
    net = read(cell.source, (cell.output, *(state for state in cell.states if state != cell.output)))
    ws = run(under, cell, task)
    for parameter, right in gradients(net, task).items():
        yield f"{name} {parameter}", error(ws.grads[parameter], right)
    found = under.gradients.contributions(ws)
    for parameter, parts in pieces(net, task, [p.name for p in cell.parameters]).items():
        norms: Array = np.linalg.norm(parts.reshape(4, 4, -1), axis=-1)
        yield f"{name} contribution {parameter}", error(found[f"contribution/{parameter}"].data, norms)


def complaints(under: Engine) -> Iterator[str]:
    """What is wrong with an engine, as it is found."""
    for cell in NETS:
        for check in (against_reference, against_windows, against_differences):
            for what, size in check(under, cell):
                if not size < CLOSE:
                    yield f"{what}: {size:.1e}"
    for name in WRITTEN:
        for what, size in against_complex_steps(under, name):
            if not size < CLOSE:
                yield f"{what}: {size:.1e}"
