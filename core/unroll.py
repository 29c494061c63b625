"""A cell unrolled over time: forward, loss, backward, with everything kept.

A `Chain` is a plan bound to buffers of one size; a `Workspace` is a chain with an output layer. `load` takes weights,
`run` takes a sequence; the buffers are the trace, so looking at it costs nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from core.adjoint import Backward, Use
from core.arrays import HIDDEN, INPUT, OUTPUT, STEP, TIME, Array
from core.attention import attends_of
from core.buffers import Buffers, Sizes
from core.coefficients import Coefficients, scratch, stretches
from core.equations import Cell
from core.heads import HEADS, Head
from core.instruments import Instruments
from core.ops import Call, Calls, Floats, run
from core.program import BackwardProgram, ForwardProgram, slots_run

Weights = Mapping[str, Floats]


class Chain:
    """One cell over T steps of B sequences, without an output layer: inputs in, states out, and back.

    `seeded` names the states whose gradient gets a part from outside, in G, before the backward pass.
    """

    def __init__(self, cell: Cell, sizes: Sizes, seeded: Sequence[str], memory: tuple[int, int] | None = None) -> None:
        self.cell, self.sizes = cell, sizes
        self.buffers = b = Buffers(cell, self.sizes)
        self.attends = attends_of(b, memory)
        self.inputs = np.ones(
            (sizes.T, sizes.B, sizes.I + 1), sizes.dtype
        )  # a column of ones: the bias is a weight like the others
        self.x = self.inputs[:, :, :-1]
        self.shapes = cell_shapes(cell, sizes, memory)
        self.params = {n: np.zeros(s, sizes.dtype) for n, s in self.shapes.items()}
        self.grads = {n: np.zeros_like(p) for n, p in self.params.items()}
        self.W = sizes.zeros(*self._inward())
        self.forward, self.backward = (
            ForwardProgram(b, self.attends),
            BackwardProgram(b, frozenset(seeded), self.attends),
        )
        self.instruments = Instruments(b)
        self.aside: dict[str, Floats] = {}
        self.wide: dict[tuple[str, ...], tuple[Floats, Floats]] = {}
        self.copies: list[Call] = []
        self.projection = self._projection()
        self.gradient_calls = tuple(self._gradient_calls())
        self.backward_calls = tuple(self._backward_calls())

    # -- weights ------------------------------------------------------------------------------------------

    def load(self, params: Weights) -> None:
        """Take the weights, by name and in the shapes of `parameter_shapes`."""
        for name, own in self.params.items():
            np.copyto(own, params[name])
        self._load_inputs()
        for blocks, step in self.forward.matrices:
            for block, sign, name in zip(blocks, step.signs, step.args[0], strict=True):
                np.multiply(self.params[name], sign, out=block)
        for value, matrix in self.backward.matrices.items():
            for block, use in zip(self._blocks(matrix), self.buffers.backward.feeding(value), strict=True):
                np.copyto(block, self.params[use.parameter])
        for name, vector in self.buffers.vectors.items():
            np.copyto(vector, self.params[name])
        for attend in self.attends:
            attend.load(self.params)

    def _load_inputs(self) -> None:
        """The matrices that act on the input and the biases, stacked in the order of Z, with its signs."""
        self.W.fill(0.0)
        for i, name in enumerate(self.buffers.Z.names):
            h = self.sizes.H
            rows = self.W[i].T if self.sizes.batch else self.W[:, i * h : (i + 1) * h].T
            affine = self.buffers.forward.affine[name]
            for sign, parameter in affine.inputs:
                rows[:, :-1] += affine.sign * sign * self.params[parameter]
            for sign, parameter in affine.biases:
                rows[:, -1] += affine.sign * sign * self.params[parameter]

    def _blocks(self, matrix: Floats) -> list[Floats]:
        """(n * H, ...) as n blocks of H rows, as views."""
        h = self.sizes.H
        return [matrix[i : i + h] for i in range(0, len(matrix), h)]

    # -- one pass -----------------------------------------------------------------------------------------

    def begin(self, states: Mapping[str, Floats]) -> None:
        """Set the states (B, H) before the first step; they stay until set again, and are zero at first."""
        for name, value in states.items():
            slot = self.buffers.A.names.index(f"{name}_prev")
            np.copyto(self.buffers.A.data[0, slot], value if self.sizes.batch else value[0])

    def remember(self, memory: Floats, padding: Any = None) -> None:
        """Set what attention looks at: memory (B, S, columns), padding (B, S) true where there is nothing."""
        for attend in self.attends:
            attend.remember(memory, padding)

    def last(self) -> dict[str, Floats]:
        """The states (B, H) after the last step, as copies."""
        return {s: self.shown(self.buffers.column(s))[-1].copy() for s in self.cell.states}

    def unroll(self) -> None:
        """Forward: inputs hoisted, then the steps."""
        np.matmul(*self.projection)
        run(self.forward.calls)
        run(self.copies)

    def _projection(self) -> tuple[Floats, Floats, Floats]:
        """All inputs times all their matrices, into Z."""
        Z = self.buffers.Z.data
        return (
            (self.inputs[:, None], self.W, Z)
            if self.sizes.batch
            else (self.inputs[:, 0], self.W, Z.reshape(len(Z), -1))
        )

    def _inward(self) -> tuple[int, ...]:
        """The shape of all matrices that act on the input, biases included: columns contiguous, the fastest to use."""
        n, s = len(self.buffers.Z.names), self.sizes
        return (n, s.I + 1, s.H) if s.batch else (s.I + 1, n * s.H)

    def _backward_calls(self) -> Iterator[Call]:
        """Stretch by stretch from the last: coefficients for all its steps at once, then its steps in reverse."""
        b, parts = self.buffers, stretches(self.buffers)
        room = scratch(b, parts[0].stop)
        yield from self.backward.reset()
        for part in reversed(parts):
            yield from self.forward.unfold(part)
            yield from Coefficients(b, part, room).of_slots(b.D.data[part])
            yield from self.backward.calls(part)
            yield from ((np.copyto, (wide[part], apart[part])) for wide, apart in self.wide.values())

    def roll_back(self) -> None:
        """Backward, from the seeds in G."""
        run(self.backward_calls)

    def _gradient_calls(self) -> Iterator[Call]:
        plan, h = self.buffers.backward, self.sizes.H
        biases = {u.slot: [v.parameter for v in plan.uses if v.value is None and v.slot == u.slot] for u in plan.uses}
        for value in dict.fromkeys(u.value for u in plan.uses if u.value):
            for uses in _neighbours(plan, plan.feeding(value)):
                right = flat(self.inputs) if value == "x" else self.rows(value)
                whole = np.zeros((len(uses) * h, right.shape[1]), right.dtype)
                yield self._deltas(uses).T.dot, (right, whole)
                for rows, use in zip(self._blocks(whole), uses, strict=True):
                    self.grads[use.parameter] = rows[:, : self.params[use.parameter].shape[1]]
                    for bias in biases.pop(use.slot, []) if value == "x" else []:
                        self.grads[bias] = rows[:, -1]
        for slot, names in biases.items():
            for name in names:
                yield self.sum_time(self.buffers.D.column(slot), self.grads[name])
        if self.attends:
            yield self._attention_gradients, ()

    def _attention_gradients(self) -> None:
        """dJ/dP of the weights that score and mix, summed over time."""
        for attend in self.attends:
            attend.sum_gradients(self.shown(self.buffers.G.column(attend.spec.name)), self.grads)

    def memory_gradient(self) -> Floats:
        """dJ/dM of the last run: (B, S, columns)."""
        parts = [a.memory_gradient(self.shown(self.buffers.G.column(a.spec.name))) for a in self.attends]
        return np.asarray(np.sum(parts, axis=0))

    def rows(self, name: str) -> Floats:
        """A node over time and batch, (T * B, H): a view, or a copy that every forward pass makes anew."""
        store, first, slot = self.buffers.place(name) or (self.buffers.A, 0, name)
        whole = store.column(slot, 0, store.rows)
        if self.sizes.B > 1 and len(store.names) > 1:
            if slot not in self.aside:
                self.aside[slot] = np.zeros_like(whole)
                self.copies.append((np.copyto, (self.aside[slot], whole)))
            whole = self.aside[slot]
        return flat(whole[first : first + self.sizes.T])

    def _deltas(self, uses: tuple[Use, ...]) -> Floats:
        """The deltas of neighbouring slots, (T * B, n * H): a view, or a copy that every backward pass makes anew."""
        s, D, names = self.sizes, self.buffers.D, tuple(u.slot for u in uses)
        if s.B == 1 or len(D.names) == 1:
            return flat(D.neighbours(names[0], len(names)))
        start, n = D.names.index(names[0]), len(names)
        if names not in self.wide:
            apart = D.data[: s.T, start : start + n].swapaxes(1, 2)
            self.wide[names] = s.zeros(s.T, s.B, n, s.H), apart
        return self.wide[names][0].reshape(-1, n * s.H)

    def sum_time(self, deltas: Floats, out: Floats) -> Call:
        """out (F,) = the sum of deltas (T, ..., F) over time and batch."""
        return np.add.reduce, (deltas, tuple(range(deltas.ndim - 1)), None, out)

    # -- what came out ------------------------------------------------------------------------------------

    @property
    def output_state(self) -> Floats:
        """The state that the output layer reads: (T, ..., H)."""
        return self.buffers.column(self.cell.output)

    def shown(self, column: Floats) -> Floats:
        """A column (T, ..., F) of any buffer as (T, B, F), a view."""
        return column if self.sizes.batch else column[:, None]

    def input_gradient(self) -> Floats:
        """dJ/dx of the last run: (T, B, I)."""
        found = np.zeros_like(self.x)
        for use in self.buffers.backward.feeding("x"):
            found += self.shown(self.buffers.D.column(use.slot) @ self.params[use.parameter])
        return found

    def start_gradient(self) -> dict[str, Floats]:
        """dJ/d(state before the first step) of the last run: (B, H) each."""
        found = {}
        for state in self.cell.states:
            slots = [self.buffers.D.column(n)[0] for n in self.buffers.backward.carries.get(state, ())]
            product = self.backward.results.get(f"{state}_prev")
            parts = slots + ([] if product is None else [product])
            whole = np.sum(parts, axis=0) if parts else np.zeros((*self.sizes.batch, self.sizes.H))
            found[state] = whole.reshape(self.sizes.B, -1)
        return found


class Workspace(Chain):
    """A chain with an output layer: x (T, B, I), target (T, B) or (T, B, O)."""

    def __init__(
        self,
        cell: Cell,
        *,
        T: int,
        I: int,
        H: int,
        O: int,
        B: int = 1,
        loss_at: str = "every",
        head: str = "softmax",
        dtype: str = "float64",
    ) -> None:
        super().__init__(cell, Sizes(T, B, I, H, O, dtype), (cell.output,))
        self.head: Head = HEADS[head](self.sizes)
        if loss_at == "last":
            self.head.mask[:-1] = 0.0
        self.counted = self.head.mask.copy()
        self.target = np.zeros((T, B), dtype=np.intp) if self.head.classes else np.zeros((T, B, O), dtype)
        for weights in (self.params, self.grads):
            weights |= {"V": np.zeros((O, H), dtype), "d": np.zeros(O, dtype)}
        self.head_calls = self._head_calls()
        head_gradient = flat(self.head.delta).T.dot, (self.rows(cell.output), self.grads["V"])
        self.gradient_calls = (*self.gradient_calls, head_gradient, self.sum_time(self.head.delta, self.grads["d"]))

    def run(self, x: Floats, target: Any, mask: Floats | None = None) -> None:
        """Forward and backward through x (T, B, I), target (T, B) or (T, B, O): fills every array.

        `mask` (T, B) says where a loss is counted in this run, in place of `loss_at`.
        """
        np.copyto(self.x, x)
        np.copyto(self.target, target, casting="unsafe")
        np.copyto(self.head.mask, self.counted if mask is None else mask.reshape(self.head.mask.shape))
        with np.errstate(all="ignore"):
            self.run_forward()
            self.run_backward()
            self.run_gradients()
            self.instruments.run()

    def run_forward(self) -> None:
        """The chain, then the output layer."""
        self.unroll()
        run(self.head_calls)
        self.head.run(self._laid_target())

    def _laid_target(self) -> Any:
        """The targets in the layout of the logits."""
        return self.target if self.sizes.batch else self.target[:, 0]

    def _head_calls(self) -> Calls:
        """logits = V h + d at all steps."""
        logits, V, d = flat(self.head.logits), self.params["V"], self.params["d"]
        return (self.rows(self.cell.output).dot, (V.T, logits)), (np.add, (logits, d, logits))

    def run_backward(self) -> None:
        """The gradient at the output, then the chain in reverse."""
        self.seed(self.head.delta, self.buffers.G.column(self.cell.output))
        self.roll_back()

    def seed(self, delta: Floats, out: Floats) -> None:
        """dJ/dh at each step from the head alone: delta (T, ..., O) through V."""
        multiply = np.matmul if self.sizes.O > 1 else np.multiply
        multiply(delta, self.params["V"], out)

    def run_gradients(self) -> None:
        """dJ/dP of every parameter: one product for all the matrices that share what they multiplied."""
        run(self.gradient_calls)

    @cached_property
    def arrays(self) -> dict[str, Array]:
        """Every array by its contract name; views, so the next run changes them."""
        return _exposed(self.cell, self)

    @property
    def loss(self) -> float:
        """J: the masked sum of J_t over time and batch."""
        return float(np.vdot(self.head.loss, self.head.mask))


def _exposed(cell: Cell, ws: "Workspace") -> dict[str, Array]:
    """Every array of a run under its contract name, as views of the buffers."""
    b, head, tell = ws.buffers, ws.head, ws.instruments
    nodes = (*cell.names, *(f"{s}_prev" for s in cell.states), *cell.pre_activations)
    found = {n: Array(ws.shown(b.column(n)), HIDDEN) for n in nodes}
    found |= {"x": Array(ws.x, INPUT), "target": Array(ws.target, STEP if head.classes else OUTPUT)}
    found |= {n: Array(ws.shown(getattr(head, n)), OUTPUT) for n in head.shows}
    found |= {n: Array(getattr(head, n).reshape(ws.target.shape[:2]), STEP) for n in ("mask", "loss")}
    for prefix, weights in (("param", ws.params), ("grad", ws.grads)):
        found |= {f"{prefix}/{n}": Array(w, weight_dims(cell, n)) for n, w in weights.items()}
    found |= {f"grad/{n}": Array(ws.shown(tell.gradient(n)), HIDDEN) for n in tell.names}
    return found | {f"grad_norm/{n}": Array(tell.norm(n), TIME) for n in tell.names}


def weight_dims(cell: Cell, name: str) -> tuple[str, ...]:
    """The names of a weight's dimensions."""
    if name in ("V", "d"):
        return ("output", "hidden") if name == "V" else ("output",)
    columns = next(p.columns for p in cell.parameters if p.name == name)
    return ("hidden", columns) if columns else ("hidden",)


