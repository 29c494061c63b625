"""The static files: known by name before anyone asks, packed ahead, cached for good.

The address of a file holds a hash of all files (`/static-1f2e3d/js/main.js`), so that modules may
import one another by relative names and browsers may keep every file for ever. What a visitor
types never becomes a path: it is looked up among the files found.
"""

import gzip
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Thread
from time import monotonic

import brotli
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app import answers, packs

MEDIA_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}
PLAIN = "text/plain; charset=utf-8"
PACKED = {".br": "br", ".gz": "gzip"}
UNPACKABLE = {".png", ".woff2", ".ico"}
SMALL = 512
LOOK_AGAIN_SECONDS = 1.0
# 10 of 11: two kilobytes of the first page more than 11, in a third of its time.
TIGHT = 10


@dataclass(frozen=True)
class Asset:
    """One file in every encoding that we have, the smallest first."""

    media_type: str
    bodies: dict[str, bytes]
    tags: dict[str, str]

    def respond(self, request: Request, cache: str) -> Response:
        """The file in the best encoding that the client can unpack."""
        usable = (e for e in self.bodies if e == "identity" or answers.accepts(request, e))
        encoding = next(usable)
        sent = None if encoding == "identity" else encoding
        body, etag = self.bodies[encoding], self.tags[encoding]
        return answers.answer(request, body, self.media_type, etag, encoding=sent, cache=cache)


class Assets:
    """All static files, read again when one of them changes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.looked, self.seen = 0.0, ""
        self.files: dict[str, Asset] = {}
        self.version = ""
        self.packing = Thread()

    def url(self, name: str) -> str:
        """The lasting address of a file."""
        self._look()
        return f"/static-{self.version}/{name}"

    def respond(self, request: Request, version: str, name: str) -> Response:
        """A file by its address; one of another version must be asked about each time."""
        self._look()
        if name not in self.files:
            raise HTTPException(404)
        cache = answers.FOREVER if version == self.version else answers.CHECK_FIRST
        return self.files[name].respond(request, cache)

    def _look(self) -> None:
        if monotonic() - self.looked < LOOK_AGAIN_SECONDS and self.files:
            return
        paths = sorted(p for p in self.root.rglob("*") if p.is_file() and not p.name.startswith("."))
        seen = repr([(str(p), s.st_mtime_ns, s.st_size) for p in paths for s in [p.stat()]])
        if seen != self.seen:
            self._load(paths)
        self.looked, self.seen = monotonic(), seen

    def _load(self, paths: list[Path]) -> None:
        contents = {p.relative_to(self.root).as_posix(): p.read_bytes() for p in paths}
        made = packs.packs(contents)
        contents |= made
        self.files = {name: asset(name, contents) for name in contents if not _is_packed(name, contents)}
        digest = sha256()
        for name, body in contents.items():
            digest.update(f"{name}\0{len(body)}\0".encode() + body)
        self.version = digest.hexdigest()[:12]
        # Packing tightly takes half a second, which nobody need wait for: until it is done, packs are merely small.
        self.packing = Thread(target=tighten, args=(self.files, made), daemon=True)
        self.packing.start()


def tighten(files: dict[str, Asset], made: dict[str, bytes]) -> None:
    """Give each pack its smallest form, as soon as it is there."""
    for name, body in made.items():
        files[name] = encoded(files[name].media_type, {"br": brotli.compress(body, quality=TIGHT)} | files[name].bodies)


def asset(name: str, contents: dict[str, bytes]) -> Asset:
    """A file with the packed forms that stand beside it, or one that we pack."""
    suffix, body = Path(name).suffix, contents[name]
    packed = {code: contents[name + end] for end, code in PACKED.items() if name + end in contents}
    if not packed and suffix not in UNPACKABLE and len(body) > SMALL:
        packed = {"gzip": gzip.compress(body, mtime=0)}
    return encoded(MEDIA_TYPES.get(suffix, PLAIN), packed | {"identity": body})


def encoded(media_type: str, bodies: dict[str, bytes]) -> Asset:
    """A file in these encodings, each with its tag."""
    return Asset(media_type, bodies, {e: answers.tag(b) for e, b in bodies.items()})


def _is_packed(name: str, contents: dict[str, bytes]) -> bool:
    base = name.rpartition(".")[0]
    return Path(name).suffix in PACKED and base in contents
