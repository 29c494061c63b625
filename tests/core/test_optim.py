"""Optimisers against PyTorch and by hand, clipping by what it must keep, schedules at their known points."""

from pathlib import Path

import numpy as np
import pytest

from core.optim import CLIPPINGS, OPTIMISERS, SCHEDULES, lengths
from tests.core.oracle import Array

REFERENCE = Path(__file__).parent.parent / "reference" / "optimisers.npz"


def grads_of(rng: np.random.Generator, scale: float = 1.0) -> dict[str, Array]:
    return {"W": scale * rng.normal(size=(3, 4)), "b": scale * rng.normal(size=3)}


def flat(grads: dict[str, Array]) -> Array:
    return np.concatenate([g.ravel() for g in grads.values()])


@pytest.mark.parametrize("name", ["sgd", "momentum", "rmsprop", "adam"])
def test_an_optimiser_takes_the_steps_that_pytorch_takes(name: str) -> None:
    with np.load(REFERENCE) as opened:
        right = dict(opened)
    params = {"p": right["start"].copy()}
    slots = OPTIMISERS[name].start(params)
    for n, (g, after) in enumerate(zip(right["grads"], right[name], strict=True), 1):
        OPTIMISERS[name].update(params, {"p": g}, slots, 0.05, n)
        assert np.abs(params["p"] - after).max() < 1e-14


def test_the_first_step_of_adam_has_the_length_of_the_rate_in_every_entry() -> None:
    params = {"p": np.zeros(3)}
    slots = OPTIMISERS["adam"].start(params)
    OPTIMISERS["adam"].update(params, {"p": np.array([1e-3, -5.0, 1e4])}, slots, 0.1, 1)
    assert np.abs(params["p"] - [-0.1, 0.1, -0.1]).max() < 1e-5


def test_momentum_ends_ten_times_as_fast_as_gradient_descent() -> None:
    params = {"p": np.zeros(1)}
    slots = OPTIMISERS["momentum"].start(params)
    for n in range(1, 400):
        before = params["p"].copy()
        OPTIMISERS["momentum"].update(params, {"p": np.ones(1)}, slots, 0.01, n)
    assert abs((before - params["p"])[0] / 0.01 - 10) < 1e-12


@pytest.mark.parametrize("name", OPTIMISERS)
def test_copied_slots_go_on_as_the_originals_would(name: str) -> None:
    rng = np.random.default_rng(1)
    grads = [grads_of(rng) for _ in range(6)]
    one = grads_of(rng)
    slots = OPTIMISERS[name].start(one)
    for n, g in enumerate(grads[:3], 1):
        OPTIMISERS[name].update(one, g, slots, 0.1, n)
    two, copied = ({k: v.copy() for k, v in kept.items()} for kept in (one, slots))
    for params, kept in ((one, slots), (two, copied)):
        for n, g in enumerate(grads[3:], 4):
            OPTIMISERS[name].update(params, g, kept, 0.1, n)
    assert all(np.array_equal(one[k], two[k]) for k in one)


@pytest.mark.parametrize("scale", [1.0, 1e-200, 1e200, 1e307, 1e-307])
def test_clipping_by_norm_keeps_the_angle_and_sets_the_norm(scale: float) -> None:
    grads = grads_of(np.random.default_rng(2), scale)
    before, threshold = flat(grads) / scale, scale * 0.25
    assert CLIPPINGS["norm"].clip(grads, lengths(grads), threshold)
    after = flat(grads) / scale
    cosine = before @ after / np.linalg.norm(before) / np.linalg.norm(after)
    assert abs(cosine - 1) < 1e-12
    assert abs(np.linalg.norm(after) / 0.25 - 1) < 1e-12


def test_a_norm_beyond_the_largest_number_is_still_clipped_in_its_direction() -> None:
    grads = {"W": np.full((20, 20), 1.7e308), "b": np.full(3, -1.7e308)}
    found = lengths(grads)
    assert found.total == np.inf
    assert CLIPPINGS["norm"].clip(grads, found, 1.0)
    assert np.abs(flat(grads) * np.sqrt(403) - [*[1.0] * 400, *[-1.0] * 3]).max() < 1e-12


def test_a_gradient_is_clipped_from_the_threshold_on() -> None:
    for share, clipped in ((0.999, True), (1.001, False)):
        grads = grads_of(np.random.default_rng(5))
        found = lengths(grads)
        assert CLIPPINGS["norm"].clip(grads, found, share * found.total) == clipped
        assert abs(lengths(grads).total / found.total - min(share, 1)) < 1e-12
        biggest = float(np.abs(flat(grads)).max())
        assert CLIPPINGS["value"].clip(grads, found, share * biggest) == clipped


def test_a_short_gradient_is_left_as_it_is() -> None:
    grads = grads_of(np.random.default_rng(3))
    before = flat(grads)
    for name in CLIPPINGS:
        assert not CLIPPINGS[name].clip(grads, lengths(grads), 100.0)
    assert np.array_equal(flat(grads), before)


def test_clipping_by_value_cuts_each_entry_and_nothing_else() -> None:
    grads = {"W": np.array([[3.0, -0.5], [-7.0, 0.1]])}
    assert CLIPPINGS["value"].clip(grads, lengths(grads), 1.0)
    assert np.array_equal(grads["W"], [[1.0, -0.5], [-1.0, 0.1]])


def test_the_norm_of_each_parameter_and_of_all_is_told_even_where_squares_vanish() -> None:
    found = lengths({"W": np.full((2, 2), 1e-300), "b": np.array([3e-300, 0.0])})
    assert abs(found.each["W"] / 2e-300 - 1) < 1e-14
    assert abs(found.total / (np.sqrt(13) * 1e-300) - 1) < 1e-14


def test_schedules_pass_through_their_known_points() -> None:
    at = {name: [s.factor(n, 100, 20) for n in (1, 20, 21, 51, 100)] for name, s in SCHEDULES.items()}
    assert at["constant"] == [1, 1, 1, 1, 1]
    assert at["step"] == [1, 1, 0.5, 0.25, 0.0625]
    assert at["warm-up"] == [0.05, 1, 1, 1, 1]
    assert at["cosine"][0] == 1
    assert abs(at["cosine"][3] - 0.5) < 1e-15
    assert 0 < at["cosine"][4] < 1e-3
