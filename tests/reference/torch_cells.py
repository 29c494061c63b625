"""The cells for PyTorch: nn.RNN, nn.LSTM and nn.GRU where it has the cell, explicit equations for all.

B batch, I inputs, H hidden units, everything float64.  Nothing here knows the engine under test: the equations
are written out again, and wherever PyTorch has the cell, PyTorch's own module is what the fixtures come from.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

Nodes = dict[str, Tensor]

STATES = {
    "rnn-tanh": ("s",),
    "rnn-sigmoid": ("s",),
    "rnn-relu": ("s",),
    "lstm": ("h", "c"),
    "gru": ("h",),
    "gru-reset-after": ("h",),
    "lstm-peephole": ("h", "c"),
    "lstm-coupled": ("h", "c"),
    "mgu": ("h",),
    "indrnn": ("s",),
    "rnn-residual": ("s",),
}
# The suffixes of the parameters, in the order in which PyTorch stacks its gates.
GATES = {
    "rnn-tanh": ("",),
    "rnn-sigmoid": ("",),
    "rnn-relu": ("",),
    "lstm": ("_i", "_f", "_c", "_o"),
    "gru": ("_r", "_z", "_n"),
    "gru-reset-after": ("_r", "_z", "_n"),
    "lstm-peephole": ("_f", "_i", "_c", "_o"),
    "lstm-coupled": ("_f", "_c", "_o"),
    "mgu": ("_f", "_n"),
    "indrnn": ("",),
    "rnn-residual": ("",),
}
# Vectors beside W, U and b of every gate.
VECTORS = {"gru-reset-after": ("b_hn",), "lstm-peephole": ("u_f", "u_i", "u_o"), "indrnn": ("u",)}
CELLS = tuple(STATES)


def shapes(cell: str, inputs: int, hidden: int) -> dict[str, tuple[int, ...]]:
    """Return the shape of every parameter of a cell."""
    sizes = {"W": (hidden, inputs), "U": (hidden, hidden), "b": (hidden,)}
    named = {letter + gate: size for gate in GATES[cell] for letter, size in sizes.items()}
    named |= dict.fromkeys(VECTORS.get(cell, ()), (hidden,))
    return {name: size for name, size in named.items() if cell != "indrnn" or name != "U"}


def affine(p: Nodes, gate: str, x: Tensor, state: Tensor) -> Tensor:
    """Return W x + U state + b of one gate, (B, H)."""
    return x @ p["W" + gate].T + state @ p["U" + gate].T + p["b" + gate]


def rnn(activation: Callable[[Tensor], Tensor], p: Nodes, x: Tensor, s_prev: Tensor) -> Nodes:
    """One step of the vanilla cell."""
    pre = affine(p, "", x, s_prev)
    return {"s.pre": pre, "s": activation(pre)}


def lstm(p: Nodes, x: Tensor, h_prev: Tensor, c_prev: Tensor) -> Nodes:
    """One step of the LSTM."""
    pre = {n: affine(p, gate, x, h_prev) for n, gate in zip("figo", ("_f", "_i", "_c", "_o"), strict=True)}
    f, i, o = (torch.sigmoid(pre[name]) for name in "fio")
    g = torch.tanh(pre["g"])
    c = f * c_prev + i * g
    h = o * torch.tanh(c)
    return {f"{n}.pre": v for n, v in pre.items()} | {"f": f, "i": i, "o": o, "g": g, "c": c, "h": h}


def gru(p: Nodes, x: Tensor, h_prev: Tensor) -> Nodes:
    """One step of the textbook GRU: the reset gate acts before the product."""
    pre = {n: affine(p, "_" + n, x, h_prev) for n in "rz"}
    r, z = torch.sigmoid(pre["r"]), torch.sigmoid(pre["z"])
    pre["n"] = affine(p, "_n", x, r * h_prev)
    n = torch.tanh(pre["n"])
    return {f"{k}.pre": v for k, v in pre.items()} | {"r": r, "z": z, "n": n, "h": (1 - z) * n + z * h_prev}


def gru_reset_after(p: Nodes, x: Tensor, h_prev: Tensor) -> Nodes:
    """One step of PyTorch's GRU: the reset gate acts on the product and its own bias."""
    pre = {n: affine(p, "_" + n, x, h_prev) for n in "rz"}
    r, z = torch.sigmoid(pre["r"]), torch.sigmoid(pre["z"])
    pre["n"] = x @ p["W_n"].T + p["b_n"] + r * (h_prev @ p["U_n"].T + p["b_hn"])
    n = torch.tanh(pre["n"])
    return {f"{k}.pre": v for k, v in pre.items()} | {"r": r, "z": z, "n": n, "h": (1 - z) * n + z * h_prev}


def lstm_peephole(p: Nodes, x: Tensor, h_prev: Tensor, c_prev: Tensor) -> Nodes:
    """One step of the LSTM whose gates see the cell state, unit by unit."""
    pre = {n: affine(p, gate, x, h_prev) for n, gate in zip("figo", ("_f", "_i", "_c", "_o"), strict=True)}
    pre["f"], pre["i"] = pre["f"] + p["u_f"] * c_prev, pre["i"] + p["u_i"] * c_prev
    f, i, g = torch.sigmoid(pre["f"]), torch.sigmoid(pre["i"]), torch.tanh(pre["g"])
    c = f * c_prev + i * g
    pre["o"] = pre["o"] + p["u_o"] * c
    o = torch.sigmoid(pre["o"])
    h = o * torch.tanh(c)
    return {f"{n}.pre": v for n, v in pre.items()} | {"f": f, "i": i, "o": o, "g": g, "c": c, "h": h}


