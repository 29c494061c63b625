"""The S&P 500, day by day: how much it will move tomorrow can be guessed a little; which way cannot."""

import csv
import gzip
import io
from functools import cache
from typing import NamedTuple

import numpy as np

from core.arrays import Array
from core.data.collection import Collection, Look, Picture, Shelf, Stream
from core.data.excerpt import read
from core.ops import Floats

FIRST_HELD_OUT = 2015


class Days(NamedTuple):
    """Trading days from the second on: dates, closes, returns in percent, the day's range in percent, log volume."""

    dates: tuple[str, ...]
    closes: Floats
    returns: Floats
    ranges: Floats
    volumes: Floats

    def cut(self, first: int | None, last: int | None) -> "Days":
        """Some of the days."""
        days = slice(first, last)
        return Days(
            self.dates[days], *(column[days] for column in (self.closes, self.returns, self.ranges, self.volumes))
        )


@cache
def days() -> Days:
    """All days; a return is 100 times the difference of the logarithms of two closes."""
    rows = list(csv.DictReader(io.StringIO(gzip.decompress(read("sp500", "sp500.csv.gz")).decode())))
    closes, highs, lows, volumes = (
        np.array([float(r[n]) for r in rows]) for n in ("Adj Close", "High", "Low", "Volume")
    )
    dates = tuple("{2}-{0:0>2}-{1:0>2}".format(*r["Date"].split("/")) for r in rows[1:])
    volumes = np.log(volumes)
    return Days(
        dates,
        closes[1:],
        100 * np.diff(np.log(closes)),
        100 * np.log(highs / lows)[1:],
        np.diff(volumes),
    )


def _part(found: Days) -> Stream:
    x = np.stack([found.returns, found.ranges, found.volumes], axis=1)
    target = np.abs(found.returns)[:, None]

    def show(begin: int, end: int) -> Look:
        arrays = {
            "close": Array(found.closes[begin:end], ("day",)),
            "return": Array(found.returns[begin:end], ("day",)),
        }
        picture = Picture("strip-chart", arrays, None, 1.0, "points; percent")
        return Look(f"{found.dates[begin]} to {found.dates[end - 1]}", found.dates[begin:end], "", picture)

    return Stream(len(x) - 1, 100, lambda at: (x[at], target[at + 1]), show)


def _shelf() -> Shelf:
    found = days()
    cut = next(i for i, d in enumerate(found.dates) if d >= str(FIRST_HELD_OUT))
    names = ("return (%)", "range of the day (%)", "change of log volume")
    return Shelf(names, ("size of the next return (%)",), _part(found.cut(None, cut)), _part(found.cut(cut, None)))


SP500 = Collection(
    id="sp500",
    title="S&P 500, day by day",
    description="Twenty years of a stock index; predict how far the next day will move, up or down.",
    licence="NCSA",
    origin="S&P 500 from 1999 to 2018, carried by arch 8.0.0",
    real=True,
    unit="day",
    kind="strip-chart",
    head="linear",
    length=60,
    sizes=(3, 1),
    split="1999 to 2014 is learnt from, 2015 to 2018 is held out.",
    stream=True,
    excerpt="sp500",
    caution="Hard, and no advice: which way the next day goes cannot be told from these columns.",
    load=_shelf,
)
