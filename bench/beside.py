"""Figure (s): the page of an LSTM's gates at T = 100, H = 64, here, in Dash and in Streamlit (`bench/peers`)."""

import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import httpx
from playwright.sync_api import Browser, Page

from bench.chromium import address, arrive, chromium, fresh, numbers, site
from bench.recipes import FULL
from bench.report import Figure

PATIENCE = 60
STREAMLIT = "streamlit run bench/peers/streamlit_page.py --server.headless true --browser.gatherUsageStats false"
# Every figure carries its step where Plotly keeps what a page wants to remember.
SHOWN = "[...document.querySelectorAll('.js-plotly-plot')].filter((g) => g.layout?.meta === step).length === 6"
PAINTED = """new Promise((resolve) => requestAnimationFrame(() => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => resolve(performance.now());
  port2.postMessage(0);
}))"""
SET = """(step) => {
  globalThis.pressed = performance.now();
  dash_clientside.set_props("step", { value: step });
}"""
PRESSED = """addEventListener("keydown", () => {
  globalThis.pressed = performance.now();
}, { capture: true, once: true })"""
LOOK = f"""async (step) => {{
  const shown = () => {SHOWN};
  for (const start = performance.now(); !shown(); await new Promise(requestAnimationFrame))
    if (performance.now() - start > 60000) throw new Error("the figures did not come");
}}"""


def beside(rounds: int) -> Iterator[Figure]:
    """(s) A step of the slider, and how soon the page can be used; each page on its own real server."""
    steps = max(6, rounds // 2)
    with chromium() as browser:
        with site() as url:
            ours = once(browser, url, steps)
        with peer(lambda port: f"bench.peers.dash_page {port}") as url:
            dash = measured(browser, url, steps, by_property)
        with peer(lambda port: f"{STREAMLIT} --server.port {port}") as url:
            streamlit = measured(browser, url, steps, by_key)
    for name, theirs, least in (("Dash", dash, 10.0), ("Streamlit", streamlit, 20.0)):
        ratio = theirs[0] / ours[0]
        yield Figure("s", f"a slider step, {name} over ours", ours[0], theirs[0], "ms", ratio, ">=", least)
    for what, own in (("interactive", ours[1]), ("Plotly has the figures", ours[2])):
        yield Figure("s", f"{what}, Dash over ours", own, dash[1], "ms", dash[1] / own, ">=", 1.8)
        yield Figure("s", f"{what}, Streamlit over ours", own, streamlit[1], "ms", streamlit[1] / own)


@contextmanager
def peer(command: Callable[[int], str]) -> Iterator[str]:
    """The address of a peer's server, once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-m", *command(port).split()]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/"
    try:
        deadline = time.monotonic() + PATIENCE
        while not answers(url):
            if time.monotonic() > deadline or process.poll() is not None:
                raise RuntimeError(f"{words[2]} did not start")
            time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(10)


def answers(url: str) -> bool:
    """Whether a server is there."""
    with suppress(httpx.HTTPError):
        return httpx.get(url, timeout=5).is_success
    return False


def once(browser: Browser, url: str, steps: int) -> tuple[float, float, float]:
    """Median milliseconds of our slider's steps, until our page can be used, and until Plotly has its figures."""
    ready, rest = [], []
    for _ in range(3):
        with fresh(browser) as context:
            page = context.new_page()
            page.goto(address(url, FULL))
            arrive(page, FULL)
            marks = page.evaluate("unrolledBench.marks()")
            ready.append(marks["unrolled:interactive"])
            rest.append(marks["unrolled:at-rest"])
            taken = numbers(page, f"unrolledBench.slide({4 * steps}, 1)")
    return statistics.median(taken), statistics.median(ready), statistics.median(rest)


def measured(browser: Browser, url: str, steps: int, move: Callable[[Page, int], float]) -> tuple[float, float]:
    """The same of a peer: its page can be used when all six figures are there."""
    ready = []
    for _ in range(3):
        with fresh(browser) as context:
            page = context.new_page()
            page.goto(url)
            page.evaluate(LOOK, 0)
            ready.append(page.evaluate(PAINTED))
            taken = [move(page, step) for step in range(1, steps + 1)] if len(ready) == 3 else []
    return statistics.median(taken), statistics.median(ready)


def by_property(page: Page, step: int) -> float:
    """Dash: the slider's value is set, which calls the server as dragging does."""
    page.evaluate(SET, step)
    return arrived(page, step)


def by_key(page: Page, step: int) -> float:
    """Streamlit: the arrow key on the slider's thumb."""
    page.evaluate(PRESSED)
    page.get_by_role("slider").first.press("ArrowRight")
    return arrived(page, step)


def arrived(page: Page, step: int) -> float:
    """Milliseconds from the move to the figures; the page itself looks for them, frame by frame."""
    page.evaluate(LOOK, step)
    return float(page.evaluate(f"{PAINTED}.then((time) => time - pressed)"))
