"""A second engine, slow and plain: cells by hand, derivatives by complex steps, a copy of every weight per step.

Columns are sequences: x (I, B), states (H, B), W (H, I), U (H, H), b (H, 1). A leading axis P holds P variants of the
network at once. The derivative of an analytic f is Im f(a + ih) / h, exact to rounding: nothing is subtracted.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Arrays = dict[str, Array]
TINY = 1e-40


def sigmoid(a: Array) -> Array:
    up = a.real > 0
    small = np.exp(np.where(up, -a, a))
    return np.asarray(np.where(up, 1, small) / (1 + small))


def relu(a: Array) -> Array:
    return np.where(a.real > 0, a, 0)


def rnn_tanh(p: Arrays, x: Array, s_prev: Array) -> Arrays:
    return {"s": np.tanh(p["W"] @ x + p["U"] @ s_prev + p["b"])}


def rnn_sigmoid(p: Arrays, x: Array, s_prev: Array) -> Arrays:
    return {"s": sigmoid(p["W"] @ x + p["U"] @ s_prev + p["b"])}


def rnn_relu(p: Arrays, x: Array, s_prev: Array) -> Arrays:
    return {"s": relu(p["W"] @ x + p["U"] @ s_prev + p["b"])}


def lstm(p: Arrays, x: Array, h_prev: Array, c_prev: Array) -> Arrays:
    forget = sigmoid(p["W_f"] @ x + p["U_f"] @ h_prev + p["b_f"])
    update = sigmoid(p["W_i"] @ x + p["U_i"] @ h_prev + p["b_i"])
    candidate = np.tanh(p["W_c"] @ x + p["U_c"] @ h_prev + p["b_c"])
    output = sigmoid(p["W_o"] @ x + p["U_o"] @ h_prev + p["b_o"])
    c = forget * c_prev + update * candidate
    return {"h": output * np.tanh(c), "c": c}


def gru(p: Arrays, x: Array, h_prev: Array) -> Arrays:
    update = sigmoid(p["W_z"] @ x + p["U_z"] @ h_prev + p["b_z"])
    reset = sigmoid(p["W_r"] @ x + p["U_r"] @ h_prev + p["b_r"])
    candidate = np.tanh(p["W_n"] @ x + p["U_n"] @ (reset * h_prev) + p["b_n"])
    return {"h": update * h_prev + (1 - update) * candidate}


def gru_reset_after(p: Arrays, x: Array, h_prev: Array) -> Arrays:
    update = sigmoid(p["W_z"] @ x + p["U_z"] @ h_prev + p["b_z"])
    reset = sigmoid(p["W_r"] @ x + p["U_r"] @ h_prev + p["b_r"])
    candidate = np.tanh(p["W_n"] @ x + p["b_n"] + reset * (p["U_n"] @ h_prev + p["b_hn"]))
    return {"h": update * h_prev + (1 - update) * candidate}


def lstm_peephole(p: Arrays, x: Array, h_prev: Array, c_prev: Array) -> Arrays:
    forget = sigmoid(p["W_f"] @ x + p["U_f"] @ h_prev + p["u_f"] * c_prev + p["b_f"])
    update = sigmoid(p["W_i"] @ x + p["U_i"] @ h_prev + p["u_i"] * c_prev + p["b_i"])
    c = forget * c_prev + update * np.tanh(p["W_c"] @ x + p["U_c"] @ h_prev + p["b_c"])
    output = sigmoid(p["W_o"] @ x + p["U_o"] @ h_prev + p["u_o"] * c + p["b_o"])
    return {"h": output * np.tanh(c), "c": c}


def lstm_coupled(p: Arrays, x: Array, h_prev: Array, c_prev: Array) -> Arrays:
    forget = sigmoid(p["W_f"] @ x + p["U_f"] @ h_prev + p["b_f"])
    c = forget * c_prev + (1 - forget) * np.tanh(p["W_c"] @ x + p["U_c"] @ h_prev + p["b_c"])
    output = sigmoid(p["W_o"] @ x + p["U_o"] @ h_prev + p["b_o"])
    return {"h": output * np.tanh(c), "c": c}


def mgu(p: Arrays, x: Array, h_prev: Array) -> Arrays:
    forget = sigmoid(p["W_f"] @ x + p["U_f"] @ h_prev + p["b_f"])
    candidate = np.tanh(p["W_n"] @ x + p["U_n"] @ (forget * h_prev) + p["b_n"])
    return {"h": (1 - forget) * h_prev + forget * candidate}


def indrnn(p: Arrays, x: Array, s_prev: Array) -> Arrays:
    return {"s": relu(p["W"] @ x + p["u"] * s_prev + p["b"])}


def rnn_residual(p: Arrays, x: Array, s_prev: Array) -> Arrays:
    return {"s": s_prev + 0.1 * np.tanh(p["W"] @ x + p["U"] @ s_prev + p["b"])}


@dataclass(frozen=True)
class Net:
    """One timestep `step(params, x, *states)`; the first of `states` is what the head reads."""

    step: Callable[..., Arrays]
    states: tuple[str, ...]


NETS = {
    "rnn-tanh": Net(rnn_tanh, ("s",)),
    "rnn-sigmoid": Net(rnn_sigmoid, ("s",)),
    "rnn-relu": Net(rnn_relu, ("s",)),
    "lstm": Net(lstm, ("h", "c")),
    "gru": Net(gru, ("h",)),
    "gru-reset-after": Net(gru_reset_after, ("h",)),
    "lstm-peephole": Net(lstm_peephole, ("h", "c")),
    "lstm-coupled": Net(lstm_coupled, ("h", "c")),
    "mgu": Net(mgu, ("h",)),
    "indrnn": Net(indrnn, ("s",)),
    "rnn-residual": Net(rnn_residual, ("s",)),
}


@dataclass(frozen=True)
class Task:
    """A sequence and its weights: x (T, B, I), target (T, B), mask (T, B), params by the trace's names."""

    x: Array
    target: Array
    mask: Array
    params: Arrays


