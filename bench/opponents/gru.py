"""Both GRUs by hand, forward and backward; only loss and gradients come out.

`PlainGru` resets the state before the product with U_n, `PlainGruAfter` (PyTorch's) after it.
As in the LSTM, the sigmoids are never formed in the loop: dividing by 1 + exp(-a) does their work.
"""

import numpy as np
from numpy.typing import NDArray

from bench.opponents.head import Floats, Head, aligned, laid_out


class _Gated:
    """What both have in common. Row t of R is [z | r] as 1 + exp(-a), of Z [x | 1 | h_prev]."""

    slots = 5

    def __init__(self, T: int, I: int, H: int, O: int) -> None:
        self.I, self.H = I, H
        self.head = Head(T, H, O)
        self.Z = aligned(T + 1, I + 1 + H)
        self.Z[:, I] = 1.0
        self.states = self.Z[:, I + 1 :]
        self.pre, self.R = aligned(T, 3 * H), aligned(T, 2 * H)
        self.n, self.drift = aligned(T, H), aligned(T, H)
        self.D = aligned(T + 1, self.slots * H)
        self.pull, self.row = aligned(T + 1, H), aligned(H)
        self.dW = aligned(3 * H, I + 1)

    def load_inputs(self, params: dict[str, Floats]) -> None:
        """The hoisted projection: W_g (H, I) and b_g (H,) of z, r and n in one matrix (I + 1, 3H)."""
        self.head.load(params["V"], params["d"])
        blocks = [np.hstack([params[f"W_{g}"], params[f"b_{g}"][:, None]]) for g in "zrn"]
        self.inward = np.ascontiguousarray(np.vstack([-blocks[0], -blocks[1], blocks[2]]).T)

    def run(self, x: Floats, target: NDArray[np.intp]) -> float:
        """x (T, I), target (T,) -> the loss."""
        self.Z[:-1, : self.I] = x
        np.dot(self.Z[:-1, : self.I + 1], self.inward, out=self.pre)
        with np.errstate(over="ignore"):  # exp(-a) may be inf: a gate that is shut
            self.forward()
        loss = self.head.run(self.Z[1:, self.I :], target)
        self.slopes()
        self.backward()
        return loss

    def forward(self) -> None:
        """Fill the states and the gates."""
        raise NotImplementedError

    def slopes(self) -> None:
        """Make in the delta buffer what the backward loop multiplies with."""
        raise NotImplementedError

    def backward(self) -> None:
        """Fill the deltas and the gradients."""
        raise NotImplementedError

    def candidate_slope(self, out: Floats, not_z: Floats) -> None:
        """out = (1 - n^2) (1 - z), all (T, H)."""
        np.multiply(self.n, self.n, out=out)
        np.subtract(1.0, out, out=out)
        np.multiply(out, not_z, out=out)

    def input_gradients(self, order: str) -> dict[str, Floats]:
        """dW_g and db_g, whose blocks stand in dW (3H, I + 1) in this order."""
        found = self.head.gradients()
        for gate, block in zip(order, np.split(self.dW, 3), strict=True):
            found[f"W_{gate}"], found[f"b_{gate}"] = block[:, : self.I], block[:, self.I]
        return found


