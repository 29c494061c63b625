"""Handwritten digits as sequences: eight rows of eight pixels, or sixty-four pixels one by one."""

import gzip
import io
from functools import cache

import numpy as np

from core.arrays import Array
from core.data.collection import Collection, Examples, Look, Picture, Rows, Shelf
from core.data.dataset import Indices
from core.data.excerpt import read
from core.ops import Floats

SIDE, FIFTH = 8, 5
NAMES = tuple("0123456789")


@cache
def glyphs() -> tuple[Floats, Indices]:
    """1797 pictures (n, 8, 8) from 0 to 1, and which digit each is."""
    rows = np.loadtxt(io.BytesIO(gzip.decompress(read("optical-digits", "digits.csv.gz"))), delimiter=",")
    return rows[:, :-1].reshape(-1, SIDE, SIDE) / 16.0, rows[:, -1].astype(np.intp)


def held_out(n: int) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Which of n pictures are held out: every fifth."""
    return np.asarray(np.arange(n) % FIFTH == 0)


def _shelf(steps: int, inputs: tuple[str, ...], words: tuple[str, ...]) -> Shelf:
    pixels, digits = glyphs()

    def part(chosen: Indices) -> Examples:
        def row(i: int) -> Rows:
            sequence = pixels[chosen[i]].reshape(steps, -1)
            return Rows(sequence, np.full(steps, digits[chosen[i]]), np.eye(steps)[steps - 1])

        def show(i: int) -> Look:
            picture = Picture("image", {"image": Array(pixels[chosen[i]], ("row", "column"))}, None, SIDE / steps)
            return Look(f"Picture {chosen[i]}", words, NAMES[digits[chosen[i]]], picture)

        return Examples(len(chosen), row, show)

    held = held_out(len(digits))
    return Shelf(inputs, NAMES, part(np.flatnonzero(~held)), part(np.flatnonzero(held)))


def _by_row() -> Shelf:
    return _shelf(SIDE, tuple(f"column {c + 1}" for c in range(SIDE)), tuple(f"row {r + 1}" for r in range(SIDE)))


def _by_pixel() -> Shelf:
    return _shelf(SIDE**2, ("pixel",), tuple(f"{r + 1}, {c + 1}" for r in range(SIDE) for c in range(SIDE)))


LICENCE = "CC BY 4.0"
ORIGIN = "Optical Recognition of Handwritten Digits (Alpaydin and Kaynak, UCI), carried by scikit-learn 1.9.1"
SPLIT = "Every fifth picture is held out; the 13 writers are not told apart, so they are in both parts."

DIGIT_ROWS = Collection(
    id="digit-rows",
    title="Handwritten digits, row by row",
    description="A picture of 8 by 8 pixels read from top to bottom; name the digit after the last row.",
    licence=LICENCE,
    origin=ORIGIN,
    real=True,
    unit="row",
    kind="image",
    head="softmax",
    length=SIDE,
    shortest=SIDE,
    sizes=(SIDE, 10),
    split=SPLIT,
    relation="last",
    excerpt="optical-digits",
    load=_by_row,
)

DIGIT_PIXELS = Collection(
    id="digit-pixels",
    title="Handwritten digits, pixel by pixel",
    description="The same pictures as 64 single pixels: what was seen first must be kept for sixty steps.",
    licence=LICENCE,
    origin=ORIGIN,
    real=True,
    unit="pixel",
    kind="image",
    head="softmax",
    length=SIDE**2,
    shortest=SIDE**2,
    sizes=(1, 10),
    split=SPLIT,
    relation="last",
    excerpt="optical-digits",
    load=_by_pixel,
)
