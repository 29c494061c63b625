"""Figures (o) and (p): the fullest page while it plays, and what a visitor's hand has to wait for."""

from collections.abc import Iterator

from playwright.sync_api import Browser, Page

from bench.browser import lateness
from bench.chromium import address, arrive, chromium, fresh, numbers, quantile, received, settled, site, visit, wait
from bench.recipes import FULL, LONG
from bench.report import Figure

FRAMES = 400
# A server refuses a thousand steps with everything, as it comes. Here it may, and sends what the pictures show.
GENEROUS = {"UNROLLED_COMPUTE_MS": "60000", "UNROLLED_RESPONSE_BYTES": "1000000000"}
DRAFT = """(text) => {
  const detail = { ...unrolled.stage.trace.recipe, text };
  document.dispatchEvent(new CustomEvent("recipe-draft", { detail }));
}"""


def full(rounds: int) -> Iterator[Figure]:
    """(o) Frames while the unrolled network, six heat maps, curves and the matrix move: at T = 100 and at T = 1000."""
    with site(**GENEROUS) as url, chromium() as browser, visit(browser, url, FULL) as page:
        yield from played(page, FULL.name, rounds, 1.0)
        page.evaluate(DRAFT, LONG.recipe["text"])
        wait(page, f"unrolled.player.T === {LONG.T}", 60)
        settled(page, 60)
        yield from played(page, LONG.name, rounds, 2.0)


def played(page: Page, name: str, rounds: int, most: float) -> Iterator[Figure]:
    """Frames of the page's own button, a few hundred at a time."""
    plays = [numbers(page, f"unrolledBench.play({FRAMES})") for _ in range(max(2, rounds // 8))]
    p95, late = lateness([ms for play in plays for ms in play])
    yield Figure("o", f"{name}: 95 % of frames within", p95, None, "ms", p95, "<=", 17.5)
    yield Figure("o", f"{name}: late frames", late, None, "%", late, "<=", most)


def hand(rounds: int) -> Iterator[Figure]:
    """(p) Dragging the gain and the band of truncation, opening a node's panel, going through a run that is there."""
    count = max(20, 2 * rounds)
    with site() as url, chromium() as browser:
        with visit(browser, url, FULL) as page:
            yield from asked(page, count)
            yield waited("band of truncation, painted", numbers(page, f"unrolledBench.band({count})"), 100.0)
            yield from dragged(page, min(count, 38))
        yield replayed(browser, url)


def dragged(page: Page, moves: int) -> Iterator[Figure]:
    """The gain: every stop a run that nobody has asked for yet."""
    found = page.evaluate(f"unrolledBench.drag({moves})")
    yield waited("gain dragged: the new matrix painted", found["seen"], 100.0)
    yield waited("gain dragged: the thumb painted", found["hand"], 33.0)


def asked(page: Page, clicks: int) -> Iterator[Figure]:
    """A node's panel: what the trace knows, then what only the server does."""
    found = page.evaluate(f"unrolledBench.ask({clicks})")
    yield waited("a node's panel open", found["opened"], 50.0)
    yield waited("a node's panel with the numbers behind it", found["answered"], None)


def waited(name: str, taken: list[float], target: float | None) -> Figure:
    """The 95th percentile of a list of waits."""
    p95 = quantile(taken, 0.95)
    return Figure("p", f"{name}, p95", p95, None, "ms", p95, "<=" if target else "", target)


def replayed(browser: Browser, url: str) -> Figure:
    """What the network brings while a run that is there plays once more and is gone through by the slider."""
    with fresh(browser) as context:
        page = context.new_page()
        page.goto(address(url, FULL))
        arrive(page, FULL)
        brought = received(context, page)
        page.evaluate("unrolledBench.play(200)")
        page.evaluate("unrolledBench.slide(20, 37)")
        return Figure("p", "replay and scrub: bytes", sum(brought), None, "B", sum(brought), "<=", 0.0)
