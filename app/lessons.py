"""Lessons as data: read from TOML, checked against the traces that their recipes give.

A lesson is a title, a recipe and steps; a step is a few sentences, a place of the player, the views that matter, a
question with an answer computed from the trace, and claims about what is to be seen. There is no code in a lesson:
leaving a step needs none, because a step is a state. `docs/writing-lessons.md` is the guide for authors.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from app.operating import operated
from core.brought import settled
from core.errors import UnrolledError
from core.experiment import DEFAULT_GROUPS, compute
from core.quotes import QUOTE, holds, quoted, value
from core.recipe import Recipe, make_recipe
from core.searched import searched
from core.trace import Trace

FOLDER = Path(__file__).parent / "lessons"
FILE = re.compile(r"(\d\d)-([a-z0-9-]+)\.toml")
MOST_WORDS = 60
VIEWS = frozenset({"network", "input", "states", "gates", "loss", "gradients", "contributions", "output", "attention"})
# Pictures that only lessons have: what stands over each, and the array that a step with it must ask for.
_SCENES = (
    ("window", "What a window sees", "window/inputs"),
    ("bag", "The bag of words", "bag"),
    ("curse", "The larger the window", "window/unseen"),
    ("reach", "What reaches where", "convolution/reach"),
    ("space", "A filter slid over a picture", "space/map"),
    ("beams", "What was weighed, kept and cut", "search/total"),
)
SCENES = {view: (title, array) for view, title, array in _SCENES}
FORMULA = re.compile(r"\$[^$]*\$")
QUOTED = re.compile(r"\*[^*]*\*")
MARKED = re.compile(r"\{[^{}]+\}|\$[^$]+\$|\*(?P<em>[^*]+)\*")
DIGIT = re.compile(r"\d")


class LessonError(UnrolledError):
    """A lesson that cannot be given as it stands: which file, which step, what is wrong."""


@dataclass(frozen=True)
class Claim:
    """What is to be seen: a sentence, and a comparison that must be true of the trace."""

    say: str
    holds: str


@dataclass(frozen=True)
class Ask:
    """A prediction to make before it is shown: a choice among `options`, a number, or a curve to be drawn.

    `answer` is a quote: of a choice the option itself or its place, of a number its value; a number is right
    within the share `within` of the truth. `curve` quotes positive numbers, drawn over their places on a scale of
    powers of ten; a drawing is right if it is `within` of them, in powers of ten, on average.
    """

    question: str
    answer: str = ""
    options: tuple[str, ...] = ()
    within: float = 0.2
    because: str = ""
    curve: str = ""


@dataclass(frozen=True)
class Exercise:
    """A question at the end of a lesson, with an answer computed from a run of its own."""

    ask: Ask
    recipe: Mapping[str, Any] = field(default_factory=dict)
    include: tuple[str, ...] = DEFAULT_GROUPS
    decode: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """Something to change: which fields of the recipe, and what to try."""

    say: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """One state of the page and the words beside it."""

    title: str
    say: str
    at: str = ""
    views: tuple[str, ...] = ("network",)
    recipe: Mapping[str, Any] = field(default_factory=dict)
    interventions: tuple[Mapping[str, Any], ...] = ()
    ask: Ask | None = None
    see: tuple[Claim, ...] = ()
    change: Change | None = None
    notes: str = ""
    include: tuple[str, ...] = DEFAULT_GROUPS
    decode: Mapping[str, Any] = field(default_factory=dict)

    @property
    def scenes(self) -> Mapping[str, str]:
        """The pictures of this step that only lessons have, with what stands over them."""
        return {view: SCENES[view][0] for view in self.views if view in SCENES}


@dataclass(frozen=True)
class Lesson:
    """A scene of the lecture."""

    number: int
    id: str
    title: str
    take_away: str
    minutes: int
    sources: tuple[str, ...]
    recipe: Mapping[str, Any]
    steps: tuple[Step, ...]
    exercises: tuple[Exercise, ...] = ()
    beyond: bool = False  # no scene of the lecture but one that somebody added to it

    def recipe_of(self, step: Step | Exercise) -> Recipe:
        """The recipe of a step: the lesson's, with what the step changes."""
        return settled(make_recipe({**self.recipe, **step.recipe}), {})


def read(path: Path) -> Lesson:
    """A lesson from its file; raises LessonError with the file's name."""
    named = FILE.fullmatch(path.name)
    if not named:
        raise LessonError(f"{path.name}: a lesson's file is called 07-its-name.toml")
    try:
        told = tomllib.loads(path.read_text())
        steps = tuple(_step(s) for s in told.pop("step"))
        sources, exercises = tuple(told.pop("sources", ())), tuple(map(_exercise, told.pop("exercise", ())))
        told |= {"recipe": told.get("recipe", {}), "steps": steps, "sources": sources, "exercises": exercises}
        return Lesson(int(named[1]), named[2], **told)
    except (tomllib.TOMLDecodeError, TypeError, KeyError) as error:
        raise LessonError(f"{path.name}: {error}") from error


def _step(told: dict[str, Any]) -> Step:
    ask, change, see = told.pop("ask", None), told.pop("change", None), _claims(told.pop("see", ()))
    listed: dict[str, Any] = {n: tuple(told[n]) for n in ("views", "interventions", "include") if n in told}
    return Step(
        **{**told, **listed},
        see=see,
        ask=ask and _ask(ask),
        change=change and Change(change["say"], tuple(change["fields"])),
    )


