"""A network that writes says what its trace says: step by step the same probabilities."""

import numpy as np
import pytest

from core.decode import best
from core.decoding_options import DECODING, check_decoding_cost, make_decoding, search
from core.errors import CostError, RecipeError
from core.experiment import run
from core.recipe import make_recipe
from core.writers import writer

NETWORKS: dict[str, dict[str, object]] = {
    "a chain": {"cell": "lstm"},
    "three layers": {"cell": "gru", "layers": 3},
    "one to many": {"cell": "rnn-tanh", "topology": "one-to-many"},
    "an encoder and a decoder": {"cell": "gru", "topology": "encoder-decoder"},
    "attention": {"cell": "lstm", "topology": "attention"},
    "attention both ways": {"cell": "gru", "topology": "attention", "reader": "both", "scoring": "dot"},
    "characters": {"data": "characters", "text": "the cat saw the dog"},
    "a grammar": {"data": "reber", "length": 20},
}


@pytest.mark.parametrize("kind", NETWORKS)
def test_along_its_own_sequence_it_expects_what_its_trace_says(kind: str) -> None:
    recipe = make_recipe({"seed": 3, **NETWORKS[kind]})
    done = run(recipe)
    probs, given = done.arrays["probs"].data[:, 0], done.material
    found = writer(recipe, None, len(given.time) + 1)
    assert found.read == (given.source or given.time[:1])
    state, token = found.model.state, found.model.first
    for t, wanted in enumerate(probs):
        log_probs, state = found.model.step(state, token)
        np.testing.assert_allclose(np.exp(log_probs), wanted, rtol=1e-12, atol=1e-15, err_msg=f"step {t}")
        told = given.target if given.source else (*given.time[1:], "")
        token = found.labels.index(told[t]) if told[t] else 0


def test_a_prompt_is_read_before_anything_is_written() -> None:
    recipe = make_recipe({"cell": "gru"})
    found = writer(recipe, "This morning I", 5)
    probs = run(recipe).arrays["probs"].data[2, 0]
    log_probs, _ = found.model.step(found.model.state, found.model.first)
    np.testing.assert_allclose(np.exp(log_probs), probs, rtol=1e-12)


@pytest.mark.parametrize("topology", ["one-to-one", "bidirectional"])
def test_what_cannot_write_is_refused(topology: str) -> None:
    with pytest.raises(RecipeError, match="cannot write"):
        writer(make_recipe({"topology": topology}), None, 5)


@pytest.mark.parametrize("data", ["adding", "parity", "temporal-order"])
def test_what_says_no_tokens_is_refused(data: str) -> None:
    with pytest.raises(RecipeError, match="/data"):
        writer(make_recipe({"data": data}), None, 5)


@pytest.mark.parametrize("prompt", ["This evening", "", "?!"])
def test_a_prompt_of_unknown_tokens_is_refused(prompt: str) -> None:
    with pytest.raises(RecipeError, match="/prompt"):
        writer(make_recipe({}), prompt, 5)


SEARCHES: dict[str, dict[str, object]] = {
    "greedy": {},
    "beam": {"method": "beam", "width": 8, "alpha": 1.0},
    "sample": {"method": "sample"},
    "cold": {"method": "sample", "temperature": 0.01},
    "top": {"method": "sample", "top": 1},
    "other": {"method": "sample", "sampling_seed": 1},
}


def test_every_field_does_something() -> None:
    found = writer(make_recipe({"cell": "lstm", "gain": 3, "seed": 5}), None, 12)
    said = {
        name: best(search(found.model, make_decoding({"most": 12, **values}), found.labels))["tokens"]
        for name, values in SEARCHES.items()
    }
    assert said["cold"] == said["top"] == said["greedy"]
    assert len({tuple(said[name]) for name in ("greedy", "sample", "other")}) == 3
    stop = found.labels[said["greedy"][2]]
    stopped = best(search(found.model, make_decoding({"most": 12, "stop": stop}), found.labels))["tokens"]
    assert stopped == said["greedy"][: said["greedy"].index(said["greedy"][2]) + 1]


def test_what_does_not_matter_is_at_its_default() -> None:
    assert make_decoding({"method": "greedy", "width": 9, "top": 2}) == make_decoding({})
    assert make_decoding({"method": "beam", "width": 9})["width"] == 9


@pytest.mark.parametrize("name", DECODING)
def test_a_wrong_value_names_its_field(name: str) -> None:
    with pytest.raises(RecipeError, match=f"/{name}"):
        make_decoding({name: [1]})


def test_an_unknown_stop_and_an_unknown_field_are_refused() -> None:
    found = writer(make_recipe({}), None, 5)
    with pytest.raises(RecipeError, match="/stop"):
        list(search(found.model, make_decoding({"stop": "evening"}), found.labels))
    with pytest.raises(RecipeError, match="/beam"):
        make_decoding({"beam": 3})


def test_what_would_fit_is_named_and_fits() -> None:
    wide = make_decoding({"method": "beam", "width": 16, "most": 200})
    limits = {"milliseconds": 2000, "bytes": 2**25}
    with pytest.raises(CostError) as refused:
        check_decoding_cost(wide, 512, **limits)
    (problem,) = refused.value.problems
    fits = problem.allowed["nearest"]  # type: ignore[index]
    check_decoding_cost(make_decoding({"method": "beam", "width": 16, "most": fits}), 512, **limits)
    with pytest.raises(CostError):
        check_decoding_cost(make_decoding({"method": "beam", "width": 16, "most": fits + 1}), 512, **limits)
