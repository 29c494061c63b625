"""Quotes: what prose says of a trace is read from it."""

import numpy as np
import pytest

from core.experiment import compute
from core.quotes import QuoteError, holds, quoted, short, value
from core.recipe import make_recipe
from core.trace import Trace


@pytest.fixture(scope="module")
def trace() -> Trace:
    return compute(make_recipe({}))


def test_an_entry_is_that_of_the_array_without_its_batch(trace: Trace) -> None:
    assert value(trace, "s[3, 2]") == trace["s"][3, 0, 2]
    assert value(trace, "param/U[1, 4]") == trace["param/U"][1, 4]
    assert value(trace, "contribution/W[7, 0] / contribution/W[7, 7]") == (
        trace["contribution/W"][7, 0] / trace["contribution/W"][7, 7]
    )


def test_a_label_stands_for_its_place(trace: Trace) -> None:
    took = trace.labels["output"].index("took")
    assert value(trace, "probs[2, 'took']") == trace["probs"][2, 0, took]
    assert value(trace, "loss['dog']") == trace["loss"][trace.labels["time"].index("dog"), 0]


def test_functions_sizes_and_choices(trace: Trace) -> None:
    assert value(trace, "sum(loss)") == pytest.approx(trace["loss"].sum(), rel=1e-15)
    assert value(trace, "dims.hidden * 2") == 16
    assert value(trace, "recipe.gain") == 1.0
    assert value(trace, "2.5e-3") == 2.5e-3
    assert value(trace, "word(argmax(probs[2]))") == trace.labels["output"][int(np.argmax(trace["probs"][2, 0]))]
    assert value(trace, "radius(param/U)") == pytest.approx(np.abs(np.linalg.eigvals(trace["param/U"])).max())


def test_a_comparison_of_arrays_can_be_counted(trace: Trace) -> None:
    loss = trace["loss"][:, 0]
    assert value(trace, "count(loss > mean(loss))") == (loss > loss.mean()).sum()
    assert 0 < value(trace, "count(loss[2:] > loss[1])") == (loss[2:] > loss[1]).sum()
    assert value(trace, "argmax(loss > mean(loss))") == np.argmax(loss > loss.mean())
    assert value(trace, "count(0 < loss[:3] < 100)") == 3


def test_claims_are_true_or_false(trace: Trace) -> None:
    assert holds(trace, "contribution/W[2, 5] == 0 and loss[0] > 0")
    assert holds(trace, "loss > 0")
    assert not holds(trace, "loss > mean(loss)")  # of arrays it must be true everywhere
    assert not holds(trace, "loss[0] < 0")
    assert holds(trace, "-1 < s[3, 2] < 1")
    with pytest.raises(QuoteError, match="compares nothing"):
        holds(trace, "loss[0]")


@pytest.mark.parametrize(
    "text",
    [
        "nothing[3]",
        "s[99, 0]",
        "s[0, 'took']",
        "__import__('os')",
        "s.data",
        "loss[0]; 1",
        "(lambda: 1)()",
        "[x for x in s]",
        "dims.none",
        "sum(loss, 2)",
        "1 if loss[0] else 2",
        "eval('1')",
        "s[",
        "'a' + 1",
        "loss[0] and",
        "",
        "recipe.__class__",
    ],
)
def test_anything_else_is_refused(trace: Trace, text: str) -> None:
    with pytest.raises(QuoteError):
        value(trace, text)


def test_prose_says_one_number(trace: Trace) -> None:
    assert quoted(trace, "recipe.hidden") == "8"
    assert quoted(trace, "1 / 8 | percent") == "12%"
    assert quoted(trace, "0 - 1 / 8") == "−0.125"
    with pytest.raises(QuoteError, match="8 numbers"):
        quoted(trace, "loss")
    with pytest.raises(QuoteError, match="one of"):
        quoted(trace, "loss[0] | roman")


@pytest.mark.parametrize(
    ("number", "text"),
    [(0.03125, "0.0312"), (12.44, "12.4"), (3.14e-7, "3.1·10⁻⁷"), (0.0, "0"), (-2.0, "−2"), (99_950.0, "100000")],
)
def test_short_numbers_read_as_on_the_page(number: float, text: str) -> None:
    assert short(number) == text


def test_what_is_not_finite_has_a_name() -> None:
    assert [short(x) for x in (np.nan, np.inf, -np.inf)] == ["not a number", "∞", "−∞"]
