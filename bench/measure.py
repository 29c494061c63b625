"""How two contenders are compared: A B A B in one process, by processor time, the median of the rounds' ratios."""

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

Job = Callable[[], object]


@dataclass(frozen=True)
class Duel:
    """Median milliseconds of one call of each, and the median over rounds of first over second."""

    first: float
    second: float
    ratio: float


def duel(first: Job, second: Job, *, rounds: int = 9, seconds: float = 0.02) -> Duel:
    """Run both in turn; each turn repeats its job until it lasts about `seconds`."""
    jobs = (first, second)
    counts = [_repeats(job, seconds) for job in jobs]
    gc.collect()
    gc.disable()
    try:
        pairs = [_round(jobs, counts, flipped=bool(n % 2)) for n in range(rounds)]
    finally:
        gc.enable()
    middle = [statistics.median(column) * 1e3 for column in zip(*pairs, strict=True)]
    return Duel(middle[0], middle[1], statistics.median(a / b for a, b in pairs))


def pooled(make: Callable[[], tuple[Job, Job]], *, builds: int, rounds: int) -> Duel:
    """The duel of several builds of the same pair: where an array falls in memory is luck."""
    duels = [duel(*make(), rounds=rounds) for _ in range(builds)]
    columns = zip(*((d.first, d.second, d.ratio) for d in duels), strict=True)
    return Duel(*(statistics.median(column) for column in columns))


def _round(jobs: tuple[Job, Job], counts: list[int], *, flipped: bool) -> tuple[float, float]:
    """Seconds a call of both; every other round the second goes first, so that neither always follows the other."""
    order = (1, 0) if flipped else (0, 1)
    taken = {n: _time(jobs[n], counts[n]) for n in order}
    return taken[0], taken[1]


def _time(job: Job, count: int) -> float:
    """Processor seconds of one call, over `count` calls."""
    start = time.process_time()
    for _ in range(count):
        job()
    return (time.process_time() - start) / count


def _repeats(job: Job, seconds: float) -> int:
    """How many calls last about `seconds`; warms the job up on the way, and a long one but once."""
    if _time(job, 1) > seconds:
        return 1
    return max(1, round(seconds / max(_time(job, 2), 1e-7)))
