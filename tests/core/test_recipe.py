"""A recipe is strict, has one canonical form, and is refused before it costs anything."""

import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import experiment
from core.cells import CELLS
from core.cost import check_cost, cost
from core.errors import CostError, RecipeError
from core.recipe import FIELDS, make_recipe, recipe_from_query
from core.trace import to_json

CHANGES: dict[str, Any] = {
    "cell": "lstm",
    "data": "characters",
    "text": "a b c",
    "length": 30,
    "example": 3,
    "hidden": 9,
    "topology": "bidirectional",
    "layers": 2,
    "scoring": "dot",
    "reader": "both",
    "model": "some-id",
    "init": "zeros",
    "gain": 1.5,
    "forget_bias": 0.5,
    "seed": 1,
    "loss_at": "last",
    "window": 3,
}
# What a field needs beside itself to matter.
BESIDE: dict[str, dict[str, Any]] = {
    "length": {"data": "adding"},
    "example": {"data": "names"},
    "scoring": {"topology": "attention"},
    "reader": {"topology": "attention"},
}
# Changes that can stand together.
TOGETHER = {n: v for n, v in CHANGES.items() if n not in ("length", "example", "scoring", "reader", "model")}
# Values of the wrong kind or out of range, by field.
BAD: dict[str, list[Any]] = {
    "hidden": [0, -1, 257, 10**9, 10**5000, 8.0, 8.5, "8", True, False, None, [8], {}, float("nan")],
    "seed": [-1, 2**53, 10**5000, 1.0, "0", True, None, float("inf")],
    "gain": [-0.1, 100.1, float("nan"), float("inf"), -float("inf"), 10**400, "1", True, None, [1.0], 1j],
    "forget_bias": [-11, 10.5, float("nan"), "0", False, None],
    "window": [0, -3, 1.5, 10**5000, "3", True, [3]],
    "cell": ["", "LSTM", "rnn", " lstm", 1, None, True, ["lstm"], "s = x.y", "s = open('a')", "=", "\n"],
    "data": ["", "Sentence", "../etc/passwd", 0, None],
    "init": ["", "Normal", 1, None, ["normal"]],
    "loss_at": ["", "first", 0, None, True],
    "length": [0, 1001, 2.5, "9", True],
    "example": [-1, 100_001, 1.0, "2", None, False],
    "topology": ["", "Chain", "many-to-many", 0, None],
    "layers": [0, 5, 1.0, "2", None, True],
    "scoring": ["", "cosine", None],
    "reader": ["", "backward", None],
    "model": ["x" * 81, "a\x00b", 5, ["a"]],
    "text": ["", " ", "word", "...!", "a" * 100_000, "a \ud800 b", "a \x00 b", "a \x1b b", 5, None, ["a b"]],
}
WRONG = [(field, value) for field, values in BAD.items() for value in values]


def pointers(values: dict[str, Any]) -> list[str]:
    with pytest.raises(RecipeError) as refusal:
        make_recipe(values)
    assert len(str(refusal.value)) < 3000
    return [problem.pointer for problem in refusal.value.problems]


def test_every_field_has_its_change_here_and_its_help_there() -> None:
    assert set(CHANGES) == set(FIELDS)
    assert all(field.label and field.help for field in FIELDS.values())
    assert make_recipe({}).values == {name: field.default for name, field in FIELDS.items()}


@pytest.mark.parametrize(("field", "value"), WRONG, ids=lambda v: str(type(v).__name__))
def test_a_wrong_value_is_refused_at_its_field(field: str, value: Any) -> None:
    assert pointers({field: value}) == [f"/{field}"]


@pytest.mark.parametrize("field", FIELDS)
def test_a_refusal_says_what_is_allowed_and_never_echoes_a_long_value(field: str) -> None:
    with pytest.raises(RecipeError) as refusal:
        make_recipe({field: ["secret" * 1000]})
    (problem,) = refusal.value.problems
    assert problem.allowed is not None
    assert "secret" not in f"{problem.message}{problem.allowed}"


def test_every_problem_is_told_at_once() -> None:
    assert pointers({"hidden": 0, "gain": "x", "cell": "y", "speed": 1}) == ["/cell", "/gain", "/hidden", "/speed"]


def test_an_unknown_field_is_named_shortly_and_as_a_json_pointer() -> None:
    assert pointers({"a/b~c": 1}) == ["/a~1b~0c"]
    assert len(pointers({"x" * 10_000: 1})[0]) < 60


