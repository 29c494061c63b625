"""Interventions as they come and as they travel: read at the door, and read again where they are carried out."""

from collections.abc import Iterable
from typing import Any

import orjson

from core.interventions import Intervention, carry_out
from core.recipe import Recipe
from core.surgery import read_interventions, scope_of
from core.trace import Trace


def checked_surgery(recipe: Recipe, items: Any) -> str:
    """The interventions as text, if each can be carried out."""
    interventions(recipe, items)
    return orjson.dumps(items, option=orjson.OPT_SORT_KEYS).decode()


def interventions(recipe: Recipe, items: Any) -> tuple[Intervention, ...]:
    """What is to be done to a recipe's run."""
    return read_interventions(items, scope_of(recipe))


def operated(recipe: Recipe, text: str, include: Iterable[str]) -> Trace:
    """The trace after surgery, with the run before it beside."""
    return carry_out(recipe, interventions(recipe, orjson.loads(text)), include)
