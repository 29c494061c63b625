"""The page in German: the same picture one click away, nothing lost, nothing that does not fit."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.explorer import visit

STATE = "/?cell=lstm&hidden=6&text=the+cat+saw+the+dog#tool=edit&t=3&node=f&unit=2"
NARROW, WIDE = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


def switch(page: Page, language: str) -> None:
    """Go to the same page in another language, and wait until it can be used."""
    page.locator("#language").click()
    expect(page.locator(f'html[lang="{language}"][data-ready="interactive"]')).to_be_visible()
    page.wait_for_timeout(300)


def seen(page: Page) -> dict[str, object]:
    """What the visitor sees, as the player and the run have it."""
    script = """() => {
      const { t, k, phase, focus, tool, own } = unrolled.player.state;
      return { t, k, phase, focus, tool, own, id: unrolled.stage.trace.id, y: scrollY };
    }"""
    return dict(page.evaluate(script))


def test_switching_keeps_all_that_is_seen_there_and_back(page: Page) -> None:
    visit(page, STATE)
    before = seen(page)
    switch(page, "de")
    expect(page.get_by_role("tab", name="Eingriff")).to_have_attribute("aria-selected", "true")
    assert seen(page) == before
    assert "lang=de" in page.url
    switch(page, "en")
    assert seen(page) == before


def test_the_choice_is_kept_for_the_next_visit(page: Page) -> None:
    visit(page)
    switch(page, "de")
    visit(page)
    expect(page.locator("html")).to_have_attribute("lang", "de")


def test_a_step_of_a_lesson_stays_the_step_and_the_guess_the_guess(page: Page) -> None:
    visit(page, "/lecture/vanishing/1")
    page.locator(".lesson-option input").first.check()
    expect(page.locator(".lesson-verdict")).not_to_be_empty()
    switch(page, "de")
    assert "/lecture/vanishing/1?lang=de" in page.url
    expect(page.locator(".lesson-option input").first).to_be_checked()
    expect(page.locator(".lesson-verdict")).not_to_be_empty()
    expect(page.locator(".lesson-next")).to_have_text("Weiter")


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["desktop", "phone"])
@pytest.mark.parametrize("tool", ["inspect", "train", "race", "edit", "cell", "geometry", "weights", "find"])
def test_nothing_is_too_long_in_german(page: Page, tool: str, size: dict[str, int]) -> None:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    visit(page, f"/?cell=lstm&lang=de#t=3&tool={tool}")
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    script = """() => [...document.querySelectorAll('button, summary, label, .tab')]
      .filter((e) => e.clientWidth > 8 && e.scrollWidth > e.clientWidth + 1)
      .filter((e) => getComputedStyle(e).overflow === 'hidden')
      .map((e) => e.textContent.trim())"""
    assert page.evaluate(script) == []
    phases = page.locator(".phases")
    assert phases.evaluate("(e) => e.scrollWidth <= e.clientWidth + 1")


def test_german_is_for_everyone(page: Page, axe: Callable[[Page], list[str]]) -> None:
    visit(page, "/?cell=lstm&lang=de#t=3&node=f&unit=2")
    assert axe(page) == []


def test_no_english_is_left_on_the_page(page: Page) -> None:
    visit(page, "/?cell=lstm&lang=de#t=3&node=f&unit=2")
    expect(page.locator(".term-words").first).not_to_be_empty()
    shown = page.locator("body").inner_text()
    left = re.findall(r"\b(?:the input|from the|through|step|unit|error|weights|more|forget gate)\b", shown)
    assert left == []
