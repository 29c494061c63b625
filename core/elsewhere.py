"""What units do elsewhere: in the rest of their run, and in another text that the same network reads.

The other text is cut into the same kind of symbols; a symbol that the network has never met is read as nothing
(a row of zeros), and the answer says how many there were.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from core.buffers import Sizes
from core.data import DATASETS
from core.equations import parse
from core.errors import Problem, RecipeError
from core.finding import MOST_STRETCHES, Found, Stretch, find, stretches
from core.ops import Floats
from core.trace import Trace
from core.unroll import Chain

LONGEST = 5_000
KINDS = (("states", "states"), ("all", "states and gates"))


@dataclass(frozen=True)
class Reading:
    """Another text as the network read it: its words, which of them are unknown, and its nodes (T, H) by name."""

    time: tuple[str, ...]
    unknown: int
    values: Mapping[str, Floats]


def nodes_of(trace: Trace, kind: str = "states") -> dict[str, Floats]:
    """The states of a run, or all its named nodes, as (T, H) over the steps called time."""
    blocks = trace.topology["blocks"]
    prefixed = {b["name"]: f"{b['name']}/" if b["name"] else "" for b in blocks}
    states = {f"{prefixed[b['name']]}{s}" for b in blocks for s in b["states"]}
    found = {n: a.data[:, 0] for n, a in trace.arrays.items() if a.dims == ("time", "batch", "hidden")}
    named = {n for n in found if not n.startswith("grad/") and not n.endswith(("_prev", ".pre"))}
    return {n: found[n] for n in found if n in (states if kind == "states" else named)}


def report(trace: Trace, first: int, last: int, kind: str = "states", corpus: str = "") -> dict[str, Any]:
    """The units that are on in steps first..last, best first, and where else they are; JSON-able."""
    check(trace, first, last)
    values = nodes_of(trace, kind)
    found = find(values, first, last)
    read = reading(trace, corpus, {each.node for each in found}) if corpus else None
    answer: dict[str, Any] = {"first": first, "last": last, "found": [_told(each, values, read) for each in found]}
    if read is not None:
        answer["corpus"] = {"time": list(read.time), "unknown": read.unknown}
    return answer


def check(trace: Trace, first: int, last: int) -> None:
    """A range lies within the run, and leaves something outside."""
    T = trace.dims["time"]
    if not 0 <= first < T:
        raise RecipeError(Problem("/from", f"must be a step from 0 to {T - 1}", {"min": 0, "max": T - 1}))
    if not first <= last < T:
        raise RecipeError(Problem("/to", f"must be a step from {first} to {T - 1}", {"min": first, "max": T - 1}))
    if last - first + 1 == T:
        nearest = {"min": first, "max": T - 1, "nearest": T - 2}
        raise RecipeError(Problem("/to", "leaves no step outside the range to compare with", nearest))


def _told(each: Found, values: Mapping[str, Floats], read: Reading | None) -> dict[str, Any]:
    """One unit with the stretches in which it is on."""
    told = asdict(each) | {"stretches": _stretches(each, values)}
    return told if read is None else told | {"corpus": _stretches(each, read.values)}


def _stretches(each: Found, values: Mapping[str, Floats]) -> list[dict[str, Any]]:
    """The strongest stretches of a unit, in the order of time."""
    every = stretches(values[each.node][:, each.unit], each.threshold, each.sign)
    return [asdict(s) for s in sorted(_strongest(every, each.sign), key=lambda s: s.first)]


def _strongest(every: tuple[Stretch, ...], sign: int) -> list[Stretch]:
    return sorted(every, key=lambda s: (-sign * s.mean, s.first))[:MOST_STRETCHES]


def reading(trace: Trace, corpus: str, nodes: set[str]) -> Reading:
    """Another text through the trace's own weights, forward only; raises RecipeError where that makes no sense."""
    words, x, unknown = _symbols(trace, corpus)
    (block,) = trace.topology["blocks"]
    cell, H = parse(block["cell"]), trace.dims["hidden"]
    chain = Chain(cell, Sizes(len(words), 1, x.shape[1], H, 0), (cell.output,))
    chain.load({p.name: trace[f"param/{p.name}"] for p in cell.parameters})
    np.copyto(chain.x, x[:, None])
    with np.errstate(all="ignore"):
        chain.unroll()
    kept = {n: np.array(chain.shown(chain.buffers.column(n))[:, 0]) for n in nodes}
    return Reading(words, unknown, kept)


def _symbols(trace: Trace, corpus: str) -> tuple[tuple[str, ...], Floats, int]:
    """The words of another text and their one-hot rows (T, I)."""
    data = trace.recipe["data"]
    if data not in DATASETS or trace.topology["name"] != "chain" or len(trace.topology["blocks"]) > 1:
        raise RecipeError(Problem("/corpus", "another text can be read by a single chain that reads text"))
    words, known = DATASETS[data].tokens(corpus), trace.labels["input"]
    if not 1 <= len(words) <= LONGEST:
        unit = DATASETS[data].unit
        message = f"must have 1 to {LONGEST} {unit}s; here are {len(words)}"
        raise RecipeError(Problem("/corpus", message, {"min": 1, "max": LONGEST, "unit": unit}))
    index = {word: i for i, word in enumerate(known)}
    x = np.zeros((len(words), len(known)))
    for t, word in enumerate(words):
        if word in index:
            x[t, index[word]] = 1.0
    return words, x, sum(word not in index for word in words)
