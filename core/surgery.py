"""Interventions as people send them: a list of plain objects, read strictly, with every problem told at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

import numpy as np

from core.errors import Problem, RecipeError
from core.holding import holdable
from core.interventions import Clamp, Input, Intervention, Scale, Token, zero
from core.material import material
from core.recipe import Recipe
from core.wiring import wiring_of

MOST, LARGEST = 16, 1e6


@dataclass(frozen=True)
class Scope:
    """What there is to operate on: nodes, states, weights, T steps, H units, tokens by name; features of numbers."""

    nodes: tuple[str, ...]
    states: tuple[str, ...]
    parameters: tuple[str, ...]
    steps: int
    units: int
    tokens: tuple[str, ...]
    features: tuple[str, ...] = ()


def scope_of(recipe: Recipe) -> Scope:
    """The same of a recipe's run."""
    given, wiring = material(recipe), wiring_of(recipe)
    T = len(given.batch.x)
    nodes: list[str] = []
    states: list[str] = []
    parameters: list[str] = []
    for block, cell in wiring.cells.items():
        prefix = f"{block}/" if block else ""
        nodes += [f"{prefix}{n}" for n in holdable(cell)]
        states += [f"{prefix}{s}" for s in cell.states]
        parameters += [f"{prefix}{p.name}" for p in cell.parameters]
    classes = given.task.inputs if np.isin(given.batch.x, (0, 1)).all() and given.batch.x.shape[2] > 1 else ()
    features = () if classes else given.task.inputs
    return Scope(tuple(nodes), tuple(states), (*parameters, "V", "d"), T, recipe["hidden"], classes, features)


@dataclass
class _Reading:
    """One object under its pointer; collects what is wrong with it."""

    at: str
    item: Mapping[str, object]
    scope: Scope
    problems: list[Problem] = field(default_factory=list)

    def fail(self, key: str, message: str, allowed: object = None) -> None:
        self.problems.append(Problem(f"{self.at}/{key}", message, allowed))

    def choice(self, key: str, allowed: tuple[str, ...]) -> str:
        """One of some names; the one most like it is offered."""
        value = self.item.get(key)
        if not isinstance(value, str) or value not in allowed:
            near = get_close_matches(str(value)[:80], allowed, 1, 0.0)
            offered = {"choices": list(allowed), "nearest": near[0] if near else None}
            self.fail(key, "is not one of the choices", offered)
            return ""
        return value

    def whole(self, key: str, count: int, low: int = 0) -> int:
        """A whole number of low..count - 1."""
        value = self.item.get(key)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value < count:
            allowed = {"min": low, "max": count - 1, "nearest": _clamped(value, low, count - 1)}
            self.fail(key, f"must be a whole number from {low} to {count - 1}", allowed)
            return low
        return value

    def number(self, key: str) -> float:
        """A finite number of reasonable size."""
        value = self.item.get(key)
        if not _is_number(value):
            allowed = {"min": -LARGEST, "max": LARGEST, "nearest": _clamped(value, -LARGEST, LARGEST)}
            self.fail(key, f"must be a number between -{LARGEST:g} and {LARGEST:g}", allowed)
            return 0.0
        return float(value)  # type: ignore[arg-type]

    def numbers(self, key: str, most: int) -> tuple[float, ...]:
        """Finite numbers of reasonable size, one at least and at most so many."""
        value = self.item.get(key)
        good = isinstance(value, list) and 0 < len(value) <= most
        if not good or not all(_is_number(v) for v in value):  # type: ignore[attr-defined]
            allowed = {"min": -LARGEST, "max": LARGEST, "longest": most}
            self.fail(key, f"must be a list of 1 to {most} numbers between -{LARGEST:g} and {LARGEST:g}", allowed)
            return ()
        return tuple(map(float, value))  # type: ignore[call-overload]

    def units(self) -> tuple[int, ...] | None:
        """Some units, or None for all."""
        value = self.item.get("units")
        if value is None:
            return None
        H = self.scope.units
        good = isinstance(value, list) and 0 < len(value) <= H
        if not good or not all(type(u) is int and 0 <= u < H for u in value):  # type: ignore[attr-defined]
            self.fail("units", f"must be a list of units from 0 to {H - 1}", {"min": 0, "max": H - 1})
            return None
        return tuple(sorted(set(value)))  # type: ignore[call-overload]


