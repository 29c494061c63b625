"""The geometry of the state, in a real browser."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.explorer import until, visit

QUERY = "cell=rnn-tanh&hidden=2"


def open_tool(page: Page, query: str = QUERY, more: str = "t=3") -> None:
    visit(page, f"/?{query}#{more}&tool=geometry")
    expect(page.locator(".geometry-body")).to_be_visible()


def place_of(page: Page, step: int) -> tuple[float, float]:
    """Where the point after a step stands on the screen; the first is where the run begins."""
    box = page.locator(".plane-dot").nth(step + 1).bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_the_portrait_shows_what_the_engine_says(page: Page) -> None:
    open_tool(page)
    told = page.evaluate(f"fetch('/api/v1/geometry?{QUERY}').then((answer) => answer.json())")
    expect(page.locator(".plane-dot")).to_have_count(len(told["path"]["points"]))
    arrows = page.locator(".plane-field path").get_attribute("d")
    assert arrows
    assert arrows.count("M") == 2 * told["portrait"]["count"] ** 2
    kind = told["portrait"]["inputs"][told["portrait"]["reads"][3]]
    expect(page.locator(".fixed-list .fixed")).to_have_count(len(kind["fixed"]))
    expect(page.locator(".spectrum-circle .spectrum-dot")).to_have_count(2)


def test_a_click_on_the_way_goes_to_that_step_and_the_cursor_follows_the_player(page: Page) -> None:
    open_tool(page)
    page.mouse.click(*place_of(page, 5))
    until(page, "unrolled.player.state.t === 5")
    expect(page.locator(".plane-readout")).to_contain_text("After step 5")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".spectrum h3")).to_contain_text("step 4")
    page.mouse.move(*place_of(page, 1))
    expect(page.locator(".plane-readout")).to_contain_text("After step 1")
    assert page.evaluate("unrolled.player.state.t") == 4


def test_field_and_frame_are_chosen_and_the_address_holds_them(page: Page) -> None:
    open_tool(page)
    own = page.locator(".plane-field path").get_attribute("d")
    page.select_option("#geometry-input", "0")
    until(page, "location.hash.includes('input=0')")
    assert page.locator(".plane-field path").get_attribute("d") != own
    ticks = "[...document.querySelectorAll('.plane-tick')].map((tick) => tick.textContent).join()"
    before = page.evaluate(ticks)
    page.get_by_role("button", name="Zoom to the path").click()
    until(page, "location.hash.includes('box=path')")
    until(page, f"{ticks} !== '{before}'")
    page.reload()
    expect(page.locator("#geometry-input")).to_have_value("0")
    expect(page.get_by_role("button", name="Zoom to the path")).to_have_attribute("aria-pressed", "true")


def test_many_units_are_seen_by_their_components_with_a_table(page: Page) -> None:
    open_tool(page, "cell=lstm&hidden=6")
    expect(page.locator(".tool-geometry")).to_contain_text("of the variance is in this plane")
    expect(page.locator(".spectrum-circle .spectrum-dot")).to_have_count(12)
    page.locator(".tool-geometry summary").click()
    expect(page.locator(".geometry-table tbody tr")).to_have_count(9)


def test_another_run_has_another_way(page: Page) -> None:
    open_tool(page)
    before = page.locator(".plane-path").last.get_attribute("d")
    page.fill("input[name=seed]", "7")
    page.keyboard.press("Enter")
    until(page, f"document.querySelectorAll('.plane-path')[1].getAttribute('d') !== '{before}'")


def test_a_network_of_several_chains_is_told_that_its_geometry_is_not_there(page: Page) -> None:
    visit(page, "/?cell=gru&topology=bidirectional#tool=geometry")
    expect(page.locator(".tool-geometry")).to_contain_text("not there yet")
    expect(page.locator(".geometry-body")).to_be_hidden()


def test_by_touch_on_a_phone(open_page: Callable[..., Any]) -> None:
    page, _ = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    open_tool(page)
    page.locator(".plane").scroll_into_view_if_needed()
    page.touchscreen.tap(*place_of(page, 6))
    until(page, "unrolled.player.state.t === 6")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("theme", ["light", "dark", "projector"])
def test_axe_finds_nothing_serious(page: Page, axe: Callable[[Page], list[str]], theme: str) -> None:
    open_tool(page, f"{QUERY}&theme={theme}")
    page.locator(".tool-geometry summary").click()
    expect(page.locator(".geometry-table")).to_be_visible()
    assert axe(page) == []