@pytest.mark.parametrize(("field", "value", "nearest"), [("hidden", 0, 1), ("hidden", 999, 256), ("gain", -1, 0.0)])
def test_the_nearest_allowed_value_is_offered(field: str, value: float, nearest: float) -> None:
    with pytest.raises(RecipeError) as refusal:
        make_recipe({field: value})
    allowed = refusal.value.problems[0].allowed
    assert isinstance(allowed, dict)
    assert allowed["nearest"] == nearest


def test_the_canonical_form_does_not_depend_on_the_order_of_the_fields() -> None:
    one, two = make_recipe(TOGETHER), make_recipe(dict(reversed(TOGETHER.items())))
    assert one.canonical() == two.canonical()
    assert one.key() == two.key()
    assert json.loads(one.canonical()) == {**make_recipe({}).values, **TOGETHER}


def test_defaults_spelled_out_are_the_default() -> None:
    spelled = {name: field.default for name, field in FIELDS.items()}
    assert make_recipe(spelled).key() == make_recipe({}).key()


@pytest.mark.parametrize("field", FIELDS)
def test_the_key_changes_with(field: str) -> None:
    beside = BESIDE.get(field, {})
    assert make_recipe({field: CHANGES[field], **beside}).key() != make_recipe(beside).key()


@pytest.mark.parametrize("field", [name for name, field in FIELDS.items() if field.needs])
def test_a_field_that_does_not_matter_is_at_its_default(field: str) -> None:
    (other, allowed), *_ = FIELDS[field].needs.items()
    away = {"data": "adding", "topology": "encoder-decoder", "model": "some-id"}[other]
    away = "sentence" if (other, field) == ("data", "length") else away
    assert away not in allowed
    assert make_recipe({field: CHANGES[field], other: away}).key() == make_recipe({other: away}).key()


@pytest.mark.parametrize(
    ("values", "pointer", "nearest"),
    [
        ({"data": "copy", "length": 20}, "/length", 21),
        ({"data": "adding", "topology": "one-to-many"}, "/topology", "chain"),
        ({"cell": "s = tanh(U @ s_prev + b)", "topology": "attention"}, "/cell", "gru"),
        ({"cell": "s = tanh(W @ x + mix(softmax(score(s_prev, M)), M))"}, "/cell", "gru"),
    ],
)
def test_values_that_do_not_go_together_are_refused(values: dict[str, Any], pointer: str, nearest: Any) -> None:
    with pytest.raises(RecipeError) as refusal:
        make_recipe(values)
    (problem,) = refusal.value.problems
    assert problem.pointer == pointer
    assert isinstance(problem.allowed, dict)
    assert problem.allowed["nearest"] == nearest


def test_the_key_changes_with_the_version_of_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    before = make_recipe({}).key()
    monkeypatch.setattr("core.recipe.ENGINE", "0.0.1")
    assert make_recipe({}).key() != before


@pytest.mark.parametrize(("one", "two"), [({"gain": 1}, {"gain": 1.0}), ({"forget_bias": -0.0}, {"forget_bias": 0})])
def test_the_same_number_written_differently_is_the_same_recipe(one: dict[str, Any], two: dict[str, Any]) -> None:
    assert make_recipe(one).key() == make_recipe(two).key()


def test_a_built_in_cell_typed_out_is_that_cell() -> None:
    for name, cell in CELLS.items():
        assert make_recipe({"cell": cell.source}).key() == make_recipe({"cell": name}).key()
        assert make_recipe({"cell": f"\n{cell.source}\n"})["cell"] == name


def test_a_recipe_is_frozen() -> None:
    recipe = make_recipe({})
    with pytest.raises(TypeError):
        recipe.values["hidden"] = 9  # type: ignore[index]


