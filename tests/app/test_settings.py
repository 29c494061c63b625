"""Each setting is documented, checked, and kept at its limit."""

import re

import pytest
from pydantic import ValidationError

from app.cli import main
from app.settings import Settings
from tests.app.talk import TRACES, WEB, problem
from tests.serving import ROOT, Server

ROWS = dict(re.findall(r"^\| `UNROLLED_(\w+)` \| `([^`]*)` \|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE))


def test_the_page_lists_every_setting_and_no_other() -> None:
    assert {name.lower() for name in ROWS} == set(Settings.model_fields)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_the_page_says_the_default_and_what_it_does(name: str) -> None:
    field = Settings.model_fields[name]
    assert ROWS[name.upper()] == str(field.default)
    assert field.description
    assert field.description in (ROOT / "docs/settings.md").read_text()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("UNROLLED_HOST", "::1"),
        ("HOST", "0.0.0.0"),
        ("UNROLLED_PORT", "81"),
        ("PORT", "82"),
        ("UNROLLED_BROWSER", "never"),
        ("UNROLLED_LOG_LEVEL", "debug"),
        ("UNROLLED_COMPUTE_MS", "50"),
        ("UNROLLED_RESPONSE_BYTES", "6000000"),
        ("UNROLLED_INLINE_MS", "0"),
        ("UNROLLED_PROCESSES", "3"),
        ("UNROLLED_NICENESS", "19"),
        ("UNROLLED_PROCESS_BYTES", str(2**30)),
        ("UNROLLED_DEADLINE_SECONDS", "7"),
        ("UNROLLED_ABANDON_SECONDS", "8"),
        ("UNROLLED_QUEUE", "9"),
        ("UNROLLED_CACHE_BYTES", "10"),
        ("UNROLLED_STREAMS", "11"),
        ("UNROLLED_PING_SECONDS", "12"),
        ("UNROLLED_SEND_SECONDS", "13"),
        ("UNROLLED_RECEIVE_SECONDS", "14"),
        ("UNROLLED_SHUTDOWN_SECONDS", "15"),
        ("UNROLLED_BODY_BYTES", "16000"),
        ("UNROLLED_URL_BYTES", "17000"),
        ("UNROLLED_HEADER_BYTES", "18000"),
        ("UNROLLED_TEXT_POINTS", "19"),
    ],
)
def test_a_setting_comes_from_the_environment(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    found = getattr(Settings(), name.removeprefix("UNROLLED_").lower())
    assert found == type(found)(value)


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "70000"), ("PORT", "http"), ("UNROLLED_PROCESSES", "0"), ("UNROLLED_LOG_LEVEL", "loud")],
)
def test_a_wrong_setting_stops_the_start(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError):
        Settings()
    assert main(["serve"]) == 2
    assert name.removeprefix("UNROLLED_").lower() in capsys.readouterr().err.lower()


def test_a_text_is_read_up_to_its_limit(server: Server) -> None:
    recipe = {"data": "characters", "text": "ab" * 10_000, "hidden": 1}
    whole = WEB.post(server.url + TRACES, json=recipe, params={"include": "forward"}, timeout=30)
    assert whole.status_code == 200
    beyond = {**recipe, "text": "ab" * 10_000 + "c"}
    told = problem(WEB.post(server.url + TRACES, json=beyond))
    assert told["errors"][0]["pointer"] == "/text"


def test_a_cost_is_named_with_what_would_fit(server: Server) -> None:
    text = "the cat saw the dog. " * 20
    recipe = {"cell": "lstm", "data": "characters", "hidden": 256, "text": text}
    told = problem(WEB.post(server.url + TRACES, json=recipe))
    assert told["type"] == "/docs#too-costly"
    assert told["cost"]["asked"] > told["cost"]["allowed"]
    error = told["errors"][0]
    assert error["pointer"] == "/text"
    smaller = {**recipe, "text": text[: error["allowed"]["nearest"]]}
    assert WEB.post(server.url + TRACES, json=smaller, timeout=60).status_code == 200
