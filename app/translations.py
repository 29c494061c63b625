"""The lessons in other languages: beside each lesson a file of the same name with its texts, and nothing else.

What is computed, shown and asked stands in the lesson itself; a translation quotes the same numbers.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from app import lessons, telling
from app.lessons import FOLDER, FORMULA, MOST_WORDS, QUOTED, Ask, Claim, Lesson, LessonError, Step, asking, texts
from app.words import LANGUAGES
from core.quotes import QUOTE
from core.trace import Trace

LONGER = 1.15  # how many more words a language may take than English


@cache
def book(language: str) -> Mapping[str, Lesson]:
    """Every lesson by its id, in the lecture's order; one that a language does not have yet is English."""
    found = lessons.book()
    return found if language == "en" else {name: of(lesson, language) or lesson for name, lesson in found.items()}


def file_of(lesson: Lesson, language: str) -> Path:
    """Where the texts of a lesson stand in a language."""
    return FOLDER / language / f"{lesson.number:02}-{lesson.id}.toml"


def of(lesson: Lesson, language: str) -> Lesson | None:
    """A lesson in a language, if there is a file of its texts; raises LessonError with the file's name."""
    path = file_of(lesson, language)
    if not path.is_file():
        return None
    try:
        told = tomllib.loads(path.read_text())
        steps = tuple(_step(s, t) for s, t in zip(lesson.steps, told.pop("step"), strict=True))
        pairs = zip(lesson.exercises, _exercises(language).get(lesson.id, ()), strict=True)
        exercises = tuple(replace(each, ask=_ask(each.ask, dict(t))) for each, t in pairs)
        found = replace(lesson, steps=steps, exercises=exercises)
        return replace(found, title=told.pop("title"), take_away=told.pop("take_away"), **_nothing(told))
    except (tomllib.TOMLDecodeError, TypeError, KeyError, ValueError) as error:
        raise LessonError(f"{language}/{path.name}: {error}") from error


@cache
def _exercises(language: str) -> Mapping[str, list[dict[str, Any]]]:
    """The texts of all exercises, by lesson: one file, beside the lessons."""
    path = FOLDER / language / "exercises.toml"
    return tomllib.loads(path.read_text()) if path.is_file() else {}


def _step(step: Step, told: dict[str, Any]) -> Step:
    """A step with the texts that are told; each of them must be there, and nothing else."""
    ask, change, see = told.pop("ask", None), told.pop("change", None), told.pop("see", [])
    claims = tuple(_claim(c, t) for c, t in zip(step.see, see, strict=True))
    if (ask is None) != (step.ask is None) or (change is None) != (step.change is None):
        raise ValueError(f"“{step.title}” asks and changes what the lesson does")
    return replace(
        step,
        title=told.pop("title"),
        say=told.pop("say"),
        notes=told.pop("notes", "") or step.notes,
        see=claims,
        ask=step.ask and _ask(step.ask, ask),
        change=step.change and replace(step.change, say=change.pop("say"), **_nothing(change)),
        **_nothing(told),
    )


def _claim(claim: Claim, told: dict[str, Any]) -> Claim:
    return replace(claim, say=told.pop("say"), **_nothing(told))


def _ask(ask: Ask, told: dict[str, Any]) -> Ask:
    options = tuple(told.pop("options", ()))
    if len(options) != len(ask.options):
        raise ValueError(f"“{ask.question[:40]}…” has {len(ask.options)} options, not {len(options)}")
    because = told.pop("because") if ask.because else ""
    texts = {"question": told.pop("question"), "options": options, "because": because}
    return replace(ask, answer=_place(ask), **texts, **_nothing(told))


def _place(ask: Ask) -> str:
    """An answer that is the text of an option, as that option's place: the text is another now."""
    named = ask.answer.strip().strip("'")
    return str(ask.options.index(named)) if named in ask.options else ask.answer


def _nothing(told: Mapping[str, Any]) -> dict[str, Any]:
    """What is left when all texts are taken: nothing, or it is no text of a lesson."""
    if told:
        raise ValueError(f"“{next(iter(told))}” is no text of this place")
    return {}


# -- what is wrong -------------------------------------------------------------------------------------------


def check() -> list[str]:
    """Everything that is wrong with any translation: its file, the step, the fault."""
    pairs = ((lesson, language) for language in LANGUAGES if language != "en" for lesson in lessons.book().values())
    return [fault for lesson, language in pairs for fault in faults(lesson, language)]


def faults(lesson: Lesson, language: str) -> Iterator[str]:
    """What is wrong with a lesson in a language."""
    name = f"{language}/{file_of(lesson, language).name}"
    found = of(lesson, language)
    if not found:
        yield f"{name}: is not there: {LANGUAGES[language]} needs the texts of this lesson"
        return
    for place, (step, spoken) in enumerate(zip(lesson.steps, found.steps, strict=True), 1):
        yield from (f"{name}, step {place}: {fault}" for fault in unlike(step, spoken))
    for place, (each, told) in enumerate(zip(lesson.exercises, found.exercises, strict=True), 1):
        for text, said in zip(asking(each.ask), asking(told.ask), strict=True):
            yield from (f"{name}, exercise {place}: {fault}" for fault in _unlike(text, said))


def unlike(step: Step, spoken: Step) -> Iterator[str]:
    """How a translated step differs from the lesson's where it may not."""
    if (count := len(spoken.say.split())) > MOST_WORDS * LONGER:
        yield f"says {count} words; {MOST_WORDS * LONGER:.0f} at most"
    for text, said in zip(texts(step), texts(spoken), strict=True):
        yield from _unlike(text, said)


def _unlike(text: str, said: str) -> Iterator[str]:
    if (wanted := marks(text)) != (given := marks(said)):
        missing, more = [*(wanted - given).elements()], [*(given - wanted).elements()]
        yield f"“{said[:40]}…” lacks {missing} and has {more} beside what “{text[:40]}…” has"
    if typed := lessons.DIGIT.search(lessons.bare(said)):
        yield f"types the digit {typed[0]} by hand in “{said[:60]}…”: quote it from the trace"


def marks(text: str) -> Counter[str]:
    """The quotes and the formulas of a text; what is set in italics may be said otherwise."""
    formulas = FORMULA.findall(QUOTED.sub("", QUOTE.sub("", text)))
    return Counter([*(quote.strip() for quote in QUOTE.findall(text)), *formulas])


# -- what is sent --------------------------------------------------------------------------------------------

PERCENT, TIMES = re.compile(r"(?<=\d)%"), re.compile(r"(?<=\d) times$")


def scene(lesson: Lesson, place: int, trace: Trace, language: str) -> dict[str, Any]:
    """A step as the page is sent it, its numbers written as the language writes them."""
    found = telling.scene(lesson, place, trace)
    if place + 1 == len(lesson.steps):
        found["exercises"] = telling.exercises(lesson)
    return found if language == "en" else _typeset(found)


def _typeset(value: Any) -> Any:
    """German sets a space before the per cent sign, and says “3-mal”."""
    if isinstance(value, list):
        return [_typeset(each) for each in value]
    if isinstance(value, dict):
        written = {name: _typeset(each) for name, each in value.items()}
        return written | {"text": _number(value["text"])} if value.get("kind") in ("number", "em") else written
    return value


def _number(text: str) -> str:
    return TIMES.sub("-mal", PERCENT.sub("\N{NARROW NO-BREAK SPACE}%", text))
