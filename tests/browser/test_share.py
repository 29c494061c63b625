"""Sharing: the address of what is seen, what it hides, and the gallery of such addresses."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.explorer import rest, until, visit
from tools.examples import EXAMPLES

STATE = "/?cell=lstm&hidden=4#t=3&node=f&unit=2"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


def share(page: Page) -> None:
    """Open the dialogue and wait for its code."""
    page.click("#share")
    page.locator(".dialog-share .qr").wait_for()


def link(page: Page) -> str:
    """The link that would be copied."""
    return page.input_value(".share-link .share-text")


def test_the_link_gives_the_same_picture_again(page: Page, base_url: str) -> None:
    visit(page, STATE)
    share(page)
    assert link(page) == base_url + STATE
    expect(page.get_by_role("dialog", name="Share what you see")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".dialog-share")).to_be_hidden()


def test_what_is_copied_is_the_link(open_page: Callable[..., Any], base_url: str) -> None:
    page, _ = open_page(permissions=["clipboard-read", "clipboard-write"])
    visit(page, STATE)
    share(page)
    page.locator(".share-link .copy").click()
    expect(page.locator(".share-link .copy-said")).to_have_text("copied")
    assert page.evaluate("navigator.clipboard.readText()") == base_url + STATE


def test_what_is_ticked_is_hidden_by_the_link_and_said(page: Page) -> None:
    visit(page, STATE)
    share(page)
    page.click(".share-hide summary")
    for name in ("seed", "tool-train", "view-gates", "player"):
        page.check(f".share-hide input[value={name}]")
    assert parse_qs(urlsplit(link(page)).query)["hide"] == ["player,seed,tool-train,view-gates"]
    expect(page.locator(".share-note")).to_contain_text("4 controls are hidden")
    visit(page, link(page))
    for gone in (".field-seed", "#tab-train", "#view-gates", "player-bar"):
        expect(page.locator(gone)).not_to_be_visible()
    for there in (".field-cell", "#tab-race", "#view-states"):
        expect(page.locator(there)).to_be_visible()
    assert page.evaluate("unrolled.player.state.focus.node") == "f"


def test_what_is_hidden_stays_hidden_while_the_page_is_used(page: Page) -> None:
    visit(page, "/?hide=seed,tool-train#tool=train")
    assert page.get_by_role("tab", selected=True).inner_text() == "Inspect"
    page.select_option("#recipe-cell", "gru")
    until(page, "location.search.includes('cell=gru')")
    until(page, "location.search.includes('hide=')")
    expect(page.locator(".field-seed")).not_to_be_visible()


def test_who_sees_less_than_there_is_can_ask_for_all(page: Page) -> None:
    visit(page, "/?cell=lstm&hide=corner,recipe#t=2")
    expect(page.locator("#show-keys")).not_to_be_visible()
    page.keyboard.press("?")
    page.get_by_role("link", name="Show everything").click()
    rest(page)
    assert urlsplit(page.url).query == "cell=lstm"
    expect(page.locator("#show-keys")).to_be_visible()


def test_nothing_flickers_before_it_is_hidden(open_page: Callable[..., Any]) -> None:
    page, _ = open_page(java_script_enabled=False)
    page.goto("/?hide=recipe,player")
    expect(page.locator(".recipe")).not_to_be_visible()
    expect(page.locator("player-bar")).not_to_be_visible()


def test_the_frame_shows_the_picture_that_was_chosen(page: Page, base_url: str) -> None:
    visit(page, STATE)
    share(page)
    page.select_option(".share-choices select >> nth=0", "contributions")
    page.select_option(".share-choices select >> nth=1", "dark")
    snippet = page.input_value(".share section:nth-of-type(2) .share-text")
    address = f"{base_url}/embed/contributions?cell=lstm&amp;hidden=4&amp;theme=dark#t=3&amp;node=f&amp;unit=2"
    assert snippet.startswith(
        f'<iframe src="{address}" width="960" height="540" title="Unrolled: Who contributed to which error"'
    )


@pytest.mark.parametrize(
    "address", [STATE, "/?data=adding&length=20#tool=edit&edits=input,number,5,0.9_0.7&t=5", "/lecture/loss/2"]
)
def test_whatever_is_embedded_opens_in_its_frame(address: str, page: Page) -> None:
    visit(page, address)
    share(page)
    source = page.input_value(".share section:nth-of-type(2) .share-text").split('src="')[1].split('"')[0]
    page.goto(source.replace("&amp;", "&"))
    until(page, "document.documentElement.dataset.ready === 'interactive'")
    expect(page.locator("#network .step").first).to_be_visible()
    expect(page.locator("[role=alert]")).to_have_count(0)


def test_a_code_has_room_around_it_and_grows_with_the_address(page: Page) -> None:
    visit(page)
    share(page)
    before = int(page.locator(".qr").get_attribute("viewBox").split()[2])  # type: ignore[union-attr]
    page.click(".share-hide summary")
    for name in ("seed", "text", "data", "hidden", "tool-geometry", "view-contributions"):
        page.check(f".share-hide input[value={name}]")
    until(page, f"Number(document.querySelector('.qr').getAttribute('viewBox').split(' ')[2]) > {before}")
    assert page.locator(".qr").get_attribute("viewBox").startswith("-4 -4 ")  # type: ignore[union-attr]


@pytest.mark.parametrize("screen", [{}, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("door", ["share", "examples"])
def test_a_dialogue_is_accessible_and_fits(
    door: str, screen: dict[str, Any], open_page: Callable[..., Any], axe: Callable[[Page], list[str]]
) -> None:
    page, _ = open_page(**screen)
    visit(page)
    page.click(f"#{door}")
    body = page.locator(f".dialog-{door} .dialog-body")
    body.wait_for()
    page.wait_for_timeout(300)
    assert body.evaluate("(body) => body.scrollWidth <= body.clientWidth")
    assert axe(page) == []
    page.locator(".dialog-close:visible").click()
    expect(page.locator(f".dialog-{door}")).to_be_hidden()


def test_the_gallery_opens_without_asking_the_server_for_a_run(page: Page) -> None:
    visit(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.click("#examples")
    expect(page.locator(".example")).to_have_count(len(EXAMPLES))
    assert not [url for url in asked if "/api/" in url]
    blank = """[...document.querySelectorAll(".example canvas")].filter((canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return !data.some((byte, index) => index % 4 === 3 && byte > 0);
    }).length"""
    assert page.evaluate(blank) == 0


def test_an_example_opens_in_place_and_the_way_back_leads_back(page: Page) -> None:
    visit(page, "/?theme=dark")
    page.evaluate("window.same = true")
    page.click("#examples")
    page.click("[data-example=gates]")
    until(page, "unrolled.stage.trace.recipe.cell === 'lstm' && unrolled.player.state.focus?.node === 'f'")
    assert page.input_value("#recipe-cell") == "lstm"
    assert page.evaluate("window.same")
    assert parse_qs(urlsplit(page.url).query)["theme"] == ["dark"]
    page.click("#undo")
    until(page, "unrolled.stage.trace.recipe.cell === 'rnn-tanh'")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.id)
def test_every_example_opens_without_a_complaint(example: Any, page: Page) -> None:
    visit(page, f"/?{example.query}#{example.at}")
    expect(page.locator("#notice[data-kind=problem]")).to_have_count(0)
    tool = parse_qs(example.at).get("tool", ["inspect"])[0]
    expect(page.locator(f"#tab-{tool}")).to_have_attribute("aria-selected", "true")
    expect(page.locator(".bench-pane:not([hidden]) [role=alert]:visible")).to_have_count(0)
