"""A recipe: every choice of an experiment, frozen. One table of fields serves validation, form, URL, CLI and docs."""

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

from core import ENGINE
from core.cells import CELLS, TITLES
from core.data import DATASETS
from core.equations import Cell, parse
from core.errors import EquationError, Problem, RecipeError

SENTENCE = "This morning I took the dog for a walk."
LONGEST_TEXT, MOST_SYMBOLS = 20_000, 512


@dataclass(frozen=True)
class Field:
    """One choice: `kind` is choice, integer, number or text; `optional` fields may be null."""

    name: str
    kind: str
    default: Any
    label: str
    help: str
    choices: tuple[tuple[str, str], ...] = ()
    low: float | None = None
    high: float | None = None
    step: float | None = None
    unit: str = ""
    optional: bool = False

    @property
    def allowed(self) -> Any:
        """What may stand here, for a message or a form."""
        if self.kind == "choice":
            return [value for value, _ in self.choices]
        bounds = {k: v for k, v in (("min", self.low), ("max", self.high)) if v is not None}
        return bounds | ({"null": True} if self.optional else {})


FIELDS: dict[str, Field] = {
    f.name: f
    for f in (
        Field(
            "cell",
            "choice",
            "rnn-tanh",
            "Cell",
            "The equations of one timestep: a name from the list, or equations as text.",
            tuple(TITLES.items()),
        ),
        Field(
            "data",
            "choice",
            "sentence",
            "Units",
            "What one timestep reads: a word or a character of the text.",
            (("sentence", "words"), ("characters", "characters")),
        ),
        Field(
            "text",
            "text",
            SENTENCE,
            "Text",
            "What runs through the network.",
            low=1,
            high=LONGEST_TEXT,
            unit="characters",
        ),
        Field(
            "hidden",
            "integer",
            8,
            "Hidden units",
            "The number H of units in the state.",
            low=1,
            high=256,
            step=1,
            unit="units",
        ),
        Field(
            "init",
            "choice",
            "normal",
            "Recurrent weights",
            "Where the recurrent matrices U begin; W and V begin with Xavier's values, biases with zero.",
            (
                ("normal", "normal"),
                ("xavier", "Xavier"),
                ("orthogonal", "orthogonal"),
                ("identity", "identity"),
                ("zeros", "zeros"),
            ),
        ),
        Field(
            "gain",
            "number",
            1.0,
            "Gain",
            "A factor on the recurrent matrices at the start.",
            low=0.0,
            high=100.0,
            step=0.05,
        ),
        Field(
            "forget_bias",
            "number",
            0.0,
            "Forget bias",
            "Where the forget gate's bias b_f begins.",
            low=-10.0,
            high=10.0,
            step=0.5,
        ),
        Field("seed", "integer", 0, "Seed", "The same seed gives the same numbers.", low=0, high=2**53 - 1, step=1),
        Field(
            "loss_at",
            "choice",
            "every",
            "Loss",
            "Which steps have a loss: every one, or only the last.",
            (("every", "every step"), ("last", "last step")),
        ),
        Field(
            "window",
            "integer",
            None,
            "Truncation",
            "Truncated BPTT: how many steps a gradient travels back; none is all of them.",
            low=1,
            high=LONGEST_TEXT,
            step=1,
            unit="steps",
            optional=True,
        ),
    )
}


@dataclass(frozen=True)
class Recipe:
    """A valid set of values, one for each field."""

    values: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def canonical(self) -> str:
        """The one JSON text of these choices: keys sorted, no spaces, numbers in one form."""
        return json.dumps(dict(self.values), sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)

    def key(self) -> str:
        """sha256 of the engine's version and the canonical text: the trace's id."""
        return hashlib.sha256(f"{ENGINE}\n{self.canonical()}".encode()).hexdigest()

    @cached_property
    def cell(self) -> Cell:
        """The parsed cell."""
        name = self.values["cell"]
        return CELLS[name] if name in CELLS else parse(name)

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        """The text cut into its units."""
        return DATASETS[self.values["data"]].tokens(self.values["text"])


