"""More facts of the theory: how far a norm carries, what a bound says and does not, what is counted."""

from typing import Any

import numpy as np
import pytest

from core.assemblies import Assembly
from core.cells import CELLS
from core.data.dataset import vocabulary
from core.equations import parse
from core.experiment import compute
from core.jacobians import spectra, step_jacobians
from core.networks import bidirectional
from core.recipe import make_recipe
from core.statespace import trajectory
from core.step import push
from core.torch_names import to_torch
from core.unroll import Workspace
from core.unrollings import Unrollings
from core.windows import bag, counts, windows
from tests.core.cases import draw
from tests.core.oracle import Array, Arrays

TANH, SIGMOID, RELU, LSTM = (CELLS[n] for n in ("rnn-tanh", "rnn-sigmoid", "rnn-relu", "lstm"))


def rotation(rng: np.random.Generator, H: int) -> Array:
    return np.asarray(np.linalg.qr(rng.normal(size=(H, H)))[0])


def product(cell: Any, params: Arrays, x: Array, H: int) -> Array:
    """ds_T/ds_0 of a run over inputs (T, I) from zeros, multiplied out step by step."""
    state, J = np.zeros(H), np.eye(H)
    for row in x:
        state, J = push(cell, params, row, state, J)
    return J


def sizes(J: Array) -> Array:
    return np.asarray(np.linalg.svd(J, compute_uv=False))


# -- how far a norm carries -------------------------------------------------------------------------------------


def test_an_orthogonal_matrix_carries_every_direction_over_a_thousand_steps() -> None:
    U, H = rotation(np.random.default_rng(0), 128), 128
    cell = parse("s = U @ s_prev + W @ x")
    J = product(cell, {"U": U, "W": np.zeros((H, 1))}, np.zeros((1000, 1)), H)
    assert np.abs(sizes(J) - 1).max() < 1e-11


def irnn(rng: np.random.Generator, inputs: Array, H: int, T: int) -> Workspace:
    """ReLU from the identity, with these input weights, over uniform numbers."""
    ws = Workspace(RELU, T=T, I=1, H=H, O=2)
    ws.load({"W": inputs, "U": np.eye(H), "b": np.zeros(H), "V": rng.normal(size=(2, H)), "d": np.zeros(2)})
    ws.run(rng.uniform(0, 1, (T, 1, 1)), np.zeros((T, 1), int))
    return ws


@pytest.mark.parametrize("seed", range(3))
def test_the_irnn_keeps_norm_one_in_the_units_that_live(seed: int) -> None:
    """100 units, 300 steps, input weights of deviation 0.001: a projector of norm exactly 1 on about half the units."""
    rng, H, T = np.random.default_rng(seed), 100, 300
    ws = irnn(rng, rng.normal(0.0, 0.001, (H, 1)), H, T)
    J = np.eye(H)
    for step in step_jacobians(ws):
        J = step @ J
    alive = int((ws.arrays["s.pre"].data[:, 0] > 0).all(0).sum())
    assert np.array_equal(J, np.diag(np.diag(J)))
    assert set(np.unique(J)) == {0.0, 1.0}
    assert np.linalg.matrix_rank(J) == alive == (ws.params["W"] > 0).sum()
    assert 35 <= alive <= 65
    assert sizes(J)[0] == 1.0


def test_the_irnn_with_all_units_on_is_the_identity() -> None:
    rng = np.random.default_rng(1)
    ws = irnn(rng, np.abs(rng.normal(0.0, 0.001, (20, 1))), 20, 60)
    assert all(np.array_equal(step, np.eye(20)) for step in step_jacobians(ws)[1:])
    assert np.array_equal(spectra(ws)["jacobian/spectral"].data, np.tri(60))


# -- what the bound of Pascanu, Mikolov and Bengio says, and what it does not -------------------------------------


