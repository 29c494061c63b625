"""A visitor's own data from the bytes of a file: text, a table of numbers, a sound. Each mistake is explained.

Sizes are counted, never believed; what is refused is refused before anything large is made. Raises RecipeError.
"""

import csv
import hashlib
import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from core.arrays import Array
from core.data.audio import log_mel, refused, resampled, wav
from core.data.collection import Collection, Look, Picture, Shelf, Stream
from core.ops import Floats

MOST_BYTES = 4 * 2**20
MOST_TEXT_BYTES, MOST_CHARACTERS = 2**16, 20_000
FEWEST_ROWS, MOST_ROWS, MOST_COLUMNS, LONGEST_FIELD, LARGEST = 20, 20_000, 16, 1024, 1e12
LONGEST_LINE = (MOST_COLUMNS + 1) * (LONGEST_FIELD + 3)  # with quotation marks and a separator
SPEECH_RATE, BANDS, WIDTH, HOP = 8000, 26, 0.032, 0.016
FEWEST_FRAMES = 20
MODEL_SHARE = 0.8  # the first part of a sequence is learnt from, the rest is held out
OWN, PREFIX = "yours; it is read, and kept in memory for a while", "own-"


class Table(NamedTuple):
    """Columns by name, values (N, C), and a word for each row."""

    columns: tuple[str, ...]
    values: Floats
    rows: tuple[str, ...]


def id_of(data: bytes) -> str:
    """What a file is called in a recipe."""
    return f"{PREFIX}{hashlib.sha256(data).hexdigest()[:16]}"


def kind_of(data: bytes) -> str:
    """What a file seems to be: a sound, a table or a text."""
    if data[:4] == b"RIFF":
        return "sound"
    first = data[:LONGEST_LINE].lstrip().partition(b"\n")[0].decode(errors="replace").strip()
    separator = _separator(first)
    fields = first.split(separator)
    return "table" if (len(fields) > 1 and " " not in first) or _is_number(fields[0], separator) else "text"


def _sized(data: bytes, most: int) -> bytes:
    if not data:
        raise refused("is empty", {"min": 1, "unit": "bytes"})
    if len(data) > most:
        raise refused(f"has {len(data):,} bytes", {"max": most, "unit": "bytes"})
    return data


def text(data: bytes) -> str:
    """A text: UTF-8, line ends made alike, no control characters but line ends and tabs."""
    found = _decoded(_sized(data, MOST_TEXT_BYTES)).replace("\r\n", "\n").replace("\r", "\n")
    for place, c in enumerate(found):
        if (c < " " and c not in "\n\t") or "\x7f" <= c <= "\x9f":
            raise refused(f"holds a control character at place {place + 1} (U+{ord(c):04X})", "text")
    if len(found) > MOST_CHARACTERS:
        raise refused(f"has {len(found):,} characters", {"max": MOST_CHARACTERS, "unit": "characters"})
    return found


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refused(f"is not UTF-8 text: byte {error.start + 1} does not fit", {"encoding": "UTF-8"}) from error


# -- tables -------------------------------------------------------------------------------------------------------


def table(data: bytes) -> Table:
    """A CSV file: commas, semicolons or tabs; a first line of names and a first column of labels may be there.

    Beside semicolons and tabs a comma in a number is a decimal comma.
    """
    content = _decoded(_sized(data, MOST_BYTES))
    _check_lengths(content)
    separator = _separator(content)
    lines = list(_lines(content, separator))
    labelled = not any(_is_number(fields[0], separator) for _, fields in lines[1:])
    if labelled and len(lines[0][1]) == 1:
        raise refused(f"line {lines[-1][0]}: {_clipped(lines[-1][1][0])} is not a number", "numbers")
    skip = int(labelled)
    named = not all(_is_number(f, separator) for f in lines[0][1][skip:])
    head = lines[0][1][skip:] if named else [f"column {i + 1}" for i in range(len(lines[0][1]) - skip)]
    body = lines[int(named) :]
    if len(body) < FEWEST_ROWS:
        raise refused(f"has {len(body)} rows of numbers", {"min": FEWEST_ROWS, "unit": "rows"})
    values = [[_number(f, n, name, separator) for f, name in zip(r[skip:], head, strict=True)] for n, r in body]
    words = tuple(r[0].strip()[:40] if labelled else f"row {i + 1}" for i, (_, r) in enumerate(body))
    return Table(tuple(name.strip()[:40] or f"column {i + 1}" for i, name in enumerate(head)), np.array(values), words)


def _check_lengths(content: str) -> None:
    """No line is so long that to take it apart would be the attack."""
    for number, line in enumerate(io.StringIO(content, newline=None), 1):
        if len(line) > LONGEST_LINE:
            raise refused(f"line {number} has {len(line):,} characters", {"max": LONGEST_LINE, "unit": "characters"})


def _separator(content: str) -> str:
    """The separator that the first line has most of."""
    first = content.lstrip().partition("\n")[0]
    return max((",", ";", "\t"), key=first.count)


