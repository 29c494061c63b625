"""What a recipe will cost, from its sizes alone: nothing is allocated to find out.

The constants are nanoseconds on a slow core, with AVX2 and half a megabyte of cache; `bench` (w) compares them with
what runs really take, and holds most of them to a factor of two.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from core.data import DATASETS, Collection
from core.equations import Cell
from core.errors import CostError, Problem
from core.fields import FIELDS
from core.material import declared, steps_of, widths_of
from core.networks import Block
from core.plan import forward_plan
from core.recipe import Recipe
from core.wiring import Wiring, wiring_of

# Nanoseconds: of a run, to build it and for each step's calls; of a number as JSON.
PER_RUN, PER_WEIGHT, PER_CALL, PER_FLOP, PER_NUMBER = 800_000.0, 80_000.0, 1_700.0, 1.0, 40.0
JSON_BYTES = 21
LONG_TEXT = 400e6  # contexts counted in a whole novel, once
GROUPED = ("forward", "backward", "params", "contributions", "jacobians", "spectral", "matrix")
MOST_WINDOWS = 2e6  # beyond so many deltas windows are not compared


@dataclass(frozen=True)
class Part:
    """One chain: its steps and inputs, and of its cell the products, input matrices, states, calls, nodes, weights.

    `lower`: it sends its errors on to others or gets them from others, so that all rows live at all steps.
    `looks`: how many attentions it has.
    """

    T: int
    I: int
    products: int
    inputs: int
    states: int
    calls: int
    nodes: int
    parameters: int
    lower: bool
    looks: int


@dataclass(frozen=True)
class Size:
    """The numbers that a cost depends on: T steps, I inputs, O outputs, H units, and the network that they are of.

    `long`: the sequence is part of a long text, in which windows are counted.
    """

    T: int
    I: int
    O: int
    H: int
    wiring: Wiring
    long: bool = False

    @property
    def parts(self) -> list[Part]:
        """Every chain of the network."""
        blocks, width = self.wiring.blocks, {"x": self.I, "y": self.O}
        several = len(blocks) > 1
        return [_part(self, b, sum(width.get(r, self.H) for r in b.reads), lower=several) for b in blocks]

    @property
    def span(self) -> int:
        """All steps, those of the source, too."""
        return self.T * (2 if any(self.wiring.axis(b) == "source" for b in self.wiring.blocks) else 1)


@dataclass(frozen=True)
class Cost:
    """Milliseconds of one core, bytes of the trace as JSON, and timesteps."""

    milliseconds: float
    bytes: int
    steps: int


def size_of(recipe: Recipe) -> Size:
    """The sizes of a recipe."""
    found = declared(recipe)
    long = isinstance(found, Collection) and found.stream and found.kind == "text"
    return Size(steps_of(recipe), *widths_of(recipe), recipe["hidden"], wiring_of(recipe), long)


def _part(s: Size, block: Block, width: int, *, lower: bool) -> Part:
    cell: Cell = s.wiring.cells[block.name]
    groups = [p.group for p in cell.parameters]
    counts = (groups.count("U") + groups.count("Q"), groups.count("W"), len(cell.states))
    calls, named = 3 * len(forward_plan(cell).steps), len(cell.names) + len(cell.pre_activations)
    return Part(s.T, width, *counts, calls, named, len(groups), lower, len(cell.attentions))


def cost(recipe: Recipe, include: Iterable[str]) -> Cost:
    """The predicted cost of a recipe with these groups of arrays."""
    return _cost(size_of(recipe), frozenset(include))


def _cost(s: Size, include: frozenset[str]) -> Cost:
    total = PER_RUN
    for part in s.parts:
        total += _run_ns(s, part)
        total += _contribution_ns(s, part) if include & {"contributions", "matrix"} else 0.0
        total += _jacobian_ns(s, part) if "jacobians" in include else 0.0
        total += _spectral_ns(s, part) if "spectral" in include else 0.0
    total += _windows_ns(s) if "windows" in include else 0.0
    numbers = _numbers(s, include)
    return Cost((total + numbers * PER_NUMBER) / 1e6, numbers * JSON_BYTES, s.span)


def _run_ns(s: Size, p: Part) -> float:
    products = p.products * s.H**2 + p.inputs * s.H * p.I + s.H * s.O
    looked = p.looks * p.T * (75_000 + 40 * s.T * s.H)
    return 150_000 + p.parameters * PER_WEIGHT + p.T * (p.calls * PER_CALL + products * PER_FLOP) + looked


def _contribution_ns(s: Size, p: Part) -> float:
    """Two sweeps with a row for each error, and the products of every window."""
    pairs, n = p.T**2, max(p.products, 1)
    calls = 800_000 + p.parameters * 200_000 + p.T * (p.calls * 390 + p.parameters * 14_000) * (1.5 if p.lower else 1.0)
    windows = min(pairs * n * s.H, MOST_WINDOWS) * (s.H + p.I) * 0.14
    rows = pairs * n * s.H * (9.0 + (35.0 if p.lower else 0.0)) + pairs * n * s.H**2 * 0.02
    looked = p.looks * (p.T * 280_000 + p.T**2 * s.H * (8 * s.T + 14 * s.H))
    return calls + windows + rows + looked


def _jacobian_ns(s: Size, p: Part) -> float:
    n, depth = p.states * s.H, max(1, p.T.bit_length())
    products = p.T * depth * n**3 * 0.07 + p.T**2 * n**2 * 0.15 + p.T * n**2 * p.products * 7
    return 300_000 + p.T * depth * 8_000 + products + p.looks * p.T * 18_600


def _spectral_ns(s: Size, p: Part) -> float:
    n = p.states * s.H
    return 320_000 + p.T**2 * (5_000 + 20 * n**2 + 0.13 * n**3)


def _windows_ns(s: Size) -> float:
    """Three small products a step, norms for each pair; windows counted in a long text at most."""
    return LONG_TEXT * s.long + s.T * (1_000 + 3 * s.H * s.I * PER_FLOP) + s.T**2 + 3 * s.H * s.I * 10


def _numbers(s: Size, include: frozenset[str]) -> int:
    counts = dict.fromkeys(GROUPED, 0)
    counts["windows"] = s.span * (2 * s.I + s.H + s.span) + 3 * s.H * s.I + 40
    for group in ("backward", "params", "contributions"):
        counts[group] += 2 * s.H * s.O  # the head, which reads one chain or two ends
    for p in s.parts:
        weights = p.products * s.H**2 + p.inputs * s.H * p.I
        counts["forward"] += p.T * (s.H * (p.nodes + p.states) + p.I + p.looks * s.T) + 2 * s.T * s.O
        counts["backward"] += p.T * s.H * p.nodes + weights
        counts["params"] += weights
        counts["contributions"] += 2 * p.T**2 * (p.parameters + 3) + weights
        counts["matrix"] += 2 * p.T**2 * 3
        counts["jacobians"] += p.T**2 * 3
        counts["spectral"] += p.T**2
    return sum(n for group, n in counts.items() if group in include)


def check_cost(recipe: Recipe, include: Iterable[str], *, milliseconds: float, bytes: int) -> Cost:  # noqa: A002
    """The cost, or a CostError that names the field to change and the nearest value that fits."""
    size, groups = size_of(recipe), frozenset(include)
    found = _cost(size, groups)
    if found.milliseconds <= milliseconds and found.bytes <= bytes:
        return found

    def fits(s: Size) -> bool:
        c = _cost(s, groups)
        return c.milliseconds <= milliseconds and c.bytes <= bytes

    problem = _smaller_hidden(recipe, size, fits, min(8, size.H)) or _shorter(recipe, size, fits)
    problem = problem or _smaller_hidden(recipe, replace(size, T=1), fits, 1) or Problem("/hidden", "is too large", 1)
    slow = found.milliseconds > milliseconds
    asked, limit, unit = (found.milliseconds, milliseconds, "ms") if slow else (found.bytes, bytes, "bytes")
    raise CostError(problem, asked=asked, limit=limit, unit=unit)


def _largest(low: int, high: int, fits: Callable[[int], bool]) -> int | None:
    """The largest value in a range that fits, if the lowest does."""
    if not fits(low):
        return None
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low


def _smaller_hidden(recipe: Recipe, size: Size, fits: Callable[[Size], bool], least: int) -> Problem | None:
    """The most units that fit this many steps, if at least `least` do; a model's own cannot be changed."""
    most = None if recipe["model"] else _largest(1, size.H, lambda h: fits(replace(size, H=h)))
    if most is None or most < least:
        return None
    allowed = {**FIELDS["hidden"].allowed, "max": most, "nearest": most}
    what = "sequence" if recipe.drawn else "text"
    return Problem("/hidden", f"is too large for a {what} of {size.T} steps; at most {most} units fit", allowed)


