"""Bringing weights and taking them along, in a real browser."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from core.brought import from_file
from tests.browser.explorer import until, visit
from tests.serving import ROOT

FILES = ROOT / "tests" / "reference" / "weights"


def open_tool(page: Page, query: str = "cell=gru") -> None:
    visit(page, f"/?{query}#tool=weights")
    expect(page.get_by_role("button", name="Save as safetensors")).to_be_visible()


def fact(page: Page, name: str) -> str:
    """What was found under a name."""
    return page.locator(".facts > div").filter(has=page.locator(f"dt:text-is('{name}')")).locator("dd").inner_text()


def bring(page: Page, name: str) -> None:
    page.set_input_files("#weights-file", FILES / f"{name}.safetensors")
    expect(page.locator(".weights-found")).to_be_visible()


def watch_the_choosing(page: Page) -> None:
    """Note that the browser is asked for a file, and let no window of the system open."""
    page.locator("#weights-file").evaluate(
        "(field) => field.addEventListener('click', (event) => { event.preventDefault(); window.asked = true; })"
    )


def test_a_model_of_text_is_described_and_runs_with_everything(page: Page) -> None:
    open_tool(page)
    bring(page, "writer")
    assert fact(page, "written by") == "nn.LSTM"
    assert fact(page, "order of the gates") == "update (input), forget, candidate, output"
    assert fact(page, "embedding") == "of 6 symbols, multiplied into W"
    assert fact(page, "not understood") == "nothing; all of the file is used"
    until(page, "unrolled.stage.trace.recipe.model?.length === 64 && !unrolled.stage.trace.partial", 30)
    assert page.evaluate("[unrolled.stage.trace.dims.hidden, unrolled.stage.trace.dims.output]") == [4, 6]
    until(page, "['contribution/U_f', 'jacobian/fro', 'grad/f'].every((name) => unrolled.stage.trace.get(name))")
    expect(page.locator("#recipe-hidden")).to_have_value("4")
    expect(page.locator(".weights-present")).to_contain_text("Your model")


def test_the_numbers_are_those_of_the_file(page: Page) -> None:
    open_tool(page)
    bring(page, "writer")
    until(page, "unrolled.stage.trace.recipe.model?.length === 64 && !unrolled.stage.trace.partial", 30)
    params = from_file((FILES / "writer.safetensors").read_bytes()).params
    shown = page.evaluate("[...unrolled.stage.trace.get('param/U_f').data]")
    np.testing.assert_array_equal(shown, params["U_f"].ravel())


def test_a_file_dragged_over_the_page_finds_its_place_open(page: Page) -> None:
    visit(page)
    dragged = page.evaluate_handle(
        "() => { const held = new DataTransfer(); held.items.add(new File(['x'], 'w.safetensors')); return held; }"
    )
    page.dispatch_event("#network", "dragenter", {"dataTransfer": dragged})
    expect(page.get_by_role("tab", name="Weights file")).to_have_attribute("aria-selected", "true")
    expect(page.locator(".tool-weights .drop")).to_be_visible()


def test_it_works_by_keyboard(page: Page) -> None:
    open_tool(page)
    page.get_by_role("tab", name="Weights").focus()
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.closest('.tabs-more, .origin') !== null"):
        page.keyboard.press("Tab")
    until(page, "['tool-weights', 'weights-file'].includes(document.activeElement.id)")
    page.locator("#weights-file").focus()
    watch_the_choosing(page)
    page.keyboard.press("Enter")
    until(page, "window.asked === true")
    page.set_input_files("#weights-file", FILES / "lstm.safetensors")
    expect(page.locator(".weights-found")).to_be_visible()
    assert fact(page, "outputs").startswith("none in the file")


def test_a_file_can_be_dropped(page: Page) -> None:
    open_tool(page)
    data = [*(FILES / "gru.safetensors").read_bytes()]
    page.evaluate(
        "(data) => { const files = new DataTransfer();"
        " files.items.add(new File([new Uint8Array(data)], 'gru.safetensors'));"
        " document.querySelector('.drop').dispatchEvent("
        "new DragEvent('drop', {bubbles: true, cancelable: true, dataTransfer: files})); }",
        data,
    )
    expect(page.locator(".weights-found")).to_be_visible()
    assert fact(page, "written by") == "nn.GRU"


@pytest.mark.parametrize(
    ("begin", "words"),
    [
        (b"PK\x03\x04" + b"x" * 60, "pickled"),
        (b"\x80\x02}q\x00.", "pickled"),
        (b"\x89HDF\r\n\x1a\n", "HDF5"),
        (b"GGUF\x03", "GGUF"),
        (b"\x93NUMPY", "NumPy"),
        (b"", "empty"),
    ],
)
def test_a_file_of_another_kind_is_explained_and_not_sent(page: Page, begin: bytes, words: str) -> None:
    open_tool(page)
    page.route("**/api/v1/models**", lambda route: pytest.fail(f"sent {route.request.url}"))
    page.set_input_files("#weights-file", {"name": "model.pt", "mimeType": "", "buffer": begin})
    expect(page.locator(".tool-problem")).to_contain_text(words)
    if words == "pickled":
        expect(page.locator(".tool-problem pre")).to_contain_text("save_file(model.state_dict()")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x10\x00\x00\x00\x00\x00\x00\x00" + b"{" * 16, "JSON"),
        (b"\xff" * 64, "no safetensors file"),
        ((FILES / "projected.safetensors").read_bytes(), "projects its state"),
        ((FILES / "lstm.safetensors").read_bytes()[:-8], "do not fill the file"),
    ],
)
def test_a_hostile_or_broken_file_is_explained_kindly(
    open_page: Callable[..., Any], content: bytes, words: str
) -> None:
    page, witness = open_page()
    witness.forgive.append("status of 422")
    open_tool(page)
    page.set_input_files("#weights-file", {"name": "m.safetensors", "mimeType": "", "buffer": content})
    expect(page.locator(".tool-problem")).to_contain_text(words)
    assert page.evaluate("unrolled.stage.trace.recipe.cell") == "gru", "what ran goes on"


def test_the_symbols_can_be_named(page: Page) -> None:
    open_tool(page)
    bring(page, "writer")
    until(page, "unrolled.stage.trace.recipe.model?.length === 64", 30)
    page.locator(".weights-found summary", has_text="Name the symbols").click()
    page.locator("#weights-names").fill("one two three")
    page.get_by_role("button", name="Use these names").click()
    expect(page.locator(".weights-found")).to_contain_text("Here are 3 names; the model has 6 symbols")
    page.locator("#weights-names").fill("one two three four five six")
    page.get_by_role("button", name="Use these names").click()
    until(page, "unrolled.stage.trace.labels.input?.join() === 'one,two,three,four,five,six'")
    assert fact(page, "reads") == "6 symbols, all of them named in the file"


@pytest.mark.parametrize("squash", ["relu", "tanh"])
def test_the_nonlinearity_that_the_file_does_not_tell_can_be_told(page: Page, squash: str) -> None:
    open_tool(page)
    bring(page, "rnn-tanh")
    page.select_option("#weights-squash", squash)
    until(page, f"unrolled.stage.trace.recipe.cell === 'rnn-{squash}'")


@pytest.mark.parametrize(
    "query", ["cell=lstm&hidden=5&seed=3", "data=characters&text=h%C3%A9llo", "cell=s+%3D+tanh(W+%40+x+%2B+u+*+s_prev)"]
)
def test_what_is_saved_is_what_runs_and_can_be_brought_again(page: Page, tmp_path: Path, query: str) -> None:
    open_tool(page, query)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as safetensors").click()
    path = tmp_path / "saved.safetensors"
    download.value.save_as(path)
    assert download.value.suggested_filename.endswith(".safetensors")
    brought = from_file(path.read_bytes())
    names = page.evaluate("unrolled.stage.trace.names.filter((name) => name.startsWith('param/'))")
    assert {f"param/{name}" for name in brought.params} == set(names)
    for name, value in brought.params.items():
        np.testing.assert_array_equal(
            page.evaluate(f"[...unrolled.stage.trace.get('param/{name}').data]"), value.ravel()
        )
    loss = page.evaluate("[...unrolled.stage.trace.get('loss').data]")
    page.set_input_files("#weights-file", path)
    until(page, "unrolled.stage.trace.recipe.model?.length === 64 && !unrolled.stage.trace.partial", 30)
    again = page.evaluate("[...unrolled.stage.trace.get('loss').data]")
    assert again == pytest.approx(loss, rel=1e-6)  # a streamed run comes in single precision


def test_one_can_go_on_without_the_model(page: Page) -> None:
    open_tool(page)
    bring(page, "writer")
    until(page, "unrolled.stage.trace.recipe.model?.length === 64 && !unrolled.stage.trace.partial", 30)
    page.get_by_role("button", name="Go on without the model").click()
    until(page, "unrolled.stage.trace.recipe.model === null && !unrolled.stage.trace.partial", 30)
    expect(page.locator(".weights-present")).to_contain_text("Drawn from seed 0")


def test_on_a_phone(open_page: Callable[..., Any]) -> None:
    page, _ = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    open_tool(page)
    bring(page, "writer")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    watch_the_choosing(page)
    page.locator("#weights-file").tap()
    until(page, "window.asked === true")


@pytest.mark.parametrize("theme", ["light", "dark", "projector"])
def test_axe_finds_nothing_serious(page: Page, axe: Callable[[Page], list[str]], theme: str) -> None:
    open_tool(page, f"cell=gru&theme={theme}")
    bring(page, "writer")
    until(page, "unrolled.stage.trace.recipe.model?.length === 64 && !unrolled.stage.trace.partial", 30)
    assert axe(page) == []
    page.set_input_files("#weights-file", {"name": "model.pt", "mimeType": "", "buffer": b"PK\x03\x04"})
    expect(page.locator(".tool-problem")).to_be_visible()
    assert axe(page) == []
