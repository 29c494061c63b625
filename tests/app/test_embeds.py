"""Embeds and oEmbed: any view, any step, and no page but ours."""

import html as markup
import re
from typing import Any

import pytest

from app.embeds import ALONE
from app.lessons import book
from app.limits import HEADERS
from tests.app.talk import TRACES, WEB, Query, problem
from tests.app.test_pages import HOSTILE, inside

STEPS = [(lesson, place) for lesson in book().values() for place in range(1, len(lesson.steps) + 1)]


@pytest.mark.parametrize("view", sorted(ALONE))
def test_every_view_has_an_embed_with_its_run_inside(view: str, base_url: str) -> None:
    answer = WEB.get(f"{base_url}/embed/{view}", params={"cell": "gru", "hidden": 5})
    assert answer.status_code == 200
    assert f'data-only="{view}"' in answer.text
    data = inside(answer.text)
    assert data["trace"] == WEB.get(f"{base_url}{TRACES}?cell=gru&hidden=5&encoding=base64").json()


@pytest.mark.parametrize(("name", "view"), [("unrolled", "network"), ("matrix", "contributions")])
def test_a_view_answers_to_the_name_that_people_call_it(name: str, view: str, base_url: str) -> None:
    assert f'data-only="{view}"' in WEB.get(f"{base_url}/embed/{name}").text


def test_panels_are_several_views_each_once(base_url: str) -> None:
    page = WEB.get(f"{base_url}/embed/network?panels=matrix,states,matrix").text
    assert 'data-only="contributions states"' in page


@pytest.mark.parametrize(("lesson", "place"), [STEPS[0], STEPS[-1], *STEPS[::9]])
def test_a_step_of_a_lesson_brings_its_own_run_views_and_place(lesson: Any, place: int, base_url: str) -> None:
    step = lesson.steps[place - 1]
    page = WEB.get(f"{base_url}/embed/lecture/{lesson.id}/{place}").text
    data = inside(page)
    assert data["trace"]["recipe"].items() >= dict(lesson.recipe_of(step).values).items()
    assert len(data["trace"]["recipe"].get("interventions", ())) == len(step.interventions)
    assert data["options"]["at"] == step.at
    assert f'data-only="{" ".join(step.views)}"' in page
    assert f'href="/lecture/{lesson.id}/{place}"' in page


def test_a_step_with_anothers_recipe(base_url: str) -> None:
    data = inside(WEB.get(f"{base_url}/embed/lecture/lstm/1?cell=gru&own=1").text)
    assert data["trace"]["recipe"]["cell"] == "gru"


def test_what_is_asked_of_an_embed_reaches_it(base_url: str) -> None:
    query: Query = {"theme": "transparent-dark", "fs": "1.5", "keys": "self", "step": 3, "phase": "forward", "seed": 2}
    page = WEB.get(f"{base_url}/embed/gates", params={**query, "cell": "lstm"}).text
    assert 'data-theme="transparent-dark"' in page
    told = inside(page)["options"]
    assert told == {"theme": "transparent-dark", "fs": "1.5", "keys": "self", "step": "3", "phase": "forward"}
    full = re.search(r'embed-full" href="([^"]+)"', page)
    assert full
    assert markup.unescape(full[1]) == "/?seed=2&cell=lstm#t=3&phase=forward"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("hidden=0", "hidden"),
        ("theme=pink", "theme"),
        ("keys=mine", "keys"),
        ("t=x", "t:"),
        ("panels=states,nothing", "panels"),
        ("nonsense=1", "nonsense"),
    ],
)
def test_what_is_wrong_is_said_in_words(query: str, said: str, base_url: str) -> None:
    answer = WEB.get(f"{base_url}/embed/network?{query}")
    assert (answer.status_code, answer.headers["cache-control"]) == (422, "no-store")
    assert answer.headers["content-type"].startswith("text/html")
    assert said in answer.text
    assert "<script" not in answer.text


@pytest.mark.parametrize("path", ["/embed/nothing", "/embed/lecture/none/1", "/embed/lecture/lstm/99"])
def test_what_is_not_there_is_said_in_words(path: str, base_url: str) -> None:
    answer = WEB.get(base_url + path)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    for name, value in HEADERS["embed"].items():
        assert answer.headers[name] == value


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_breaks_out_of_an_embed(text: str, base_url: str) -> None:
    page = WEB.get(f"{base_url}/embed/network", params={"text": f"{text} and more"}).text
    assert inside(page)["trace"]["recipe"]["text"] == f"{text} and more"
    assert "alert(1)<" not in page


