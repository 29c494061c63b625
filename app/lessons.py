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
from core.quotes import QUOTE, QuoteError, holds, quoted, value
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
    """A prediction to make before it is shown: a choice among `options`, or a number.

    `answer` is a quote: of a choice the option itself or its place, of a number its value; a number is right
    within the share `within` of the truth.
    """

    question: str
    answer: str
    options: tuple[str, ...] = ()
    within: float = 0.2
    because: str = ""


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

    def recipe_of(self, step: Step) -> Recipe:
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
        sources = tuple(told.pop("sources", ()))
        return Lesson(int(named[1]), named[2], steps=steps, sources=sources, recipe=told.pop("recipe", {}), **told)
    except (tomllib.TOMLDecodeError, TypeError, KeyError) as error:
        raise LessonError(f"{path.name}: {error}") from error


def _step(told: dict[str, Any]) -> Step:
    ask, change, see = told.pop("ask", None), told.pop("change", None), _claims(told.pop("see", ()))
    listed: dict[str, Any] = {n: tuple(told[n]) for n in ("views", "interventions", "include") if n in told}
    return Step(
        **{**told, **listed},
        see=see,
        ask=ask and Ask(**{**ask, "options": tuple(ask.get("options", ()))}),
        change=change and Change(change["say"], tuple(change["fields"])),
    )


def _claims(told: Iterable[dict[str, str]]) -> tuple[Claim, ...]:
    return tuple(Claim(**claim) for claim in told)


@cache
def book() -> Mapping[str, Lesson]:
    """Every lesson by its id, in the lecture's order."""
    return {lesson.id: lesson for lesson in map(read, sorted(FOLDER.glob("*.toml")))}


def trace_of(lesson: Lesson, step: Step, recipe: Recipe | None = None) -> Trace:
    """Everything that happens in a step's run; the run without its interventions beside it, and what a search finds."""
    recipe = recipe or lesson.recipe_of(step)
    if step.interventions:
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
        yield from _unread(trace, text)
        if typed := DIGIT.search(bare(text)):
            yield f"types the digit {typed[0]} by hand in “{text[:60]}…”: quote it from the trace"
    for claim in step.see:
        yield from _untrue(trace, claim)
    if step.ask:
        yield from _unanswered(trace, step.ask)


def check() -> list[str]:
    """Everything that is wrong with any lesson: its file, the step, the fault."""
    return [
        f"{lesson.number:02}-{lesson.id}.toml, step {place}: {fault}"
        for lesson in book().values()
        for place, step in enumerate(lesson.steps, 1)
        for fault in faults(step, trace_of(lesson, step))
    ]


def texts(step: Step) -> Iterator[str]:
    """Every text of a step that people read."""
    yield from (step.title, step.say, step.notes)
    yield from (claim.say for claim in step.see)
    if step.ask:
        yield from (step.ask.question, step.ask.because, *step.ask.options)
    if step.change:
        yield step.change.say


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
        found = value(trace, ask.answer)
    except UnrolledError as error:
        yield str(error)
        return
    if ask.options and not (found in ask.options if isinstance(found, str) else 0 <= int(found) < len(ask.options)):
        yield f"has the answer “{found}”, which is none of its options"


# -- what is sent -------------------------------------------------------------------------------------------

PIECES = re.compile(r"\{(?P<quote>[^{}]+)\}|\$(?P<math>[^$]+)\$|\*(?P<em>[^*]+)\*")


def pieces(trace: Trace, text: str) -> list[dict[str, str]]:
    """A text as pieces of one kind each: plain, em, math, and number with the quote that it was read from."""
    found, last = list[dict[str, str]](), 0
    for match in PIECES.finditer(text):
        found += _plain(text[last : match.start()])
        found.append(_piece(trace, match))
        last = match.end()
    return found + _plain(text[last:])


def _plain(text: str) -> list[dict[str, str]]:
    """Words between marks, in which a line break of the file is a space."""
    return [{"kind": "plain", "text": re.sub(r"\s+", " ", text)}] if text.strip() or text == " " else []


def _piece(trace: Trace, match: re.Match[str]) -> dict[str, str]:
    if quote := match["quote"]:
        return {"kind": "number", "text": _told(trace, quote), "quote": quote.partition("|")[0].strip()}
    if latex := match["math"]:
        return {"kind": "math", "text": latex}
    inner = QUOTE.sub(lambda q: _told(trace, q[1]), match["em"])
    return {"kind": "em", "text": inner}


def _told(trace: Trace, quote: str) -> str:
    """A quote as people read it; a dash where a visitor's own recipe has no such number."""
    try:
        return quoted(trace, quote)
    except QuoteError:
        return "–"


def scene(lesson: Lesson, place: int, trace: Trace) -> dict[str, Any]:
    """A step as the page is sent it, its numbers read from a trace of whatever recipe."""
    step = lesson.steps[place]
    ask = step.ask and {
        "question": pieces(trace, step.ask.question),
        "options": [pieces(trace, option) for option in step.ask.options],
        "answer": _answer(trace, step.ask),
        "within": step.ask.within,
        "because": pieces(trace, step.ask.because),
    }
    return {
        "title": pieces(trace, step.title),
        "say": pieces(trace, step.say),
        "at": step.at,
        "views": list(step.views),
        "ask": ask,
        "see": [{"say": pieces(trace, c.say), "holds": _so(trace, c)} for c in step.see],
        "change": step.change and {"say": pieces(trace, step.change.say), "fields": list(step.change.fields)},
        "notes": pieces(trace, step.notes),
    }


def _so(trace: Trace, claim: Claim) -> bool | None:
    """Whether a claim holds; None where the trace, of a visitor's own recipe, cannot tell."""
    try:
        return holds(trace, claim.holds)
    except QuoteError:
        return None


def _answer(trace: Trace, ask: Ask) -> float | None:
    """The place of the right option, or the right number; None where a visitor's own recipe has none."""
    try:
        found = value(trace, ask.answer)
        return float(ask.options.index(found) if isinstance(found, str) else found)
    except (QuoteError, ValueError):
        return None


def heading(lesson: Lesson) -> dict[str, Any]:
    """A lesson as the contents list it."""
    kept = {"id": lesson.id, "number": lesson.number, "title": lesson.title, "minutes": lesson.minutes}
    return {**kept, "take_away": lesson.take_away, "sources": [*lesson.sources], "steps": len(lesson.steps)}
