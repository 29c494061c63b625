"""The browser tests can only trust a witness that does notice."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.conftest import Opener

MISDEEDS = """() => {
  console.error("a complaint");
  setTimeout(() => { throw new Error("a mistake"); });
  fetch("https://elsewhere.example/").catch(() => {});
  document.body.setAttribute("style", "color: red");
}"""


def test_it_notices_complaints_mistakes_foreign_requests_and_violations(open_page: Opener) -> None:
    page, witness = open_page()
    page.goto("/")
    page.evaluate(MISDEEDS)
    page.wait_for_timeout(300)
    kinds = {problem.partition(":")[0] for problem in witness.problems}
    witness.problems.clear()
    assert {"console error", "error", "content security policy"} <= kinds
    assert "foreign request" in kinds or "content security policy" in kinds


def test_it_forgives_only_what_it_is_told_to(open_page: Opener) -> None:
    page, witness = open_page()
    witness.forgive.append("on purpose")
    page.goto("/")
    page.evaluate("() => { console.error('done on purpose'); console.error('by accident'); }")
    page.wait_for_timeout(100)
    texts = list(witness.problems)
    witness.problems.clear()
    assert [text for text in texts if "on purpose" in text] == []
    assert [text for text in texts if "by accident" in text]


def test_axe_finds_an_image_without_words(page: Page, axe: Callable[[Page], list[str]]) -> None:
    page.goto("/")
    page.evaluate("() => document.body.append(document.createElement('img'))")
    assert [problem for problem in axe(page) if problem.startswith("image-alt")]
