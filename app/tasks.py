"""What can be computed, as plain data that any process can be asked for.

A task becomes byte frames: a trace is one frame, a stream one frame for every event. The same
function runs in the web process, in a compute process, or on another machine.
"""

import gzip
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import orjson

from app import learning, lessons, models, operating, translations, wire, writing
from core import elsewhere, experiment, explain, geometry, shown
from core.data import kept, own
from core.recipe import Recipe, make_recipe
from core.trace import Trace, to_npz

# Digits hardly repeat: higher levels take five times as long for a twentieth.
PACK_LEVEL = 1
NUMBERS = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS


@dataclass(frozen=True)
class Task:
    """One computation: what kind, of which recipe, in which form, and what else was asked.

    `weights` are a file that the rest names already, by its content or by the run that made it.
    """

    kind: str
    recipe: str
    include: tuple[str, ...] = ()
    form: str = "list"
    packed: bool = False
    asked: tuple[tuple[str, str | int], ...] = ()
    weights: bytes = field(default=b"", compare=False, repr=False)

    @property
    def runs(self) -> tuple[str, ...]:
        """The training runs of the task, one or several in one stream."""
        return tuple(str(value) for name, value in self.asked if name == "run")

    def message(self) -> bytes:
        """The task as it travels: a line that says it, and the file."""
        values = (self.kind, self.recipe, self.include, self.form, self.packed, self.asked)
        files = kept.named(self.text)
        return orjson.dumps((*values, [len(f) for f in files])) + b"\n" + b"".join((*files, self.weights))

    @property
    def text(self) -> str:
        """All of a task that may name the data that a visitor sent."""
        return f"{self.recipe} {self.asked}"


def read_task(message: bytes) -> Task:
    """The task that travelled."""
    said, _, weights = message.partition(b"\n")
    kind, recipe, include, form, packed, asked, lengths = orjson.loads(said)
    for length in lengths:
        kept.keep(weights[:length])
        weights = weights[length:]
    return Task(kind, recipe, tuple(include), form, packed, tuple((name, value) for name, value in asked), weights)


def frames(task: Task) -> Iterator[bytes]:
    """Compute a task, frame by frame."""
    return KINDS[task.kind](task)


def _trace(task: Task) -> Iterator[bytes]:
    yield _written(task, _traced(task))


def _traced(task: Task) -> Trace:
    asked: dict[str, Any] = dict(task.asked)
    if "interventions" in asked:
        return operating.operated(_recipe(task), asked["interventions"], task.include)
    return experiment.compute(_recipe(task), task.include)


def _written(task: Task, found: Trace) -> bytes:
    return _packed(task, to_npz(found) if task.form == "npz" else wire.trace_json(found, task.form))


def _training(task: Task) -> Iterator[bytes]:
    return learning.frames(task.runs, task.weights)


def _snapshot(task: Task) -> Iterator[bytes]:
    update = int(dict(task.asked)["update"])
    yield _written(task, learning.trace(task.runs[0], update, task.weights, task.include))


def _events(task: Task) -> Iterator[bytes]:
    return wire.frames(experiment.events(_recipe(task), task.include), task.form)


def _decode(task: Task) -> Iterator[bytes]:
    yield _packed(task, writing.answer(*_search(task)))


def _searching(task: Task) -> Iterator[bytes]:
    return writing.frames(*_search(task))


def _search(task: Task) -> tuple[Recipe, Mapping[str, Any], bytes, int | None]:
    asked: dict[str, Any] = dict(task.asked)
    values = orjson.loads(asked["decoding"])
    if "update" not in asked:
        return _recipe(task), values, b"", None
    # Whatever the run began with, the weights of its snapshot are the model now.
    recipe = _recipe(replace(task, weights=models.parcel(task.weights)))
    return recipe, values, task.weights, asked["update"]


def _model(task: Task) -> Iterator[bytes]:
    yield _packed(task, _json(models.described(task.weights)))


def _weights(task: Task) -> Iterator[bytes]:
    yield models.ours(task.weights)


def _explain(task: Task) -> Iterator[bytes]:
    asked: dict[str, Any] = dict(task.asked)
    told = explain.explain_contribution if "parameter" in asked else explain.explain
    surgery = asked.pop("interventions", "")
    yield _packed(task, _json(told(_kept(task.recipe, task.include, task.weights, surgery), **asked)))


