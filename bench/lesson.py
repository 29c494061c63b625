"""Figure (u): a lesson, its embed and its slide on a line like a fast 3G one (1.6 Mbit/s, 150 ms there and back)."""

import statistics
from collections.abc import Iterator

from playwright.sync_api import Browser

from bench.chromium import chromium, fresh, received, site, wait
from bench.report import Figure

LINE = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 768e3 / 8}
PAGES = {
    "lesson": "/lecture/vanishing/1",
    "lesson with the longest run": "/lecture/trigger-word/1",
    "lesson as an embed": "/embed/lecture/vanishing/1",
    "lesson as a slide": "/lecture/vanishing/1/deck",
}
PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
PAINTED = "performance.getEntriesByName('first-contentful-paint').length > 0"
DRAWN = "['first', 'interactive'].includes(document.documentElement?.dataset.ready)"


def slow_line(rounds: int) -> Iterator[Figure]:
    """First paint, the picture and the bytes until then, nothing in the cache (medians)."""
    with site() as url, chromium() as browser:
        for name, path in PAGES.items():
            opened = [load(browser, url + path) for _ in range(max(3, rounds // 8))]
            paint, drawn, size = (statistics.median(column) for column in zip(*opened, strict=True))
            yield Figure("u", f"{name}, fast 3G: first paint", paint, None, "ms", paint, "<=", 1000.0)
            yield Figure("u", f"{name}, fast 3G: picture", drawn, None, "ms", drawn)
            yield Figure("u", f"{name}, fast 3G: bytes until the picture", size, None, "kB", size, "<=", 700.0)


def load(browser: Browser, address: str) -> tuple[float, float, float]:
    """Milliseconds to the first paint and to the picture, and the kilobytes until then."""
    with fresh(browser) as context:
        page = context.new_page()
        arrived = received(context, page)
        context.new_cdp_session(page).send("Network.emulateNetworkConditions", LINE)
        page.goto(address, wait_until="commit")
        wait(page, DRAWN, 60)
        drawn = page.evaluate("performance.now()")
        size = sum(arrived) / 1000
        wait(page, PAINTED, 10)
        return page.evaluate(PAINT), drawn, size
