"""A trigger word: clips of three seconds with words and noise; say when "activate" has just been said.

The words were spoken by a synthesiser in many voices and kept as log-mel energies. A clip is mixed where energies add:
the words, each as loud as chance has it, and noise whose energy in a band is a gamma variable around a slow level.
"""

import io
from functools import partial
from typing import NamedTuple

import numpy as np

from core.arrays import Array
from core.data.collection import Collection, Drawn, Look, Picture, Rows, Shelf
from core.data.dataset import Indices
from core.data.excerpt import read
from core.ops import Floats

RATE, BANDS, WIDTH, HOP = 8000, 26, 0.04, 0.02
QUIETEST, QUANTUM = -14.0, 0.1  # a byte of the file is a tenth of a nat above this
FRAMES, AFTER = 149, 12  # a clip has three seconds; the answer is yes for a quarter of a second
TRIGGER = "activate"
WORDS = (
    *(TRIGGER, "active day", "attitude", "accurate", "aggravate", "activity"),
    *("yesterday", "music", "kitchen", "window", "seventeen", "remember", "terminate"),
)
VOICES = (
    *("en-gb", "en-gb+f2", "en-us", "en-us+m3", "en-gb-scotland+m1", "en-gb-x-rp+f4", "en-029", "en-us+f5"),
    *("en-gb-x-gbcwmd+m7", "en-us+klatt2", "en-gb+f3", "en-us+m6", "en-gb-scotland+f1", "en-gb-x-rp+m4"),
)
HELD_VOICES = 4  # the last four are held out
SHAPE = 4.0  # of the gamma variable: how many independent values a band's energy is the mean of
MIDDLE, SPREAD = -3.0, 3.0  # roughly the mean and the deviation of a clip's levels


class Spoken(NamedTuple):
    """Words as energies (T, BANDS), and which word each is."""

    energies: list[Floats]
    words: Indices


def spoken(held: bool) -> Spoken:
    """The words of the voices that are held out, or of the others."""
    file = np.load(io.BytesIO(read("trigger", "words.npz")), allow_pickle=False)
    energies = np.exp(file["levels"] * QUANTUM + QUIETEST)
    ends = np.cumsum(file["lengths"].astype(int))
    chosen = np.flatnonzero((file["voices"] >= len(VOICES) - HELD_VOICES) == held)
    return Spoken([energies[ends[i] - file["lengths"][i] : ends[i]] for i in chosen], file["words"][chosen])


def _draw(rng: np.random.Generator, said: Spoken) -> tuple[Rows, list[tuple[int, int]]]:
    """One clip, and its words with the frame after each."""
    level = rng.uniform(-9.0, -5.0) + 0.5 * rng.standard_normal(BANDS) - np.linspace(0, rng.uniform(0, 3), BANDS)
    energy = np.exp(level) * rng.gamma(SHAPE, 1 / SHAPE, (FRAMES, BANDS))
    at, label, heard = int(rng.integers(2, 20)), np.zeros((FRAMES, 1)), []
    while True:
        wanted = np.flatnonzero((said.words == 0) == (rng.random() < 0.35))
        i = int(rng.choice(wanted))
        end = at + len(said.energies[i])
        if end + AFTER > FRAMES:
            break
        energy[at:end] += np.exp(rng.uniform(-1.5, 1.0)) * said.energies[i]
        label[end : end + AFTER] = max(label[end, 0], float(said.words[i] == 0))
        heard.append((int(said.words[i]), end))
        at = end + int(rng.integers(AFTER, 45))
    return Rows((np.log(energy) - MIDDLE) / SPREAD, label, np.ones(FRAMES)), heard


def _show(rows: Rows, heard: list[tuple[int, int]]) -> Look:
    words = [""] * FRAMES
    for word, end in heard:
        words[end - 1] = WORDS[word]
    levels = Array(rows.x * SPREAD + MIDDLE, ("time", "band"))
    picture = Picture("spectrogram", {"log_mel": levels, "label": Array(rows.target[:, 0], ("time",))}, 1 / HOP, 1.0)
    times = tuple(f"{t * HOP:.2f} s {word}".strip() for t, word in enumerate(words))
    return Look("A clip of three seconds", times, ", ".join(WORDS[w] for w, _ in heard), picture)


def _shelf() -> Shelf:
    parts = (Drawn(partial(_draw, said=spoken(held)), _show, seed, 450) for seed, held in ((41, False), (42, True)))
    return Shelf(tuple(f"band {b + 1}" for b in range(BANDS)), ("activate",), *parts)


TRIGGER_WORD = Collection(
    id="trigger",
    title="A trigger word in noise",
    description="Three seconds of words and noise as log-mel frames; say yes for a quarter second after “activate”.",
    licence="CC0 1.0",
    origin="words spoken by espeak-ng 1.51 in 14 voices, clips mixed by rules of ours",
    real=False,
    unit="1/50 s",
    kind="spectrogram",
    head="sigmoid",
    length=FRAMES,
    shortest=FRAMES,
    sizes=(BANDS, 1),
    split="Clips without end; those held out are spoken by four voices that are never learnt from.",
    excerpt="trigger",
    caution="Synthetic voices, and noise that only sounds like noise: people in rooms were never measured.",
    load=_shelf,
)
