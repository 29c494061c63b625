"""The commands that compute: `train`, `trace` and `decode`, with a flag for every field of the engine's tables."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from app import learning, models, tape, tasks, writing
from app.asked import Asked, json_value
from app.operating import checked_surgery
from app.results import FORMS, Reached
from app.tasks import Task
from app.terminal import INTERRUPTED, Progress, stoppable
from app.wanted import Run, every
from core.checks import from_text
from core.decoding_options import DECODING, make_decoding
from core.errors import Problem, RecipeError
from core.fields import FIELDS, Field
from core.models import cards
from core.options import OPTIONS, check_together, make_options, marks
from core.recipe import Recipe, make_recipe
from core.train import Training

SUFFIXES = {".jsonl": "jsonl", ".json": "json", ".npz": "npz", ".safetensors": "safetensors"}


# -- flags ------------------------------------------------------------------------------------------------------


def add_flags(command: argparse.ArgumentParser, *tables: tuple[str, Mapping[str, Field]]) -> None:
    """A flag for each field of some tables, under the name of its table."""
    for title, table in tables:
        group = command.add_argument_group(title)
        for field in table.values():
            group.add_argument(flag(field.name), dest=field.name, metavar=field.kind, help=explained(field))


def flag(name: str) -> str:
    """A field's name as a flag."""
    return f"--{name.replace('_', '-')}"


def explained(field: Field) -> str:
    """A field's help, as argparse wants it."""
    known = f" One of {', '.join(value for value, _ in field.choices)}." if field.choices else ""
    default = "none" if field.default is None else field.default
    more = {"cell": " @FILE reads equations.", "model": " Or a safetensors file."}.get(field.name, "")
    return f"{field.help}{known}{more} Default: {default}.".replace("%", "%%")


def values_of(chosen: argparse.Namespace, table: Mapping[str, Field]) -> dict[str, object]:
    """The values that the flags of a table give."""
    said = {name: getattr(chosen, name) for name in table if getattr(chosen, name) is not None}
    return {name: from_text(table[name], text) for name, text in said.items()}


def recipe_of(chosen: argparse.Namespace) -> tuple[Recipe, bytes]:
    """The recipe of the flags, with the model of the file that they name."""
    values = values_of(chosen, FIELDS)
    cell = str(values.get("cell", ""))
    values |= {"cell": Path(cell[1:]).read_text()} if cell.startswith("@") else {}
    packed = b""
    if (path := values.get("model")) and path not in cards.names():
        packed = models.parcel(Path(str(path)).read_bytes())
        values["model"] = models.id_of(packed)
    return models.with_model(make_recipe(values), packed), packed


def run_of(chosen: argparse.Namespace) -> Run:
    """The training run of the flags."""
    (recipe, packed), options = every(lambda: recipe_of(chosen), lambda: make_options(values_of(chosen, OPTIONS)))
    check_together(recipe, options)
    return Run(recipe, options, packed)


# -- training ---------------------------------------------------------------------------------------------------


def train(chosen: argparse.Namespace) -> int:
    """Train, and keep what was asked for; also what was reached when somebody stops it."""
    run = run_of(chosen)
    wanted = chosen.out or [f"unrolled-{run.options.key(run.recipe)[:8]}.safetensors"]
    forms = {path: form_of(path, chosen.format, FORMS) for path in wanted}
    return _trained(run, forms)


def _trained(run: Run, forms: Mapping[str, str]) -> int:
    training, reached = Training(run.recipe, run.options), Reached(run)
    progress = Progress(run.options["updates"], "updates")
    with ExitStack() as stack, stoppable() as stop:
        lines = [stack.enter_context(opened(path)) for path, form in forms.items() if form == "jsonl"]
        for event in training.events():
            reached.add(event)
            for out in lines:
                out.write(tape.cut(learning.taped(event, run.recipe), "jsonl"))
            if event.kind == "step":
                progress.at(training.update, f"loss {training.loss:.4g}")
            if stop.asked:
                break
    for path, form in forms.items():
        if form != "jsonl":
            write(path, reached.written(form, training))
    kept = ", ".join("standard output" if path == "-" else path for path in forms)
    progress.end(f"{reached.ended(stopped=not training.ended, update=training.update)} Kept in {kept}.")
    return 0 if training.ended else INTERRUPTED


def form_of(path: str, form: str | None, allowed: Sequence[str]) -> str:
    """What to write: as is said, or as the file's name says, or the first of what there is."""
    found = form or SUFFIXES.get(Path(path).suffix, allowed[0])
    if found not in allowed:
        raise RecipeError(Problem("/format", f"{found} cannot be written here", [*allowed]))
    return found


