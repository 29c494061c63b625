"""The explorer in a real browser, as a visitor meets it. The fixtures notice any complaint of the page."""

import re
from base64 import b64encode
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.explorer import cell_of_matrix, middle, rest, state, step_of, until, visit

WORDS = ["This", "morning", "I", "took", "the", "dog", "for", "a"]


def test_the_sentence_stands_under_the_network_and_the_right_words_above(page: Page) -> None:
    visit(page)
    assert page.locator(".belt .step:not([hidden]) .word").all_inner_texts() == WORDS
    assert page.locator(".belt .step:not([hidden]) .next").all_inner_texts() == [*WORDS[1:], "walk"]


def test_one_vertical_line_is_one_step_in_every_picture(page: Page) -> None:
    visit(page, "/#t=5")
    network, axis = middle(step_of(page, 5).locator(".node-cell")), middle(page.locator(".axis-mark").nth(5))
    assert abs(network - axis) < 1
    assert abs(network - middle(page.locator(".cursor-now"))) < 1
    script = """([name, t]) => {
      const plot = document.querySelector(`#view-${name} .layer-plotly`);
      const { xaxis } = plot._fullLayout;
      return plot.getBoundingClientRect().left + xaxis._offset + xaxis.l2p(t);
    }"""
    for name in ("states", "loss", "gradients", "contributions", "output"):
        assert abs(page.evaluate(script, [name, 5]) - network) < 1, name


def test_it_plays_forward_then_the_losses_then_backward_to_the_end(page: Page) -> None:
    visit(page)
    page.evaluate("""() => { window.moments = [];
      unrolled.player.subscribe(({ phase, t }) => moments.push(`${phase} ${t}`));
      unrolled.player.set({ speed: 4 }); }""")
    page.get_by_role("button", name="Play").click()
    until(page, "unrolled.player.state.playing")
    until(page, "!unrolled.player.state.playing", seconds=30)
    run = [f"forward {t}" for t in range(8)] + ["loss 7"] + [f"backward {t}" for t in range(7, -1, -1)] + ["whole 0"]
    seen = list(dict.fromkeys(page.evaluate("moments")))
    assert [moment for moment in seen if moment in run and moment != "whole 0"] == run[:-1]
    assert state(page)["phase"] == "whole"


def test_what_has_not_happened_yet_is_veiled(page: Page) -> None:
    visit(page, "/#phase=forward&t=3")
    reached = page.locator(".belt .step.has-state")
    assert reached.count() == 4
    assert page.locator(".belt .step.has-gradient").count() == 0
    visit(page, "/#phase=backward&t=5")
    page.reload()
    rest(page)
    assert page.locator(".belt .step.has-gradient").count() == 3


def test_a_node_shows_both_its_equations_with_their_numbers(page: Page) -> None:
    visit(page)
    step_of(page, 4).locator(".node-cell").click()
    panel = page.locator("focus-panel")
    expect(panel.get_by_text("Forward", exact=True)).to_be_visible()
    expect(panel.get_by_text("Backward", exact=True)).to_be_visible()
    assert state(page)["focus"]["node"] == "s"
    until(page, "location.hash.includes('node=s')")
    assert "t=4" in page.url


def test_a_cell_of_the_matrix_lights_the_way_from_the_error_to_the_use(page: Page) -> None:
    visit(page)
    page.mouse.click(*cell_of_matrix(page, t=6, k=3))
    until(page, "unrolled.player.state.focus?.parameter === 'W'")
    found = state(page)
    assert (found["t"], found["k"]) == (6, 3)
    lit = page.evaluate(
        "[...document.querySelectorAll('.belt .step.on-path')].map((step) => Number(step.dataset.t)).sort()"
    )
    assert lit == [3, 4, 5, 6]
    expect(page.locator("focus-panel").get_by_text("used at step")).to_be_visible()


