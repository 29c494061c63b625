"""PyTorch as a careful user would write it: gates in a Python loop, the input projection hoisted, float64."""

from collections.abc import Callable
from typing import Any

import torch

from bench.problems import GATES, Problem

torch.set_num_threads(1)

Step = Callable[..., tuple[Any, ...]]


def tensors(problem: Problem) -> dict[str, torch.Tensor]:
    """The weights as leaves that take gradients."""
    return {name: torch.tensor(value, requires_grad=True) for name, value in problem.params.items()}


def rnn_step(pre: torch.Tensor, _state: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
    """The vanilla cell."""
    return (torch.tanh(pre),)


def lstm_step(pre: torch.Tensor, state: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
    """The LSTM on a pre-activation (4H,) in the order f, i, c, o."""
    f, i, g, o = pre.chunk(4)
    c = torch.sigmoid(f) * state[1] + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


STEPS: dict[str, tuple[Step, int]] = {"rnn-tanh": (rnn_step, 1), "lstm": (lstm_step, 2)}


class TorchLoop:
    """One recurrent network as a loop over time; `keep` retains the gradients of all that a trace shows."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.p = problem, tensors(problem)
        self.x, self.target = torch.tensor(problem.x), torch.tensor(problem.target)
        self.step, self.states = STEPS[problem.cell]
        gates = GATES[problem.cell]
        self.names = [[f"{letter}{gate}" for gate in gates] for letter in "WUb"]

    def stacked(self) -> tuple[torch.Tensor, ...]:
        """W (G H, I), U (G H, H), b (G H,): the gates under each other."""
        return tuple(torch.cat([self.p[name] for name in names]) for names in self.names)

    def forward(
        self, *, keep: bool = False, shift: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, list[torch.Tensor], list[Any]]:
        """The losses (T,), the pre-activations and the states of every step; `shift` (T, G H) is added to the first."""
        W, U, b = self.stacked()
        state = tuple(torch.zeros(self.problem.H, dtype=torch.float64) for _ in range(self.states))
        projected = self.x @ W.T + b
        pres, states = [], []
        # unbind: indexing a tensor that takes gradients would cost O(T^2) on the way back
        for row in (projected if shift is None else projected + shift).unbind(0):
            pre = row + U @ state[0]
            state = self.step(pre, state)
            if keep:
                for tensor in (pre, *state):
                    tensor.retain_grad()
            pres.append(pre)
            states.append(state)
        outputs = torch.stack([state[0] for state in states])
        logits = outputs @ self.p["V"].T + self.p["d"]
        losses = torch.nn.functional.cross_entropy(logits, self.target, reduction="none")
        return losses, pres, states

    def trace(self) -> tuple[torch.Tensor, torch.Tensor, list[torch.Tensor]]:
        """Forward and backward with gates and gradients kept: deltas (T, G H), norms, dJ/dstate (T, H) each."""
        for parameter in self.p.values():
            parameter.grad = None
        losses, pres, states = self.forward(keep=True)
        losses.sum().backward()
        deltas = torch.stack([pre.grad for pre in pres])
        pulls = [torch.stack([s[k].grad for s in states]) for k in range(self.states)]
        return deltas, torch.linalg.vector_norm(torch.stack(pulls), dim=2), pulls

    def gradients(self) -> dict[str, Any]:
        """Every parameter's gradient after `trace`, as NumPy."""
        return {name: parameter.grad.numpy() for name, parameter in self.p.items()}

    def contributions(self) -> dict[str, torch.Tensor]:
        """Forward, then one `autograd.grad` per loss: the (t, k) norms of W, U and b, each (T, T).

        A generous rival: gradients go only as far as the pre-activations, and a contribution's norm is
        |delta| |input|, as the outer product allows, with no weight-shaped array ever formed.
        """
        losses, pres, states = self.forward()
        T = len(pres)
        norms = torch.zeros(T, T, dtype=torch.float64)
        for t, loss in enumerate(losses.unbind(0)):
            grads = torch.autograd.grad(loss, pres[: t + 1], retain_graph=True)
            norms[t, : t + 1] = torch.linalg.vector_norm(torch.stack(grads), dim=1)
        with torch.no_grad():
            previous = torch.stack([torch.zeros_like(states[0][0]), *[s[0] for s in states[:-1]]])
            scale = [torch.linalg.vector_norm(rows, dim=1) for rows in (self.x, previous)]
            return {"W": norms * scale[0], "U": norms * scale[1], "b": norms}

    def delta_norms(self) -> torch.Tensor:
        """|dJ_t / d(pre-activation of k)| (T, T) in one call of `torch.func.jacrev`: the best that we could write."""
        zeros = torch.zeros(self.problem.T, self.stacked()[1].shape[0], dtype=torch.float64)
        with torch.no_grad():
            jacobian = torch.func.jacrev(lambda shift: self.forward(shift=shift)[0])(zeros)
            return torch.linalg.vector_norm(jacobian, dim=2)


def jacobian_products(U: torch.Tensor, slopes: torch.Tensor) -> torch.Tensor:
    """All pairs |ds_t/ds_k| (T, T) of the vanilla cell by multiplying J_t ... J_(k+1) for every k."""
    T, H = slopes.shape
    norms = torch.zeros(T, T, dtype=torch.float64)
    norms.fill_diagonal_(H**0.5)
    with torch.no_grad():
        steps = [slope[:, None] * U for slope in slopes.unbind(0)]
        for k in range(T - 1):
            product = steps[k + 1]
            norms[k + 1, k] = torch.linalg.matrix_norm(product)
            for t in range(k + 2, T):
                product = steps[t] @ product
                norms[t, k] = torch.linalg.matrix_norm(product)
    return norms
