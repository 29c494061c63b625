"""Decoding as frames on tape, and as one answer with the whole tree."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from app import tape
from core import ENGINE
from core.decoding_options import Decoding, make_decoding, search
from core.recipe import Recipe
from core.trace import Event
from core.weights import load
from core.writers import Writer, writer

COLUMNS = ("node", "parent", "t", "token", "log_probability", "total", "score", "fate")
FATES = ("kept", "finished", "pruned")


def events(recipe: Recipe, decoding: Decoding, trained: bytes = b"", update: int | None = None) -> Iterator[Event]:
    """The events of a search, with words beside tokens; `trained` is the file of a snapshot's weights."""
    params = load(trained)[0] if trained else None
    found = writer(recipe, decoding["prompt"], decoding["most"], params)
    for event in search(found.model, decoding, found.labels, found.end):
        yield replace(event, data={**event.data, **_more(event, (recipe, decoding, update), found)})


def _more(event: Event, asked: tuple[Recipe, Decoding, int | None], found: Writer) -> dict[str, Any]:
    if event.kind == "start":
        return _head(asked, found)
    if event.kind == "done":
        return {"sequences": [_sequence(each, found) for each in event.data["sequences"]]}
    token = event.data["token"]
    return {} if token is None else {"word": found.labels[token]}


def _head(asked: tuple[Recipe, Decoding, int | None], found: Writer) -> dict[str, Any]:
    recipe, decoding, update = asked
    said = {"engine": ENGINE, "recipe": dict(recipe.values), "decoding": dict(decoding.values)}
    at = {} if update is None else {"update": update}
    return {**said, **at, "labels": list(found.labels), "prompt": list(found.read)}


def _sequence(told: Mapping[str, Any], found: Writer) -> dict[str, Any]:
    words = [found.labels[token] for token in told["tokens"]]
    said = words[:-1] if words and words[-1] == found.end else words
    kept = {name: told[name] for name in ("node", "log_probability", "total", "score", "tokens")}
    return {**kept, "words": words, "text": found.between.join(said)}


def frames(recipe: Recipe, values: Mapping[str, Any], trained: bytes, update: int | None) -> Iterator[bytes]:
    """The events on tape; a frame's t is the step of the search."""
    for event in events(recipe, make_decoding(values), trained, update):
        yield tape.frame(event, event.t or 0)


def answer(recipe: Recipe, values: Mapping[str, Any], trained: bytes, update: int | None) -> bytes:
    """The whole search: its tree as parallel columns, and the sequences that it found, best first."""
    start, *steps, done = events(recipe, make_decoding(values), trained, update)
    head = {name: start.data[name] for name in start.data if name in HEAD}
    whole = {**head, "tree": tree(steps), "sequences": done.data["sequences"]}
    return orjson.dumps(whole, option=orjson.OPT_SERIALIZE_NUMPY)


HEAD = ("engine", "recipe", "decoding", "update", "labels", "prompt")


def tree(steps: Sequence[Event]) -> dict[str, list[Any]]:
    """Every prefix that was weighed, in the order of its number; its fate is the last thing that became of it."""
    found: dict[int, dict[str, Any]] = {}
    for event in steps:
        if event.kind in FATES:
            known = found.get(event.data["node"], {"t": event.t})
            found[event.data["node"]] = {**event.data, "t": known["t"], "fate": event.kind}
    rows = [found[node] for node in sorted(found)]
    return {name: [row[name] for row in rows] for name in COLUMNS}
