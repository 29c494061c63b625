"""Where weights begin: the distributions are what their names say, and a seed is a seed."""

import numpy as np
import pytest

from core.experiment import compute, run
from core.inits import INITS
from core.recipe import make_recipe
from tests.core.oracle import Array


def drawn(name: str, shape: tuple[int, int], gain: float = 1.0, seed: int = 0) -> Array:
    return INITS[name](np.random.default_rng(seed), shape, gain)


@pytest.mark.parametrize("gain", [0.5, 1.0, 3.0])
def test_normal_has_the_gain_over_the_root_of_the_columns_as_its_standard_deviation(gain: float) -> None:
    values = drawn("normal", (400, 100), gain)
    assert abs(values.std() / (gain / 10) - 1) < 0.02
    assert abs(values.mean()) < 0.01 * gain
    kurtosis = ((values / values.std()) ** 4).mean()
    assert abs(kurtosis - 3) < 0.15


def test_a_square_normal_matrix_has_a_spectral_radius_near_its_gain() -> None:
    radius = np.abs(np.linalg.eigvals(drawn("normal", (200, 200), 1.5))).max()
    assert 1.3 < radius < 1.7


def test_xavier_is_uniform_within_its_bound() -> None:
    values, bound = drawn("xavier", (300, 100)), np.sqrt(6 / 400)
    assert np.abs(values).max() <= bound
    assert np.abs(values).max() > 0.999 * bound
    assert abs(values.std() / (bound / np.sqrt(3)) - 1) < 0.01
    counts, _ = np.histogram(values, 10, (-bound, bound))
    assert np.abs(counts / counts.mean() - 1).max() < 0.1


@pytest.mark.parametrize("size", [1, 2, 7, 64])
def test_orthogonal_keeps_every_length_times_the_gain(size: int) -> None:
    values = drawn("orthogonal", (size, size), 2.0, seed=size)
    assert np.abs(values @ values.T - 4 * np.eye(size)).max() < 1e-12


def test_orthogonal_has_no_preferred_direction() -> None:
    """Without the signs of R the first column would always point the same way."""
    first = np.array([drawn("orthogonal", (4, 4), seed=seed)[:, 0] for seed in range(2000)])
    assert np.abs(first.mean(0)).max() < 0.05
    assert np.abs((first**2).mean(0) - 0.25).max() < 0.02
    signs = [np.linalg.det(drawn("orthogonal", (4, 4), seed=seed)) > 0 for seed in range(400)]
    assert 0.4 < np.mean(signs) < 0.6


def test_identity_and_zeros_draw_nothing() -> None:
    assert np.array_equal(drawn("identity", (3, 3), 0.5), 0.5 * np.eye(3))
    assert not drawn("zeros", (3, 3)).any()


@pytest.mark.parametrize("name", INITS)
def test_the_same_seed_gives_the_same_weights_and_another_seed_others(name: str) -> None:
    one, two, other = (drawn(name, (5, 5), seed=seed) for seed in (3, 3, 4))
    assert np.array_equal(one, two)
    assert np.array_equal(one, other) == (name in {"identity", "zeros"})


@pytest.mark.parametrize("name", INITS)
def test_the_init_of_a_recipe_is_that_of_the_recurrent_matrices_only(name: str) -> None:
    trace = compute(make_recipe({"init": name, "gain": 2.0, "hidden": 16, "cell": "lstm", "forget_bias": 1.5}))
    bound = np.sqrt(6 / (16 + 9))
    for gate in "fico":
        U = trace[f"param/U_{gate}"]
        assert np.abs(trace[f"param/W_{gate}"]).max() <= bound
        assert np.array_equal(trace[f"param/b_{gate}"], np.full(16, 1.5 if gate == "f" else 0.0))
        assert name != "orthogonal" or np.abs(U @ U.T - 4 * np.eye(16)).max() < 1e-12
        assert name != "identity" or np.array_equal(U, 2 * np.eye(16))
        assert name != "zeros" or not U.any()
    assert np.abs(trace["param/V"]).max() <= bound
    assert not trace["param/d"].any()


def test_the_global_generator_plays_no_part() -> None:
    np.random.seed(1)  # noqa: NPY002  (this very thing must not matter)
    one = run(make_recipe({}))
    np.random.seed(2)  # noqa: NPY002
    two = run(make_recipe({}))
    assert all(np.array_equal(a.data, two.arrays[n].data) for n, a in one.arrays.items() if n.startswith("param/"))


@pytest.mark.parametrize("gain", [0.5, 2.0])
def test_a_vector_on_the_state_begins_as_a_diagonal_within_the_gain(gain: float) -> None:
    """Of the rules, what each makes of one unit; no unit may begin to grow by itself."""
    drawn_by = {n: compute(make_recipe({"cell": "indrnn", "init": n, "gain": gain, "hidden": 200})) for n in INITS}
    found = {name: trace["param/u"] for name, trace in drawn_by.items()}
    assert set(found["orthogonal"]) == {-gain, gain}
    assert set(found["identity"]) == {gain}
    assert not found["zeros"].any()
    for name in ("normal", "xavier"):
        assert 0.9 * gain < np.abs(found[name]).max() <= gain
        assert np.abs(found[name].std() / (gain / np.sqrt(3)) - 1) < 0.1
    assert not drawn_by["normal"]["param/b"].any()
