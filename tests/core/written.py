"""Cells that nobody thought of: random texts, and a second reading of a cell's text, by Python itself.

A cell's equations are valid Python once `@`, `*` and the functions mean matrices, so `exec` of each line in a small
namespace is an independent forward pass. All functions take complex arrays, for derivatives by complex steps.
"""

import ast
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tests.core.oracle import Array, Arrays, Net, relu, sigmoid


def leaky_relu(a: Array) -> Array:
    return np.asarray(np.where(a.real > 0, a, 0.01 * a))


def softsign(a: Array) -> Array:
    return np.asarray(a / (1 + np.where(a.real > 0, a, -a)))


def hard_sigmoid(a: Array) -> Array:
    line = 0.2 * a + 0.5
    return np.where(line.real <= 0, 0, np.where(line.real >= 1, 1, line))


def softplus(a: Array) -> Array:
    up = a.real > 0
    return np.asarray(np.where(up, a, 0) + np.log1p(np.exp(np.where(up, -a, a))))


def identity(a: Array) -> Array:
    return a


FUNCTIONS: dict[str, Callable[[Array], Any]] = {
    "sigmoid": sigmoid,
    "tanh": np.tanh,
    "relu": relu,
    "leaky_relu": leaky_relu,
    "softsign": softsign,
    "hard_sigmoid": hard_sigmoid,
    "softplus": softplus,
    "exp": np.exp,
    "identity": identity,
}


def read(source: str, states: tuple[str, ...], nudge: Mapping[str, Array] | None = None) -> Net:
    """The cell of a text, read by Python; `nudge` (P, T, H, B) by node is added to the node at each step in turn."""
    lines = [line for line in ast.parse(source).body if isinstance(line, ast.Assign)]
    code = {ast.unparse(line.targets[0]): compile(ast.Expression(line.value), "cell", "eval") for line in lines}
    clock = iter(range(10**9))

    def step(p: Arrays, x: Array, *previous: Array) -> Arrays:
        t = next(clock)
        values = {f"{name}_prev": value for name, value in zip(states, previous, strict=True)}
        space: dict[str, Any] = {**FUNCTIONS, **p, **values, "x": x, "__builtins__": {}}
        for name, line in code.items():
            space[name] = eval(line, space) + 0 * previous[0]
            if nudge and name in nudge:
                space[name] = space[name] + nudge[name][:, t]
        return {name: space[name] for name in states}

    return Net(step, states)


PEOPLE_WRITE = {
    "two layers": """
a = tanh(W @ x + U @ a_prev + b)            # first layer
s = tanh(P @ a + Q @ s_prev + e)            # second layer
""",
    "three layers, the first read by all": """
a = tanh(W_1 @ x + U_1 @ a_prev)
c = relu(P_1 @ a + U_2 @ c_prev)
s = sigmoid(P_2 @ c + P_3 @ a + U_3 @ s_prev)
""",
    "peephole LSTM": """
f = sigmoid(W_f @ x + U_f @ h_prev + p_f * c_prev + b_f)
i = sigmoid(W_i @ x + U_i @ h_prev + p_i * c_prev + b_i)
c = f * c_prev + i * tanh(W_c @ x + U_c @ h_prev + b_c)
o = sigmoid(W_o @ x + U_o @ h_prev + p_o * c + b_o)
h = o * tanh(c)
""",
    "coupled gates": """
f = sigmoid(W_f @ x + U_f @ h_prev + b_f)
c = f * c_prev + (1 - f) * tanh(W_c @ x + U_c @ h_prev + b_c)
h = tanh(c) * sigmoid(W_o @ x + U_o @ h_prev + b_o)
""",
    "minimal gated unit": """
f = sigmoid(W_f @ x + U_f @ h_prev + b_f)
h = (1 - f) * h_prev + f * tanh(W_h @ x + U_h @ (f * h_prev) + b_h)
""",
    "projected LSTM": """
f = sigmoid(W_f @ x + U_f @ r_prev)
i = sigmoid(W_i @ x + U_i @ r_prev)
c = f * c_prev + i * tanh(W_c @ x + U_c @ r_prev)
r = P @ (sigmoid(W_o @ x + U_o @ r_prev) * tanh(c))
""",
    "independent units": "s = relu(W @ x + u * s_prev + b)",
    "leaky integrator": "s = 0.9 * s_prev + 0.1 * tanh(W @ x + U @ s_prev)",
    "negative feedback": "s = tanh(W @ x - U @ s_prev - 0.5 * s_prev + b)",
    "negated matrix": "s = tanh(-U @ s_prev + W @ x)",
    "negative constant": "s = -0.5 * s_prev + softsign(W @ x)",
    "two biases": "s = tanh(W @ x + b_1 + U @ s_prev + b_2)",
    "two matrices on one state": "s = tanh(W @ x + P @ s_prev + Q @ s_prev - R @ s_prev)",
    "linear": "s = U @ s_prev + W @ x",
    "output before the state": """
h = tanh(P @ c_prev + W @ x)
c = 0.5 * c_prev + U @ h
""",
    "the output of the last step": """
c = 0.5 * c_prev + tanh(U @ h_prev)
h = tanh(P @ c + W @ x)
""",
    "a gate of a gate": """
g = sigmoid(W_g @ x + U_g @ h_prev)
i = sigmoid(P @ g + b_i)
h = g * i * h_prev + (1 - g) * (1 - i) * tanh(W @ x)
""",
    "a learned start": "s = tanh(b) + 0.5 * s_prev * sigmoid(W @ x)",
    "square of the state": "s = tanh(W @ x + a * (s_prev * s_prev))",
    "square of the state, unweighted": "s = tanh(W @ x + s_prev * s_prev)",
    "twice the state": "s = tanh(W @ x + s_prev + s_prev)",
    "a matrix on a squashed state": "s = tanh(W @ x + U @ sigmoid(s_prev))",
    "a difference of a difference": "s = tanh(W @ x - identity(s_prev - U @ s_prev))",
    "residual": "s = s_prev + 0.1 * relu(U @ relu(P @ s_prev + W @ x))",
    "exponential decay": "s = exp(-softplus(W_d @ x + b_d)) * s_prev + W @ x",
}


