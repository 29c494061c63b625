"""Facts of the theory that must come out, to machine precision: the numbers are derived, not measured."""

import json

import numpy as np
import pytest

from core.cells import CELLS
from core.equations import Cell, parse
from core.experiment import compute
from core.gradients import truncation
from core.jacobians import jacobians, spectra
from core.recipe import make_recipe
from core.trace import Trace, to_json
from core.unroll import Workspace
from tests.core.cases import draw, workspace
from tests.core.oracle import Array, Task

LINEAR = parse("s = U @ s_prev + W @ x")
FIFTY = " ".join(f"word{i % 11}" for i in range(51))


def task_with(cell: Cell, T: int, H: int, rng: np.random.Generator, **fixed: Array) -> Task:
    """One sequence through a cell with some weights fixed, the others zero but for W and V."""
    ws = Workspace(cell, T=1, I=2, H=H, O=3)
    params = {name: np.zeros_like(value) for name, value in ws.params.items()}
    params |= {name: rng.normal(size=ws.params[name].shape) for name in params if name[0] in "WV"}
    mask = np.ones((T, 1))
    return Task(rng.normal(size=(T, 1, 2)), rng.integers(3, size=(T, 1)), mask, params | fixed)


def lags(T: int) -> Array:
    return np.subtract.outer(np.arange(T), np.arange(T))


def linear_norms(U: Array, T: int) -> Array:
    """The spectral norms of ds_t/ds_0 of the linear cell."""
    ws = workspace(LINEAR, task_with(LINEAR, T, len(U), np.random.default_rng(0), U=U))
    return spectra(ws)["jacobian/spectral"].data[:, 0]


def rotation(rng: np.random.Generator, H: int) -> Array:
    return np.asarray(np.linalg.qr(rng.normal(size=(H, H)))[0])


def test_a_truncated_sum_of_ones_is_counted_exactly() -> None:
    """s_t = s_{t-1} + 1: dJ/du counts the steps, T(T-1)/2 of them; a window keeps w(2T-w-1)/2."""
    ws = Workspace(LINEAR, T=100, I=1, H=1, O=2, loss_at="last")
    ws.load({"U": np.ones((1, 1)), "W": np.ones((1, 1)), "V": np.array([[0.01], [-0.01]]), "d": np.zeros(2)})
    ws.run(np.ones((100, 1, 1)), np.zeros((100, 1), dtype=int))
    for window, kept in ((10, 945), (50, 3725), (100, 4950)):
        cut = truncation(ws, window)["truncated/U"].data
        assert abs(cut[0, 0] / ws.grads["U"][0, 0] - kept / 4950) < 1e-14


def test_a_normal_matrix_decays_exactly_as_its_spectral_radius() -> None:
    rng = np.random.default_rng(1)
    basis = rotation(rng, 4)
    turn = np.array([[np.cos(1.0), -np.sin(1.0)], [np.sin(1.0), np.cos(1.0)]])
    blocks = np.block([[0.95 * turn, np.zeros((2, 2))], [np.zeros((2, 2)), 0.5 * turn]])
    found = linear_norms(basis @ blocks @ basis.T, 200)
    assert np.abs(found / 0.95 ** np.arange(200) - 1).max() < 1e-11


def test_a_matrix_that_is_not_normal_grows_before_it_decays() -> None:
    found = linear_norms(np.array([[0.9, 1.0], [0.0, 0.9]]), 41)
    assert abs(found[1] - 1.529563014) < 1e-9
    assert found.argmax() == 9
    assert abs(found[9] - 3.912567078) < 1e-9
    assert np.flatnonzero(found < 1)[0] == 35


def test_an_orthogonal_matrix_neither_grows_nor_decays() -> None:
    assert np.abs(linear_norms(rotation(np.random.default_rng(2), 8), 300) - 1).max() < 1e-11


