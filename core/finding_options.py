"""What to look for: a range of steps, among which nodes, and in which other text; fields like a recipe's."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from core.checks import checked
from core.elsewhere import KINDS
from core.errors import Problem, RecipeError
from core.fields import LONGEST_TEXT, Field


def _step(name: str, words: tuple[str, str]) -> Field:
    return Field(name, "integer", 0, *words, low=0, high=LONGEST_TEXT, step=1, unit="step", group="finding")


FINDING: dict[str, Field] = {
    f.name: f
    for f in (
        _step("from", ("From", "The first step of the range.")),
        _step("to", ("To", "The last step of the range.")),
        Field("nodes", "choice", "states", "Among", "Where to look.", KINDS, group="finding"),
        Field(
            "corpus",
            "text",
            None,
            "Another text",
            "Where else to look: a text that the same network reads.",
            low=1,
            high=LONGEST_TEXT,
            unit="characters",
            optional=True,
            group="finding",
        ),
    )
}
DEFAULTS = MappingProxyType({f.name: f.default for f in FINDING.values()})


@dataclass(frozen=True)
class Search:
    """A valid set of values, one for each field."""

    values: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


def make_search(values: Mapping[str, object]) -> Search:
    """What to look for, from values of strict types; raises RecipeError with every problem."""
    problems = [
        Problem(f"/{str(n)[:40]}", "there is no such field", sorted(FINDING)) for n in values if n not in FINDING
    ]
    found = dict(DEFAULTS)
    for name in FINDING.keys() & values.keys():
        try:
            found[name] = checked(FINDING[name], values[name])
        except RecipeError as error:
            problems += error.problems
    if problems:
        raise RecipeError(*sorted(problems, key=lambda p: p.pointer))
    return Search(MappingProxyType(found))
