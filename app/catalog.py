"""What there is to choose from, gathered from the engine's own tables."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import cache
from typing import Any

import orjson

from app import words
from app.figures import VIEWS as FIGURES
from app.settings import Settings
from core import ENGINE
from core.cells import CELLS, SOURCES, TITLES
from core.data import COLLECTIONS, DATASETS, TASKS, Source
from core.decoding_options import DECODING
from core.experiment import DEFAULT_GROUPS, GROUPS
from core.fields import Field
from core.heads import HEADS
from core.models import cards
from core.notation import describe
from core.ops import OPS
from core.optim import CLIPPINGS, OPTIMISERS, SCHEDULES
from core.options import OPTIONS
from core.recipe import FIELDS, Recipe
from core.surgery import KINDS as SURGERY
from core.wiring import wiring_of

VIEWS = [*FIGURES]
# What the explorer reads before its first picture; the rest can be asked for.
ON_A_PAGE = ("engine", "cells", "fields", "options", "views", "limits")
# The types of recurrent network that lectures tell apart, each as the least recipe that makes one.
TYPES: list[dict[str, Any]] = [
    {"id": "one-to-one", "title": "one to one: no recurrence", "recipe": {"topology": "one-to-one"}},
    {"id": "one-to-many", "title": "one to many", "recipe": {"topology": "one-to-many"}},
    {"id": "many-to-one", "title": "many to one", "recipe": {"loss_at": "last"}},
    {"id": "many-to-many", "title": "many to many, in step", "recipe": {}},
    {"id": "delayed", "title": "many to many, delayed: encoder and decoder", "recipe": {"topology": "encoder-decoder"}},
    {"id": "bidirectional", "title": "bidirectional", "recipe": {"topology": "bidirectional"}},
    {"id": "stacked", "title": "stacked", "recipe": {"layers": 2}},
    {"id": "attention", "title": "encoder and decoder with attention", "recipe": {"topology": "attention"}},
]


@cache
def catalog(settings: Settings, language: str = "en") -> bytes:
    """The catalogue as JSON, its words in a language."""
    return orjson.dumps(_in(language, whole(settings)))


def with_own(settings: Settings, recipe: Recipe, language: str = "en") -> bytes:
    """The catalogue for a page: what a page reads, with the recipe's cells, where they are none of ours."""
    if not (own := [*_own(recipe)]):
        return _for_a_page(settings, language)
    listed = _read_by_a_page(settings)
    return orjson.dumps(_in(language, {**listed, "cells": [*listed["cells"], *own]}))


@cache
def _for_a_page(settings: Settings, language: str) -> bytes:
    return orjson.dumps(_in(language, _read_by_a_page(settings)))


def _read_by_a_page(settings: Settings) -> dict[str, Any]:
    listed = whole(settings)
    return {name: listed[name] for name in ON_A_PAGE}


def _in(language: str, listed: dict[str, Any]) -> Any:
    """What is listed, its words in a language."""
    return listed if language == "en" else words.translated(language, orjson.loads(orjson.dumps(listed)))


def _own(recipe: Recipe) -> Iterator[dict[str, Any]]:
    """A visitor's own cell, and the one that attention makes of a cell."""
    source = recipe["cell"]
    title = TITLES.get(source, "Own equations")
    if source not in CELLS:
        yield {"id": source, "title": title, **describe(recipe.cell)}
    if recipe["topology"] == "attention":
        decoder = wiring_of(recipe).cells["decoder"]
        yield {"id": decoder.source, "title": f"{title}, with attention", **describe(decoder)}


def whole(settings: Settings) -> dict[str, Any]:
    """All there is to choose from."""
    return {
        "engine": ENGINE,
        "cells": [
            {"id": name, "title": TITLES[name], "paper": SOURCES[name], **describe(cell)}
            for name, cell in CELLS.items()
        ],
        "data": [dataset(found) for found in DATASETS.values()],
        "collections": [collection(name) for name in COLLECTIONS],
        "inits": [value for value, _ in FIELDS["init"].choices],
        "fields": orjson.Fragment(fields()),
        "options": orjson.Fragment(options()),
        "decoding": orjson.Fragment(as_json(DECODING)),
        "types": TYPES,
        "models": [model(name) for name in cards.names()],
        "tasks": [dataset(task) for task in TASKS.values()],
        "heads": [*HEADS],
        "optimisers": [named(row, "latex", "rate") for row in OPTIMISERS.values()],
        "clippings": [named(row) for row in CLIPPINGS.values()],
        "schedules": [named(row) for row in SCHEDULES.values()],
        "ops": [{"name": name, "glyph": op.glyph, "latex": op.latex, "numpy": op.numpy} for name, op in OPS.items()],
        "interventions": {name: list(fields) for name, (fields, _) in SURGERY.items()},
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


def named(row: Any, *more: str) -> dict[str, Any]:
    """A row of one of the engine's tables."""
    return {key: getattr(row, key) for key in ("name", "title", "help", *more)}


def dataset(found: Source) -> dict[str, Any]:
    """Where a data set comes from and what may be done with it."""
    shown = ("id", "title", "description", "licence", "origin", "real", "unit")
    return {key: getattr(found, key) for key in shown}


def collection(name: str) -> dict[str, Any]:
    """A data set with a part that is held out; nothing of it is read for this."""
    found = COLLECTIONS[name]
    shown = ("id", "title", "description", "licence", "origin", "real", "unit", "kind", "head", "relation", "stream")
    more = ("length", "sizes", "split", "caution")
    return {key: getattr(found, key) for key in (*shown, *more)}


def model(name: str) -> dict[str, Any]:
    """A model that is shipped: what it learnt, how well, beside what needs no memory; its weights are not read."""
    found = asdict(cards.card(name))
    return {**found, "url": f"/?model={name}", "opens": FIELDS["model"].brings[name]}


def limits(settings: Settings) -> dict[str, float]:
    """What one request may cost on this server."""
    shown = ("compute_ms", "response_bytes", "body_bytes", "url_bytes", "text_points", "streams", "queue")
    more = ("training_ms", "training_memory", "training_bytes", "training_queue", "model_bytes")
    return {name: getattr(settings, name) for name in (*shown, *more)}
