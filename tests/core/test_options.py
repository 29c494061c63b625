"""The options of training: strict, complete in their complaints, and with defaults that can be trained with."""

import pytest

from core.errors import RecipeError
from core.options import OPTIONS, check_together, make_options
from core.recipe import FIELDS, make_recipe


def problems(**values: object) -> dict[str, str]:
    with pytest.raises(RecipeError) as caught:
        make_options(values)
    return {p.pointer: p.message for p in caught.value.problems}


def test_every_problem_is_named_at_once() -> None:
    found = problems(precision="chess", batch=0, rate=-1.0, steps=3, clip=None, snapshots=True)
    assert found.keys() == {"/precision", "/batch", "/rate", "/steps", "/clip", "/snapshots"}


@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({"k2": 3}, "/k1"),
        ({"k1": 5, "k2": 4}, "/k2"),
    ],
)
def test_values_that_do_not_go_together_are_refused(values: dict[str, object], pointer: str) -> None:
    assert problems(**values).keys() == {pointer}


def test_a_gradient_may_travel_back_just_what_was_read() -> None:
    assert make_options({"k1": 4, "k2": 4})["k2"] == 4


def test_options_and_recipe_can_stand_in_one_address() -> None:
    assert not OPTIONS.keys() & FIELDS.keys()


def test_what_must_be_read_whole_cannot_be_learnt_in_parts() -> None:
    parts = make_options({"k1": 3})
    for topology in ("bidirectional", "encoder-decoder", "attention"):
        with pytest.raises(RecipeError) as caught:
            check_together(make_recipe({"topology": topology}), parts)
        assert [p.pointer for p in caught.value.problems] == ["/k1"]
        check_together(make_recipe({"topology": topology}), make_options({}))
    check_together(make_recipe({"layers": 3}), parts)


def test_the_key_tells_runs_apart() -> None:
    recipe, other = make_recipe({}), make_recipe({"seed": 1})
    keys = {make_options(v).key(r) for v in ({}, {"k1": 3}, {"rate": 0.1}) for r in (recipe, other)}
    assert len(keys) == 6
    assert make_options({"updates": 1000}).key(recipe) == make_options({}).key(recipe)
