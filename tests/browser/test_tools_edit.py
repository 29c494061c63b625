"""Surgery on a run, in a real browser."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.explorer import step_of, until, visit

OPERATED = "unrolled.stage.trace.get('divergence') !== undefined"
WHOLE = "unrolled.stage.trace.get('divergence') === undefined && !unrolled.stage.trace.partial"
INTERVENTIONS = "JSON.stringify(unrolled.stage.trace.recipe.interventions ?? [])"


def open_tool(page: Page, more: str = "", query: str = "cell=lstm") -> None:
    visit(page, f"/?{query}#t=3&tool=edit{more}")
    expect(page.locator(".edit-adds .button")).to_have_count(4)


def drag(page: Page, view: str, band: float, first: float, last: float) -> None:
    """Draw over a figure from one step to another, at a share of its height."""
    page.locator(f"#view-{view}").scroll_into_view_if_needed()
    box = page.locator(f"#view-{view} .frame-plot").bounding_box()
    assert box
    left, step = page.evaluate("(({left, step}) => [left, step])(unrolled.stage.scene.timeline)")
    y = box["y"] + band * box["height"]
    page.mouse.move(box["x"] + left + (first + 0.5) * step, y)
    page.mouse.down()
    page.mouse.move(box["x"] + left + (last + 0.5) * step, y, steps=6)
    page.mouse.up()


def test_the_address_holds_what_is_done_and_the_numbers_are_the_engines(page: Page) -> None:
    open_tool(page, "&edits=clamp,f,0,2,4;zero,h,5")
    until(page, OPERATED)
    gate = page.evaluate("[...unrolled.stage.trace.get('f').data.subarray(2 * 8, 5 * 8)]")
    assert gate == [0] * 24
    asked = (
        "fetch('/api/v1/traces', {method: 'POST', headers: {'content-type': 'application/json'}, body: JSON.stringify("
        "{cell: 'lstm', interventions: [{kind: 'clamp', node: 'f', value: 0, from: 2, to: 4},"
        " {kind: 'zero', state: 'h', t: 5}]})}).then((answer) => answer.json())"
    )
    told = page.evaluate(f"{asked}.then(({{arrays}}) => arrays.divergence.data.flat())")
    assert page.evaluate("[...unrolled.stage.trace.get('divergence').data]") == told
    expect(page.locator(".edit-told li").first).to_contain_text("Loss")
    expect(page.locator(".edit-told")).to_contain_text("The states part at step 2")


def test_before_and_after_lie_over_one_another_and_the_distance_has_its_own_curve(page: Page) -> None:
    open_tool(page, "&edits=clamp,f,0,2,4")
    until(page, OPERATED)
    expect(page.locator("#view-loss .before-line")).to_have_count(1)
    expect(page.locator("#view-gradients .before-line")).to_have_count(2)
    expect(page.locator("#view-gates .before-halves")).to_have_count(1)
    expect(page.locator(".gap-row .gap-dot")).to_have_count(6)  # the steps before it are not apart
    assert page.locator(".gap-row tbody tr").count() == 8, "the curve has its twin in numbers"
    painted = page.evaluate(
        "(() => { const canvas = document.querySelector('#view-gates .before-halves');"
        " const {left, step} = unrolled.stage.scene.timeline; const ratio = canvas.width / canvas.clientWidth;"
        " const row = canvas.getContext('2d').getImageData(0, 3, canvas.width, 1).data;"
        " const at = (t, share) => row[4 * Math.round((left + (t + share) * step) * ratio) + 3];"
        " return [at(0, 0.25), at(3, 0.25), at(3, 0.75)]; })()"
    )
    assert painted[0] == 0, "where nothing changed there is nothing to show"
    assert painted[1] == 255, "the left half is the run before"
    assert painted[2] == 0, "the right half is the run after"


def test_each_kind_is_added_changed_and_taken_back(page: Page) -> None:
    open_tool(page)
    for kind in ("token", "clamp", "zero", "scale"):
        page.locator(f".edit-adds [data-kind='{kind}']").click()
        until(page, f"location.hash.includes('{kind}%2C')")
    expect(page.locator(".edit")).to_have_count(4)
    page.get_by_label("By which factor").fill("3")
    until(page, f"{INTERVENTIONS}.includes('\"factor\":3')")
    page.locator(".edit-clamp").get_by_label("To which step").fill("6")
    page.locator(".edit-clamp").get_by_label("To which step").press("Enter")
    until(page, f"{INTERVENTIONS}.includes('\"last\":6') || {INTERVENTIONS}.includes('\"to\":6')")
    while page.locator(".edit-remove").count():
        page.locator(".edit-remove").first.click()
    until(page, WHOLE)
    expect(page.locator(".gap-row")).to_have_count(0)
    until(page, "!location.hash.includes('edits')")


def test_drawing_over_a_gate_holds_it_there(page: Page) -> None:
    open_tool(page)
    drag(page, "gates", 0.9, 2, 5)
    until(page, OPERATED)
    until(page, "location.hash.includes('clamp%2Co%2C0%2C2%2C5')")
    expect(page.locator(".edit-clamp")).to_have_count(1)
    drag(page, "states", 0.2, 6, 4)
    expect(page.locator(".edit-clamp")).to_have_count(2)
    until(page, "location.hash.includes('clamp%2Cc%2C0%2C4%2C6')")


def test_a_click_on_a_gate_is_no_drawing(page: Page) -> None:
    open_tool(page)
    drag(page, "gates", 0.9, 5, 5)
    until(page, "unrolled.player.state.t === 5")
    expect(page.locator(".edit")).to_have_count(0)


def test_a_value_follows_its_slider_and_the_slider_keeps_the_focus(page: Page) -> None:
    open_tool(page, "&edits=clamp,f,0,2,4")
    until(page, OPERATED)
    slider = page.get_by_label("At which value")
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    until(page, "unrolled.stage.trace.get('f').data[2 * 8] === 0.05")
    assert page.evaluate("document.activeElement.type") == "range"
    assert page.evaluate("unrolled.player.state.t") == 3, "the arrows are the slider's"


def test_a_word_under_the_network_is_another_word_for_that_step(page: Page) -> None:
    open_tool(page)
    step_of(page, 5).locator(".input").click()
    field = page.locator(".retype input")
    expect(field).to_be_focused()
    assert field.input_value() == "dog"
    page.keyboard.type("took")
    page.keyboard.press("Enter")
    until(page, OPERATED)
    expect(step_of(page, 5).locator(".word")).to_have_text("took")
    expect(step_of(page, 4).locator(".next")).to_have_text("dog")  # what was to be predicted stays
    until(page, "location.hash.includes('token%2C5%2Ctook')")


def test_a_word_that_the_network_does_not_know_changes_the_text(page: Page) -> None:
    open_tool(page)
    step_of(page, 5).locator(".input").click()
    page.keyboard.type("zebra")
    expect(page.get_by_role("button", name="read it here")).to_be_disabled()
    page.get_by_role("button", name="change the text").click()
    until(page, "unrolled.stage.trace.recipe.text === 'This morning I took the zebra for a walk.'")
    expect(page.locator("#recipe-text")).to_have_value("This morning I took the zebra for a walk.")


def test_escape_leaves_the_word_as_it_was(page: Page) -> None:
    open_tool(page)
    step_of(page, 5).locator(".input").click()
    page.keyboard.type("took")
    page.keyboard.press("Escape")
    expect(page.locator(".retype")).to_have_count(0)
    assert page.evaluate(WHOLE)


def test_another_run_gets_the_same_surgery_and_what_makes_no_sense_there_is_dropped(page: Page) -> None:
    open_tool(page, "&edits=zero,h,3;clamp,f,0,2,4")
    until(page, OPERATED)
    page.select_option("#recipe-cell", "gru")
    until(page, f"unrolled.stage.trace.recipe.cell === 'gru' && {OPERATED}")
    expect(page.locator(".edit")).to_have_count(1)
    expect(page.locator(".edit-zero")).to_have_count(1)


def test_another_tool_shows_the_run_as_it_was_and_coming_back_operates_again(page: Page) -> None:
    open_tool(page, "&edits=clamp,f,0,2,4")
    until(page, OPERATED)
    page.get_by_role("tab", name="Inspect").click()
    until(page, WHOLE)
    expect(page.locator(".gap-row, .before-line")).to_have_count(0)
    page.get_by_role("tab", name="Edit").click()
    until(page, OPERATED)


def test_what_was_done_can_be_undone_and_done_again(page: Page) -> None:
    open_tool(page)
    page.locator(".edit-adds [data-kind='zero']").click()
    until(page, OPERATED)
    until(page, "location.hash.includes('edits')")
    until(page, "!document.querySelector('#undo').disabled")
    page.locator("#undo").click()
    until(page, WHOLE)
    expect(page.locator(".edit")).to_have_count(0)
    page.locator("#redo").click()
    until(page, OPERATED)


def test_numbers_have_no_words_to_swap(page: Page) -> None:
    open_tool(page, query="data=adding&length=6")
    page.locator(".edit-adds [data-kind='zero']").click()
    until(page, OPERATED)


def test_by_touch_on_a_phone(open_page: Callable[..., Any]) -> None:
    page, _ = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    open_tool(page, "&edits=clamp,f,0,2,4")
    until(page, OPERATED)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    sizes = page.locator(".tool-edit :is(button, select, input)").evaluate_all(
        "(all) => all.map((each) => Math.round(each.getBoundingClientRect().height))"
    )
    assert min(sizes) >= 44, sizes
    step_of(page, 3).locator(".input").tap()
    expect(page.locator(".retype input")).to_be_visible()
    box = page.locator(".retype").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390


@pytest.mark.parametrize("theme", ["light", "dark", "projector"])
def test_axe_finds_nothing_serious(page: Page, axe: Callable[[Page], list[str]], theme: str) -> None:
    open_tool(page, "&edits=clamp,f,0,2,4;token,5,took;zero,h,3;scale,U_f,2", f"cell=lstm&theme={theme}")
    until(page, OPERATED)
    assert axe(page) == []
    step_of(page, 3).locator(".input").click()
    assert axe(page) == []