def opened(path: str) -> AbstractContextManager[BinaryIO]:
    """A file to write to; a dash is standard output, which stays open."""
    return nullcontext(sys.stdout.buffer) if path == "-" else Path(path).open("wb")


def write(path: str, body: bytes) -> None:
    """Write a whole file; a dash is standard output."""
    with opened(path) as out:
        out.write(body)


# -- traces -----------------------------------------------------------------------------------------------------


def trace(chosen: argparse.Namespace) -> int:
    """Compute one trace and write it; with an update, that of the trained network there."""
    recipe, packed = recipe_of(chosen)
    include = Asked(recipe, {"include": chosen.include} if chosen.include else {}).include
    form = form_of(chosen.out, chosen.format, ("json", "npz", "jsonl"))
    surgery = checked_surgery(recipe, json_value(text_of(chosen.interventions))) if chosen.interventions else ""
    if chosen.update is not None:
        return _trace_at(chosen, include, form)
    if form == "jsonl":
        task = Task("events", recipe.canonical(), include, "jsonl", weights=packed)
    else:
        done = (("interventions", surgery),) if surgery else ()
        encoding = "npz" if form == "npz" else chosen.encoding
        task = Task("trace", recipe.canonical(), include, encoding, asked=done, weights=packed)
    write(chosen.out, b"".join(tasks.frames(task)))
    return 0


def _trace_at(chosen: argparse.Namespace, include: tuple[str, ...], form: str) -> int:
    if form == "jsonl" or chosen.interventions:
        raise RecipeError(Problem("/update", "goes with a whole trace, as json or npz, and without interventions"))
    run, update = run_of(chosen), _whole(chosen.update)
    if (weights := weights_at(run, update)) is None:
        return INTERRUPTED
    encoding = "npz" if form == "npz" else chosen.encoding
    task = Task("snapshot", "", include, encoding, asked=(*run.task.asked, ("update", update)), weights=weights)
    write(chosen.out, b"".join(tasks.frames(task)))
    return 0


def text_of(said: str) -> str:
    """A value, or the content of the file that @FILE names."""
    return Path(said[1:]).read_text() if said.startswith("@") else said


def _whole(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    raise RecipeError(Problem("/update", "must be a whole number"))


def weights_at(run: Run, update: int) -> bytes | None:
    """The weights of a run at an update, trained up to there; none if somebody stops it."""
    taken = marks(run.options["updates"], run.options["snapshots"])
    if update not in taken:
        nearest = min(taken, key=lambda known: abs(known - update))
        raise RecipeError(Problem("/update", f"no snapshot is taken there; the nearest is at {nearest}"))
    progress = Progress(max(update, 1), "updates")
    with stoppable() as stop:
        for event in Training(run.recipe, run.options).events():
            if event.kind == "step":
                progress.at(event.data["update"], f"loss {event.data['loss']:.4g}")
            if event.kind == "snapshot" and event.data["update"] == update:
                progress.end()
                return learning.save(event.arrays, run.recipe, update)
            if stop.asked:
                progress.end("Stopped; nothing was written.")
                return None
    progress.end()
    raise RecipeError(Problem("/update", "the run diverges before it"))


# -- decoding ---------------------------------------------------------------------------------------------------


def decode(chosen: argparse.Namespace) -> int:
    """Let a network write; with an update, the trained network there."""
    recipe, _ = recipe_of(chosen)
    decoding = make_decoding(values_of(chosen, DECODING))
    update, weights = None, b""
    if chosen.update is not None:
        run, update = run_of(chosen), _whole(chosen.update)
        if (found := weights_at(run, update)) is None:
            return INTERRUPTED
        weights = found
    form = chosen.format or SUFFIXES.get(Path(chosen.out).suffix, "text")
    args = (recipe, decoding.values, weights, update)
    body = b"".join(tape.cut(f, "jsonl") for f in writing.frames(*args)) if form == "jsonl" else writing.answer(*args)
    write(chosen.out, _told(body) if form == "text" else body)
    return 0


def _told(body: bytes) -> bytes:
    """The sequences for people: score and text."""
    found: dict[str, Any] = orjson.loads(body)
    lines = [f"{each['score']:10.4f}  {each['text']}" for each in found["sequences"]]
    return "\n".join([f"{'score':>10}  after {' '.join(found['prompt'])}", *lines, ""]).encode()
