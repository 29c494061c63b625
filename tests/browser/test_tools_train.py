"""Training in a real browser: the curves, training time, what goes wrong."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener
from tests.browser.explorer import until, visit

Axe = Callable[[Page], list[str]]

RUN = "/?cell=lstm&updates=120&snapshots=6"
SHOWN = "unrolled.stage.trace.id.endsWith('-' + unrolled.player.state.epoch)"
DONE = re.compile(r"^120 updates, loss from")


def train(page: Page, address: str = RUN) -> None:
    """Open Train at an address and train to the end."""
    visit(page, f"{address}#tool=train")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.locator(".run-said")).to_have_text(DONE, timeout=60_000)


def epoch(page: Page) -> int:
    """After how many updates the weights are seen."""
    return int(page.evaluate("unrolled.player.state.epoch"))


def arrived(page: Page, update: int) -> None:
    """Wait until every figure shows the snapshot of an update."""
    until(page, f"unrolled.stage.trace.id.endsWith('-{update}')", 30)


def said(page: Page) -> str:
    """What the panel says of unit 2 of the forget gate at step 5, once it is what the trace on the page holds."""
    digits = "String(Number(unrolled.stage.trace.get('f').data[5 * 8 + 2].toPrecision(3)))"
    until(page, f"document.querySelector('.side-forward .side-value').textContent === {digits}", 20)
    until(page, "!document.querySelector('.explained.is-waiting')", 20)
    return page.locator(".side-forward").inner_text()


def test_a_network_learns_and_the_page_shows_the_newest_weights(page: Page) -> None:
    train(page)
    arrived(page, 120)
    assert epoch(page) == 120
    total = "unrolled.stage.trace.get('loss').data.reduce((sum, value) => sum + value, 0)"
    assert page.evaluate(total) < 8 * 2.2, "it is better than before training"
    charts = page.locator(".log-chart:visible")
    expect(charts).to_have_count(4)
    for chart in charts.all():
        assert re.search(r"\d", chart.get_attribute("aria-label") or ""), "each has its words"
    expect(page.locator(".train-words li")).to_have_count(8)
    expect(page.get_by_text("the entropy of the tokens' frequencies")).to_be_visible()
    until(page, "location.hash === '#tool=train&epoch=120'")


def test_training_time_is_scrubbed_without_asking_again(page: Page) -> None:
    train(page)
    arrived(page, 120)
    slider = page.get_by_role("slider", name="Weights after so many updates")
    expect(slider).to_have_attribute("max", "13")
    slider.focus()
    for _ in range(13):
        page.keyboard.press("ArrowLeft")
        until(page, f"unrolled.player.state.epoch === 0 || {SHOWN}", 30)
    assert epoch(page) == 0
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for _ in range(13):
        page.keyboard.press("ArrowRight")
        until(page, SHOWN)
    assert epoch(page) == 120
    assert asked == [], "replay costs no bytes"


def test_the_numbers_behind_a_node_are_those_of_the_snapshot(page: Page) -> None:
    train(page)
    arrived(page, 120)
    page.get_by_role("tab", name="Inspect").click()
    expect(page.locator(".epoch-bar")).to_be_visible()
    page.evaluate("unrolled.player.set({ t: 5, focus: { node: 'f', unit: 2, parameter: null } })")
    value = said(page)
    page.locator(".epoch-back").click()
    until(page, "unrolled.player.state.epoch === 0")
    assert said(page) != value


def test_an_address_holds_the_options_and_the_place_in_training_time(page: Page) -> None:
    visit(page, f"{RUN}#tool=train&epoch=64")
    arrived(page, 64)
    expect(page.locator(".run-said")).to_have_text(DONE, timeout=60_000)
    assert epoch(page) == 64, "a run that is asked for by an address does not move it"
    expect(page.locator("#train-updates")).to_have_value("120")


def test_an_update_without_a_snapshot_is_the_nearest_with_one(open_page: Opener) -> None:
    page, witness = open_page()
    witness.forgive.append("422")
    visit(page, f"{RUN}#tool=inspect&epoch=63")
    arrived(page, 64)


def test_options_are_judged_where_they_stand_and_the_nearest_is_one_click_away(page: Page) -> None:
    visit(page, "/#tool=train")
    page.locator("#train-updates").fill("0")
    page.locator("#train-updates").press("Enter")
    problem = page.locator("#train-updates-problem")
    expect(problem).to_contain_text("Updates is a whole number from 1")
    problem.get_by_role("button").click()
    expect(page.locator("#train-updates")).to_have_value("1")
    until(page, "location.search === '?updates=1'")


def test_what_the_server_refuses_is_said_at_its_field(open_page: Opener) -> None:
    page, witness = open_page()
    witness.forgive.append("422")
    visit(page, "/?k2=3#tool=train")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.locator("#train-k1-problem")).to_contain_text("k1")
    page.locator("#train-k1-problem button").click()
    expect(page.locator("#train-k1")).to_have_value("3")


def test_other_options_end_what_was_trained(page: Page) -> None:
    train(page)
    page.locator("#train-optimiser").select_option("sgd")
    until(page, "unrolled.player.state.epoch === 0")
    expect(page.locator(".epoch-bar")).to_be_hidden()
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible()
    page.locator("#undo").click()
    until(page, "!location.search.includes('sgd')")
    expect(page.locator("#train-optimiser")).to_have_value("adam")


def test_a_run_is_held_goes_on_and_is_stopped(page: Page) -> None:
    visit(page, "/?cell=lstm&hidden=48&data=copy&length=60&updates=3000&snapshots=3#tool=train")
    page.get_by_role("button", name="Train", exact=True).click()
    until(page, "/^Update [1-9]/.test(document.querySelector('.run-said').textContent)", 30)
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.locator(".run-said")).to_contain_text("Held at update")
    held = page.locator(".run-said").inner_text()
    page.evaluate("new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))")
    assert page.locator(".run-said").inner_text() == held
    page.get_by_role("button", name="Go on").click()
    at = int(re.findall(r"\d+", held)[0])
    until(page, f"Number(document.querySelector('.run-said').textContent.match(/Update (\\d+)/)?.[1]) > {at}", 30)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".run-said")).to_contain_text("Stopped at update")
    expect(page.get_by_role("button", name="Train again")).to_be_visible()


def test_a_run_that_diverges_says_where_and_offers_a_way_out(page: Page) -> None:
    visit(
        page,
        "/?cell=rnn-relu&init=identity&hidden=32&data=adding&length=100&optimiser=sgd&rate=50&clip=none&updates=60#tool=train",
    )
    page.get_by_role("button", name="Train", exact=True).click()
    trouble = page.locator(".tool-trouble")
    expect(trouble).to_contain_text("Diverged at update", timeout=30_000)
    trouble.get_by_role("button", name="clip by norm").click()
    until(page, "!location.search.includes('clip=none')")
    expect(page.locator("#train-clip")).to_have_value("norm")
    expect(page.get_by_role("button", name="Train again")).to_be_visible(timeout=30_000)


def test_a_line_that_breaks_is_taken_up_where_it_broke(open_page: Opener) -> None:
    page, witness = open_page()
    witness.forgive += ["Failed to load resource", "net::ERR_"]
    visit(page, f"{RUN}#tool=train")
    away = [True]
    page.route("**/training/stream*", lambda route: route.abort("connectionreset") if away[0] else route.continue_())
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.locator(".run-said")).to_contain_text("The connection is lost")
    away[0] = False
    expect(page.locator(".run-said")).to_have_text(DONE, timeout=60_000)


def test_training_goes_on_while_another_tool_is_open(page: Page) -> None:
    visit(page, "/?cell=lstm&hidden=32&data=copy&length=40&updates=800&snapshots=4#tool=train")
    page.get_by_role("button", name="Train", exact=True).click()
    page.get_by_role("tab", name="Inspect").click()
    until(page, "unrolled.player.state.epoch > 0", 60)
    page.get_by_role("tab", name=re.compile("Train")).click()
    page.get_by_role("button", name=re.compile("Stop|Train again")).first.click()


def test_on_a_phone_a_network_is_trained_with_fingers(open_page: Opener) -> None:
    page, _ = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    visit(page, f"{RUN}#tool=train")
    page.get_by_role("button", name="Train", exact=True).tap()
    expect(page.locator(".run-said")).to_have_text(DONE, timeout=60_000)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for part in (".epoch-play", ".epoch-back", ".epoch-bar .slider", ".run-go", ".options-row >> nth=0", "#undo"):
        box = page.locator(part).first.bounding_box()
        assert box, part
        assert box["height"] >= 43.5, part
    page.locator(".epoch-play").tap()
    until(page, "unrolled.player.state.epoch < 120")
    until(page, "unrolled.player.state.epoch === 120", 60)


def test_training_is_accessible_when_it_has_run(page: Page, axe: Axe) -> None:
    train(page)
    page.locator(".options-more summary").click()
    assert axe(page) == []