@pytest.mark.parametrize(("cell", "gamma"), [("rnn-tanh", 1.0), ("rnn-relu", 1.0), ("rnn-sigmoid", 0.25)])
@pytest.mark.parametrize("seed", range(5))
def test_a_jacobian_stays_below_the_bound_of_pascanu(cell: str, gamma: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    ws = workspace(CELLS[cell], draw(cell, rng, T=15, I=2, H=5, O=3, B=1, last=False))
    bound = (gamma * np.linalg.norm(ws.params["U"], 2)) ** np.maximum(lags(15), 0)
    found = spectra(ws)["jacobian/spectral"].data
    assert (found <= bound * (1 + 1e-12))[np.tril_indices(15)].all()


def test_without_recurrent_weights_the_cell_state_is_carried_by_the_product_of_forget_gates() -> None:
    rng = np.random.default_rng(3)
    ws = workspace(CELLS["lstm"], task_with(CELLS["lstm"], 12, 4, rng))
    f = ws.arrays["f"].data[:, 0]
    found = jacobians(ws)["jacobian/c/fro"].data
    for t in range(12):
        for k in range(t + 1):
            right = np.linalg.norm(f[k + 1 : t + 1].prod(0))
            assert abs(found[t, k] / right - 1) < 1e-12


@pytest.mark.parametrize(("bias", "timescale"), [(0, 2.0), (1, 3.718281828), (2, 8.389056099), (np.log(99), 100.0)])
def test_the_forget_bias_sets_the_timescale(bias: float, timescale: float) -> None:
    """1 / (1 - f) = 1 + exp(b)."""
    task = task_with(CELLS["lstm"], 30, 1, np.random.default_rng(4), W_f=np.zeros((1, 2)), b_f=np.full(1, float(bias)))
    ws = workspace(CELLS["lstm"], task)
    assert abs(1 / (1 - ws.arrays["f"].data[0, 0, 0]) - timescale) < 1e-8
    found = jacobians(ws)["jacobian/c/fro"].data
    assert abs(found[29, 0] / (1 - 1 / (1 + np.exp(bias))) ** 29 - 1) < 1e-12


@pytest.mark.parametrize("cell", ["gru", "gru-reset-after"])
def test_a_constant_update_gate_of_the_gru_keeps_the_past(cell: str) -> None:
    """dh_n/dh_0 = z^n: .9^30 = .0423911583."""
    gate = np.full(1, np.log(9))
    task = task_with(CELLS[cell], 31, 1, np.random.default_rng(5), W_z=np.zeros((1, 2)), b_z=gate)
    found = jacobians(workspace(CELLS[cell], task))["jacobian/fro"].data
    assert abs(found[30, 0] - 0.9**30) < 1e-14
    assert abs(found[30, 0] - 0.0423911583) < 1e-10


def test_the_two_gru_coincide_when_the_reset_gate_is_the_same_for_all_units() -> None:
    """U (r * h) = r * (U h) if r is one number and the second bias is zero; else they differ."""
    rng = np.random.default_rng(6)
    task = draw("gru-reset-after", rng, T=6, I=2, H=4, O=3, B=1, last=False)
    same = {"W_r": np.zeros((4, 2)), "U_r": np.zeros((4, 4)), "b_r": np.full(4, 0.3), "b_hn": np.zeros(4)}
    for fixed, apart in ((same, False), ({}, True)):
        both = Task(task.x, task.target, task.mask, task.params | fixed)
        states = [workspace(CELLS[cell], both).arrays["h"].data for cell in ("gru", "gru-reset-after")]
        assert (np.abs(states[0] - states[1]).max() > 1e-3) == apart
        assert apart or np.abs(states[0] - states[1]).max() < 1e-15


@pytest.mark.parametrize(("cell", "count"), [("rnn-tanh", 17792), ("gru", 53376), ("lstm", 71168)])
def test_the_parameters_are_counted(cell: str, count: int) -> None:
    """k H (I + H + 1) with one bias, I = 10, H = 128; PyTorch's GRU has one more bias of H."""
    ws = Workspace(CELLS[cell], T=1, I=10, H=128, O=2)
    assert sum(ws.params[p.name].size for p in CELLS[cell].parameters) == count
    after = Workspace(CELLS["gru-reset-after"], T=1, I=10, H=128, O=2)
    assert sum(after.params[p.name].size for p in CELLS["gru-reset-after"].parameters) == 53376 + 128


@pytest.mark.parametrize("cell", CELLS)
def test_the_future_does_not_touch_the_past(cell: str) -> None:
    rng = np.random.default_rng(7)
    task = draw(cell, rng, T=8, I=2, H=3, O=3, B=1, last=False)
    later = task.x.copy()
    later[5:] += 1
    one, two = workspace(CELLS[cell], task), workspace(CELLS[cell], Task(later, task.target, task.mask, task.params))
    for name in (*CELLS[cell].names, "logits", "loss"):
        assert np.array_equal(one.arrays[name].data[:5], two.arrays[name].data[:5]), name
        assert not np.array_equal(one.arrays[name].data[5:], two.arrays[name].data[5:]), name


def test_untrained_zero_output_weights_predict_every_class_alike() -> None:
    ws = workspace(CELLS["lstm"], task_with(CELLS["lstm"], 4, 3, np.random.default_rng(8), V=np.zeros((3, 3))))
    assert np.abs(ws.arrays["loss"].data - np.log(3)).max() < 1e-15


# -- what a trace of fifty steps must show ------------------------------------------------------------------


def fifty(**choices: object) -> Trace:
    return compute(
        make_recipe({"text": FIFTY, **choices}), ("forward", "params", "jacobians", "spectral", "contributions")
    )


def decoded(trace: Trace, name: str) -> Array:
    """An array after its way through JSON; nothing in it was beyond the encoding."""
    body = json.loads(to_json(trace))
    assert not body["nonfinite"]
    return np.array(body["arrays"][name]["data"])


def test_relu_from_the_identity_keeps_the_norm_at_one_while_units_are_active() -> None:
    trace = fifty(cell="rnn-relu", init="identity", gain=1.0, hidden=16)
    active = trace["s"][:, 0] > 0
    assert not trace["param/b"].any()
    spectral, fro = decoded(trace, "jacobian/spectral"), decoded(trace, "jacobian/fro")
    for t in range(50):
        for k in range(t + 1):
            alive = int(active[k + 1 : t + 1].all(0).sum())
            assert abs(fro[t, k] - np.sqrt(alive)) < 1e-12
            assert abs(spectral[t, k] - (1.0 if alive else 0.0)) < 1e-12
    assert spectral[49, 0] > 0.5, "no unit stayed active: choose another seed"


@pytest.mark.parametrize("gain", [1e-4, 0.1, 1.0, 4.0])
def test_sigmoid_is_bounded_by_a_quarter_of_the_largest_singular_value_a_step(gain: float) -> None:
    trace = fifty(cell="rnn-sigmoid", gain=gain)
    largest = np.linalg.norm(trace["param/U"], 2)
    below = np.tril_indices(50)
    bound = ((largest / 4) ** np.maximum(lags(50), 0))[below]
    spectral, fro = decoded(trace, "jacobian/spectral")[below], decoded(trace, "jacobian/fro")[below]
    assert (spectral > 0).all()
    assert (spectral <= bound * (1 + 1e-12)).all()
    assert (fro <= np.sqrt(8) * bound * (1 + 1e-12)).all()
    assert (spectral <= fro * (1 + 1e-12)).all()
