"""What can go wrong, as a tree.

UnrolledError
 |- EquationError      a cell's text that we cannot read; points at the character
 |- WeightsError       a file of weights that is not what it should be
 |- ExcerptError       a file of data that is not the one its notice describes
 `- RecipeError        choices that do not make an experiment; lists every problem at once
     `- CostError      an experiment larger than the budget
"""

from dataclasses import dataclass


class UnrolledError(Exception):
    """Anything the engine refuses, in one sentence for the person who asked."""


class EquationError(UnrolledError):
    """A cell's text that we cannot read: `line` counts from 1, `column` from 0."""

    def __init__(self, message: str, source: str, line: int = 1, column: int = 0) -> None:
        super().__init__(f"line {line}, column {column + 1}: {message}")
        self.message, self.source, self.line, self.column = message, source, line, column

    def pointed(self) -> str:
        """The faulty line with a caret under the character."""
        lines = self.source.splitlines() or [""]
        return f"{lines[min(self.line, len(lines)) - 1]}\n{' ' * self.column}^"


class WeightsError(UnrolledError):
    """A file of weights that we do not take, or weights that fit no network of ours."""


class ExcerptError(UnrolledError):
    """A file of data that is gone or not the one its notice describes."""


@dataclass(frozen=True)
class Problem:
    """One faulty choice: where it stands (JSON pointer), what is wrong, what is allowed."""

    pointer: str
    message: str
    allowed: object = None


class RecipeError(UnrolledError):
    """Every problem of a recipe at once."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(f"{p.pointer}: {p.message}" for p in problems))
        self.problems = problems


class CostError(RecipeError):
    """A recipe that would cost more than the budget: `asked` and `limit` in `unit`."""

    def __init__(self, *problems: Problem, asked: float, limit: float, unit: str = "ms") -> None:
        super().__init__(*problems)
        self.asked, self.limit, self.unit = asked, limit, unit
