"""The explorer for everyone: keyboard, touch, words, tables, little motion, small screens."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.explorer import rest, state, until, visit


def test_every_figure_has_a_table_with_a_row_for_every_step(page: Page) -> None:
    visit(page, "/?cell=lstm")
    for name in ("states", "gates", "loss", "gradients", "contributions", "output"):
        frame = page.locator(f"#view-{name}")
        frame.locator("summary").click()
        frame.get_by_role("button", name="Table").click()
        assert frame.locator("tbody tr").count() == 8, name
        assert "undefined" not in frame.locator("table").inner_text()
        frame.locator("summary").click()
        frame.get_by_role("button", name="Table").click()
        assert frame.locator("table").count() == 0 or frame.locator(".frame-table").is_hidden()


def test_the_table_of_the_matrix_chooses_cells_too(page: Page) -> None:
    visit(page)
    frame = page.locator("#view-contributions")
    frame.locator("summary").click()
    frame.get_by_role("button", name="Table").click()
    frame.locator("tbody tr").nth(4).locator("button").nth(2).click()
    found = state(page)
    assert (found["t"], found["k"], found["focus"]["parameter"]) == (4, 2, "W")


def test_it_can_be_driven_by_the_keyboard_alone(page: Page) -> None:
    visit(page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert state(page)["t"] == 2
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.node") == "cell"
    page.keyboard.press("Enter")
    assert state(page)["focus"]["node"] == "s"
    until(page, "document.activeElement.dataset.node === 'cell'")
    page.keyboard.press("ArrowRight")
    until(page, "document.activeElement.closest('.step')?.dataset.t === '3'")
    page.keyboard.press("Escape")
    assert state(page)["focus"] is None
    page.keyboard.press("b")
    assert (state(page)["phase"], state(page)["t"]) == ("backward", 7)
    page.keyboard.press("End")
    assert state(page)["phase"] == "whole"
    page.keyboard.press("Shift+ArrowLeft")
    assert state(page)["focus"]["parameter"] == "W"


def test_space_plays_and_pauses_and_a_question_mark_shows_the_keys(page: Page) -> None:
    visit(page)
    page.locator("#network").focus()
    page.keyboard.press("Space")
    until(page, "unrolled.player.state.playing")
    page.keyboard.press("]")
    page.keyboard.press("Space")
    until(page, "!unrolled.player.state.playing")
    assert page.evaluate("unrolled.player.state.speed") == 4
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()


def test_typing_a_text_does_not_play(page: Page) -> None:
    visit(page)
    text = page.locator("#recipe-text")
    text.fill("a dog and a cat and a mouse")
    text.press("Space")
    assert not state(page)["playing"]
    until(page, "unrolled.player.T === 7")
    rest(page)


def test_the_moment_is_said_in_words(page: Page) -> None:
    visit(page, "/#phase=forward&t=3")
    page.keyboard.press("ArrowRight")
    live = page.locator("#live")
    expect(live).to_contain_text("Forward, step 4 of 7: reads “the”")
    page.keyboard.press("b")
    expect(live).to_contain_text("Backward, step 7: gradient norm")
    assert page.locator(".track-input").get_attribute("aria-valuetext") == live.inner_text()


def test_the_track_can_be_dragged_by_touch(open_page: Callable[..., Any]) -> None:
    page, _ = open_page(viewport={"width": 1024, "height": 768}, has_touch=True)
    visit(page)
    box = page.locator(".track").bounding_box()
    assert box
    left, step = page.evaluate("(({left, step}) => [left, step])(unrolled.stage.scene.timeline)")
    x = box["x"] + left + 3.5 * step
    page.touchscreen.tap(x, box["y"] + 10)
    assert (state(page)["phase"], state(page)["t"]) == ("forward", 3)
    page.touchscreen.tap(x, box["y"] + 36)
    assert (state(page)["phase"], state(page)["t"]) == ("backward", 3)
    page.mouse.move(x, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(x + 2 * step, box["y"] + 10, steps=4)
    page.mouse.up()
    assert (state(page)["phase"], state(page)["t"]) == ("forward", 5)


def test_reduced_motion_steps_without_moving(open_page: Callable[..., Any]) -> None:
    page, _ = open_page(reduced_motion="reduce")
    visit(page)
    page.evaluate("unrolled.player.set({ speed: 8 }); unrolled.player.play()")
    for _ in range(8):
        page.wait_for_timeout(60)
        moving = page.evaluate(
            "document.getAnimations().filter((each) => each.effect.getComputedTiming().duration > 1).length"
        )
        assert moving == 0
    assert state(page)["t"] > 0


@pytest.mark.parametrize("recipe", ["", "?cell=lstm", "?data=characters"])
def test_a_phone_needs_no_scrolling_sideways(open_page: Callable[..., Any], recipe: str) -> None:
    page, _ = open_page(viewport={"width": 390, "height": 844}, device_scale_factor=2, has_touch=True)
    visit(page, f"/{recipe}")
    wide = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide[0] <= wide[1]
    figures, focus = page.locator("#figures").bounding_box(), page.locator("#focus").bounding_box()
    assert figures
    assert focus
    assert focus["y"] >= figures["y"] + figures["height"] - 1


@pytest.mark.parametrize(
    "address",
    ["/", "/?theme=dark&cell=lstm#t=3&node=h&unit=2", "/?theme=projector#t=5&k=2&parameter=U", "/#phase=forward&t=2"],
)
def test_axe_finds_nothing_serious(page: Page, axe: Callable[[Page], list[str]], address: str) -> None:
    visit(page, address)
    page.wait_for_timeout(300)
    assert axe(page) == []


@pytest.mark.parametrize(
    "address",
    [
        "/lecture/vanishing/1/deck",
        "/lecture/beam-search/2/deck?lang=de&theme=dark",
        "/lecture/lstm/3/deck?theme=projector",
        "/embed/lecture/bag-of-words/3",
    ],
)
def test_axe_finds_nothing_serious_on_slides(page: Page, axe: Callable[[Page], list[str]], address: str) -> None:
    page.goto(address)
    until(page, "document.documentElement.dataset.ready === 'interactive'")
    page.wait_for_timeout(300)
    assert axe(page) == []
    if "deck" in address:
        page.keyboard.press("o")
        expect(page.locator(".deck-overview")).to_be_visible()
        assert axe(page) == []


def test_what_is_heard_of_a_lesson_has_its_numbers_each_once_and_in_order(page: Page) -> None:
    visit(page, "/lecture/fixed-window/1")
    heard = page.locator("#network").aria_snapshot()
    steps = [int(found) for found in re.findall(r"Loss at step (\d+)", heard)]
    assert steps == sorted(steps)
    assert len(steps) > 5
    assert "not a number" not in heard
    visit(page, "/lecture/loss/1")
    expect(page.get_by_role("textbox", name=re.compile(r"each of the 9 words"))).to_be_visible()
    assert page.locator("#view-loss").aria_snapshot().count("Largest at step") == 1
