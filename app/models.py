"""Files of weights that visitors have sent: kept in memory, by the hash of their content, within bounds.

A compute process gets the file with each task that needs it: nothing is written anywhere. Models that are shipped
are named by their cards; every process reads their files itself, when it first needs them.
"""

from collections import OrderedDict
from functools import lru_cache
from hashlib import sha256
from typing import Any

import orjson

from app.settings import Settings
from core import ENGINE
from core.brought import found_in, from_file, settled
from core.errors import Problem, RecipeError
from core.fields import FIELDS
from core.models import cards
from core.recipe import Brought, Recipe
from core.weights import save

# What an entry takes beside its file: many tiny files are bounded too.
OVERHEAD = 4096


def parcel(data: bytes, prefix: str | None = None, nonlinearity: str | None = None) -> bytes:
    """A file as it is kept and travels: behind a line that says which of its networks is meant."""
    return orjson.dumps((prefix, nonlinearity)) + b"\n" + data


class Models:
    """The parcels that are kept, those that nobody asks for going first when memory is short."""

    def __init__(self, settings: Settings) -> None:
        self.capacity, self.size = settings.models_bytes, 0
        self.files: OrderedDict[str, bytes] = OrderedDict()

    def put(self, key: str, packed: bytes) -> None:
        """Keep a file under its id."""
        if key not in self.files:
            self.files[key] = packed
            self.size += len(packed) + OVERHEAD
        self.files.move_to_end(key)
        while self.size > self.capacity and len(self.files) > 1:
            self.size -= len(self.files.popitem(last=False)[1]) + OVERHEAD

    def get(self, key: str) -> bytes | None:
        """The file of an id, if it is still here."""
        if key in self.files:
            self.files.move_to_end(key)
        return self.files.get(key)

    def needed(self, recipe: Recipe) -> bytes:
        """The file that a recipe names; nothing if it names none, or one that is shipped."""
        if recipe["model"] is None or recipe["model"] in cards.names():
            return b""
        if (packed := self.get(recipe["model"])) is None:
            message = "is neither shipped nor kept here: send its file to /api/v1/models, again perhaps"
            raise RecipeError(Problem("/model", message, {**FIELDS["model"].allowed, "shipped": [*cards.names()]}))
        return packed


def id_of(packed: bytes) -> str:
    """The hash of a file's content, and of what was said about it if anything was."""
    told, _, data = packed.partition(b"\n")
    return sha256(packed if told != b"[null,null]" else data).hexdigest()


@lru_cache(maxsize=4)
def brought(packed: bytes) -> Brought:
    """What a file brings. The last few are kept: who asks about a model asks again."""
    told, _, data = packed.partition(b"\n")
    prefix, nonlinearity = orjson.loads(told)
    return from_file(data, prefix=prefix, nonlinearity=nonlinearity)


def with_model(recipe: Recipe, packed: bytes) -> Recipe:
    """The recipe with its model in place, if it names one."""
    if recipe["model"] is None:
        return recipe
    return settled(recipe, {recipe["model"]: brought(packed)} if packed else {})


def described(packed: bytes) -> dict[str, Any]:
    """What a model is, as JSON."""
    found = brought(packed)
    told, _, data = packed.partition(b"\n")
    prefix, nonlinearity = orjson.loads(told)
    read = found_in(data, prefix=prefix, nonlinearity=nonlinearity)
    sizes = {"hidden": found.hidden, "layers": found.layers, "input": found.I, "output": found.O}
    named = {"inputs": list(found.inputs), "outputs": list(found.outputs)}
    shapes = {name: list(value.shape) for name, value in found.params.items()}
    whole = {"id": id_of(packed), "cell": found.cell, "topology": found.topology, "bytes": len(data), "file": read}
    return {**whole, **sizes, **named, "parameters": shapes}


def ours(packed: bytes) -> bytes:
    """A model as a file with our own names, the matrices of each gate apart."""
    found = brought(packed)
    symbols = {"inputs": orjson.dumps(found.inputs).decode(), "outputs": orjson.dumps(found.outputs).decode()}
    told = {"topology": found.topology, "layers": str(found.layers)}
    notes = {"format": "unrolled", "engine": ENGINE, "cell": found.cell, **told, **symbols}
    return save(found.params, notes)
