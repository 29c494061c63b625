"""When things go wrong: the server is away, the recipe is too large, the values explode, the line is slow."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.browser.explorer import state, until, visit

AWAY = ("net::ERR_", "status of 4")


def cut(page: Page) -> list[bool]:
    """Cut the line to the API while the list's one value is true."""
    away = [True]

    def answer(route: Route) -> None:
        if away[0]:
            route.abort("connectionrefused")
        else:
            route.continue_()

    page.route("**/api/v1/**", answer)
    return away


def hold(page: Page, address: str) -> list[Route]:
    """Let requests wait until they are told to go on."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    page.route(address, keep)
    return held


def test_the_server_is_away_and_the_page_goes_on(open_page: Callable[..., Any]) -> None:
    page, witness = open_page()
    witness.forgive += AWAY
    visit(page)
    away = cut(page)
    page.select_option("#recipe-cell", "lstm")
    notice = page.locator("#notice")
    expect(notice).to_contain_text("The server does not answer. Asking again")
    page.keyboard.press("Escape")
    page.locator("#network").focus()
    page.keyboard.press("f")
    until(page, "unrolled.player.state.phase === 'forward'")  # what is there still plays
    page.keyboard.press("ArrowRight")
    until(page, "unrolled.player.state.t === 1")
    expect(notice).to_contain_text("The page still shows the run before", timeout=60_000)
    assert page.evaluate("unrolled.stage.trace.recipe.cell") == "rnn-tanh"
    away[0] = False
    notice.get_by_role("button", name="Try again").click()
    until(page, "unrolled.stage.trace.recipe.cell === 'lstm'")
    expect(notice).to_be_hidden()


def test_a_panel_without_its_server_says_so(open_page: Callable[..., Any]) -> None:
    page, witness = open_page()
    witness.forgive += AWAY
    visit(page)
    cut(page)
    page.locator(".legend-line").first.click()
    expect(page.locator(".panel-explained")).to_contain_text("server", ignore_case=True)
    assert state(page)["focus"] is not None


def test_a_door_that_does_not_come_says_so_and_comes_later(open_page: Callable[..., Any]) -> None:
    page, witness = open_page()
    witness.forgive += (*AWAY, "Failed to fetch dynamically")
    visit(page)
    page.route("**/tool-gallery*.pack.js", lambda route: route.abort())
    page.click("#examples")
    expect(page.locator("#notice")).to_contain_text("the server cannot be reached")


def test_too_large_a_recipe_names_the_nearest_that_fits(open_page: Callable[..., Any]) -> None:
    page, witness = open_page()
    witness.forgive += AWAY
    words = "+".join(f"w{number}" for number in range(600))
    visit(page, f"/?hidden=256&text={words}")
    offers = page.locator(".field-problem:visible .mend")
    expect(offers.first).to_have_text("Use the first 512 words")
    expect(page.locator("#notice")).to_be_hidden()  # it is said under the field, with the way out
    assert page.locator(".belt .step").count() > 0  # a picture is there all the same
    offers.first.click()
    until(page, "document.querySelector('#recipe-text').value.endsWith('w511')")
    expect(offers.last).to_contain_text("Use ")  # so many units are too many for so many words
    count = offers.count()
    offers.last.click()
    until(page, "unrolled.stage.trace.dims.time > 100 && !unrolled.stage.trace.partial", 60)
    expect(page.locator("#notice[data-kind=problem]")).to_have_count(0)
    assert count >= 1


def test_values_that_explode_are_shown_and_explained(page: Page) -> None:
    visit(page, "/?cell=rnn-relu&gain=100&data=adding&length=300")
    expect(page.locator("#notice")).to_have_attribute("data-kind", "result")
    expect(page.locator("#notice")).to_contain_text("not finite")
    assert page.locator(".belt .step").count() > 0


def test_on_a_slow_line_the_page_is_never_blank(open_page: Callable[..., Any]) -> None:
    page, _ = open_page()
    held = hold(page, "**/page*.pack.js")
    page.goto("/", wait_until="commit")
    until(page, "document.querySelector('.coming') !== null")
    expect(page.locator(".coming")).to_be_visible()
    expect(page.locator("#recipe-text")).to_be_visible()
    until(page, "document.readyState !== 'loading'")
    for route in held:
        route.continue_()
    until(page, "document.documentElement.dataset.ready === 'interactive'", 30)
    expect(page.locator(".coming")).to_be_hidden()


def test_a_run_on_a_slow_line_tells_how_far_it_is(page: Page) -> None:
    visit(page)
    held = hold(page, "**/traces/stream*")
    page.select_option("#recipe-cell", "gru")
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.locator("#notice")).to_contain_text("Asking for the run")
    assert page.evaluate("unrolled.stage.trace.recipe.cell") == "rnn-tanh"
    assert page.locator(".belt .step").count() > 0
    for route in held:
        route.continue_()
    until(page, "unrolled.stage.trace.recipe.cell === 'gru'")
    expect(page.locator("#notice")).to_be_hidden()
