"""The engine says what PyTorch says, on every array of every case, to 1e-10."""

import numpy as np
import pytest

from core import gradients
from core.cells import CELLS
from core.jacobians import jacobians, spectra
from tests.core.cases import CASES, error, reference, task_of, workspace

CLOSE = 1e-10


@pytest.mark.parametrize(("cell", "case"), CASES)
def test_every_node_and_its_gradient_is_the_reference(cell: str, case: str) -> None:
    right = reference(cell, case)
    ws = workspace(CELLS[cell], task_of(right))
    for name in (*CELLS[cell].names, *CELLS[cell].pre_activations):
        assert error(ws.shown(ws.buffers.column(name)), right[name]) < CLOSE, name
        assert error(ws.shown(ws.instruments.gradient(name)), right[f"grad/{name}"]) < CLOSE, f"grad/{name}"
        norms = np.linalg.norm(right[f"grad/{name}"], axis=(1, 2))
        assert error(ws.instruments.norm(name), norms) < CLOSE, f"grad_norm/{name}"


@pytest.mark.parametrize(("cell", "case"), CASES)
def test_the_head_and_every_parameter_gradient_is_the_reference(cell: str, case: str) -> None:
    right = reference(cell, case)
    ws = workspace(CELLS[cell], task_of(right))
    for name in ("logits", "probs", "loss"):
        assert error(ws.arrays[name].data, right[name]) < CLOSE, name
    assert error(ws.shown(ws.head.delta), right["grad/logits"]) < CLOSE
    assert abs(ws.loss - (right["loss"] * right["mask"]).sum()) < CLOSE
    for name, value in ws.grads.items():
        assert error(value, right[f"grad/{name}"]) < CLOSE, f"grad/{name}"


@pytest.mark.parametrize(("cell", "case"), CASES)
def test_every_contribution_and_share_is_the_reference(cell: str, case: str) -> None:
    right = reference(cell, case)
    found = gradients.contributions(workspace(CELLS[cell], task_of(right)))
    wanted = {name for name in right if name.startswith("contribution")}
    assert wanted == set(found)
    for name in wanted:
        assert error(found[name].data, right[name]) < CLOSE, name


@pytest.mark.parametrize(("cell", "case"), CASES)
def test_every_window_leaves_the_reference_gradient(cell: str, case: str) -> None:
    right = reference(cell, case)
    ws = workspace(CELLS[cell], task_of(right))
    for window in range(1, ws.sizes.T + 1):
        found = gradients.truncation(ws, window)
        for parameter in CELLS[cell].parameters:
            name = f"truncated/{parameter.name}"
            assert error(found[name].data, right[name][window - 1]) < CLOSE, (name, window)


@pytest.mark.parametrize(("cell", "case"), CASES)
def test_every_jacobian_norm_is_the_reference(cell: str, case: str) -> None:
    right = reference(cell, case)
    ws = workspace(CELLS[cell], task_of(right))
    found = jacobians(ws) | spectra(ws)
    assert {name for name in right if name.endswith("fro") or name == "jacobian/spectral"} == set(found)
    for name, array in found.items():
        assert error(array.data, right[name]) < CLOSE, name
