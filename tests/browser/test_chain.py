"""The chain behind a cell of the matrix opens in the panel, in a real browser."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.explorer import visit

QUERY = "cell=lstm&hidden=3"


def test_each_factor_has_its_matrix_its_singular_values_and_what_arrives(page: Page) -> None:
    visit(page, f"/?{QUERY}#t=6&k=2&parameter=U")
    cards = page.locator(".factor-card")
    expect(cards).to_have_count(5)
    asked = f"fetch('/api/v1/explain?{QUERY}&parameter=U&t=6&k=2').then((answer) => answer.json())"
    chain = page.evaluate(asked)["chain"]
    assert [f["from"] for f in chain["factors"]] == [6, 5, 4, 3]
    expect(cards.nth(1).locator(".factor-matrix rect")).to_have_count(36)
    expect(cards.nth(1).locator(".factor-value")).to_have_count(6)
    sizes = page.locator(".factor-size").all_inner_texts()
    assert [float(size) for size in sizes[1:]] == [float(f"{f['carried']:.3g}") for f in chain["factors"]]


def test_the_same_step_has_no_way_back_to_show(page: Page) -> None:
    visit(page, f"/?{QUERY}#t=3&k=3&parameter=U")
    expect(page.locator(".of-gradient .equation")).not_to_be_empty()
    expect(page.locator(".factors-chain")).to_be_hidden()


def test_axe_finds_nothing_serious_in_the_strip(page: Page, axe: Callable[[Page], list[str]]) -> None:
    visit(page, f"/?{QUERY}#t=7&k=0&parameter=W")
    expect(page.locator(".factor-card")).to_have_count(8)
    assert axe(page) == []
