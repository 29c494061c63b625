"""Windows, bags and convolutions: counted by hand, differentiated by central differences."""

import numpy as np
import pytest

from core.windows import bag, convolution, grams, unseen, windows

TEXT = ["a", "b", "a", "b", "a", "c", "a", "b", "c", "c"]


def test_windows_are_counted() -> None:
    found = windows(TEXT, 5)
    assert found["window/inputs"].data.tolist() == [3, 6, 9, 12, 15]
    assert found["window/parameters"].data[1] == 30
    assert found["window/contexts"].data[:2].tolist() == [3, len({"ab", "ba", "ac", "ca", "bc", "cc"})]
    assert found["window/possible"].data[3] == pytest.approx(np.log10(3**4))
    assert found["window/unseen"].data[0] == 3 / 5  # c a b c c: each c is new


def test_what_is_not_in_the_first_half_is_unseen() -> None:
    assert grams("abc", 2) == [("a", "b"), ("b", "c")]
    assert unseen("abababcc", 1) == 0.5
    assert unseen("ab", 3) == 0.0


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
