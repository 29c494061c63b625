"""Training runs as frames on tape, and what can be read from their snapshots."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from app import tape
from app.models import parcel, with_model
from core import weights
from core.brought import to_file
from core.options import Options, make_options
from core.recipe import Recipe, make_recipe
from core.trace import Event, Trace
from core.train import Training, race, trace_at

MOST_RUNS = 4
SAID = ("loss", "rate", "norm", "clipped")


def run_text(recipe: Recipe, options: Options) -> str:
    """A run as text: the same run, the same text."""
    both = {"recipe": dict(recipe.values), "options": dict(options.values)}
    return json.dumps(both, sort_keys=True, separators=(",", ":"))


def read_run(text: str, packed: bytes = b"") -> tuple[Recipe, Options]:
    """The run that a text stands for, with the model that it begins with."""
    both = json.loads(text)
    return with_model(make_recipe(both["recipe"]), packed), make_options(both["options"])


def frames(runs: Sequence[str], packed: bytes = b"") -> Iterator[bytes]:
    """The events of a run, or of several in one stream, on tape."""
    found = [Training(*read_run(text, packed)) for text in runs]
    events = race(found) if len(found) > 1 else found[0].events()
    for event in events:
        yield taped(event, found[event.data.get("run", 0)].recipe)


def taped(event: Event, recipe: Recipe) -> bytes:
    """One event of a run: steps as plain numbers, the weights of a snapshot attached."""
    update = event.data.get("update", 0)
    return TAPERS.get(event.kind, _plain)(event, update, recipe)


def _plain(event: Event, update: int, _recipe: Recipe) -> bytes:
    return tape.frame(event, update)


def _start(event: Event, update: int, _recipe: Recipe) -> bytes:
    layout = {"step": [*SAID, *(f"norms/{name}" for name in event.data["parameters"])]}
    return tape.frame(replace(event, data={**event.data, "layout": layout}), update)


def _step(event: Event, update: int, _recipe: Recipe) -> bytes:
    numbers = [*(float(event.data[name]) for name in SAID), *event.data["norms"].values()]
    return tape.frame(event, update, numbers)


def _snapshot(event: Event, update: int, recipe: Recipe) -> bytes:
    saved = save(event.arrays, recipe, update)
    said = replace(event, arrays={}, data={**event.data, "bytes": len(saved)})
    return tape.frame(said, update, attached=saved)


TAPERS = {"start": _start, "step": _step, "snapshot": _snapshot}


def save(arrays: Mapping[str, Any], recipe: Recipe, update: int) -> bytes:
    """The weights of a snapshot as a safetensors file, which can be a model itself."""
    params = {name.removeprefix("param/"): value for name, value in arrays.items()}
    return to_file(recipe, params, {"update": str(update)})


def trace(run: str, update: int, saved: bytes, include: Iterable[str]) -> Trace:
    """Everything that happens at a snapshot's weights: whatever the run began with, they are its model now."""
    recipe, options = read_run(run, parcel(saved))
    params, _ = weights.load(saved)
    arrays = {f"param/{name}": value for name, value in params.items()}
    return trace_at(recipe, options, Event("snapshot", 0, None, arrays, {"update": update}), include)
