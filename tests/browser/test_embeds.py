"""Embeds in other people's pages, really framed: decks as files, pages of another origin, frames without any rights."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener
from tests.browser.decks import ASK, PLACE, READY, elsewhere, embedded, frame_of, plain, reveal_deck, until

LESSON = "/embed/lecture/vanishing/1"


def foreign(open_page: Opener, **options: object) -> Page:
    """A page that may come from elsewhere."""
    page, witness = open_page(**options)
    witness.forgive += ["file://", "/plain.html", "/favicon.ico"]
    return page


def test_a_reveal_deck_from_a_file_shows_plays_and_keeps_its_arrow_keys(
    open_page: Opener, base_url: str, tmp_path: Path
) -> None:
    page = foreign(open_page)
    sources = [base_url + path for path in ("/embed/network?speed=1", "/embed/matrix?cell=lstm", LESSON)]
    page.goto(reveal_deck(tmp_path, *sources).as_uri())
    first = embedded(page, "/embed/network")
    until(page, lambda: first.evaluate("unrolled.player.state.playing"))  # its slide is there: it begins by itself
    second = embedded(page, "/embed/matrix")
    assert second.evaluate(PLACE)["playing"] is False  # loaded ahead, but not yet shown
    first.locator(".screenful").click(position={"x": 20, "y": 4})
    page.keyboard.press("ArrowRight")  # the frame has the keyboard now
    until(page, lambda: page.evaluate("Reveal.getIndices().h") == 1)
    until(page, lambda: second.evaluate("unrolled.player.state.playing"))
    second.locator("#view-contributions .frame-plot").click()
    page.keyboard.press("PageDown")
    until(page, lambda: page.evaluate("Reveal.getIndices().h") == 2)
    until(page, lambda: not second.evaluate("unrolled.player.state.playing"))
    third = embedded(page, "/vanishing/1")
    third.locator("#view-contributions .frame-plot").click()
    before = third.evaluate(PLACE)["t"]
    page.keyboard.press(",")
    until(page, lambda: third.evaluate(PLACE)["t"] != before)
    assert page.evaluate("Reveal.getIndices().h") == 2
    page.keyboard.press("ArrowLeft")
    until(page, lambda: page.evaluate("Reveal.getIndices().h") == 1)


def test_a_plain_page_of_another_origin_speaks_with_its_embed(open_page: Opener, base_url: str, tmp_path: Path) -> None:
    page = foreign(open_page)
    frames = [frame_of(base_url + path) for path in ("/embed/network", "/embed/gates?cell=gru", LESSON)]
    plain(tmp_path, *frames)
    with elsewhere(tmp_path) as host:
        page.goto(f"{host}/plain.html")
        for part in ("/embed/network", "/embed/gates", LESSON):
            embedded(page, part)
        state = page.evaluate(ASK, {"do": "get"})["state"]
        assert (state["t"], state["phase"], state["playing"], state["steps"]) == (0, "whole", False, 8)
        assert page.evaluate(ASK, {"do": "set", "state": {"t": 3, "phase": "forward"}})["state"]["t"] == 3
        assert page.evaluate(ASK, {"do": "step", "by": 2})["state"]["t"] == 5
        assert page.evaluate(ASK, {"do": "play"})["state"]["playing"] is True
        assert page.evaluate(ASK, {"do": "pause"})["state"]["playing"] is False
        wrong = page.evaluate(ASK, {"do": "set", "state": {"colour": "red"}})
        assert wrong["ok"] is False
        assert "colour" in wrong["error"]


def test_a_frame_without_any_rights(open_page: Opener, base_url: str, tmp_path: Path) -> None:
    page = foreign(open_page)
    page.goto(plain(tmp_path, frame_of(f"{base_url}/embed/lecture/lstm/1", 'sandbox="allow-scripts"')).as_uri())
    frame = embedded(page, "/embed/lecture/lstm/1")
    assert frame.evaluate("origin") == "null"
    frame.locator("[data-does=play]").click()
    until(page, lambda: frame.evaluate("unrolled.player.state.playing"))
    assert page.evaluate(ASK, {"do": "pause"})["ok"] is True


def test_a_host_that_isolates_itself(open_page: Opener, base_url: str, tmp_path: Path) -> None:
    page = foreign(open_page)
    plain(tmp_path, frame_of(f"{base_url}/embed/network", 'loading="lazy"'))
    isolated = {"Cross_Origin_Embedder_Policy": "require-corp", "Cross_Origin_Opener_Policy": "same-origin"}
    with elsewhere(tmp_path, **isolated) as host:
        page.goto(f"{host}/plain.html")
        assert page.evaluate("crossOriginIsolated") is True
        embedded(page, "/embed/network")


@pytest.mark.parametrize("path", ["/", "/lecture/lstm/1", "/docs"])
def test_no_other_page_lets_itself_be_framed(path: str, open_page: Opener, base_url: str, tmp_path: Path) -> None:
    page, witness = open_page()
    witness.forgive += ["file://", "Refused to", "frame-ancestors", "Framing", "ERR_BLOCKED"]
    page.goto(plain(tmp_path, frame_of(base_url + path)).as_uri())
    page.wait_for_timeout(500)
    assert page.frames[1].url.startswith("chrome-error:")


def test_twelve_embeds_on_one_page_leave_the_line_free(open_page: Opener, base_url: str, tmp_path: Path) -> None:
    page = foreign(open_page)
    frames = [frame_of(f"{base_url}/embed/network?seed={seed}") for seed in range(12)]
    page.goto(plain(tmp_path, *frames).as_uri())
    until(page, lambda: all(f.evaluate(READY) for f in page.frames[1:]) and len(page.frames) == 13, 30)
    assert page.request.get(f"{base_url}/healthz").ok
    asked = [f.evaluate("performance.getEntriesByType('resource').map((e) => e.name)") for f in page.frames[1:]]
    assert not [name for names in asked for name in names if "/api/" in name]  # what it shows came with the page


@pytest.mark.parametrize("size", [(960, 540), (320, 180), (640, 360), (1920, 1080), (390, 700)])
@pytest.mark.parametrize(
    "path", ["/embed/network", "/embed/matrix?cell=lstm", "/embed/network?panels=network,states,loss"]
)
def test_it_fits_its_frame(size: tuple[int, int], path: str, page: Page) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(path)
    until(page, lambda: page.evaluate(READY))
    wide, high = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    assert wide <= size[0]
    assert high <= size[1]


def test_by_itself_it_has_the_keys_of_the_explorer(page: Page) -> None:
    page.goto("/embed/network")
    until(page, lambda: page.evaluate(READY))
    page.keyboard.press("f")
    page.keyboard.press("ArrowRight")
    until(page, lambda: page.evaluate(PLACE) == {"t": 1, "k": 0, "phase": "forward", "playing": False})


def test_a_still_picture_has_no_buttons_and_does_not_move(page: Page) -> None:
    page.goto("/embed/network?static=1&t=4&phase=forward")
    until(page, lambda: page.evaluate(READY))
    assert not page.locator("player-bar").is_visible()
    page.evaluate("postMessage('slide:start', '*')")
    page.wait_for_timeout(100)
    assert page.evaluate(PLACE) == {"t": 4, "k": 0, "phase": "forward", "playing": False}


def test_whoever_wants_less_motion_starts_it_themselves(open_page: Opener) -> None:
    page, _ = open_page(reduced_motion="reduce")
    page.goto("/embed/network")
    until(page, lambda: page.evaluate(READY))
    page.evaluate("postMessage('slide:start', '*')")
    page.wait_for_timeout(100)
    assert page.evaluate(PLACE)["playing"] is False
    page.locator("[data-does=play]").click()
    until(page, lambda: page.evaluate("unrolled.player.state.playing"))


def test_the_inside_of_the_cell_follows_the_player(page: Page) -> None:
    page.goto("/embed/cell?cell=lstm&t=2&phase=forward")
    until(page, lambda: page.evaluate(READY))
    drawing = page.locator("#cell .cell-drawing")
    expect(drawing).to_be_visible()
    expect(page.locator("#cell .cell-caption")).to_contain_text("Step 2")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#cell .cell-caption")).to_contain_text("Step 3")
    page.locator('#cell [data-node="f"]').first.press("Enter")
    until(page, lambda: page.evaluate("unrolled.player.state.focus?.node") == "f")
