"""The lecture in a real browser: every lesson gone through by keyboard, its predictions answered."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from app.lessons import Lesson, book
from core.experiment import compute
from core.quotes import short
from core.recipe import make_recipe
from tests.browser.explorer import rest, until, visit

LESSONS = [*book().values()]


def test_the_contents_lead_to_every_lesson(page: Page) -> None:
    page.goto("/lecture")
    assert page.locator(".lessons > li").count() == len(LESSONS)
    expect(page.locator(".lessons .katex").first).to_be_visible()
    page.get_by_role("link", name=LESSONS[0].title).click()
    rest(page)
    expect(page.locator(".lesson-title")).to_have_text(LESSONS[0].steps[0].title)


@pytest.mark.parametrize("lesson", LESSONS, ids=[lesson.id for lesson in LESSONS])
def test_a_lesson_by_keyboard_alone(page: Page, lesson: Lesson) -> None:
    visit(page, f"/lecture/{lesson.id}/1")
    for place, step in enumerate(lesson.steps):
        expect(page.locator(".lesson-title")).to_have_text(step.title)
        expect(page.locator(".lesson-say")).to_be_visible()
        assert "{" not in page.locator(".lesson-say").inner_text()
        expect(page.locator('.lesson-mark[data-holds="false"], .lesson-mark[data-holds="null"]')).to_have_count(0)
        if step.ask:
            answer(page)
        if place + 1 < len(lesson.steps):
            page.locator(".lesson-next").focus()
            page.keyboard.press("Enter")
            page.wait_for_url(f"**/lecture/{lesson.id}/{place + 2}")
            rest(page)


def answer(page: Page) -> None:
    """Guess, by keyboard; whatever is guessed, the truth is told."""
    ask = page.locator(".lesson-body > .lesson-ask")
    guess(page, ask)
    expect(ask.locator(".lesson-verdict")).to_have_text(re.compile(r"\w"))


def guess(page: Page, ask: Locator) -> None:
    """A first choice, some number, or a curve of one point."""
    if ask.locator(".lesson-option").count():
        ask.locator(".lesson-option input").first.focus()
        page.keyboard.press("Space")
        expect(ask.locator(".lesson-option.is-answer")).to_have_count(1)
    elif ask.locator(".curve").count():
        ask.locator(".curve-sliders input").last.focus()
        page.keyboard.press("ArrowDown")
        ask.get_by_role("button", name="Compare").press("Enter")
    else:
        ask.locator("input").focus()
        page.keyboard.type("1000")
        page.keyboard.press("Enter")


def test_a_curve_is_drawn_by_pointer_and_by_keyboard(page: Page) -> None:
    visit(page, "/lecture/cnn-and-rnn/3")
    paper = page.locator(".curve-paper")
    paper.scroll_into_view_if_needed()
    drawn = paper.locator(".curve-mine").get_attribute("d")
    box = paper.bounding_box()
    assert box
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.3 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 0.6 * box["height"], steps=3)
    page.mouse.up()
    by_pointer = paper.locator(".curve-mine").get_attribute("d")
    assert by_pointer != drawn
    step, value = page.locator(".curve-sliders input").all()
    step.focus()
    page.keyboard.press("Home")
    value.focus()
    page.keyboard.press("End")
    assert paper.locator(".curve-mine").get_attribute("d") != by_pointer
    expect(page.locator(".curve-says")).to_have_text(re.compile(r"At step 0: \d+"))
    assert not paper.locator(".curve-real").get_attribute("d")
    page.get_by_role("button", name="Compare").press("Enter")
    assert paper.locator(".curve-real").get_attribute("d")
    expect(page.locator(".lesson-verdict").first).to_contain_text("off by a factor of", ignore_case=True)
    page.reload()
    rest(page)
    expect(page.locator(".lesson-verdict").first).to_contain_text("off by a factor of", ignore_case=True)


def test_a_lesson_ends_with_exercises_that_know_their_answers(page: Page) -> None:
    visit(page, "/lecture/vanishing/4")
    page.locator(".lesson-exercises > summary").press("Enter")
    forms = page.locator(".lesson-exercises .lesson-ask")
    assert forms.count() == len(book()["vanishing"].exercises)
    for form in forms.all():
        guess(page, form)
        expect(form.locator(".lesson-verdict")).to_have_text(re.compile(r"\w"))
    visit(page, "/lecture/vanishing/1")
    expect(page.locator(".lesson-say")).to_be_visible()
    expect(page.locator(".lesson-exercises")).to_have_count(0)


def test_another_recipe_gives_other_numbers_and_the_way_back_gives_the_lessons_own(page: Page) -> None:
    visit(page, "/lecture/loss/2")
    numbers = page.locator(".lesson-say .lesson-number")
    expect(numbers.first).to_have_text(re.compile(r"\d"))
    own = numbers.first.inner_text()
    page.get_by_role("button", name="Another seed").click()
    until(page, "new URLSearchParams(location.search).has('own')")
    seed = page.evaluate("new URLSearchParams(location.search).get('seed')")
    assert seed != "0"
    # Two seeds may round to one number: this is the new one's.
    loss = compute(make_recipe({"seed": int(seed)}))["loss"].sum()
    expect(numbers.first).to_have_text(short(float(loss)))
    page.go_back()
    expect(numbers.first).to_have_text(own)
    assert "own" not in page.url


def test_a_lesson_shared_with_another_recipe_opens_with_that_recipe(page: Page) -> None:
    visit(page, "/lecture/lstm/1?cell=gru&own=1")
    assert page.locator("#recipe-cell").input_value() == "gru"
    visit(page, "/lecture/lstm/1")
    assert page.locator("#recipe-cell").input_value() == "lstm"


def test_only_the_views_of_a_step_are_shown(page: Page) -> None:
    visit(page, "/lecture/vanishing/1")
    expect(page.locator("#view-contributions")).to_be_visible()
    expect(page.locator("#view-loss")).to_be_hidden()


def test_a_button_leads_to_what_may_be_changed(page: Page) -> None:
    visit(page, "/lecture/vanishing/4")
    page.locator(".lesson-fields button").first.click()
    expect(page.locator("#recipe-gain")).to_be_focused()


def test_the_lesson_fits_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    visit(page, "/lecture/two-hacks/4")
    expect(page.locator(".lesson-say")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
