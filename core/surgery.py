"""Interventions as people send them: a list of plain objects, read strictly, with every problem told at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.equations import Cell
from core.errors import Problem, RecipeError
from core.holding import holdable
from core.interventions import Clamp, Intervention, Scale, Token, zero

MOST, LARGEST = 16, 1e6


@dataclass(frozen=True)
class Scope:
    """What there is to operate on: a cell, T steps, H units and the tokens by name."""

    cell: Cell
    steps: int
    units: int
    tokens: tuple[str, ...]


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
        """One of some names."""
        value = self.item.get(key)
        if not isinstance(value, str) or value not in allowed:
            self.fail(key, "is not one of the choices", list(allowed))
            return ""
        return value

    def whole(self, key: str, count: int, low: int = 0) -> int:
        """A whole number of low..count - 1."""
        value = self.item.get(key)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value < count:
            self.fail(key, f"must be a whole number from {low} to {count - 1}", {"min": low, "max": count - 1})
            return low
        return value

    def number(self, key: str) -> float:
        """A finite number of reasonable size."""
        value = self.item.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= LARGEST:
            self.fail(key, f"must be a number between -{LARGEST:g} and {LARGEST:g}", {"min": -LARGEST, "max": LARGEST})
            return 0.0
        return float(value)

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


def _clamp(r: _Reading) -> Intervention:
    first = r.whole("from", r.scope.steps)
    last = r.whole("to", r.scope.steps, first)
    return Clamp(r.choice("node", holdable(r.scope.cell)), r.number("value"), first, last, r.units())


def _token(r: _Reading) -> Intervention:
    named = isinstance(r.item.get("token"), str)
    token = r.choice("token", r.scope.tokens) if named else r.whole("token", len(r.scope.tokens))
    index = token if isinstance(token, int) else r.scope.tokens.index(token) if token else 0
    return Token(r.whole("t", r.scope.steps), index)


def _zero(r: _Reading) -> Intervention:
    return zero(r.choice("state", r.scope.cell.states), r.whole("t", r.scope.steps))


def _scale(r: _Reading) -> Intervention:
    names = (*(p.name for p in r.scope.cell.parameters), "V", "d")
    return Scale(r.choice("parameter", names), r.number("factor"))


Kind = tuple[tuple[str, ...], Callable[[_Reading], Intervention]]
KINDS: dict[str, Kind] = {
    "clamp": (("node", "value", "from", "to", "units"), _clamp),
    "token": (("t", "token"), _token),
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