def lstm_coupled(p: Nodes, x: Tensor, h_prev: Tensor, c_prev: Tensor) -> Nodes:
    """One step of the LSTM in which the update gate is what the forget gate leaves."""
    pre = {n: affine(p, gate, x, h_prev) for n, gate in zip("fgo", ("_f", "_c", "_o"), strict=True)}
    f, g, o = torch.sigmoid(pre["f"]), torch.tanh(pre["g"]), torch.sigmoid(pre["o"])
    c = f * c_prev + (1 - f) * g
    h = o * torch.tanh(c)
    return {f"{n}.pre": v for n, v in pre.items()} | {"f": f, "o": o, "g": g, "c": c, "h": h}


def mgu(p: Nodes, x: Tensor, h_prev: Tensor) -> Nodes:
    """One step of the minimal gated unit."""
    before = affine(p, "_f", x, h_prev)
    f = torch.sigmoid(before)
    pre = affine(p, "_n", x, f * h_prev)
    n = torch.tanh(pre)
    return {"f.pre": before, "n.pre": pre, "f": f, "n": n, "h": (1 - f) * h_prev + f * n}


def indrnn(p: Nodes, x: Tensor, s_prev: Tensor) -> Nodes:
    """One step of the cell whose units each remember themselves alone."""
    pre = x @ p["W"].T + p["u"] * s_prev + p["b"]
    return {"s.pre": pre, "s": torch.relu(pre)}


def rnn_residual(p: Nodes, x: Tensor, s_prev: Tensor) -> Nodes:
    """One step of the cell that changes its state by a tenth."""
    pre = affine(p, "", x, s_prev)
    n = torch.tanh(pre)
    return {"n.pre": pre, "n": n, "s": s_prev + 0.1 * n}


EQUATIONS = {
    "rnn-tanh": lambda p, x, s: rnn(torch.tanh, p, x, s),
    "rnn-sigmoid": lambda p, x, s: rnn(torch.sigmoid, p, x, s),
    "rnn-relu": lambda p, x, s: rnn(torch.relu, p, x, s),
    "lstm": lstm,
    "gru": gru,
    "gru-reset-after": gru_reset_after,
    "lstm-peephole": lstm_peephole,
    "lstm-coupled": lstm_coupled,
    "mgu": mgu,
    "indrnn": indrnn,
    "rnn-residual": rnn_residual,
}
MODULES = {
    "rnn-tanh": lambda i, h: nn.RNN(i, h, nonlinearity="tanh", dtype=torch.float64),
    "rnn-relu": lambda i, h: nn.RNN(i, h, nonlinearity="relu", dtype=torch.float64),
    "lstm": lambda i, h: nn.LSTM(i, h, dtype=torch.float64),
    "gru-reset-after": lambda i, h: nn.GRU(i, h, dtype=torch.float64),
}


class Loop:
    """A cell by its equations, with its own copy of every parameter."""

    def __init__(self, cell: str, params: Nodes) -> None:
        self.cell = cell
        self.params = {name: value.detach().clone().requires_grad_() for name, value in params.items()}
        self.tensors = list(self.params.values())

    def nodes(self, x: Tensor, state: Nodes) -> Nodes:
        """Return every node of one step, each (B, H)."""
        return EQUATIONS[self.cell](self.params, x, *(state[name] for name in STATES[self.cell]))

    def step(self, x: Tensor, state: Nodes) -> Nodes:
        """Return the next state, each part by itself: an h that passed through this very c would depend on it."""
        nodes = self.nodes(x, state)
        return {name: nodes[name].clone() for name in STATES[self.cell]}

    def named(self, values: list[Tensor]) -> Nodes:
        """Name what stands in the order of `tensors`."""
        return dict(zip(self.params, values, strict=True))


class Native:
    """A cell by PyTorch's own module, with its own copy of every parameter; its second bias is zero but for b_hn."""

    def __init__(self, cell: str, params: Nodes) -> None:
        self.cell, self.gates = cell, GATES[cell]
        hidden, inputs = params["W" + self.gates[0]].shape
        self.module = MODULES[cell](inputs, hidden)
        zero = torch.zeros(hidden, dtype=torch.float64)
        second = [params.get("b_h" + gate[1:], zero) for gate in self.gates]
        stacked = [torch.cat([params[letter + gate] for gate in self.gates]) for letter in "WUb"]
        self.tensors = list(self.module.parameters())  # weight_ih, weight_hh, bias_ih, bias_hh
        with torch.no_grad():
            for tensor, value in zip(self.tensors, [*stacked, torch.cat(second)], strict=True):
                tensor.copy_(value)

    def __call__(self, xs: Tensor, state: Nodes) -> tuple[Tensor, Nodes]:
        """Run a whole sequence: xs (T, B, I) -> the output state (T, B, H) and the last states (B, H)."""
        given = [state[name][None] for name in STATES[self.cell]]
        output, last = self.module(xs, tuple(given) if len(given) > 1 else given[0])
        last = last if isinstance(last, tuple) else (last,)
        return output, {name: value[0] for name, value in zip(STATES[self.cell], last, strict=True)}

    def step(self, x: Tensor, state: Nodes) -> Nodes:
        """Return the next state."""
        return self(x[None], state)[1]

    def named(self, values: list[Tensor]) -> Nodes:
        """Split what stands in the order of `tensors` by gate and give it our names."""
        parts = {
            letter + gate: part
            for letter, value in zip("WUb", values[:3], strict=True)
            for gate, part in zip(self.gates, value.chunk(len(self.gates)), strict=True)
        }
        if self.cell == "gru-reset-after":
            parts["b_hn"] = values[3].chunk(3)[2]
        return parts


def build(cell: str, params: Nodes) -> Loop | Native:
    """Return PyTorch's own module where it has the cell, else its equations."""
    return (Native if cell in MODULES else Loop)(cell, params)
