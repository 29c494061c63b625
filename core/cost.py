"""What a recipe will cost, from its sizes alone: nothing is allocated to find out.

The constants are nanoseconds on a slow core; `bench` compares them with what runs really take.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from core.data import DATASETS
from core.equations import Cell
from core.errors import CostError, Problem
from core.plan import forward_plan
from core.recipe import FIELDS, Recipe

PER_CALL, PER_FLOP, PER_NUMBER = 500.0, 0.06, 1.0
JSON_BYTES = 21


@dataclass(frozen=True)
class Size:
    """The numbers that a cost depends on: T, I = O, H, and of the cell its gates, states, calls and nodes."""

    T: int
    I: int
    H: int
    products: int
    inputs: int
    states: int
    calls: int
    nodes: int
    parameters: int


@dataclass(frozen=True)
class Cost:
    """Milliseconds of one core, bytes of the trace as JSON, and timesteps."""

    milliseconds: float
    bytes: int
    steps: int


def size_of(recipe: Recipe) -> Size:
    """The sizes of a recipe."""
    tokens = recipe.tokens
    return _cell_size(recipe.cell, len(tokens) - 1, len(set(tokens)), recipe["hidden"])


def _cell_size(cell: Cell, T: int, symbols: int, H: int) -> Size:
    groups = [p.group for p in cell.parameters]
    named = len(cell.names) + len(cell.pre_activations)
    calls = 3 * len(forward_plan(cell).steps)
    return Size(T, symbols, H, groups.count("U"), groups.count("W"), len(cell.states), calls, named, len(groups))


def cost(recipe: Recipe, include: Iterable[str]) -> Cost:
    """The predicted cost of a recipe with these groups of arrays."""
    return _cost(size_of(recipe), frozenset(include))


def _cost(s: Size, include: frozenset[str]) -> Cost:
    parts = {
        "forward": _run_ns(s),
        "contributions": _contribution_ns(s) if "contributions" in include else 0.0,
        "jacobians": _jacobian_ns(s) if include & {"jacobians"} else 0.0,
        "spectral": _spectral_ns(s) if "spectral" in include else 0.0,
    }
    numbers = _numbers(s, include)
    total = sum(parts.values()) + numbers * 60.0
    return Cost(total / 1e6, numbers * JSON_BYTES, s.T)


def _run_ns(s: Size) -> float:
    flops = 6 * s.T * (s.products * s.H**2 + s.inputs * s.H * s.I + s.H * s.I)
    return 400_000 + s.T * 2 * s.calls * PER_CALL + flops * PER_FLOP + s.T * s.H * s.nodes * 12 * PER_NUMBER


def _contribution_ns(s: Size) -> float:
    pairs, n = s.T * (s.T + 1) / 2, max(s.products, 1)
    windows = 4 * pairs * n * s.H * (s.H + s.I) + s.T * n * s.H * (s.H + s.I) * 4
    kept = min(windows, 32e6 * (s.H + s.I))  # beyond that the windows are not compared
    return s.T * 90 * PER_CALL + (4 * pairs * n * s.H**2 + kept) * PER_FLOP + pairs * n * s.H * 8 * PER_NUMBER


def _jacobian_ns(s: Size) -> float:
    n = s.states * s.H
    depth = max(1, s.T.bit_length())
    return s.T * depth * (4 * n**3 * PER_FLOP + 12 * PER_CALL) + 2 * s.T**2 * n**2 * s.states * PER_FLOP


def _spectral_ns(s: Size) -> float:
    n = s.states * s.H
    return s.T**2 / 2 * (20_000 + 25 * n**3 * PER_FLOP)


def _numbers(s: Size, include: frozenset[str]) -> int:
    weights = s.products * s.H**2 + s.inputs * s.H * s.I + 2 * s.H * s.I
    counts = {
        "forward": s.T * (s.H * (s.nodes + s.states) + 3 * s.I),
        "backward": s.T * s.H * s.nodes + weights,
        "params": weights,
        "contributions": 2 * s.T**2 * (s.parameters + 3) + weights,
        "jacobians": s.T**2 * 3,
        "spectral": s.T**2,
    }
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

    problem = _smaller_hidden(size, fits, min(8, size.H)) or _shorter_text(recipe, size, fits)
    problem = problem or _smaller_hidden(replace(size, T=1), fits, 1) or Problem("/hidden", "is too large", 1)
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


def _smaller_hidden(size: Size, fits: Callable[[Size], bool], least: int) -> Problem | None:
    """The most units that fit this many steps, if at least `least` do."""
    most = _largest(1, size.H, lambda h: fits(replace(size, H=h)))
    if most is None or most < least:
        return None
    allowed = {**FIELDS["hidden"].allowed, "max": most, "nearest": most}
    return Problem("/hidden", f"is too large for a text of {size.T} steps; at most {most} units fit", allowed)


def _shorter_text(recipe: Recipe, size: Size, fits: Callable[[Size], bool]) -> Problem | None:
    """The most steps that fit this many units, if any do."""
    unit = DATASETS[recipe["data"]].unit
    most = _largest(1, size.T, lambda t: fits(replace(size, T=t, I=min(size.I, t + 1))))
    if most is None:
        return None
    allowed = {"max": most + 1, "nearest": most + 1, "unit": unit}
    message = f"is too long for {size.H} hidden units: {size.T + 1} {unit}s; at most {most + 1} fit"
    return Problem("/text", message, allowed)
