"""The second engine of these tests says what PyTorch says."""

import numpy as np
import pytest

from tests.core.cases import CASES, error, reference, task_of
from tests.core.oracle import NETS, jacobian, pieces, total


@pytest.mark.parametrize(("cell", "case"), CASES)
def test_complex_steps_give_the_gradients_and_contributions_of_pytorch(cell: str, case: str) -> None:
    arrays = reference(cell, case)
    task = task_of(arrays)
    parts = pieces(NETS[cell], task)
    assert abs(total(NETS[cell], task) - (arrays["loss"] * arrays["mask"]).sum()) < 1e-13 * len(task.x)
    for name, part in parts.items():
        assert error(part.sum((0, 1)), arrays[f"grad/{name}"]) < 1e-12, name
        if f"contribution/{name}" in arrays:
            norms = np.linalg.norm(part.reshape(*part.shape[:2], -1), axis=-1)
            assert error(norms, arrays[f"contribution/{name}"]) < 1e-12, name


@pytest.mark.parametrize("cell", NETS)
def test_complex_steps_give_the_jacobians_of_pytorch(cell: str) -> None:
    arrays = reference(cell, "sentence-every")
    for k in range(8):
        norms = np.linalg.norm(jacobian(NETS[cell], task_of(arrays), k), axis=(1, 2))
        assert error(norms, arrays["jacobian/fro"][k:, k]) < 1e-12
