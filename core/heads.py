"""Output heads: from logits to predictions, a loss at each step, and the gradient that starts the backward pass.

Every head has `logits` (T, ..., O), `delta` = dJ/dlogits (masked), `loss` and `mask` (T, ...), where ... is the batch
if there is one; `shows` names its arrays for a trace, and `run` takes targets like the logits, or (T, ...) for a class.
"""

import numpy as np

from core.buffers import Sizes
from core.ops import OPS, Calls, Floats, minus, run

Indices = np.ndarray[tuple[int, ...], np.dtype[np.intp]]


class SoftmaxCrossEntropy:
    """p = softmax(V h + d), J_t = -log p[target], dJ_t/dlogits = p - onehot(target)."""

    name = "softmax"
    shows = ("logits", "probs")
    classes = True

    def __init__(self, sizes: Sizes) -> None:
        s, steps = sizes, (sizes.T, *sizes.batch)
        self.logits, self.probs, self.delta = (s.zeros(*steps, s.O) for _ in range(3))
        self.top, self.total = s.zeros(*steps, 1), s.zeros(*steps, 1)
        self.loss, self.mask = s.zeros(*steps), np.ones(steps, s.dtype)
        self.start, self.index = np.arange(s.T * s.B).reshape(steps) * s.O, np.zeros(steps, dtype=np.intp)
        self.calls: Calls = (
            (np.maximum.reduce, (self.logits, -1, None, self.top, True)),
            (np.subtract, (self.logits, self.top, self.delta)),
            (np.exp, (self.delta, self.probs)),
            (np.add.reduce, (self.probs, -1, None, self.total, True)),
            (np.divide, (self.probs, self.total, self.probs)),
            (np.log, (self.total, self.total)),
        )

    def run(self, target: Indices) -> None:
        """Fill probs, loss and delta from logits (T, ..., O) and target (T, ...); delta is masked, loss is not."""
        run(self.calls)
        np.add(target, self.start, self.index)
        np.subtract(self.total.reshape(self.loss.shape), self.delta.reshape(-1)[self.index], self.loss)
        np.multiply(self.probs, self.mask[..., None], self.delta)
        self.delta.reshape(-1)[self.index] -= self.mask


class LinearSquaredError:
    """prediction = V h + d, J_t = the sum over outputs of (prediction - target)^2."""

    name = "linear"
    shows = ("prediction",)
    classes = False

    def __init__(self, sizes: Sizes) -> None:
        steps = (sizes.T, *sizes.batch)
        self.logits, self.delta = sizes.zeros(*steps, sizes.O), sizes.zeros(*steps, sizes.O)
        self.loss, self.mask = sizes.zeros(*steps), np.ones(steps, sizes.dtype)
        self.prediction = self.logits

    def run(self, target: Floats) -> None:
        """Fill loss and delta."""
        np.subtract(self.logits, target, self.delta)
        np.vecdot(self.delta, self.delta, out=self.loss)
        np.multiply(self.delta, 2.0 * self.mask[..., None], self.delta)


class SigmoidBinary:
    """p = sigmoid(V h + d), J_t = the sum over outputs of -y log p - (1 - y) log(1 - p)."""

    name = "sigmoid"
    shows = ("logits", "probs")
    classes = False

    def __init__(self, sizes: Sizes) -> None:
        steps = (sizes.T, *sizes.batch)
        self.logits, self.probs, self.delta = (sizes.zeros(*steps, sizes.O) for _ in range(3))
        self.loss, self.mask = sizes.zeros(*steps), np.ones(steps, sizes.dtype)
        self.calls: Calls = (minus(self.logits, self.probs), *OPS["sigmoid"].calls(self.probs, self.probs))

    def run(self, target: Floats) -> None:
        """Fill probs, loss and delta; log(1 + e^z) - y z is the loss without a logarithm of zero."""
        run(self.calls)
        np.sum(np.logaddexp(0.0, self.logits) - target * self.logits, axis=-1, out=self.loss)
        np.subtract(self.probs, target, self.delta)
        np.multiply(self.delta, self.mask[..., None], self.delta)


Head = SoftmaxCrossEntropy | LinearSquaredError | SigmoidBinary
HEADS: dict[str, type[SoftmaxCrossEntropy] | type[LinearSquaredError] | type[SigmoidBinary]] = {
    h.name: h for h in (SoftmaxCrossEntropy, LinearSquaredError, SigmoidBinary)
}