class PlainGru(_Gated):
    """Eleven calls forward, eight backward. Row t of D is [dh z | dn | dz | dr | da r], a = r * h_prev."""

    def __init__(self, T: int, I: int, H: int, O: int) -> None:
        super().__init__(T, I, H, O)
        self.a, self.twin = aligned(T, H), aligned(2 * H)
        self.dU, self.dUn = aligned(2 * H, H), aligned(H, H)
        self.forward_views, self.backward_views = self._forward_rows(), self._backward_rows()

    def _forward_rows(self) -> list[tuple[Floats, ...]]:
        """(h_prev, pre of z r, pre of n, zr, z, r, a, n, drift, h) of every step."""
        H, R, pre, h = self.H, self.R, self.pre, self.states
        gates = (pre[:, : 2 * H], pre[:, 2 * H :], R, R[:, :H], R[:, H:])
        return list(zip(h, *gates, self.a, self.n, self.drift, h[1:], strict=False))

    def _backward_rows(self) -> list[tuple[Floats, ...]]:
        """(dJ/dh, three slots, dn, dr, dz dr, dh z, da r, dJ/dh of the step before) from the last."""
        H, D = self.H, self.D[:-1]
        three, dr = D[:, : 3 * H].reshape(-1, 3, H), D[:, 3 * H : 4 * H]
        parts = (three, D[:, H : 2 * H], dr, D[:, 2 * H : 4 * H], D[:, :H], D[:, 4 * H :])
        earlier = [aligned(H), *self.head.gh[:-1]]
        return list(zip(self.pull[1:], *parts, earlier, self.pull, strict=False))[::-1]

    def load(self, params: dict[str, Floats]) -> None:
        """Weights by contract name: W_g (H, I), U_g (H, H), b_g (H,) for z, r and n, and V, d."""
        self.load_inputs(params)
        U = np.vstack([params["U_z"], params["U_r"]])
        self.U, self.Ut = laid_out(-U), laid_out(U.T)
        self.Un, self.Unt = laid_out(params["U_n"]), laid_out(params["U_n"].T)

    def forward(self) -> None:
        """Fill the states and the gates."""
        dot, dot_n, twin, row, one = self.U.dot, self.Un.dot, self.twin, self.row, np.array(1.0)
        add, exp, divide, tanh, subtract = np.add, np.exp, np.divide, np.tanh, np.subtract
        for previous, pre_gates, pre_n, gates, z, r, a, n, drift, h in self.forward_views:
            dot(previous, twin)
            add(twin, pre_gates, gates)
            exp(gates, gates)
            add(gates, one, gates)
            divide(previous, r, a)
            dot_n(a, row)
            add(row, pre_n, n)
            tanh(n, n)
            subtract(previous, n, drift)
            divide(drift, z, drift)
            add(n, drift, h)

    def slopes(self) -> None:
        """z, (1 - n^2)(1 - z), (h_prev - n) z (1 - z), h_prev r (1 - r), r: each in its slot."""
        H, D, R = self.H, self.D[:-1], self.R
        np.reciprocal(R, out=R)
        gates = D[:, 2 * H : 4 * H]
        np.subtract(1.0, R, out=gates)
        self.candidate_slope(D[:, H : 2 * H], D[:, 2 * H : 3 * H])
        np.multiply(D[:, 2 * H : 3 * H], self.drift, out=D[:, 2 * H : 3 * H])
        np.multiply(D[:, 3 * H : 4 * H], self.a, out=D[:, 3 * H : 4 * H])
        D[:, :H], D[:, 4 * H :] = R[:, :H], R[:, H:]

    def backward(self) -> None:
        """Fill the deltas and the gradients."""
        dot, dot_n, add, multiply = self.Ut.dot, self.Unt.dot, np.add, np.multiply
        self.pull[-1], row = self.head.gh[-1], self.row
        for dh, three, dn, dr, gates, kept, reset, earlier, out in self.backward_views:
            multiply(three, dh, three)
            dot_n(dn, row)
            multiply(dr, row, dr)
            multiply(reset, row, reset)
            dot(gates, out)
            add(kept, reset, row)
            add(out, row, out)
            add(out, earlier, out)
        H, D, Z = self.H, self.D[:-1], self.Z[:-1]
        np.dot(D[:, H : 4 * H].T, Z[:, : self.I + 1], out=self.dW)
        np.dot(D[:, 2 * H : 4 * H].T, Z[:, self.I + 1 :], out=self.dU)
        np.dot(D[:, H : 2 * H].T, self.a, out=self.dUn)

    def gradients(self) -> dict[str, Floats]:
        """Every summed gradient by contract name."""
        dU = dict(zip(("U_z", "U_r"), np.split(self.dU, 2), strict=True))
        return {**self.input_gradients("nzr"), **dU, "U_n": self.dUn}


