"""The norms of all products of Jacobians, found without the products, are those of the products."""

import numpy as np
import pytest

from core.cells import CELLS
from core.jacobians import jacobians, log_norms, spectra, step_jacobians
from tests.core.cases import draw, workspace
from tests.core.oracle import NETS, Array, Task, jacobian


def long_task(cell: str, scale: float = 1.0) -> Task:
    task = draw(cell, np.random.default_rng(11), T=100, I=2, H=4, O=3, B=2, last=False)
    return Task(task.x, task.target, task.mask, {n: v * (scale if n[0] == "U" else 1) for n, v in task.params.items()})


def by_products(J: Array, block: slice) -> Array:
    """log ||(J_t ... J_{k+1})[block, block]||, one product after the other, rescaled at each step."""
    T, out = len(J), np.full((len(J), len(J)), -np.inf)
    for k in range(T):
        product, log = np.eye(J.shape[1]), 0.0
        for t in range(k, T):
            product = J[t] @ product if t > k else product
            if not (size := np.abs(product).max()):
                break  # units that died let nothing through: it stays nothing
            product, log = product / size, log + np.log(size)
            with np.errstate(divide="ignore"):
                out[t, k] = log + np.log(np.linalg.norm(product[block, block]))
    return out


@pytest.mark.parametrize("cell", CELLS)
def test_each_step_is_the_derivative_by_complex_steps(cell: str) -> None:
    task = long_task(cell)
    ws = workspace(CELLS[cell], task)
    H, order = ws.sizes.H, [NETS[cell].states.index(state) for state in ws.cell.states]
    for b in (0, 1):
        alone = Task(task.x[:, b : b + 1], task.target[:, b : b + 1], task.mask[:, b : b + 1], task.params)
        found = step_jacobians(ws, b)
        for k in (0, 1, 50, 98):
            right = jacobian(NETS[cell], alone, k)[1].reshape(len(order), H, len(order), H)[order][:, :, order]
            assert np.abs(found[k + 1] - right.reshape(found[0].shape)).max() < 1e-14


@pytest.mark.parametrize("scale", [1e-3, 1.0, 4.0])
@pytest.mark.parametrize("cell", CELLS)
def test_a_hundred_steps_have_the_norms_of_their_products(cell: str, scale: float) -> None:
    """From 1e-300 to 1e40, each to ten digits of its logarithm."""
    J, states = step_jacobians(workspace(CELLS[cell], long_task(cell, scale))), len(CELLS[cell].states)
    blocks = [slice(None), *(slice(4 * i, 4 * i + 4) for i in range(states if states > 1 else 0))]
    below = np.tril_indices(100)
    for found, block in zip(log_norms(J, states), blocks, strict=True):
        right = by_products(J, block)[below]
        alive = np.isfinite(right)
        assert np.abs(found[below][alive] - right[alive]).max() < 1e-9
        assert (found[below][~alive] == -np.inf).all()
        assert (found[np.triu_indices(100, 1)] == -np.inf).all()


def test_units_that_died_leave_exact_zeros() -> None:
    ws = workspace(CELLS["rnn-relu"], long_task("rnn-relu", 0.3))
    found, active = jacobians(ws)["jacobian/fro"].data, ws.arrays["s"].data[:, 0] > 0
    dead = np.flatnonzero(~active.any(1))
    assert len(dead), "choose another seed"
    for t in dead:
        assert not found[t:, :t].any()


def test_a_step_by_itself_is_the_identity() -> None:
    for cell in CELLS:
        ws = workspace(CELLS[cell], long_task(cell))
        size = np.sqrt(ws.sizes.H * len(ws.cell.states))
        assert np.abs(np.diag(jacobians(ws)["jacobian/fro"].data) - size).max() < 1e-14
        assert np.abs(np.diag(spectra(ws)["jacobian/spectral"].data) - 1).max() < 1e-14


@pytest.mark.parametrize("cell", CELLS)
def test_the_spectral_norm_stands_between_the_frobenius_norm_and_its_share(cell: str) -> None:
    ws = workspace(CELLS[cell], long_task(cell))
    fro, spectral = jacobians(ws)["jacobian/fro"].data, spectra(ws)["jacobian/spectral"].data
    size = np.sqrt(ws.sizes.H * len(ws.cell.states))
    assert (spectral <= fro * (1 + 1e-9)).all()
    assert (fro <= size * spectral * (1 + 1e-9)).all()
