"""One value of a field, checked: strict in its type, bounded in its range, refused with the nearest that is allowed."""

import math
from collections.abc import Callable
from typing import Any

from core.cells import CELLS
from core.data import COLLECTIONS
from core.data.own import PREFIX
from core.equations import parse
from core.errors import EquationError, Problem, RecipeError
from core.fields import Field


def checked(field: Field, value: object) -> Any:
    """The value in its one form; raises RecipeError for anything that may not stand in this field."""
    return None if value is None and field.optional else CHECKS[field.kind](field, value)


def from_text(field: Field, text: str) -> object:
    """The value that a query's text stands for; what cannot be read stays text and is refused later."""
    if field.optional and text in ("", "none"):
        return None
    if field.kind in ("choice", "text"):
        return text
    try:
        if len(text) > 30 or "_" in text or not text.isascii():
            return text
        return int(text) if field.kind == "integer" else float(text)
    except ValueError:
        return text


def _fail(field: Field, message: str, allowed: Any = None) -> RecipeError:
    return RecipeError(Problem(f"/{field.name}", message, field.allowed if allowed is None else allowed))


def _choice(field: Field, value: object) -> str:
    if not isinstance(value, str):
        raise _fail(field, "must be text")
    if value in field.allowed:
        return value
    if field.name == "cell" and ("=" in value or "\n" in value):
        return _equations(field, value)
    if field.name == "data" and value.startswith(PREFIX):
        return _own(field, value)
    raise _fail(field, "is not one of the choices")


def _own(field: Field, name: str) -> str:
    """Data that a visitor sent."""
    if name not in COLLECTIONS:
        raise _fail(field, "is not kept here: send its file to /api/v1/data, again perhaps", {"nearest": "sentence"})
    return name


def _equations(field: Field, source: str) -> str:
    """A visitor's own cell; a built-in one typed out is that built-in one."""
    _check_characters(field, source)
    try:
        parse(source)
    except EquationError as error:
        allowed = {"line": error.line, "column": error.column + 1, "pointed": error.pointed()[:200]}
        raise _fail(field, str(error), allowed) from error
    return next((n for n, c in CELLS.items() if c.source == source.strip()), source)


def _integer(field: Field, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _fail(field, "must be a whole number")
    return int(_bounded(field, value))


def _number(field: Field, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _fail(field, "must be a number")
    if isinstance(value, float) and not math.isfinite(value):
        raise _fail(field, "must be finite")
    return float(_bounded(field, value)) + 0.0  # -0.0 becomes 0.0: one recipe, one key


def _bounded(field: Field, value: float) -> float:
    """The value, or the nearest one allowed, named in the problem."""
    low, high = field.low, field.high
    if low is not None and value < low:
        raise _fail(field, f"must be at least {low:.15g}", {**field.allowed, "nearest": low})
    if high is not None and value > high:
        raise _fail(field, f"must be at most {high:.15g}", {**field.allowed, "nearest": high})
    return value


def _text(field: Field, value: object) -> str:
    if not isinstance(value, str):
        raise _fail(field, "must be text")
    if field.high is not None and len(value) > field.high:
        raise _fail(field, f"must have at most {field.high:.15g} characters; here are {len(value)}")
    _check_characters(field, value)
    return value


def _check_characters(field: Field, value: str) -> None:
    """No halves of surrogate pairs and no control characters but line ends and tabs."""
    for place, character in enumerate(value):
        if "\ud800" <= character <= "\udfff" or (character < " " and character not in "\n\r\t") or character == "\x7f":
            raise _fail(field, f"character {place + 1} (U+{ord(character):04X}) is not text")


CHECKS: dict[str, Callable[[Field, object], Any]] = {
    "choice": _choice,
    "integer": _integer,
    "number": _number,
    "text": _text,
}
