"""How a recipe's own sequence looks and sounds: the picture of its example, as named arrays that a page can draw."""

from typing import Any

import numpy as np

from core.data import COLLECTIONS, Collection, Look
from core.data.audio import Sound, heard, to_wav
from core.errors import Problem, RecipeError
from core.material import length_of, own_text
from core.recipe import Recipe
from core.trace import encode

TOLD = ("id", "description", "licence", "origin", "real", "unit", "caution")


def collection_of(recipe: Recipe) -> Collection:
    """The collection that a recipe reads; raises RecipeError for a text or a task, which have no picture."""
    if (found := COLLECTIONS.get(recipe["data"])) is None:
        raise RecipeError(Problem("/data", "has no picture of its own", {"choices": [*COLLECTIONS]}))
    return found


def look_of(recipe: Recipe) -> Look:
    """The recipe's example in words and as a picture."""
    return collection_of(recipe).sample(recipe["example"], length=length_of(recipe)).look


def picture_of(recipe: Recipe) -> dict[str, Any]:
    """The same as JSON: what the data are, which example this is, and its arrays in single precision."""
    found, look = collection_of(recipe), look_of(recipe)
    picture = look.picture
    arrays = {
        n: {"dims": list(a.dims), **encode(a.data.astype(np.float32), "base64")} for n, a in picture.arrays.items()
    }
    example = {
        "title": look.title,
        "time": list(look.time),
        "answer": look.answer,
        "count": found.count(length=length_of(recipe)),
    }
    scale = {"kind": picture.kind, "rate": picture.rate, "hop": picture.hop, "units": picture.unit}
    sound = None if (s := _sound(look)) is None else {"made": "waveform" not in picture.arrays, "seconds": _lasts(s)}
    about = {n: getattr(found, n) for n in TOLD} | {"name": found.title}
    return {**about, **example, **scale, "own_text": own_text(found), "sound": sound, "arrays": arrays}


def sound_of(recipe: Recipe) -> bytes:
    """The recipe's example as a WAV file; raises RecipeError for one that cannot be heard."""
    if (sound := _sound(look_of(recipe))) is None:
        audible = [c.id for c in COLLECTIONS.values() if c.kind in ("waveform", "spectrogram")]
        raise RecipeError(Problem("/data", "cannot be heard", {"choices": audible}))
    return to_wav(sound)


def _lasts(sound: Sound) -> float:
    return len(sound.samples) / sound.rate


def _sound(look: Look) -> Sound | None:
    """What there is to hear: samples, or noise through the bands of a spectrogram."""
    arrays, rate = look.picture.arrays, look.picture.rate
    if rate and "waveform" in arrays:
        return Sound(arrays["waveform"].data, int(rate))
    return heard(arrays["log_mel"].data, 1 / rate) if rate and "log_mel" in arrays else None
