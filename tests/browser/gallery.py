"""`make gallery`: a picture of each feature in light and dark, and the page in docs/gallery that shows them."""

import base64
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.browser.conftest import FLAGS
from tests.browser.explorer import until, visit
from tests.browser.screenshots import HALL, LONG, PHONE
from tests.serving import ROOT, serving
from tools.browser import MISSING, find

FOLDER = ROOT / "docs" / "gallery"
DESK: ViewportSize = {"width": 1280, "height": 800}
THEMES = ("light", "dark")
QUALITY = 36
HEAD = """# Gallery

Each feature in light and dark, from the running page: `make gallery` takes them all again.
"""


@dataclass(frozen=True)
class Shot:
    """A feature: its name, what it shows, where, what is clicked before, what is waited for, and on which screen."""

    name: str
    says: str
    at: str = "/"
    clicks: Sequence[str] = ()
    waits: str = "true"
    screen: str = "desk"


SCREENS: dict[str, ViewportSize] = {"desk": DESK, "phone": PHONE, "hall": HALL, "frame": {"width": 960, "height": 540}}
TEXTS = {"LONG": quote(LONG), "WORDS": quote(" ".join(f"w{n}" for n in range(600)))}


def shots() -> tuple[Shot, ...]:
    """Those that gallery.toml declares."""
    rows = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())["shot"]
    return tuple(Shot(**row | {"at": row.get("at", "/").format(**TEXTS)}) for row in rows)


def themed(shot: Shot, theme: str) -> str:
    """The address in a theme, unless it names its own."""
    if "theme=" in shot.at:
        return shot.at
    path, hash_, place = shot.at.partition("#")
    return f"{path}{'&' if '?' in path else '?'}theme={theme}{hash_}{place}"


def take(browser: Browser, url: str, shot: Shot, theme: str) -> None:
    """Open the page as the shot wants it, do what it asks, wait, and keep the picture."""
    context = browser.new_context(base_url=url, viewport=SCREENS[shot.screen], has_touch=shot.screen == "phone")
    page = context.new_page()
    arrive(page, themed(shot, theme))
    for click in shot.clicks:
        page.locator(click).first.click()
    until(page, shot.waits, 60)
    page.evaluate("document.fonts.ready.then(() => true)")
    page.wait_for_timeout(700)
    keep(page, FOLDER / f"{shot.name}-{theme}.webp")
    context.close()


def arrive(page: Page, address: str) -> None:
    """Open an address and wait: a page rests when Plotly has taken over, an embed has none."""
    if not address.startswith("/embed/"):
        visit(page, address)
        return
    page.goto(address)
    until(page, "document.documentElement.dataset.ready === 'interactive'", 30)


def keep(page: Page, path: Path) -> None:
    """The window as WebP: a third of the bytes of a PNG."""
    session = page.context.new_cdp_session(page)
    taken = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    path.write_bytes(base64.b64decode(taken["data"]))


def page_of(shots: tuple[Shot, ...]) -> str:
    """The page that shows them."""
    parts = (f"\n## {shot.name.replace('-', ' ')}\n\n{shot.says}\n\n{pictures(shot)}\n" for shot in shots)
    return HEAD + "".join(parts)


def pictures(shot: Shot) -> str:
    """A shot in both themes, side by side."""
    return " ".join(f'<img src="{shot.name}-{theme}.webp" alt="{shot.says} ({theme})" width="49%">' for theme in THEMES)


def main(names: list[str]) -> None:
    """Take them all, or some by name."""
    path = find()
    if path is None:
        raise SystemExit(MISSING)
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "README.md").write_text(page_of(shots()))
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for shot in (shot for shot in shots() if not names or shot.name in names):
            for theme in THEMES:
                take(browser, server.url, shot, theme)
            print(f"docs/gallery/{shot.name}")  # noqa: T201 - the answer to `make gallery`
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
