"""Finding the units that are on in just one part of the sequence, in a real browser."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.explorer import middle, step_of, until, visit

QUERY = "cell=lstm&hidden=16"


def open_tool(page: Page, more: str = "&range=2-4", query: str = QUERY) -> None:
    visit(page, f"/?{query}#t=3&tool=find{more}")
    expect(page.locator(".found-unit")).not_to_have_count(0)


def chosen(page: Page) -> list[str]:
    """The words of the range."""
    return page.locator(".word-strip [aria-selected='true']").all_inner_texts()


def test_the_end_that_was_not_typed_gives_way(page: Page) -> None:
    visit(page, "/?cell=lstm#tool=find&range=0-0")
    page.locator("#range-from").fill("3")
    page.locator("#range-from").press("Tab")
    expect(page.locator("#range-to")).to_be_focused()
    until(page, "location.hash.includes('range=3-3')")


def test_the_units_are_those_of_the_engine_best_first(page: Page) -> None:
    open_tool(page)
    told = page.evaluate(f"fetch('/api/v1/finding?{QUERY}&from=2&to=4&nodes=all').then((answer) => answer.json())")
    keys = page.locator(".found > li").evaluate_all("(items) => items.map((item) => item.dataset.key)")
    assert keys == [f"{each['node']} {each['unit']}" for each in told["found"]]
    just = sum(each["gap"] > 0 for each in told["found"])
    expect(page.locator(".tool-find [role=status]")).to_contain_text(f"{just} are on at every step of the range")


def test_a_range_is_dragged_over_the_words_under_the_network(page: Page) -> None:
    open_tool(page)
    first, last = step_of(page, 5).locator(".input"), step_of(page, 6).locator(".input")
    box = first.bounding_box()
    assert box
    page.mouse.move(middle(first), box["y"] + 12)
    page.mouse.down()
    page.mouse.move(middle(last), box["y"] + 14, steps=6)
    page.mouse.up()
    until(page, "location.hash.includes('range=5-6')")
    assert chosen(page) == ["dog", "for"]
    band = page.locator(".range-band").bounding_box()
    assert band
    assert band["x"] <= middle(first) <= middle(last) <= band["x"] + band["width"]


def test_a_range_is_dragged_over_the_words_of_the_tool(page: Page) -> None:
    open_tool(page)
    words = page.locator(".word-strip [role=option]")
    start, end = words.nth(6).bounding_box(), words.nth(4).bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 4, start["y"] + 6)
    page.mouse.down()
    page.mouse.move(end["x"] + 4, end["y"] + 6, steps=6)
    page.mouse.up()
    until(page, "location.hash.includes('range=4-6')")
    assert chosen(page) == ["the", "dog", "for"]


def test_shift_and_the_arrows_choose_a_range_and_leave_the_playhead_alone(page: Page) -> None:
    open_tool(page, "&range=1-1")
    page.locator(".word-strip").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    until(page, "location.hash.includes('range=2-4')")
    assert page.evaluate("unrolled.player.state.t") == 3
    active = page.locator(".word-strip").get_attribute("aria-activedescendant")
    assert active
    assert page.locator(f"#{active}").inner_text() == "the"


def test_two_numbers_choose_a_range_too(page: Page) -> None:
    open_tool(page)
    page.get_by_label("to step").fill("99")
    page.get_by_label("to step").press("Enter")
    until(page, "location.hash.includes('range=2-7')")
    assert len(chosen(page)) == 6


def test_the_whole_sequence_is_told_and_mended_with_one_click(open_page: Callable[..., Any]) -> None:
    page, witness = open_page()
    witness.forgive.append("status of 422")
    visit(page, f"/?{QUERY}#t=3&tool=find&range=0-7")
    expect(page.locator(".tool-find [role=alert]")).to_contain_text("leaves no step outside the range")
    page.locator(".tool-find .mend").click()
    until(page, "location.hash.includes('range=0-6')")
    expect(page.locator(".found-unit")).not_to_have_count(0)


def test_a_unit_is_framed_in_its_figure_and_its_other_places_are_listed(page: Page) -> None:
    open_tool(page, "&range=2-4&among=states")
    page.locator(".found-unit").first.click()
    expect(page.locator(".found-unit").first).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#view-states .unit-line")).to_be_visible()
    key = page.locator(".found > li").first.get_attribute("data-key")
    assert key
    node, unit = key.split()
    assert page.evaluate("unrolled.player.state.focus") == {"node": node, "unit": int(unit), "parameter": None}
    expect(page.locator(".found-places")).to_contain_text("Nowhere else in this run")
    last = page.locator(".found-unit").last
    last.click()
    page.locator(".snippet").first.click()
    until(page, "unrolled.player.state.t !== 2")


def test_another_text_is_searched_and_what_it_does_not_know_is_said(page: Page) -> None:
    open_tool(page)
    page.locator(".tool-find .tool-more summary").click()
    page.locator("#find-corpus").fill("I took the zebra for a walk, then the dog took the dog")
    expect(page.locator(".tool-find [role=status]")).to_contain_text("2 of the other text's words are unknown")
    page.locator(".found-unit").first.click()
    expect(page.locator(".found-places h3").last).to_contain_text("the other text")
    until(page, "location.hash.includes('corpus=')")


def test_gates_are_sought_too_and_framed_among_the_gates(page: Page) -> None:
    open_tool(page)
    expect(page.locator("#find-among")).to_have_value("all")
    expect(page.locator("#find-among option").first).to_have_text("states and gates (c, h, f, i, g, o)")
    until(page, "[...document.querySelectorAll('.found > li')].some((item) => /^[fio] /.test(item.dataset.key))")
    page.locator(".found > li[data-key^='i '] button, .found > li[data-key^='f '] button").first.click()
    expect(page.locator("#view-gates .unit-line")).to_be_visible()


def test_the_marks_go_with_the_tool_and_come_back_with_it(page: Page) -> None:
    open_tool(page)
    expect(page.locator(".range-band")).to_be_visible()
    page.get_by_role("tab", name="Inspect").click()
    expect(page.locator(".range-band")).to_be_hidden()
    page.get_by_role("tab", name="Find").click()
    expect(page.locator(".range-band")).to_be_visible()
    assert chosen(page) == ["I", "took", "the"]


def test_characters_are_chosen_like_words(page: Page) -> None:
    open_tool(page, "&range=5-11", "cell=gru&data=characters")
    assert "".join(chosen(page)) == "morning"


def test_by_touch_on_a_phone(open_page: Callable[..., Any]) -> None:
    page, _ = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    open_tool(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.locator(".word-strip [role=option]").nth(5).tap()
    until(page, "location.hash.includes('range=5-5')")
    sizes = page.locator(".tool-find :is(select, input, .found-unit)").evaluate_all(
        "(all) => all.filter((each) => each.offsetHeight > 0).map((each) => each.getBoundingClientRect().height)"
    )
    assert min(sizes) >= 44


@pytest.mark.parametrize("theme", ["light", "dark", "projector"])
def test_axe_finds_nothing_serious(page: Page, axe: Callable[[Page], list[str]], theme: str) -> None:
    open_tool(page, query=f"{QUERY}&theme={theme}")
    page.locator(".found-unit").first.click()
    expect(page.locator(".found-places")).to_be_visible()
    assert axe(page) == []
