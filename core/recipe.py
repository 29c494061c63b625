"""A recipe: every choice of an experiment, frozen. The table of fields serves validation, form, URL, CLI and docs."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

from core import ENGINE
from core.cells import CELLS
from core.checks import checked, from_text
from core.data import COLLECTIONS, DATASETS, TASKS, Collection, Task
from core.equations import Cell, parse
from core.errors import Problem, RecipeError
from core.fields import FIELDS, SENTENCE, TEXTS, Field
from core.looking import can_look
from core.models import cards
from core.ops import Floats

__all__ = ["DEFAULTS", "FIELDS", "SENTENCE", "Brought", "Field", "Recipe", "make_recipe", "recipe_from_query"]

MOST_SYMBOLS = 512
NETWORK = {f.name for f in FIELDS.values() if f.group == "network"}  # of a shipped model, whatever else was asked for
TWO_SIDED = ("encoder-decoder", "attention")


@dataclass(frozen=True)
class Brought:
    """Weights that were trained already, and the network that they are of: `params` by the names of its trace.

    V and d may be missing. `inputs` and `outputs` name the symbols, where somebody wrote them down.
    """

    cell: str
    hidden: int
    topology: str
    layers: int
    params: Mapping[str, Floats]
    I: int
    O: int | None
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    choices: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Recipe:
    """A valid set of values, one for each field; a field that does not matter is at its default.

    `brought` are the weights of its model, once somebody has found them (`core.brought.settled`).
    """

    values: Mapping[str, Any]
    brought: Brought | None = field(default=None, compare=False, repr=False)

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def canonical(self) -> str:
        """The one JSON text of these choices: keys sorted, no spaces, numbers in one form."""
        return json.dumps(dict(self.values), sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)

    @property
    def identity(self) -> str:
        """All that the numbers depend on: the engine's version, the canonical text, the weights of a shipped model."""
        weights = f"\n{cards.card(self['model']).sha256}" if self["model"] in cards.names() else ""
        return f"{ENGINE}\n{self.canonical()}{weights}"

    def key(self) -> str:
        """sha256 of the identity: the trace's id."""
        return hashlib.sha256(self.identity.encode()).hexdigest()

    @cached_property
    def cell(self) -> Cell:
        """The parsed cell."""
        name = self.values["cell"]
        return CELLS[name] if name in CELLS else parse(name)

    @property
    def drawn(self) -> bool:
        """Whether the sequence is drawn from a task; else it is the text."""
        return self.values["data"] not in TEXTS

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        """The text cut into its units; nothing where the sequence is drawn."""
        return () if self.drawn else DATASETS[self.values["data"]].tokens(self.values["text"])


DEFAULTS = MappingProxyType({f.name: f.default for f in FIELDS.values()})


def make_recipe(values: Mapping[str, object]) -> Recipe:
    """A recipe from values of strict types, defaults for the rest; raises RecipeError with every problem."""
    problems = [Problem(f"/{_short(n)}", "there is no such field", sorted(FIELDS)) for n in values if n not in FIELDS]
    brought = _brought(values)
    found = DEFAULTS | brought
    for name in (FIELDS.keys() & values.keys()) - (NETWORK if brought else set()):
        try:
            found[name] = checked(FIELDS[name], values[name])
        except RecipeError as error:
            problems += error.problems
    settled = {n: v if FIELDS[n].matters(found) else DEFAULTS[n] for n, v in found.items()}
    problems = problems or _whole_problems(settled)
    if problems:
        raise RecipeError(*sorted(problems, key=lambda p: p.pointer))
    return Recipe(MappingProxyType(settled))


def _brought(values: Mapping[str, object]) -> dict[str, Any]:
    """What the values bring along for other fields."""
    named = ((f.brings, values.get(n)) for n, f in FIELDS.items() if f.brings)
    return {n: v for brings, value in named if isinstance(value, str) for n, v in brings.get(value, {}).items()}


def recipe_from_query(pairs: Iterable[tuple[str, str]]) -> Recipe:
    """A recipe from a URL's query, where everything is text; a field may stand there once."""
    values: dict[str, object] = {}
    problems = []
    for name, text in pairs:
        if name in values:
            problems.append(Problem(f"/{_short(name)}", "stands twice in the query", "once"))
        values[name] = from_text(FIELDS[name], text) if name in FIELDS else text
    if problems:
        raise RecipeError(*problems)
    return make_recipe(values)


def _short(name: object) -> str:
    text = str(name).replace("~", "~0").replace("/", "~1")
    return text if len(text) <= 40 else f"{text[:39]}…"


def _whole_problems(values: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with values that are each right."""
    found = _text_problems(values) if values["data"] in TEXTS else _drawn_problems(values)
    cell = Recipe(values).cell
    if cell.attentions:
        found.append(
            Problem("/cell", "looks at a memory itself; write it without and choose the topology", {"nearest": "gru"})
        )
    elif values["topology"] == "attention" and values["model"] is None and not can_look(cell):
        message = "reads no input (W @ x), so what attention finds has no way in"
        found.append(Problem("/cell", message, {"nearest": "gru"}))
    return found


def _drawn_problems(values: Mapping[str, Any]) -> list[Problem]:
    """A drawn sequence is long enough, can feed itself where it has to, and its answers fit the topology."""
    task: Task | Collection = TASKS.get(values["data"]) or COLLECTIONS[values["data"]]
    found = _relation_problems(task, values["topology"]) if isinstance(task, Collection) else []
    if values["length"] is not None and values["length"] < task.shortest:
        allowed = {**FIELDS["length"].allowed, "min": task.shortest, "nearest": task.shortest}
        found.append(Problem("/length", f"{task.id} needs at least {task.shortest} steps", allowed))
    if values["topology"] == "one-to-many" and not task.rereadable:
        message = f"{task.id} answers in other symbols than it reads, so its output cannot be its next input"
        allowed = {"choices": FIELDS["topology"].allowed, "nearest": "chain"}
        found.append(Problem("/topology", message, allowed))
    return found


def _relation_problems(task: Collection, topology: str) -> list[Problem]:
    """A source and its answer need an encoder and a decoder; what is answered in step needs neither."""
    if (task.relation == "pairs") == (topology in TWO_SIDED):
        return []
    paired = task.relation == "pairs"
    message = "has a source and an answer, for an encoder and a decoder" if paired else "is answered in step"
    allowed = {"choices": FIELDS["topology"].allowed, "nearest": "attention" if paired else "chain"}
    return [Problem("/topology", f"{task.id} {message}", allowed)]


def _text_problems(values: Mapping[str, Any]) -> list[Problem]:
    """A text is long enough, and has few enough symbols."""
    dataset = DATASETS[values["data"]]
    tokens = dataset.tokens(values["text"])
    if len(tokens) < 2:
        message = f"needs at least two {dataset.unit}s, one to read and one to predict; here are {len(tokens)}"
        return [Problem("/text", message, {"min": 2, "unit": dataset.unit})]
    if len(set(tokens)) > MOST_SYMBOLS:
        message = f"has {len(set(tokens))} different {dataset.unit}s; at most {MOST_SYMBOLS} fit"
        allowed = {"max": MOST_SYMBOLS, "unit": dataset.unit, "nearest": _begun_with(tokens, MOST_SYMBOLS)}
        return [Problem("/text", message, allowed)]
    return []


def _begun_with(tokens: Sequence[str], most: int) -> int:
    """How many tokens come before one too many of different ones."""
    first: dict[str, int] = {}
    for place, token in enumerate(tokens):
        first.setdefault(token, place)
    return sorted(first.values())[most]