def _ask(told: dict[str, Any]) -> Ask:
    return Ask(**{**told, "options": tuple(told.get("options", ()))})


def _exercise(told: dict[str, Any]) -> Exercise:
    own: dict[str, Any] = {name: told.pop(name) for name in ("recipe", "decode") if name in told}
    include = tuple(told.pop("include", DEFAULT_GROUPS))
    return Exercise(_ask(told), include=include, **own)


def _claims(told: Iterable[dict[str, str]]) -> tuple[Claim, ...]:
    return tuple(Claim(**claim) for claim in told)


@cache
def book() -> Mapping[str, Lesson]:
    """Every lesson by its id, in the lecture's order."""
    return {lesson.id: lesson for lesson in map(read, sorted(FOLDER.glob("*.toml")))}


def trace_of(lesson: Lesson, step: Step | Exercise, recipe: Recipe | None = None) -> Trace:
    """Everything that happens in a step's run; the run without its interventions beside it, and what a search finds."""
    recipe = recipe or lesson.recipe_of(step)
    if isinstance(step, Step) and step.interventions:
        return operated(recipe, orjson.dumps([*step.interventions]).decode(), step.include)
    found = compute(recipe, step.include)
    return replace(found, arrays={**found.arrays, **searched(recipe, step.decode)}) if step.decode else found


# -- what is wrong ------------------------------------------------------------------------------------------


def faults(step: Step, trace: Trace) -> Iterator[str]:
    """What is wrong with a step, sentence by sentence, given the trace of its recipe."""
    words = len(step.say.split())
    if words > MOST_WORDS:
        yield f"says {words} words; {MOST_WORDS} at most"
    yield from (f"shows “{v}”, which is no view" for v in step.views if v not in VIEWS | SCENES.keys())
    reads = {view: SCENES[view][1] for view in step.scenes}
    yield from (f"shows “{v}”, but its trace has no {name}" for v, name in reads.items() if name not in trace.arrays)
    for text in texts(step):
        yield from unquoted(trace, text)
    for claim in step.see:
        yield from _untrue(trace, claim)
    if step.ask:
        yield from _unanswered(trace, step.ask)


def mistakes(exercise: Exercise, trace: Trace) -> Iterator[str]:
    """What is wrong with an exercise, given the trace of its recipe."""
    for text in asking(exercise.ask):
        yield from unquoted(trace, text)
    yield from _unanswered(trace, exercise.ask)


def check() -> list[str]:
    """Everything that is wrong with any lesson: its file, the step or the exercise, the fault."""
    return [f"{lesson.number:02}-{lesson.id}.toml, {fault}" for lesson in book().values() for fault in _of(lesson)]


def _of(lesson: Lesson) -> Iterator[str]:
    for place, step in enumerate(lesson.steps, 1):
        yield from (f"step {place}: {fault}" for fault in faults(step, trace_of(lesson, step)))
    for place, each in enumerate(lesson.exercises, 1):
        yield from (f"exercise {place}: {fault}" for fault in mistakes(each, trace_of(lesson, each)))


def texts(step: Step) -> Iterator[str]:
    """Every text of a step that people read."""
    yield from (step.title, step.say, step.notes)
    yield from (claim.say for claim in step.see)
    if step.ask:
        yield from asking(step.ask)
    if step.change:
        yield step.change.say


def asking(ask: Ask) -> tuple[str, ...]:
    """Every text of a question."""
    return (ask.question, ask.because, *ask.options)


def unquoted(trace: Trace, text: str) -> Iterator[str]:
    """Quotes that cannot be read, and digits that are no quotes."""
    yield from _unread(trace, text)
    if any((m["em"] or "").count("{") != (m["em"] or "").count("}") for m in MARKED.finditer(text)):
        yield f"sets a quote with a star in it between stars in “{text[:60]}…”"
    if typed := DIGIT.search(bare(text)):
        yield f"types the digit {typed[0]} by hand in “{text[:60]}…”: quote it from the trace"


def bare(text: str) -> str:
    """A text without its quotes, formulas and examples (which stand between stars)."""
    return QUOTED.sub("", QUOTE.sub("", FORMULA.sub("", text)))


def _unread(trace: Trace, text: str) -> Iterator[str]:
    for quote in QUOTE.findall(FORMULA.sub("", text)):
        try:
            quoted(trace, quote)
        except UnrolledError as error:
            yield str(error)


def _untrue(trace: Trace, claim: Claim) -> Iterator[str]:
    try:
        if not holds(trace, claim.holds):
            yield f"claims “{claim.holds}”, which is not so"
    except UnrolledError as error:
        yield str(error)


def _unanswered(trace: Trace, ask: Ask) -> Iterator[str]:
    try:
        if ask.curve:
            if not curve_of(trace, ask):
                yield f"asks for the curve “{ask.curve}”, which is not several numbers above zero"
            return
        found = value(trace, ask.answer)
    except UnrolledError as error:
        yield str(error)
        return
    if ask.options and not (found in ask.options if isinstance(found, str) else 0 <= int(found) < len(ask.options)):
        yield f"has the answer “{found}”, which is none of its options"


def curve_of(trace: Trace, ask: Ask) -> list[float] | None:
    """The numbers of a curve, if there are several and all above zero."""
    found = value(trace, ask.curve).tolist() if ask.curve else []
    good = isinstance(found, list) and len(found) > 2 and all(isinstance(v, float) and 0 < v < 1e300 for v in found)
    return found if good else None
