"""A figure, and the table of figures."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Figure:
    """What was measured: our value and the opponent's, and a number to hold against a target.

    `number` is ours / opponent's where less is better ("<="), opponent's / ours where more is (">=").
    A figure without a target is there for comparison only.
    """

    key: str
    name: str
    ours: float
    opponent: float | None
    unit: str
    number: float
    sense: str = ""
    target: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None where there is none."""
        if self.target is None:
            return None
        return self.number <= self.target if self.sense == "<=" else self.number >= self.target


HEAD = ("", "figure", "ours", "opponent", "number", "target", "")


def row(figure: Figure) -> tuple[str, ...]:
    """The cells of one line of the table."""
    opponent = "" if figure.opponent is None else amount(figure.opponent, figure.unit)
    target = "" if figure.target is None else f"{figure.sense} {figure.target:g}"
    verdict = {True: "met", False: "NOT MET", None: ""}[figure.met]
    ours = amount(figure.ours, figure.unit)
    return figure.key, figure.name, ours, opponent, f"{figure.number:.4g}", target, verdict


def amount(value: float, unit: str) -> str:
    """A value with its unit, to three digits."""
    return f"{value:.3g} {unit}" if abs(value) < 1000 else f"{value:,.0f} {unit}"


def table(figures: Iterable[Figure]) -> str:
    """All figures as aligned text."""
    rows = [HEAD, *map(row, figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(line(cells, widths) for cells in rows)


def line(cells: Iterable[str], widths: Iterable[int]) -> str:
    """One line: the first two columns to the left, the rest to the right."""
    padded = [
        cell.ljust(width) if n < 2 else cell.rjust(width)
        for n, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(padded).rstrip()


def to_json(figures: Iterable[Figure]) -> str:
    """All figures as a JSON list."""
    return json.dumps([{**asdict(f), "met": f.met} for f in figures], indent=1)
