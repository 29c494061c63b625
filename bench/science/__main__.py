"""`python -m bench.science NAME [--seeds 0,1,2]`: what the literature found, found again, line by line.

Each line is a figure beside the band in which it is expected; the last one says how many figures lie in theirs.
Every experiment takes at most some four minutes of processor time. `--list` tells what there is, `--markdown` gives
a table.
"""

import argparse
import sys
import time
from collections.abc import Iterable

from bench.science import attending, dynamics, memory, sequences, structure
from bench.science.findings import Experiment, Finding

EXPERIMENTS: dict[str, Experiment] = {
    e.name: e
    for e in (
        memory.ADDING,
        memory.PLATEAU,
        memory.FORGET,
        memory.COPY,
        memory.REGISTER,
        sequences.XOR,
        sequences.WORDS_FOUND,
        sequences.EVEN_BITS,
        structure.REBER_LEARNT,
        structure.DEPTH,
        structure.COUNTING,
        attending.REVERSAL,
        dynamics.CHAOS,
        dynamics.CAPACITY,
    )
}


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.science", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*EXPERIMENTS, "all", []], metavar="NAME", help="or: all")
    parser.add_argument("--seeds", help="as in --seeds 0,1,2; else each experiment's own")
    parser.add_argument("--list", action="store_true", help="every experiment with its settings, seeds and bands")
    parser.add_argument("--markdown", action="store_true", help="a table of the figures once all are there")
    return parser.parse_args(words)


def listed(e: Experiment) -> str:
    """An experiment before it is carried out."""
    seeds = ", ".join(map(str, e.seeds))
    bands = "\n".join(f"    {figure}: {band}" for figure, band in e.expected.items())
    return f"{e.name}: {e.title}\n  {e.source}\n  {e.settings}; seeds {seeds}\n  expected\n{bands}"


def line(e: Experiment, finding: Finding) -> str:
    """A finding as it comes."""
    band = e.expected[finding.figure]
    case = "" if finding.seed is None else f", seed {finding.seed}"
    note = f"; {finding.note}" if finding.note else ""
    verdict = "" if band.holds(finding.value) else "  OUTSIDE"
    return f"  {finding.figure}{case}: {finding.value:.6g}  [{band}]{note}{verdict}"


def carried_out(e: Experiment, seeds: Iterable[int]) -> list[Finding]:
    """The findings of an experiment, printed as they come."""
    start = time.process_time()
    print(f"{e.name}: {e.title}\n  {e.settings}", flush=True)
    found: list[Finding] = []
    for finding in e.run(tuple(seeds)):
        print(line(e, finding), flush=True)
        found.append(finding)
    print(f"  ({time.process_time() - start:.0f} s of processor time)", flush=True)
    return found


def table(e: Experiment, found: list[Finding]) -> str:
    """The figures of an experiment as Markdown: a row each, its values seed by seed."""
    rows = []
    for figure, right in e.right(found).items():
        values = " ".join(f"{x.value:.4g}" for x in found if x.figure == figure)
        rows.append(f"| {figure} | {e.expected[figure]} | {values} | {'yes' if right else '**no**'} |")
    head = f"### `python -m bench.science {e.name}`\n\n{e.title} ({e.source}).\nSettings: {e.settings}."
    return "\n".join([head, "", "| figure | expected | found, by seed | as expected |", "|---|---|---|---|", *rows, ""])


def main(words: list[str] | None = None) -> int:
    """Print the findings as they come; 1 if any figure was not as expected."""
    asked = arguments(words)
    chosen = list(EXPERIMENTS) if "all" in asked.names else asked.names
    if asked.list or not chosen:
        print("\n\n".join(listed(EXPERIMENTS[n]) for n in chosen or EXPERIMENTS))
        return 0
    seeds = [int(s) for s in asked.seeds.split(",")] if asked.seeds else None
    found = {n: carried_out(EXPERIMENTS[n], seeds or EXPERIMENTS[n].seeds) for n in chosen}
    verdicts = [ok for n, findings in found.items() for ok in EXPERIMENTS[n].right(findings).values()]
    print(f"{sum(verdicts)} of {len(verdicts)} figures as expected")
    if asked.markdown:
        print("\n" + "\n".join(table(EXPERIMENTS[n], findings) for n, findings in found.items()))
    return int(not all(verdicts))


if __name__ == "__main__":
    sys.exit(main())
