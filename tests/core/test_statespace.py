"""The map of a cell's state space has the fixed points, exponents and spectra that theory gives it."""

from typing import Any

import numpy as np
import pytest

from core.capacity import linear_capacity, measured_capacity
from core.cells import CELLS
from core.equations import parse
from core.errors import UnrolledError
from core.statespace import (
    eigenvalues,
    fixed_points,
    grid,
    lyapunov,
    principal_components,
    trajectory,
    vector_field,
)
from core.step import advance, jacobian
from core.unroll import Workspace
from tests.core.cases import draw, workspace
from tests.core.oracle import Array, Arrays

TANH = CELLS["rnn-tanh"]
# States without a bound: of ReLU, and of a forget gate that opens the further the more there is to remember.
UNBOUNDED = ("rnn-relu", "indrnn", "lstm-peephole")
NOTHING = np.zeros(1)


def net(U: Any, b: Any = 0.0, **more: Array) -> Arrays:
    """A vanilla cell of one input that it ignores unless told otherwise."""
    matrix = np.array(U, dtype=float, ndmin=2)
    H = len(matrix)
    return {"W": np.zeros((H, 1)), "U": matrix, "b": np.broadcast_to(float(b), H), "V": np.zeros((1, H)), **more}


# -- fixed points -------------------------------------------------------------------------------------------


def latch(w: float, u: float) -> Any:
    return fixed_points(TANH, net(w, u), NOTHING, np.linspace(-1, 1, 21)[:, None])


@pytest.mark.parametrize(
    ("w", "threshold"), [(1.25, 0.077805169), (1.5, 0.207546455), (2, 0.532839975), (3, 1.303273908), (5, 3.028500480)]
)
def test_a_latch_loses_its_second_state_at_the_fold(w: float, threshold: float) -> None:
    """h <- tanh(w h + u) is bistable for |u| < w sqrt(1 - 1/w) - artanh sqrt(1 - 1/w)."""
    low, high = 0.0, 4.0
    while high - low > 2e-7:
        middle = (low + high) / 2
        low, high = (middle, high) if len(latch(w, middle)) == 3 else (low, middle)
    assert abs((low + high) / 2 - threshold) < 1e-6


def test_a_latch_remembers_in_two_attractors_apart_by_a_repeller() -> None:
    """The stored bit sits where the slope is w (1 - h^2) < 1: the latch kills the gradient that it would need."""
    lower, middle, upper = latch(2, 0.0)
    assert [p.kind for p in (lower, middle, upper)] == ["attractor", "repeller", "attractor"]
    assert abs(upper.state[0] - 0.957504024) < 1e-9
    assert abs(upper.eigenvalues[0] - 0.166372) < 1e-6
    assert abs(lower.state[0] + upper.state[0]) < 1e-12
    assert abs(middle.eigenvalues[0] - 2) < 1e-9


@pytest.mark.parametrize("w", [-0.5, 0.3, 0.99])
@pytest.mark.parametrize("u", [0.0, 0.2, -3.0])
def test_a_weak_latch_forgets(w: float, u: float) -> None:
    (only,) = latch(w, u)
    assert only.kind == "attractor"
    assert only.turns == (w < 0)