@pytest.mark.parametrize(("cell", "gamma", "bias"), [(TANH, 1.0, 0.0), (SIGMOID, 0.25, None)])
def test_the_bound_is_attained_where_the_slope_is_largest(cell: Any, gamma: float, bias: float | None) -> None:
    """At pre-activations of zero, with a U that turns and shrinks alike: ||J|| = (gamma sigma_max)^n."""
    U = 0.9 / gamma * rotation(np.random.default_rng(2), 6)
    fixed = -U @ np.full(6, 0.5) if bias is None else np.zeros(6)
    params = {"W": np.zeros((6, 1)), "U": U, "b": fixed}
    state, J = np.full(6, 0.5 if bias is None else 0.0), np.eye(6)
    for n in range(1, 40):
        state, J = push(cell, params, np.zeros(1), state, J)
        assert abs(sizes(J)[0] / 0.9**n - 1) < 1e-11


def test_a_large_singular_value_does_not_make_gradients_explode() -> None:
    """sigma_max = 4.4 > 1 / gamma = 4, and yet the gradient vanishes where the units are saturated."""
    rng = np.random.default_rng(3)
    params = {"W": np.zeros((8, 1)), "U": 4.4 * rotation(rng, 8), "b": np.full(8, 30.0)}
    assert sizes(product(SIGMOID, params, np.zeros((50, 1)), 8))[0] < 1e-100


def test_a_spectral_radius_below_one_does_not_make_norms_fall_from_the_start() -> None:
    cell, params = parse("s = U @ s_prev + W @ x"), {"U": np.array([[0.9, 1.0], [0.0, 0.9]]), "W": np.zeros((2, 1))}
    norms = [sizes(product(cell, params, np.zeros((n, 1)), 2))[0] for n in range(1, 41)]
    assert abs(max(norms) - 3.912567078) < 1e-9
    assert norms.index(max(norms)) + 1 == 9
    assert next(n for n, norm in enumerate(norms, 1) if norm < 1) == 35


# -- the forget gate as a clock ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bias", "half"), [(0.0, 1.0), (1.0, 2.212678), (2.0, 5.460947), (float(np.log(99)), 68.967564)]
)
def test_half_of_a_cell_is_gone_after_its_half_life(bias: float, half: float) -> None:
    """ln .5 / ln f with f = sigmoid(b); the clock itself is 1 / (1 - f) = 1 + exp(b)."""
    ws = Workspace(LSTM, T=200, I=1, H=1, O=1, head="linear")
    params = {n: np.zeros_like(p) for n, p in ws.params.items()}
    ws.load({**params, "b_f": np.array([bias])})
    ws.begin({"c": np.ones((1, 1))})
    ws.run(np.zeros((200, 1, 1)), np.zeros((200, 1, 1)))
    c = ws.arrays["c"].data[:, 0, 0]
    assert abs(np.log(0.5) / np.log(c[0]) - half) < 1e-6
    assert np.abs(c / c[0] ** np.arange(1, 201) - 1).max() < 1e-12
    assert abs(1 / (1 - c[0]) - (1 + np.exp(bias))) < 1e-9


def test_with_recurrent_weights_the_product_of_forget_gates_is_not_the_jacobian() -> None:
    task = draw("lstm", np.random.default_rng(5), T=20, I=2, H=4, O=3, B=1, last=False)
    ws = Workspace(LSTM, T=20, I=2, H=4, O=3)
    ws.load(task.params)
    ws.run(task.x, task.target)
    J = np.eye(8)
    for step in step_jacobians(ws):
        J = step @ J
    direct = np.diag(ws.arrays["f"].data[:, 0].prod(0))
    assert abs(np.log(sizes(J[:4, :4])[0] / sizes(direct)[0])) > 1
    still = {n: np.zeros_like(p) if n.startswith("U") else p for n, p in task.params.items()}
    ws.load(still)
    ws.run(task.x, task.target)
    J = np.eye(8)
    for step in step_jacobians(ws):
        J = step @ J
    right = ws.arrays["f"].data[:, 0].prod(0)
    assert np.abs(J[:4, :4] - np.diag(right)).max() < 1e-14


