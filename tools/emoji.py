"""Emoji as small pictures with their names: the table of an excerpt, made from a package of PNG files.

Only pictures whose words each occur in three names or more are taken; a picture is averaged down from 64 to 16 pixels
over a white ground. PNG (W3C, third edition) is read here for the two forms that occur: palette and RGBA, 8 bits.
"""

import io
import json
import re
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

Pixels = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]
SIDE, RARE, MOST_WORDS = 16, 3, 8
TONES = {"1F3FB": "light", "1F3FC": "medium light", "1F3FD": "medium", "1F3FE": "medium dark", "1F3FF": "dark"}


def words_of(name: str) -> tuple[str, ...]:
    """The words of an emoji's name, in small letters."""
    return tuple(re.findall(r"[a-z]+", name.lower()))


def listed(entries: Iterable[Mapping[str, Any]]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The words and the picture of each emoji and of its variants in one skin tone, in their usual order."""
    for entry in sorted(entries, key=lambda e: int(e["sort_order"])):
        if entry["has_img_twitter"]:
            yield words_of(entry["name"]), entry["image"]
        for code, variant in sorted(entry.get("skin_variations", {}).items()):
            if code in TONES and variant["has_img_twitter"]:
                yield (*words_of(entry["name"]), *TONES[code].split(), "skin"), variant["image"]


def table(read: Callable[[str], bytes]) -> bytes:
    """An npz file: `pixels` (n, 16, 16, 3) uint8 and `names` (n,), each name in words with spaces."""
    named = list(listed(json.loads(read("package/emoji.json"))))
    counts = Counter(w for words, _ in named for w in set(words))
    kept = [(words, image) for words, image in named if 0 < len(words) <= MOST_WORDS]
    kept = [(words, image) for words, image in kept if min(counts[w] for w in words) >= RARE]
    pixels = np.stack([small(png(read(f"package/img/twitter/64/{image}"))) for _, image in kept])
    file = io.BytesIO()
    np.savez(file, pixels=pixels, names=np.array([" ".join(words).encode() for words, _ in kept]))
    return _undated(file.getvalue())


def _undated(packed: bytes) -> bytes:
    """The same npz with one fixed date in its directory, so that it has one sha256."""
    source, target = zipfile.ZipFile(io.BytesIO(packed)), io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for name in source.namelist():
            made.writestr(zipfile.ZipInfo(name), source.read(name))
    return target.getvalue()


def small(rgba: Pixels) -> Pixels:
    """A square picture (n, n, 4) over white, averaged to (16, 16, 3)."""
    share = rgba[:, :, 3:] / 255.0
    flat = rgba[:, :, :3] * share + 255.0 * (1 - share)
    step = len(flat) // SIDE
    return np.asarray(np.rint(flat.reshape(SIDE, step, SIDE, step, 3).mean((1, 3))), np.uint8)


def png(file: bytes) -> Pixels:
    """The pixels (height, width, 4) of an 8-bit PNG without interlacing."""
    chunks: dict[bytes, bytes] = {}
    place = 8
    while place < len(file):
        (length,) = struct.unpack(">I", file[place : place + 4])
        kind, body = file[place + 4 : place + 8], file[place + 8 : place + 8 + length]
        chunks[kind] = chunks.get(kind, b"") + body
        place += 12 + length
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    if interlaced or (depth != 8 and colour != 3):
        raise ValueError(f"a PNG of depth {depth}, colour {colour}, interlace {interlaced} is not read here")
    stride = (width * channels * depth + 7) // 8
    flat = unfiltered(zlib.decompress(chunks[b"IDAT"]), height, stride, max(1, channels * depth // 8))
    if depth < 8:
        shifts = np.arange(8 - depth, -1, -depth)
        flat = ((flat[:, :, None] >> shifts) & (2**depth - 1)).reshape(height, -1)[:, :width]
    return coloured(flat.reshape(height, width, channels), colour, chunks)


def coloured(values: Pixels, colour: int, chunks: dict[bytes, bytes]) -> Pixels:
    """Samples as RGBA."""
    if colour == 3:
        palette = np.frombuffer(chunks[b"PLTE"], np.uint8).reshape(-1, 3)
        alpha = np.full(len(palette), 255, np.uint8)
        given = np.frombuffer(chunks.get(b"tRNS", b""), np.uint8)
        alpha[: len(given)] = given
        return np.concatenate([palette, alpha[:, None]], 1)[values[:, :, 0]]
    opaque = np.full((*values.shape[:2], 1), 255, np.uint8)
    grey = {0: [values] * 3 + [opaque], 4: [values[:, :, :1]] * 3 + [values[:, :, 1:]]}
    return np.concatenate(grey.get(colour, [values] if colour == 6 else [values, opaque]), axis=2)


def unfiltered(data: bytes, height: int, stride: int, bpp: int) -> Pixels:
    """Rows (height, stride) without PNG's filters (section 9 of the standard)."""
    rows = np.frombuffer(data, np.uint8).reshape(height, stride + 1)
    found = np.zeros((height, stride), np.uint8)
    for y, row in enumerate(rows):
        above = found[y - 1] if y else np.zeros(stride, np.uint8)
        left = bytearray(stride)
        for i in range(stride):
            a, b, c = (left[i - bpp] if i >= bpp else 0), int(above[i]), (int(above[i - bpp]) if i >= bpp else 0)
            left[i] = (int(row[i + 1]) + predicted(int(row[0]), a, b, c)) & 255
        found[y] = np.frombuffer(bytes(left), np.uint8)
    return found


def predicted(kind: int, a: int, b: int, c: int) -> int:
    """What a filter adds: nothing, the left, the one above, their mean, or Paeth's choice."""
    if kind < 4:
        return (0, a, b, (a + b) // 2)[kind]
    p = a + b - c
    return min((a, b, c), key=lambda value: abs(p - value))
