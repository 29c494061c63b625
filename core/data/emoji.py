"""Emoji and their names: a real picture as a sequence of patches, and the words that describe it."""

import io
from dataclasses import dataclass

import numpy as np

from core.arrays import Array
from core.data.collection import Collection, Examples, Look, Picture, Rows, Shelf
from core.data.dataset import Batch, Carry, Indices, vocabulary
from core.data.excerpt import read
from core.data.pairs import END, paired
from core.data.shapes import patch_names, patches
from core.ops import Floats

SIDE, PATCH, TENTH = 16, 4, 10
STEPS = (SIDE // PATCH) ** 2
KEPT, LEVELS = 200, 5  # principal components that are left; levels of red, of green and of blue
GRAINS = np.repeat([0.45, 0.1], [PATCH**2 * 3, LEVELS**3])  # the noise pictures are learnt with: patch, colours


@dataclass(frozen=True)
class Grainy(Examples):
    """Examples that are never learnt from twice alike: each time with other noise on every number that is read."""

    def more(self, rng: np.random.Generator, B: int, T: int, carry: Carry) -> tuple[Batch, Carry]:
        """B examples by chance."""
        batch, carry = super().more(rng, B, T, carry)
        return Batch(batch.x + GRAINS * rng.standard_normal(batch.x.shape), batch.target, batch.mask), carry


def whitened(pictures: Floats, learnt: Floats) -> Floats:
    """Pictures as features, pixel by pixel: what differs from the mean, less all that is common to neighbours.

    ZCA whitening (Bell and Sejnowski 1997) with the covariance of the pictures that are learnt from: fixed filters,
    bright in the middle and dark around it, like those of a retina. Every number has a mean square near one.
    """
    flat, known = (p.reshape(len(p), -1) for p in (pictures, learnt))
    middle = known.mean(0)
    sizes, ways = np.linalg.eigh(np.cov((known - middle).T))
    sizes, ways = sizes[-KEPT:], ways[:, -KEPT:]
    filters = (ways * np.sqrt(len(middle) / KEPT / sizes)) @ ways.T
    found = np.round((flat - middle) @ filters, 6)  # the same for the same picture, wherever it stands
    return np.asarray(found.reshape(pictures.shape))


def palette(pictures: Floats) -> Floats:
    """How much of each colour is in pictures (n, 16, 16, 3): twice the root of its share, (n, 125).

    The colours have five levels of red, green and blue; a pixel between them counts in parts for its neighbours.
    """
    near = np.maximum(0, 1 - abs((LEVELS - 1) * pictures[..., None] - np.arange(LEVELS)))
    shares = np.einsum("nyxr,nyxg,nyxb->nrgb", near[..., 0, :], near[..., 1, :], near[..., 2, :], optimize=True)
    found = 2 * np.sqrt(shares.reshape(len(pictures), -1) / pictures[0, :, :, 0].size)
    return np.asarray(np.round(found, 6))


def read_as(features: Floats, colours: Floats) -> Floats:
    """What is read of a picture: patch by patch what is whitened, and beside each the colours of the whole."""
    return np.concatenate([patches((1 + features) / 2, PATCH), np.tile(colours, (STEPS, 1))], 1)


def input_names() -> tuple[str, ...]:
    """A name for each number that is read."""
    levels = [f"{round(100 * i / (LEVELS - 1))}" for i in range(LEVELS)]
    return (*patch_names(PATCH), *(f"colour {r} {g} {b} %" for r in levels for g in levels for b in levels))


def _shelf() -> Shelf:
    file = np.load(io.BytesIO(read("emoji", "emoji.npz")), allow_pickle=False)
    pictures, names = file["pixels"] / 255.0, [n.decode().split() for n in file["names"]]
    words = (*sorted(vocabulary([w for name in names for w in name])), END)
    place = {w: i for i, w in enumerate(words)}

    answers = [[place[w] for w in (*name, END)] for name in names]

    held = np.arange(len(names)) % TENTH == TENTH - 1
    features, colours = whitened(pictures, pictures[~held]), palette(pictures)

    def part(kind: type[Examples], chosen: Indices) -> Examples:
        def row(i: int) -> Rows:
            return paired(read_as(features[chosen[i]], colours[chosen[i]]), answers[chosen[i]])

        def show(i: int) -> Look:
            image = Picture("image", {"image": Array(pictures[chosen[i]], ("row", "column", "colour"))})
            steps = tuple(f"patch {p // 4 + 1}, {p % 4 + 1}" for p in range(STEPS))
            return Look(f"Emoji {chosen[i]}", steps, " ".join(names[chosen[i]]), image)

        return kind(len(chosen), row, show)

    return Shelf(input_names(), words, part(Grainy, np.flatnonzero(~held)), part(Examples, np.flatnonzero(held)))


EMOJI = Collection(
    id="emoji",
    title="Emoji with their names",
    description="2194 small pictures, read as 16 whitened patches of 4 by 4 pixels beside the colours of the whole; "
    "say the name, word by word.",
    licence="CC BY 4.0",
    origin="Twemoji 16.0.1, averaged to 16 by 16 pixels, carried by emoji-datasource-twitter 16.0.0",
    real=True,
    unit="patch",
    kind="image",
    head="softmax",
    length=STEPS,
    shortest=STEPS,
    sizes=(len(GRAINS), 380),
    split="Every tenth picture is held out; most have near relatives in other skin tones that are learnt from.",
    relation="pairs",
    excerpt="emoji",
    caution="The figure held out measures combining what was seen: most pictures differ from others in one thing.",
    load=_shelf,
)
