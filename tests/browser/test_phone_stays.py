"""A page that arrives stays where it is: nothing scrolls it but the visitor."""

import pytest
from playwright.sync_api import Page

from tests.browser.explorer import visit


@pytest.mark.parametrize("address", ["/", "/#tool=cell", "/lecture/two-hacks/4"])
def test_the_page_stays_at_its_top_while_it_is_furnished(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    visit(page, address)
    assert page.evaluate("scrollY") == 0
