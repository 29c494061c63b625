"""Interventions as they come and as they travel: read at the door, and read again where they are carried out."""

from collections.abc import Iterable
from typing import Any

import orjson

from core.errors import Problem, RecipeError
from core.interventions import Clamp, Intervention, carry_out
from core.material import steps_of, task_of
from core.recipe import Recipe
from core.surgery import Scope, read_interventions
from core.trace import Trace
from core.wiring import wiring_of


def checked_surgery(recipe: Recipe, items: Any) -> str:
    """The interventions as text, if each can be carried out."""
    interventions(recipe, items)
    return orjson.dumps(items, option=orjson.OPT_SORT_KEYS).decode()


def interventions(recipe: Recipe, items: Any) -> tuple[Intervention, ...]:
    """What is to be done to a recipe's run."""
    if wiring_of(recipe).topology is not None:
        message = "is carried out on a single chain only"
        raise RecipeError(Problem("/interventions", message, {"topology": "chain", "layers": 1}))
    tokens = task_of(recipe).inputs
    return read_interventions(items, Scope(recipe.cell, steps_of(recipe), recipe["hidden"], tokens))


def operated(recipe: Recipe, text: str, include: Iterable[str]) -> Trace:
    """The trace after surgery, with the run before it beside."""
    return carry_out(recipe, interventions(recipe, orjson.loads(text)), include)


def check_explained(recipe: Recipe, text: str) -> None:
    """Refuse to explain a cell in which something is held: its equations would not give the numbers beside them."""
    found = interventions(recipe, orjson.loads(text)) if text else ()
    for index, each in enumerate(found):
        if isinstance(each, Clamp):
            message = "holds a node, so that the cell's equations do not hold: they are not explained"
            raise RecipeError(Problem(f"/interventions/{index}/kind", message, ["token", "scale"]))
