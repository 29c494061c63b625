"""Files without a server, opened from the disk, from a frame of a file and from an address that holds them."""

from base64 import b64encode
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import Opener
from tests.browser.decks import ASK, PLACE, READY, embedded, frame_of, plain, reveal_deck, until
from tests.serving import Server, serving

PATHS = {"view": "matrix.html?cell=lstm", "step": "lecture/vanishing/1.html", "lesson": "lecture/lstm.html"}


@pytest.fixture(scope="module")
def files(base_url: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The files, kept."""
    folder = tmp_path_factory.mktemp("files")
    for name, path in PATHS.items():
        (folder / f"{name}.html").write_bytes(httpx.get(f"{base_url}/export/{path}", timeout=60).content)
    return {name: folder / f"{name}.html" for name in PATHS}


def offline(open_page: Opener) -> tuple[Page, list[str]]:
    """A page, and all that is asked for while it lives."""
    page, witness = open_page()
    witness.forgive.append("file://")
    asked: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith("data:"):
            asked.append(request.url)

    page.on("request", note)
    return page, asked


@pytest.mark.parametrize("name", PATHS)
def test_a_file_lives_and_asks_for_nothing(name: str, open_page: Opener, files: dict[str, Path]) -> None:
    page, asked = offline(open_page)
    page.goto(files[name].as_uri())
    until(page, lambda: page.evaluate(READY))
    page.locator("[data-does=play]").click()
    until(page, lambda: page.evaluate("unrolled.player.state.playing"))
    page.locator(".frame-plot:visible").first.click()
    until(page, lambda: not page.evaluate("unrolled.player.state.playing"))
    assert asked == [files[name].as_uri()]


def test_a_single_file_of_a_deck_has_embeds_in_its_addresses(
    open_page: Opener, files: dict[str, Path], tmp_path: Path
) -> None:
    """What Quarto makes of a frame with `embed-resources: true`: its page becomes its address."""
    page, _ = offline(open_page)
    held = {name: f"data:text/html;base64,{b64encode(path.read_bytes()).decode()}" for name, path in files.items()}
    page.goto(plain(tmp_path, *(frame_of(source, 'role="img"') for source in held.values())).as_uri())
    until(page, lambda: len(page.frames) == 4 and all(frame.evaluate(READY) for frame in page.frames[1:]), 20)
    assert page.evaluate(ASK, {"do": "step"})["ok"] is True
    frame = page.frames[2]
    frame.locator(".lesson-option input").first.check()
    expect(frame.locator(".lesson-option.is-answer")).to_have_count(1)


def test_a_reveal_deck_with_files_beside_it(open_page: Opener, files: dict[str, Path], tmp_path: Path) -> None:
    page, _ = offline(open_page)
    page.goto(reveal_deck(tmp_path, *(path.as_uri() for path in files.values())).as_uri())
    first = embedded(page, "view.html")
    until(page, lambda: first.evaluate("unrolled.player.state.playing"))
    page.keyboard.press("ArrowRight")
    embedded(page, "step.html")


# -- the deck -----------------------------------------------------------------------------------------------

DECK = "/lecture/lstm/2/deck"


def place(page: Page) -> int:
    """Which slide it is."""
    found: int = page.evaluate("unrolled.place")
    return found


def opened(page: Page, address: str = DECK) -> Page:
    """A deck that has come to life."""
    page.goto(address)
    until(page, lambda: page.evaluate(READY))
    return page


def test_a_deck_by_its_keys(page: Page) -> None:
    opened(page)
    began = place(page)
    for key, by in (("PageDown", 1), ("PageUp", 0), ("ArrowRight", 1), (" ", 2), ("ArrowLeft", 1)):
        page.keyboard.press(key)
        assert place(page) == began + by, key
    until(page, lambda: page.url.endswith("/lecture/lstm/3/deck"))
    before = page.evaluate(PLACE)["t"]
    page.keyboard.press(",")
    until(page, lambda: page.evaluate(PLACE)["t"] != before)
    page.keyboard.press("b")
    expect(page.locator(".deck-black")).to_be_visible()
    page.keyboard.press("b")
    expect(page.locator(".deck-black")).to_be_hidden()
    page.keyboard.press("o")
    expect(page.locator(".deck-overview")).to_be_visible()
    page.locator(".deck-overview button").first.click()
    assert place(page) == 0
    page.keyboard.press("End")
    assert place(page) == page.evaluate("unrolled.deck.slides.length") - 1


def test_the_lecturers_window_follows_and_leads(page: Page) -> None:
    opened(page)
    with page.expect_popup() as popup:
        page.keyboard.press("s")
    second = popup.value
    until(second, lambda: second.evaluate(READY))
    expect(second.locator(".deck-clock")).to_be_visible()
    expect(second.locator(".deck-following")).to_contain_text(":")
    second.keyboard.press("PageDown")
    until(page, lambda: place(page) == place(second))
    page.keyboard.press("PageDown")
    until(page, lambda: place(page) == place(second))
    second.keyboard.press("b")
    until(page, lambda: page.evaluate("document.documentElement.classList.contains('is-black')"))
    expect(second.locator(".lesson-title")).to_be_visible()


def test_a_deck_whose_server_has_gone_goes_on(open_page: Opener, tmp_path: Path) -> None:
    page, witness = open_page()
    with serving(tmp_path) as server:
        whole(page, server, witness.forgive)
    for _ in range(12):
        page.keyboard.press("PageUp")
        until(page, lambda: not page.evaluate("document.documentElement.classList.contains('is-coming')"))
    page.keyboard.press("Enter")
    until(page, lambda: page.evaluate("unrolled.player.state.playing"))


def whole(page: Page, server: Server, forgive: list[str]) -> None:
    """A deck of a server that is about to go, with everything here."""
    forgive += [server.url, "ERR_CONNECTION_REFUSED"]
    opened(page, server.url + DECK)
    until(page, lambda: page.evaluate("unrolled.deck.missing(0).length") == 0, 60)


@pytest.mark.parametrize("size", [(1920, 1080), (1024, 768), (390, 844)])
def test_a_slide_fits_the_wall(size: tuple[int, int], page: Page) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    opened(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    if size[0] > size[1]:
        assert page.evaluate("document.documentElement.scrollHeight") <= size[1]
        assert page.evaluate("(f => f.scrollHeight - f.clientHeight)(document.querySelector('#figures'))") <= 1
