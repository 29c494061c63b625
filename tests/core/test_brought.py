"""Weights that a recipe names: what they decide, what they are fed, and what does not fit."""

import json
from typing import Any

import numpy as np
import pytest

from core.brought import brought, from_file, settled, to_file
from core.errors import RecipeError, WeightsError
from core.experiment import compute
from core.options import make_options
from core.recipe import Recipe, make_recipe
from core.train import Training, trace_at
from core.weights import Model, read, save, save_cell
from tests.core.oracle import Arrays

NETWORKS: dict[str, dict[str, Any]] = {
    "chain": {"cell": "lstm"},
    "layers": {"cell": "gru", "layers": 3},
    "both ways": {"topology": "bidirectional"},
    "pairs both ways": {"topology": "bidirectional", "layers": 2},
    "encoder-decoder": {"cell": "lstm", "topology": "encoder-decoder"},
    "attention": {"cell": "gru", "topology": "attention", "scoring": "dot", "reader": "both"},
    "own cell": {"cell": "h = tanh(W @ x + U @ h_prev)"},
}


def weights_of(recipe: Recipe) -> Arrays:
    found = compute(recipe, ("params",)).arrays
    return {n.removeprefix("param/"): a.data + 0.1 for n, a in found.items()}


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_goes_to_a_file_and_comes_back_as_the_same_run(name: str) -> None:
    recipe = make_recipe({"hidden": 5, **NETWORKS[name]})
    params = weights_of(recipe)
    found = settled(make_recipe({"model": "m"}), {"m": from_file(to_file(recipe, params))})
    assert all(found[n] == recipe[n] for n in ("cell", "hidden", "topology", "layers", "scoring", "reader"))
    trace = compute(found, ("forward", "params"))
    assert all(np.array_equal(trace[f"param/{n}"], p) for n, p in params.items())
    by_hand = trace_at(recipe, make_options({}), snapshot(params))
    assert float(np.abs(trace["loss"] - by_hand["loss"]).max()) == 0.0


def snapshot(params: Arrays) -> Any:
    from core.trace import Event  # noqa: PLC0415  the one place that needs it

    return Event("snapshot", 0, None, {f"param/{n}": p for n, p in params.items()}, {"update": 0})


def test_a_model_reads_words_at_its_own_places() -> None:
    learnt = make_recipe({"text": "a rose is a rose is a thorn", "hidden": 3})
    model = from_file(to_file(learnt, weights_of(learnt)))
    trace = compute(settled(make_recipe({"text": "is rose a rose", "model": "m"}), {"m": model}), ("forward",))
    assert trace.labels["input"] == ["a", "rose", "is", "thorn"]
    assert trace["x"][:, 0].argmax(1).tolist() == [2, 1, 0]
    assert trace["target"][:, 0].tolist() == [1, 0, 1]


def test_a_model_trains_on_from_its_weights() -> None:
    learnt = make_recipe({"hidden": 3, "layers": 2})
    params = weights_of(learnt)
    recipe = settled(make_recipe({"model": "m"}), {"m": from_file(to_file(learnt, params))})
    first = next(e for e in Training(recipe, make_options({"updates": 1})).events() if e.kind == "snapshot")
    assert all(np.array_equal(first.arrays[f"param/{n}"], p) for n, p in params.items())


def problem(values: dict[str, Any], models: Any) -> tuple[str, str]:
    with pytest.raises(RecipeError) as refusal:
        settled(make_recipe(values), models)
    (found,) = refusal.value.problems
    return found.pointer, found.message


def test_what_does_not_fit_is_refused_by_its_field() -> None:
    learnt = make_recipe({"text": "a rose is a rose", "hidden": 3})
    models = {"m": from_file(to_file(learnt, weights_of(learnt)))}
    assert problem({"model": "n"}, models)[0] == "/model"
    assert "'tulip'" in problem({"model": "m", "text": "a tulip"}, models)[1]
    assert problem({"model": "m", "data": "adding"}, models)[0] == "/data"
    with pytest.raises(RecipeError, match="not a model that is known"):
        compute(make_recipe({"model": "m"}))


def test_a_file_without_symbols_is_fed_the_texts_own_words_in_order() -> None:
    learnt = make_recipe({"cell": "gru", "text": "a b c d e f", "hidden": 3})
    model = brought(_as_model(learnt))
    trace = compute(settled(make_recipe({"text": "x y x", "model": "m"}), {"m": model}), ("forward",))
    assert trace.labels["output"] == ["x", "y", "symbol 2", "symbol 3", "symbol 4", "symbol 5"]
    assert problem({"text": "a b c d e f g h", "model": "m"}, {"m": model})[0] == "/text"


def _as_model(recipe: Recipe) -> Model:
    return read(save_cell(recipe["cell"], weights_of(recipe)))


@pytest.mark.parametrize(
    "change",
    [
        {"recipe": "{"},
        {"recipe": "[]"},
        {"recipe": json.dumps({"cell": "nonsense"})},
        {"recipe": json.dumps({"hidden": 256})},
        {"inputs": "[1]"},
        {"inputs": "{}"},
        {"inputs": json.dumps(["a"] * 9999)},
        {"outputs": "[" * 5000},
    ],
)
def test_a_strangers_notes_are_refused(change: dict[str, str]) -> None:
    recipe = make_recipe({"hidden": 3})
    with pytest.raises(WeightsError):
        from_file(to_file(recipe, weights_of(recipe), change))


def test_weights_of_another_shape_are_refused() -> None:
    recipe = make_recipe({"hidden": 3})
    params = weights_of(recipe)
    with pytest.raises(WeightsError, match="not those of the network"):
        from_file(to_file(recipe, {**params, "U": params["U"][:2]}))
    with pytest.raises(WeightsError):
        from_file(save({"a": params["U"]}, {"format": "unrolled", "recipe": recipe.canonical()}))
