"""Every data set and every shipped model at its own address: its picture is drawn from the data."""

import pytest
from playwright.sync_api import Page

from core.data import COLLECTIONS
from core.models import cards
from tests.browser.conftest import Opener
from tests.browser.explorer import rest

DRAWN = """() => {
  const data = document.querySelector("#data");
  const ink = (canvas) => canvas.width > 0 && canvas.height > 0 &&
    new Set(new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size;
  const text = data.querySelector(".data-text").textContent;
  return { title: data.querySelector(".data-title").textContent, badge: data.querySelector(".data-badge").textContent,
    from: data.querySelector(".data-from").textContent, words: data.querySelector("p.hidden").textContent, text,
    colours: Math.max(...[...data.querySelectorAll("canvas")].map((canvas) => ink(canvas) || 0)),
    sideways: document.documentElement.scrollWidth > innerWidth };
}"""
READY = "() => document.querySelector('#data .data-title')?.textContent"
TEXTS = ("text", "pairs")


def opened(page: Page, address: str) -> dict[str, object]:
    page.goto(address)
    page.wait_for_function(READY, timeout=60_000)
    rest(page)
    return dict(page.evaluate(DRAWN))


def judge(found: dict[str, object], name: str) -> None:
    data = COLLECTIONS[name]
    assert found["title"] == data.title
    assert found["badge"] == ("real data" if data.real else "generated")
    assert data.licence == "none needed" or data.licence in str(found["from"])
    assert data.title in str(found["words"])
    assert not found["sideways"]
    if data.kind in TEXTS:
        assert found["text"]
    else:
        assert int(str(found["colours"])) > 2


@pytest.mark.parametrize("name", COLLECTIONS)
def test_a_data_set_has_its_picture(name: str, page: Page) -> None:
    more = "&topology=attention&cell=gru" if COLLECTIONS[name].relation == "pairs" else ""
    judge(opened(page, f"/?data={name}&hidden=4{more}"), name)


@pytest.mark.parametrize("name", cards.names())
def test_a_model_opens_at_its_own_address(name: str, page: Page) -> None:
    judge(opened(page, f"/?model={name}"), str(cards.card(name).recipe["data"]))
    assert page.evaluate("unrolled.stage.trace.recipe.model") == name
    assert page.evaluate("location.search") == f"?model={name}"


def test_the_next_example_is_another_picture(page: Page) -> None:
    before = opened(page, "/?model=account")["words"]
    page.get_by_role("button", name="The next example").click()
    page.wait_for_function("() => unrolled.stage.trace.recipe.example === 1")
    page.wait_for_function("() => document.querySelector('.data-count').textContent.startsWith('2 of')")
    page.wait_for_function("() => location.search === '?example=1&model=account'")
    assert before


def test_the_twin_says_each_step_in_a_table(page: Page) -> None:
    opened(page, "/?model=trigger")
    page.locator(".data-twin summary").click()
    rows = page.locator(".data-table tbody tr")
    assert rows.count() == page.evaluate("unrolled.stage.trace.dims.time")
    assert "%" in rows.nth(100).inner_text()


def test_a_sound_plays_in_time_with_the_player(page: Page) -> None:
    opened(page, "/?data=voices&hidden=4")
    page.get_by_role("button", name="Listen").click()
    page.wait_for_function("() => unrolled.player.state.playing && unrolled.player.state.phase === 'forward'")
    page.wait_for_function("() => !unrolled.player.state.playing && unrolled.player.state.t === unrolled.player.T - 1")
    assert page.locator(".data-listen").inner_text() == "Listen"


@pytest.mark.parametrize("address", ["/?model=captions", "/?model=account", "/?model=dates"])
def test_on_a_phone_and_in_the_dark_it_fits(address: str, open_page: Opener) -> None:
    page, _ = open_page(viewport={"width": 390, "height": 844}, color_scheme="dark")
    assert not opened(page, address)["sideways"]


def test_the_library_opens_a_model_and_tells_what_it_is_bad_at(page: Page) -> None:
    page.goto("/#tool=library")
    card = page.locator(".library-card", has_text="Dates to ISO 8601").first
    card.wait_for(timeout=60_000)
    assert "Limits:" in card.inner_text()
    assert "exact answers" in card.inner_text()
    card.get_by_role("link").click()
    page.wait_for_function("() => unrolled.stage.trace.recipe.model === 'dates' && !unrolled.stage.trace.partial")
    page.wait_for_function("() => location.search === '?model=dates'")
    page.wait_for_function("() => document.querySelector('.library-card.is-here h3').textContent.startsWith('Dates')")


def test_a_table_of_ones_own_runs_and_a_mistake_is_explained(open_page: Opener) -> None:
    page, witness = open_page()
    witness.forgive.append("422")
    rest_of = "".join(f"{i % 5},{i * i % 7}\n" for i in range(40))
    page.goto("/#tool=library&kind=own")
    file = page.locator("#own-file")
    file.wait_for(state="attached", timeout=60_000)
    file.set_input_files({"name": "mine.csv", "mimeType": "text/csv", "buffer": b"1,2\nx,4\n" * 20})
    page.locator(".tool-problem:not([hidden])").wait_for()
    file.set_input_files({"name": "mine.csv", "mimeType": "text/csv", "buffer": f"a,b\n{rest_of}".encode()})
    page.wait_for_function("() => unrolled.stage.trace.recipe.data.startsWith('own-') && !unrolled.stage.trace.partial")
    page.wait_for_function("() => document.querySelector('.data-title')?.textContent === 'Your table'")
    assert page.locator("#recipe-data").input_value().startswith("own-")
