"""Cells to begin one's own from: small ideas, as text like any cell. Those with a paper stand in core.cells."""

from dataclasses import dataclass

from core.equations import Cell, parse


@dataclass(frozen=True)
class Example:
    """A cell's equations, what it is called, and what is special about it in one sentence."""

    title: str
    note: str
    source: str

    @property
    def cell(self) -> Cell:
        """The parsed cell."""
        return parse(self.source)


EXAMPLES: dict[str, Example] = {
    "leaky": Example(
        "Leaky integrator",
        "Nine tenths of the state stay at every step: a gate that nobody learns.",
        """
s = 0.9 * s_prev + 0.1 * tanh(W @ x + U @ s_prev + b)  # hidden state
""".strip(),
    ),
    "stacked": Example(
        "Two layers in one cell",
        "The second state reads the first one at the same step.",
        """
a = tanh(W @ x + U_a @ a_prev + b_a)  # first layer
s = tanh(P @ a + U_s @ s_prev + b_s)  # second layer
""".strip(),
    ),
}
