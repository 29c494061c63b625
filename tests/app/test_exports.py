"""Files that need no server: nothing in them asks for anything, and nothing in their data gets out of its place."""

import json
import re
import subprocess
import sys
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lessons import book
from app.pages import harmless
from tests.app.talk import TRACES, WEB, problem
from tests.app.test_pages import HOSTILE, inside
from tests.serving import ROOT

FILES = ["network.html", "matrix?cell=lstm&t=3", "lecture/vanishing/1.html", "lecture/lstm.html"]


class Reader(HTMLParser):
    """A file as a browser reads it: addresses, and the texts of scripts and sheets."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self.policy, self.within = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag points at."""
        told = dict(attrs)
        if tag in {"link", "img", "script", "iframe"}:
            self.addresses += [str(told[name]) for name in ("src", "href") if name in told]
        if told.get("http-equiv") == "Content-Security-Policy":
            self.policy = str(told["content"])
        self.within = tag if tag in {"style", "script"} and told.get("type") != "application/json" else ""
        self.texts += [(tag, "")] if self.within else []

    def handle_data(self, data: str) -> None:
        """Note what would run or dress."""
        if self.within:
            self.texts[-1] = (self.within, self.texts[-1][1] + data)

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the name is the parser's
        """Leave an element."""
        self.within = ""


def read(text: str) -> Reader:
    """A file, read."""
    reader = Reader()
    reader.feed(text)
    return reader


@pytest.mark.parametrize("path", FILES)
def test_a_file_holds_all_it_needs_and_lets_nothing_else_in(path: str, base_url: str) -> None:
    answer = WEB.get(f"{base_url}/export/{path}")
    assert answer.status_code == 200
    assert re.fullmatch(r'attachment; filename="unrolled-[a-z0-9-]+\.html"', answer.headers["content-disposition"])
    found = read(answer.text)
    assert all(address.startswith("data:") for address in found.addresses)
    assert not re.search(r'url\((?!"data:)', "".join(text for tag, text in found.texts if tag == "style"))
    assert found.policy.startswith("default-src 'none'")
    assert "unsafe" not in found.policy
    assert "'self'" not in found.policy
    assert len(found.texts) == 2
    for tag, text in found.texts:
        digest = b64encode(sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in re.findall(rf"{tag}-src ([^;]*)", found.policy)[0]


def test_a_view_brings_the_run_of_its_address(base_url: str) -> None:
    data = inside(WEB.get(f"{base_url}/export/gates.html?cell=gru&hidden=5&t=2").text)
    assert data["trace"] == WEB.get(f"{base_url}{TRACES}?cell=gru&hidden=5&encoding=base64").json()
    assert data["options"] == {"t": "2"}


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_breaks_out_of_a_file(text: str, base_url: str) -> None:
    page = WEB.get(f"{base_url}/export/network.html", params={"text": f"{text} and more"}).text
    assert inside(page)["trace"]["recipe"]["text"] == f"{text} and more"
    assert len(read(page).texts) == 2


def test_the_whole_lecture_is_one_file_with_every_step_and_every_number(base_url: str) -> None:
    answer = WEB.get(f"{base_url}/export/lecture.html")
    data = inside(answer.text)
    steps = [(lesson.id, place + 1) for lesson in book().values() for place in range(len(lesson.steps))]
    assert [(slide["lesson"], slide["step"]) for slide in data["slides"]] == steps
    assert all(slide["trace"] in data["traces"] and slide["scene"] for slide in data["slides"])
    assert len(data["traces"]) < len(steps)  # steps share their runs
    assert "sources" not in data


def test_a_lesson_comes_as_data_for_a_deck(base_url: str) -> None:
    told = WEB.get(f"{base_url}/export/lecture/lstm.json").json()
    assert [slide["step"] for slide in told["slides"]] == [*range(1, len(book()["lstm"].steps) + 1)]
    assert {slide["trace"] for slide in told["slides"]} == {*told["traces"]}


def test_a_deck_begins_with_its_slide_and_knows_where_the_others_are(base_url: str) -> None:
    answer = WEB.get(f"{base_url}/lecture/lstm/2/deck")
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
    data = inside(answer.text)
    first = data["slides"][data["first"]]
    assert (first["lesson"], first["step"]) == ("lstm", 2)
    assert first["trace"] in data["traces"]
    assert {slide["lesson"] for slide in data["slides"]} == {*data["sources"]} == {*book()}
    assert WEB.get(base_url + data["sources"]["lstm"]).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/export/nothing.html", "/export/lecture/none.html", "/export/lecture/lstm/99.html", "/export/lecture/lstm.pdf"],
)
def test_what_is_not_there(path: str, base_url: str) -> None:
    assert problem(WEB.get(base_url + path))["status"] == 404


def test_a_wrong_recipe_gives_no_file(base_url: str) -> None:
    assert problem(WEB.get(f"{base_url}/export/network.html?hidden=0"))["errors"][0]["pointer"] == "/hidden"


NASTY = st.lists(st.sampled_from([*"</>!-[]& \u2028\u2029\"'ab", "</script", "<!--", "<script", "]]>"])).map("".join)


@given(st.lists(NASTY, max_size=20))
def test_whatever_the_data_are_they_stay_in_their_element(texts: list[str]) -> None:
    data = harmless(json.dumps(texts, ensure_ascii=False).encode()).decode()
    page = f'<script type="application/json" id="page-data">{data}</script>'
    assert inside_of(page) == texts


def inside_of(page: str) -> list[str]:
    """What a parser finds in the element of the data."""
    found: list[str] = []

    class Plain(HTMLParser):
        def handle_data(self, data: str) -> None:
            found.append(data)

    parser = Plain()
    parser.feed(page)
    return list(json.loads("".join(found)))


@pytest.mark.parametrize("what", ["matrix", "lecture/lstm/2"])
def test_the_command_writes_a_file_without_a_server(what: str, tmp_path: Path) -> None:
    out = tmp_path / "file.html"
    words = [sys.executable, "-m", "app", "export", what, "--cell", "gru", "--at", "t=3", "--out", str(out)]
    subprocess.run(words, cwd=ROOT, check=True, timeout=60)
    text = out.read_text()
    assert len(read(text).texts) == 2
    assert "http:" not in "".join(read(text).addresses)
    data = inside(text)
    assert data["options"]["at"] == "t=3" if what == "matrix" else data["slides"][0]["step"] == 2


def test_the_command_names_what_there_is(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "app", "export", "nothing", "--out", str(tmp_path / "x.html")]
    ran = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode == 2
    assert not (tmp_path / "x.html").exists()
