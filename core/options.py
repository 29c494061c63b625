"""How a network is trained: one table of fields, like a recipe's, and the choices frozen."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from core.checks import checked
from core.errors import Problem, RecipeError
from core.fields import LONGEST_DRAWN, Field
from core.optim import CLIPPINGS, OPTIMISERS, SCHEDULES
from core.recipe import Recipe
from core.wiring import wiring_of

LONGEST, MOST_UPDATES, MOST_SNAPSHOTS = LONGEST_DRAWN, 1_000_000, 200


def _titles(table: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((name, row.title) for name, row in table.items())


def _count(name: str, default: int | None, words: tuple[str, str], high: int, unit: str = "steps") -> Field:
    """A field for a number of things, one at least; without a default it may be none."""
    optional = default is None
    return Field(name, "integer", default, *words, low=1, high=high, step=1, unit=unit, optional=optional)


OPTIONS: dict[str, Field] = {
    f.name: f
    for f in (
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
            "precision",
            "choice",
            "float64",
            "Precision",
            "How exact the numbers are while learning; what is shown of a snapshot is always computed in float64.",
            (("float64", "64 bits"), ("float32", "32 bits")),
        ),
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
        return hashlib.sha256(f"{recipe.identity}\n{text}".encode()).hexdigest()


def make_options(values: Mapping[str, object]) -> Options:
    """Options from values of strict types, defaults for the rest; raises RecipeError with every problem."""
    problems = [
        Problem(f"/{str(n)[:40]}", "there is no such field", sorted(OPTIONS)) for n in values if n not in OPTIONS
    ]
    found = dict(DEFAULTS)
    for name in OPTIONS.keys() & values.keys():
        try:
            found[name] = checked(OPTIONS[name], values[name])
        except RecipeError as error:
            problems += error.problems
    problems = problems or _whole_problems(found)
    if problems:
        raise RecipeError(*sorted(problems, key=lambda p: p.pointer))
    return Options(MappingProxyType(found))


def _whole_problems(values: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with values that are each right."""
    if values["k2"] is not None and values["k1"] is None:
        return [Problem("/k1", "must be given where k2 is", {"min": 1, "max": values["k2"], "nearest": values["k2"]})]
    if values["k2"] is not None and values["k2"] < values["k1"]:
        message = "is less than k1: some losses would never be learnt from"
        return [Problem("/k2", message, {"min": values["k1"], "nearest": values["k1"]})]
    return []


def check_together(recipe: Recipe, options: Options) -> None:
    """Raises RecipeError where a recipe's network cannot be trained with these options."""
    if options["k1"] is not None and not wiring_of(recipe).carries:
        message = f"must be none: of {recipe['topology']} no part of a sequence can be read without the rest"
        raise RecipeError(Problem("/k1", message, {"null": True, "nearest": None}))


def marks(updates: int, even: int) -> tuple[int, ...]:
    """After which updates snapshots are taken: 0, 1, 2, 4, 8, ..., `even` of them evenly spaced, and the last."""
    doubling = {0, *(2**n for n in range(updates.bit_length()))}
    spaced = {round(updates * n / even) for n in range(1, even + 1)} if even else set()
    return tuple(sorted(n for n in doubling | spaced | {updates} if n <= updates))
