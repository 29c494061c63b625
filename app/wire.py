"""Events and traces as bytes: one JSON text, or one of three forms of a stream.

A binary frame is a head of 16 bytes (u32 length of the payload, u16 kind, u16 flags, u32 t, u32
number, little-endian) and its payload. The first frame's `layout` names what the steps carry and
how: `f4` are float32 numbers; `s4` is one float64 scale and float32 numbers to be multiplied by it,
so that a gradient far below the smallest float32 does not read as none.
"""

import math
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any

import numpy as np
import orjson

from core.arrays import Array
from core.experiment import group_of
from core.trace import Event, Trace, encode, header, nonfinite, nonfinite_count

Numbers = np.ndarray[Any, np.dtype[Any]]
Layout = dict[str, list[dict[str, Any]]]
HEAD = struct.Struct("<IHHII")
SCALE = struct.Struct("<d")
KINDS = {"start": 0, "forward": 1, "backward": 2, "done": 3, "drain": 4, "problem": 5}
KINDS |= {"step": 6, "snapshot": 7, "diverged": 8, "finished": 9, "expanded": 10, "kept": 11, "pruned": 12}
# Between these float32 keeps its seven digits, and some more for what is smaller beside it.
SMALLEST, LARGEST = 1e-28, 1e38
# Up to so many numbers an array inside a page is exact: what all such arrays weigh is little.
SHORT = 1000
ARRAYS = orjson.OPT_SERIALIZE_NUMPY


def trace_json(trace: Trace, encoding: str) -> bytes:
    """What `core.trace.to_json` says, by a writer that is ten times as quick; `page` is base64 for pages."""
    plain, encoding = (_light, "base64") if encoding == "page" else (_as_it_is, encoding)
    arrays = {n: {"dims": a.dims, **_described(plain(n, a), encoding)} for n, a in trace.arrays.items()}
    lost = {"nonfinite": nonfinite(trace.arrays), "nonfinite_count": nonfinite_count(trace.arrays)}
    return orjson.dumps({**header(trace), "arrays": arrays, **lost}, option=ARRAYS)


def _as_it_is(_name: str, array: Array) -> Numbers:
    return array.data


def _light(name: str, array: Array) -> Numbers:
    """Long steps of the way forward have the seven digits that a stream gives them, and half the weight."""
    data = array.data
    forward = group_of(name) == "forward" and array.dims[:1] in (("source",), ("time",))
    light = forward and data.size > SHORT and data.dtype == np.float64 and _fits(_largest(data))
    return data.astype(np.float32) if light else data


def _described(data: Numbers, encoding: str) -> dict[str, Any]:
    if encoding == "base64":
        return encode(data, encoding)
    # The writer turns what is not finite into null by itself.
    return {"shape": data.shape, "dtype": data.dtype.name, "data": _whole(data)}


def _whole(data: Numbers) -> Any:
    # `ascontiguousarray` would make a list of a single number.
    return np.ascontiguousarray(data) if data.ndim else data.item()


def frames(events: Iterable[Event], form: str) -> Iterator[bytes]:
    """Each event once, in one form; its number is its place, so that a reader may go on anywhere."""
    rest = iter(events)
    start = next(rest)
    # The run is over when it starts to speak: its steps are there, only the costly sums are not.
    steps = [*islice(rest, _steps(start.data))] if form == "binary" else []
    layout = _layout(start.data, steps)
    for number, event in enumerate(chain((start,), steps, rest)):
        yield FORMS[form](event, number, layout)


def _steps(start: Mapping[str, Any]) -> int:
    clock = start.get("clock") or [{"steps": start["dims"]["time"]}]
    return sum(int(part["steps"]) for part in clock) * sum(1 for names in start["layout"].values() if names)


def _layout(start: Mapping[str, Any], steps: Iterable[Event]) -> Layout:
    extreme = {name for event in steps for name, data in event.arrays.items() if not _fits(_largest(data))}
    return {kind: [_slot(name, start, name in extreme) for name in names] for kind, names in start["layout"].items()}


