"""Collections as recipes name them: traced, trained on, priced without being read."""

from typing import Any

import numpy as np
import pytest

from core.cost import check_cost
from core.data import COLLECTIONS, Collection
from core.data.collection import _loaded
from core.errors import RecipeError
from core.experiment import compute
from core.material import declared, ends, length_of, material, widths_of
from core.options import make_options
from core.recipe import make_recipe
from core.train import Training

ALL = pytest.mark.parametrize("collection", COLLECTIONS.values(), ids=lambda c: c.id)


def recipe_of(collection: Collection, **more: Any) -> dict[str, Any]:
    topology = "attention" if collection.relation == "pairs" else "chain"
    return {"data": collection.id, "cell": "gru", "hidden": 4, "topology": topology, **more}


@ALL
def test_an_example_is_traced_as_it_is(collection: Collection) -> None:
    short = {} if collection.shortest > 12 else {"length": max(12, collection.shortest)}
    recipe = make_recipe(recipe_of(collection, example=2, **short))
    trace = compute(recipe, ("forward", "backward", "params"))
    example = collection.sample(2, length=length_of(recipe))
    T = int(ends(example.batch)[0])
    assert trace.dims["input"] == collection.sizes[0]
    assert np.array_equal(trace.arrays["x"].data, example.batch.x[:T])
    assert np.array_equal(trace.arrays["mask"].data, example.batch.mask[:T])
    loss = trace.arrays["loss"].data * trace.arrays["mask"].data
    assert np.isfinite(loss).all()
    assert loss.sum() > 0


@ALL
def test_what_it_costs_is_known_without_reading_it(collection: Collection) -> None:
    recipe, before = make_recipe(recipe_of(collection)), _loaded.cache_info()
    assert widths_of(recipe) == collection.sizes
    assert declared(recipe).length == collection.length
    check_cost(recipe, ("forward",), milliseconds=1e9, bytes=1 << 60)
    assert _loaded.cache_info() == before


def test_other_examples_and_other_lengths_show_other_things() -> None:
    one, two = (material(make_recipe({"data": "names", "example": i})) for i in (0, 1))
    assert one.time == ("·", *"aaron")
    assert one.time != two.time
    beat = make_recipe({"data": "ecg-100", "length": 100, "example": 4})
    assert COLLECTIONS["ecg-100"].sample(4, length=length_of(beat)).look.answer == "a labelled beat"
    assert material(beat).time[0] == "19.44 s"


def test_a_source_longer_than_its_answer_is_read_to_its_end() -> None:
    found = material(make_recipe({"data": "dates", "topology": "attention", "example": 0}))
    assert "".join(found.source).strip() == COLLECTIONS["dates"].sample(0).look.title
    assert found.batch.mask.sum() == 11
    assert found.target[10] == "(end)"
    assert set(found.target[11:]) <= {""}


@pytest.mark.parametrize(
    ("values", "nearest"),
    [
        ({"data": "dates"}, "attention"),
        ({"data": "names", "topology": "attention"}, "chain"),
        ({"data": "spoken-digits", "topology": "one-to-many"}, "chain"),
    ],
)
def test_a_topology_that_cannot_answer_is_refused(values: dict[str, Any], nearest: str) -> None:
    with pytest.raises(RecipeError) as refusal:
        make_recipe(values)
    (problem,) = refusal.value.problems
    assert problem.pointer == "/topology"
    assert problem.allowed["nearest"] == nearest  # type: ignore[index]


@ALL
def test_training_says_its_events(collection: Collection) -> None:
    recipe = make_recipe(recipe_of(collection))
    run = Training(recipe, make_options({"updates": 2, "batch": 2, "snapshots": 0, "precision": "float32"}))
    events = list(run.events())
    steps = [e.data["loss"] for e in events if e.kind == "step"]
    assert len(steps) == 2
    assert np.isfinite(steps).all()
    assert events[0].data["task"]["id"] == collection.id
    assert events[0].data["baseline"]["value"] == pytest.approx(collection.task().baseline.value(1))
