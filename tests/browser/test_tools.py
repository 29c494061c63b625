"""The bench of tools: tabs, what is fetched when, the address, undo and redo."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Opener
from tests.browser.explorer import until, visit

Axe = Callable[[Page], list[str]]


def tab(page: Page, name: str) -> Locator:
    """A tab of the bench."""
    return page.get_by_role("tab", name=name, exact=True)


def test_a_tool_is_fetched_when_it_is_first_opened_and_kept(page: Page) -> None:
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    visit(page)
    assert not [url for url in fetched if "tool" in url.rsplit("/", 1)[-1]]
    tab(page, "Train").click()
    expect(page.locator(".tool-train")).to_be_visible()
    assert len([url for url in fetched if url.endswith("tool-train.pack.js")]) == 1
    tab(page, "Inspect").click()
    expect(page.locator(".tool-train")).to_be_hidden()
    tab(page, "Train").click()
    expect(page.locator(".tool-train")).to_be_visible()
    assert len([url for url in fetched if url.endswith("tool-train.pack.js")]) == 1
    assert page.locator(".tool-train").count() == 1


def test_the_open_tool_is_part_of_the_address(page: Page) -> None:
    visit(page)
    tab(page, "Race").click()
    until(page, "location.hash === '#tool=race'")
    page.reload()
    expect(page.locator(".tool-race")).to_be_visible()
    expect(tab(page, "Race")).to_have_attribute("aria-selected", "true")


def test_the_tabs_are_a_row_for_the_arrow_keys(page: Page) -> None:
    visit(page)
    tab(page, "Inspect").focus()
    page.keyboard.press("ArrowRight")
    expect(tab(page, "Train")).to_be_focused()
    expect(tab(page, "Train")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("End")
    selected = page.locator("[role=tab][aria-selected=true]")
    expect(selected).to_be_focused()
    page.keyboard.press("Home")
    expect(tab(page, "Inspect")).to_be_focused()
    assert page.evaluate("unrolled.player.state.t") == 0, "the arrows belong to the tabs"


def test_an_unknown_tool_opens_the_first(page: Page) -> None:
    visit(page, "/#tool=nothing")
    expect(tab(page, "Inspect")).to_have_attribute("aria-selected", "true")
    expect(page.locator("focus-panel")).to_be_visible()


def test_tabs_that_do_not_fit_lie_under_more(page: Page) -> None:
    visit(page)
    page.evaluate("document.querySelector('#bench').style.width = '15rem'")
    expect(page.locator(".tabs-more")).to_be_visible()
    page.locator(".tabs-more summary").click()
    item = page.locator(".tabs-item:visible").last
    name = item.inner_text()
    item.click()
    expect(tab(page, name)).to_be_visible()
    expect(tab(page, name)).to_have_attribute("aria-selected", "true")


def test_on_a_phone_the_row_of_tabs_scrolls_inside_itself(open_page: Opener) -> None:
    page, _ = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    visit(page)
    last = page.get_by_role("tab").last
    last.scroll_into_view_if_needed()
    last.tap()
    expect(last).to_have_attribute("aria-selected", "true")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = "(tab) => tab.getBoundingClientRect().height < 43.5"
    assert not page.evaluate(f"[...document.querySelectorAll('[role=tab]')].some({small})")


def test_what_was_done_is_undone_and_done_again(page: Page) -> None:
    visit(page)
    expect(page.locator("#undo")).to_be_disabled()
    page.locator("#recipe-cell").select_option("lstm")
    until(page, "unrolled.stage.trace.recipe.cell === 'lstm'")
    tab(page, "Train").click()
    until(page, "location.hash === '#tool=train'")
    page.locator("#undo").click()
    until(page, "unrolled.player.state.tool === 'inspect'")
    assert page.evaluate("unrolled.stage.trace.recipe.cell") == "lstm"
    page.locator("body").press("Control+z")
    until(page, "unrolled.stage.trace.recipe.cell === 'rnn-tanh'")
    expect(page.locator("#undo")).to_be_disabled()
    expect(page.locator("#recipe-cell")).to_have_value("rnn-tanh")
    page.locator("body").press("Control+Shift+z")
    until(page, "unrolled.stage.trace.recipe.cell === 'lstm'")
    page.locator("#redo").click()
    until(page, "unrolled.player.state.tool === 'train'")
    expect(page.locator("#redo")).to_be_disabled()


def test_undo_in_a_text_belongs_to_the_text(page: Page) -> None:
    visit(page)
    page.locator("#recipe-cell").select_option("gru")
    until(page, "unrolled.stage.trace.recipe.cell === 'gru'")
    text = page.locator("#recipe-text")
    text.click()
    page.keyboard.press("End")
    page.keyboard.type("s")
    page.keyboard.press("Control+z")
    expect(text).not_to_have_value("This morning I took the dog for a walk.s")
    assert page.evaluate("unrolled.stage.trace.recipe.cell") == "gru"


def test_a_tool_that_does_not_come_says_so_and_can_be_asked_for_again(open_page: Opener) -> None:
    page, witness = open_page()
    witness.forgive += ["Failed to load resource", "net::ERR_FAILED"]
    visit(page)
    page.route("**/tool-train.pack.js", lambda route: route.abort())
    tab(page, "Train").click()
    expect(page.get_by_text("This tool did not come")).to_be_visible()


def test_the_bench_is_accessible_with_every_tool_open(page: Page, axe: Axe) -> None:
    visit(page)
    for name in page.get_by_role("tab").all_inner_texts():
        tab(page, name).click()
        until(page, "!document.querySelector('.bench-pane:not([hidden]) .bench-wait')")
        assert axe(page) == [], name
