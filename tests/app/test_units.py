"""The small parts on their own, at their edges."""

import base64
import gzip
import json
import math
from contextlib import suppress
from urllib.parse import urlencode

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.exceptions import HTTPException

from app import problems, wire
from app.asked import json_object, query_pairs
from app.limits import SLICE, slices
from app.problems import KINDS, Refusal, clean, clip, encode, refusal
from app.streams import batch
from app.tasks import Task, frames, pack, read_task
from app.worker import pack as packed
from app.worker import unpack
from core.errors import (
    CostError,
    EquationError,
    ExcerptError,
    Problem,
    RecipeError,
    UnrolledError,
    WeightsError,
)
from core.experiment import GROUPS, compute
from core.recipe import make_recipe
from core.trace import to_json

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    "values", [{}, {"cell": "lstm"}, {"cell": "rnn-relu", "gain": 100, "hidden": 60, "text": "a b " * 99}]
)
@pytest.mark.parametrize("encoding", ["list", "base64"])
def test_the_quick_writer_says_what_the_engine_says(values: dict[str, object], encoding: str) -> None:
    trace = compute(make_recipe(values), GROUPS[:5])
    assert json.loads(wire.trace_json(trace, encoding)) == json.loads(to_json(trace, encoding))


def test_the_same_body_is_packed_to_the_same_bytes() -> None:
    assert pack(b"abc" * 100) == pack(b"abc" * 100)
    assert gzip.decompress(pack(b"abc")) == b"abc"


def test_a_task_survives_the_journey_to_a_process() -> None:
    task = Task("explain", make_recipe({}).canonical(), ("forward",), asked=(("node", "s"), ("t", 1), ("unit", 2)))
    assert read_task(task.message()) == task
    assert hash(read_task(task.message())) == hash(task)


def test_a_task_gives_the_same_frames_each_time() -> None:
    for form in wire.FORMS:
        task = Task("events", make_recipe({"seed": 5}).canonical(), ("forward", "backward"), form)
        assert [*frames(task)] == [*frames(task)]


