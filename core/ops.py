"""The alphabet of equations: one row per operation.

Letters used everywhere: T time, B batch, I input, H hidden, O output, S source.

A row says how an operation runs (`calls`: ufunc calls that write into a given array), how its slope
is computed from its argument x and its result y, and how it looks as LaTeX, as NumPy and as a glyph.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float64]]
Call = tuple[Callable[..., Any], tuple[Any, ...]]
Calls = tuple[Call, ...]


def number(value: float, like: Floats) -> Floats:
    """A zero-dimensional array of `like`'s precision: a ufunc takes it 1.5 times faster than a Python number."""
    return np.array(value, like.dtype)


@dataclass(frozen=True)
class Op:
    """An element-wise function y = f(x).

    `sign` -1 says that `calls` expect -x: the minus is folded into the weights, which saves a call a step.
    """

    name: str
    glyph: str
    latex: str
    numpy: str
    calls: Callable[[Floats, Floats], Calls]
    slope: Callable[[Floats, Floats, Floats], Calls]
    sign: float = 1.0


def minus(x: Floats, out: Floats) -> Call:
    """out = -x; not np.negative, which reads wrong elements where x has a stride of 64 bytes (NumPy 2.4, AVX-512)."""
    return np.subtract, (number(0, x), x, out)


def larger(x: Floats, y: Floats, out: Floats) -> Call:
    """out = max(x, y); NumPy wants this `out` by keyword."""
    return partial(np.maximum, out=out), (x, y)


def smaller(x: Floats, y: Floats, out: Floats) -> Call:
    """out = min(x, y)."""
    return partial(np.minimum, out=out), (x, y)


def sigmoid_calls(x: Floats, y: Floats) -> Calls:
    """1 / (1 + exp(-x)) given -x: exact in relative terms even where the gate is shut."""
    return (np.exp, (x, y)), (np.add, (y, number(1, y), y)), (np.reciprocal, (y, y))


def sigmoid_slope(_x: Floats, y: Floats, out: Floats) -> Calls:
    """y (1 - y)."""
    return (np.subtract, (number(1, y), y, out)), (np.multiply, (out, y, out))


def tanh_slope(_x: Floats, y: Floats, out: Floats) -> Calls:
    """1 - y**2."""
    return (np.multiply, (y, y, out)), (np.subtract, (number(1, out), out, out))


def relu_slope(x: Floats, _y: Floats, out: Floats) -> Calls:
    """1 where x > 0, else 0 (and 0 at the kink, as everywhere in the field)."""
    return ((np.greater, (x, number(0, x), out)),)


def leaky_calls(x: Floats, y: Floats) -> Calls:
    """max(x, 0.01 x)."""
    return (np.multiply, (x, number(0.01, x), y)), larger(x, y, y)


def leaky_slope(x: Floats, _y: Floats, out: Floats) -> Calls:
    """1 where x > 0, else 0.01."""
    return (np.greater, (x, number(0, x), out)), larger(out, number(0.01, x), out)


def softsign_calls(x: Floats, y: Floats) -> Calls:
    """x / (1 + |x|)."""
    return (np.abs, (x, y)), (np.add, (y, number(1, y), y)), (np.divide, (x, y, y))


def softsign_slope(x: Floats, _y: Floats, out: Floats) -> Calls:
    """1 / (1 + |x|)**2."""
    return (
        (np.abs, (x, out)),
        (np.add, (out, number(1, out), out)),
        (np.multiply, (out, out, out)),
        (np.reciprocal, (out, out)),
    )


def hard_sigmoid_calls(x: Floats, y: Floats) -> Calls:
    """0.2 x + 0.5 between 0 and 1."""
    return (
        (np.multiply, (x, number(0.2, x), y)),
        (np.add, (y, number(0.5, y), y)),
        larger(y, number(0, y), y),
        smaller(y, number(1, y), y),
    )


def hard_sigmoid_slope(_x: Floats, y: Floats, out: Floats) -> Calls:
    """0.2 strictly between 0 and 1, else 0: the sign of y (1 - y) tells which."""
    return (*sigmoid_slope(_x, y, out), (np.sign, (out, out)), (np.multiply, (out, number(0.2, out), out)))


def softplus_slope(x: Floats, _y: Floats, out: Floats) -> Calls:
    """sigmoid(x)."""
    return minus(x, out), *sigmoid_calls(out, out)


ROWS = (
    Op(
        "sigmoid",
        "σ",
        r"\sigma\left({}\right)",
        "(1 / (1 + np.exp(-({}))))",
        sigmoid_calls,
        sigmoid_slope,
        sign=-1.0,
    ),
    Op("tanh", "tanh", r"\tanh\left({}\right)", "np.tanh({})", lambda x, y: ((np.tanh, (x, y)),), tanh_slope),
    Op(
        "relu",
        "ReLU",
        r"\operatorname{{ReLU}}\left({}\right)",
        "np.maximum({}, 0)",
        lambda x, y: (larger(x, number(0, x), y),),
        relu_slope,
    ),
    Op(
        "leaky_relu",
        "leaky",
        r"\operatorname{{LeakyReLU}}\left({}\right)",
        "(lambda a: np.maximum(a, 0.01 * a))({})",
        leaky_calls,
        leaky_slope,
    ),
    Op(
        "softsign",
        "softsign",
        r"\operatorname{{softsign}}\left({}\right)",
        "(lambda a: a / (1 + np.abs(a)))({})",
        softsign_calls,
        softsign_slope,
    ),
    Op(
        "hard_sigmoid",
        "hard σ",
        r"\hat\sigma\left({}\right)",
        "np.clip(0.2 * ({}) + 0.5, 0, 1)",
        hard_sigmoid_calls,
        hard_sigmoid_slope,
    ),
    Op(
        "softplus",
        "softplus",
        r"\operatorname{{softplus}}\left({}\right)",
        "np.logaddexp(0, {})",
        lambda x, y: ((np.logaddexp, (number(0, x), x, y)),),
        softplus_slope,
    ),
    Op(
        "exp",
        "exp",
        r"\exp\left({}\right)",
        "np.exp({})",
        lambda x, y: ((np.exp, (x, y)),),
        lambda _x, y, out: ((np.copyto, (out, y)),),
    ),
    Op(
        "identity",
        "=",
        "{}",
        "{}",
        lambda x, y: ((np.copyto, (y, x)),),
        lambda _x, _y, out: ((np.copyto, (out, number(1, out))),),
    ),
)


def run(calls: Iterable[Call]) -> None:
    """Carry out a sequence of calls."""
    for function, arguments in calls:
        function(*arguments)


def apply(op: Op, x: Floats) -> Floats:
    """y = f(x), of x's shape."""
    y = np.empty_like(x)
    run(op.calls(op.sign * x, y))
    return y


def slope(op: Op, x: Floats) -> Floats:
    """f'(x), of x's shape."""
    out = np.empty_like(x)
    run(op.slope(x, apply(op, x), out))
    return out


def aligned(*shape: int, dtype: str = "float64") -> Floats:
    """Zeros that begin on a cache line, as NumPy's own do not: matrix times vector is 1.6 times faster."""
    size = int(np.prod(shape, dtype=int))
    room = np.zeros(size + 16, dtype)
    start = -room.ctypes.data % 64 // room.itemsize
    return room[start : start + size].reshape(shape)


OPS = {row.name: row for row in ROWS}