def columns(params: Mapping[str, Array]) -> Arrays:
    """Every weight as a complex matrix, biases as one column."""
    return {name: np.atleast_2d(value.T).T.astype(complex) for name, value in params.items()}


def states(net: Net, copies: Arrays, task: Task, start: Arrays, first: int = 0) -> list[Arrays]:
    """The states after each step from `first` on: copies (P, T, ...), start (P, H, B) each."""
    found, state = [], start
    for t in range(first, len(task.x)):
        weights = {name: value[:, t] for name, value in copies.items()}
        state = net.step(weights, task.x[t].T, *(state[name] for name in net.states))
        found.append({name: state[name] for name in net.states})
    return found


def zeros(net: Net, task: Task) -> Arrays:
    """The state before the first step."""
    shape = (1, task.params["V"].shape[1], task.x.shape[1])
    return {name: np.zeros(shape, complex) for name in net.states}


def surprise(logits: Array, target: Array) -> Array:
    """-log softmax at the target: logits (P, O, B), target (B,) -> (P, B)."""
    shifted = logits - logits.real.max(1, keepdims=True)
    chosen = shifted[:, target, np.arange(len(target))]
    return np.asarray(np.log(np.exp(shifted).sum(1)) - chosen)


def losses(net: Net, copies: Arrays, task: Task) -> Array:
    """J_t of every variant, summed over the batch: copies (P, T, ...) -> (P, T)."""
    run = states(net, copies, task, zeros(net, task))
    tops = [copies["V"][:, t] @ state[net.states[0]] + copies["d"][:, t] for t, state in enumerate(run)]
    found = [surprise(top, y) @ m for top, y, m in zip(tops, task.target, task.mask, strict=True)]
    return np.stack(np.broadcast_arrays(*found), 1)


def each_step(params: Mapping[str, Array], T: int) -> Arrays:
    """A copy of every weight for every step: (1, T, ...)."""
    return {name: np.repeat(value[None, None], T, axis=1) for name, value in columns(params).items()}


def total(net: Net, task: Task) -> float:
    """J."""
    return float(losses(net, each_step(task.params, len(task.x)), task).real.sum())


def pieces(net: Net, task: Task, names: list[str] | None = None) -> Arrays:
    """d J_t / d (the copy of a weight used at step k), for every weight: (T, T, *shape)."""
    T = len(task.x)
    copies, found = each_step(task.params, T), {}
    for name in task.params if names is None else names:
        whole = copies[name][0]
        moved = np.repeat(whole[None], whole.size, axis=0)
        moved.reshape(whole.size, whole.size)[np.diag_indices(whole.size)] += 1j * TINY
        slopes = np.broadcast_to(losses(net, copies | {name: moved}, task).imag / TINY, (whole.size, T))
        found[name] = np.moveaxis(slopes.reshape(*whole.shape, T), -1, 0).reshape(T, T, *task.params[name].shape)
    return found


def gradients(net: Net, task: Task) -> Arrays:
    """dJ/dP of every weight."""
    return {name: value.sum((0, 1)) for name, value in pieces(net, task).items()}


def jacobian(net: Net, task: Task, k: int) -> Array:
    """d state_t / d state_k of sequence 0 for all t >= k: (T - k, S, S), S = H times the number of states."""
    copies = each_step(task.params, len(task.x))
    alone = Task(task.x[:, :1], task.target[:, :1], task.mask[:, :1], task.params)
    run = [zeros(net, alone), *states(net, copies, alone, zeros(net, alone))][k + 1]
    joint = np.concatenate([run[name] for name in net.states], 1)[..., 0]
    moved = joint + 1j * TINY * np.eye(joint.size)
    start = {n: part[..., None] for n, part in zip(net.states, np.split(moved, len(net.states), 1), strict=True)}
    later = [start, *states(net, copies, alone, start, k + 1)]
    found = [np.concatenate([state[name] for name in net.states], 1)[..., 0].imag.T / TINY for state in later]
    return np.stack(found)
