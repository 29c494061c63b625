"""Why memory: what windows and bags read, their gradients, and the table that the command left."""

import numpy as np
import pytest

from core.data.moby_dick import VOCABULARY, halves, words
from core.measured import tables
from core.models.cards import card
from tools.next_word import LONGEST_BAG, MODEL, Answerer, asked, bag, curve, window

TEXT = np.array([5] * 60 + [3, 4, 2, 7, 7, 6])  # 2 ends a sentence
STOPS = frozenset([2])


def test_a_window_is_the_last_words_the_nearest_first() -> None:
    assert window(TEXT, 3)(np.array([62, 65])).tolist() == [[2, 4, 3], [6, 7, 7]]


def test_a_bag_is_counted_since_the_sentence_began() -> None:
    counts = bag(TEXT, STOPS)(np.array([61, 62, 64, 65]))
    assert counts.sum(1).tolist() == [LONGEST_BAG, LONGEST_BAG, 2, 3]
    assert (counts[0, 3], counts[0, 4], counts[1, 2]) == (1, 1, 1)
    assert (counts[3, 7], counts[3, 6], counts[3, 2]) == (2, 1, 0)


@pytest.mark.parametrize("kind", ["window", "bag"])
def test_gradients_are_those_of_central_differences(kind: str) -> None:
    reading, places = (window(TEXT, 2), 2) if kind == "window" else (bag(TEXT, STOPS), 1)
    net = Answerer(reading, places, 4, np.random.default_rng(0))
    net.params = {n: p.astype(np.float64) for n, p in net.params.items()}
    at = np.array([60, 61, 63, 64])
    right = TEXT[at + 1]
    found = net.gradients(at, right)
    rng = np.random.default_rng(1)
    for name, p in net.params.items():
        way = rng.standard_normal(p.shape)
        start, step, sides = p.copy(), 1e-5, []
        for sign in (1, -1):
            net.params[name] = start + sign * step * way
            sides.append(-np.log(net.chances(at)[np.arange(len(at)), right]).mean())
        net.params[name] = start
        assert (found[name] * way).sum() == pytest.approx((sides[0] - sides[1]) / (2 * step), rel=1e-4, abs=1e-9), name


def test_nobody_is_asked_where_a_bag_would_begin_before_the_part() -> None:
    held = halves(words()[1])[1]
    places = np.concatenate(list(asked()))
    assert places.min() == LONGEST_BAG
    assert places.max() + 1 < len(held)
    assert len(np.unique(places)) == len(places)


def test_the_curve_of_the_table_is_counted_again() -> None:
    assert tables.table("next-word")["windows"] == curve()


def test_the_table_is_of_the_model_that_is_shipped() -> None:
    rows = {r["model"]: r for r in tables.table("next-word")["models"]}
    network, H = rows["recurrent network"], card(MODEL).recipe["hidden"]
    assert network["parameters"] == card(MODEL).parameters
    assert network["accuracy"] == pytest.approx(card(MODEL).figure("accuracy").value, abs=0.02)
    for name, n in (("window of 2", 2), ("window of 7", 7), ("bag of words", 1)):
        assert rows[name]["parameters"] == (n + 1) * VOCABULARY * H + H + VOCABULARY
        assert network["accuracy"] > rows[name]["accuracy"], name
        assert network["perplexity_high"] < rows[name]["perplexity_low"], name


def test_a_table_is_read_as_named_arrays() -> None:
    found = tables.columns("next-word", "windows", "size")
    assert found["next-word/n"].data.tolist() == list(range(1, 9))
    assert found["next-word/unseen"].dims == ("size",)
    assert (np.diff(found["next-word/unseen"].data) > 0).all()
    assert np.isnan(tables.columns("next-word", "models", "model")["next-word/unseen"].data[-1])
    with pytest.raises(KeyError):
        tables.table("../models/names")
