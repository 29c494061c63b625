"""The lecture's lessons: each is true of the traces that its recipes give."""

from pathlib import Path

import pytest

from app.cli import main
from app.lessons import Claim, Lesson, LessonError, Step, bare, book, faults, pieces, read, scene, trace_of
from core.experiment import compute
from core.recipe import make_recipe
from core.trace import Trace

STEPS = [(lesson, place) for lesson in book().values() for place in range(len(lesson.steps))]


@pytest.fixture(scope="module")
def trace() -> Trace:
    return compute(make_recipe({}))


@pytest.mark.parametrize(("lesson", "place"), STEPS, ids=[f"{x.id}-{n + 1}" for x, n in STEPS])
def test_every_step_is_true_of_its_trace(lesson: Lesson, place: int) -> None:
    step = lesson.steps[place]
    found = trace_of(lesson, step)
    assert not [*faults(step, found)]
    assert scene(lesson, place, found)["say"]


def test_the_lessons_are_numbered_as_they_stand() -> None:
    numbers = [lesson.number for lesson in book().values()]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize(
    ("step", "fault"),
    [
        (Step("A", "word " * 61), "61 words"),
        (Step("A", "It is 3."), "digit 3"),
        (Step("A", "It is {nothing[0]}."), "no array nothing"),
        (Step("A", "It is {loss}."), "8 numbers"),
        (Step("A", "So.", views=("television",)), "no view"),
        (Step("A", "So.", see=(Claim("It is less.", "loss[0] < 0"),)), "not so"),
    ],
)
def test_a_lesson_that_is_wrong_is_found_out(trace: Trace, step: Step, fault: str) -> None:
    assert any(fault in found for found in faults(step, trace))


def test_digits_may_stand_in_quotes_formulas_and_examples() -> None:
    assert bare("{loss[0]} and $x_1$ and *30 words*").strip() == "and  and"


def test_a_text_comes_in_pieces_with_its_numbers_read(trace: Trace) -> None:
    found = pieces(trace, "The *loss* $J_0$ is {loss[0] | two}.")
    assert [(p["kind"], p["text"]) for p in found] == [
        ("plain", "The "),
        ("em", "loss"),
        ("plain", " "),
        ("math", "J_0"),
        ("plain", " is "),
        ("number", f"{trace['loss'][0, 0]:.2g}"),
        ("plain", "."),
    ]
    assert found[5]["quote"] == "loss[0]"


def test_a_file_that_is_no_lesson_is_named(tmp_path: Path) -> None:
    for name, text in {"a.toml": "", "01-a.toml": "title = 3", "02-b.toml": "[[step]]\ntitle = 'a'"}.items():
        (tmp_path / name).write_text(text)
        with pytest.raises(LessonError, match=name):
            read(tmp_path / name)


def test_all_lessons_are_checked_by_one_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-lessons"]) == 0
    assert f"{len(book())} lessons" in capsys.readouterr().out