def test_kinds_are_told_from_the_eigenvalues() -> None:
    turn = 1.5 * np.array([[np.cos(1), -np.sin(1)], [np.sin(1), np.cos(1)]])
    for U, kind, turns in (
        (np.diag([2.0, 0.5]), "saddle", False),
        (turn, "repeller", True),
        (turn / 3, "attractor", True),
        (np.diag([1.0, 0.5]), "marginal", False),
    ):
        points = fixed_points(TANH, net(U), NOTHING, np.zeros((1, 2)) + 1e-3)
        assert (points[0].kind, points[0].turns) == (kind, turns)


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("seed", range(3))
def test_every_fixed_point_stays_where_it_is(name: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    cell, task = CELLS[name], draw(name, rng, T=1, I=2, H=4, O=3, B=1, last=False)
    x = task.x[0, 0]
    points = fixed_points(cell, task.params, x, rng.uniform(-1, 1, (60, 4 * len(cell.states))))
    assert points or name in UNBOUNDED, "a bounded map of a ball into itself has a fixed point"
    for p in points:
        assert np.abs(advance(cell, task.params, x, p.state) - p.state).max() < 1e-10
        right = np.linalg.eigvals(jacobian(cell, task.params, x, p.state))
        assert np.abs(np.sort(np.abs(p.eigenvalues)) - np.sort(np.abs(right))).max() < 1e-9
        if p.kind == "attractor":
            nearby = trajectory(cell, task.params, np.tile(x, (3000, 1)), p.state + 1e-6)[-1]
            assert np.abs(nearby - p.state).max() < 1e-6


def test_a_search_that_overflows_finds_nothing_and_disturbs_no_other() -> None:
    exploding = parse("s = U @ exp(exp(exp(s_prev * s_prev))) + W @ x")
    starts = np.array([[50.0], [0.1]])
    assert fixed_points(exploding, {**net(-0.01)}, NOTHING, starts)


def test_a_search_that_would_overshoot_shortens_its_steps() -> None:
    """F(s) - s = -tanh(3 s) is flat far out: Newton's own steps from there grow without end."""
    cell = parse("s = s_prev - tanh(u * s_prev + W @ x)")
    params = {"u": np.array([3.0]), "W": np.zeros((1, 1))}
    for start in (1.0, -2.0, 0.5):
        (found,) = fixed_points(cell, params, NOTHING, np.array([[start]]))
        assert abs(found.state[0]) < 1e-12
        assert (found.kind, found.turns) == ("repeller", True)


# -- exponents ----------------------------------------------------------------------------------------------


def random_net(N: int, g: float, seed: int) -> tuple[Arrays, np.random.Generator]:
    rng = np.random.default_rng(seed)
    return net(g * rng.normal(size=(N, N)) / np.sqrt(N)), rng


def largest(N: int, g: float, seed: int, T: int, skip: int) -> float:
    params, rng = random_net(N, g, seed)
    start, direction = rng.normal(size=N), rng.normal(size=(N, 1))
    return float(lyapunov(TANH, params, np.zeros((T, 1)), start, direction, skip=skip)[0][0])


@pytest.mark.parametrize(("g", "exponent"), [(1.5, 0.065217), (2.0, 0.154724), (3.0, 0.310276)])
def test_above_the_edge_of_chaos_the_exponent_is_that_of_mean_field_theory(g: float, exponent: float) -> None:
    assert abs(largest(512, g, 0, 2500, 300) - exponent) < 0.006


@pytest.mark.parametrize("g", [0.5, 0.8])
def test_below_the_edge_of_chaos_the_exponent_is_the_logarithm_of_the_spectral_radius(g: float) -> None:
    params, _ = random_net(64, g, 0)
    radius = np.abs(np.linalg.eigvals(params["U"])).max()
    assert abs(largest(64, g, 0, 4000, 500) - np.log(radius)) < 1e-4


@pytest.mark.parametrize("name", CELLS)
def test_all_exponents_together_are_the_mean_logarithm_of_the_volume(name: str) -> None:
    rng = np.random.default_rng(1)
    cell, task = CELLS[name], draw(name, rng, T=50, I=2, H=4, O=3, B=1, last=False)
    if name in ("rnn-relu", "indrnn"):
        task.params["b"][:] = 3.0
        if name == "rnn-relu":
            task.params["U"][:] = 0.1 * task.params["U"] + 0.5 * np.eye(4)
        else:
            task.params["u"][:] = 0.1 * task.params["u"] + 0.5
    n = 4 * len(cell.states)
    found, growth = lyapunov(cell, task.params, task.x[:, 0], np.zeros(n) + 0.1, np.eye(n))
    states = trajectory(cell, task.params, task.x[:, 0], np.zeros(n) + 0.1)
    logs = [
        np.linalg.slogdet(jacobian(cell, task.params, x, s))[1] for x, s in zip(task.x[:, 0], states[:-1], strict=True)
    ]
    assert abs(found.sum() - np.mean(logs)) < 1e-9 * max(1, abs(np.mean(logs)))
    later = lyapunov(cell, task.params, task.x[:, 0], np.zeros(n) + 0.1, np.eye(n), skip=10)[0]
    assert np.array_equal(later, np.sort(growth[10:].mean(axis=0))[::-1])
    assert np.abs(growth.sum(axis=1) - logs).max() < 1e-6 * max(1, np.abs(logs).max())


def test_gradients_grow_backwards_as_perturbations_grow_forwards() -> None:
    (params, rng), T = random_net(100, 1.5, 0), 400
    ws = Workspace(TANH, T=T, I=1, H=100, O=2, loss_at="last")
    V = rng.normal(size=(2, 100))
    ws.load({**params, "V": V, "d": np.zeros(2)})
    start = trajectory(TANH, params, np.zeros((200, 1)), rng.normal(size=100))[-1]
    ws.begin({"s": start[None]})
    ws.run(np.zeros((T, 1, 1)), np.zeros((T, 1), dtype=int))
    norm = ws.arrays["grad_norm/s"].data
    backward = np.log(norm[0] / norm[-1]) / (T - 1)
    forward = lyapunov(TANH, params, np.zeros((T, 1)), start, rng.normal(size=(100, 1)))[0][0]
    assert abs(forward - backward) < 0.005


def test_a_direction_that_dies_has_an_exponent_of_minus_infinity() -> None:
    found, _ = lyapunov(
        CELLS["rnn-relu"], net(np.diag([1.0, 1.0]), -1.0), np.zeros((5, 1)), np.array([9.0, 0.0]), np.eye(2)
    )
    assert found[0] == 0
    assert found[1] == -np.inf


# -- pictures -----------------------------------------------------------------------------------------------


def test_a_vector_field_points_from_each_place_to_where_a_step_takes_it() -> None:
    rng = np.random.default_rng(0)
    for name, H in (("rnn-tanh", 2), ("lstm", 1)):
        task = draw(name, rng, T=1, I=3, H=H, O=2, B=1, last=False)
        points = grid(np.array([-1.0, -2.0]), np.array([1.0, 2.0]), 5)
        assert points[4, 0].tolist() == [1.0, -2.0]
        moves = vector_field(CELLS[name], task.params, np.eye(3), points)
        assert moves.shape == (3, 5, 5, 2)
        right = advance(CELLS[name], task.params, np.eye(3)[2], points[1, 3])
        assert np.abs(points[1, 3] + moves[2, 1, 3] - right).max() < 1e-15
    with pytest.raises(UnrolledError, match="two numbers"):
        vector_field(TANH, net(np.eye(3)), np.zeros((1, 1)), np.zeros((4, 3)))


def test_principal_components_find_the_plane_in_which_points_lie() -> None:
    rng = np.random.default_rng(0)
    plane = np.linalg.qr(rng.normal(size=(9, 2)))[0].T
    points = 4 + rng.normal(size=(200, 2)) * [3.0, 1.0] @ plane
    found = principal_components(points, 3)
    assert abs(found.shares[:2].sum() - 1) < 1e-12
    assert found.shares[0] > found.shares[1] > 0.05
    assert np.abs(found.axes @ found.axes.T - np.eye(3)).max() < 1e-12
    assert np.abs(found.center + found.places @ found.axes - points).max() < 1e-12
    assert np.abs(found.place(points) - found.places).max() < 1e-12
    for flipped in (points, -points):
        axes = principal_components(flipped, 3).axes
        assert all(axis[np.abs(axis).argmax()] > 0 for axis in axes)
    assert not principal_components(np.ones((5, 3)), 2).shares.any()


def test_the_spectrum_of_each_step_is_that_of_its_jacobian() -> None:
    task = draw("lstm", np.random.default_rng(0), T=5, I=2, H=3, O=2, B=2, last=False)
    ws = workspace(CELLS["lstm"], task)
    for b in range(2):
        found = eigenvalues(ws, b)
        values = found["jacobian/eigen/real"].data + 1j * found["jacobian/eigen/imag"].data
        for t in range(5):
            joint = np.concatenate([ws.arrays[f"{s}_prev"].data[t, b] for s in ws.cell.states])
            right = np.linalg.eigvals(jacobian(ws.cell, task.params, task.x[t, b], joint))
            assert np.abs(np.sort_complex(values[t]) - np.sort_complex(right)).max() < 1e-9
            assert (np.diff(np.abs(values[t])) < 1e-9).all()


# -- the cliff ----------------------------------------------------------------------------------------------


def slopes_of_the_cliff(w: float, b: Array) -> Array:
    """dE/db of E = (sigma(x_50) - 0.7)^2 with x_t = w sigma(x_{t-1}) + b, x_0 = 0.5, for many b at once.

    The engine's s is sigma(x); b comes in as the input, a different one for each sequence of the batch.
    """
    ws = Workspace(CELLS["rnn-sigmoid"], T=50, I=1, H=1, O=1, B=len(b), loss_at="last", head="linear")
    one = np.ones((1, 1))
    ws.load({"W": one, "U": w * one, "b": np.zeros(1), "V": one, "d": np.zeros(1)})
    ws.begin({"s": np.full((len(b), 1), 1 / (1 + np.exp(-0.5)))})
    ws.run(np.broadcast_to(b[:, None], (50, len(b), 1)), np.full((50, len(b), 1), 0.7))
    return np.asarray(ws.arrays["grad/s.pre"].data[:, :, 0].sum(axis=0))


@pytest.mark.parametrize(("w", "off", "height"), [(5.0, 1e-4, 5.75e3), (6.0, 1e-7, 1.66e7), (7.0, 1e-9, 2.2e10)])
def test_the_error_has_a_cliff_along_a_line(w: float, off: float, height: float) -> None:
    """The wall stands on b = 0.5 - 0.622459331 w, where x_0 = 0.5 is an unstable fixed point."""
    line = 0.5 - w / (1 + np.exp(-0.5))
    best, width = line, 1e-2
    for _ in range(14):
        b = np.linspace(best - width, best + width, 401)
        slopes = np.abs(slopes_of_the_cliff(w, b))
        best, width = float(b[slopes.argmax()]), width / 10
        if width < 1e-15:
            break
    assert abs(best - line) < off
    assert abs(slopes.max() / height - 1) < 0.03
    assert w != 6.0 or abs(best + 3.234756003) < 1e-9


# -- memory -------------------------------------------------------------------------------------------------


def test_the_capacity_of_a_cyclic_reservoir_is_a_staircase() -> None:
    """MC_k = (1 - r^2N) r^(2N floor(k/N)); N = 20, r = .9."""
    U, w = 0.9 * np.roll(np.eye(20), 1, axis=0), np.eye(20)[0]
    found = linear_capacity(U, w, 2000)
    right = (1 - 0.9**40) * 0.9 ** (40 * (np.arange(2000) // 20))
    assert np.abs(found - right).max() < 1e-10
    assert abs(found[0] - 0.985219117059) < 1e-10
    assert abs(found[1:].sum() - 19.014780883) < 1e-9
    assert abs(found.sum() - 20) < 1e-9


@pytest.mark.parametrize("seed", range(5))
def test_a_linear_reservoir_of_n_units_remembers_n_numbers(seed: int) -> None:
    rng = np.random.default_rng(seed)
    N = int(rng.integers(3, 10))
    U = rng.normal(size=(N, N))
    U *= 0.9 / np.abs(np.linalg.eigvals(U)).max()
    assert abs(linear_capacity(U, rng.normal(size=N), 600).sum() - N) < 1e-3


def test_the_measured_capacity_of_a_run_is_the_exact_one_and_squashing_costs_some() -> None:
    rng, N, T = np.random.default_rng(0), 10, 20_000
    U, w = 0.9 * np.roll(np.eye(N), 1, axis=0), np.eye(N)[0]
    x = rng.uniform(-1, 1, T) * np.sqrt(3)
    found = {}
    for name, cell in (("linear", parse("s = W @ x + U @ s_prev")), ("tanh", TANH)):
        params = net(U, W=w[:, None])
        states = trajectory(cell, params, x[:, None], np.zeros(N))[1:]
        found[name] = measured_capacity(states, x, 60)
    assert np.abs(found["linear"] - linear_capacity(U, w, 60)).max() < 0.02
    assert found["tanh"].sum() < found["linear"].sum() - 0.1
    assert np.abs(measured_capacity(states + 2, x + 3, 60) - found["tanh"]).max() < 1e-9