def _is_number(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, int | float) and abs(value) <= LARGEST


def _clamped(value: object, low: float, high: float) -> float | int | None:
    """The nearest number allowed, if this is a number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:  # noqa: PLR0124  not a number
        return None
    near = min(max(value, low), high)
    return round(near) if isinstance(low, int) else near


def _clamp(r: _Reading) -> Intervention:
    first = r.whole("from", r.scope.steps)
    last = r.whole("to", r.scope.steps, first)
    return Clamp(r.choice("node", r.scope.nodes), r.number("value"), first, last, r.units())


def _others(kind: str) -> list[str]:
    return [other for other in KINDS if other != kind]


def _token(r: _Reading) -> Intervention:
    if not r.scope.tokens:
        r.fail("kind", "needs symbols to choose from, and this network reads numbers", _others("token"))
        return Token(0, 0)
    named = isinstance(r.item.get("token"), str)
    token = r.choice("token", r.scope.tokens) if named else r.whole("token", len(r.scope.tokens))
    index = token if isinstance(token, int) else r.scope.tokens.index(token) if token else 0
    return Token(r.whole("t", r.scope.steps), index)


def _input(r: _Reading) -> Intervention:
    if not r.scope.features:
        r.fail("kind", "needs numbers to draw on, and this network reads symbols", _others("input"))
        return Input(0, 0, ())
    first, features = r.whole("from", r.scope.steps), r.scope.features
    named = isinstance(r.item.get("feature"), str)
    feature = r.choice("feature", features) if named else r.whole("feature", len(features))
    index = feature if isinstance(feature, int) else features.index(feature) if feature else 0
    return Input(index, first, r.numbers("values", r.scope.steps - first))


def _zero(r: _Reading) -> Intervention:
    return zero(r.choice("state", r.scope.states), r.whole("t", r.scope.steps))


def _scale(r: _Reading) -> Intervention:
    return Scale(r.choice("parameter", r.scope.parameters), r.number("factor"))


Kind = tuple[tuple[str, ...], Callable[[_Reading], Intervention]]
KINDS: dict[str, Kind] = {
    "clamp": (("node", "value", "from", "to", "units"), _clamp),
    "token": (("t", "token"), _token),
    "input": (("feature", "from", "values"), _input),
    "zero": (("state", "t"), _zero),
    "scale": (("parameter", "factor"), _scale),
}


def read_interventions(items: Any, scope: Scope, at: str = "/interventions") -> tuple[Intervention, ...]:
    """A JSON list of {"kind": ..., ...} as interventions; raises RecipeError with every problem."""
    if not isinstance(items, list) or len(items) > MOST:
        raise RecipeError(Problem(at, f"must be a list of at most {MOST} interventions", {"max": MOST}))
    problems: list[Problem] = []
    found = [_one(item, scope, f"{at}/{i}", problems) for i, item in enumerate(items)]
    if problems:
        raise RecipeError(*problems)
    return tuple(i for i in found if i is not None)


def _one(item: object, scope: Scope, at: str, problems: list[Problem]) -> Intervention | None:
    kind = item.get("kind") if isinstance(item, dict) else None
    if not isinstance(item, dict) or not isinstance(kind, str) or kind not in KINDS:
        problems.append(Problem(f"{at}/kind", "is not one of the choices", list(KINDS)))
        return None
    fields, read = KINDS[kind]
    reading = _Reading(at, item, scope)
    made = read(reading)
    for name in item:
        if name != "kind" and name not in fields:
            shown = str(name)[:40].replace("~", "~0").replace("/", "~1")
            reading.fail(shown, f"is not a field of {kind}", list(fields))
    problems += reading.problems
    return made
