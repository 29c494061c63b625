"""Lessons as the page is sent them: texts in pieces, numbers read from a run."""

import re
from typing import Any

from app.lessons import Ask, Claim, Lesson, curve_of, trace_of
from core.quotes import QUOTE, QuoteError, holds, quoted, value
from core.trace import Trace

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
    return {
        "title": pieces(trace, step.title),
        "say": pieces(trace, step.say),
        "at": step.at,
        "views": list(step.views),
        "ask": step.ask and asked(trace, step.ask),
        "see": [{"say": pieces(trace, c.say), "holds": _so(trace, c)} for c in step.see],
        "change": step.change and {"say": pieces(trace, step.change.say), "fields": list(step.change.fields)},
        "notes": pieces(trace, step.notes),
    }


def asked(trace: Trace, ask: Ask) -> dict[str, Any]:
    """A question as the page is sent it."""
    return {
        "question": pieces(trace, ask.question),
        "options": [pieces(trace, option) for option in ask.options],
        "answer": None if ask.curve else _answer(trace, ask),
        "curve": _curve(trace, ask),
        "within": ask.within,
        "because": pieces(trace, ask.because),
    }


def exercises(lesson: Lesson) -> list[dict[str, Any]]:
    """The exercises of a lesson, each with the numbers of its own run."""
    return [asked(trace_of(lesson, each), each.ask) for each in lesson.exercises]


def _curve(trace: Trace, ask: Ask) -> list[float] | None:
    try:
        return curve_of(trace, ask)
    except QuoteError:
        return None


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
    kept |= {"beyond": lesson.beyond}
    return {**kept, "take_away": lesson.take_away, "sources": [*lesson.sources], "steps": len(lesson.steps)}
