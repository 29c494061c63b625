"""Files of visitors that recipes name: kept in memory by the hash of their content, within bounds, read when needed."""

import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, NamedTuple

from core.data import own
from core.data.collection import Collection

MOST_FILES, MOST_BYTES = 64, 48 * 2**20
NAMED = re.compile(rf"{own.PREFIX}[0-9a-f]{{16}}")
KINDS = {"table": own.series, "sound": own.sound}


class File(NamedTuple):
    """A file and the collection that it makes."""

    data: bytes
    collection: Collection


KEPT: OrderedDict[str, File] = OrderedDict()


def read(data: bytes) -> Collection:
    """The collection of a file that is a table or a sound; raises RecipeError for any other."""
    kind = own.kind_of(data)
    return KINDS["sound" if kind == "sound" else "table"](data)


def told(found: Collection) -> dict[str, Any]:
    """All that a collection says without its examples, as plain data."""
    return {f.name: getattr(found, f.name) for f in fields(found) if f.name not in ("load", "reads")}


def keep(data: bytes, said: Mapping[str, Any] | None = None) -> None:
    """Keep a file; with what another process said of it, it is not read here before somebody asks for its examples."""
    name = own.id_of(data)
    if name not in KEPT:
        found = read(data) if said is None else Collection(**_tuples(said), load=lambda: read(data).shelf)
        KEPT[name] = File(data, found)
    KEPT.move_to_end(name)
    while len(KEPT) > MOST_FILES or (len(KEPT) > 1 and sum(len(f.data) for f in KEPT.values()) > MOST_BYTES):
        KEPT.popitem(last=False)


def _tuples(said: Mapping[str, Any]) -> dict[str, Any]:
    return {n: tuple(v) if isinstance(v, list) else v for n, v in said.items()}


def named(text: str) -> list[bytes]:
    """The files that a text names, once each; what is not kept is left out."""
    found = dict.fromkeys(NAMED.findall(text))
    return [KEPT[name].data for name in found if name in KEPT]


class Known(dict[str, Collection]):
    """The collections that are shipped; those that visitors brought are found by their names, and listed nowhere."""

    def __missing__(self, name: str) -> Collection:
        return KEPT[name].collection

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or name in KEPT

    def get(self, name: str, default: Any = None) -> Any:
        """The collection of that name."""
        found = KEPT.get(name)
        return found.collection if found else super().get(name, default)