# -- who may frame what -------------------------------------------------------------------------------------

PAGES = ["/", "/docs", "/lecture", "/lecture/lstm/1", "/?hidden=0", "/nothing"]


@pytest.mark.parametrize("path", ["/embed/network", "/embed/lecture/lstm/1", "/embed/nothing", "/embed/loss?t=x"])
def test_an_embed_may_be_framed_by_anyone(path: str, base_url: str) -> None:
    answer = WEB.get(base_url + path)
    assert "frame-ancestors" not in answer.headers["content-security-policy"]
    assert "x-frame-options" not in answer.headers
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["cross-origin-embedder-policy"] == "require-corp"
    assert "cross-origin-opener-policy" not in answer.headers


@pytest.mark.parametrize("path", PAGES)
def test_nothing_else_may_be(path: str, base_url: str) -> None:
    answer = WEB.get(base_url + path)
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"


# -- oEmbed -------------------------------------------------------------------------------------------------

EMBEDDABLE = {
    "/": "/embed/network",
    "/?cell=lstm&seed=3": "/embed/network?cell=lstm&seed=3",
    "/embed/gates?cell=gru": "/embed/gates?cell=gru",
    "/embed/matrix": "/embed/matrix",
    "/lecture/lstm/2": "/embed/lecture/lstm/2",
    "/embed/lecture/lstm/2?theme=dark": "/embed/lecture/lstm/2?theme=dark",
    "/?cell=lstm#t=3": "/embed/network?cell=lstm#t=3",
}


@pytest.mark.parametrize("path", EMBEDDABLE)
def test_oembed_says_how_one_of_our_addresses_is_embedded(path: str, base_url: str) -> None:
    answer = WEB.get(f"{base_url}/oembed", params={"url": base_url + path})
    told = answer.json()
    assert (told["version"], told["type"], told["width"], told["height"]) == ("1.0", "rich", 960, 540)
    source = re.search(r'src="([^"]*)"', told["html"])
    assert source
    assert markup.unescape(source[1]) == base_url + EMBEDDABLE[path]
    assert WEB.get(markup.unescape(source[1])).status_code == 200


def test_oembed_keeps_to_the_room_there_is(base_url: str) -> None:
    told = WEB.get(f"{base_url}/oembed", params={"url": base_url, "maxwidth": 400, "maxheight": 5000}).json()
    assert (told["width"], told["height"]) == (400, 540)
    assert 'width="400" height="540"' in told["html"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"url": "https://elsewhere.example/embed/network"}, 404),
        ({"url": "BASE/docs"}, 404),
        ({"url": "BASE/embed/nothing"}, 404),
        ({"url": "BASE/lecture/none/1"}, 404),
        ({"url": "javascript:alert(1)"}, 404),
        ({"url": "http://[::1"}, 404),
        ({}, 404),
        ({"url": "BASE", "format": "xml"}, 501),
        ({"url": "BASE", "maxwidth": "wide"}, 422),
        ({"url": "BASE", "maxheight": "0"}, 422),
    ],
)
def test_oembed_speaks_for_nobody_else(query: dict[str, str], status: int, base_url: str) -> None:
    asked = {name: text.replace("BASE", base_url) for name, text in query.items()}
    answer = WEB.get(f"{base_url}/oembed", params=asked)
    assert problem(answer)["status"] == status


def test_a_quote_in_an_address_stays_inside_the_frame(base_url: str) -> None:
    told = WEB.get(f"{base_url}/oembed", params={"url": f'{base_url}/?text="><script>alert(1)</script> a'}).json()
    assert told["html"].count("<") == 2
    assert told["html"].count('"') == 14


@pytest.mark.parametrize("path", ["/", "/?cell=lstm&seed=3", "/lecture/lstm/2", "/embed/gates?cell=gru"])
def test_a_page_says_where_its_embed_is_described(path: str, base_url: str) -> None:
    page = WEB.get(base_url + path).text
    found = re.search(r'<link rel="alternate" type="application/json\+oembed" href="([^"]+)" title="[^"]+">', page)
    assert found
    told = WEB.get(markup.unescape(found[1])).json()
    assert markup.escape(base_url + EMBEDDABLE[path]) in told["html"]
    for name in ("title", "description", "url", "site_name", "type"):
        assert re.search(f'<meta property="og:{name}" content="[^"]+">', page)
