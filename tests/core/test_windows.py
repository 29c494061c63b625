"""Windows, bags and convolutions: counted by hand, differentiated by central differences."""

from typing import Any

import numpy as np
import pytest

from core.data.moby_dick import halves, words
from core.experiment import compute
from core.interventions import Token, carry_out
from core.recipe import make_recipe
from core.windows import bag, contexts, convolution, counts, space, windows

TEXT = np.array([0, 1, 0, 1, 0, 2, 0, 1, 2, 2])


def test_windows_are_counted() -> None:
    found = windows(counts(TEXT[:5], TEXT[5:]), 3, 5)
    assert found["window/inputs"].data.tolist() == [3, 6, 9, 12, 15]
    assert found["window/parameters"].data[1] == 30
    assert found["window/contexts"].data[:3].tolist() == [2, 2, 2]  # 0 1; 01 10; 010 101
    assert found["window/possible"].data[3] == pytest.approx(np.log10(3**4))
    assert found["window/unseen"].data[0] == pytest.approx(3 / 5)  # of 2 0 1 2 2 each 2 is new
    assert found["window/unseen"].data[1] == pytest.approx(3 / 4)  # of 20 01 12 22 only 01 is known


@pytest.mark.parametrize("n", [1, 2, 5, 8])
def test_contexts_are_those_that_a_set_of_tuples_counts(n: int) -> None:
    rng = np.random.default_rng(n)
    known, met = rng.integers(0, 3, 400), rng.integers(0, 3, 90)
    cut = [{tuple(part[i : i + n]) for i in range(len(part) - n + 1)} for part in (known, met)]
    later = [tuple(met[i : i + n]) for i in range(len(met) - n + 1)]
    count, unseen = contexts(known, met, n)
    assert count == len(cut[0])
    assert unseen == pytest.approx(sum(g not in cut[0] for g in later) / len(later))


def test_what_cannot_be_counted_is_nothing() -> None:
    assert contexts(TEXT[:1], TEXT[:1], 2) == (0, 0.0)
    assert counts(TEXT[:0], TEXT[:1]) == ((0, 1.0),)


def test_a_long_text_is_counted_in_both_of_its_parts() -> None:
    trace = compute(make_recipe({"data": "moby-words", "length": 3}), ("windows",))
    _, ids = words()
    known, met = halves(ids)
    first = {*zip(known[:-1].tolist(), known[1:].tolist(), strict=True)}
    later = [*zip(met[:-1].tolist(), met[1:].tolist(), strict=True)]
    assert trace["window/contexts"][1] == len(first)
    assert trace["window/unseen"][1] == pytest.approx(np.mean([pair not in first for pair in later]))
    assert trace["window/inputs"][1] == 2 * trace.dims["input"]


def test_a_filter_in_space_finds_edges() -> None:
    x = np.zeros((5, 1, 6))
    x[:, 0, 3:] = 1.0
    found = space(x)
    assert found["space/map"].data.shape == (3, 4)
    np.testing.assert_allclose(found["space/map"].data, [[0, 1, 1, 0]] * 3)
    assert space(x[:2]) == {}


def test_surgery_shows_both_bags() -> None:
    recipe = make_recipe({"text": "good not bad at all"})
    swapped = (Token(0, 2), Token(2, 0))
    trace = carry_out(recipe, swapped, ("forward", "windows"))
    assert np.array_equal(trace["bag"][-1], trace["unperturbed/bag"][-1])
    assert not np.array_equal(trace["bag"][0], trace["unperturbed/bag"][0])
    np.testing.assert_array_equal(trace["bag"][-1], trace["x"].sum((0, 1)))


@pytest.mark.parametrize("choices", [{}, {"topology": "encoder-decoder"}, {"data": "digit-rows"}, {"layers": 2}])
def test_the_group_comes_where_it_is_asked_for(choices: dict[str, Any]) -> None:
    recipe = make_recipe(choices)
    found = compute(recipe, ("windows",))
    assert {"bag", "convolution/c", "convolution/reach", "convolution/F"} <= found.arrays.keys()
    assert not {"bag", "convolution/c"} & compute(recipe).arrays.keys()
    c = found["convolution/c"]
    x, F = compute(recipe)["x"][:, 0], found["convolution/F"]
    np.testing.assert_allclose(c[2], np.tanh(F[0] @ x[2] + F[1] @ x[1] + F[2] @ x[0]))


def test_the_bag_forgets_the_order() -> None:
    x = np.eye(4)[[0, 2, 2, 1], None]
    y = np.eye(4)[[2, 1, 0, 2], None]
    assert bag(x)["bag"].data[-1].tolist() == [1, 1, 2, 0]
    assert (bag(x)["bag"].data[-1] == bag(y)["bag"].data[-1]).all()
    assert bag(x)["bag"].data[1].tolist() == [1, 0, 1, 0]


@pytest.mark.parametrize("T", [1, 2, 6])
def test_a_filter_reaches_as_far_as_it_is_wide(T: int) -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(T, 1, 4))
    found = convolution(x, 3, np.random.default_rng(0))
    step = 1e-6
    measured = np.zeros((T, T))
    for k in range(T):
        for i in range(4):
            up, down = x.copy(), x.copy()
            up[k, 0, i] += step
            down[k, 0, i] -= step
            moved = [convolution(v, 3, np.random.default_rng(0))["convolution/c"].data for v in (up, down)]
            measured[:, k] += (((moved[0] - moved[1]) / (2 * step)) ** 2).sum(1)
    np.testing.assert_allclose(found["convolution/reach"].data, np.sqrt(measured), atol=1e-8)
    outside = np.subtract.outer(np.arange(T), np.arange(T))
    assert (found["convolution/reach"].data[(outside < 0) | (outside > 2)] == 0).all()