def test_signed_shares_are_signed_at_rest_too(page: Page) -> None:
    visit(page, "/#share=1&t=6")
    drawn = """(([heat]) => ({ z: heat.z.map((row) => [...row]), zmin: heat.zmin, zmax: heat.zmax,
      ramp: heat.colorscale.length }))(document.querySelector("#view-contributions .js-plotly-plot").data)"""
    shown = page.evaluate(drawn)
    share = page.evaluate("[...unrolled.stage.trace.get('contribution_dot/W').data]")
    assert shown["z"][5][2] == share[5 * 8 + 2]
    assert shown["zmax"] == -shown["zmin"] == max(map(abs, share))
    assert shown["ramp"] == 9
    page.get_by_role("button", name="signed share").click()
    until(page, "document.querySelector('#view-contributions .js-plotly-plot').data[0].colorscale.length === 8")


def test_the_future_contributes_nothing_and_cannot_be_chosen(page: Page) -> None:
    visit(page)
    before = state(page)
    page.mouse.move(*cell_of_matrix(page, t=1, k=2))
    expect(page.locator("#view-contributions .frame-readout")).to_contain_text("future")
    page.mouse.click(*cell_of_matrix(page, t=1, k=2))
    assert state(page) == before


def test_another_cell_keeps_the_page_and_changes_the_network(page: Page) -> None:
    visit(page)
    expect(page.locator("#view-gates")).to_be_hidden()
    page.locator("#recipe-cell").select_option("lstm")
    expect(page.locator("#view-gates")).to_be_visible()
    rest(page)
    assert "cell=lstm" in page.url
    assert page.locator("#view-states .band-name").count() == 2
    assert page.locator("#view-gates .band-name").count() == 4
    page.go_back()
    expect(page.locator("#view-gates")).to_be_hidden()
    assert page.locator("#recipe-cell").input_value() == "rnn-tanh"


def test_an_address_gives_the_same_picture_again(open_page: Callable[..., Any]) -> None:
    page, _ = open_page(viewport={"width": 1440, "height": 1300})
    visit(page)
    page.locator("#recipe-cell").select_option("lstm")
    until(page, "location.search.includes('cell=lstm')")
    rest(page)
    page.mouse.click(*cell_of_matrix(page, t=5, k=2))
    until(page, "location.hash.includes('parameter=W')")
    left = page.evaluate("scrollY")
    before = settled_picture(page)
    page.evaluate("(at) => scrollTo(0, at)", left)
    page.reload()
    rest(page)
    until(page, f"scrollY === {left}")
    assert page.evaluate(DIFFERENCES, [before, settled_picture(page)]) == 0


def settled_picture(page: Page) -> str:
    """The page as a picture, with the pointer out of the way and the panel filled."""
    page.mouse.move(2, 2)
    rest(page)
    page.evaluate("document.activeElement?.blur()")
    page.locator("focus-panel .katex:visible").first.wait_for()
    page.evaluate(REPAINT)
    page.wait_for_timeout(400)
    return b64encode(page.screenshot(animations="disabled")).decode()


# What was painted piece by piece has other edges than what was painted at once, though nothing else differs.
REPAINT = """() => {
  scrollTo(0, 0);
  const drawn = document.querySelector(".cell-drawing");
  drawn.style.display = "none";
  drawn.getBoundingClientRect();
  return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => {
    drawn.style.display = "";
    resolve();
  })));
}"""

DIFFERENCES = """async (pictures) => {
  const [one, other] = await Promise.all(pictures.map(async (picture) => {
    const image = Object.assign(new Image(), { src: `data:image/png;base64,${picture}` });
    await image.decode();
    const context = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
    const drawn = context.getContext("2d");
    drawn.drawImage(image, 0, 0);
    return drawn.getImageData(0, 0, image.width, image.height).data;
  }));
  return one.length === other.length ? one.filter((value, at) => Math.abs(value - other[at]) > 24).length : -1;
}"""


def test_hovering_lights_the_same_step_everywhere(page: Page) -> None:
    visit(page)
    box = page.locator("#view-states .frame-plot").bounding_box()
    assert box
    x = middle(step_of(page, 3).locator(".node-cell"))
    page.mouse.move(x, box["y"] + box["height"] * 0.8)
    expect(page.locator("#view-loss .frame-readout")).to_contain_text("t = 3")
    expect(page.locator("#view-states .frame-readout")).to_contain_text("unit 6")
    assert abs(middle(page.locator(".cursor-hover")) - x) < 1
    assert page.locator(".belt .step.is-hover").get_attribute("data-t") == "3"


