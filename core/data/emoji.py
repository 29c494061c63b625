"""Emoji and their names: a real picture as a sequence of patches, and the words that describe it."""

import io

import numpy as np

from core.arrays import Array
from core.data.collection import Collection, Examples, Look, Picture, Rows, Shelf
from core.data.dataset import Indices, vocabulary
from core.data.excerpt import read
from core.data.pairs import END, paired
from core.data.shapes import patch_names, patches

SIDE, PATCH, TENTH = 16, 4, 10
STEPS = (SIDE // PATCH) ** 2


def _shelf() -> Shelf:
    file = np.load(io.BytesIO(read("emoji", "emoji.npz")), allow_pickle=False)
    pictures, names = file["pixels"] / 255.0, [n.decode().split() for n in file["names"]]
    words = (*sorted(vocabulary([w for name in names for w in name])), END)
    place = {w: i for i, w in enumerate(words)}

    def part(chosen: Indices) -> Examples:
        def row(i: int) -> Rows:
            answer = [place[w] for w in (*names[chosen[i]], END)]
            return paired(patches(pictures[chosen[i]], PATCH), answer)

        def show(i: int) -> Look:
            image = Picture("image", {"image": Array(pictures[chosen[i]], ("row", "column", "colour"))})
            steps = tuple(f"patch {p // 4 + 1}, {p % 4 + 1}" for p in range(STEPS))
            return Look(f"Emoji {chosen[i]}", steps, " ".join(names[chosen[i]]), image)

        return Examples(len(chosen), row, show)

    held = np.arange(len(names)) % TENTH == TENTH - 1
    return Shelf(patch_names(PATCH), words, part(np.flatnonzero(~held)), part(np.flatnonzero(held)))


EMOJI = Collection(
    id="emoji",
    title="Emoji with their names",
    description="2194 small pictures, read as 16 patches of 4 by 4 pixels; say the name, word by word.",
    licence="CC BY 4.0",
    origin="Twemoji 16.0.1, averaged to 16 by 16 pixels, carried by emoji-datasource-twitter 16.0.0",
    real=True,
    unit="patch",
    kind="image",
    head="softmax",
    length=STEPS,
    shortest=STEPS,
    sizes=(PATCH**2 * 3, 380),
    split="Every tenth picture is held out; most have near relatives in other skin tones that are learnt from.",
    relation="pairs",
    excerpt="emoji",
    caution="The figure held out measures combining what was seen: most pictures differ from others in one thing.",
    load=_shelf,
)
