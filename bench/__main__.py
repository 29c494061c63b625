"""`python -m bench [--long] [--only a,b] [--quick] [--json]`: measure, print the table, end with 0."""

import argparse
import math
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from importlib import import_module

from bench import machine
from bench.report import Figure, table, to_json

# Which functions of which modules make the figures of a letter; modules load only when they are asked for.
FIGURES = {
    "a": [("bench.engine", "instrumented")],
    "b": [("bench.sweeps", "matrix")],
    "c": [("bench.engine", "traces"), ("bench.sweeps", "jacobian_norms")],
    "d": [("bench.wire", "wire")],
    "e": [("bench.browser", "playing")],
    "f": [("bench.browser", "sliding")],
    "g": [("bench.browser", "arriving")],
    "h": [("bench.floor", "floor")],
    "i": [("bench.batches", "batches")],
    "j": [("bench.batches", "compiled")],
    "o": [("bench.hand", "full")],
    "p": [("bench.hand", "hand")],
    "r": [("bench.running", "running")],
    "s": [("bench.beside", "beside")],
    "t": [("bench.training_page", "scrubbing"), ("bench.training_page", "racing")],
    "u": [("bench.lesson", "slow_line")],
    "k": [("bench.sweeps", "single")],
    "l": [("bench.training", "training")],
    "m": [("bench.networks", "networks")],
    "n": [("bench.networks", "written")],
    "v": [("bench.hall", "hall")],
    "w": [("bench.costs", "costs")],
}
ENGINE = "abcdhijklmn"  # under five minutes; the page, the service and the hall take several more


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", help="letters, as in --only a,c; those of the engine if nothing is said")
    parser.add_argument("--long", action="store_true", help="all letters: the page, watched runs and the hall, too")
    parser.add_argument("--quick", action="store_true", help="a fifth of the rounds, rougher figures")
    parser.add_argument("--json", action="store_true", help="a JSON list in place of the table")
    return parser.parse_args()


def measured(letter: str, rounds: int) -> Iterator[Figure]:
    """The figures of one letter, its name and time said on the way."""
    before, start = machine.others(), time.perf_counter()
    for module, name in FIGURES[letter]:
        yield from attempted(letter, module, name, rounds)
    taken = f"{time.perf_counter() - start:.0f} s"
    others = f"{before:.0f} % before, {machine.others():.0f} % after"
    sys.stderr.write(f"({letter}) measured in {taken}; other programs on this machine: {others}\n")


def attempted(letter: str, module: str, name: str, rounds: int) -> Iterator[Figure]:
    """The figures of one function; a failure is a line of the report, not the end of it."""
    try:
        make: Callable[[int], Iterator[Figure]] = getattr(import_module(module), name)
        yield from make(rounds)
    except Exception as trouble:  # noqa: BLE001 - whatever went wrong, the other figures are wanted
        traceback.print_exc()
        yield Figure(letter, f"NOT MEASURED: {type(trouble).__name__}", math.nan, None, "", math.nan)


def main() -> None:
    """Measure what was asked for and print it."""
    asked = arguments()
    rounds = 5 if asked.quick else 25
    letters = asked.only.split(",") if asked.only else FIGURES if asked.long else ENGINE
    figures = [f for letter in letters for f in measured(letter, rounds)]
    print(to_json(figures) if asked.json else table(figures))


if __name__ == "__main__":
    main()
