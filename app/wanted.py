"""From what a request gives to training runs: the recipe's fields and the options lie side by side."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from app.asked import Asked, Given, check_text, found_model
from app.learning import MOST_RUNS, run_text
from app.models import Models
from app.settings import Settings
from app.tasks import Task
from core.cost import Cost
from core.errors import CostError, Problem, RecipeError
from core.fields import FIELDS, Field
from core.options import OPTIONS, Options, check_together, make_options, marks
from core.recipe import Recipe, make_recipe
from core.training_cost import TrainingCost, check_training_cost

TRAINED: Mapping[str, Field] = {**FIELDS, **OPTIONS}


@dataclass(frozen=True)
class Run:
    """What is trained, and how."""

    recipe: Recipe
    options: Options
    packed: bytes = b""

    @property
    def task(self) -> Task:
        """The computation of this run alone."""
        return training_task((self,))


def training_task(runs: Sequence[Run]) -> Task:
    """The computation of some runs in one stream; those that begin with a model begin with the same."""
    models = {run.recipe["model"]: run.packed for run in runs if run.packed}
    if len(models) > 1:
        raise RecipeError(Problem("/runs", "may begin with one model, not with several"))
    asked = tuple(("run", run_text(run.recipe, run.options)) for run in runs)
    return Task("training", "", asked=asked, weights=next(iter(models.values()), b""))


def make_run(values: Mapping[str, object], settings: Settings, models: Models | None = None) -> Run:
    """A run from the fields of both tables; raises every problem of both."""
    parts = apart(values, OPTIONS)
    recipe, options = every(lambda: check_text(make_recipe(parts[1]), settings), lambda: make_options(parts[0]))
    recipe, packed = found_model(recipe, models) if models else (recipe, b"")
    check_together(recipe, options)
    return Run(recipe, options, packed)


def apart(values: Mapping[str, object], table: Mapping[str, Field]) -> tuple[dict[str, object], dict[str, object]]:
    """The values of a table's fields, and the rest."""
    own = {name: value for name, value in values.items() if name in table}
    return own, {name: value for name, value in values.items() if name not in table}


def every(*makers: Callable[[], Any]) -> list[Any]:
    """What each maker makes; if some cannot, all their problems at once."""
    made, problems = [], list[Problem]()
    for make in makers:
        try:
            made.append(make())
        except RecipeError as error:
            problems += error.problems
    if problems:
        raise RecipeError(*sorted(problems, key=lambda p: p.pointer))
    return made


def make_runs(found: Given, settings: Settings, models: Models) -> list[Run]:
    """The run that is asked for, or those of a list, to each of which the fields beside it are defaults."""
    values = dict(found.values)
    if "runs" not in values:
        return [make_run(values, settings, models)]
    listed = values.pop("runs")
    if not isinstance(listed, list) or not 1 <= len(listed) <= MOST_RUNS:
        raise RecipeError(Problem("/runs", "must be a list of one to four runs", {"min": 1, "max": MOST_RUNS}))
    return every(*(partial(_listed, f"/runs/{i}", item, values, settings, models) for i, item in enumerate(listed)))


def _listed(at: str, item: object, beside: Mapping[str, object], settings: Settings, models: Models) -> Run:
    if not isinstance(item, dict):
        raise RecipeError(Problem(at, "must be an object of fields"))
    try:
        return make_run({**beside, **item}, settings, models)
    except RecipeError as error:
        raise RecipeError(*(Problem(at + p.pointer, p.message, p.allowed) for p in error.problems)) from None


def weigh_runs(runs: list[Run], settings: Settings) -> Cost:
    """The predicted cost of all runs together, if the server can bear it: each may take its share."""
    found = [_weighed(run, settings, len(runs), f"/runs/{i}" if runs[1:] else "") for i, run in enumerate(runs)]
    return Cost(sum(each.milliseconds for each in found), sum(each.bytes for each in found), 0)


def _weighed(run: Run, settings: Settings, share: int, at: str) -> TrainingCost:
    limits = (settings.training_ms / share, settings.training_memory // share, settings.training_bytes // share)
    named = dict(zip(("milliseconds", "memory", "bytes"), limits, strict=True))
    try:
        return check_training_cost(run.recipe, run.options, **named)  # type: ignore[arg-type]
    except CostError as error:
        problems = (Problem(at + p.pointer, p.message, p.allowed) for p in error.problems)
        raise CostError(*problems, asked=error.asked, limit=error.limit, unit=error.unit) from None


def update_of(run: Run, asked: Asked) -> int:
    """The update at which a snapshot is wanted; there must be one."""
    taken = marks(run.options["updates"], run.options["snapshots"])
    if "update" not in asked.controls:
        raise RecipeError(Problem("/update", "is needed: the number of an update with a snapshot", {"min": 0}))
    update = asked.whole("update")
    if update in taken:
        return update
    nearest = min(taken, key=lambda known: abs(known - update))
    allowed = {"min": 0, "max": run.options["updates"], "nearest": nearest}
    raise RecipeError(Problem("/update", f"no snapshot is taken there; the nearest is at {nearest}", allowed))
