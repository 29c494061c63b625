"""How a network is trained: one table of fields, like a recipe's, and the choices frozen."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from core import ENGINE
from core.data import DATASETS, TASKS, Task
from core.errors import Problem, RecipeError
from core.optim import CLIPPINGS, OPTIMISERS, SCHEDULES
from core.recipe import CHECKS, Field, Recipe

LONGEST, MOST_UPDATES, MOST_SNAPSHOTS = 1000, 1_000_000, 200


def _titles(table: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((name, row.title) for name, row in table.items())


def _count(name: str, default: int | None, words: tuple[str, str], high: int, unit: str = "steps") -> Field:
    """A field for a number of things, one at least; without a default it may be none."""
    optional = default is None
    return Field(name, "integer", default, *words, low=1, high=high, step=1, unit=unit, optional=optional)


OPTIONS: dict[str, Field] = {
    f.name: f
    for f in (
        Field(
            "task",
            "choice",
            "text",
            "Task",
            "What is learnt: to predict the recipe's own text, or a task whose answers are known.",
            (("text", "The recipe's text"), *_titles(TASKS)),
        ),
        _count(
            "length", None, ("Length", "Steps of one sequence; none is the task's own, or the whole text."), LONGEST
        ),
        _count("batch", 16, ("Batch", "How many sequences are read side by side."), 256, "sequences"),
        _count("updates", 1000, ("Updates", "How often the weights are changed."), MOST_UPDATES, "updates"),
        Field("optimiser", "choice", "adam", "Optimiser", "How a gradient becomes a step.", _titles(OPTIMISERS)),
        Field(
            "rate",
            "number",
            None,
            "Learning rate",
            "The size of a step; none is the optimiser's own.",
            low=0.0,
            high=100.0,
            step=0.001,
            optional=True,
        ),
        Field("schedule", "choice", "constant", "Schedule", "How the rate changes over time.", _titles(SCHEDULES)),
        _count(
            "span", None, ("Span", "The schedule's own time; none is a tenth of the updates."), MOST_UPDATES, "updates"
        ),
        Field("clip", "choice", "norm", "Clipping", "What is done to a large gradient.", _titles(CLIPPINGS)),
        Field("threshold", "number", 1.0, "Threshold", "What counts as large.", low=1e-9, high=1e9, step=0.1),
        _count("k1", None, ("k1", "Steps read between two updates; none is the whole length."), LONGEST),
        _count("k2", None, ("k2", "Steps that a gradient travels back: k1 or more; none is k1."), LONGEST),
        Field(
            "snapshots",
            "integer",
            24,
            "Snapshots",
            "How many copies of the weights are kept at even distances, beside those at 0, 1, 2, 4, 8, ...",
            low=0,
            high=MOST_SNAPSHOTS,
            step=1,
        ),
    )
}
DEFAULTS = MappingProxyType({f.name: f.default for f in OPTIONS.values()})


@dataclass(frozen=True)
class Options:
    """A valid set of values, one for each field."""

    values: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def key(self, recipe: Recipe) -> str:
        """sha256 of the engine's version, the recipe and these choices."""
        text = json.dumps(dict(self.values), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(f"{ENGINE}\n{recipe.canonical()}\n{text}".encode()).hexdigest()


def make_options(values: Mapping[str, object]) -> Options:
    """Options from values of strict types, defaults for the rest; raises RecipeError with every problem."""
    problems = [
        Problem(f"/{str(n)[:40]}", "there is no such field", sorted(OPTIONS)) for n in values if n not in OPTIONS
    ]
    checked = dict(DEFAULTS)
    for name in OPTIONS.keys() & values.keys():
        try:
            checked[name] = _checked(OPTIONS[name], values[name])
        except RecipeError as error:
            problems += error.problems
    problems = problems or _whole_problems(checked)
    if problems:
        raise RecipeError(*sorted(problems, key=lambda p: p.pointer))
    return Options(MappingProxyType(checked))


def _checked(field: Field, value: object) -> Any:
    return None if value is None and field.optional else CHECKS[field.kind](field, value)


def _whole_problems(values: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with values that are each right."""
    task, found = TASKS.get(values["task"]), []
    if task and values["length"] is not None and values["length"] < task.shortest:
        found.append(Problem("/length", f"{task.id} needs at least {task.shortest} steps", {"min": task.shortest}))
    if values["k2"] is not None and values["k1"] is None:
        found.append(Problem("/k1", "must be given where k2 is", {"min": 1, "max": values["k2"]}))
    elif values["k2"] is not None and values["k2"] < values["k1"]:
        message = "must be at least k1, or some losses would never be learnt from"
        found.append(Problem("/k2", message, {"min": values["k1"]}))
    return found


def task_of(recipe: Recipe, options: Options) -> Task:
    """What is learnt."""
    if options["task"] != "text":
        return TASKS[options["task"]]
    return DATASETS[recipe["data"]].task(recipe["text"])


def length_of(task: Task, options: Options) -> int:
    """The steps of one sequence, at most the longest allowed."""
    return int(options["length"] or min(task.length, LONGEST))


def marks(updates: int, even: int) -> tuple[int, ...]:
    """After which updates snapshots are taken: 0, 1, 2, 4, 8, ..., `even` of them evenly spaced, and the last."""
    doubling = {0, *(2**n for n in range(updates.bit_length()))}
    spaced = {round(updates * n / even) for n in range(1, even + 1)} if even else set()
    return tuple(sorted(n for n in doubling | spaced | {updates} if n <= updates))
