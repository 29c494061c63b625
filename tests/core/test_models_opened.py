"""Shipped models by their names: what opening one gives, what may be changed beside it, and what it then says."""

from dataclasses import replace

import numpy as np
import pytest

from core.brought import settled, shipped
from core.data import COLLECTIONS
from core.decode import best
from core.decoding_options import make_decoding, search
from core.errors import RecipeError
from core.experiment import compute
from core.models import cards
from core.models.cards import card, names
from core.recipe import Recipe, make_recipe
from core.unrolled import first_weights
from core.weights import load
from core.wiring import wiring_of
from core.writers import Writer, writer


def opened(name: str, **more: object) -> Recipe:
    """What opening a model gives."""
    return settled(make_recipe({"model": name, **more}), {})


@pytest.mark.parametrize("name", names())
def test_its_name_alone_opens_a_model_on_its_own_data_with_its_own_weights(name: str) -> None:
    recipe, own = opened(name), card(name).recipe
    for field in ("data", "cell", "hidden", "topology", "length"):
        assert recipe[field] == own[field]
    given = load(cards.file(name))[0]
    for weight, value in first_weights(recipe, wiring_of(recipe), {n: p.shape for n, p in given.items()}).items():
        np.testing.assert_array_equal(value, given[weight])


def test_nothing_is_read_to_open_a_model_that_is_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "file", lambda name: pytest.fail(f"{name} was read"))
    for name in names():
        assert make_recipe({"model": name})["data"] == card(name).recipe["data"]


def test_what_is_asked_for_beside_a_model_stands_but_its_network_is_its_own() -> None:
    recipe = opened("moby-small", data="characters", text="the white whale", cell="lstm", topology="bidirectional")
    assert (recipe["text"], recipe["cell"], recipe["topology"]) == ("the white whale", "gru", "chain")
    trace = compute(recipe, ["forward"])
    assert trace.labels["output"] == list(shipped("moby-small").outputs)
    assert trace.labels["time"] == list("the white whal")


def test_a_model_is_told_from_one_with_other_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = opened("names")
    before = recipe.key()
    monkeypatch.setattr(cards, "card", lambda name: replace(card(name), sha256="0" * 64))
    assert recipe.key() != before


def said(found: Writer) -> list[str]:
    """What a writer says, its end included."""
    steps = search(found.model, make_decoding({"most": 12}), found.labels, found.end)
    return [found.labels[i] for i in best(steps)["tokens"]]


@pytest.mark.parametrize("name", ["dates", "captions"])
def test_a_model_that_answers_says_what_was_asked(name: str) -> None:
    right = 0
    for example in range(5):
        found = writer(opened(name, example=example), None, 20)
        words = [
            found.labels[i] for i in best(search(found.model, make_decoding({}), found.labels, found.end))["tokens"]
        ]
        answer = COLLECTIONS[card(name).recipe["data"]].sample(example).look.answer
        right += found.between.join(words[:-1]) == answer
        assert words[-1] == found.end
    assert right >= 4


def test_a_prompt_is_cut_as_the_data_are() -> None:
    found = writer(opened("dates"), "3 May 1999", 12)
    assert found.read == tuple("3 may 1999")
    assert said(found) == [*"1999-05-03", "(end)"]


def test_data_of_another_width_are_refused_by_name() -> None:
    with pytest.raises(RecipeError, match="the model has 17 and 1"):
        opened("account", data="names")
    with pytest.raises(RecipeError, match="not a model that is known"):
        opened("accounts")


def test_a_sentence_of_ones_own_is_judged_as_the_same_sentence_of_the_data_is() -> None:
    example = COLLECTIONS["sentiment"].sample(0).look
    ours, theirs = (
        compute(r, ["forward", "backward"])
        for r in (opened("sentiment", data="sentence", text=example.title), opened("sentiment"))
    )
    assert ours.labels["time"] == list(example.time)
    np.testing.assert_array_equal(ours["probs"], theirs["probs"])
    gap = ours["probs"][-1, 0, 0] - 0.5  # nobody says what is right: the error is how far it is from undecided
    np.testing.assert_allclose(ours["grad/d"], [gap])


@pytest.mark.parametrize(
    ("name", "data", "text", "read"),
    [
        ("sentiment", "sentence", "Not a zyzzyva: GOOD!", ["not", "a", "zyzzyva", "good"]),
        ("moby-words", "sentence", "Call me tomorrow", ["call", "me"]),
        ("names", "characters", "Ada 1815", ["·", "a", "d", "a"]),
    ],
)
def test_texts_of_ones_own_are_cut_as_the_data_are_and_may_hold_what_is_unknown(
    name: str, data: str, text: str, read: list[str]
) -> None:
    trace = compute(opened(name, data=data, text=text), ["forward"])
    assert trace.labels["time"] == read
    assert np.isfinite(trace["loss"]).all()


@pytest.mark.parametrize(("name", "data"), [("sentiment", "sentence"), ("names", "characters")])
def test_a_text_in_which_a_model_can_read_nothing_is_refused(name: str, data: str) -> None:
    with pytest.raises(RecipeError, match="holds nothing that this model reads"):
        compute(opened(name, data=data, text="42 17"), ["forward"])
