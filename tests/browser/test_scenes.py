"""The pictures that only lessons have: windows, bags, convolutions, drawn from the trace and worked by keyboard."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.lessons import SCENES, book
from tests.browser.explorer import rest, state, until, visit

SHOWN = {
    view: f"/lecture/{lesson.id}/{place}"
    for lesson in reversed([*book().values()])
    for place, step in enumerate(lesson.steps, 1)
    for view in step.scenes
}


def test_every_scene_is_in_some_lesson() -> None:
    assert SHOWN.keys() == SCENES.keys()


@pytest.mark.parametrize("view", SHOWN)
def test_a_scene_has_words_and_a_table(page: Page, view: str) -> None:
    visit(page, SHOWN[view])
    frame = page.locator(f"#view-{view}")
    expect(frame).to_be_visible()
    expect(page.locator(f"#summary-{view}")).to_have_text(re.compile(r"\w+"))
    assert "{" not in frame.inner_text()
    frame.locator("summary").click()
    frame.get_by_role("button", name="Table").click()
    assert frame.locator("tbody tr").count() > 0


@pytest.mark.parametrize("page_of", ["/embed{}", "{}/deck"])
def test_a_scene_is_drawn_as_it_should_be_in_an_embed_and_alone_on_a_slide(page: Page, page_of: str) -> None:
    page.goto(page_of.format(SHOWN["curse"]))
    until(page, "document.documentElement.dataset.ready === 'interactive'")
    expect(page.locator("#view-curse")).to_be_visible()
    expect(page.locator("#view-curse .curse-bar").first).to_have_css("display", "flex")  # its sheet has come
    for other in SHOWN.keys() - {"curse"}:
        expect(page.locator(f"#view-{other}")).to_be_hidden()


@pytest.mark.parametrize("view", SHOWN)
def test_a_scene_fits_a_phone(page: Page, view: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    visit(page, SHOWN[view])
    expect(page.locator(f"#view-{view}")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_window_grows_with_its_slider_and_the_address_knows(page: Page) -> None:
    visit(page, "/lecture/big-windows/1")
    expect(page.locator(".code-row")).to_have_count(7)
    page.locator("#view-window .frame-head input").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".code-row")).to_have_count(8)
    expect(page.locator(".chip.is-inside")).to_have_count(8)
    until(page, "location.hash.includes('size=8')")
    page.reload()
    rest(page)
    expect(page.locator(".code-row")).to_have_count(8)


def test_the_columns_of_the_curse_are_the_numbers_of_the_trace(page: Page) -> None:
    visit(page, "/lecture/big-windows/3")
    unseen = page.evaluate("[...unrolled.stage.trace.get('window/unseen').data]")
    column = page.locator(".curse.is-unseen .curse-column").nth(3)
    column.focus()
    page.keyboard.press("Enter")
    expect(column).to_have_attribute("aria-pressed", "true")
    expect(column.locator("b")).to_have_text(f"{round(100 * unseen[3])}%")
    expect(page.locator("#view-curse .sketch-note")).to_contain_text("4 words of 1000")


def test_both_bags_are_compared_while_the_run_plays(page: Page) -> None:
    visit(page, "/lecture/bag-of-words/2")
    expect(page.locator(".bag li.is-other")).to_have_count(0)
    page.evaluate("unrolled.player.look(3)")
    expect(page.locator(".bag li.is-other")).to_have_count(2)


def test_a_filter_is_laid_where_the_picture_is_clicked(page: Page) -> None:
    visit(page, "/lecture/cnn-and-rnn/1")
    page.keyboard.press("Home")
    box: Any = page.locator("#view-space .space-plot").first.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.31, box["y"] + box["height"] * 0.44)
    until(page, "unrolled.player.state.k === 1")
    assert state(page)["t"] == 2
    told = page.evaluate("unrolled.stage.trace.get('space/map').data[2 * 6 + 1]")
    expect(page.locator("#view-space .sketch-note")).to_contain_text(f"{told:.3g}".replace("-", "−"))


def test_another_recipe_in_a_lesson_brings_the_scenes_arrays_too(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/traces" in request.url else None)
    visit(page, "/lecture/cnn-and-rnn/4")
    before = page.evaluate("[...unrolled.stage.trace.get('convolution/reach').data]")
    page.get_by_role("button", name="Another seed").click()
    until(page, f"unrolled.stage.trace.get('convolution/reach')?.data[0] !== {json.dumps(before[0])}")
    assert "windows" in asked[-1]
    expect(page.locator("#view-reach .reach-canvas")).to_have_count(2)


def test_a_wider_beam_is_asked_for_and_the_address_keeps_it(page: Page) -> None:
    visit(page, "/lecture/beam-search/2")
    expect(page.locator("#view-beams .sketch-note").first).to_contain_text("at most 2 kept")
    slider = page.locator("#view-beams .frame-head input")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#view-beams .sketch-note").first).to_contain_text("at most 3 kept")
    until(page, "location.hash.includes('size=3')")
    page.reload()
    rest(page)
    expect(page.locator("#view-beams .sketch-note").first).to_contain_text("at most 3 kept")


def test_the_tree_grows_with_the_player(page: Page) -> None:
    visit(page, "/lecture/beam-search/2")
    everything = page.locator(".beam").count()
    page.evaluate("unrolled.player.seek(0)")
    until(page, "unrolled.player.state.phase === 'forward' && unrolled.player.state.t === 0")
    expect(page.locator(".beam")).to_have_count(4)
    assert everything > 20