def _shorter(recipe: Recipe, size: Size, fits: Callable[[Size], bool]) -> Problem | None:
    """The most steps that fit this many units, if any do."""
    return _shorter_sequence(recipe, size, fits) if recipe.drawn else _shorter_text(recipe, size, fits)


def _shorter_sequence(recipe: Recipe, size: Size, fits: Callable[[Size], bool]) -> Problem | None:
    most = _largest(min(declared(recipe).shortest, size.T), size.T, lambda t: fits(replace(size, T=t)))
    if most is None:
        return None
    allowed = {**FIELDS["length"].allowed, "max": most, "nearest": most}
    return Problem("/length", f"is too long for {size.H} hidden units: {size.T} steps; at most {most} fit", allowed)


def _shorter_text(recipe: Recipe, size: Size, fits: Callable[[Size], bool]) -> Problem | None:
    unit, O = DATASETS[recipe["data"]].unit, size.O
    extra = len(recipe.tokens) - size.T  # the last symbol is only predicted, unless the text is said again
    most = _largest(1, size.T, lambda t: fits(replace(size, T=t, I=min(size.I, t + 1), O=min(O, t + 1))))
    if most is None:
        return None
    allowed = {"max": most + extra, "nearest": most + extra, "unit": unit}
    message = f"is too long for {size.H} hidden units: {size.T + extra} {unit}s; at most {most + extra} fit"
    return Problem("/text", message, allowed)