def flat(array: Floats) -> Floats:
    """Time and batch as one axis: (T, ..., F) -> (T * B, F), a view where they stand side by side."""
    return array.reshape(-1, array.shape[-1])


def _neighbours(plan: Backward, uses: tuple[Use, ...]) -> list[tuple[Use, ...]]:
    """All uses at once if their slots stand together in this order, else one by one."""
    return [uses] if slots_run(plan, [u.slot for u in uses]) else [(u,) for u in uses]


def cell_shapes(cell: Cell, sizes: Sizes, memory: tuple[int, int] | None = None) -> dict[str, tuple[int, ...]]:
    """The shape of every weight of a cell: W (H, I), U (H, H), b (H,), Q (H, columns of the memory)."""
    wide = {"input": sizes.I, "hidden": sizes.H, "memory": memory[1] if memory else sizes.H}
    return {p.name: (sizes.H, wide[p.columns]) if p.columns else (sizes.H,) for p in cell.parameters}


def parameter_shapes(cell: Cell, sizes: Sizes) -> dict[str, tuple[int, ...]]:
    """The shapes of a cell's weights and of the output layer's V (O, H) and d (O,)."""
    return {**cell_shapes(cell, sizes), "V": (sizes.O, sizes.H), "d": (sizes.O,)}
