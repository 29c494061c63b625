"""What a newcomer asks of the page: is this trained, what makes a gradient fade, why is this number so."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener
from tests.browser.explorer import until, visit
from tests.serving import ROOT

SIZES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}
GRU = ROOT / "tests/reference/weights/gru.safetensors"


@pytest.mark.parametrize("size", SIZES)
def test_weights_that_nobody_trained_are_called_so_and_a_model_is_had_untrained(size: str, open_page: Opener) -> None:
    page, _ = open_page(**SIZES[size])
    press = "tap" if size == "phone" else "click"
    visit(page, "/?model=sentiment")
    expect(page.locator(".origin:visible")).to_contain_text("Trained: sentiment.")
    for fixed in ("cell", "hidden", "seed"):
        expect(page.locator(f"#recipe-{fixed}")).to_be_disabled()
    getattr(page.locator(".origin:visible").get_by_role("button", name="The same untrained"), press)()
    expect(page.locator(".origin:visible")).to_contain_text("Not trained.")
    until(page, "(({ model, cell, hidden }) => !model && cell === 'gru' && hidden === 24)(unrolled.stage.trace.recipe)")
    expect(page.locator("#recipe-hidden")).to_be_enabled()
    getattr(page.locator(".origin:visible").get_by_role("button", name="Trained models"), press)()
    expect(page.get_by_role("tab", name="Models and data")).to_have_attribute("aria-selected", "true")


def test_what_makes_the_gradient_fade_is_a_button_and_the_number_is_the_traces(page: Page) -> None:
    visit(page)
    words = page.locator(".reach-words")
    before = words.inner_text()
    page.get_by_role("button", name="gain 0.5").press("Enter")
    until(page, "unrolled.stage.trace.recipe.gain === 0.5 && !unrolled.stage.trace.partial")
    expect(words).not_to_have_text(before)
    ratio = page.evaluate("(({ data }) => data[56] / data[63])(unrolled.stage.trace.get('contribution/b'))")
    expect(words).to_contain_text(f"{100 * ratio:.1f}%")
    page.get_by_role("button", name="all settings").click()
    expect(page.locator("#recipe-gain")).to_be_focused()


def test_a_contribution_of_nothing_says_why(page: Page) -> None:
    visit(page, "/?cell=lstm#t=2&k=0&parameter=W_f")
    expect(page.locator(".panel-explained")).to_contain_text("Exactly 0: before the first step the state is zeros")
    option = page.locator("#view-contributions optgroup[label='forget gate'] option").first
    expect(option).to_have_text("W_f")


@pytest.mark.parametrize(("query", "above"), [("text=one+two+three", True), ("cell=lstm&lang=de", False)])
def test_what_is_said_of_the_matrix_lies_beside_it(page: Page, query: str, *, above: bool) -> None:
    visit(page, f"/?{query}")
    until(
        page, f"document.querySelector('#view-contributions').classList.contains('is-headed') === {str(above).lower()}"
    )


def test_a_file_may_fall_anywhere(page: Page) -> None:
    visit(page)
    drop = """(data) => { const files = new DataTransfer();
      files.items.add(new File([new Uint8Array(data)], 'gru.safetensors'));
      const options = { bubbles: true, cancelable: true, dataTransfer: files };
      document.querySelector('#network').dispatchEvent(new DragEvent('drop', options)); }"""
    page.evaluate(drop, [*GRU.read_bytes()])
    expect(page.locator(".weights-found")).to_be_visible()
    expect(page.locator(".origin:visible")).to_contain_text("Trained: your file.")


def test_a_trained_model_reads_a_sentence_of_ones_own(page: Page) -> None:
    visit(page, "/?model=sentiment")
    page.get_by_role("button", name="Write your own").click()
    expect(page.locator("#recipe-text")).to_be_focused()
    page.locator("#recipe-text").fill("not good at all")
    page.keyboard.press("Enter")
    until(page, "unrolled.stage.trace.dims.time === 4 && !unrolled.stage.trace.partial")
    expect(page.locator(".belt .step[data-t='3'] .next")).to_have_text("?")
    expect(page.locator(".origin:visible")).to_contain_text("Trained: sentiment.")
