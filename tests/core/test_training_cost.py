"""The cost of a training run, known before it begins."""

import tracemalloc
from typing import Any

import pytest

from core.errors import CostError
from core.options import Options, make_options
from core.recipe import Recipe, make_recipe
from core.train import Training
from core.training_cost import check_training_cost, training_cost, work_of

PLENTY: dict[str, Any] = {"milliseconds": 1e12, "memory": 10**15, "bytes": 10**15}
LSTM = {"cell": "lstm", "hidden": 48}


def choices(
    recipe: dict[str, Any], task: str = "sentence", length: int | None = None, **options: Any
) -> tuple[Recipe, Options]:
    return make_recipe({**recipe, "data": task, "length": length}), make_options(options)


@pytest.mark.parametrize("cell", ["rnn-tanh", "lstm", "gru-reset-after"])
def test_the_memory_is_what_the_arrays_take(cell: str) -> None:
    recipe, options = choices({"cell": cell, "hidden": 48}, task="letters", length=50, batch=24, updates=2)
    next(Training(*choices({"cell": cell, "hidden": 2}, task="letters", length=3)).events())  # what is made once
    tracemalloc.start()
    list(Training(recipe, options).events())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 0.5 < training_cost(work_of(recipe, options)).memory / peak < 2


@pytest.mark.parametrize(
    ("limit", "pointer"), [("milliseconds", "/updates"), ("bytes", "/updates"), ("memory", "/batch")]
)
def test_what_is_too_much_is_refused_with_the_nearest_that_fits(limit: str, pointer: str) -> None:
    recipe, options = choices(LSTM, task="adding", batch=64, updates=500)
    found = check_training_cost(recipe, options, **PLENTY)
    limits = PLENTY | {limit: getattr(found, limit) // 3}
    with pytest.raises(CostError) as caught:
        check_training_cost(recipe, options, **limits)
    (problem,) = caught.value.problems
    assert (problem.pointer, caught.value.asked) == (pointer, getattr(found, limit))
    assert isinstance(problem.allowed, dict)
    nearest = problem.allowed["nearest"]
    name = pointer.removeprefix("/")
    check_training_cost(recipe, make_options({**options.values, name: nearest}), **limits)
    with pytest.raises(CostError):
        check_training_cost(recipe, make_options({**options.values, name: nearest + 1}), **limits)


def test_a_network_too_large_for_a_single_update_is_refused_by_its_size() -> None:
    recipe, options = choices(LSTM, task="adding")
    with pytest.raises(CostError) as caught:
        check_training_cost(recipe, options, **PLENTY | {"milliseconds": 0.5})
    assert caught.value.problems[0].pointer == "/hidden"


@pytest.mark.parametrize("change", [{"batch": 32}, {"updates": 2000}, {"length": 60}, {"snapshots": 60}])
def test_more_of_anything_costs_more(change: dict[str, Any]) -> None:
    few: dict[str, Any] = {"task": "letters", "length": 30, "batch": 16, "updates": 1000, "snapshots": 20}
    less, more = (training_cost(work_of(*choices(LSTM, **o))) for o in (few, few | change))
    assert more.milliseconds + more.memory + more.bytes > less.milliseconds + less.memory + less.bytes
    assert all(getattr(more, n) >= getattr(less, n) for n in PLENTY)


def test_a_long_way_back_costs_more_than_a_short_one() -> None:
    short, long = (training_cost(work_of(*choices(LSTM, task="letters", k1=5, k2=k2))) for k2 in (5, 50))
    assert long.milliseconds > 5 * short.milliseconds
