"""The real page in the system's Chromium, and what its clock said."""

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from bench.recipes import Run
from tests.serving import serving
from tools.browser import MISSING, find

HERE = Path(__file__).parent
OURS = (HERE / "page.js",)
SCRIPTS = (*OURS, HERE / "opponents" / "network.js", HERE / "opponents" / "react.js")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Frames as fast as they can be made: the interval between two is then the whole cost of one.
UNCAPPED = ("--disable-frame-rate-limit", "--disable-gpu-vsync")
VIEWPORT: ViewportSize = {"width": 1440, "height": 1000}


@contextmanager
def site(**settings: str) -> Iterator[str]:
    """The address of our real server, started for this."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), (), **settings) as server:
        yield server.url


@contextmanager
def chromium(*flags: str) -> Iterator[Browser]:
    """A headless browser of its own."""
    path = find()
    if path is None:
        raise RuntimeError(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS, *flags])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def visit(browser: Browser, url: str, run: Run) -> Iterator[Page]:
    """The page of a recipe in a fresh context, at rest and with Plotly in place."""
    with fresh(browser) as context:
        page = context.new_page()
        page.goto(address(url, run))
        arrive(page, run)
        yield page


def address(url: str, run: Run) -> str:
    """Where the page of a recipe is."""
    return f"{url}/?{urlencode(run.recipe)}"


def arrive(page: Page, run: Run) -> None:
    """Wait until the run is there, and Plotly in place."""
    settled(page)
    wait(page, f"unrolled.player.T === {run.T}", 20)
    settled(page)


@contextmanager
def fresh(browser: Browser, scripts: Sequence[Path] = SCRIPTS) -> Iterator[BrowserContext]:
    """A context without a cache, with the harness, and perhaps the rivals, in each page."""
    context = browser.new_context(viewport=VIEWPORT)
    for script in scripts:
        context.add_init_script(path=script)
    try:
        yield context
    finally:
        context.close()


def settled(page: Page, seconds: float = 20) -> None:
    """Wait until the page says that it is ready and all its figures are Plotly's."""
    wait(page, "document.documentElement.dataset.ready === 'interactive'", seconds)
    wait(page, "document.querySelectorAll('.frame:not([hidden]) .frame-plot:not(.at-rest)').length === 0", seconds)


def wait(page: Page, condition: str, seconds: float) -> None:
    """Ask until it is true."""
    deadline = time.monotonic() + seconds
    while not page.evaluate(condition):
        if time.monotonic() > deadline:
            raise TimeoutError(f"not true after {seconds} s: {condition}")
        page.wait_for_timeout(20)


def numbers(page: Page, call: str) -> list[float]:
    """What a function of the harness gives: a list of milliseconds."""
    found: list[float] = page.evaluate(call)
    return found


def quantile(values: Sequence[float], share: float) -> float:
    """The value that this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def received(context: BrowserContext, page: Page) -> list[int]:
    """A list that fills with the bytes of each answer that the network brings to a page."""
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    found: list[int] = []

    def note(event: dict[str, Any]) -> None:
        found.append(event["encodedDataLength"])

    session.on("Network.loadingFinished", note)
    return found
