"""The recipes that the page and the stream are measured with."""

from dataclasses import dataclass

# 101 characters, so T = 100, one character to the next.
TEXT = "The state is all that a network remembers of what it has read, and each step writes it a little anew."


@dataclass(frozen=True)
class Run:
    """A recipe as the fields of a query, and how many steps it has."""

    name: str
    recipe: dict[str, str]
    T: int


FULL = Run("lstm T = 100, H = 64", {"cell": "lstm", "data": "characters", "text": TEXT, "hidden": "64"}, 100)
LONG = Run("lstm T = 1000, H = 64", FULL.recipe | {"text": (10 * TEXT)[:1001]}, 1000)
RUNS = (Run("default", {}, 8), FULL)
