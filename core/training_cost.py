"""What a training run will cost, from its sizes alone: time, memory, and bytes on the wire."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from core.cost import Part, Size
from core.errors import CostError, Problem
from core.material import declared, length_of, widths_of
from core.options import OPTIONS, Options, marks
from core.recipe import Recipe
from core.wiring import Wiring, wiring_of

PER_CALL, PER_FLOP, PER_NUMBER = 500.0, 0.06, 1.0  # nanoseconds
PER_UPDATE = 150_000  # of a draw, an event and the little things
STEP_BYTES = 160  # a step event as JSON without the norm of each parameter
NORM_BYTES, NUMBER_BYTES = 32, 11


@dataclass(frozen=True)
class Work:
    """The numbers that a cost depends on: updates of B sequences over T steps, snapshots, and the network's sizes."""

    updates: int
    even: int
    B: int
    T: int
    I: int
    H: int
    O: int
    bits: int
    wiring: Wiring

    @property
    def parts(self) -> list[Part]:
        """Every chain of the network."""
        return Size(self.T, self.I, self.O, self.H, self.wiring).parts

    @property
    def arrays(self) -> int:
        """How many weights there are."""
        return sum(p.parameters for p in self.parts) + 2

    @property
    def weights(self) -> int:
        """How many numbers are learnt, or a few more."""
        own = sum(p.products * self.H**2 + p.inputs * self.H * (p.I + 1) for p in self.parts)
        return own + self.O * (self.H * 2 + 1)


@dataclass(frozen=True)
class TrainingCost:
    """Milliseconds of one core, bytes of memory, and bytes of all events as JSON."""

    milliseconds: float
    memory: int
    bytes: int


def work_of(recipe: Recipe, options: Options) -> Work:
    """The sizes of a run."""
    (I, O), T = widths_of(recipe), length_of(recipe)
    window = max(options["k2"] or 0, options["k1"] or T)
    sizes = (options["batch"], window if declared(recipe).stream else max(T, window), I, recipe["hidden"])
    bits = int(options["precision"].removeprefix("float"))
    return Work(options["updates"], options["snapshots"], *sizes, O, bits, wiring_of(recipe))


def training_cost(work: Work) -> TrainingCost:
    """The predicted cost of a run."""
    flops = 6 * work.T * work.B * work.weights
    kept = work.T * work.B * sum(work.H * p.nodes * 4 + 4 * (p.I + work.O) for p in work.parts)
    kept += sum(p.looks * work.T**2 * work.B * 2 for p in work.parts)
    calls = sum(work.T * 2 * p.calls for p in work.parts) + 40 * work.arrays
    looked = sum(p.looks * work.T * (300_000 + 40 * work.B * work.T * work.H) for p in work.parts)
    touched = kept + 12 * work.weights
    update = PER_UPDATE + calls * PER_CALL + flops * PER_FLOP + touched * PER_NUMBER + looked
    snapshots = len(marks(work.updates, work.even)) * (work.weights * NUMBER_BYTES + 200)
    steps = work.updates * (STEP_BYTES + NORM_BYTES * work.arrays)
    memory = work.bits // 8 * (kept + 8 * work.weights)
    return TrainingCost(work.updates * update / 1e6, memory, snapshots + steps)


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
