"""The options of training: strict, complete in their complaints, and with defaults that can be trained with."""

import pytest

from core.errors import RecipeError
from core.options import OPTIONS, length_of, make_options, task_of
from core.recipe import FIELDS, make_recipe


def problems(**values: object) -> dict[str, str]:
    with pytest.raises(RecipeError) as caught:
        make_options(values)
    return {p.pointer: p.message for p in caught.value.problems}


def test_every_problem_is_named_at_once() -> None:
    found = problems(task="chess", batch=0, rate=-1.0, steps=3, clip=None, snapshots=True)
    assert found.keys() == {"/task", "/batch", "/rate", "/steps", "/clip", "/snapshots"}


@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({"task": "copy", "length": 20}, "/length"),
        ({"k2": 3}, "/k1"),
        ({"k1": 5, "k2": 4}, "/k2"),
    ],
)
def test_values_that_do_not_go_together_are_refused(values: dict[str, object], pointer: str) -> None:
    assert problems(**values).keys() == {pointer}


def test_a_gradient_may_travel_back_just_what_was_read() -> None:
    assert make_options({"k1": 4, "k2": 4})["k2"] == 4
    assert make_options({"task": "copy", "length": 21})["length"] == 21


def test_options_and_recipe_can_stand_in_one_address() -> None:
    assert not OPTIONS.keys() & FIELDS.keys()


def test_the_length_is_the_tasks_own_unless_said() -> None:
    recipe = make_recipe({})
    for values, length in (({}, 8), ({"task": "adding"}, 100), ({"task": "adding", "length": 30}, 30)):
        options = make_options(values)
        assert length_of(task_of(recipe, options), options) == length


def test_the_key_tells_runs_apart() -> None:
    recipe, other = make_recipe({}), make_recipe({"seed": 1})
    keys = {make_options(v).key(r) for v in ({}, {"k1": 3}, {"rate": 0.1}) for r in (recipe, other)}
    assert len(keys) == 6
    assert make_options({"updates": 1000}).key(recipe) == make_options({}).key(recipe)