# -- what is counted --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("cell", "two", "one"), [("rnn-tanh", 17920, 17792), ("lstm", 71680, 71168)])
def test_pytorch_counts_two_biases(cell: str, two: int, one: int) -> None:
    ws = Workspace(CELLS[cell], T=1, I=10, H=128, O=2)
    ours = {p.name: ws.params[p.name] for p in CELLS[cell].parameters}
    assert sum(p.size for p in ours.values()) == one
    assert sum(p.size for p in to_torch(cell, ours).values()) == two


def test_pytorch_counts_two_biases_of_its_gru() -> None:
    cell = CELLS["gru-reset-after"]
    ws = Workspace(cell, T=1, I=10, H=128, O=2)
    assert (
        sum(p.size for p in to_torch("gru-reset-after", {p.name: ws.params[p.name] for p in cell.parameters}).values())
        == 53760
    )


def test_a_window_has_more_weights_than_a_recurrent_network_from_three_symbols_on() -> None:
    """n V H against V H + H^2 + H: V = 65, H = 128."""
    found = windows(counts(np.arange(65), np.arange(65)), 65, 128)["window/parameters"].data
    assert found[:5].tolist() == [8320, 16640, 24960, 33280, 41600]
    ws = Workspace(TANH, T=1, I=65, H=128, O=65)
    own = sum(ws.params[p.name].size for p in TANH.parameters)
    assert own == 24832
    assert (found < own).tolist()[:4] == [True, True, False, False]


def test_a_bag_of_words_cannot_tell_praise_from_blame() -> None:
    good = ["The", "food", "was", "good", ",", "not", "bad", "at", "all"]
    bad = ["The", "food", "was", "bad", ",", "not", "good", "at", "all"]
    words = vocabulary(good)
    one, two = (np.eye(len(words))[[words.index(w) for w in s]][:, None] for s in (good, bad))
    assert np.array_equal(bag(one)["bag"].data[-1], bag(two)["bag"].data[-1])
    params = draw("rnn-tanh", np.random.default_rng(6), T=1, I=len(words), H=5, O=2, B=1, last=False).params
    ends = [trajectory(TANH, params, x[:, 0], np.zeros(5))[-1] for x in (one, two)]
    assert np.abs(ends[0] - ends[1]).max() > 0.01


@pytest.mark.parametrize(("symbols", "loss"), [(65, 4.174387), (27, 3.295837), (10, 2.302585)])
def test_the_first_loss_is_that_of_guessing(symbols: int, loss: float) -> None:
    """ln V; its exponential, the perplexity, is V."""
    text = " ".join(f"w{i}" for i in np.random.default_rng(symbols).permutation(np.repeat(np.arange(symbols), 4)))
    trace = compute(make_recipe({"text": text, "hidden": 16, "gain": 0.5, "cell": "gru"}), ("forward",))
    assert abs(trace["loss"].mean() / loss - 1) < 0.02
    assert abs(np.exp(loss) / symbols - 1) < 1e-6


# -- both ways --------------------------------------------------------------------------------------------------


def test_a_bidirectional_network_is_two_networks_the_second_on_the_sequence_turned_round() -> None:
    rng = np.random.default_rng(7)
    net = Assembly(CELLS["gru"], bidirectional(), I=3, H=4, O=2, head="softmax").network(6, 1)
    params = {n: rng.normal(size=s) for n, s in net.shapes().items()}
    x, target = rng.normal(size=(6, 1, 3)), np.zeros((6, 1), int)
    net.load(params)
    net.run({"x": x}, target)
    for block, way in (("forward", 1), ("backward", -1)):
        alone = Unrollings(CELLS["gru"], I=3, H=4, O=2, head="softmax")
        for name in (p.name for p in CELLS["gru"].parameters):
            alone.params[name][:] = params[f"{block}/{name}"]
        ws = alone.workspace(6, 1)
        ws.load(alone.params)
        ws.run(x[::way], target)
        assert np.array_equal(net.arrays()[f"{block}/h"].data, ws.arrays["h"].data[::way])