@settings(max_examples=60)
@given(
    hidden=st.integers(1, 256),
    gain=st.floats(0, 100),
    seed=st.integers(0, 2**53 - 1),
    window=st.none() | st.integers(1, 20_000),
    topology=st.sampled_from(FIELDS["topology"].allowed),
    layers=st.integers(1, 4),
    model=st.none() | st.just("id"),
    cell=st.sampled_from(sorted(CELLS)),
    text=st.lists(st.sampled_from(["dog", "Katze", "it's", "naïve", "猫", "🙂 b", "a\nb"]), min_size=2).map(" ".join),
)
def test_a_recipe_survives_the_url(**values: Any) -> None:
    recipe = make_recipe(values)
    pairs = [(name, "none" if value is None else str(value)) for name, value in recipe.values.items()]
    assert recipe_from_query(pairs).key() == recipe.key()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("hidden", "1e1"),
        ("hidden", "8.0"),
        ("hidden", "0x8"),
        ("hidden", "1_0"),
        ("hidden", "٨"),
        ("hidden", "9" * 5000),
        ("hidden", ""),
        ("gain", "nan"),
        ("gain", "inf"),
        ("gain", "1e400"),
        ("gain", "1,5"),
        ("gain", ""),
        ("seed", "true"),
        ("window", "all"),
    ],
)
def test_what_a_url_cannot_mean_is_refused(name: str, text: str) -> None:
    with pytest.raises(RecipeError) as refusal:
        recipe_from_query([(name, text)])
    assert [problem.pointer for problem in refusal.value.problems] == [f"/{name}"]


def test_a_field_stands_in_a_url_once() -> None:
    with pytest.raises(RecipeError, match="twice"):
        recipe_from_query([("hidden", "8"), ("hidden", "9")])


# -- what it will cost -----------------------------------------------------------------------------------------

SIZES = [1, 2, 8, 33, 64, 128, 256]
TEXTS = [" ".join(f"w{i % 7}" for i in range(n)) for n in (2, 9, 50, 51, 200, 1000)]


@pytest.mark.parametrize("include", [experiment.DEFAULT_GROUPS, experiment.GROUPS, ("forward",), ("contributions",)])
@pytest.mark.parametrize("cell", CELLS)
def test_the_cost_grows_with_units_and_with_steps(cell: str, include: tuple[str, ...]) -> None:
    by_size = [cost(make_recipe({"cell": cell, "hidden": size}), include) for size in SIZES]
    by_text = [cost(make_recipe({"cell": cell, "text": text}), include) for text in TEXTS]
    for row in (by_size, by_text):
        for measure in ("milliseconds", "bytes", "steps"):
            values = [getattr(entry, measure) for entry in row]
            assert values == sorted(values), measure


def test_the_cost_grows_with_what_is_asked_for() -> None:
    recipe = make_recipe({"cell": "lstm"})
    costs = [cost(recipe, experiment.GROUPS[:count]).milliseconds for count in range(1, 8)]
    assert costs == sorted(costs)


@pytest.mark.parametrize(
    "ask", [{"hidden": 256, "text": "a b c " * 3000}, {"text": "x" * 20_000, "data": "characters"}]
)
def test_nothing_large_is_allocated_before_a_recipe_is_refused(ask: dict[str, Any]) -> None:
    tracemalloc.start()
    recipe = make_recipe(ask)
    with pytest.raises(CostError) as refusal:
        check_cost(recipe, experiment.GROUPS, milliseconds=2000, bytes=20_000_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8_000_000
    assert refusal.value.asked > refusal.value.limit


def heeded(ask: dict[str, Any], limits: dict[str, Any]) -> dict[str, Any] | None:
    """The recipe after the advice of its refusal, or None if it is not refused."""
    try:
        check_cost(make_recipe(ask), experiment.DEFAULT_GROUPS, **limits)
    except CostError as refusal:
        (problem,) = refusal.problems
        assert isinstance(problem.allowed, dict)
        nearest, words = problem.allowed["nearest"], ask["text"].split()
        return ask | ({"hidden": nearest} if problem.pointer == "/hidden" else {"text": " ".join(words[:nearest])})
    return None


@pytest.mark.parametrize("milliseconds", [20, 200, 2000])
def test_following_the_advice_leads_to_a_recipe_that_is_accepted(milliseconds: float) -> None:
    ask: dict[str, Any] | None = {"cell": "lstm", "hidden": 256, "text": " ".join(f"w{i % 9}" for i in range(400))}
    for _ in range(3):
        ask = heeded(ask, {"milliseconds": milliseconds, "bytes": 50_000_000}) if ask else None
    assert ask is None


@pytest.mark.parametrize("cell", CELLS)
def test_the_bytes_predicted_are_those_of_the_trace(cell: str) -> None:
    """Never less than two thirds of what it is, so that a limit is a limit."""
    for choices in ({}, {"hidden": 32, "window": 4}, {"text": " ".join(f"w{i % 9}" for i in range(60))}):
        recipe = make_recipe({"cell": cell, **choices})
        real = len(to_json(experiment.compute(recipe)))
        assert real / 1.5 < cost(recipe, experiment.DEFAULT_GROUPS).bytes < 4 * real, (choices, real)