DEFAULTS = MappingProxyType({f.name: f.default for f in FIELDS.values()})


def make_recipe(values: Mapping[str, object]) -> Recipe:
    """A recipe from values of strict types, defaults for the rest; raises RecipeError with every problem."""
    problems = [Problem(f"/{_short(n)}", "there is no such field", sorted(FIELDS)) for n in values if n not in FIELDS]
    checked = dict(DEFAULTS)
    for name in FIELDS.keys() & values.keys():
        try:
            checked[name] = CHECKS[FIELDS[name].kind](FIELDS[name], values[name])
        except RecipeError as error:
            problems += error.problems
    problems = problems or _whole_problems(checked)
    if problems:
        raise RecipeError(*sorted(problems, key=lambda p: p.pointer))
    return Recipe(MappingProxyType(checked))


def recipe_from_query(pairs: Iterable[tuple[str, str]]) -> Recipe:
    """A recipe from a URL's query, where everything is text; a field may stand there once."""
    values: dict[str, object] = {}
    problems = []
    for name, text in pairs:
        if name in values:
            problems.append(Problem(f"/{_short(name)}", "stands twice in the query", "once"))
        values[name] = _from_text(FIELDS[name], text) if name in FIELDS else text
    if problems:
        raise RecipeError(*problems)
    return make_recipe(values)


def _from_text(field: Field, text: str) -> object:
    """The value that a query's text stands for; what cannot be read stays text and is refused later."""
    if field.kind in ("choice", "text"):
        return text
    if field.optional and text in ("", "none"):
        return None
    try:
        if len(text) > 30 or "_" in text or not text.isascii():
            return text
        return int(text) if field.kind == "integer" else float(text)
    except ValueError:
        return text


def _short(name: object) -> str:
    text = str(name).replace("~", "~0").replace("/", "~1")
    return text if len(text) <= 40 else f"{text[:39]}…"


def _fail(field: Field, message: str, allowed: Any = None) -> RecipeError:
    return RecipeError(Problem(f"/{field.name}", message, field.allowed if allowed is None else allowed))


def _choice(field: Field, value: object) -> str:
    if not isinstance(value, str):
        raise _fail(field, "must be text")
    if value in field.allowed:
        return value
    if field.name == "cell" and ("=" in value or "\n" in value):
        return _equations(field, value)
    raise _fail(field, "is not one of the choices")


def _equations(field: Field, source: str) -> str:
    """A visitor's own cell; a built-in one typed out is that built-in one."""
    _check_characters(field, source)
    try:
        parse(source)
    except EquationError as error:
        allowed = {"line": error.line, "column": error.column + 1, "pointed": error.pointed()[:200]}
        raise _fail(field, str(error), allowed) from error
    return next((n for n, c in CELLS.items() if c.source == source.strip()), source)


def _integer(field: Field, value: object) -> int | None:
    if value is None and field.optional:
        return None
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
    if len(value) > LONGEST_TEXT:
        raise _fail(field, f"must have at most {LONGEST_TEXT} characters; here are {len(value)}")
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


def _whole_problems(values: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with values that are each right."""
    dataset = DATASETS[values["data"]]
    tokens = dataset.tokens(values["text"])
    if len(tokens) < 2:
        message = f"needs at least two {dataset.unit}s, one to read and one to predict; here are {len(tokens)}"
        return [Problem("/text", message, {"min": 2, "unit": dataset.unit})]
    if len(set(tokens)) > MOST_SYMBOLS:
        message = f"has {len(set(tokens))} different {dataset.unit}s; at most {MOST_SYMBOLS} fit"
        return [Problem("/text", message, {"max": MOST_SYMBOLS, "unit": dataset.unit})]
    return []
