"""The (t, k) matrix is the gradient taken apart: by error along the rows, by use of the weight along the columns."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.cells import CELLS
from core.gradients import contributions, truncation, uses_of, values
from core.sweep import rows_of
from core.unroll import Workspace
from tests.core.cases import draw, error, workspace
from tests.core.oracle import NETS, Array, Arrays, Task, pieces

SIZES = {"T": st.integers(1, 12), "H": st.integers(1, 8), "B": st.integers(1, 3), "seed": st.integers(0, 2**32 - 1)}


def random_task(cell: str, placement: str = "every", *, T: int, H: int, B: int, seed: int) -> Task:
    return draw(cell, np.random.default_rng(seed), T=T, I=2, H=H, O=3, B=B, last=placement == "last")


def taken_apart(ws: Workspace) -> Arrays:
    """Every (t, k) contribution as a whole matrix, from the rows of the engine's sweep: name -> (T, T, H, columns)."""
    rows, T, H = rows_of(ws), ws.sizes.T, ws.sizes.H
    found = {use.parameter: np.zeros((T, T, H, values(ws, use).shape[-1])) for use in uses_of(ws)}

    def visit(k: int, _deltas: Array) -> None:
        for use in uses_of(ws):
            met = values(ws, use)[k]
            found[use.parameter][k:, k] = np.einsum("tbh,bc->thc", rows.slot(use.slot, k), met)

    rows.run(visit)
    return found


@pytest.mark.parametrize("placement", ["every", "last"])
@pytest.mark.parametrize("cell", CELLS)
@settings(max_examples=12)
@given(**SIZES)
def test_contributions_sum_over_k_and_t_to_the_gradient(cell: str, placement: str, **sizes: int) -> None:
    ws = workspace(CELLS[cell], random_task(cell, placement, **sizes))
    for name, parts in taken_apart(ws).items():
        assert error(parts.sum((0, 1)).reshape(ws.grads[name].shape), ws.grads[name]) < 1e-12, name
    for name, shares in contributions(ws).items():
        if name.startswith("contribution_dot/"):
            assert abs(shares.data.sum() - 1) < 1e-12 or not shares.data.any(), name


@pytest.mark.parametrize("placement", ["every", "last"])
@pytest.mark.parametrize("cell", CELLS)
@settings(max_examples=8)
@given(**SIZES)
def test_each_contribution_is_that_of_a_separate_copy_of_the_weight(cell: str, placement: str, **sizes: int) -> None:
    task = random_task(cell, placement, **sizes)
    ws = workspace(CELLS[cell], task)
    apart, found = taken_apart(ws), contributions(ws)
    for name, right in pieces(NETS[cell], task, list(apart)).items():
        assert error(apart[name].reshape(right.shape), right) < 1e-11, name
        flat = right.reshape(*right.shape[:2], -1)
        assert error(found[f"contribution/{name}"].data, np.linalg.norm(flat, axis=-1)) < 1e-11, name
        whole = flat.sum((0, 1))
        if whole.any():
            dots = found[f"contribution_dot/{name}"].data * (whole @ whole)
            assert error(dots, flat @ whole) < 1e-11, name


@pytest.mark.parametrize("cell", CELLS)
def test_nothing_contributes_to_an_error_before_it(cell: str) -> None:
    ws = workspace(CELLS[cell], random_task(cell, T=9, H=4, B=2, seed=1))
    for name, array in contributions(ws).items():
        assert not array.data[np.triu_indices(9, 1)].any(), name


@pytest.mark.parametrize("cell", CELLS)
def test_a_step_without_a_loss_has_an_empty_row(cell: str) -> None:
    ws = workspace(CELLS[cell], random_task(cell, "last", T=6, H=3, B=1, seed=2))
    for name, array in contributions(ws).items():
        assert not array.data[:-1].any(), name
        assert array.data[-1].any(), name


@pytest.mark.parametrize("cell", CELLS)
def test_stacked_contributions_are_those_of_all_gates_together(cell: str) -> None:
    found = contributions(workspace(CELLS[cell], random_task(cell, T=5, H=3, B=2, seed=3)))
    for group in "WUb":
        names = [p.name for p in CELLS[cell].parameters if p.group == group]
        squares = sum(found[f"contribution/{name}"].data ** 2 for name in names)
        assert error(found[f"contribution/{group}"].data, np.sqrt(squares)) < 1e-14


