"""The languages of the page: which one a visitor gets, and that it is spoken throughout."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from app import packs, words
from tests.app.talk import WEB
from tests.app.test_pages import inside
from tests.serving import ROOT

GERMAN = {"Accept-Language": "de-DE,de;q=0.9,en;q=0.8"}


@pytest.mark.parametrize(
    ("query", "headers", "language"),
    [
        ("", {}, "en"),
        ("", GERMAN, "de"),
        ("", {"Accept-Language": "fr, en;q=0.7, de;q=0.3"}, "en"),
        ("", {"Accept-Language": "de;q=0, fr"}, "en"),
        ("?lang=de", {}, "de"),
        ("?lang=en", GERMAN, "en"),
        ("?lang=xx", GERMAN, "de"),
        ("", {"Cookie": "lang=de"}, "de"),
        ("", {"Cookie": "lang=en", **GERMAN}, "en"),
        ("?lang=de", {"Cookie": "lang=en"}, "de"),
    ],
)
@pytest.mark.parametrize("path", ["/", "/lecture", "/lecture/loss/1"])
def test_address_then_cookie_then_preference(
    path: str, query: str, headers: dict[str, str], language: str, base_url: str
) -> None:
    answer = WEB.get(f"{base_url}{path}{query}", headers=headers)
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.text
    assert {"Accept-Language", "Cookie"} <= {name.strip() for name in answer.headers["vary"].split(",")}


def test_the_same_page_in_the_other_language_is_one_click_away(base_url: str) -> None:
    page = WEB.get(f"{base_url}/?cell=lstm&text=a+%26+%22b%22&lang=de").text
    assert 'href="/?cell=lstm&amp;text=a+%26+%22b%22&amp;lang=en" hreflang="en"' in page
    assert 'href="/lecture/loss/2?lang=en" hreflang="en"' in WEB.get(f"{base_url}/lecture/loss/2?lang=de").text


def test_a_german_page_speaks_german_and_computes_the_same(base_url: str) -> None:
    english, german = (WEB.get(base_url, params={"cell": "lstm", "lang": each}).text for each in ("en", "de"))
    assert inside(english)["trace"] == inside(german)["trace"]
    assert [f["label"] for f in inside(german)["catalog"]["fields"]][:2] == ["Zelle", "Daten"]
    nodes = inside(german)["catalog"]["cells"][3]["nodes"]
    assert {n["name"]: n["label"] for n in nodes}["f"] == "Vergessens-Gate"
    assert "<br>Einheit %{y}<br>" in inside(german)["figures"]["states"]["data"][0]["hovertemplate"]
    assert "js/page.de.pack.js" in german
    assert "js/page.de.pack.js" not in english


def test_links_keep_the_language_that_an_address_asked_for(base_url: str) -> None:
    page = WEB.get(f"{base_url}/lecture/loss/2?lang=de").text
    assert re.findall(r'rel="(?:prev|next)" href="/lecture/loss/\d\?lang=de"', page)
    assert '<input type="hidden" name="lang" value="de">' in page


def test_a_step_of_a_lesson_and_the_catalogue_are_told_in_a_language(base_url: str) -> None:
    api = f"{base_url}/api/v1"
    told = WEB.get(f"{api}/catalog?lang=de").json()
    assert told["fields"][0]["label"] == "Zelle"
    assert WEB.get(f"{api}/catalog").json()["fields"][0]["label"] == "Cell"
    for path in ("catalog", "lessons", "lessons/loss/1"):
        assert WEB.get(f"{api}/{path}?lang=de").status_code == 200
        refused = WEB.get(f"{api}/{path}?lang=xx")
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/lang")


def test_a_sentence_with_holes_is_told_by_its_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {"at most {high}; here are {count}": "hier {count}, höchstens {high}", "at most {high}": "höchstens {high}"}
    monkeypatch.setattr(words, "rows", lambda *_: rows)
    words._patterns.cache_clear()
    words.told.cache_clear()
    assert words.told("de", "at most 8; here are 9") == "hier 9, höchstens 8"
    assert words.told("de", "at most 8") == "höchstens 8"
    assert words.told("de", "else") == "else"
    words._patterns.cache_clear()
    words.told.cache_clear()


def test_the_packs_of_a_language_hold_its_sentences_and_no_others() -> None:
    contents = {p.relative_to(ROOT / "static").as_posix(): p.read_bytes() for p in (ROOT / "static").rglob("*.js")}
    english, german = packs.scripts(contents), packs.spoken("de", contents)
    assert {packs.in_language("de", name) for name in english} == set(german)
    page = german["js/page.de.pack.js"].decode()
    assert '"net.loss": "Verlust"' in page
    assert "Abspielen" not in english[packs.PAGE].decode()
    assert "The network has run" not in page
    assert '"hidden state":"verborgener Zustand"' in german["js/desk.de.pack.js"].decode()
    assert not re.search(rb'"\./[\w-]+(?<!\.de)\.pack\.js"', b"".join(german.values()))


def test_the_page_tells_what_the_service_says(tmp_path: Path) -> None:
    module = words.spoken("de", (ROOT / "static/js/said.js").read_text())
    (tmp_path / "said.js").write_text(module)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    script = 'import { said } from "./said.js"; console.log(said("hidden state"), said("odd"))'
    (tmp_path / "run.js").write_text(script)
    node = shutil.which("node") or "node"
    ran = subprocess.run([node, "run.js"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "verborgener Zustand odd"
