"""Scenes of two shapes, and what a person would say of them: a picture as a sequence of patches, and a caption."""

from typing import NamedTuple

import numpy as np

from core.arrays import Array
from core.data.collection import Collection, Drawn, Look, Picture, Rows, Shelf
from core.data.pairs import END, paired
from core.ops import Floats

SIDE, PATCH = 32, 8
COLOURS = {"red": (0.85, 0.2, 0.15), "green": (0.1, 0.6, 0.3), "blue": (0.15, 0.35, 0.85)}
SIZES = {"small": 3.5, "large": 6.5}
SHAPES = ("circle", "square", "triangle")
WORDS = ("a", *SIZES, *COLOURS, *SHAPES, "left", "right", "above", "below", "of", END)


class Thing(NamedTuple):
    """One shape: its size, colour and form in words, and where its middle is."""

    size: str
    colour: str
    shape: str
    x: float
    y: float


def inside(thing: Thing) -> Floats:
    """Which pixels (32, 32) a shape covers."""
    down, across = np.mgrid[:SIDE, :SIDE] + 0.5
    x, y, r = across - thing.x, down - thing.y, SIZES[thing.size]
    if thing.shape == "circle":
        covered = x**2 + y**2 <= r**2
    elif thing.shape == "square":
        covered = (abs(x) <= 0.89 * r) & (abs(y) <= 0.89 * r)
    else:
        covered = (y <= 0.8 * r) & (abs(x) <= 0.6 * (y + r))
    return np.asarray(covered, np.float64)


def painted(things: tuple[Thing, ...]) -> Floats:
    """The picture (32, 32, 3) over white."""
    picture = np.ones((SIDE, SIDE, 3))
    for thing in things:
        picture[inside(thing) > 0] = COLOURS[thing.colour]
    return picture


def caption(one: Thing, two: Thing) -> str:
    """The first shape and where it is, seen from the second."""
    dx, dy = one.x - two.x, one.y - two.y
    across, down = ("left of" if dx < 0 else "right of"), ("above" if dy < 0 else "below")
    place = across if abs(dx) > abs(dy) else down
    said = (f"a {t.size} {t.colour} {t.shape}" for t in (one, two))
    return f" {place} ".join(said)


def rank(thing: Thing) -> tuple[int, int, int]:
    """Which shape a caption begins with: the larger one, else red before green before blue, else by form."""
    return -[*SIZES].index(thing.size), [*COLOURS].index(thing.colour), SHAPES.index(thing.shape)


def _thing(rng: np.random.Generator, x: float, y: float) -> Thing:
    size, colour, shape = (words[rng.integers(len(words))] for words in ([*SIZES], [*COLOURS], SHAPES))
    return Thing(size, colour, shape, x, y)


def scene(rng: np.random.Generator) -> tuple[Thing, Thing]:
    """Two shapes that differ in more than place and stand clearly apart, in the order of their caption."""
    while True:
        (ax, ay), (bx, by) = rng.uniform(6.5, SIDE - 6.5, (2, 2))
        one, two = _thing(rng, ax, ay), _thing(rng, bx, by)
        across, down = abs(ax - bx), abs(ay - by)
        if one[:3] != two[:3] and max(across, down) > 14 and abs(across - down) > 3:
            return (one, two) if rank(one) < rank(two) else (two, one)


def patches(picture: Floats, side: int) -> Floats:
    """A picture (n, n, 3) cut into squares, row by row: (S, side * side * 3), from -1 to 1."""
    n = len(picture) // side
    cut = (2.0 * picture - 1.0).reshape(n, side, n, side, 3).transpose(0, 2, 1, 3, 4)
    return np.asarray(cut.reshape(n * n, -1))


def _draw(rng: np.random.Generator) -> tuple[Rows, tuple[Floats, str]]:
    one, two = scene(rng)
    picture, text = painted((one, two)), caption(one, two)
    return paired(patches(picture, PATCH), [WORDS.index(w) for w in (*text.split(), END)]), (picture, text)


def _show(_rows: Rows, shown: tuple[Floats, str]) -> Look:
    picture, text = shown
    image = Picture("image", {"image": Array(picture, ("row", "column", "colour"))})
    return Look("A scene", tuple(f"patch {p // 4 + 1}, {p % 4 + 1}" for p in range((SIDE // PATCH) ** 2)), text, image)


def patch_names(side: int) -> tuple[str, ...]:
    """A name for each number of a patch."""
    return tuple(f"{c} {y + 1}, {x + 1}" for y in range(side) for x in range(side) for c in ("red", "green", "blue"))


SHAPE_SCENES = Collection(
    id="shapes",
    title="Scenes of shapes with captions",
    description="Two shapes on 32 by 32 pixels, read as 16 patches; say what stands where.",
    licence="none needed",
    origin="generated",
    real=False,
    unit="patch",
    kind="image",
    head="softmax",
    length=(SIDE // PATCH) ** 2,
    shortest=(SIDE // PATCH) ** 2,
    sizes=(PATCH**2 * 3, len(WORDS)),
    split="Scenes without end; those held out come from seeds of their own.",
    relation="pairs",
    caution="A caption begins with the larger shape, else with red, green, blue, else with circle, square, triangle.",
    load=lambda: Shelf(patch_names(PATCH), WORDS, Drawn(_draw, _show, 31), Drawn(_draw, _show, 32)),
)
