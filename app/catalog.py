"""What there is to choose from, gathered from the engine's own tables."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from typing import Any

import orjson

from app.figures import VIEWS as FIGURES
from app.settings import Settings
from core import ENGINE
from core.cells import CELLS, SOURCES, TITLES
from core.data import COLLECTIONS, DATASETS
from core.experiment import DEFAULT_GROUPS, GROUPS
from core.fields import Field
from core.notation import describe
from core.options import OPTIONS
from core.recipe import FIELDS, Recipe

VIEWS = [*FIGURES]


@cache
def catalog(settings: Settings) -> bytes:
    """The catalogue as JSON."""
    return orjson.dumps(whole(settings))


def with_own(settings: Settings, recipe: Recipe) -> bytes:
    """The catalogue for a page: with the recipe's cell, where that is none of ours but a visitor's own."""
    if (source := recipe["cell"]) in CELLS:
        return catalog(settings)
    listed = whole(settings)
    own = {"id": source, "title": "Own equations", **describe(recipe.cell)}
    return orjson.dumps({**listed, "cells": [*listed["cells"], own]})


def whole(settings: Settings) -> dict[str, Any]:
    """All there is to choose from."""
    return {
        "engine": ENGINE,
        "cells": [
            {"id": name, "title": TITLES[name], "paper": SOURCES[name], **describe(cell)}
            for name, cell in CELLS.items()
        ],
        "data": [dataset(name) for name in DATASETS],
        "collections": [collection(name) for name in COLLECTIONS],
        "inits": [value for value, _ in FIELDS["init"].choices],
        "fields": orjson.Fragment(fields()),
        "options": orjson.Fragment(options()),
        "groups": {"all": [*GROUPS], "default": [*DEFAULT_GROUPS]},
        "views": VIEWS,
        "limits": limits(settings),
    }


@cache
def fields() -> bytes:
    """The recipe's fields as JSON."""
    return as_json(FIELDS)


@cache
def options() -> bytes:
    """The fields of training as JSON."""
    return as_json(OPTIONS)


def as_json(table: Mapping[str, Field]) -> bytes:
    """A table of fields; choices as plain values, with what a form calls them beside."""
    listed = [
        {**asdict(field), "choices": [value for value, _ in field.choices], "choice_labels": dict(field.choices)}
        for field in table.values()
    ]
    return orjson.dumps(listed)


def dataset(name: str) -> dict[str, Any]:
    """Where a data set comes from and what may be done with it."""
    found = DATASETS[name]
    shown = ("id", "title", "description", "licence", "origin", "real", "unit")
    return {key: getattr(found, key) for key in shown}


def collection(name: str) -> dict[str, Any]:
    """A data set with a part that is held out; nothing of it is read for this."""
    found = COLLECTIONS[name]
    shown = ("id", "title", "description", "licence", "origin", "real", "unit", "kind", "head", "relation", "stream")
    more = ("length", "sizes", "split", "caution")
    return {key: getattr(found, key) for key in (*shown, *more)}


def limits(settings: Settings) -> dict[str, float]:
    """What one request may cost on this server."""
    shown = ("compute_ms", "response_bytes", "body_bytes", "url_bytes", "text_points", "streams", "queue")
    return {name: getattr(settings, name) for name in shown}
