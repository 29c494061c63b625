"""Every gradient of the engine is the slope of the engine's own loss, and the derivative of a second engine's loss."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.cells import CELLS
from core.inits import INITS
from core.unroll import Workspace
from tests.core.cases import draw, error, workspace
from tests.core.oracle import NETS, Array, Task, gradients, total

KINKED = ("rnn-relu", "indrnn")
SMALLER = (1e-3, 3e-4, 1e-4, 3e-5, 1e-5)


def loss_at(ws: Workspace, task: Task, name: str, place: int, shift: float) -> tuple[float, Array]:
    """J with one weight moved, and which units are active."""
    moved = task.params[name].copy()
    moved.flat[place] += shift
    ws.load({**task.params, name: moved})
    ws.run_forward()
    return ws.loss, np.sign(ws.arrays[ws.cell.pre_activations[0]].data)


def slope(ws: Workspace, task: Task, name: str, place: int, *, kinks: bool) -> float:
    """The central difference of fourth order, with steps small enough not to cross a kink of ReLU."""
    for step in SMALLER:
        found = [loss_at(ws, task, name, place, shift * step) for shift in (-2, -1, 1, 2)]
        if not kinks or all(np.array_equal(signs, found[0][1]) for _, signs in found):
            break
    else:
        pytest.fail("every step crosses a kink")
    (a, _), (b, _), (c, _), (d, _) = found
    return (8 * (c - b) - (d - a)) / (12 * step)


def with_init(cell: str, task: Task, init: str, rng: np.random.Generator) -> Task:
    """The task with recurrent matrices from the table of inits."""
    groups = {p.name: p.group for p in CELLS[cell].parameters if p.columns}
    params = {
        name: INITS[init](rng, value.shape, 1.0) if groups.get(name) == "U" else value
        for name, value in task.params.items()
    }
    return Task(task.x, task.target, task.mask, params)


def off_the_kinks(cell: str, init: str, rng: np.random.Generator, **sizes: Any) -> tuple[Task, Workspace]:
    """A random task and its run; for ReLU one in which no unit stands within 0.02 of its kink."""
    while True:
        task = with_init(cell, draw(cell, rng, **sizes), init, rng)
        ws = workspace(CELLS[cell], task)
        if cell not in KINKED or np.abs(ws.arrays["s.pre"].data).min() > 0.02:
            return task, ws


@pytest.mark.parametrize("placement", ["every", "last"])
@pytest.mark.parametrize("init", INITS)
@pytest.mark.parametrize("cell", CELLS)
@settings(max_examples=4)
@given(T=st.integers(1, 12), H=st.integers(1, 8), B=st.integers(1, 3), seed=st.integers(0, 2**32 - 1))
def test_every_gradient_is_the_central_difference(
    cell: str, init: str, placement: str, seed: int, **sizes: int
) -> None:
    rng = np.random.default_rng(seed)
    task, ws = off_the_kinks(cell, init, rng, I=2, O=3, last=placement == "last", **sizes)
    analytic = {name: value.copy() for name, value in ws.grads.items()}
    for name, right in analytic.items():
        numeric = [slope(ws, task, name, place, kinks=cell in KINKED) for place in range(right.size)]
        assert error(np.reshape(numeric, right.shape), right) < 1e-7, name


@pytest.mark.parametrize("placement", ["every", "last"])
@pytest.mark.parametrize("init", INITS)
@pytest.mark.parametrize("cell", CELLS)
@settings(max_examples=5)
@given(T=st.integers(1, 12), H=st.integers(1, 8), B=st.integers(1, 3), seed=st.integers(0, 2**32 - 1))
def test_every_gradient_is_the_derivative_by_complex_steps(
    cell: str, init: str, placement: str, seed: int, **sizes: int
) -> None:
    rng = np.random.default_rng(seed)
    task = draw(cell, rng, I=2, O=3, last=placement == "last", **sizes)
    task = with_init(cell, task, init, rng)
    ws = workspace(CELLS[cell], task)
    assert abs(ws.loss - total(NETS[cell], task)) <= 1e-12 * max(ws.loss, 1)
    for name, right in gradients(NETS[cell], task).items():
        assert error(ws.grads[name], right) < 1e-11, name


def test_the_checker_sees_an_error_of_one_in_a_million() -> None:
    """A healthy gradient passes at 1e-7; one that is off by 1e-6 in one entry does not."""
    task = draw("lstm", np.random.default_rng(3), T=6, I=2, H=3, O=3, B=1, last=False)
    ws = workspace(CELLS["lstm"], task)
    right = ws.grads["U_f"].copy()
    numeric = np.array([slope(ws, task, "U_f", place, kinks=False) for place in range(9)]).reshape(3, 3)
    wrong = right.copy()
    wrong[1, 2] += 1e-6 * np.abs(right).max()
    assert (
        np.abs(numeric - right).max() / np.abs(right).max() < 1e-7 < np.abs(numeric - wrong).max() / np.abs(right).max()
    )


def test_a_second_run_in_the_same_buffers_forgets_the_first() -> None:
    rng = np.random.default_rng(0)
    one, two = (draw("gru", rng, T=5, I=2, H=3, O=3, B=2, last=False) for _ in range(2))
    ws = workspace(CELLS["gru"], one)
    ws.load(two.params)
    ws.run(two.x, two.target, two.mask)
    fresh = workspace(CELLS["gru"], two)
    assert all(np.array_equal(array.data, fresh.arrays[name].data) for name, array in ws.arrays.items())
