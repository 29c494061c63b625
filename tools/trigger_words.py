"""Speak the words of the trigger data set again: `python -m tools.trigger_words` (needs espeak-ng 1.51).

Every word in every voice, at three pitches and two speeds for the trigger and one of each for the others, becomes
log-mel energies in bytes; the sounds themselves are not kept.
"""

import io
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from core.data.audio import log_mel, resampled, wav
from core.data.excerpt import FOLDER
from core.data.trigger import BANDS, HOP, QUANTUM, QUIETEST, RATE, TRIGGER, VOICES, WIDTH, WORDS
from core.ops import Floats

PITCHES, SPEEDS = (35, 50, 65), (145, 180)
AUDIBLE = 3.0  # nats above the quietest frame


def spoken(word: str, voice: str, pitch: int, speed: int) -> Floats:
    """The log-mel energies (T, BANDS) of a word, without the silence around it."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        words = ["espeak-ng", "-v", voice, "-p", str(pitch), "-s", str(speed), "-w", file.name, word]
        subprocess.run(words, check=True)
        frames = log_mel(resampled(wav(Path(file.name).read_bytes()), RATE), BANDS, WIDTH, HOP)
    loud = np.flatnonzero(frames.max(1) > frames.max() - 3 * AUDIBLE)
    return frames[loud[0] : loud[-1] + 1]


def ways(word: str, voice: int) -> Iterator[tuple[int, int]]:
    """The pitches and speeds at which a voice says a word."""
    if word == TRIGGER:
        yield from ((pitch, speed) for pitch in PITCHES for speed in SPEEDS)
    else:
        n = voice + WORDS.index(word)
        yield from ((PITCHES[n % 3], SPEEDS[0]), (PITCHES[(n + 1) % 3], SPEEDS[1]))


def main() -> int:
    """Write words.npz: bytes (frames, BANDS), lengths, which word and which voice."""
    said = [(w, v, *way) for v in range(len(VOICES)) for w in WORDS for way in ways(w, v)]
    each = [spoken(w, VOICES[v], pitch, speed) for w, v, pitch, speed in said]
    levels = np.clip(np.rint((np.concatenate(each) - QUIETEST) / QUANTUM), 0, 255).astype(np.uint8)
    arrays = {
        "levels": levels,
        "lengths": np.array([len(e) for e in each], np.uint8),
        "words": np.array([WORDS.index(s[0]) for s in said], np.uint8),
        "voices": np.array([s[1] for s in said], np.uint8),
    }
    with zipfile.ZipFile(FOLDER / "trigger" / "words.npz", "w", zipfile.ZIP_DEFLATED) as made:
        for name, array in arrays.items():
            file = io.BytesIO()
            np.save(file, array)
            made.writestr(zipfile.ZipInfo(f"{name}.npy"), file.getvalue(), zipfile.ZIP_DEFLATED)
    sys.stdout.write(f"{len(each)} words, {levels.size:,} bytes\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
