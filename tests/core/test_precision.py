"""float32 where it is asked for: the same numbers to some six digits, float32 throughout, no contribution lost."""

import numpy as np
import pytest

from core.cells import CELLS
from core.gradients import contributions
from core.networks import Network, bidirectional, stacked
from core.unroll import Workspace
from tests.core.cases import error

every_cell = pytest.mark.parametrize("cell", CELLS)


def run(cell: str, dtype: str, T: int, B: int, shrink: float = 1.0) -> Workspace:
    """A run of random weights, U scaled by `shrink`; the same numbers for every precision."""
    ws, rng = Workspace(CELLS[cell], T=T, B=B, I=3, H=6, O=4, dtype=dtype), np.random.default_rng(3)
    params = {n: rng.standard_normal(p.shape) / 2 for n, p in ws.params.items()}
    ws.load({n: p * (shrink if n.startswith("U") else 1.0) for n, p in params.items()})
    ws.run(rng.standard_normal((T, B, 3)), rng.integers(0, 4, (T, B)))
    return ws


@every_cell
@pytest.mark.parametrize("B", [1, 3])
def test_single_precision_gives_the_same_to_six_digits(cell: str, B: int) -> None:
    short, long = run(cell, "float32", 7, B), run(cell, "float64", 7, B)
    for name, array in long.arrays.items():
        found = short.arrays[name].data
        assert found.dtype == (np.float32 if array.data.dtype == np.float64 else array.data.dtype), name
        assert error(found, array.data) < 2e-5, name


@every_cell
@pytest.mark.parametrize("B", [1, 3])
def test_single_precision_is_single_throughout(cell: str, B: int) -> None:
    """A constant of another precision would make every call convert its arrays, ten times as slow."""
    ws = run(cell, "float32", 3, B)
    calls = (*ws.forward.calls, *ws.backward_calls, *ws.gradient_calls, *ws.head_calls)
    for function, arguments in (*calls, *ws.instruments.calls):
        kinds = {a.dtype for a in arguments if isinstance(a, np.ndarray)}
        assert np.dtype(np.float64) not in kinds, (function, kinds)


@pytest.mark.parametrize("cell", ["rnn-tanh", "lstm", "gru"])
def test_contributions_keep_their_digits_far_below_what_single_precision_holds(cell: str) -> None:
    short, long = run(cell, "float32", 60, 1, shrink=0.01), run(cell, "float64", 60, 1, shrink=0.01)
    right = contributions(long, shares=False)
    found = contributions(short, shares=False)
    assert min(a.data[a.data > 0].min() for a in right.values()) < (1e-60 if cell == "rnn-tanh" else 1e-12)
    for name, array in right.items():
        there = array.data > 0
        assert np.abs(found[name].data[there] / array.data[there] - 1).max() < 1e-3, name


@pytest.mark.parametrize("cell", ["rnn-tanh", "lstm"])
def test_signed_shares_are_the_same_in_single_precision(cell: str) -> None:
    short, long = run(cell, "float32", 40, 1, shrink=0.3), run(cell, "float64", 40, 1, shrink=0.3)
    found = contributions(short)
    for name, array in contributions(long).items():
        assert error(found[name].data, array.data) < 1e-4, name


@pytest.mark.parametrize("topology", [stacked(2), bidirectional()])
@pytest.mark.parametrize("B", [1, 2])
def test_a_network_in_single_precision_has_the_same_gradients(topology: object, B: int) -> None:
    found = []
    for dtype in ("float32", "float64"):
        net = Network(CELLS["gru"], topology, streams={"x": (5, 3)}, H=4, O=3, B=B, dtype=dtype)  # type: ignore[arg-type]
        rng = np.random.default_rng(0)
        net.load({n: rng.standard_normal(s) / 2 for n, s in net.shapes().items()})
        net.run({"x": rng.standard_normal((5, B, 3))}, rng.integers(0, 3, (5, B)))
        found.append(net.grads)
    assert all(g.dtype == np.float32 for g in found[0].values())
    assert all(error(found[0][n], g) < 1e-5 for n, g in found[1].items())
