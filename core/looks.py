"""A decoder's look at its memory, read from a trace: scores, weights, what was mixed, and all of it backwards.

v = sum_j a_j r_j, a = softmax(e), e_j = q . k_j or w . tanh(q + k_j), k_j = Q m_j, r_j = R m_j (or m_j itself).
"""

from typing import Protocol

import numpy as np

from core.graph import Attention, Cell
from core.networks import Block
from core.notation import latex, symbol, weight
from core.ops import Floats
from core.trace import Trace
from core.wiring import Wiring

AT = "t'"  # a step of the answer


class Reading(Protocol):
    """What a look needs of the block that looks."""

    trace: Trace
    wiring: Wiring
    block: Block
    cell: Cell
    prefix: str

    def value(self, name: str, t: int) -> Floats:
        """A node at step t."""

    def gradient(self, name: str, t: int) -> Floats:
        """dJ/d(node) at step t."""


class Look:
    """One attention of a decoder; all is read from the arrays of the trace."""

    def __init__(self, reader: Reading, spec: Attention) -> None:
        self.r, self.spec = reader, spec

    def parameter(self, name: str) -> Floats:
        """A weight of this attention."""
        return self.r.trace[f"param/{self.r.prefix}{name}"]

    def memory(self) -> Floats:
        """The states that are looked at, side by side: (S, columns)."""
        cells = self.r.wiring.cells
        return np.concatenate([self.r.trace[f"{m}/{cells[m].output}"][:, 0] for m in self.r.block.memory], axis=-1)

    def keys(self) -> Floats:
        """What the query is compared with: (S, H)."""
        return self.memory() @ self.parameter(self.spec.keys).T if self.spec.keys else self.memory()

    def values(self) -> Floats:
        """What is mixed: (S, H)."""
        return self.memory() @ self.parameter(self.spec.values).T if self.spec.values else self.memory()

    def scores(self, t: int) -> Floats:
        """e at step t: (S,)."""
        query, keys = self.r.value(self.spec.query, t), self.keys()
        return np.asarray(np.tanh(query + keys) @ self.parameter(self.spec.score) if self.spec.score else keys @ query)

    def weights(self, t: int) -> Floats:
        """a at step t: (S,)."""
        return np.asarray(self.r.trace[f"{self.r.prefix}{self.spec.weights}"][t, 0])

    def mixed(self, t: int) -> Floats:
        """v at step t: (H,)."""
        return np.asarray(self.weights(t) @ self.values())

    # -- backwards ----------------------------------------------------------------------------------------

    def to_weights(self, t: int) -> Floats:
        """dJ/da: (S,)."""
        return np.asarray(self.values() @ self.r.gradient(self.spec.name, t))

    def to_scores(self, t: int) -> Floats:
        """dJ/de: (S,)."""
        a, inner = self.weights(t), self.to_weights(t)
        return np.asarray(a * (inner - a @ inner))

    def slopes(self, t: int) -> Floats:
        """de_j/dk_j: (S, H)."""
        if not self.spec.score:
            return np.broadcast_to(self.r.value(self.spec.query, t), self.keys().shape)
        bent = np.tanh(self.r.value(self.spec.query, t) + self.keys())
        return np.asarray((1.0 - np.square(bent)) * self.parameter(self.spec.score))

    def to_query(self, t: int) -> Floats:
        """dJ/dq: (H,)."""
        return np.asarray(self.to_scores(t) @ (self.slopes(t) if self.spec.score else self.keys()))

    def to_memory(self, t: int, place: int) -> tuple[Floats, Floats]:
        """dJ/dm of one place of the memory, as what was mixed and as what was compared: (columns,) each."""
        mixed = self.weights(t)[place] * self.r.gradient(self.spec.name, t)
        compared = self.to_scores(t)[place] * self.slopes(t)[place]
        mixed = mixed @ self.parameter(self.spec.values) if self.spec.values else mixed
        return mixed, compared @ self.parameter(self.spec.keys) if self.spec.keys else compared

    # -- in words -----------------------------------------------------------------------------------------

    def latex(self) -> str:
        """How the gradient comes to the query."""
        e = r"\frac{\partial J}{\partial e_{t,j}}"
        query = latex(self.r.cell, self.spec.query, top=False)
        if self.spec.score is None:
            return rf"\sum_{{j}} {e}\, {self._of(self.spec.keys)}"
        bent = rf"\tanh^{{2}}\left({query} + {self._of(self.spec.keys)}\right)"
        return rf"\sum_{{j}} {e}\, {weight(self.spec.score)} \odot \left(1 - {bent}\right)"

    def score_latex(self) -> str:
        """The score of a place."""
        query = latex(self.r.cell, self.spec.query, top=False)
        keys = self._of(self.spec.keys)
        if self.spec.score is None:
            return rf"{query} \cdot {keys}"
        return rf"{weight(self.spec.score)}^{{\top}} \tanh\left({query} + {keys}\right)"

    def memory_latex(self, way: str) -> str:
        """How the gradient comes to a place of the memory: by the weights `a`, or by the scores `e`."""
        above = rf"\frac{{\partial J}}{{\partial {symbol(self.r.cell, self.spec.name, AT)}}}"
        if way == "a":
            front = f"{weight(self.spec.values)}^{{\\top}} " if self.spec.values else ""
            return rf"{front}a_{{t',j}} {above}"
        front = f"{weight(self.spec.keys)}^{{\\top}} " if self.spec.keys else ""
        return rf"{front}\frac{{\partial J}}{{\partial e_{{t',j}}}} \frac{{\partial e_{{t',j}}}}{{\partial k_{{j}}}}"

    def mixed_latex(self) -> str:
        """What is mixed of a place."""
        return self._of(self.spec.values)

    def _of(self, matrix: str | None) -> str:
        return f"{weight(matrix)} m_{{j}}" if matrix else "m_{j}"

    def name_latex(self) -> str:
        """What was mixed, by its name."""
        return symbol(self.r.cell, self.spec.name)
