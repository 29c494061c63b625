"""Drawing on the input of a network that reads numbers."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.explorer import until, visit

ADDRESS = "/?data=adding&length=20&cell=lstm#t=3&tool=edit"
X = "[...unrolled.stage.trace.get('x').data].filter((_, index) => index % 2 === 0)"
OPERATED = "unrolled.stage.trace.get('divergence') !== undefined"


def test_a_stroke_changes_the_input_and_what_follows(page: Page) -> None:
    visit(page, ADDRESS)
    before = page.evaluate(X)
    plot = page.locator(".signal-plot")
    plot.wait_for()
    box = plot.bounding_box()
    assert box
    step = box["width"] / 20
    page.mouse.move(box["x"] + 5.5 * step, box["y"] + 0.1 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 8.5 * step, box["y"] + 0.1 * box["height"], steps=4)
    page.mouse.up()
    until(page, f"{OPERATED} && {X}[8] !== {before[8]}")
    after = page.evaluate(X)
    assert after[:5] + after[9:] == before[:5] + before[9:]
    assert len(set(after[5:9])) == 1
    assert after[5] > max(before)
    expect(page.locator(".edit")).to_contain_text("number is drawn from step 5 to 8")
    expect(page.locator(".edit-told")).to_contain_text("The states part at step 5")
    page.locator(".edit-remove").click()
    until(page, f"!({OPERATED}) && JSON.stringify({X}) === '{page.evaluate(f'JSON.stringify({before})')}'")


def test_the_keyboard_draws_too_and_the_address_remembers(page: Page, axe: Callable[[Page], list[str]]) -> None:
    visit(page, ADDRESS)
    before = page.evaluate(X)
    plot = page.get_by_role("slider", name="number at step 3")
    plot.focus()
    page.keyboard.press("ArrowUp")
    until(page, f"{OPERATED} && {X}[3] > {before[3]}")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("slider", name="number at step 4")).to_be_focused()
    page.fill(".signal-foot input", "0.5")
    page.keyboard.press("Enter")
    until(page, f"{X}[4] === 0.5")
    until(page, "decodeURIComponent(location.hash).includes('edits=input,number,3,')")
    assert axe(page) == []
    page.reload()
    until(page, f"document.documentElement.dataset.ready === 'interactive' && {OPERATED} && {X}[4] === 0.5")


def test_words_are_not_drawn_on(page: Page) -> None:
    visit(page, "/#tool=edit")
    page.locator(".edit-adds").wait_for()
    expect(page.locator(".signal")).not_to_be_visible()
