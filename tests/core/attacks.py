"""Safetensors files that nobody should take: each with what is wrong with it."""

import json
import struct
from typing import Any

import numpy as np

GOOD: dict[str, Any] = {"a": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]}}
NUMBERS = np.arange(4, dtype="<f4").tobytes()


def packed(header: Any, data: bytes = NUMBERS, *, length: int | None = None) -> bytes:
    """A file of a header (JSON text, bytes or an object) and data; `length` may lie."""
    text = header if isinstance(header, bytes) else (header if isinstance(header, str) else json.dumps(header)).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def entry(**changes: Any) -> bytes:
    """The good file with its only entry changed; None takes a field away."""
    changed = {n: v for n, v in (GOOD["a"] | changes).items() if v is not None}
    return packed({"a": changed})


def two(first: list[int], second: list[int], data: bytes = NUMBERS * 2) -> bytes:
    """Two tensors of 16 bytes at any places."""
    tensor = {"dtype": "F32", "shape": [4]}
    return packed({"a": {**tensor, "data_offsets": first}, "b": {**tensor, "data_offsets": second}}, data)


def named(name: str) -> bytes:
    return packed({name: GOOD["a"]})


def halves(dtype: str, words: list[int]) -> bytes:
    data = np.array(words, "<u2").tobytes()
    return packed({"a": {"dtype": dtype, "shape": [len(words)], "data_offsets": [0, len(data)]}}, data)


def floats(*values: float) -> bytes:
    return packed(
        {"a": {"dtype": "F64", "shape": [len(values)], "data_offsets": [0, 8 * len(values)]}},
        np.array(values, "<f8").tobytes(),
    )


