"""Pages come with their first picture inside, whatever their address says."""

import html
import json
import re
from typing import Any

import pytest

from app.catalog import ON_A_PAGE
from app.problems import KINDS
from core.recipe import FIELDS
from tests.app.talk import TRACES, WEB, Query

LINK = re.compile(r'(?:href|src)="([^"]+)"')
IMPORT = re.compile(r'^(?:import|export)\b[^"\';]*?(?:from )?"(\.[^"]+\.js)"', re.MULTILINE)
HOSTILE = ["</script><script>alert(1)</script>", "<!-- <script>", "a & b < c > d", "line\u2028and\u2029line", "]]>"]


def inside(page: str) -> dict[str, Any]:
    """The data of a page, as a browser reads them: up to the first end of a script."""
    found = re.search(r'<script type="application/json" id="page-data">(.*?)</script', page, re.DOTALL | re.IGNORECASE)
    assert found
    assert "<" not in found[1]
    return dict(json.loads(found[1]))


def test_the_explorer_opens_with_the_default_trace(base_url: str) -> None:
    data = inside(WEB.get(base_url).text)
    assert data["trace"] == WEB.get(base_url + TRACES, params={"encoding": "base64"}).json()
    assert data["recipe"] == data["trace"]["recipe"] == {name: field.default for name, field in FIELDS.items()}
    listed = WEB.get(f"{base_url}/api/v1/catalog").json()
    assert data["catalog"] == {name: listed[name] for name in ON_A_PAGE}
    assert data["problem"] is None


@pytest.mark.parametrize("query", [{}, {"cell": "gru"}, {"lang": "de"}, {"hidden": "no number"}])
def test_a_page_is_the_same_when_it_is_asked_for_again(base_url: str, query: Query) -> None:
    first, second = (WEB.get(base_url, params=query) for _ in range(2))
    assert (first.status_code, first.text) == (second.status_code, second.text)
    assert inside(second.text)["recipe"]["cell"] == query.get("cell", "rnn-tanh")
    assert f'lang="{query.get("lang", "en")}"' in second.text


def test_the_explorer_opens_with_the_trace_of_its_address(base_url: str) -> None:
    data = inside(WEB.get(base_url, params={"cell": "lstm", "hidden": 12}).text)
    assert data["recipe"] == data["trace"]["recipe"]
    assert data["recipe"]["cell"] == "lstm"


def test_a_trace_that_takes_long_is_left_to_the_page(base_url: str) -> None:
    query: Query = {"cell": "lstm", "hidden": 64, "data": "characters", "text": "the cat saw the dog and ran. " * 5}
    answer = WEB.get(base_url, params=query)
    data = inside(answer.text)
    assert answer.status_code == 200
    assert data["recipe"]["hidden"] == 64
    assert data["trace"]["recipe"]["hidden"] == 8


def test_a_wrong_address_still_opens_a_page_that_says_so(base_url: str) -> None:
    answer = WEB.get(base_url, params={"hidden": 0})
    assert (answer.status_code, answer.headers["cache-control"]) == (422, "no-store")
    assert answer.headers["content-type"].startswith("text/html")
    data = inside(answer.text)
    assert data["problem"]["errors"][0]["pointer"] == "/hidden"
    assert data["trace"]["recipe"] == data["recipe"]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_breaks_out_of_the_page(text: str, base_url: str) -> None:
    page = WEB.get(base_url, params={"text": f"{text} and more"}).text
    assert inside(page)["recipe"]["text"] == f"{text} and more"
    assert "alert(1)<" not in page


def test_an_unknown_field_breaks_out_of_no_page(base_url: str) -> None:
    page = WEB.get(base_url, params={"<script>alert(1)</script>": "<script>"}).text
    assert "<script>alert" not in page
    assert inside(page)["problem"]["status"] == 422


def test_the_reference_names_every_route_field_and_problem(base_url: str) -> None:
    page = html.unescape(WEB.get(f"{base_url}/docs").text)
    paths = WEB.get(f"{base_url}/api/v1/openapi.json").json()["paths"]
    for word in [*paths, *FIELDS, *KINDS]:
        assert f"<code>{word}</code>" in page, word
    for kind in KINDS:
        assert f'id="{kind}"' in page


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_every_file_that_a_page_names_is_there(path: str, base_url: str) -> None:
    page = WEB.get(base_url + path).text
    links = {html.unescape(link) for link in LINK.findall(page) if not link.startswith(("#", "data:"))}
    assert links
    for link in (each.removeprefix(base_url) for each in links):  # one is whole, for other people's programs
        assert link.startswith("/"), link
        answer = WEB.get(base_url + link)
        assert answer.status_code == 200, link
        if link.startswith("/static"):
            assert answer.headers["cache-control"].endswith("immutable")


def test_a_page_asks_for_its_modules_and_its_sheets_once(base_url: str) -> None:
    page = WEB.get(base_url).text
    assert len(re.findall(r"<script [^>]*src=", page)) == 1
    assert len(re.findall(r'rel="stylesheet"', page)) == 1
