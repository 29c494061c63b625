"""What a visitor does, by the hands that other tests leave out: a finger on a phone, a mouse that drags, keys alone."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opener
from tests.browser.explorer import cell_of_matrix, step_of, until, visit

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def test_a_finger_plays_and_asks_a_node_and_a_cell_of_the_matrix(open_page: Opener) -> None:
    page, _ = open_page(**PHONE)
    visit(page)
    page.locator("[data-does=play]").tap()
    until(page, "unrolled.player.state.playing")
    page.locator("[data-does=play]").tap()
    until(page, "!unrolled.player.state.playing")
    page.locator("[data-phase=whole]").tap()
    step_of(page, 1).locator(".node-cell").tap()
    until(page, "unrolled.player.state.focus?.node === 's' && unrolled.player.state.t === 1")
    page.touchscreen.tap(*cell_of_matrix(page, t=6, k=3))
    until(page, "(({ focus, t, k }) => focus?.parameter === 'W' && t === 6 && k === 3)(unrolled.player.state)")
    expect(page.locator(".panel-explained")).to_contain_text("One use of")


@pytest.mark.parametrize("hand", ["mouse", "finger"])
def test_the_band_over_the_matrix_is_moved(hand: str, open_page: Opener) -> None:
    page, _ = open_page(**(PHONE if hand == "finger" else {}))
    visit(page)
    bar = page.locator(".inset input")
    bar.evaluate("(bar) => bar.scrollIntoView({ block: 'center', behavior: 'instant' })")
    box = bar.bounding_box()
    assert box
    y, (third, last) = box["y"] + box["height"] / 2, (box["x"] + 8 + (box["width"] - 16) * n / 7 for n in (2, 7))
    if hand == "finger":
        page.touchscreen.tap(third, y)
    else:
        page.mouse.move(last, y)
        page.mouse.down()
        page.mouse.move(third, y, steps=5)
        page.mouse.up()
    expect(page.locator(".inset-words")).to_contain_text("3 of 8 steps kept")
    until(page, "location.search.includes('window=3') && !unrolled.stage.trace.partial")
    expect(page.locator("#view-contributions .cut")).to_have_attribute("d", re.compile(r"M.+Z"))


def test_fingers_undo_and_share(open_page: Opener) -> None:
    page, _ = open_page(**PHONE)
    visit(page)
    page.locator("#recipe-cell").select_option("gru")
    until(page, "unrolled.stage.trace.recipe.cell === 'gru' && !unrolled.stage.trace.partial")
    expect(page.locator("#undo")).to_be_enabled()
    page.locator("#undo").tap()
    until(page, "unrolled.stage.trace.recipe.cell === 'rnn-tanh'")
    page.locator("#share").tap()
    expect(page.locator("dialog[open]")).to_be_visible()


def test_keys_alone_train_and_share(open_page: Opener) -> None:
    page, _ = open_page()
    visit(page, "/?hidden=4&updates=20#tool=train")
    page.get_by_role("button", name="Train", exact=True).press("Enter")
    until(page, "unrolled.player.state.epoch === 20", 30)
    expect(page.locator(".origin:visible")).to_have_count(0)
    page.locator("#share").press("Enter")
    expect(page.locator("dialog[open]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
