"""`make screenshots`: the pictures in docs/images, from the real server in the system's browser."""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.browser.conftest import FLAGS
from tests.browser.explorer import visit
from tests.serving import ROOT, serving
from tools.browser import MISSING, find

FOLDER = ROOT / "docs" / "images"
LAPTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
HALL: ViewportSize = {"width": 1920, "height": 1080}
LONG = (
    "the cat that sat on the mat near the door of the old house by the sea saw a dog and ran away into the dark "
    "garden where nobody could find it until the morning came and the sun rose over the quiet town and the dog "
    "that had been asleep under the tree woke up and saw the cat and the cat saw the dog and both of them looked "
    "at the sea for a long time and then the wind came up from the harbour and carried the smell of fish over "
    "the wall of the old house and into the dark garden"
)


@dataclass(frozen=True)
class Shot:
    """A picture: its name, what is asked of the page, and the screen it is seen on."""

    name: str
    recipe: dict[str, str] = field(default_factory=dict)
    at: dict[str, str] = field(default_factory=dict)
    screen: ViewportSize = field(default_factory=lambda: LAPTOP)
    whole: bool = False
    sharp: float = 1

    @property
    def address(self) -> str:
        """The address of the page in this state."""
        return f"/?{urlencode(self.recipe)}#{urlencode(self.at)}"


NODE = {"t": "4", "node": "s", "unit": "3"}
CHOSEN = {"t": "6", "k": "2", "parameter": "U"}
SHOTS = (
    Shot("explorer", {"theme": "light"}, NODE, sharp=2),
    Shot("light", {"theme": "light"}, CHOSEN),
    Shot("dark", {"theme": "dark"}, CHOSEN),
    Shot("forward", {"theme": "light"}, {"phase": "forward", "t": "3"}),
    Shot("backward", {"theme": "light"}, {"phase": "backward", "t": "3"}),
    Shot("truncated", {"theme": "light", "window": "3"}, {"t": "6"}),
    Shot("lstm", {"theme": "light", "cell": "lstm", "hidden": "16"}, {"t": "5", "node": "f", "unit": "2"}),
    Shot("gru-dark", {"theme": "dark", "cell": "gru", "hidden": "16"}, {"t": "5"}),
    Shot("long", {"theme": "light", "cell": "rnn-tanh", "hidden": "32", "text": LONG}, {"t": "50"}),
    Shot("long-lstm-dark", {"theme": "dark", "cell": "lstm", "hidden": "64", "text": LONG}, {"t": "50"}),
    Shot("projector", {"theme": "projector"}, NODE, HALL),
    Shot("phone", {"theme": "light"}, NODE, PHONE, whole=True, sharp=2),
    Shot("phone-dark", {"theme": "dark", "cell": "lstm"}, {"phase": "backward", "t": "4"}, PHONE, sharp=2),
)


def take(browser: Browser, url: str, shot: Shot) -> None:
    """Open the page as the shot wants it, wait until it rests, and keep the picture."""
    context = browser.new_context(base_url=url, viewport=shot.screen, device_scale_factor=shot.sharp)
    page = context.new_page()
    visit(page, shot.address)
    settle(page)
    page.screenshot(path=FOLDER / f"{shot.name}.png", full_page=shot.whole, animations="disabled")
    context.close()


def settle(page: Page) -> None:
    """Let formulas and fonts arrive."""
    page.locator("focus-panel .katex:visible").first.wait_for()
    page.evaluate("document.fonts.ready.then(() => true)")
    page.wait_for_timeout(600)


def main() -> None:
    """Take them all."""
    path = find()
    if path is None:
        raise SystemExit(MISSING)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for shot in SHOTS:
            take(browser, server.url, shot)
            print(f"docs/images/{shot.name}.png")  # noqa: T201 - the answer to `make screenshots`
        browser.close()


if __name__ == "__main__":
    main()
