"""The lecture's lessons: each is true of the traces that its recipes give."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from app import translations
from app.cli import main
from app.lessons import Ask, Claim, Lesson, LessonError, Step, bare, book, faults, mistakes, read, trace_of
from app.telling import exercises, pieces, scene
from app.words import LANGUAGES
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


EXERCISES = [(lesson, place) for lesson in book().values() for place in range(len(lesson.exercises))]


@pytest.mark.parametrize(("lesson", "place"), EXERCISES, ids=[f"{x.id}-{n + 1}" for x, n in EXERCISES])
def test_every_exercise_has_an_answer_from_a_run(lesson: Lesson, place: int) -> None:
    exercise = lesson.exercises[place]
    assert not [*mistakes(exercise, trace_of(lesson, exercise))]
    told = exercises(lesson)[place]
    assert told["question"]
    assert told["answer"] is not None or told["curve"]


def test_every_lesson_is_there_and_ends_with_exercises() -> None:
    assert [lesson.number for lesson in book().values() if not lesson.beyond] == list(range(1, 25))
    assert not [lesson.id for lesson in book().values() if not lesson.exercises]


def test_the_lessons_are_numbered_as_they_stand() -> None:
    numbers = [lesson.number for lesson in book().values()]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize(
    ("step", "fault"),
    [
        (Step("A", "word " * 61), "61 words"),
        (Step("A", "It is 3."), "digit 3"),
        (Step("A", "It is *{sum(loss * mask)}*."), "with a star in it"),
        (Step("A", "It is {nothing[0]}."), "no array nothing"),
        (Step("A", "It is {loss}."), "8 numbers"),
        (Step("A", "So.", views=("television",)), "no view"),
        (Step("A", "So.", see=(Claim("It is less.", "loss[0] < 0"),)), "not so"),
        (Step("A", "So.", ask=Ask("Draw it.", curve="loss[0]")), "not several numbers"),
        (Step("A", "So.", ask=Ask("Draw it.", curve="jacobian/fro[0]")), "above zero"),
        (Step("A", "So.", views=("bag",)), "has no bag"),
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


@pytest.mark.parametrize("lesson", [*book().values()], ids=[*book()])
def test_every_lesson_has_its_texts_in_every_language(lesson: Lesson) -> None:
    assert not [fault for language in LANGUAGES if language != "en" for fault in translations.faults(lesson, language)]


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("Es ist {loss[1]}, mit $W$.", r"lacks \['loss\[0\]'\] and has \['loss\[1\]'\]"),
        ("Es ist {loss[0]}, mit $U$.", "lacks"),
        ("Es ist {loss[0]}, mit $W$, also 3.", "digit 3"),
        ("Wort " * 80 + "{loss[0]} $W$", "says 82 words"),
    ],
)
def test_a_translation_that_quotes_something_else_is_found_out(said: str, fault: str) -> None:
    step = Step("A", "It is {loss[0]}, with $W$.")
    assert any(re.search(fault, found) for found in translations.unlike(step, replace(step, say=said)))


def test_a_translation_has_the_texts_of_its_lesson_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(translations, "FOLDER", tmp_path)
    lesson = book()["loss"]
    (tmp_path / "de").mkdir()
    head = 'title = "Der Verlust"\ntake_away = "Klein."\n'
    for text in (head, head + 'steps = 3\n[[step]]\ntitle = "A"\nsay = "B"\n', "title = 3"):
        translations.file_of(lesson, "de").write_text(text)
        with pytest.raises(LessonError, match=r"de/11-loss\.toml"):
            translations.of(lesson, "de")


def test_german_numbers_are_set_as_german_sets_them(trace: Trace) -> None:
    lesson = book()["next-word"]
    told = translations.scene(translations.book("de")["next-word"], 2, trace, "de")
    assert lesson.title != translations.book("de")["next-word"].title
    shares = [piece["text"] for piece in told["say"] if piece["text"].endswith("%")]
    assert shares
    assert all(share.endswith("\N{NARROW NO-BREAK SPACE}%") for share in shares)


def test_a_file_that_is_no_lesson_is_named(tmp_path: Path) -> None:
    for name, text in {"a.toml": "", "01-a.toml": "title = 3", "02-b.toml": "[[step]]\ntitle = 'a'"}.items():
        (tmp_path / name).write_text(text)
        with pytest.raises(LessonError, match=name):
            read(tmp_path / name)


def test_all_lessons_are_checked_by_one_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-lessons"]) == 0
    assert f"{len(book())} lessons" in capsys.readouterr().out
