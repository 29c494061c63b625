"""Units that are on in just a part of a sequence are found, and found first."""

import itertools

import numpy as np
import pytest

from core.finding import auc, find, stretches, threshold


def drawn(T: int = 30, H: int = 7, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(T, H))


def test_a_unit_that_is_on_in_just_the_range_comes_first() -> None:
    values = drawn()
    values[:, 3] = -1.0
    values[10:15, 3] = 1.0
    best = find({"h": values}, 10, 14)[0]
    assert (best.node, best.unit, best.sign) == ("h", 3, 1)
    assert (best.auc, best.gap) == (1.0, 1.0)
    assert (best.inside, best.outside, best.threshold) == (1.0, -1.0, 0.0)


def test_a_unit_that_is_low_in_just_the_range_is_found_with_its_sign_turned() -> None:
    values = drawn()
    values[:, 2] = 0.75
    values[4:6, 2] = 0.25
    best = find({"f": values}, 4, 5)[0]
    assert (best.unit, best.sign, best.auc, best.threshold) == (2, -1, 1.0, 0.5)
    assert [(s.first, s.last) for s in stretches(values[:, 2], best.threshold, best.sign)] == [(4, 5)]


@pytest.mark.parametrize("seed", range(5))
def test_the_share_of_pairs_is_what_counting_them_gives(seed: int) -> None:
    rng = np.random.default_rng(seed)
    inside, outside = rng.integers(0, 5, size=6).astype(float), rng.integers(0, 5, size=9).astype(float)
    pairs = [(a > b) + 0.5 * (a == b) for a, b in itertools.product(inside, outside)]
    assert auc(inside, outside) == pytest.approx(np.mean(pairs))


@pytest.mark.parametrize("seed", range(5))
def test_a_gap_above_zero_and_a_share_of_one_say_the_same(seed: int) -> None:
    values = drawn(8, 40, seed)
    found = find({"s": values}, 3, 5, most=40)
    assert len(found) == 40
    assert {each.auc == 1.0 for each in found if each.gap > 0} == {True}
    assert {each.gap > 0 for each in found if each.auc == 1.0} <= {True}
    shares = [(each.auc, each.gap) for each in found]
    assert shares == sorted(shares, reverse=True)
    for each in found:
        own = each.sign * values[:, each.unit]
        room = own.max() - own.min()
        assert each.gap == pytest.approx((own[3:6].min() - np.delete(own, [3, 4, 5]).max()) / room)


@pytest.mark.parametrize("seed", range(5))
def test_no_threshold_parts_the_two_better(seed: int) -> None:
    rng = np.random.default_rng(seed)
    inside, outside = rng.normal(0.5, size=7), rng.normal(size=12)
    chosen = threshold(inside, outside)

    def parted(cut: float) -> float:
        return float((inside > cut).mean() + (outside <= cut).mean())

    assert parted(chosen) == max(parted(cut) for cut in np.linspace(-4, 4, 4001))


def test_units_that_never_move_or_are_not_finite_are_left_out() -> None:
    values = drawn(6, 4)
    values[:, 0] = 0.5
    values[3, 1] = np.nan
    assert {each.unit for each in find({"h": values}, 1, 2)} == {2, 3}


def test_stretches_are_told_in_order_and_whole() -> None:
    values = np.array([2.0, 0, 3, 4, 0, 0, 5])
    found = stretches(values, 1.0)
    assert [(s.first, s.last, s.mean) for s in found] == [(0, 0, 2.0), (2, 3, 3.5), (6, 6, 5.0)]
    assert stretches(values, 9.0) == ()
    assert [(s.first, s.last) for s in stretches(values, 1.0, -1)] == [(1, 1), (4, 5)]
