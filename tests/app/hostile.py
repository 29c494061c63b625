"""Files that were good once: the same damage each time, drawn from a seed, to bytes, to lines and to headers."""

import json
import struct
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

Rng = np.random.Generator
Damage = Callable[[bytes, Rng], bytes]

WORDS = [
    "",
    "0",
    "-1",
    "1e999",
    "nan",
    "9" * 400,
    "1_0",
    '"',
    "'",
    "\0",
    "\ud7ff",
    "</script>",
    "../../etc",
    "=1+1",
    "\r",
]
WORDS += ["\u202e", "\u2028", "٣", ",", ";;", "\t", "\x85", "x" * 5000, "𝟙", "0x10", "1e-400", "True", "[]", "{}"]
NUMBERS = [0, 1, 2, 3, 4, 7, 8, 255, 2**15, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1]
VALUES: list[Any] = [
    None,
    True,
    -1,
    0,
    2**40,
    2**70,
    0.5,
    "",
    "</script>",
    [],
    {},
    [2**40, 0],
    [0, 0],
    [-1, 3],
    "F16",
    "I64",
]
VALUES += [
    [[]],
    {"a": 1},
    "../..",
    "x" * 20_000,
    [1] * 2000,
    "lstm",
    '{"cell": "lstm"}',
    '["a", "b"]',
    "[" * 5000,
    "gru",
]


def some(rng: Rng, of: list[Any]) -> Any:
    """One of several."""
    return of[int(rng.integers(len(of)))]


def place(data: bytes, rng: Rng) -> int:
    """A place in a file, half of the time near its beginning, where what it says of itself stands."""
    return int(rng.integers(min(len(data), 64) if rng.random() < 0.5 else len(data))) if data else 0


def flipped(data: bytes, rng: Rng) -> bytes:
    """Some bytes are others."""
    whole = bytearray(data)
    for _ in range(int(rng.integers(1, 9))):
        whole[place(data, rng)] = int(rng.integers(256))
    return bytes(whole)


def cut(data: bytes, rng: Rng) -> bytes:
    """The end is missing, or the beginning."""
    at = place(data, rng)
    return data[:at] if rng.random() < 0.7 else data[at:]


def repeated(data: bytes, rng: Rng) -> bytes:
    """A piece stands there several times."""
    at, size = place(data, rng), int(rng.integers(1, 200))
    return data[:at] + data[at : at + size] * int(rng.integers(2, 60)) + data[at:]


def lying(data: bytes, rng: Rng) -> bytes:
    """A number of two or four bytes is another."""
    form = some(rng, ["<H", "<I"])
    at = min(place(data, rng), max(0, len(data) - 4))
    number = some(rng, NUMBERS) % (2**16 if form == "<H" else 2**32)
    raw = struct.pack(form, number)
    return data[:at] + raw + data[at + len(raw) :]


def worded(data: bytes, rng: Rng) -> bytes:
    """Fields of a text are words that nobody expects."""
    lines = data.split(b"\n")
    for _ in range(int(rng.integers(1, 4))):
        row = int(rng.integers(len(lines)))
        fields = lines[row].split(b",")
        fields[int(rng.integers(len(fields)))] = some(rng, WORDS).encode()
        lines[row] = b",".join(fields)
    return b"\n".join(lines)


def retold(data: bytes, rng: Rng) -> bytes:
    """The header of a safetensors file says something else, in a form that is right."""
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    entry = header[some(rng, [*header])]
    entry[some(rng, [*entry])] = some(rng, VALUES)
    if rng.random() < 0.3:
        header[some(rng, [w for w in WORDS if w.isprintable()])] = entry
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data[8 + length :]


def damaged(data: bytes, ways: tuple[Damage, ...], count: int, seed: int) -> Iterator[bytes]:
    """A file damaged `count` times, each time once or twice."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        found = some(rng, [*ways])(data, rng)
        again = some(rng, [flipped, cut, lying, repeated])
        yield again(found, rng) if found and rng.random() < 0.25 else found
