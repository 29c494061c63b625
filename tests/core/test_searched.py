"""A search as arrays: what it found, as the search itself tells it."""

import numpy as np
import pytest

from core.brought import settled
from core.decode import best
from core.decoding_options import make_decoding, search
from core.recipe import make_recipe
from core.searched import searched
from core.writers import writer

CHOICES = {"method": "beam", "width": 3, "most": 10, "prompt": "jo"}


def test_the_arrays_say_what_the_search_said() -> None:
    recipe = settled(make_recipe({"model": "names"}), {})
    found, model = searched(recipe, CHOICES), writer(recipe, "jo", 10)
    events = [*search(model.model, make_decoding(CHOICES), model.labels, model.end)]
    (first, *rest), told = events[-1].data["sequences"], best(events)
    assert found["search/total"].data[0] == told["total"] == first["total"]
    assert found["search/length"].data.tolist() == [len(each["tokens"]) for each in (first, *rest)]
    assert found["search/tokens"].data[0, : len(first["tokens"])].tolist() == first["tokens"]
    assert (found["search/tokens"].data[0, len(first["tokens"]) :] == -1).all()
    assert found["search/expanded"].data == sum(e.kind == "expanded" for e in events)
    assert found["search/weighed"].data == found["search/expanded"].data * len(model.labels)


def test_a_greedy_search_stands_beside_it() -> None:
    recipe = settled(make_recipe({"model": "names"}), {})
    found = searched(recipe, CHOICES)
    alone = searched(recipe, {"method": "greedy", "most": 10, "prompt": "jo"})
    assert found["greedy/total"].data[0] == pytest.approx(alone["search/total"].data[0])
    assert found["search/total"].data[0] > found["greedy/total"].data[0]
    assert np.array_equal(found["greedy/tokens"].data, alone["search/tokens"].data)