@pytest.mark.parametrize("size", [0, 1, SLICE - 1, SLICE, SLICE + 1, 3 * SLICE, 3 * SLICE + 7])
@pytest.mark.parametrize("more", [True, False])
def test_a_large_message_is_cut_without_loss(size: int, more: bool) -> None:
    body = bytes(range(256)) * (size // 256 + 1)
    parts = [*slices({"type": "http.response.body", "body": body[:size], "more_body": more})]
    assert b"".join(part["body"] for part in parts) == body[:size]
    assert all(len(part["body"]) <= SLICE for part in parts)
    assert [part["more_body"] for part in parts] == [True] * (len(parts) - 1) + [more]


@given(st.lists(st.binary(max_size=9), min_size=1, max_size=20), st.data())
def test_batches_lose_no_frame(found: list[bytes], data: st.DataObject) -> None:
    at = start = data.draw(st.integers(0, len(found) - 1))
    size, sent = data.draw(st.integers(1, 30)), []
    while at < len(found):
        piece = batch(found, at, size)
        assert piece
        sent += piece
        at += len(piece)
    assert sent == found[start:]


@given(st.text(st.characters(exclude_categories=())), st.text(), ANYTHING)
def test_a_problem_is_small_finite_and_encodable_whatever_is_in_it(pointer: str, message: str, allowed: object) -> None:
    found = Refusal("bad-recipe", message * 50, *([Problem(f"/{pointer}", message, allowed)] * 40))
    body = encode(found)
    assert len(body) <= problems.LARGEST_BODY
    told = json.loads(body, parse_constant=pytest.fail)
    assert told["errors"]
    assert len(told["errors"]) + told.get("more_errors", 0) == 40


@given(ANYTHING)
def test_cleaned_values_are_json(value: object) -> None:
    json.dumps(clean(value), allow_nan=False).encode()


def test_clipping_keeps_short_texts() -> None:
    assert clip("a" * 80) == "a" * 80
    assert clip("a" * 81) == "a" * 79 + "…"
    assert clip("\ud800") == "?"


@pytest.mark.parametrize(
    ("exc", "kind"),
    [
        (CostError(Problem("/hidden", "is too large"), asked=2.0, limit=1.0), "too-costly"),
        (RecipeError(Problem("/hidden", "must be at least 1")), "bad-recipe"),
        (EquationError("what is this", "s = ?", 1, 4), "bad-equation"),
        (HTTPException(404), "not-found"),
        (HTTPException(405), "wrong-method"),
        (HTTPException(418), "crash"),
        (MemoryError(), "out-of-memory"),
        (Refusal("deadline", "too late"), "deadline"),
    ],
)
def test_every_exception_has_its_kind(exc: Exception, kind: str) -> None:
    found = refusal(exc)
    assert found.kind == kind
    assert found.status == KINDS[kind].status
    travelled = unpack(packed(found))
    assert encode(travelled) == encode(found)


def test_every_error_of_the_engine_has_a_kind() -> None:
    """But for a file of ours that is gone or spoilt, which is nobody's question."""
    kinds = {CostError, RecipeError, EquationError, WeightsError}
    known = {*UnrolledError.__subclasses__(), *RecipeError.__subclasses__()}
    assert (
        {kind for kind in known if kind.__module__ == "core.errors"} - {ExcerptError}
        == kinds
        <= problems.TELLERS.keys()
    )


def test_a_crash_is_logged_and_not_told(caplog: pytest.LogCaptureFixture) -> None:
    assert b"secret" not in encode(refusal(ValueError("secret")))
    assert "secret" in caplog.text


@given(
    st.dictionaries(
        st.text(), st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.text()
    )
)
def test_what_is_good_json_is_read_as_it_is(values: dict[str, object]) -> None:
    assert json_object(json.dumps(values)) == values


@given(st.text())
def test_what_is_not_good_json_is_refused_and_nothing_else(text: str) -> None:
    with suppress(Refusal, RecipeError):
        assert isinstance(json_object(text), dict)


@given(st.lists(st.tuples(st.text(), st.text()), max_size=5, unique_by=lambda pair: pair[0]))
def test_a_query_is_read_as_it_was_written(pairs: list[tuple[str, str]]) -> None:
    assert query_pairs(urlencode(pairs).encode()) == pairs


@given(st.binary())
def test_no_query_breaks_the_reader(query: bytes) -> None:
    with suppress(Refusal, RecipeError):
        query_pairs(query)


def test_a_scale_keeps_every_digit_at_both_ends() -> None:
    for value in (5e-324, 1e-310, 1e-200, 1.0, 1e200, 1.7e308):
        packed_value = wire.PACKERS["s4"](np.array([value, -value / 2, 0.0]))
        scale = wire.SCALE.unpack_from(packed_value)[0]
        found = np.frombuffer(packed_value, "<f4", 3, 8).astype(float) * scale
        assert math.isfinite(scale)
        assert found[0] == pytest.approx(value, rel=1e-7)


LONG: dict[str, object] = {"hidden": 40, "text": "a b c " * 30}
EXPLODING: dict[str, object] = {"cell": "rnn-relu", "gain": 30, "data": "characters", "text": "abc" * 60}


@pytest.mark.parametrize("values", [LONG, EXPLODING])
def test_a_page_has_long_steps_in_float32_and_all_else_exactly(values: dict[str, object]) -> None:
    trace = compute(make_recipe(values), GROUPS[:5])
    exact, light = (json.loads(wire.trace_json(trace, form))["arrays"] for form in ("base64", "page"))
    assert exact.keys() == light.keys()
    changed = {name for name in exact if exact[name] != light[name]}
    assert changed == ({"s", "s_prev", "s.pre"} if values is LONG else set())
    for name in changed:
        read = np.frombuffer(base64.b64decode(light[name]["data"]), "<f4").reshape(light[name]["shape"])
        np.testing.assert_allclose(read, trace[name], rtol=1e-7)