class Author:
    """Writes random cells; a seed is a cell: an odd one short and plain, an even one long and winding."""

    def __init__(self, seed: int) -> None:
        self.rng, self.depth = np.random.default_rng(seed), 0 if seed % 2 else 2
        self.known: list[str] = []
        self.targets = [f"q{i}" for i in range(1, 2 + self.rng.integers(5))]
        self.count = 0

    def pick(self, options: list[str]) -> str:
        return options[self.rng.integers(len(options))]

    def weight(self, letter: str) -> str:
        self.count += 1
        return f"{letter}{self.count}"

    def leaf(self) -> str:
        """A vector of hidden units that is there already."""
        states = [f"{name}_prev" for name in self.targets]
        return self.pick(self.known * 2 + states)

    def term(self, depth: int) -> str:
        """Anything that may stand in a sum."""
        kind = self.rng.integers(7 if depth else 4)
        if kind == 0:
            return f"{self.weight('W')} @ x"
        if kind == 1:
            return f"{self.weight('U')} @ {self.leaf() if depth < 2 else self.call(depth - 1)}"
        if kind == 2:
            return self.weight("b") if self.rng.random() < 0.5 else self.leaf()
        if kind == 3:
            return self.leaf()
        if kind == 4:
            return f"({self.sum(depth - 1)}) * {self.leaf()}"
        if kind == 5:
            return f"{self.rng.uniform(-1, 1):.3f} * {self.call(depth - 1)}"
        return self.call(depth - 1)

    def sum(self, depth: int) -> str:
        terms = [self.term(depth) for _ in range(1 + self.rng.integers(3))]
        if self.rng.random() < 0.25:
            terms.insert(1 + self.rng.integers(len(terms)), "0.5")
        text = terms[0] if self.rng.random() < 0.8 else f"-{terms[0]}"
        for term in terms[1:]:
            text += f" {self.pick(['+', '-'])} {term}"
        return text

    def call(self, depth: int) -> str:
        inner = self.sum(max(depth, 0))
        return f"{self.pick([name for name in FUNCTIONS if name != 'exp'])}({inner} + {self.leaf()})"

    def memory(self, name: str) -> str:
        return self.pick([f" + 0.3 * {name}_prev", f" - 0.1 * ({self.weight('U')} @ {name}_prev)"])

    def cell(self) -> str:
        """The equations, each squashed often enough to stay small; the last one always remembers."""
        lines = []
        for name in self.targets:
            last = name == self.targets[-1]
            body = self.call(self.depth) if self.rng.random() < 0.5 else f"tanh({self.sum(self.depth)})"
            body = self.sum(self.depth) if self.rng.random() < 0.25 and not last else body
            lines.append(f"{name} = {body}" + (self.memory(name) if last else ""))
            self.known.append(name)
        uses = [text.partition("=")[2] for text in lines]
        idle = [name for name in self.targets[:-1] if not any(name in text for text in uses)]
        return "\n".join(lines) + "".join(f" - {name}" for name in idle)