def _lines(content: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Each line that is not blank, with its number; all have as many fields as the first."""
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=separator, strict=True)
    width, count = 0, 0
    try:
        for fields in reader:
            if not any(f.strip() for f in fields):
                continue
            count, width = count + 1, width or len(fields)
            _check_line(reader.line_num, fields, width, count)
            yield reader.line_num, fields
    except csv.Error as error:
        raise refused(f"line {reader.line_num}: the quotation marks do not match", "CSV") from error
    if not count:
        raise refused("holds no rows", {"min": FEWEST_ROWS, "unit": "rows"})


def _check_line(number: int, fields: Sequence[str], width: int, count: int) -> None:
    if len(fields) > MOST_COLUMNS + 1:
        raise refused(f"line {number} has {len(fields)} columns", {"max": MOST_COLUMNS, "unit": "columns"})
    if len(fields) != width:
        raise refused(f"line {number} has {len(fields)} fields and the first line {width}", {"fields": width})
    if count > MOST_ROWS + 1:
        raise refused(f"has more than {MOST_ROWS:,} rows", {"max": MOST_ROWS, "unit": "rows"})
    if max(map(len, fields)) > LONGEST_FIELD:
        raise refused(f"line {number} has a field of more than {LONGEST_FIELD} characters", {"max": LONGEST_FIELD})


def _is_number(field: str, separator: str) -> bool:
    return math.isfinite(_parsed(field, separator))


def _parsed(field: str, separator: str) -> float:
    """The number of a field; none is not a number."""
    plain = field.strip() if separator == "," else field.strip().replace(",", ".")
    try:
        return float(plain) if plain.isascii() and "_" not in plain else math.nan
    except ValueError:
        return math.nan


def _number(field: str, line: int, column: str, separator: str) -> float:
    value, where = _parsed(field, separator), f"line {line}, {_clipped(column)}"
    if not field.strip():
        raise refused(f"{where}: is empty", "a number")
    if not math.isfinite(value):
        raise refused(f"{where}: {_clipped(field)} is not a finite number", "a number")
    if abs(value) > LARGEST:
        raise refused(f"{where}: {_clipped(field)} is too large", {"min": -LARGEST, "max": LARGEST})
    return value


def _clipped(field: str) -> str:
    shown = "".join(c if c.isprintable() else "�" for c in field.strip())
    return f"“{shown[:40]}…”" if len(shown) > 40 else f"“{shown}”"


# -- as collections -----------------------------------------------------------------------------------------------


def series(data: bytes, title: str = "Your table") -> Collection:
    """A table as a sequence that predicts its next row; columns are scaled by the part that is learnt from."""
    found = table(data)
    arrays = {f"{i + 1} {name}": Array(found.values[:, i], ("row",)) for i, name in enumerate(found.columns)}
    look = Look(title, found.rows, "", Picture("strip-chart", arrays))
    return _predicted(data, "row", found.columns, found.values, look)


def sound(data: bytes, title: str = "Your sound") -> Collection:
    """A WAV file, resampled to 8000 samples a second, as log-mel frames that predict the next frame."""
    heard = resampled(wav(_sized(data, MOST_BYTES)), SPEECH_RATE)
    frames = log_mel(heard, BANDS, WIDTH, HOP)
    if len(frames) < FEWEST_FRAMES:
        least = WIDTH + (FEWEST_FRAMES - 1) * HOP
        raise refused(f"lasts {len(heard.samples) / SPEECH_RATE:.2f} s", {"min": round(least, 3), "unit": "s"})
    arrays = {"waveform": Array(heard.samples, ("sample",)), "log_mel": Array(frames, ("time", "band"))}
    picture = Picture("waveform", arrays, SPEECH_RATE, HOP * SPEECH_RATE)
    names, words = tuple(f"band {b + 1}" for b in range(BANDS)), tuple(f"{t * HOP:.2f} s" for t in range(len(frames)))
    return _predicted(data, "1/62.5 s", names, frames, Look(title, words, "", picture))


def _cut(picture: Picture, span: slice) -> Picture:
    """The steps of a picture that a window shows."""
    hop = int(picture.hop or 1)
    fine = slice(span.start * hop, span.stop * hop)
    arrays = {n: Array(a.data[span if n == "log_mel" else fine], a.dims) for n, a in picture.arrays.items()}
    return replace(picture, arrays=arrays)


def _predicted(data: bytes, unit: str, names: tuple[str, ...], raw: Floats, look: Look) -> Collection:
    """Rows (N, C) as a stream that predicts the next one; the end of it is held out."""
    cut = round(MODEL_SHARE * len(raw))
    spread = raw[:cut].std(0)
    scaled = (raw - raw[:cut].mean(0)) / np.where(spread > 0, spread, 1.0)

    def part(first: int, last: int) -> Stream:
        values, size = scaled[first:last], last - first - 1

        def show(begin: int, end: int) -> Look:
            span = slice(first + begin, first + end)
            return replace(look, time=look.time[span], picture=_cut(look.picture, span))

        return Stream(size, min(size, 200), lambda at: (values[at], values[at + 1]), show)

    shelf = Shelf(names, names, part(0, cut), part(cut, len(raw)))
    return Collection(
        id=id_of(data),
        title=look.title,
        description="Predict what comes next.",
        licence=OWN,
        origin="brought by the visitor",
        real=True,
        unit=unit,
        kind=look.picture.kind,
        head="linear",
        length=min(100, cut - 1),
        sizes=(len(names), len(names)),
        split=f"The first {cut} steps are learnt from, the other {len(raw) - cut} are held out.",
        stream=True,
        load=lambda: shelf,
    )