def _finding(task: Task) -> Iterator[bytes]:
    asked: dict[str, Any] = dict(task.asked)
    if "update" in asked:
        found = learning.trace(task.runs[0], asked["update"], task.weights, task.include)
    else:
        found = _kept(task.recipe, task.include, task.weights)
    told = elsewhere.report(found, asked["from"], asked["to"], asked["nodes"], asked.get("corpus", ""))
    yield _packed(task, _json(told))


def _geometry(task: Task) -> Iterator[bytes]:
    asked: dict[str, Any] = dict(task.asked)
    if "update" in asked:
        found = learning.trace(task.runs[0], asked["update"], task.weights, task.include)
    else:
        found = _kept(task.recipe, task.include, task.weights)
    yield _packed(task, _json(geometry.report(found, asked["t"], asked["box"])))


def _lesson(task: Task) -> Iterator[bytes]:
    asked: dict[str, Any] = dict(task.asked)
    lesson = translations.book(asked["language"])[asked["lesson"]]
    found = lessons.trace_of(lesson, lesson.steps[asked["place"]], _recipe(task))
    yield _packed(task, _json(translations.scene(lesson, asked["place"], found, asked["language"])))


def _picture(task: Task) -> Iterator[bytes]:
    yield _packed(task, _json(shown.picture_of(_plain(task))))


def _sound(task: Task) -> Iterator[bytes]:
    yield shown.sound_of(_plain(task))


def _figure(task: Task) -> Iterator[bytes]:
    # Plotly takes a second to import: only the processes that draw pay for it, once.
    from app import figures  # noqa: PLC0415

    asked: dict[str, Any] = dict(task.asked)
    kept = _kept(task.recipe, task.include, task.weights, asked.get("interventions", ""))
    found = figures.figure(asked["view"], kept)
    yield _packed(task, _json(found))


@lru_cache(maxsize=4)
def _kept(recipe: str, include: tuple[str, ...], weights: bytes = b"", surgery: str = "") -> Trace:
    """The last few traces: whoever asks about a node asks about its neighbours next."""
    done = (("interventions", surgery),) if surgery else ()
    return _traced(Task("", recipe, include, asked=done, weights=weights))


def _recipe(task: Task) -> Recipe:
    values: Mapping[str, object] = orjson.loads(task.recipe)
    return models.with_model(make_recipe(values), task.weights)


def _data(task: Task) -> Iterator[bytes]:
    yield _json(_described(task.weights, str(dict(task.asked)["kind"])))


def _described(data: bytes, kind: str) -> dict[str, Any]:
    """What a visitor's file is, and the recipe that reads it; raises RecipeError for one that cannot be read."""
    if kind == "text":
        text = own.text(data)
        return {"kind": kind, "count": len(text), "recipe": {"data": "characters", "text": text}, "told": None}
    found = kept.read(data)
    steps = sum(found.count(part) * found.shelf.part(part).window for part in ("train", "test"))  # type: ignore[attr-defined]
    sizes = {"steps": steps, "columns": found.sizes[0]}
    return {"kind": kind, **sizes, "recipe": {"data": found.id}, "told": kept.told(found)}


def _plain(task: Task) -> Recipe:
    """The recipe without its model: what is read does not depend on who reads it."""
    return make_recipe(orjson.loads(task.recipe))


def _json(value: object) -> bytes:
    return orjson.dumps(value, option=NUMBERS)


def pack(body: bytes, level: int = PACK_LEVEL) -> bytes:
    """Packed with gzip. A time stamp in its header would give the same bytes a new ETag every second."""
    return gzip.compress(body, level, mtime=0)


def _packed(task: Task, body: bytes) -> bytes:
    return pack(body) if task.packed else body


KINDS: dict[str, Callable[[Task], Iterator[bytes]]] = {
    "trace": _trace,
    "events": _events,
    "explain": _explain,
    "figure": _figure,
    "finding": _finding,
    "geometry": _geometry,
    "lesson": _lesson,
    "training": _training,
    "snapshot": _snapshot,
    "decode": _decode,
    "search": _searching,
    "model": _model,
    "weights": _weights,
    "data": _data,
    "picture": _picture,
    "sound": _sound,
}
# What needs no Plotly and is small when its cost says so may be computed where it was asked for.
INLINE = frozenset({"trace", "events", "explain", "lesson", "geometry"})
# What is said in one breath is done by processes that answer soon; what goes on and on has processes of its own.
LONG = frozenset({"training"})
TAPED = frozenset({"training", "search"})
