"""Every network that a recipe can name, on the page: its numbers, its chains, its way through time."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener
from tests.browser.explorer import cell_of_matrix, rest, state, step_of, until, visit

NETWORKS = {
    "bidirectional": ("topology=bidirectional", ["backward", "forward"]),
    "layers": ("layers=2&cell=gru", ["layer2", "layer1"]),
    "layers both ways": (
        "topology=bidirectional&layers=2",
        ["backward2", "forward2", "backward1", "forward1"],
    ),
    "encoder-decoder": ("topology=encoder-decoder&cell=lstm", ["decoder", "encoder"]),
    "attention": ("topology=attention", ["decoder", "encoder"]),
    "attention both ways": (
        "topology=attention&reader=both&scoring=dot&cell=lstm",
        ["decoder", "encoder-back", "encoder"],
    ),
    "one to one": ("topology=one-to-one", []),
    "one to many": ("topology=one-to-many", []),
    "numbers": ("data=adding&length=9", []),
    "yes or no": ("data=sentiment", []),
    "many numbers": ("data=voices", []),
}

SHOWN = """(t) => {
  const column = document.querySelector(`.belt .step[data-t="${t}"]`);
  return {loss: column.querySelector(".loss-text").textContent, p: column.querySelector(".p").textContent};
}"""


def numbers(page: Page, name: str) -> list[float]:
    """An array of the trace that the page holds, by its full name."""
    found: list[float] = page.evaluate("(name) => [...unrolled.stage.trace.get(name).data]", name)
    return found


def chain(page: Page, name: str) -> Any:
    """The switch's choice of a name."""
    return page.locator(f"#chains input[value='{name}']")


@pytest.mark.parametrize(("query", "names"), NETWORKS.values(), ids=[*NETWORKS])
def test_a_network_opens_whole(page: Page, query: str, names: list[str]) -> None:
    visit(page, f"/?{query}")
    shown = page.locator("#chains .chain-title")
    assert (shown.all_inner_texts() if names else shown.count()) == (names or 0)
    assert page.evaluate("unrolled.stage.trace.topology.blocks.length") == max(1, len(names))
    expect(page.locator("#view-contributions")).to_be_visible()


def test_the_numbers_on_the_screen_are_those_of_the_trace(page: Page) -> None:
    visit(page, "/?topology=bidirectional#block=backward")
    losses = numbers(page, "loss")
    for t, loss in enumerate(losses[:4]):
        assert float(page.evaluate(SHOWN, t)["loss"]) == pytest.approx(loss, rel=6e-3)
    x, y = cell_of_matrix(page, 1, 6)
    page.mouse.move(x, y)
    value = numbers(page, "contribution/backward/W")[1 * 8 + 6]
    words = page.locator("#view-contributions .frame-readout")
    expect(words).to_contain_text("t = 1, W used at k = 6")
    assert float(words.inner_text().split(": ")[-1]) == pytest.approx(value, rel=6e-3)


def test_a_chain_is_chosen_by_keyboard_and_the_address_holds_it(page: Page) -> None:
    visit(page, "/?topology=bidirectional")
    expect(chain(page, "forward")).to_be_checked()
    chain(page, "forward").focus()
    page.keyboard.press("ArrowUp")
    expect(chain(page, "backward")).to_be_checked()
    until(page, "location.hash.includes('block=backward')")
    assert page.evaluate("unrolled.stage.seen.block.name") == "backward"
    page.reload()
    rest(page)
    expect(chain(page, "backward")).to_be_checked()


def test_a_chain_is_chosen_by_a_click_on_its_row(page: Page) -> None:
    visit(page, "/?topology=encoder-decoder#t=2")
    page.locator(".chain-row:has(input[value='encoder']) .chain-strip").click(position={"x": 8, "y": 8})
    until(page, "unrolled.stage.seen.block.name === 'encoder'")
    assert state(page)["t"] == 0


def test_a_reversed_chain_plays_from_the_end(page: Page) -> None:
    visit(page, "/?topology=bidirectional#block=backward")
    page.keyboard.press("f")
    until(page, "unrolled.player.state.t === 7 && unrolled.player.state.phase === 'forward'")
    page.keyboard.press("ArrowRight")
    until(page, "unrolled.player.state.t === 6")
    until(page, "document.querySelector('.belt .step[data-t=\"7\"]').classList.contains('has-state')")
    until(page, "!document.querySelector('.belt .step[data-t=\"5\"]').classList.contains('has-state')")
    assert "first" in (step_of(page, 7).get_attribute("class") or "")


