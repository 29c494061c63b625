"""References to a trace inside a figure: `@f` stands for an array, `@min signed s` for the end of its scale.

static/js/figures.js resolves the same references in the page. Time is the last axis of what they give: a heat
map has units as rows and steps as columns. Batch 0 is shown.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from core.trace import Trace

TOKENS = Path(__file__).parents[1] / "static" / "css" / "tokens.css"
RAMPS = {"signed": 9, "gradient": 8}
DEEPEST = 12
MEANINGS = {
    "x": "input",
    "s": "state",
    "h": "state",
    "c": "cell",
    "f": "forget",
    "i": "update",
    "z": "update",
    "g": "candidate",
    "n": "candidate",
    "o": "outgate",
    "r": "reset",
}


@dataclass(frozen=True)
class Source:
    """What references are resolved against."""

    trace: Trace
    states: tuple[str, ...]
    parameter: str = "W"


@cache
def colors() -> Mapping[str, str]:
    """The colours of the page, the light ones."""
    return dict(re.findall(r"--([\w-]+): light-dark\((#\w+),", TOKENS.read_text()))


def meaning(name: str, role: str) -> str:
    """Which meaning a node has, so that it gets that meaning's colour."""
    return MEANINGS.get(name) or {"gate": "update", "candidate": "candidate"}.get(role, "state")


def resolve(value: Any, source: Source) -> Any:
    """A figure with every reference replaced by what it names."""
    if isinstance(value, dict):
        return {key: resolve(item, source) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [resolve(item, source) for item in value]
    if isinstance(value, str) and value.startswith("@"):
        word, *rest = value[1:].replace("{parameter}", source.parameter).split(" ")
        return WORDS[word](source, *rest) if rest or word in WORDS else lists(source, word)
    return value.replace("{parameter}", source.parameter) if isinstance(value, str) else value


def fill(value: Any, names: Mapping[str, str]) -> Any:
    """A figure with the {names} of one node filled in."""
    if isinstance(value, dict):
        return {key: fill(item, names) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [fill(item, names) for item in value]
    return re.sub(r"\{(\w+)\}", lambda m: names.get(m[1], m[0]), value) if isinstance(value, str) else value


def lists(source: Source, name: str) -> Any:
    """An array as lists, units by time; a number that is none is left out."""
    array = source.trace.arrays[name]
    data = array.data[:, 0] if "batch" in array.dims else array.data
    return finite(data.T.tolist() if "batch" in array.dims else data.tolist())


def finite(value: Any) -> Any:
    """None in place of every number that is none."""
    if isinstance(value, list):
        return [finite(item) for item in value]
    return value if math.isfinite(value) else None


def attention(source: Source) -> Any:
    """How a decoder's attention is shared out, places by time; nothing where there is no decoder that looks."""
    dims = ("time", "batch", "source")
    found = [n for n, a in source.trace.arrays.items() if a.dims == dims and "/" not in n]
    return lists(source, found[0]) if found else []


def log10(source: Source, name: str) -> Any:
    """The powers of ten of an array of magnitudes; nothing at all has none."""

    def power(value: Any) -> Any:
        if isinstance(value, list):
            return [power(item) for item in value]
        return math.log10(value) if value else None

    return power(lists(source, name))


def nonzero(source: Source, name: str) -> Any:
    """An array without what is nothing at all: what could not be."""

    def there(value: Any) -> Any:
        return [there(item) for item in value] if isinstance(value, list) else value or None

    return there(lists(source, name))


def counted(source: Source, name: str) -> Any:
    """A number a step, left out where the mask says that there is none to count."""
    mask = source.trace.arrays.get("mask")
    values = lists(source, name)
    return values if mask is None else [v if m else None for v, m in zip(values, mask.data[:, 0], strict=True)]


def flat(value: Any) -> Iterator[float]:
    """The numbers in nested lists."""
    if isinstance(value, list):
        for item in value:
            yield from flat(item)
    elif value is not None:
        yield value


def limit(source: Source, name: str) -> float:
    """The end of a signed scale: the largest size, rounded up to 1, 2 or 5 times a power of ten."""
    most = max(map(abs, flat(lists(source, name))), default=0.0)
    unit = 10.0 ** math.floor(math.log10(most) + 1e-9) if most else 1.0
    return next(f * unit for f in (1, 2, 5, 10) if f * unit >= most * (1 - 1e-9))


def decades(source: Source) -> tuple[float, float]:
    """The powers of ten that hold all gradients: at least one decade, at most twelve."""
    names = [f"contribution/{group}" for group in "WUb"] + [f"grad_norm/{state}" for state in source.states]
    sizes = [s for n in names if n in source.trace.arrays for s in flat(lists(source, n)) if s > 0]
    if not sizes:
        return -3.0, 0.0
    high = math.log10(max(sizes))
    return min(high - 1, max(high - DEEPEST, math.log10(min(sizes)))), high


def ramp(_source: Source, scale: str, named: str = "state") -> list[list[Any]]:
    """A scale's colours as Plotly takes them."""
    found = colors()
    if scale == "gate":
        return [[0, found["ramp-zero"]], [1, found[f"c-{named}"]]]
    last = RAMPS[scale] - 1
    return [[index / last, found[f"ramp-{scale}-{index}"]] for index in range(last + 1)]


def low(source: Source, scale: str, name: str) -> float:
    """The small end of a node's scale."""
    return 0.0 if scale == "gate" else -limit(source, name)


def high(source: Source, scale: str, name: str) -> float:
    """The large end of a node's scale."""
    return 1.0 if scale == "gate" else limit(source, name)


WORDS: dict[str, Callable[..., Any]] = {
    "log10": log10,
    "nonzero": nonzero,
    "counted": counted,
    "min": low,
    "max": high,
    "least": lambda source: decades(source)[0],
    "most": lambda source: decades(source)[1],
    "span": lambda source: [d + e for d, e in zip(decades(source), (-0.15, 0.15), strict=True)],
    "ramp": ramp,
    "color": lambda _source, name: colors()[f"c-{name}"],
    "labels": lambda source, axis: [*source.trace.labels.get(axis, ())],
    "places": lambda source, axis: [*range(len(source.trace.labels.get(axis, ())))],
    "attention": attention,
}
