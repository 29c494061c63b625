"""Figures (e), (f), (g): the page while it plays, while its slider moves, and when it is first opened."""

import statistics
from collections.abc import Iterator

from playwright.sync_api import Browser

from bench.chromium import OURS, UNCAPPED, chromium, fresh, numbers, quantile, received, settled, site, visit
from bench.recipes import RUNS, Run
from bench.report import Figure

ON_TIME = 17.5
FRAMES = 50


def playing(rounds: int) -> Iterator[Figure]:
    """(e) Frames at 60 a second, then the cost of a frame without that limit, against Plotly.react."""
    few = max(2, rounds // 8)
    with site() as url:
        with chromium() as browser:
            for run in RUNS:
                yield from frames(browser, url, run, few)
        with chromium(*UNCAPPED) as browser:
            for run in RUNS:
                yield cost(browser, url, run, few)


def frames(browser: Browser, url: str, run: Run, plays: int) -> Iterator[Figure]:
    """Play from the first step to the end, as the button does, at the page's own speed; beside it an empty page."""
    with fresh(browser) as context, visit(browser, url, run) as page:
        empty = context.new_page()
        readings = []
        for _ in range(plays):
            empty.bring_to_front()
            idle = numbers(empty, "unrolledBench.idle(200)")
            page.bring_to_front()
            readings.append([*lateness(numbers(page, "unrolledBench.play()")), *lateness(idle)])
    p95, late, idle_p95, idle_late = (statistics.median(column) for column in zip(*readings, strict=True))
    yield Figure("e", f"{run.name}: 95 % of frames within", p95, idle_p95, "ms", p95, "<=", ON_TIME)
    yield Figure("e", f"{run.name}: frames later than {ON_TIME} ms", late, idle_late, "%", late, "<=", 1.0)


def lateness(log: list[float]) -> tuple[float, float]:
    """The 95th percentile of frame times, and the share in % of those that are late."""
    return quantile(log, 0.95), 100 * sum(ms > ON_TIME for ms in log) / len(log)


def cost(browser: Browser, url: str, run: Run, rounds: int) -> Figure:
    """One step a frame, as fast as frames come: ours and the rival's in turn, each on a page of its own."""
    with visit(browser, url, run) as ours, visit(browser, url, run) as rival:
        pairs = []
        for _ in range(rounds):
            ours.bring_to_front()
            mine = statistics.mean(numbers(ours, f"unrolledBench.walk({FRAMES})"))
            rival.bring_to_front()
            pairs.append((mine, statistics.mean(numbers(rival, f"reactWalk({FRAMES})"))))
    first, second = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(b / a for a, b in pairs)
    return Figure("e", f"{run.name}: a frame by Plotly.react over ours", first, second, "ms", ratio, ">=", 6.0)


def sliding(rounds: int) -> Iterator[Figure]:
    """(f) From moving the slider to the picture: one step, and, without a target, a leap to somewhere else."""
    with site() as url, chromium() as browser:
        for run in RUNS:
            with visit(browser, url, run) as page:
                for name, by, sense, target in (("step", 1, "<=", 33.0), ("leap", 37, "", None)):
                    p95 = quantile(numbers(page, f"unrolledBench.slide({max(40, 4 * rounds)}, {by})"), 0.95)
                    figure = f"{run.name}: slider {name} painted, p95"
                    yield Figure("f", figure, p95, None, "ms", p95, sense, target)


def arriving(rounds: int) -> Iterator[Figure]:
    """(g) The default page with nothing in the cache: bytes, first picture, interactive (medians)."""
    with site() as url, chromium() as browser:
        size = weight(browser, url)
        loads = [load(browser, url) for _ in range(max(3, rounds // 4))]
    first, ready, rest = (statistics.median(column) for column in zip(*loads, strict=True))
    yield Figure("g", "cold page: compressed bytes", size, None, "kB", size, "<=", 700.0)
    yield Figure("g", "cold page: first picture", first, None, "ms", first, "<=", 300.0)
    yield Figure("g", "cold page: interactive", ready, None, "ms", ready, "<=", 2000.0)
    yield Figure("g", "cold page: Plotly has the figures", rest, None, "ms", rest, "<=", 2000.0)


def weight(browser: Browser, url: str) -> float:
    """Kilobytes until the page rests."""
    with fresh(browser) as context:
        page = context.new_page()
        arrived = received(context, page)
        page.goto(url)
        settled(page)
        page.wait_for_timeout(500)
        return sum(arrived) / 1000


def load(browser: Browser, url: str) -> tuple[float, ...]:
    """The moments of the page's own three marks; nobody counts bytes meanwhile, which takes time too."""
    with fresh(browser, OURS) as context:
        page = context.new_page()
        page.goto(url)
        settled(page)
        marks = page.evaluate("unrolledBench.marks()")
    return tuple(marks[f"unrolled:{name}"] for name in ("first-picture", "interactive", "at-rest"))