def test_an_error_of_the_answer_is_looked_up_in_the_encoder(page: Page) -> None:
    visit(page, "/?topology=encoder-decoder#block=encoder")
    plot = page.locator("#view-contributions .frame-plot")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box
    left, step = page.evaluate("(({left, step}) => [left, step])(unrolled.stage.scene.timeline)")
    page.mouse.click(box["x"] + left + 2.5 * step, box["y"] + box["height"] * 4.5 / 9)
    until(page, "unrolled.player.state.focus?.error === 4 && unrolled.player.state.k === 2")
    expect(page.locator("#focus .sentence")).to_contain_text("step 2 of the source")
    value = numbers(page, "contribution/encoder/W")[4 * 9 + 2]
    expect(page.locator("#focus .focused:not([hidden]) .equation-numbers").first).to_contain_text("=")
    size = page.locator("#focus .shares output").first.inner_text()
    assert float(size) == pytest.approx(value, rel=6e-3)
    until(page, "location.hash.includes('error=4')")


def test_what_is_in_focus_is_explained_in_the_chain_it_belongs_to(page: Page) -> None:
    visit(page, "/?topology=bidirectional#block=backward&t=3&node=s&unit=1")
    told = page.locator("#focus .side-forward .side-value")
    expect(page.locator("#focus .side-forward .terms li").first).to_be_visible()
    value = numbers(page, "backward/s")[3 * 8 + 1]
    assert float(told.inner_text().replace("−", "-")) == pytest.approx(value, rel=6e-3)


def test_attention_is_seen_as_a_map_and_as_lines(page: Page) -> None:
    visit(page, "/?topology=attention#t=3")
    weights = numbers(page, "decoder/a")[3 * 9 : 4 * 9]
    lines = page.locator(".chain-look")
    assert lines.count() == sum(weight > 0.02 for weight in weights)
    frame = page.locator("#view-attention")
    frame.scroll_into_view_if_needed()
    frame.locator(".frame-menu summary").click()
    frame.get_by_role("button", name="Table").click()
    row = frame.locator("tbody tr").nth(3).locator("td")
    told = [float(text) for text in row.all_inner_texts()[1:]]
    assert told == pytest.approx(weights, rel=6e-3)


def test_numbers_have_a_picture_going_in_and_coming_out(page: Page) -> None:
    visit(page, "/?data=adding&length=9")
    expect(page.locator("#view-input")).to_be_visible()
    loss = page.locator(".belt .step[data-t='8'] .loss-text")
    page.evaluate("unrolled.player.set({t: 8})")
    expect(loss).to_be_visible()
    assert float(loss.inner_text()) == pytest.approx(numbers(page, "loss")[8], rel=6e-3)
    assert page.locator(".belt .step.lossless").count() > 0
    visit(page, "/")
    expect(page.locator("#view-input")).to_be_hidden()


def test_another_network_grows_where_the_old_one_stood(page: Page) -> None:
    visit(page, "/")
    page.evaluate(
        """() => document.dispatchEvent(new CustomEvent("recipe-change",
             {detail: {...unrolled.stage.trace.recipe, topology: "attention"}}))"""
    )
    until(page, "unrolled.stage.seen.block?.name === 'decoder' && !unrolled.stage.seen.partial")
    rest(page)
    grown = [value for name in ("encoder/s", "decoder/s", "grad/encoder/s") for value in numbers(page, name)]
    assert all(map(math.isfinite, grown))
    expect(page.locator("#chains")).to_be_visible()
    page.go_back()
    expect(page.locator("#chains")).to_be_hidden()


@pytest.mark.parametrize("query", ["topology=attention&reader=both", "topology=bidirectional&layers=2", "data=adding"])
def test_a_network_fits_a_phone(open_page: Opener, query: str) -> None:
    page, _ = open_page(viewport={"width": 390, "height": 844}, has_touch=True)
    visit(page, f"/?{query}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    if page.locator("#chains").is_visible():
        heights = page.locator(".chain-name").evaluate_all("(all) => all.map((each) => each.offsetHeight)")
        assert min(heights) >= 44


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "query", ["topology=attention#block=encoder", "topology=bidirectional", "data=adding&length=9"]
)
def test_everyone_can_use_it(open_page: Opener, axe: Callable[[Page], list[str]], query: str, scheme: str) -> None:
    page, _ = open_page(color_scheme=scheme)
    visit(page, f"/?{query}")
    assert axe(page) == []