def _slot(name: str, start: Mapping[str, Any], extreme: bool) -> dict[str, Any]:
    dims = start["array_dims"][name][1:]
    shape = [start["dims"][dim] for dim in dims]
    return {"name": name, "shape": shape, "dims": dims, "dtype": "s4" if extreme else "f4"}


def _largest(data: Numbers) -> float:
    """The largest magnitude; what is not finite counts only when there is nothing else."""
    largest = max(float(data.max()), -float(data.min()))
    if math.isfinite(largest):
        return largest
    return max((abs(value) for value in data.ravel().tolist() if math.isfinite(value)), default=math.inf)


def _fits(largest: float) -> bool:
    return largest == 0 or SMALLEST < largest < LARGEST


def _members(event: Event, number: int, layout: Layout) -> dict[str, Any]:
    found: dict[str, Any] = {"event": event.kind, "number": number}
    if event.t is None:
        return {**found, **event.data, **({"layout": layout} if event.kind == "start" else {})}
    arrays = {name: _whole(data) for name, data in event.arrays.items()}
    lost = nonfinite({name: Array(data, ("",) * data.ndim) for name, data in event.arrays.items()})
    return found | {"t": event.t, "arrays": arrays} | ({"nonfinite": lost} if lost else {})


def _json(event: Event, number: int, layout: Layout) -> bytes:
    return orjson.dumps(_members(event, number, layout), option=ARRAYS)


def _sse(event: Event, number: int, layout: Layout) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (number, event.kind.encode(), _json(event, number, layout))


def _jsonl(event: Event, number: int, layout: Layout) -> bytes:
    return _json(event, number, layout) + b"\n"


def _binary(event: Event, number: int, layout: Layout) -> bytes:
    if event.t is None:
        return binary_frame(event.kind, 0, number, _json(event, number, layout))
    # A step of the source has the arrays of the source, a step of the answer those of the answer.
    slots = (slot for slot in layout[event.kind] if slot["name"] in event.arrays)
    packed = (PACKERS[slot["dtype"]](event.arrays[slot["name"]]) for slot in slots)
    return binary_frame(event.kind, event.t, number, b"".join(packed))


def binary_frame(kind: str, t: int, number: int, payload: bytes, flags: int = 0) -> bytes:
    """One event of a binary stream."""
    return HEAD.pack(len(payload), KINDS[kind], flags, t, number) + payload


def _plain(data: Numbers) -> bytes:
    return np.ascontiguousarray(data, dtype="<f4").tobytes()


def _scaled(data: Numbers) -> bytes:
    # A power of two changes no digit. Near the ends of the range it must be one that exists itself.
    largest = _largest(data)
    known = 0 < largest < math.inf
    exponent = min(max(math.frexp(largest)[1], -1000), 1000) if known else 0
    scale = math.ldexp(1.0, exponent)
    return SCALE.pack(scale) + _plain(data / scale)


def farewell(form: str, milliseconds: int) -> bytes:
    """The server leaves; ask again after this time, at the event after the last."""
    if form == "binary":
        return binary_frame("drain", 0, 0, orjson.dumps({"retry_ms": milliseconds}))
    if form == "jsonl":
        return orjson.dumps({"event": "drain", "retry_ms": milliseconds}) + b"\n"
    return b"event: drain\nretry: %d\ndata: {}\n\n" % milliseconds


def trouble(form: str, problem: Mapping[str, Any]) -> bytes:
    """A problem in the middle of a stream, of the same shape as one in place of it."""
    if form == "binary":
        return binary_frame("problem", 0, 0, orjson.dumps(problem))
    if form == "jsonl":
        return orjson.dumps({"event": "problem", **problem}) + b"\n"
    return b"event: problem\ndata: %s\n\n" % orjson.dumps(problem)


PINGS = {"sse": b": still here\n\n", "jsonl": b"\n", "binary": b""}
PACKERS: dict[str, Callable[[Numbers], bytes]] = {"f4": _plain, "s4": _scaled}
FORMS: dict[str, Callable[[Event, int, Layout], bytes]] = {"sse": _sse, "jsonl": _jsonl, "binary": _binary}
