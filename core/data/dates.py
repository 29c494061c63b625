"""Dates as people write them, turned into ISO 8601: where to look changes with every character of the answer."""

import datetime as dt

import numpy as np

from core.data.collection import Collection
from core.data.pairs import Spelling

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
FORMS = (
    "{d} {month} {y}",
    "{month} {d}, {y}",
    "{day}, {month} {d}, {y}",
    "{d} {mon} {y}",
    "{mon} {d}, {y}",
    "{d:02}/{m:02}/{y}",
    "{d}.{m}.{y}",
    "{y}/{m:02}/{d:02}",
)
FIRST, LAST = dt.date(1900, 1, 1).toordinal(), dt.date(2099, 12, 31).toordinal()
SPELLING = Spelling(" ,./0123456789abcdefghijlmnoprstuvwy", "0123456789-")
LONGEST, HELD = 29, 1000


def held_out(ordinal: int) -> bool:
    """Whether a day belongs to the tenth that is held out."""
    return (ordinal * 2654435761) % 2**32 < 2**32 // 10


def written(ordinal: int, form: int) -> tuple[str, str]:
    """A day in one of the eight forms, and in ISO 8601."""
    date = dt.date.fromordinal(ordinal)
    month, day = MONTHS[date.month - 1], DAYS[date.weekday()]
    text = FORMS[form].format(d=date.day, m=date.month, y=date.year, month=month, mon=month[:3], day=day)
    return text, date.isoformat()


def draw(rng: np.random.Generator, held: bool) -> tuple[str, str]:
    """A day of one part by chance, in a form by chance."""
    while held_out(ordinal := int(rng.integers(FIRST, LAST + 1))) != held:
        pass
    return written(ordinal, int(rng.integers(len(FORMS))))


DATES = Collection(
    id="dates",
    title="Dates to ISO 8601",
    description="A date in one of eight forms, character by character; write it as year-month-day.",
    licence="none needed",
    origin="generated",
    real=False,
    unit="character",
    kind="pairs",
    head="softmax",
    length=LONGEST,
    shortest=LONGEST,
    sizes=(len(SPELLING.source), len(SPELLING.outputs)),
    split="A tenth of the days from 1900 to 2099 is held out: 1000 of them, each in one form.",
    relation="pairs",
    caution="English, day before month where both are numbers.",
    load=lambda: SPELLING.shelf(
        lambda rng: draw(rng, held=False), (draw(np.random.default_rng([22, i]), held=True) for i in range(HELD))
    ),
)
