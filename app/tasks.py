"""What can be computed, as plain data that any process can be asked for.

A task becomes byte frames: a trace is one frame, a stream one frame for every event. The same
function runs in the web process, in a compute process, or on another machine.
"""

import gzip
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

import orjson

from app import wire
from core import experiment, explain
from core.recipe import Recipe, make_recipe
from core.trace import Trace, to_npz

# Digits hardly repeat: higher levels take five times as long for a twentieth.
PACK_LEVEL = 1
NUMBERS = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS


@dataclass(frozen=True)
class Task:
    """One computation: what kind, of which recipe, in which form, and what else was asked."""

    kind: str
    recipe: str
    include: tuple[str, ...]
    form: str = "list"
    packed: bool = False
    asked: tuple[tuple[str, str | int], ...] = ()

    def message(self) -> bytes:
        """The task as it travels."""
        return orjson.dumps(asdict(self))


def read_task(message: bytes) -> Task:
    """The task that travelled."""
    values = orjson.loads(message)
    asked = tuple((name, value) for name, value in values["asked"])
    return Task(**{**values, "include": tuple(values["include"]), "asked": asked})


def frames(task: Task) -> Iterator[bytes]:
    """Compute a task, frame by frame."""
    return KINDS[task.kind](task)


def _trace(task: Task) -> Iterator[bytes]:
    found = experiment.compute(_recipe(task.recipe), task.include)
    body = to_npz(found) if task.form == "npz" else wire.trace_json(found, task.form)
    yield _packed(task, body)


def _events(task: Task) -> Iterator[bytes]:
    return wire.frames(experiment.events(_recipe(task.recipe), task.include), task.form)


def _explain(task: Task) -> Iterator[bytes]:
    asked: dict[str, Any] = dict(task.asked)
    told = explain.explain_contribution if "parameter" in asked else explain.explain
    yield _packed(task, _json(told(_kept(task.recipe, task.include), **asked)))


def _figure(task: Task) -> Iterator[bytes]:
    # Plotly takes a second to import: only the processes that draw pay for it, once.
    from app import figures  # noqa: PLC0415

    found = figures.figure(str(dict(task.asked)["view"]), _kept(task.recipe, task.include))
    yield _packed(task, _json(found))


@lru_cache(maxsize=4)
def _kept(recipe: str, include: tuple[str, ...]) -> Trace:
    """The last few traces: whoever asks about a node asks about its neighbours next."""
    return experiment.compute(_recipe(recipe), include)


def _recipe(canonical: str) -> Recipe:
    values: Mapping[str, object] = orjson.loads(canonical)
    return make_recipe(values)


def _json(value: object) -> bytes:
    return orjson.dumps(value, option=NUMBERS)


def pack(body: bytes) -> bytes:
    """Packed with gzip. A time stamp in its header would give the same bytes a new ETag every second."""
    return gzip.compress(body, PACK_LEVEL, mtime=0)


def _packed(task: Task, body: bytes) -> bytes:
    return pack(body) if task.packed else body


KINDS: dict[str, Callable[[Task], Iterator[bytes]]] = {
    "trace": _trace,
    "events": _events,
    "explain": _explain,
    "figure": _figure,
}
