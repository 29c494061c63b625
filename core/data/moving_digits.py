"""Moving digits: a real glyph drifts over a field, and every frame asks where it just went."""

from functools import partial

import numpy as np

from core.arrays import Array
from core.data.collection import Collection, Drawn, Look, Picture, Rows, Shelf
from core.data.optical_digits import SIDE, glyphs, held_out
from core.ops import Floats

FIELD, FRAMES, KEEP = 16, 24, 0.75
MOVES = (("still", 0, 0), ("left", 0, -1), ("right", 0, 1), ("up", -1, 0), ("down", 1, 0))
STEPS = np.array([move[1:] for move in MOVES])
ROOM = FIELD - SIDE


def _draw(rng: np.random.Generator, pictures: Floats) -> tuple[Rows, None]:
    """One film: at each frame the last move goes on with a chance of 0.75, or another one that fits is drawn."""
    picture, place = pictures[rng.integers(len(pictures))], rng.integers(ROOM + 1, size=2)
    frames, moves = np.zeros((FRAMES, FIELD, FIELD)), np.zeros(FRAMES, np.intp)
    for t in range(FRAMES):
        if t:
            fits = np.flatnonzero(((place + STEPS >= 0) & (place + STEPS <= ROOM)).all(1))
            on = moves[t - 1] in fits and rng.random() < KEEP
            moves[t] = moves[t - 1] if on else rng.choice(fits)
            place = place + STEPS[moves[t]]
        frames[t, place[0] : place[0] + SIDE, place[1] : place[1] + SIDE] = picture
    return Rows(frames.reshape(FRAMES, -1), moves, np.ones(FRAMES)), None


def _show(rows: Rows, _: None) -> Look:
    names = tuple(MOVES[m][0] for m in rows.target)
    frames = Array(rows.x.reshape(-1, FIELD, FIELD), ("time", "row", "column"))
    times = tuple(f"frame {t + 1}" for t in range(FRAMES))
    return Look("A moving digit", times, " ".join(names), Picture("frames", {"frames": frames}, None, 1.0))


def _shelf() -> Shelf:
    pixels, _ = glyphs()
    held = held_out(len(pixels))
    parts = (Drawn(partial(_draw, pictures=own), _show, seed) for seed, own in ((1, pixels[~held]), (2, pixels[held])))
    inputs = tuple(f"{r + 1}, {c + 1}" for r in range(FIELD) for c in range(FIELD))
    return Shelf(inputs, tuple(m[0] for m in MOVES), *parts)


MOVING_DIGITS = Collection(
    id="moving-digits",
    title="Moving digits",
    description="Films of 24 frames, 16 by 16 pixels: a handwritten digit stands or moves; say which way, every frame.",
    licence="CC BY 4.0",
    origin="real glyphs (Alpaydin and Kaynak, UCI, carried by scikit-learn 1.9.1), generated motion",
    real=False,
    unit="frame",
    kind="frames",
    head="softmax",
    length=FRAMES,
    shortest=FRAMES,
    sizes=(FIELD**2, len(MOVES)),
    split="Films without end; the films held out show other pictures of digits, with motion from seeds of their own.",
    excerpt="optical-digits",
    load=_shelf,
)
