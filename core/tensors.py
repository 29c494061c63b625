"""Safetensors files, trusted in nothing: our own check of the header first, then the format's library.

A file is 8 bytes with the header's length, a JSON header that says of each tensor its dtype, shape and place, and the
numbers. What passes here is small, named plainly, finite, and tiles the data without gaps or overlaps.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NoReturn

import numpy as np

from core.errors import WeightsError
from core.ops import Floats

MOST_BYTES, MOST_HEADER, MOST_TENSORS, LONGEST_SIDE, LONGEST_NOTE = 64 << 20, 64 << 10, 128, 1 << 16, 16384
MOST_NOTES = 64
NAME = re.compile(r"[A-Za-z0-9._-]{1,128}|[A-Za-z][A-Za-z0-9-]{0,31}/[A-Za-z][A-Za-z0-9_]{0,31}")  # a chain/a weight
SIZES = {"F16": 2, "BF16": 2, "F32": 4, "F64": 8}
FIELDS = {"dtype", "shape", "data_offsets"}


@dataclass(frozen=True)
class Tensor:
    """One entry of the header: its numbers are the bytes begin..end - 1 of the data."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int


@dataclass(frozen=True)
class Header:
    """What a file says of itself: its tensors in the order of their bytes, its notes, where the data begin."""

    tensors: tuple[Tensor, ...]
    notes: Mapping[str, str]
    start: int


def check(data: bytes) -> Header:
    """The header of a file, once everything in it is as it must be; raises WeightsError."""
    if len(data) > MOST_BYTES:
        raise WeightsError(f"the file has {len(data)} bytes; at most {MOST_BYTES} are read")
    length = int.from_bytes(data[:8], "little")
    if len(data) < 10 or not 2 <= length <= min(MOST_HEADER, len(data) - 8):
        raise WeightsError(f"this is no safetensors file, or its header is longer than {MOST_HEADER} bytes")
    entries = _parsed(data[8 : 8 + length])
    notes = _notes(entries.pop("__metadata__", {}))
    if not 1 <= len(entries) <= MOST_TENSORS:
        raise WeightsError(f"the file has {len(entries)} tensors; 1 to {MOST_TENSORS} are read")
    tensors = sorted((_tensor(n, e) for n, e in entries.items()), key=lambda t: (t.begin, t.end))
    _check_tiles(tensors, len(data) - 8 - length)
    return Header(tuple(tensors), notes, 8 + length)


def _parsed(raw: bytes) -> dict[str, Any]:
    """The JSON object of a header, each of its keys only once."""
    try:
        found = json.loads(raw.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise WeightsError("the header is not JSON") from error
    if not isinstance(found, dict) or raw[:1] != b"{":
        raise WeightsError("the header is not a JSON object")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) < len(pairs):
        raise WeightsError("the header says something twice")
    return dict(pairs)


def _no_constant(_text: str) -> NoReturn:
    raise WeightsError("the header is not JSON")


def _notes(notes: object) -> dict[str, str]:
    if not isinstance(notes, dict) or len(notes) > MOST_NOTES:
        raise WeightsError("the metadata are not a small table of texts")
    if not all(isinstance(v, str) and len(v) <= LONGEST_NOTE and NAME.fullmatch(n) for n, v in notes.items()):
        raise WeightsError("the metadata are not a small table of texts")
    return dict(notes)


def _tensor(name: str, entry: object) -> Tensor:
    """One entry, its shape and its place in agreement."""
    if not NAME.fullmatch(name):
        raise WeightsError("a tensor's name may have letters, digits, dot, minus and underline, and one slash")
    if not isinstance(entry, dict) or entry.keys() != FIELDS:
        raise WeightsError(f"{name}: the header must give dtype, shape and data_offsets, and nothing else")
    dtype, shape, place = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(dtype, str) or dtype not in SIZES:
        raise WeightsError(f"{name}: the dtype must be one of {', '.join(SIZES)}")
    if not _are_whole(shape, 1, LONGEST_SIDE) or len(shape) not in (1, 2):
        raise WeightsError(f"{name}: weights are vectors or matrices with sides of 1 to {LONGEST_SIDE}")
    if not _are_whole(place, 0, MOST_BYTES) or len(place) != 2:
        raise WeightsError(f"{name}: data_offsets must be two places in the file")
    if place[1] - place[0] != math.prod(shape) * SIZES[dtype]:
        raise WeightsError(f"{name}: its shape and its number of bytes do not agree")
    return Tensor(name, dtype, tuple(shape), *place)


def _are_whole(values: object, low: int, high: int) -> bool:
    return isinstance(values, list) and all(type(v) is int and low <= v <= high for v in values)


def _check_tiles(tensors: list[Tensor], size: int) -> None:
    """The tensors follow one another from the first byte of the data to the last."""
    for before, after in pairwise(tensors):
        if after.begin != before.end:
            raise WeightsError(f"{after.name}: there is a gap or an overlap between it and {before.name}")
    if tensors[0].begin != 0 or tensors[-1].end != size:
        raise WeightsError("the tensors do not fill the file")


def decode(tensor: Tensor, raw: bytes) -> Floats:
    """The numbers of a tensor as float64, all finite."""
    if tensor.dtype == "BF16":
        found = (np.frombuffer(raw, "<u2").astype(np.uint32) << 16).view(np.float32)
    else:
        found = np.frombuffer(raw, f"<f{SIZES[tensor.dtype]}")
    if not np.isfinite(found).all():
        raise WeightsError(f"{tensor.name}: a number is not finite")
    return found.astype(np.float64).reshape(tensor.shape)


def pack(arrays: Mapping[str, Floats], notes: Mapping[str, str], dtype: str = "F64") -> bytes:
    """Arrays as a file in F64 or F32, the same bytes for the same arrays; the library writes notes in any order."""
    size = SIZES[dtype]
    place, header = 0, dict[str, Any]({"__metadata__": dict(notes)} if notes else {})
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise WeightsError(f"{name}: a number is not finite")
        header[name] = {"dtype": dtype, "shape": list(array.shape), "data_offsets": [place, place + size * array.size]}
        place += size * array.size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # the numbers begin at a multiple of their size
    data = b"".join(array.astype(f"<f{size}").tobytes() for array in arrays.values())
    return len(text).to_bytes(8, "little") + text + data
