"""The recipe's form in a real browser, live and as the plain form that it is without JavaScript."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.explorer import until, visit


def query(page: Page) -> dict[str, list[str]]:
    """The recipe in the address."""
    return parse_qs(urlsplit(page.url).query)


def asked(page: Page, name: str, value: str | None) -> None:
    """Wait until the address holds a value, or no longer names the field."""
    until(page, f"new URLSearchParams(location.search).get({name!r}) === {repr(value) if value else 'null'}")


def test_only_what_differs_from_the_first_recipe_is_in_the_address(page: Page) -> None:
    visit(page)
    assert query(page) == {}
    page.select_option("#recipe-cell", "lstm")
    asked(page, "cell", "lstm")
    page.select_option("#recipe-cell", "rnn-tanh")
    asked(page, "cell", None)
    assert query(page) == {}


def test_enter_runs_any_text_in_any_script(page: Page) -> None:
    visit(page)
    text = "I am & the walrus: héé 日本 🐕"
    page.fill("#recipe-text", text)
    page.press("#recipe-text", "Enter")
    asked(page, "text", text)
    until(page, "unrolled.stage.trace.labels.time.includes('walrus')")
    page.reload()
    assert page.input_value("#recipe-text") == text


def test_a_value_that_is_not_allowed_is_told_and_mended_with_one_click(page: Page) -> None:
    visit(page)
    page.fill("#recipe-hidden", "999")
    problem = page.locator("#problem-hidden")
    expect(problem).to_have_text("Hidden units is a whole number from 1 to 256. Use 256")
    expect(page.locator("#recipe-hidden")).to_have_attribute("aria-invalid", "true")
    assert query(page) == {}
    problem.get_by_role("button").click()
    asked(page, "hidden", "256")
    expect(problem).to_be_hidden()


def test_a_cost_that_only_the_server_knows_is_told_under_the_field(open_page: Callable[..., Any]) -> None:
    page, witness = open_page()
    witness.forgive.append("status of 4")
    visit(page)
    page.fill("#recipe-text", " ".join(f"w{number}" for number in range(600)))
    page.fill("#recipe-hidden", "256")
    page.press("#recipe-hidden", "Enter")
    problem = page.locator(".field-problem:visible")
    expect(problem).to_contain_text("at most")
    assert query(page).get("hidden") != ["256"]


def test_the_rest_lies_on_a_sheet_that_counts_what_differs(page: Page) -> None:
    visit(page)
    expect(page.locator("#recipe-gain")).to_be_hidden()
    page.locator(".more summary").click()
    page.fill("#recipe-gain", "2")
    page.fill("#recipe-window", "3")
    asked(page, "window", "3")
    expect(page.locator(".more-count")).to_have_text("2")
    page.keyboard.press("Escape")
    expect(page.locator("#recipe-gain")).to_be_hidden()


def test_only_a_cell_with_a_forget_gate_asks_for_its_bias(page: Page) -> None:
    visit(page)
    page.locator(".more summary").click()
    expect(page.locator("#recipe-forget_bias")).to_be_hidden()
    page.select_option("#recipe-cell", "lstm")
    page.locator(".more[open], .more summary").first.click()
    expect(page.locator("#recipe-forget_bias")).to_be_attached()
    assert page.locator(".field-forget_bias").get_attribute("hidden") is None


def test_only_fields_that_matter_are_shown_and_what_was_typed_is_kept(page: Page) -> None:
    visit(page)
    expect(page.locator("#recipe-length")).to_be_hidden()
    page.fill("#recipe-text", "one two three")
    asked(page, "text", "one two three")
    page.select_option("#recipe-data", "adding")
    asked(page, "data", "adding")
    asked(page, "text", None)
    expect(page.locator("#recipe-text")).to_be_hidden()
    page.fill("#recipe-length", "12")
    until(page, "unrolled.stage.trace.dims.time === 12 && !unrolled.stage.trace.partial")
    page.select_option("#recipe-data", "sentence")
    asked(page, "text", "one two three")
    asked(page, "length", None)


def test_the_rest_is_sorted_into_groups(page: Page) -> None:
    visit(page)
    page.locator(".more summary").click()
    groups = page.locator(".more-group:visible legend")
    expect(groups).to_have_text(["Network", "Start", "Loss and truncation"])
    expect(page.locator("#recipe-topology")).to_be_visible()
    expect(page.locator(".field-scoring")).to_be_hidden()
    expect(page.locator(".field-model")).to_be_hidden()


def test_the_first_recipe_is_also_without_options_of_tools(page: Page) -> None:
    visit(page, "/?updates=50&gain=2#tool=race&race=clips")
    page.locator(".more summary").click()
    page.get_by_role("link", name="Back to the first recipe").click()
    until(page, "location.search === '' && location.hash === '#tool=race'")
    page.locator("#undo").click()
    until(page, "unrolled.stage.trace.recipe.gain === 2 && location.hash.includes('clips')")


def test_a_slider_and_its_number_are_one(page: Page) -> None:
    page.set_viewport_size({"width": 1600, "height": 900})
    visit(page)
    slider = page.get_by_role("slider", name="Hidden units, as a slider")
    slider.focus()
    slider.press("ArrowRight")
    asked(page, "hidden", "9")
    assert page.input_value("#recipe-hidden") == "9"


MOVE = """(type) => {
  const slider = document.querySelector('[data-field="gain"] .slider');
  if (type === "input") slider.value = String(Number(slider.value) + 1);
  slider.dispatchEvent(new Event(type, { bubbles: true }));
}"""


def test_while_a_slider_moves_the_matrix_follows_and_at_rest_the_run_is_whole(page: Page) -> None:
    visit(page)
    entries = page.evaluate("history.length")
    for gain in (1.05, 1.1):
        page.evaluate(MOVE, "input")
        until(page, f"unrolled.stage.trace.recipe.gain === {gain} && unrolled.stage.trace.like !== undefined")
        assert page.evaluate("unrolled.stage.trace.names.includes('contribution/U')")
        assert page.locator(".inset.is-stale").count() == 1
    page.evaluate(MOVE, "change")
    until(page, "unrolled.stage.trace.like === undefined && unrolled.stage.trace.names.includes('jacobian/fro')")
    asked(page, "gain", "1.1")
    assert page.locator(".inset:not(.is-stale)").count() == 1
    assert page.evaluate("history.length") == entries + 1


def test_the_dice_gives_another_seed_and_the_way_back_gives_the_old_one(page: Page) -> None:
    visit(page)
    page.get_by_role("button", name="Another seed").click()
    until(page, "new URLSearchParams(location.search).has('seed')")
    assert page.input_value("#recipe-seed") == query(page)["seed"][0]
    page.go_back()
    asked(page, "seed", None)
    expect(page.locator("#recipe-seed")).to_have_value("0")


def test_back_to_the_first_recipe(page: Page) -> None:
    visit(page, "/?cell=gru&hidden=5&gain=2&window=2&data=characters&text=abc")
    page.locator(".more summary").click()
    page.get_by_role("link", name="Back to the first recipe").click()
    until(page, "location.search === ''")
    assert page.input_value("#recipe-cell") == "rnn-tanh"


def test_a_cell_of_ones_own_stays_chosen(page: Page) -> None:
    source = "h = tanh(W @ x + U @ h_prev + b)  # mine"
    page.goto(f"/?cell={source.replace(' ', '%20').replace('+', '%2B').replace('#', '%23')}")
    expect(page.locator("#recipe-cell option:checked")).to_have_text("own equations")
    assert page.input_value("#recipe-cell") == source


def test_on_a_phone_two_lines_are_left(open_page: Callable[..., Any]) -> None:
    page, _ = open_page(viewport={"width": 390, "height": 844})
    visit(page)
    shown = page.locator(".recipe > .field:visible").evaluate_all("(fields) => fields.map((f) => f.dataset.field)")
    assert shown == ["cell", "text"]
    page.locator(".more summary").click()
    box = page.locator(".more-sheet").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390


def test_without_javascript_it_is_a_plain_form(open_page: Callable[..., Any]) -> None:
    page, _ = open_page(java_script_enabled=False)
    page.goto("/?cell=lstm")
    page.fill("#recipe-hidden", "5")
    page.get_by_role("button", name="Run").click()
    assert query(page)["cell"] == ["lstm"]
    assert query(page)["hidden"] == ["5"]
    assert page.input_value("#recipe-hidden") == "5"


@pytest.mark.parametrize("width", [1440, 1280, 1220, 1100, 900])
def test_many_fields_leave_room_for_the_buttons_beside_them(open_page: Callable[..., Any], width: int) -> None:
    page, _ = open_page(viewport={"width": width, "height": 800})
    visit(page, "/?model=dates&lang=de")
    apart = """(() => {
      const box = (at) => document.querySelector(at).getBoundingClientRect();
      const [more, tools] = [box(".more > summary"), box(".tools")];
      return more.right <= tools.left || more.top >= tools.bottom;
    })()"""
    assert page.evaluate(apart)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
