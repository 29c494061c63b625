"""Cells to begin one's own from: published variants and small ideas, as text like any cell.

Each is a sketch of a thought; the cells of the lecture stand in core.cells.
"""

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
    "peephole": Example(
        "LSTM with peepholes",
        "The gates also see the cell state, unit by unit (Gers and Schmidhuber, 2000).",
        """
f = sigmoid(W_f @ x + U_f @ h_prev + p_f * c_prev + b_f)  # forget gate
i = sigmoid(W_i @ x + U_i @ h_prev + p_i * c_prev + b_i)  # update (input) gate
g = tanh(W_c @ x + U_c @ h_prev + b_c)  # candidate
c = f * c_prev + i * g  # cell state
o = sigmoid(W_o @ x + U_o @ h_prev + p_o * c + b_o)  # output gate
h = o * tanh(c)  # hidden state
""".strip(),
    ),
    "coupled": Example(
        "LSTM with coupled gates",
        "One gate decides both what is forgotten and what is written: what goes makes room for what comes.",
        """
f = sigmoid(W_f @ x + U_f @ h_prev + b_f)  # forget gate
g = tanh(W_c @ x + U_c @ h_prev + b_c)  # candidate
c = f * c_prev + (1 - f) * g  # cell state
o = sigmoid(W_o @ x + U_o @ h_prev + b_o)  # output gate
h = o * tanh(c)  # hidden state
""".strip(),
    ),
    "minimal": Example(
        "Minimal gated unit",
        "A GRU with a single gate (Zhou and others, 2016).",
        """
f = sigmoid(W_f @ x + U_f @ h_prev + b_f)  # forget gate
n = tanh(W_n @ x + U_n @ (f * h_prev) + b_n)  # candidate
h = (1 - f) * h_prev + f * n  # hidden state
""".strip(),
    ),
    "independent": Example(
        "IndRNN",
        "Every unit listens to itself alone: `u` is a vector, not a matrix (Li and others, 2018).",
        """
s = relu(W @ x + u * s_prev + b)  # hidden state
""".strip(),
    ),
    "residual": Example(
        "Residual step",
        "The state is carried over and only changed a little, so the gradient has a straight way back.",
        """
r = relu(W @ x + P @ s_prev + b)  # change
s = s_prev + 0.1 * (U @ r)  # hidden state
""".strip(),
    ),
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
