"""A voice to listen to: digits and letters with their waveform and their log-mel spectrogram."""

from functools import cache

import numpy as np

from core.arrays import Array
from core.data.audio import Sound, log_mel, wav
from core.data.collection import Collection, Examples, Look, Picture, Rows, Shelf
from core.data.excerpt import read
from core.ops import Floats

BANDS, WIDTH, HOP, FIFTH = 26, 0.032, 0.016, 5
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
LETTERS = (
    *("alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliet", "kilo", "lima"),
    *("mike", "november", "oscar", "papa", "quebec", "romeo", "sierra", "tango", "uniform", "victor", "whiskey"),
    *("x-ray", "yankee", "zulu"),
)
WORDS = {**{str(n): word for n, word in enumerate(DIGITS)}, **{word[0]: word for word in LETTERS}}


@cache
def clip(name: str) -> Sound:
    """The sound of one digit or letter: 8000 samples a second."""
    return wav(read("voices", f"{name}.wav"))


def recording(name: str) -> bytes:
    """The WAV file itself, for playing."""
    if name not in WORDS:
        raise KeyError(name)
    return read("voices", f"{name}.wav")


def _shelf() -> Shelf:
    frames = {name: log_mel(clip(name), BANDS, WIDTH, HOP) for name in WORDS}
    learnt = [name for i, name in enumerate(WORDS) if i % FIFTH]
    every = np.concatenate([frames[name] for name in learnt])
    middle, spread = every.mean(), every.std()

    def part(names: list[str]) -> Examples:
        def row(i: int) -> Rows:
            x: Floats = (frames[names[i]] - middle) / spread
            return Rows(x[:-1], x[1:], np.ones(len(x) - 1))

        def show(i: int) -> Look:
            sound, n = clip(names[i]), len(frames[names[i]]) - 1
            arrays = {
                "waveform": Array(sound.samples, ("sample",)),
                "log_mel": Array(frames[names[i]], ("time", "band")),
            }
            picture = Picture("waveform", arrays, sound.rate, HOP * sound.rate)
            return Look(names[i], tuple(f"{t * HOP:.2f} s" for t in range(n)), WORDS[names[i]], picture)

        return Examples(len(names), row, show)

    names = tuple(f"band {b + 1}" for b in range(BANDS))
    return Shelf(names, names, part(learnt), part([n for n in WORDS if n not in learnt]))


VOICES = Collection(
    id="voices",
    title="A voice to listen to",
    description="Ten digits and the phonetic alphabet, each spoken once; predict the next frame of the spectrogram.",
    licence="CC BY-SA 3.0",
    origin="Allison Smith for Asterisk, carried by asterisk-core-sounds-en-wav 1.6.1",
    real=True,
    unit="1/62.5 s",
    kind="waveform",
    head="linear",
    length=50,
    sizes=(BANDS, BANDS),
    split="Every fifth clip is held out.",
    excerpt="voices",
    caution="One take of each word: for hearing and seeing, not for recognising.",
    load=_shelf,
)