def test_the_window_is_a_band_over_the_matrix(page: Page) -> None:
    visit(page)
    slider = page.locator(".inset input")
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    expect(page.locator(".inset-words")).to_contain_text("3 of 8 steps kept: 9")
    until(page, "location.search.includes('window=3')")
    rest(page)
    assert page.locator("#view-contributions .cut").get_attribute("d")
    assert page.locator("#recipe-window").input_value() == "3"


def test_a_figure_can_be_enlarged_until_the_matrix_is_square(page: Page) -> None:
    visit(page)
    frame = page.locator("#view-contributions")
    frame.locator("summary").click()
    frame.get_by_role("button", name="Enlarge").click()
    rest(page)
    until(page, "location.hash.includes('large=contributions')")
    box = frame.locator(".frame-plot").bounding_box()
    assert box
    assert box["height"] > 600


def test_figures_are_saved_as_files(page: Page) -> None:
    visit(page)
    frame = page.locator("#view-states")
    frame.locator("summary").click()
    with page.expect_download() as caught:
        frame.get_by_role("button", name="Save as SVG").click()
    assert caught.value.suggested_filename == "unrolled-states.svg"


def test_a_long_run_has_a_lens_around_the_playhead(page: Page) -> None:
    visit(page, "/?text=" + "+".join(f"w{n % 40}" for n in range(101)) + "#t=50")
    shown = page.locator(".belt .step:not([hidden])").count()
    assert shown < 20
    expect(page.locator("#overview")).to_be_visible()
    network, window_ = step_of(page, 50).bounding_box(), page.locator(".belt-window").bounding_box()
    assert network
    assert window_
    assert abs(network["x"] + network["width"] / 2 - (window_["x"] + window_["width"] / 2)) < network["width"]
    page.keyboard.press("ArrowRight")
    until(page, "document.querySelector('.step.is-now')?.dataset.t === '51'")


def test_an_explosion_is_a_result(page: Page) -> None:
    visit(page, "/?cell=rnn-relu&gain=100&hidden=64&text=" + "+".join(f"w{n % 40}" for n in range(240)))
    notice = page.locator("#notice")
    expect(notice).to_contain_text("left the range of numbers")
    assert notice.get_attribute("data-kind") == "result"
    visible = page.locator(".belt .step:not([hidden])").first
    expect(visible).to_be_visible()


def test_an_address_that_is_not_allowed_says_so_and_what_is(open_page: Callable[..., Any]) -> None:
    page, witness = open_page()
    witness.forgive.append("422")
    visit(page, "/?hidden=100000")
    expect(page.locator("#problem-hidden")).to_be_visible()
    expect(page.locator("#notice")).to_be_hidden()  # once is enough
    assert page.locator(".belt .step:not([hidden])").count() == 8


def test_without_plotly_everything_still_works(open_page: Callable[..., Any]) -> None:
    page, witness = open_page()
    witness.forgive += ["plotly-cartesian.min.js", "ERR_FAILED"]
    page.route("**/plotly-cartesian.min.js", lambda route: route.abort())
    page.goto("/")
    until(page, "document.documentElement.dataset.ready === 'interactive'")
    page.mouse.move(*cell_of_matrix(page, t=6, k=3))
    expect(page.locator("#view-contributions .frame-readout")).to_contain_text("W used at k = 3")
    page.mouse.click(*cell_of_matrix(page, t=6, k=3))
    until(page, "unrolled.player.state.focus?.parameter === 'W'")
    page.keyboard.press("Space")
    until(page, "unrolled.player.state.phase === 'forward'")


def test_the_theme_changes_and_stays_in_the_address(page: Page) -> None:
    visit(page)
    page.locator("#theme").click()
    until(page, "location.search.includes('theme=dark')")
    rest(page)
    page.locator("#recipe-cell").select_option("gru")
    until(page, "location.search.includes('cell=gru')")
    assert "theme=dark" in page.url
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert re.fullmatch(r"rgb\(18, 20, 24\)", paper)
