"""Every operation gives its value and its slope to the last digits, wherever its argument lies.

The right values come from decimal arithmetic with fifty digits, which shares nothing with NumPy.
"""

from collections.abc import Callable
from decimal import Decimal, localcontext

import numpy as np
import pytest

from core.cells import CELLS
from core.ops import OPS, apply, run, slope
from tests.core.written import FUNCTIONS

POINTS = (-700.0, -40.0, -20.0, -5.5, -1.0, -0.3, -1e-3, -1e-9, 1e-9, 1e-3, 0.25, 1.0, 2.4, 6.0, 20.0, 40.0, 700.0)
ONE = Decimal(1)
Real = Callable[[Decimal], Decimal]


def sigmoid(a: Decimal) -> Decimal:
    return ONE / (ONE + (-a).exp())


def tanh(a: Decimal) -> Decimal:
    return ((2 * a).exp() - 1) / ((2 * a).exp() + 1)


def step(a: Decimal) -> Decimal:
    return ONE if a > 0 else ONE * 0


def hard(a: Decimal) -> Decimal:
    return min(max(Decimal(a) / 5 + ONE / 2, ONE * 0), ONE)


# Name -> the function and its slope. The slope of hard_sigmoid is 1/5 strictly between its two kinks.
EXACT: dict[str, tuple[Real, Real]] = {
    "sigmoid": (sigmoid, lambda a: sigmoid(a) * sigmoid(-a)),
    "tanh": (tanh, lambda a: ONE - tanh(a) ** 2),
    "relu": (lambda a: max(a, ONE * 0), step),
    "leaky_relu": (lambda a: max(a, a / 100), lambda a: max(step(a), ONE / 100)),
    "softsign": (lambda a: a / (1 + abs(a)), lambda a: ONE / (1 + abs(a)) ** 2),
    "hard_sigmoid": (hard, lambda a: ONE / 5 if 0 < hard(a) < 1 else ONE * 0),
    "softplus": (lambda a: (1 + a.exp()).ln(), sigmoid),
    "exp": (lambda a: a.exp(), lambda a: a.exp()),
    "identity": (lambda a: a, lambda _a: ONE),
}


def exactly(function: Real, points: tuple[float, ...]) -> np.ndarray:
    with localcontext() as context:
        context.prec, context.Emax, context.Emin = 400, 10**6, -(10**6)
        return np.array([float(function(Decimal(point))) for point in points])


@pytest.mark.parametrize("name", OPS)
def test_its_value_is_right_to_the_last_digit_or_two(name: str) -> None:
    found, right = apply(OPS[name], np.array(POINTS)), exactly(EXACT[name][0], POINTS)
    assert np.abs(found - right).max() <= 1e-15 * np.abs(right).max()
    assert (np.abs(found - right) <= 1e-15 * np.abs(right)).all(), name


@pytest.mark.parametrize("name", OPS)
def test_its_slope_is_right(name: str) -> None:
    """To the last digits where the slope is not the small difference of two numbers near one."""
    found, right = slope(OPS[name], np.array(POINTS)), exactly(EXACT[name][1], POINTS)
    assert (np.abs(found - right) <= 1e-15 * np.abs(right) + 2.5e-16).all(), name


@pytest.mark.parametrize("x", [-700.0, -20.0])
def test_a_shut_gate_keeps_its_relative_accuracy(x: float) -> None:
    """At -20 a sigmoid folded from tanh is wrong in the eighth digit; this one is not."""
    found = apply(OPS["sigmoid"], np.array([x]))[0]
    assert abs(found / exactly(sigmoid, (x,))[0] - 1) < 1e-15
    assert abs(slope(OPS["sigmoid"], np.array([x]))[0] / found - (1 - found)) < 1e-15


def test_sigmoid_is_not_that_of_twice_its_argument() -> None:
    assert abs(apply(OPS["sigmoid"], np.array([1.0]))[0] - 0.7310585786300049) < 1e-16


@pytest.mark.parametrize("name", OPS)
def test_its_slope_is_the_complex_step_of_its_value(name: str) -> None:
    points = np.array([p for p in POINTS if abs(p) < 30])
    with np.errstate(all="ignore"):
        right = FUNCTIONS[name](points + 1e-30j).imag / 1e-30
    assert np.abs(slope(OPS[name], points) - right).max() <= 1e-14 * max(np.abs(right).max(), 1)


@pytest.mark.parametrize("name", OPS)
@pytest.mark.parametrize("layout", [(1, 1), (4, 1), (5, 8), (3, 64)])
def test_it_works_in_strided_buffers_and_in_place(name: str, layout: tuple[int, int]) -> None:
    """Views with any stride, as the slots of a buffer are: one ufunc of NumPy 2.4 misreads some of them."""
    rng, op = np.random.default_rng(0), OPS[name]
    for slots in range(1, 12):
        source, target = rng.normal(size=(layout[0], slots, layout[1])), rng.normal(size=(layout[0], 3, layout[1]))
        x, y, out = source[:, slots - 1], target[:, 1], target[:, 2]
        right, right_slope = apply(op, x.copy()), slope(op, x.copy())
        folded = (op.sign * np.ascontiguousarray(x)).copy()
        run(op.calls(folded, y))
        run(op.slope(x, y, out))
        assert np.array_equal(y, right)
        assert np.array_equal(out, right_slope)


@pytest.mark.parametrize("name", OPS)
def test_its_numpy_source_gives_its_value(name: str) -> None:
    points = np.array([p for p in POINTS if abs(p) < 300])
    found = eval(OPS[name].numpy.format("a"), {"np": np, "a": points})
    assert np.abs(found - apply(OPS[name], points)).max() <= 1e-15 * np.abs(found).max()


@pytest.mark.parametrize("name", OPS)
def test_its_latex_has_one_place_and_balanced_braces(name: str) -> None:
    text = OPS[name].latex.format("a")
    assert text.count("a") >= 1
    assert text.count("{") == text.count("}")
    assert OPS[name].glyph


def test_every_operation_is_exact_here_and_every_cell_uses_only_these() -> None:
    assert set(EXACT) == set(OPS)
    used = {node.op for cell in CELLS.values() for node in cell.nodes.values()}
    assert used <= set(OPS) | {"input", "previous", "parameter", "constant", "sum", "*", "@"}
