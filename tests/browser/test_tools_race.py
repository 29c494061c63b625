"""A race in a real browser: who races, one bar and one cursor for all."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener
from tests.browser.explorer import until, visit

Axe = Callable[[Page], list[str]]

RACE = "/?updates=80&snapshots=4#tool=race"
OVER = re.compile(r"^All have run 80 updates\. \S+ is ahead: loss \d")
DRAWN = "[...document.querySelectorAll('.lane')].every((lane) => lane.querySelector('canvas').height > 10)"


def race(page: Page, address: str = RACE) -> None:
    """Open Race at an address and race to the end."""
    visit(page, address)
    page.get_by_role("button", name="Race", exact=True).click()
    expect(page.locator(".run-said")).to_have_text(re.compile("^All have run"), timeout=90_000)


@pytest.mark.parametrize(
    ("preset", "names"),
    [
        ("cells", ["tanh", "LSTM", "GRU"]),
        ("inits", ["ReLU, identity", "tanh", "LSTM"]),
        ("clips", ["clipping by norm", "clipping not at all"]),
    ],
)
def test_a_set_races_from_one_seed(page: Page, preset: str, names: list[str]) -> None:
    visit(page, RACE)
    page.locator("#race-preset").select_option(preset)
    expect(page.locator(".lane-name")).to_have_text(names)
    page.get_by_role("button", name="Race", exact=True).click()
    expect(page.locator(".run-said")).to_have_text(re.compile("^All have run 80"), timeout=90_000)
    label = page.locator(".tool-race .log-chart").get_attribute("aria-label") or ""
    assert all(name in label for name in names)


def test_one_bar_and_one_cursor_move_all_of_them(page: Page) -> None:
    race(page)
    expect(page.locator(".run-said")).to_have_text(OVER)
    until(page, DRAWN)
    pictures = "[...document.querySelectorAll('.lane-canvas')].map((canvas) => canvas.toDataURL()).join()"
    first = page.evaluate(pictures)
    losses = page.locator(".lane-loss").all_inner_texts()
    page.get_by_role("slider", name="Weights after so many updates").focus()
    page.keyboard.press("Home")
    until(page, "unrolled.player.state.epoch === 0")
    expect(page.locator(".lane-loss")).not_to_have_text(losses)
    until(page, f"{pictures} !== {first!r}")
    box = page.locator(".lane-canvas").first.bounding_box()
    assert box
    page.mouse.click(box["x"] + 0.7 * box["width"], box["y"] + 10)
    until(page, "unrolled.player.state.t === 5")


def test_the_recipe_of_the_page_joins_and_a_lane_leaves(page: Page) -> None:
    visit(page, "/?cell=lstm-peephole&updates=40&snapshots=2#tool=race")
    page.locator("#race-preset").select_option("clips")
    until(page, "location.hash.includes('race=clips')")
    page.get_by_role("button", name="Add this recipe").click()
    expect(page.locator(".lane")).to_have_count(3)
    until(page, "location.hash.includes('runs=')")
    before = page.evaluate("location.hash")
    page.get_by_role("button", name=re.compile("^Remove")).first.click()
    expect(page.locator(".lane")).to_have_count(2)
    until(page, f"location.hash !== {before!r}")
    page.reload()
    expect(page.locator(".lane")).to_have_count(2)
    expect(page.locator("#race-preset")).to_have_value("own")
    page.locator("#undo").click()
    until(page, f"location.hash === {before!r}")
    expect(page.locator(".lane")).to_have_count(3)


def test_a_run_can_be_shown_on_the_page(page: Page) -> None:
    visit(page, RACE)
    page.locator(".lane-name", has_text="GRU").click()
    until(page, "unrolled.stage.trace.recipe.cell === 'gru'")
    expect(page.locator(".lane-name")).to_have_text(["tanh", "LSTM", "GRU"])


def test_what_nobody_can_race_is_said(page: Page) -> None:
    visit(page, "/#tool=race&runs=%5B%5D")
    expect(page.locator(".run-said")).to_contain_text("Nobody races yet")


def test_on_a_phone_a_race_is_run_with_fingers(open_page: Opener, axe: Axe) -> None:
    page, _ = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    visit(page, RACE)
    page.get_by_role("button", name="Race", exact=True).tap()
    expect(page.locator(".run-said")).to_have_text(OVER, timeout=90_000)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert axe(page) == []
