"""A real browser that notices everything a visitor should never meet."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    sync_playwright,
)

from tests.serving import ROOT
from tools.browser import MISSING, find

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
]

REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  reportViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
"""


@dataclass
class Witness:
    """What went wrong on a page; `forgive` holds pieces of text of what a test means to cause."""

    origin: str
    problems: list[str] = field(default_factory=list)
    forgive: list[str] = field(default_factory=list)

    def note(self, kind: str, text: str) -> None:
        """Remember a problem unless it is forgiven."""
        if not any(piece in text for piece in self.forgive):
            self.problems.append(f"{kind}: {text}")

    def console(self, message: ConsoleMessage) -> None:
        """Note what the page complains of."""
        if message.type in {"error", "warning"}:
            where = message.location.get("url", "")
            self.note(f"console {message.type}", f"{message.text} ({where})")

    def request(self, request: Request) -> None:
        """Note a request that leaves our own origin."""
        own = (f"{self.origin}/", "data:", "blob:", "about:")
        if not request.url.startswith(own):
            self.note("foreign request", request.url[:200])

    def watch(self, context: BrowserContext) -> None:
        """Listen to all pages of a context."""
        context.on("console", self.console)
        context.on("request", self.request)
        context.on("weberror", lambda error: self.note("error", str(error.error)))
        context.expose_function("reportViolation", lambda text: self.note("content security policy", text))
        context.add_init_script(REPORT_VIOLATIONS)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the system's browser for the tests of one file; its event loop must not outlive them."""
    path = find()
    assert path, MISSING
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()


@contextmanager
def witnessed(browser: Browser, base_url: str, **options: Any) -> Iterator[tuple[Page, Witness]]:
    """Open a page whose every complaint counts when the block ends."""
    context = browser.new_context(base_url=base_url, **options)
    witness = Witness(base_url)
    witness.watch(context)
    try:
        yield context.new_page(), witness
    finally:
        context.close()
    assert not witness.problems, "\n".join(witness.problems)


Opener = Callable[..., tuple[Page, Witness]]


@pytest.fixture
def open_page(browser: Browser, base_url: str) -> Iterator[Opener]:
    """Give a function that opens a page: `page, witness = open_page(color_scheme="dark")`."""
    opened = []

    def opener(**options: Any) -> tuple[Page, Witness]:
        block = witnessed(browser, base_url, **{"viewport": {"width": 1280, "height": 800}, **options})
        opened.append(block)
        return block.__enter__()

    yield opener
    for block in reversed(opened):
        block.__exit__(None, None, None)


@pytest.fixture
def page(open_page: Opener) -> Page:
    """Open a page of 1280 x 800, light, with motion."""
    return open_page()[0]


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    """Give a function that lists the serious accessibility problems of a page."""
    source = (ROOT / "node_modules/axe-core/axe.min.js").read_text()

    def run(page: Page) -> list[str]:
        page.evaluate(f"() => {{ {source} }}")
        found = page.evaluate("() => axe.run(document, {preload: false, resultTypes: ['violations']})")
        return [
            f"{rule['id']}: {rule['help']} {[node['target'] for node in rule['nodes']][:5]}"
            for rule in found["violations"]
            if rule["impact"] in {"serious", "critical"}
        ]

    return run
