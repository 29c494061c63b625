"""What an address hides of its page: the server writes it down before anything is drawn."""

import re

import httpx
import pytest

from core.fields import FIELDS
from tests.serving import ROOT

WEB = httpx.Client(timeout=30)
SHEET = (ROOT / "static/css/hide.css").read_text()
LISTED = (ROOT / "static/js/hiding.js").read_text()


def listed(name: str) -> list[str]:
    """The names of one row of the page's list."""
    row = re.search(rf"^  {name}: \[([^\]]*)\]", LISTED, re.MULTILINE)
    assert row, name
    return re.findall(r'"([\w-]+)"', row[1])


def test_every_part_that_can_be_hidden_has_its_rule() -> None:
    assert set(re.findall(r'data-hide~="([\w-]+)"', SHEET)) == set(listed("parts"))


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_can_be_hidden_by_its_name(field: str, base_url: str) -> None:
    html = WEB.get(f"{base_url}/?hide={field},view-gates").text
    assert re.findall(r'class="field field-(\w+) is-hidden"', html) == [field]
    assert re.findall(r'class="frame frame-(\w+) is-hidden"', html) == ["gates"]


def test_every_tool_can_be_hidden_but_the_first() -> None:
    tools = re.findall(r'\{ name: "(\w+)"', (ROOT / "static/js/tools.js").read_text())
    assert listed("tools") == tools[1:]


def test_the_page_says_what_it_hides_before_any_script_runs(base_url: str) -> None:
    html = WEB.get(f"{base_url}/?hide=seed,tool-train&cell=lstm").text
    assert re.search(r'<html [^>]*data-hide="seed tool-train"', html)
    assert re.search(r'<link rel="stylesheet" href="[^"]*css/hide.css">.*<script', html, re.DOTALL)


def test_a_page_that_hides_nothing_asks_for_no_sheet(base_url: str) -> None:
    html = WEB.get(base_url).text
    assert "data-hide" not in html
    assert "hide.css" not in html
    assert "is-hidden" not in html


@pytest.mark.parametrize("odd", ['"><b>', "A", "../x", "a" * 40, ",,,"])
def test_what_is_no_name_hides_nothing(odd: str, base_url: str) -> None:
    answer = WEB.get(base_url, params={"hide": odd})
    assert answer.status_code == 200
    assert "data-hide" not in answer.text


def test_a_lesson_hides_the_same(base_url: str) -> None:
    assert 'data-hide="player"' in WEB.get(f"{base_url}/lecture/loss/1?hide=player").text
