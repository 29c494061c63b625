"""The panel of what is in focus, in a real browser: the drawing of the cell, the numbers, the copies."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.explorer import state, until, visit


def value(page: Page, side: str) -> str:
    """The number beside a side's heading."""
    return page.locator(f".side-{side} .side-value").inner_text()


def part(page: Page, node: str) -> Locator:
    """A node in the drawing of the cell."""
    return page.locator(f".cell-drawing .part[data-node='{node}']").first


@pytest.mark.parametrize(
    ("cell", "nodes"),
    [("rnn-tanh", 2), ("lstm", 7), ("gru", 5), ("gru-reset-after", 5)],
)
def test_every_cell_is_drawn_and_its_equations_listed(page: Page, cell: str, nodes: int) -> None:
    visit(page, f"/?cell={cell}")
    expect(page.locator(".legend-line")).to_have_count(nodes)
    expect(page.locator(".legend-line .katex").first).to_be_attached()
    assert page.locator(".legend-line math").count() == nodes, "each formula has its MathML"
    assert page.locator(".cell-stage ul li").count() >= nodes, "the drawing has its twin in words"


def test_a_cell_of_ones_own_is_drawn_and_explained_like_the_others(page: Page) -> None:
    lines = [
        "f = sigmoid(W_f @ x + U_f @ h_prev + b_f)  # how much to keep",
        "n = tanh(W_n @ x + U_n @ (f * h_prev) + b_n)  # candidate",
        "h = (1 - f) * h_prev + f * n  # what is kept",
    ]
    visit(page, f"/?{urlencode({'cell': chr(10).join(lines)})}#t=3")
    expect(page.locator(".legend-name").first).to_have_text("how much to keep")
    part(page, "f").click(position={"x": 8, "y": 8})
    expect(page.locator(".side-backward .term")).to_have_count(3)


def test_a_node_of_the_drawing_opens_its_numbers_and_escape_closes_them(page: Page) -> None:
    visit(page, "/?cell=lstm#t=3")
    part(page, "f").click(position={"x": 8, "y": 8})
    expect(page.locator(".focused:visible .focus-name")).to_have_text("forget gate")
    expect(page.locator(".side-forward .term")).to_have_count(3)
    assert state(page)["focus"]["node"] == "f"
    page.keyboard.press("Escape")
    expect(page.locator(".panel-legend")).to_be_visible()


def test_a_node_can_be_opened_by_keyboard(page: Page) -> None:
    visit(page, "/?cell=lstm#t=3")
    part(page, "g").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".focused:visible .focus-name")).to_have_text("candidate")
    assert not page.evaluate("unrolled.player.state.playing")


def test_the_numbers_are_those_of_the_engine(page: Page) -> None:
    visit(page, "/?cell=lstm#t=3&node=f&unit=2")
    told = page.evaluate("fetch('/api/v1/explain?cell=lstm&node=f&t=3&unit=2').then((answer) => answer.json())")
    until(page, "document.querySelectorAll('.side-backward .term').length > 0")
    assert float(value(page, "forward")) == pytest.approx(told["forward"]["value"], rel=5e-3)
    shown = page.locator(".side-forward .term > button > .term-value").all_inner_texts()
    numbers = [float(text.replace("−", "-")) for text in shown]
    assert numbers == pytest.approx([term["value"] for term in told["forward"]["terms"]], rel=5e-3)


def test_values_follow_the_playhead_and_the_unit(page: Page) -> None:
    visit(page, "/?cell=lstm#t=3&node=h&unit=0")
    first = value(page, "forward")
    page.keyboard.press("ArrowRight")
    until(page, f"document.querySelector('.side-forward .side-value').textContent !== {first!r}")
    second = value(page, "forward")
    page.get_by_role("button", name="The next unit").click()
    until(page, f"document.querySelector('.side-forward .side-value').textContent !== {second!r}")
    until(page, "location.hash.includes('unit=1')")


def test_a_term_opens_to_the_words_and_units_in_it(page: Page) -> None:
    visit(page, "/?cell=lstm#t=3&node=f&unit=2")
    page.locator(".side-forward .term-head").filter(has_text="from the input").click()
    expect(page.locator(".part-name").filter(has_text="took")).to_be_visible()


def test_a_contribution_is_said_in_words(page: Page) -> None:
    visit(page, "/#t=5&k=2&parameter=U")
    expect(page.locator(".sentence")).to_contain_text(
        "at step 2 (“I”) contributed to the gradient of the error at step 5"
    )
    expect(page.locator(".chain-dot")).to_have_count(4)
    page.locator(".where").get_by_label("used at step").fill("0")
    page.locator(".where").get_by_label("used at step").press("Enter")
    expect(page.locator(".sentence")).to_contain_text("at step 0 (“This”)")


@pytest.mark.parametrize(
    ("name", "piece"),
    [
        ("LaTeX", "f_{t} = \\sigma"),
        ("NumPy", "np.exp(-(((W_f @ x) + (U_f @ h_prev) + b_f)))"),
        ("curl", "/api/v1/explain?cell=lstm&node=f&t=3&unit=2'"),
    ],
)
def test_what_is_shown_can_be_copied(open_page: Callable[..., Any], name: str, piece: str) -> None:
    page, _ = open_page(permissions=["clipboard-read", "clipboard-write"])
    visit(page, "/?cell=lstm#t=3&node=f&unit=2")
    until(page, "document.querySelectorAll('.side-backward .term').length > 0")
    button = page.locator(".focused:visible .copy").filter(has_text=name)
    button.click()
    expect(button).to_contain_text("copied")
    assert piece in page.evaluate("navigator.clipboard.readText()")


def test_without_a_clipboard_the_text_is_offered_selected(open_page: Callable[..., Any]) -> None:
    page, _ = open_page()
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    visit(page, "/?cell=lstm#t=3&node=f&unit=2")
    until(page, "document.querySelectorAll('.side-backward .term').length > 0")
    page.locator(".focused:visible .copy").filter(has_text="NumPy").click()
    field = page.locator(".copy-field")
    expect(field).to_be_focused()
    chosen = field.evaluate("(field) => field.value.slice(field.selectionStart, field.selectionEnd)")
    assert chosen.startswith("f = ")


def test_the_panel_opens_from_what_the_page_already_knows(page: Page) -> None:
    visit(page, "/?cell=lstm#t=3")
    page.route("**/api/v1/explain**", lambda _route: None)  # a server that never answers
    part(page, "i").click(position={"x": 8, "y": 8})
    until(page, "document.querySelector('.side-forward .equation .katex') !== null")
    assert value(page, "forward") != ""
    assert value(page, "backward") != ""
    page.unroute_all(behavior="ignoreErrors")
