"""A trace: everything that happened in a run, as named arrays with named dimensions, and its encodings.

No NaN or infinity ever leaves as a bare token: in JSON it is null, and `nonfinite` says where and which.
"""

import base64
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.arrays import Array

MOST_NONFINITE = 1000


@dataclass(frozen=True)
class Trace:
    """A finished run. `recipe` made it, `dims` and `labels` describe its axes, `arrays` hold it.

    `topology` says which chains there are and what each reads.
    """

    id: str
    engine: str
    recipe: Mapping[str, Any]
    dims: Mapping[str, int]
    labels: Mapping[str, list[str]]
    arrays: Mapping[str, Array]
    topology: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> np.ndarray[Any, np.dtype[Any]]:
        return self.arrays[name].data


@dataclass(frozen=True)
class Event:
    """Something a run says: `number` counts all events of a run, `t` is the timestep, if there is one."""

    kind: str
    number: int
    t: int | None = None
    arrays: Mapping[str, np.ndarray[Any, np.dtype[Any]]] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)


def header(trace: Trace) -> dict[str, Any]:
    """All of a trace but its arrays."""
    return {
        "id": trace.id,
        "engine": trace.engine,
        "recipe": dict(trace.recipe),
        "dims": dict(trace.dims),
        "labels": {k: list(v) for k, v in trace.labels.items()},
        "topology": dict(trace.topology),
    }


def to_json(trace: Trace, encoding: str = "list") -> bytes:
    """The trace as JSON: arrays as nested lists (null for what is not finite) or as base64 of bytes."""
    arrays = {n: {"dims": list(a.dims), **encode(a.data, encoding)} for n, a in trace.arrays.items()}
    lost = {"nonfinite": nonfinite(trace.arrays), "nonfinite_count": nonfinite_count(trace.arrays)}
    whole = {**header(trace), "arrays": arrays, **lost}
    return json.dumps(whole, allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode()


def encode(data: np.ndarray[Any, np.dtype[Any]], encoding: str = "list") -> dict[str, Any]:
    """Shape, dtype and data of one array."""
    dtype = data.dtype.newbyteorder("<")
    described = {"shape": list(data.shape), "dtype": dtype.name}
    if encoding == "base64":
        raw = np.ascontiguousarray(data, dtype=dtype).tobytes()
        return {**described, "data": base64.b64encode(raw).decode()}
    return {**described, "data": listed(data)}


def listed(data: np.ndarray[Any, np.dtype[Any]]) -> Any:
    """Nested lists, null where a number is not finite."""
    finite = np.isfinite(data)
    if finite.all():
        return data.tolist()
    found = data.astype(object)
    found[~finite] = None
    return found.tolist()


def nonfinite(arrays: Mapping[str, Array]) -> list[dict[str, Any]]:
    """Where numbers are not finite, and what they are: "nan", "inf" or "-inf"; the first thousand."""
    found: list[dict[str, Any]] = []
    for name, array in arrays.items():
        if np.isfinite(array.data).all():
            continue
        for index in np.argwhere(~np.isfinite(array.data))[: MOST_NONFINITE - len(found)]:
            value = str(float(array.data[tuple(index)]))
            found.append({"array": name, "index": index.tolist(), "value": value})
    return found


def nonfinite_count(arrays: Mapping[str, Array]) -> int:
    """How many numbers are not finite, also beyond those listed."""
    return sum(int(a.data.size - np.isfinite(a.data).sum()) for a in arrays.values())


def to_npz(trace: Trace) -> bytes:
    """The arrays as an .npz without pickles; `trace.json` inside is the header as UTF-8 bytes."""
    text = json.dumps(header(trace) | {"array_dims": {n: a.dims for n, a in trace.arrays.items()}})
    arrays = {n: np.array(a.data, order="C") for n, a in trace.arrays.items()}
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=False, **{"trace.json": np.frombuffer(text.encode(), np.uint8)}, **arrays)
    return stream.getvalue()
