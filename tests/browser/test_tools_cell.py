"""Write your own cell, in a real browser."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from tests.browser.explorer import until, visit

OWN = "n = tanh(W_n @ x + U_n @ s_prev + b_n)  # news\ns = 0.5 * s_prev + 0.5 * n  # blend"
CELL = "unrolled.stage.trace.recipe.cell"


def open_tool(page: Page, query: str = "cell=lstm") -> Any:
    visit(page, f"/?{query}#t=3&tool=cell")
    expect(page.locator("#cell-example option")).not_to_have_count(0)
    until(page, "document.querySelectorAll('.palette-key').length > 5")
    return page.locator("#cell-equations")


def write(page: Page, text: str) -> None:
    """Type a text in place of what is there."""
    page.locator("#cell-equations").fill(text)


def test_what_runs_is_what_there_is_to_edit(page: Page) -> None:
    field = open_tool(page, "cell=gru")
    assert field.input_value().startswith("z = sigmoid(W_z @ x + U_z @ h_prev + b_z)  # update gate\n")
    expect(page.locator("#cell-example")).to_have_value("gru")
    expect(page.locator(".formulas .katex").first).to_be_attached()
    assert page.locator(".formulas li").count() == 4
    expect(page.locator(".tool-cell .cell-drawing")).to_be_visible()


def test_a_text_that_can_be_read_runs_with_everything(page: Page) -> None:
    open_tool(page)
    write(page, OWN)
    until(page, f"{CELL}.startsWith('n = tanh')")
    expect(page.locator("#cell-verdict")).to_contain_text("carries s to the next step and learns 3 weights")
    until(page, "['contribution/U', 'jacobian/fro', 'grad/n'].every((name) => unrolled.stage.trace.get(name))")
    expect(page.locator(".formula-name").first).to_have_text("news")
    expect(page.locator(".tool-cell .cell-drawing .part[data-node='n']").first).to_be_visible()
    expect(page.locator("#recipe-cell option:checked")).to_have_text("own equations")


def test_a_fault_is_pointed_at_and_mended_with_one_click(open_page: Callable[..., Any]) -> None:
    page, witness = open_page()
    witness.forgive.append("status of 422")
    field = open_tool(page)
    before = page.evaluate(CELL)
    write(page, OWN.replace("tanh", "tnh"))
    expect(page.locator("#cell-verdict")).to_contain_text("Line 1, column 5: no such function")
    expect(field).to_have_attribute("aria-invalid", "true")
    assert field.get_attribute("aria-describedby") == "cell-verdict"
    assert page.locator(".editor-paint .is-fault").inner_text() == "tnh"
    caret, word = (page.locator(place).bounding_box() for place in (".editor-caret", ".editor-paint .is-fault"))
    assert caret
    assert word
    assert abs(caret["x"] - word["x"]) < 2
    assert abs(caret["y"] - word["y"] - word["height"]) < 8
    assert page.evaluate(CELL) == before, "what cannot be read does not run"
    page.get_by_role("button", name="Use tanh").click()
    until(page, f"{CELL}.startsWith('n = tanh')")
    expect(field).not_to_have_attribute("aria-invalid", "true")


def test_the_fault_can_be_reached_by_keyboard(open_page: Callable[..., Any]) -> None:
    page, witness = open_page()
    witness.forgive.append("status of 422")
    field = open_tool(page)
    write(page, "h = tanh(W @ x + U @ h_prev)\nk = h * (")
    there = page.get_by_role("button", name="Go there")
    expect(there).to_be_visible()
    field.focus()
    page.keyboard.press("Tab")
    expect(there).to_be_focused()
    page.keyboard.press("Enter")
    expect(field).to_be_focused()
    chosen = field.evaluate("(field) => field.value.slice(field.selectionStart, field.selectionEnd)")
    assert chosen == "("


def test_tab_leaves_the_editor_and_writes_nothing(page: Page) -> None:
    field = open_tool(page)
    text = field.input_value()
    field.focus()
    page.keyboard.press("Tab")
    assert field.input_value() == text
    assert page.evaluate("document.activeElement.className") == "palette-key"
    page.keyboard.press("Shift+Tab")
    expect(field).to_be_focused()


def test_the_palette_writes_at_the_caret_and_can_be_undone(page: Page) -> None:
    field = open_tool(page, urlencode({"cell": "s = tanh(W @ x + U @ s_prev)"}))
    field.focus()
    page.keyboard.press("Control+End")
    page.keyboard.press("ArrowLeft")
    page.keyboard.type(" + ")
    page.locator(".palette-key", has_text="sigmoid").first.click()
    assert field.input_value() == "s = tanh(W @ x + U @ s_prev + sigmoid())"
    page.keyboard.type("s_prev")
    until(page, f"{CELL} === 's = tanh(W @ x + U @ s_prev + sigmoid(s_prev))'")
    page.keyboard.press("Control+z")
    assert field.input_value() != "s = tanh(W @ x + U @ s_prev + sigmoid(s_prev))"


def test_the_examples_run_and_one_of_ours_runs_under_its_name(open_page: Callable[..., Any]) -> None:
    page, witness = open_page()
    witness.forgive.append("status of 422")
    open_tool(page)
    page.select_option("#cell-example", "leaky")
    until(page, f"{CELL}.startsWith('s = 0.9 * s_prev')")
    expect(page.locator(".tool-cell .tool-note")).to_contain_text("a gate that nobody learns")
    page.select_option("#cell-example", "lstm-peephole")
    until(page, f"{CELL} === 'lstm-peephole'")
    assert "u_f * c_prev" in page.locator("#cell-equations").input_value()


@pytest.mark.parametrize("example", ["lstm-coupled", "mgu", "indrnn", "rnn-residual", "leaky", "stacked"])
def test_every_example_is_drawn(page: Page, example: str) -> None:
    open_tool(page)
    page.select_option("#cell-example", example)
    until(page, f"{CELL} !== 'lstm'")
    until(page, "unrolled.stage.scene.cell.graph !== undefined && !unrolled.stage.trace.partial")
    expect(page.locator(".tool-cell .cell-drawing")).to_be_visible()
    assert page.locator(".tool-cell .formulas li").count() == page.evaluate("unrolled.stage.scene.cell.nodes.length")


def test_an_own_cell_is_in_the_address_and_there_again_after_a_reload(page: Page) -> None:
    open_tool(page)
    write(page, OWN)
    until(page, "new URLSearchParams(location.search).get('cell')?.startsWith('n = tanh')")
    page.reload()
    until(page, "document.querySelector('#cell-equations')?.value.startsWith('n = tanh')")
    assert page.locator("#cell-equations").input_value() == OWN
    expect(page.locator(".tool-cell .cell-drawing")).to_be_visible()


def test_going_back_to_an_own_cell_brings_its_drawing_and_its_text(page: Page) -> None:
    visit(page, f"/?{urlencode({'cell': OWN})}")
    page.select_option("#recipe-cell", "lstm")
    until(page, f"{CELL} === 'lstm'")
    visit(page, "/?cell=gru")  # a page that has never met the own cell
    page.go_back()
    page.go_back()
    until(page, f"window.unrolled && {CELL}.startsWith('n = tanh')")
    expect(page.locator("#focus .cell-drawing .part[data-node='n']").first).to_be_visible()
    expect(page.locator("#recipe-cell option:checked")).to_have_text("own equations")


def test_a_link_made_elsewhere_in_the_page_to_a_cell_never_met_is_drawn(page: Page) -> None:
    visit(page)
    page.evaluate("(cell) => unrolled.stage.context.ask({ ...unrolled.stage.trace.recipe, cell })", OWN)
    until(page, f"{CELL}.startsWith('n = tanh') && unrolled.stage.scene.cell.graph !== undefined")
    expect(page.locator("#focus .cell-drawing .part[data-node='n']").first).to_be_visible()


def test_on_a_phone_nothing_scrolls_sideways_and_fingers_have_room(open_page: Callable[..., Any]) -> None:
    page, _ = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    open_tool(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    sizes = page.locator(".palette-key").evaluate_all("(keys) => keys.map((key) => key.getBoundingClientRect().height)")
    assert min(sizes) >= 44
    page.locator(".palette-key").first.tap()
    assert "sigmoid()" in page.locator("#cell-equations").input_value()


@pytest.mark.parametrize("theme", ["light", "dark", "projector"])
def test_axe_finds_nothing_serious(open_page: Callable[..., Any], axe: Callable[[Page], list[str]], theme: str) -> None:
    page, witness = open_page()
    witness.forgive.append("status of 422")
    open_tool(page, f"cell=lstm&theme={theme}")
    assert axe(page) == []
    write(page, "h = tnh(W @ x)")
    expect(page.locator("#cell-equations")).to_have_attribute("aria-invalid", "true")
    assert axe(page) == []