@pytest.mark.parametrize("cell", CELLS)
@settings(max_examples=8)
@given(**SIZES)
def test_a_window_that_spans_everything_is_the_full_gradient_to_the_last_bit(cell: str, **sizes: int) -> None:
    ws = workspace(CELLS[cell], random_task(cell, "every", **sizes))
    for window in (ws.sizes.T, ws.sizes.T + 1, 10 * ws.sizes.T):
        found = truncation(ws, window)
        assert all(np.array_equal(found[f"truncated/{p.name}"].data, ws.grads[p.name]) for p in CELLS[cell].parameters)
        assert found["truncation/cosine"].data == 1.0
        assert found["truncation/norm_ratio"].data == 1.0
    assert found["truncation/cosine_by_window"].data[-1] == 1.0
    assert found["truncation/norm_ratio_by_window"].data[-1] == 1.0


@pytest.mark.parametrize("placement", ["every", "last"])
@pytest.mark.parametrize("cell", CELLS)
@settings(max_examples=8)
@given(**SIZES)
def test_a_window_keeps_the_band_of_contributions_below_it(cell: str, placement: str, **sizes: int) -> None:
    task = random_task(cell, placement, **sizes)
    ws = workspace(CELLS[cell], task)
    parts = pieces(NETS[cell], task, [p.name for p in CELLS[cell].parameters])
    lag = np.subtract.outer(np.arange(ws.sizes.T), np.arange(ws.sizes.T))
    whole = np.concatenate([part.sum((0, 1)).ravel() for part in parts.values()])
    assume(whole.any())
    for window in range(1, ws.sizes.T + 1):
        found = truncation(ws, window)
        cuts = {name: part[(lag < window) & (lag >= 0)].sum(0) for name, part in parts.items()}
        assert all(error(found[f"truncated/{name}"].data, cut) < 1e-11 for name, cut in cuts.items())
        cut = np.concatenate([value.ravel() for value in cuts.values()])
        ratio = np.linalg.norm(cut) / np.linalg.norm(whole)
        for kind, right in (("norm_ratio", ratio), ("cosine", cut @ whole / np.linalg.norm(whole) ** 2 / (ratio or 1))):
            assert abs(found[f"truncation/{kind}"].data - right) < 1e-10, (kind, window)
            assert abs(found[f"truncation/{kind}_by_window"].data[window - 1] - right) < 1e-10, (kind, window)


def test_without_a_window_nothing_is_truncated() -> None:
    ws = workspace(CELLS["gru"], random_task("gru", T=4, H=2, B=1, seed=0))
    found = truncation(ws, None)
    assert not [name for name in found if name.startswith("truncated/")]
    assert found["truncation/cosine"].data == found["truncation/norm_ratio"].data == 1.0


def test_a_sequence_too_long_for_every_window_still_has_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    ws = workspace(CELLS["lstm"], random_task("lstm", T=9, H=3, B=2, seed=0))
    whole = truncation(ws, 4)
    monkeypatch.setattr("core.gradients.MOST_DELTAS", 0)
    found = truncation(ws, 4)
    assert set(whole) - set(found) == {"truncation/cosine_by_window", "truncation/norm_ratio_by_window"}
    assert all(np.array_equal(array.data, whole[name].data) for name, array in found.items())


def test_the_gradient_of_nothing_is_truncated_without_loss() -> None:
    task = random_task("gru", T=4, H=2, B=1, seed=0)
    ws = workspace(CELLS["gru"], Task(task.x, task.target, 0 * task.mask, task.params))
    found = truncation(ws, 2)
    assert found["truncation/cosine"].data == found["truncation/norm_ratio"].data == 1.0
    assert not any(array.data.any() for array in contributions(ws).values())


def norms_of(parts: Array) -> Array:
    """Norms along the last axis that do not square what is small."""
    largest = np.abs(parts).max(-1, keepdims=True)
    return np.asarray(largest[..., 0] * np.linalg.norm(parts / np.where(largest > 0, largest, 1), axis=-1))


@pytest.mark.parametrize(("cell", "scale"), [("rnn-sigmoid", 1e-5), ("rnn-sigmoid", 1e-3), ("rnn-relu", 1e5)])
def test_contributions_keep_their_digits_however_small_or_large(cell: str, scale: float) -> None:
    """From 1e-255 to 1e210: far beyond what a squared norm can hold."""
    task = random_task(cell, "last", T=45, H=4, B=1, seed=5)
    ws = workspace(CELLS[cell], Task(task.x, task.target, task.mask, task.params | {"U": scale * task.params["U"]}))
    s = ws.arrays["s"].data[:, 0]
    slopes = s * (1 - s) if cell == "rnn-sigmoid" else np.sign(s)
    deltas = [slopes[-1] * (ws.head.delta[-1] @ ws.params["V"])]
    for k in reversed(range(44)):
        deltas.append(slopes[k] * (deltas[-1] @ ws.params["U"]))
    right = norms_of(np.array(deltas[::-1]))
    assert not 1e-160 < right[0] < 1e160
    found = contributions(ws, shares=False)["contribution/b"].data[-1]
    assert np.abs(found / right - 1).max() < 1e-12
