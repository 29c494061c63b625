"""The vanilla network by hand: s = tanh(W @ x + U @ s_prev + b), giving loss and gradients only."""

import numpy as np
from numpy.typing import NDArray

from bench.opponents.head import Floats, Head, aligned, laid_out


class PlainRnn:
    """Three calls a step each way. Row t of Z is [x_t | 1 | s_(t-1)], so that one product gives dW, db and dU."""

    def __init__(self, T: int, I: int, H: int, O: int) -> None:
        self.I = I
        self.head = Head(T, H, O)
        self.Z = aligned(T + 1, I + 1 + H)
        self.Z[:, I] = 1.0
        self.S, self.D = aligned(T, H), aligned(T + 1, H)
        self.row, self.grad = aligned(H), aligned(H, I + 1 + H)
        states = list(self.Z[:, I + 1 :])
        self.forward_views = list(zip(states[:-1], self.S, states[1:], strict=True))
        self.backward_views = list(zip(self.D[1:], self.head.gh, self.D[:-1], strict=True))[::-1]

    def load(self, params: dict[str, Floats]) -> None:
        """Weights by contract name: W (H, I), U (H, H), b (H,), V (O, H), d (O,)."""
        self.head.load(params["V"], params["d"])
        self.inward = np.ascontiguousarray(np.hstack([params["W"], params["b"][:, None]]).T)
        self.U, self.Ut = laid_out(params["U"]), laid_out(params["U"].T)

    def run(self, x: Floats, target: NDArray[np.intp]) -> float:
        """x (T, I), target (T,) -> the loss."""
        self.Z[:-1, : self.I] = x
        np.dot(self.Z[:-1, : self.I + 1], self.inward, out=self.S)
        self._forward()
        loss = self.head.run(self.Z[1:, self.I :], target)
        self._backward()
        return loss

    def _forward(self) -> None:
        dot, add, tanh, row = self.U.dot, np.add, np.tanh, self.row
        for previous, pre, state in self.forward_views:
            dot(previous, row)
            add(pre, row, pre)
            tanh(pre, state)

    def _backward(self) -> None:
        """The slopes 1 - s^2 are made in the delta buffer itself, and the loop multiplies in place."""
        states, slopes = self.Z[1:, self.I + 1 :], self.D[:-1]
        np.multiply(states, states, out=slopes)
        np.subtract(1.0, slopes, out=slopes)
        dot, add, multiply, row = self.Ut.dot, np.add, np.multiply, self.row
        for later, gh, delta in self.backward_views:
            dot(later, row)
            add(row, gh, row)
            multiply(delta, row, delta)
        np.dot(self.D[:-1].T, self.Z[:-1], out=self.grad)

    def gradients(self) -> dict[str, Floats]:
        """Every summed gradient by contract name."""
        grad, edge = self.grad, self.I
        return {"W": grad[:, :edge], "b": grad[:, edge], "U": grad[:, edge + 1 :], **self.head.gradients()}


class AugmentedRnn(PlainRnn):
    """Two calls a step each way: [x | 1 | s_prev] @ [W | b | U] and [delta | dlogits] @ [U ; V], each one product.

    Leaner where calls are the cost (H <= 32), slower where the larger product is (H >= 64).
    """

    def __init__(self, T: int, I: int, H: int, O: int) -> None:
        super().__init__(T, I, H, O)
        self.H, self.slope = H, aligned(T, H)
        self.E, self.deltas = aligned(T + 1, H + O), self.D[:-1]
        self.steps = list(zip(self.Z[:-1], self.S, self.Z[1:, I + 1 :], strict=True))
        later = [self.E[-1, :H], *self.E[:-2, :H]]
        self.returns = list(zip(self.E[:-1], self.slope, later, strict=True))[::-1]

    def load(self, params: dict[str, Floats]) -> None:
        """Weights by contract name."""
        super().load(params)
        self.onward = laid_out(np.hstack([params["W"], params["b"][:, None], params["U"]]))
        self.back = laid_out(np.vstack([params["U"], params["V"]]).T)

    def run(self, x: Floats, target: NDArray[np.intp]) -> float:
        """x (T, I), target (T,) -> the loss."""
        self.Z[:-1, : self.I] = x
        dot, tanh = self.onward.dot, np.tanh
        for source, pre, state in self.steps:
            dot(source, pre)
            tanh(pre, state)
        loss = self.head.run(self.Z[1:, self.I :], target)
        self._return()
        return loss

    def _return(self) -> None:
        """Row t of E is [delta of t + 1 | dlogits of t]; its last row takes delta of 0."""
        E, H, states = self.E, self.H, self.Z[1:, self.I + 1 :]
        E[:-1, H:], E[-2, :H] = self.head.probs, 0.0
        np.multiply(states, states, out=self.slope)
        np.subtract(1.0, self.slope, out=self.slope)
        dot, multiply, row = self.back.dot, np.multiply, self.row
        for source, slope, delta in self.returns:
            dot(source, row)
            multiply(row, slope, delta)
        self.deltas[0], self.deltas[1:] = E[-1, :H], E[:-2, :H]
        np.dot(self.deltas.T, self.Z[:-1], out=self.grad)