EMPTY = {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]}
TWICE = (
    '{"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}'
)
ATTACKS = {
    "nothing": b"",
    "seven bytes": b"\x02\0\0\0\0\0\0",
    "a length and no header": struct.pack("<Q", 2),
    "an empty header": packed(b"", b"12345678"),
    "no tensors": packed({}),
    "only metadata": packed({"__metadata__": {"a": "b"}}, b""),
    "a length beyond the file": packed(GOOD, length=10**6),
    "a length of 2^64 - 1": packed(GOOD, length=2**64 - 1),
    "a length of 2^63": packed(GOOD, length=2**63),
    "a length that ends inside the header": packed(GOOD, length=20),
    "a header of a megabyte": packed(json.dumps(GOOD) + " " * 2**20),
    "two hundred thousand empty tensors": packed({f"t{i}": EMPTY for i in range(200_000)}, b""),
    "a hundred and twenty-nine tensors": packed(
        {f"t{i}": {"dtype": "F32", "shape": [1], "data_offsets": [4 * i, 4 * i + 4]} for i in range(129)}, b"\0" * 516
    ),
    "a pickle": b"\x80\x04\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x02id\x94\x85\x94R\x94.",
    "a zip archive": b"PK\x03\x04" + bytes(60),
    "an array file": b"\x93NUMPY\x01\0" + bytes(60),
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(60),
    "not UTF-8": packed(b'{"\xff":1}'),
    "UTF-16": packed(json.dumps(GOOD).encode("utf-16")),
    "a byte order mark": packed(b"\xef\xbb\xbf" + json.dumps(GOOD).encode()),
    "a space before the header": packed(" " + json.dumps(GOOD)),
    "half of JSON": packed(json.dumps(GOOD)[:-1]),
    "a list": packed("[1, 2]"),
    "a number": packed("12"),
    "deep nesting": packed('{"a":' + "[" * 30_000 + "]" * 30_000 + "}"),
    "a number of 60000 digits": packed('{"a":' + "9" * 60_000 + "}"),
    "a bare NaN": packed('{"a": NaN}'),
    "a tensor twice": packed(TWICE),
    "a field twice": packed('{"a":{"dtype":"F32","dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}'),
    "metadata twice": packed('{"__metadata__":{},"__metadata__":{},' + json.dumps(GOOD)[1:]),
    "metadata that are a list": packed({"__metadata__": [], **GOOD}),
    "metadata with numbers": packed({"__metadata__": {"a": 1}, **GOOD}),
    "metadata with a script": packed({"__metadata__": {"<script>": "1"}, **GOOD}),
    "metadata without end": packed({"__metadata__": {"a": "b" * 20_000}, **GOOD}),
    "a hundred metadata": packed({"__metadata__": {f"a{i}": "" for i in range(100)}, **GOOD}),
    "a name with a script": named("</script><script>alert(1)</script>"),
    "a name that climbs": named("../../etc/passwd"),
    "a name with a zero": named("a\0b"),
    "a name with a line end": named("a\n"),
    "a name of a letter like another": named("wеight"),
    "half of a surrogate pair as a name": packed('{"\\ud800":' + json.dumps(GOOD["a"]) + "}"),
    "an empty name": named(""),
    "a name of 129 letters": named("a" * 129),
    "an entry that is a list": packed({"a": [1]}),
    "an entry that is null": packed({"a": None}),
    "no dtype": entry(dtype=None),
    "no shape": entry(shape=None),
    "no place": entry(data_offsets=None),
    "one field more": entry(extra=1),
    "integers": entry(dtype="I32"),
    "an unknown dtype": entry(dtype="F31"),
    "a dtype in small letters": entry(dtype="f32"),
    "a dtype that is a list": entry(dtype=["F32"]),
    "a shape that is a number": entry(shape=4),
    "a negative side": entry(shape=[-2, -2]),
    "a side of zero": entry(shape=[0, 4]),
    "a huge side beside a zero": entry(shape=[2**40, 0], data_offsets=[0, 0]),
    "a huge side beside a zero in a file that is full": packed({**GOOD, "b": EMPTY | {"shape": [2**40, 0]}}),
    "a vector without entries in a file that is full": packed({**GOOD, "b": EMPTY}),
    "sides whose product overflows": entry(shape=[2**32, 2**32 + 1]),
    "a side that is true": entry(shape=[True, 4]),
    "a side with a fraction": entry(shape=[2.0, 2]),
    "a side that is text": entry(shape=["2", 2]),
    "no sides": packed({"a": {"dtype": "F32", "shape": [], "data_offsets": [0, 4]}}, b"\0" * 4),
    "three sides": entry(shape=[1, 2, 2]),
    "a thousand sides": entry(shape=[1] * 1000),
    "one place": entry(data_offsets=[0]),
    "three places": entry(data_offsets=[0, 16, 32]),
    "places the wrong way round": entry(data_offsets=[16, 0]),
    "a negative place": entry(data_offsets=[-16, 0]),
    "a place beyond the file": entry(data_offsets=[16, 32]),
    "a place of 2^64": entry(data_offsets=[2**64, 2**64 + 16]),
    "a place with a fraction": entry(data_offsets=[0, 16.0]),
    "a shape that lies": entry(shape=[3, 2]),
    "a dtype that lies": entry(dtype="F64"),
    "an overlap": two([0, 16], [8, 24]),
    "the same bytes twice": two([0, 16], [0, 16], NUMBERS),
    "a gap": two([0, 16], [20, 36], NUMBERS * 2 + b"\0" * 4),
    "bytes before the first tensor": packed({"a": {**GOOD["a"], "data_offsets": [4, 20]}}, b"\0" * 20),
    "bytes after the last tensor": packed(GOOD, NUMBERS + b"\0"),
    "a byte too few": packed(GOOD, NUMBERS[:-1]),
    "NaN": floats(1.0, float("nan")),
    "infinity": floats(float("inf"), 0.0),
    "NaN in half precision": halves("F16", [0x7E00]),
    "infinity in half precision": halves("F16", [0x7C00]),
    "NaN in bfloat16": halves("BF16", [0x7FC0]),
    "infinity in bfloat16": halves("BF16", [0xFF80]),
}  # fmt: skip
