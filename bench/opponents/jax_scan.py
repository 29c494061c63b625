"""JAX as a careful user would write it: `lax.scan` in one jitted function that gives all that a trace gives.

Gradients of pre-activations and states are those of zeros that are added to them. Compiling is left out of all times.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from bench.problems import GATES

jax.config.update("jax_enable_x64", True)
Step = Callable[..., tuple[Any, Any]]


def rnn_step(p: dict[str, Any], state: Any, pre: Any, shifts: Any) -> tuple[Any, Any]:
    """The vanilla cell; `pre` is the projected input (B, H)."""
    shift, of_state = shifts
    a = pre + state[0] @ p["U"].T + shift
    s = jnp.tanh(a) + of_state
    return (s,), (a, s)


def lstm_step(p: dict[str, Any], state: Any, pre: Any, shifts: Any) -> tuple[Any, Any]:
    """The LSTM, gates f, i, c, o under each other."""
    shift, of_h, of_c = shifts
    h, c = state
    a = pre + h @ p["U"].T + shift
    f, i, g, o = jnp.split(a, 4, axis=-1)
    f, i, g, o = jax.nn.sigmoid(f), jax.nn.sigmoid(i), jnp.tanh(g), jax.nn.sigmoid(o)
    c = f * c + i * g + of_c
    bent = jnp.tanh(c)
    h = o * bent + of_h
    return (h, c), (a, f, i, g, o, c, bent, h)


def gru_step(p: dict[str, Any], state: Any, pre: Any, shifts: Any) -> tuple[Any, Any]:
    """The textbook GRU, gates z, r, n under each other, the state reset before the product."""
    shift, of_state = shifts
    (h,), H = state, state[0].shape[-1]
    zr = pre[:, : 2 * H] + h @ p["U"][: 2 * H].T + shift[:, : 2 * H]
    z, r = jnp.split(jax.nn.sigmoid(zr), 2, axis=-1)
    a = pre[:, 2 * H :] + (r * h) @ p["U"][2 * H :].T + shift[:, 2 * H :]
    n = jnp.tanh(a)
    h = z * h + (1 - z) * n + of_state
    return (h,), (zr, a, z, r, n, h)


STEPS: dict[str, tuple[Step, int]] = {"rnn-tanh": (rnn_step, 1), "lstm": (lstm_step, 2), "gru": (gru_step, 1)}


class JaxScan:
    """One network over x (T, B, I), target (T, B)."""

    def __init__(self, cell: str, params: dict[str, Any], x: Any, target: Any) -> None:
        self.step, states = STEPS[cell]
        self.gates, self.H = GATES[cell], params["V"].shape[1]
        stacked = {k: np.concatenate([params[f"{k}{g}"] for g in self.gates]) for k in "WUb"}
        self.params = {n: jnp.asarray(p) for n, p in {**stacked, "V": params["V"], "d": params["d"]}.items()}
        self.x, self.target = jnp.asarray(x), jnp.asarray(target)
        room = [len(self.gates) * self.H, *[self.H] * states]
        self.shifts = tuple(jnp.zeros((*x.shape[:2], n)) for n in room)
        self.begin = tuple(jnp.zeros((x.shape[1], self.H)) for _ in range(states))
        self.traced = jax.jit(self._trace)

    def _loss(self, p: dict[str, Any], shifts: Any, x: Any, target: Any) -> tuple[Any, Any]:
        def step(state: Any, given: Any) -> tuple[Any, Any]:
            return self.step(p, state, given[0], given[1])

        _, kept = jax.lax.scan(step, self.begin, (x @ p["W"].T + p["b"], shifts))
        logits = kept[-1] @ p["V"].T + p["d"]
        log_probs = jax.nn.log_softmax(logits)
        losses = -jnp.take_along_axis(log_probs, target[..., None], axis=-1)[..., 0]
        return losses.sum(), (kept, logits, jnp.exp(log_probs), losses)

    def _trace(self, p: dict[str, Any], shifts: Any, x: Any, target: Any) -> Any:
        (loss, kept), (grads, pulls) = jax.value_and_grad(self._loss, argnums=(0, 1), has_aux=True)(
            p, shifts, x, target
        )
        split = [*jnp.split(pulls[0], len(self.gates), axis=-1), *pulls[1:]]
        norms = [jnp.sqrt((g * g).sum((1, 2))) for g in split]
        return loss, kept, grads, pulls, norms

    def trace(self) -> Any:
        """Everything, and wait until it is there."""
        return jax.block_until_ready(self.traced(self.params, self.shifts, self.x, self.target))

    def gradients(self) -> dict[str, Any]:
        """Every parameter's gradient, by contract name."""
        grads = {n: np.asarray(g) for n, g in self.trace()[2].items()}
        found = {n: grads[n] for n in ("V", "d")}
        for kind in "WUb":
            parts = np.split(grads[kind], len(self.gates))
            found |= {f"{kind}{gate}": part for gate, part in zip(self.gates, parts, strict=True)}
        return found