class PlainGruAfter(_Gated):
    """Ten calls forward, four backward. Row t of D is [dq | dz | dr | dn | dh z], q = U_n h_prev + b_hn."""

    def __init__(self, T: int, I: int, H: int, O: int) -> None:
        super().__init__(T, I, H, O)
        self.Q, self.dU = aligned(T, 3 * H), aligned(3 * H, 1 + H)
        self.forward_views, self.backward_views = self._forward_rows(), self._backward_rows()

    def _forward_rows(self) -> list[tuple[Floats, ...]]:
        """(1 | h_prev, h_prev, q z r, q, z r of the product, pre of z r, of n, zr, z, r, n, drift, h)."""
        H, R, pre, Q, h = self.H, self.R, self.pre, self.Q, self.states
        first = (self.Z[:, self.I :], h, Q, Q[:, :H], Q[:, H:], pre[:, : 2 * H], pre[:, 2 * H :])
        return list(zip(*first, R, R[:, :H], R[:, H:], self.n, self.drift, h[1:], strict=False))

    def _backward_rows(self) -> list[tuple[Floats, ...]]:
        """(dJ/dh, all slots (5, H), dq dz dr, dh z, dJ/dh of the step before) from the last."""
        H, D = self.H, self.D[:-1]
        parts = (D.reshape(-1, 5, H), D[:, : 3 * H], D[:, 4 * H :])
        earlier = [aligned(H), *self.head.gh[:-1]]
        return list(zip(self.pull[1:], *parts, earlier, self.pull, strict=False))[::-1]

    def load(self, params: dict[str, Floats]) -> None:
        """Weights by contract name: W_g (H, I), U_g (H, H), b_g (H,) for z, r, n; b_hn, V, d."""
        self.load_inputs(params)
        U = np.vstack([params["U_n"], params["U_z"], params["U_r"]])
        bias = np.concatenate([params["b_hn"], np.zeros(2 * self.H)])
        signs = np.repeat([1.0, -1.0, -1.0], self.H)[:, None]
        self.U, self.Ut = laid_out(np.hstack([bias[:, None], signs * U])), laid_out(U.T)

    def forward(self) -> None:
        """Fill the states and the gates."""
        dot, one = self.U.dot, np.array(1.0)
        add, exp, divide, tanh, subtract = np.add, np.exp, np.divide, np.tanh, np.subtract
        for source, previous, out, q, twin, pre, pre_n, gates, z, r, n, drift, h in self.forward_views:
            dot(source, out)
            add(twin, pre, gates)
            exp(gates, gates)
            add(gates, one, gates)
            divide(q, r, n)
            add(n, pre_n, n)
            tanh(n, n)
            subtract(previous, n, drift)
            divide(drift, z, drift)
            add(n, drift, h)

    def slopes(self) -> None:
        """(1 - n^2)(1 - z) r, (h_prev - n) z (1 - z), the first q (1 - r), (1 - n^2)(1 - z), z: each in its slot."""
        H, D, R = self.H, self.D[:-1], self.R
        q, z, r, n = (D[:, k * H : (k + 1) * H] for k in range(4))
        np.reciprocal(R, out=R)
        np.subtract(1.0, R, out=D[:, H : 3 * H])
        self.candidate_slope(n, z)
        np.multiply(n, R[:, H:], out=q)
        np.multiply(z, self.drift, out=z)
        np.multiply(r, q, out=r)
        np.multiply(r, self.Q[:, :H], out=r)
        D[:, 4 * H :] = R[:, :H]

    def backward(self) -> None:
        """Fill the deltas and the gradients."""
        dot, add, multiply = self.Ut.dot, np.add, np.multiply
        self.pull[-1] = self.head.gh[-1]
        for dh, slots, three, kept, earlier, out in self.backward_views:
            multiply(slots, dh, slots)
            dot(three, out)
            add(out, kept, out)
            add(out, earlier, out)
        H, D, Z = self.H, self.D[:-1], self.Z[:-1]
        np.dot(D[:, H : 4 * H].T, Z[:, : self.I + 1], out=self.dW)
        np.dot(D[:, : 3 * H].T, Z[:, self.I :], out=self.dU)

    def gradients(self) -> dict[str, Floats]:
        """Every summed gradient by contract name."""
        blocks = np.split(self.dU, 3)
        dU = {f"U_{gate}": block[:, 1:] for gate, block in zip("nzr", blocks, strict=True)}
        return {**self.input_gradients("zrn"), **dU, "b_hn": blocks[0][:, 0]}
