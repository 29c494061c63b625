"""Batches by hand: vanilla, LSTM and GRU over (T, B, I) as fast as NumPy alone goes; only loss and gradients come out.

Rows are sequences, and each gate of a step is a block (B, H) of its own: products of a step are then small ones with
contiguous operands, which OpenBLAS has kernels for, and element-wise calls run over whole blocks. Inputs are projected
for all steps in one call. Coefficients of the backward pass are made for as many steps as fit into the cache, in the
very buffer that becomes the deltas. As in the opponents for one sequence no sigmoid is formed in a loop.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bench.opponents.head import Floats, aligned

CACHE = 1 << 19


class BatchHead:
    """Softmax cross-entropy at every step over states (T * B, H)."""

    def __init__(self, T: int, B: int, H: int, O: int) -> None:
        self.probs, self.gh = aligned(T, B, O), aligned(T, B, H)
        self.flat, self.column = self.probs.reshape(T * B, O), aligned(T * B, 1)
        self.base, self.grad, self.bias = np.arange(T * B) * O, np.empty((O, H)), np.empty(O)

    def load(self, V: Floats, d: Floats) -> None:
        """V (O, H), d (O,)."""
        self.V, self.d, self.Vt = np.ascontiguousarray(V), d, np.ascontiguousarray(V.T)

    def run(self, states: Floats, target: NDArray[np.intp]) -> float:
        """states (T * B, H), target (T, B) -> the loss; fills gh (T, B, H) and the gradients of V and d."""
        probs, column, index = self.flat, self.column, self.base + target.reshape(-1)
        np.dot(states, self.Vt, out=probs)
        np.add(probs, self.d, out=probs)
        np.maximum.reduce(probs, axis=1, keepdims=True, out=column)
        np.subtract(probs, column, out=probs)
        loss = -float(probs.reshape(-1)[index].sum())
        np.exp(probs, out=probs)
        np.add.reduce(probs, axis=1, keepdims=True, out=column)
        np.divide(probs, column, out=probs)
        probs.reshape(-1)[index] -= 1.0
        np.matmul(self.probs, self.V, out=self.gh)
        np.dot(probs.T, states, out=self.grad)
        np.add.reduce(probs, axis=0, out=self.bias)
        return loss + float(np.log(column).sum())


class Batched:
    """What the three have in common: inputs with a column of ones, gates in the order of `gates`, the weights' part."""

    gates: tuple[str, ...] = ("",)
    signs: tuple[float, ...] = (1.0,)

    def __init__(self, T: int, B: int, I: int, H: int, O: int) -> None:
        self.T, self.B, self.I, self.H = T, B, I, H
        self.head, self.Z = BatchHead(T, B, H, O), np.ones((T, B, I + 1))
        n = len(self.gates)
        self.inward, self.wide = aligned(n, I + 1, H), aligned(T, B, n, H)
        self.S, self.row = aligned(T + 1, B, H), aligned(B, H)
        self.dW = np.empty((n * H, I + 1))
        steps = max(1, CACHE // (self.wide.nbytes // T))
        self.parts = [slice(t, min(t + steps, T)) for t in range(0, T, steps)][::-1]

    def load(self, params: dict[str, Floats]) -> None:
        """Weights by contract name."""
        self.head.load(params["V"], params["d"])
        for i, (gate, sign) in enumerate(zip(self.gates, self.signs, strict=True)):
            self.inward[i, :-1], self.inward[i, -1] = sign * params[f"W{gate}"].T, sign * params[f"b{gate}"]
        self.load_recurrent(params)

    def load_recurrent(self, params: dict[str, Floats]) -> None:
        """Matrices that act on the state."""
        raise NotImplementedError

    def run(self, x: Floats, target: NDArray[np.intp]) -> float:
        """x (T, B, I), target (T, B) -> the loss."""
        self.Z[..., :-1] = x
        with np.errstate(over="ignore"):  # exp(-a) may be inf: a gate that is shut
            self.forward()
        loss = self.head.run(self.S[1:].reshape(-1, self.H), target)
        self.row.fill(0.0)
        for part in self.parts:
            self.backward(part)
        self.weights()
        return loss

    def forward(self) -> None:
        """Fill the states."""
        raise NotImplementedError

    def backward(self, part: slice) -> None:
        """Fill the deltas of some steps."""
        raise NotImplementedError

    def weights(self) -> None:
        """The gradients of the weights."""
        raise NotImplementedError

    def project(self, out: Floats) -> None:
        """All inputs through all their matrices: out (T, gates, B, H)."""
        np.matmul(self.Z[:, None], self.inward, out=out)

    def flat(self, array: Floats) -> Floats:
        """Time and batch as one axis."""
        return array.reshape(self.T * self.B, -1)

    def gradients(self) -> dict[str, Floats]:
        """Every summed gradient by contract name."""
        found = {"V": self.head.grad, "d": self.head.bias, **self.recurrent_gradients()}
        for gate, block in zip(self.gates, np.split(self.dW, len(self.gates)), strict=True):
            found[f"W{gate}"], found[f"b{gate}"] = block[:, :-1], block[:, -1]
        return found

    def recurrent_gradients(self) -> dict[str, Floats]:
        """Those of the matrices that act on the state."""
        raise NotImplementedError

    def backwards(self, part: slice, *arrays: Floats) -> Iterator[tuple[Floats, ...]]:
        """Steps of some arrays, the last first."""
        return zip(*(a[part][::-1] for a in arrays), strict=True)


class BatchRnn(Batched):
    """Three calls a step each way."""

    def load_recurrent(self, params: dict[str, Floats]) -> None:
        self.U, self.Ut = np.ascontiguousarray(params["U"]), np.ascontiguousarray(params["U"].T)

    def forward(self) -> None:
        S, row = self.S, self.row
        self.project(S[1:, None])
        add, tanh = np.add, np.tanh
        for previous, state in pairwise(S):
            previous.dot(self.Ut, row)
            add(state, row, state)
            tanh(state, state)

    def backward(self, part: slice) -> None:
        D, states, row = self.wide[:, :, 0], self.S[1:], self.row
        np.multiply(states[part], states[part], out=D[part])
        np.subtract(1.0, D[part], out=D[part])
        add, multiply = np.add, np.multiply
        for gh, delta in self.backwards(part, self.head.gh, D):
            add(row, gh, row)
            multiply(delta, row, delta)
            delta.dot(self.U, row)

    def weights(self) -> None:
        deltas = self.flat(self.wide).T
        self.dU = deltas.dot(self.flat(self.S[:-1]))
        deltas.dot(self.flat(self.Z), self.dW)

    def recurrent_gradients(self) -> dict[str, Floats]:
        return {"U": self.dU}


class BatchLstm(Batched):
    """Row t of R is [o | i | f | g | c_prev], of D [dc | do | di | df | dg | dc_prev], each slot (B, H)."""

    gates = ("_o", "_i", "_f", "_c")
    signs = (-1.0, -1.0, -1.0, 1.0)

    def __init__(self, T: int, B: int, I: int, H: int, O: int) -> None:
        super().__init__(T, B, I, H, O)
        self.R, self.D = aligned(T + 1, 5, B, H), aligned(T, 6, B, H)
        self.tc, self.quad, self.later = aligned(T, B, H), aligned(4, B, H), aligned(B, H)

    def load_recurrent(self, params: dict[str, Floats]) -> None:
        U = np.stack([params[f"U{g}"] for g in self.gates])
        self.U, self.Ut = U, np.ascontiguousarray(np.array(self.signs)[:, None, None] * U.swapaxes(1, 2))

    def forward(self) -> None:
        R, quad = self.R, self.quad
        self.project(R[:-1, :4])
        matmul, add, exp, tanh, divide, one = np.matmul, np.add, np.exp, np.tanh, np.divide, np.array(1.0)
        new, kept = quad[0], quad[1]
        columns = (R[:, :4], R[:, :3], R[:, 3], R[:, 3:], R[:, 1:3], R[1:, 4], self.tc, R[:, 0], self.S[1:])
        for previous, four, oif, g, gc, gates, c, tc, o, h in zip(self.S, *columns, strict=False):
            matmul(previous, self.Ut, quad)
            add(quad, four, four)
            exp(oif, oif)
            add(oif, one, oif)
            tanh(g, g)
            divide(gc, gates, quad[:2])
            add(new, kept, c)
            tanh(c, tc)
            divide(tc, o, h)

    def slopes(self, part: slice) -> None:
        """What the backward loop multiplies with, in the delta buffer itself."""
        D, R, tc = self.D[part], self.R[:-1][part], self.tc[part]
        gates = R[:, :3]
        np.reciprocal(gates, out=gates)
        np.subtract(1.0, gates, out=D[:, 1:4])
        np.multiply(D[:, 1:4], gates, out=D[:, 1:4])
        np.multiply(D[:, 1], tc, out=D[:, 1])
        np.multiply(D[:, 2:4], R[:, 3:], out=D[:, 2:4])
        for value, factor, out in ((tc, R[:, 0], D[:, 0]), (R[:, 3], R[:, 1], D[:, 4])):
            np.multiply(value, value, out=out)
            np.subtract(1.0, out, out=out)
            np.multiply(out, factor, out=out)
        D[:, 5] = R[:, 2]

    def backward(self, part: slice) -> None:
        if part.stop == self.T:
            self.later.fill(0.0)
        self.slopes(part)
        D, row, quad, later = self.D, self.row, self.quad, self.later
        add, multiply, matmul = np.add, np.multiply, np.matmul
        steps = self.backwards(part, self.head.gh, D[:, :2], D[:, 0], D[:, 2:5], D[:, 5], D[:, 1:5])
        for gh, first, dc, last, carry, four in steps:
            add(row, gh, row)
            multiply(first, row, first)
            add(dc, later, dc)
            multiply(last, dc, last)
            multiply(carry, dc, later)
            matmul(four, self.U, quad)
            add(quad[:2], quad[2:], quad[:2])
            add(quad[0], quad[1], row)
        np.copyto(self.wide[part], D[part, 1:5].swapaxes(1, 2))

    def weights(self) -> None:
        deltas = self.flat(self.wide).T
        self.dU = deltas.dot(self.flat(self.S[:-1]))
        deltas.dot(self.flat(self.Z), self.dW)

    def recurrent_gradients(self) -> dict[str, Floats]:
        return {f"U{g}": u for g, u in zip(self.gates, np.split(self.dU, 4), strict=True)}


class BatchGru(Batched):
    """The textbook GRU, the state reset before the product; D is [dn | dz | dr]."""

    gates = ("_n", "_z", "_r")
    signs = (1.0, -1.0, -1.0)

    def __init__(self, T: int, B: int, I: int, H: int, O: int) -> None:
        super().__init__(T, B, I, H, O)
        self.R, self.D = aligned(T, 3, B, H), aligned(T, 3, B, H)
        self.reset, self.drift, self.pair = aligned(T, B, H), aligned(T, B, H), aligned(2, B, H)
        self.grh, self.part = aligned(B, H), aligned(B, H)

    def load_recurrent(self, params: dict[str, Floats]) -> None:
        self.U = np.stack([params["U_z"], params["U_r"]])
        self.Ut = np.ascontiguousarray(-self.U.swapaxes(1, 2))
        self.Un, self.Unt = np.ascontiguousarray(params["U_n"]), np.ascontiguousarray(params["U_n"].T)

    def forward(self) -> None:
        R, pair, row = self.R, self.pair, self.row
        self.project(R)
        matmul, add, exp, tanh, divide, one = np.matmul, np.add, np.exp, np.tanh, np.divide, np.array(1.0)
        columns = (R[:, 1:], R[:, 2], R[:, 1], R[:, 0], self.reset, self.drift, self.S[1:])
        for previous, two, r, z, n, reset, drift, h in zip(self.S, *columns, strict=False):
            matmul(previous, self.Ut, pair)
            add(two, pair, two)
            exp(two, two)
            add(two, one, two)
            divide(previous, r, reset)
            reset.dot(self.Unt, row)
            add(n, row, n)
            tanh(n, n)
            np.subtract(previous, n, drift)
            divide(drift, z, row)
            add(n, row, h)

    def slopes(self, part: slice) -> None:
        """What the backward loop multiplies with, in the delta buffer itself; R becomes [n | z | r]."""
        D, R = self.D[part], self.R[part]
        np.reciprocal(R[:, 1:], out=R[:, 1:])
        np.subtract(1.0, R[:, 1:], out=D[:, 1:])
        np.multiply(R[:, 0], R[:, 0], out=D[:, 0])
        np.subtract(1.0, D[:, 0], out=D[:, 0])
        np.multiply(D[:, 0], D[:, 1], out=D[:, 0])
        np.multiply(D[:, 1:], R[:, 1:], out=D[:, 1:])
        np.multiply(D[:, 1], self.drift[part], out=D[:, 1])
        np.multiply(D[:, 2], self.S[:-1][part], out=D[:, 2])

    def backward(self, part: slice) -> None:
        self.slopes(part)
        D, R, row, grh, pair, rest = self.D, self.R, self.row, self.grh, self.pair, self.part
        add, multiply, matmul = np.add, np.multiply, np.matmul
        steps = self.backwards(part, self.head.gh, D[:, :2], D[:, 0], D[:, 2], R[:, 1], R[:, 2], D[:, 1:])
        for gh, first, dn, dr, z, r, two in steps:
            add(row, gh, row)
            multiply(first, row, first)
            dn.dot(self.Un, grh)
            multiply(dr, grh, dr)
            multiply(row, z, row)
            multiply(grh, r, rest)
            add(row, rest, row)
            matmul(two, self.U, pair)
            add(pair[0], pair[1], rest)
            add(row, rest, row)
        np.copyto(self.wide[part], D[part].swapaxes(1, 2))

    def weights(self) -> None:
        deltas = self.flat(self.wide).T
        self.dUn = deltas[: self.H].dot(self.flat(self.reset))
        self.dU = deltas[self.H :].dot(self.flat(self.S[:-1]))
        deltas.dot(self.flat(self.Z), self.dW)

    def recurrent_gradients(self) -> dict[str, Floats]:
        return {"U_n": self.dUn, "U_z": self.dU[: self.H], "U_r": self.dU[self.H :]}
