"""What found units do elsewhere is what the network does there."""

from typing import Any

import numpy as np
import pytest

from core.elsewhere import nodes_of, reading, report
from core.errors import RecipeError
from core.experiment import compute
from core.recipe import make_recipe
from core.trace import Trace

READ = ("forward", "params")


def trace(**values: Any) -> Trace:
    return compute(make_recipe({"hidden": 6, **values}), READ)


@pytest.mark.parametrize("cell", ["rnn-relu", "lstm", "gru", "gru-reset-after", "s = 0.9 * s_prev + tanh(W @ x + u)"])
def test_a_text_read_again_gives_the_numbers_of_the_run(cell: str) -> None:
    found = trace(cell=cell)
    values = nodes_of(found, "all")
    again = reading(found, found.recipe["text"], set(values))
    T = found.dims["time"]
    assert again.unknown == 0
    for name, value in values.items():
        np.testing.assert_allclose(again.values[name][:T], value, rtol=0, atol=1e-13)


def test_a_word_never_met_is_read_as_nothing() -> None:
    found = trace()
    again = reading(found, "zebra dog", {"s"})
    assert again.unknown == 1
    np.testing.assert_allclose(again.values["s"][0], np.tanh(found["param/b"]), atol=1e-15)


def test_another_text_changes_nothing_in_what_is_found() -> None:
    found = trace(cell="gru")
    alone, both = report(found, 1, 2), report(found, 1, 2, corpus="the dog the dog")
    assert [each | {"corpus": None} for each in alone["found"]] == [each | {"corpus": None} for each in both["found"]]
    assert both["corpus"] == {"time": ["the", "dog", "the", "dog"], "unknown": 0}


def test_every_stretch_lies_beyond_the_threshold_and_nothing_else_does() -> None:
    found = trace(cell="lstm", data="characters")
    values = nodes_of(found)
    for each in report(found, 4, 9)["found"]:
        on = each["sign"] * values[each["node"]][:, each["unit"]] > each["sign"] * each["threshold"]
        told = np.zeros(len(on), dtype=bool)
        for stretch in each["stretches"]:
            told[stretch["first"] : stretch["last"] + 1] = True
        assert (on == told).all()


def test_networks_of_several_chains_are_searched_too() -> None:
    found = trace(topology="bidirectional")
    assert {each["node"] for each in report(found, 1, 3)["found"]} == {"forward/s", "backward/s"}
    with pytest.raises(RecipeError, match="a single chain that reads text"):
        report(found, 1, 3, corpus="the dog")


@pytest.mark.parametrize(
    ("first", "last", "pointer"), [(0, 7, "/to"), (8, 8, "/from"), (3, 2, "/to"), (-1, 2, "/from"), (2, 8, "/to")]
)
def test_a_range_outside_the_run_or_without_an_outside_is_refused(first: int, last: int, pointer: str) -> None:
    with pytest.raises(RecipeError) as told:
        report(trace(), first, last)
    assert told.value.problems[0].pointer == pointer


def test_a_text_that_is_too_long_or_empty_is_refused() -> None:
    for corpus in ("a " * 6000, "..."):
        with pytest.raises(RecipeError, match="must have 1 to 5000 words"):
            reading(trace(), corpus, {"s"})
