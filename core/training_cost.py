"""What a training run will cost, from its sizes alone: time, memory, and bytes on the wire."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from core.cost import PER_CALL, PER_FLOP, PER_NUMBER
from core.errors import CostError, Problem
from core.material import declared, length_of, widths_of
from core.options import OPTIONS, Options, marks
from core.plan import forward_plan
from core.recipe import Recipe

PER_UPDATE = 150_000  # nanoseconds of a draw, an event and the little things
STEP_BYTES = 160  # a step event as JSON without the norm of each parameter
NORM_BYTES, NUMBER_BYTES = 32, 11


@dataclass(frozen=True)
class Work:
    """The numbers that a cost depends on: updates of B sequences over T steps, snapshots, and the cell's sizes."""

    updates: int
    even: int
    B: int
    T: int
    I: int
    H: int
    O: int
    matrices: int
    inputs: int
    arrays: int
    calls: int
    nodes: int

    @property
    def weights(self) -> int:
        """How many numbers are learnt, or a few more."""
        return self.matrices * self.H**2 + self.inputs * self.H * (self.I + 1) + self.O * (self.H + 1)


@dataclass(frozen=True)
class TrainingCost:
    """Milliseconds of one core, bytes of memory, and bytes of all events as JSON."""

    milliseconds: float
    memory: int
    bytes: int


def work_of(recipe: Recipe, options: Options) -> Work:
    """The sizes of a run."""
    (I, O), cell = widths_of(recipe), recipe.cell
    T = length_of(recipe)
    window = max(options["k2"] or 0, options["k1"] or T)
    groups = [p.group for p in cell.parameters]
    nodes, calls = len(cell.names) + len(cell.pre_activations), 3 * len(forward_plan(cell).steps)
    counts = (groups.count("U"), groups.count("W"), len(groups) + 2, calls, nodes)
    sizes = (options["batch"], window if declared(recipe).stream else max(T, window), I, recipe["hidden"])
    return Work(options["updates"], options["snapshots"], *sizes, O, *counts)


def training_cost(work: Work) -> TrainingCost:
    """The predicted cost of a run."""
    flops = 6 * work.T * work.B * work.weights
    touched = work.T * work.B * (work.H * work.nodes * 4 + 4 * (work.I + work.O)) + 12 * work.weights
    calls = work.T * 2 * work.calls + 40 * work.arrays
    update = PER_UPDATE + calls * PER_CALL + flops * PER_FLOP + touched * PER_NUMBER
    kept = work.T * work.B * (work.H * work.nodes * 4 + 4 * (work.I + work.O))
    snapshots = len(marks(work.updates, work.even)) * (work.weights * NUMBER_BYTES + 200)
    steps = work.updates * (STEP_BYTES + NORM_BYTES * work.arrays)
    return TrainingCost(work.updates * update / 1e6, 8 * (kept + 8 * work.weights), snapshots + steps)


def check_training_cost(
    recipe: Recipe,
    options: Options,
    *,
    milliseconds: float,
    memory: int,
    bytes: int,  # noqa: A002
) -> TrainingCost:
    """The cost, or a CostError that names the option to change and the nearest value that fits."""
    work = work_of(recipe, options)
    limits = {"milliseconds": milliseconds, "memory": memory, "bytes": bytes}
    found = training_cost(work)
    over = {name: getattr(found, name) for name, limit in limits.items() if getattr(found, name) > limit}
    for name, asked in over.items():
        field, size = ("batch", "B") if name == "memory" else ("updates", "updates")

        def fits(value: int, name: str = name, size: str = size) -> bool:
            changed: dict[str, Any] = {size: value}
            return bool(getattr(training_cost(replace(work, **changed)), name) <= limits[name])

        most = _largest(getattr(work, size), fits)
        unit = "ms" if name == "milliseconds" else "bytes"
        raise CostError(_problem(field, most), asked=asked, limit=limits[name], unit=unit)
    return found


def _problem(field: str, most: int) -> Problem:
    """At most so many; or that none are few enough."""
    if not most:
        return Problem("/hidden", "is too large to be trained on this task within the limits", {"nearest": None})
    allowed = {**OPTIONS[field].allowed, "max": most, "nearest": most}
    return Problem(f"/{field}", f"is too large for this network; at most {most} fit", allowed)


def _largest(high: int, fits: Callable[[int], bool]) -> int:
    """The largest of 0..high that fits; 0 if not even 1 does."""
    low = 0
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low
