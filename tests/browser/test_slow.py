"""A timestep in slow motion: drawing, equation and number together, in a real browser."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.explorer import until, visit

QUERY = "cell=lstm&hidden=4"


def steps_of(page: Page, t: int, unit: int = 0, query: str = QUERY, node: str = "h") -> Any:
    url = f"/api/v1/explain?{query}&node={node}&t={t}&unit={unit}"
    return page.evaluate(f"fetch('{url}').then((answer) => answer.json())")["steps"]


def number(value: float) -> str:
    return f"{float(f'{value:.3g}'):g}".replace("-", "\u2212")


def test_each_operation_lights_its_part_its_equation_and_says_its_number(page: Page) -> None:
    visit(page, f"/?{QUERY}#t=2&phase=forward&sub=0")
    steps = steps_of(page, 2)
    expect(page.locator(".slow-number")).to_contain_text(number(steps[0]["value"]))
    expect(page.locator(".part.is-now")).to_have_attribute("data-node", "f")
    expect(page.locator(".legend-line.is-now")).to_have_attribute("data-node", "f")
    names = [step["id"] for step in steps]
    for _ in range(names.index("c")):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".slow-number")).to_contain_text(number(steps[names.index("c")]["value"]))
    expect(page.locator(".legend-line.is-now")).to_have_attribute("data-node", "c")
    assert page.evaluate("unrolled.player.state.t") == 2


def test_after_the_last_operation_comes_the_next_step_and_before_the_first_the_one_before(page: Page) -> None:
    visit(page, f"/?{QUERY}#t=2&phase=forward&sub=0")
    page.keyboard.press("ArrowLeft")
    last = len(steps_of(page, 1)) - 1
    until(page, f"unrolled.player.state.t === 1 && unrolled.player.state.sub === {last}")
    page.keyboard.press("ArrowRight")
    until(page, "unrolled.player.state.t === 2 && unrolled.player.state.sub === 0")
    until(page, "location.hash.includes('sub=0')")


def test_backward_the_gradients_come_from_the_other_end(page: Page) -> None:
    visit(page, f"/?{QUERY}#t=2&phase=backward&sub=0")
    steps = steps_of(page, 2)
    expect(page.locator(".slow-number")).to_contain_text(number(steps[-1]["gradient"]))
    expect(page.locator(".legend-line.is-now")).to_have_attribute("data-node", "h")


def test_the_menu_and_a_key_turn_it_on_and_off(page: Page) -> None:
    visit(page, f"/?{QUERY}")
    page.get_by_label("Speed").select_option("detail")
    expect(page.locator(".slow")).to_be_visible()
    expect(page.locator(".cell-caption")).to_be_hidden()
    page.get_by_label("Speed").select_option("4")
    expect(page.locator(".slow")).to_be_hidden()
    page.locator("#network").focus()
    page.keyboard.press("d")
    expect(page.locator(".slow")).to_be_visible()
    page.keyboard.press("d")
    expect(page.locator(".slow")).to_be_hidden()


@pytest.mark.parametrize("cell", ["rnn-tanh", "gru", "gru-reset-after", "s = 0.5 * s_prev %2B relu(W @ x %2B u)"])
def test_every_cell_has_its_slow_motion(page: Page, cell: str) -> None:
    visit(page, f"/?cell={cell.replace(' ', '%20')}&hidden=3#t=1&phase=forward&sub=0")
    expect(page.locator(".slow-number")).to_contain_text("in unit 0")
    expect(page.locator(".part.is-now")).to_have_count(1)
    page.evaluate("unrolled.player.set({ sub: 999 })")
    expect(page.locator(".part.is-later")).to_have_count(0)


def test_on_a_phone_it_keeps_within_the_page(open_page: Callable[..., Any]) -> None:
    page, _ = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    visit(page, f"/?{QUERY}#t=2&phase=backward&sub=3")
    expect(page.locator(".slow-number")).to_contain_text("in unit 0")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("theme", ["light", "dark", "projector"])
def test_axe_finds_nothing_serious(page: Page, axe: Callable[[Page], list[str]], theme: str) -> None:
    visit(page, f"/?{QUERY}&theme={theme}#t=2&phase=forward&sub=20")
    expect(page.locator(".slow-number")).to_contain_text("in unit 0")
    assert axe(page) == []
