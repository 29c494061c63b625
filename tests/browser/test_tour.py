"""The tour: it starts when asked, points at real parts of the page, notices what is done, and ends when told."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.explorer import cell_of_matrix, until, visit

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


def begin(page: Page) -> None:
    """Take the tour by way of the keys."""
    page.keyboard.press("?")
    page.click("#tour")
    page.locator(".tour").wait_for()


def onward(page: Page) -> None:
    page.locator(".tour-foot button").last.click()


def test_it_is_offered_once_and_starts_only_when_asked(page: Page) -> None:
    visit(page)
    expect(page.locator(".offer")).to_be_visible()
    expect(page.locator(".tour")).to_have_count(0)
    page.get_by_role("button", name="No, thanks").click()
    expect(page.locator(".offer")).to_have_count(0)
    visit(page)
    expect(page.locator(".offer")).to_have_count(0)


def test_who_begins_without_it_is_left_in_peace(page: Page) -> None:
    visit(page)
    page.locator(".legend-line").first.click()
    expect(page.locator(".offer")).to_have_count(0)


def test_who_would_rather_look_finds_the_examples_beside_it(page: Page) -> None:
    visit(page)
    page.get_by_role("button", name="See examples").click()
    expect(page.get_by_role("heading", name="Examples", exact=True)).to_be_visible()


def test_it_is_not_offered_where_something_was_asked_for(page: Page) -> None:
    for address in ("/?cell=lstm", "/#t=3", "/?hide=seed", "/lecture/loss/1"):
        visit(page, address)
        expect(page.locator(".offer")).to_have_count(0)


def test_what_is_done_at_a_stop_is_noticed(page: Page) -> None:
    visit(page)
    begin(page)
    done = page.locator(".tour-did")
    expect(done).to_be_empty()
    page.keyboard.press(" ")
    expect(done).to_have_text("That is it.")
    onward(page)
    expect(done).to_be_empty()
    page.click("[data-phase=backward]")
    expect(done).to_have_text("That is it.")
    onward(page)
    page.keyboard.press("w")
    page.mouse.click(*cell_of_matrix(page, 5, 2))
    expect(done).to_have_text("That is it.")


def test_the_keyboard_is_enough(page: Page) -> None:
    visit(page)
    begin(page)
    expect(page.locator(".tour")).to_be_focused()
    titles = []
    while page.locator(".tour").count():
        titles.append(page.locator("#tour-title").inner_text())
        anchored = page.locator(".is-toured")
        assert anchored.count() == 1
        expect(anchored).to_be_in_viewport()
        page.keyboard.press("Enter")
    assert len(titles) == len(set(titles)) == 7
    expect(page.locator("#network")).to_be_focused()
    begin(page)
    page.keyboard.press("Escape")
    expect(page.locator(".tour")).to_have_count(0)
    assert page.locator(".is-toured").count() == 0


def test_a_stop_whose_part_is_hidden_is_left_out(page: Page) -> None:
    visit(page, "/?hide=player,cell")
    begin(page)
    expect(page.locator(".tour-count")).to_have_text("1 of 4")


def test_on_a_phone_it_fits_and_is_accessible(open_page: Callable[..., Any], axe: Callable[[Page], list[str]]) -> None:
    page, _ = open_page(**PHONE)
    visit(page)
    begin(page)
    for _ in range(5):
        box = page.locator(".tour").bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 844
        expect(page.locator(".is-toured")).to_be_in_viewport()
        onward(page)
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_page_goes_on_while_it_is_open(page: Page) -> None:
    visit(page)
    begin(page)
    for _ in range(4):
        onward(page)
    page.select_option("#recipe-cell", "lstm")
    until(page, "unrolled.stage.trace.recipe.cell === 'lstm'")
    expect(page.locator(".tour-did")).to_have_text("That is it.")
