"""Models that are shipped: their names stand in recipes everywhere, and nobody sends their weights."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from app.cli import main
from app.lessons import Lesson, Step, trace_of
from core.brought import settled
from core.experiment import compute
from core.models import cards
from core.recipe import make_recipe
from core.weights import load
from tests.app.talk import EXPLAIN, TRACES, TRAINING, WEB, Query, events, problem

MODELS = "/api/v1/models"
NAMES: Query = {"model": "names", "example": 3}


def test_all_are_listed_with_figures_beside_baselines(base_url: str) -> None:
    listed = WEB.get(base_url + MODELS).json()["models"]
    assert [each["id"] for each in listed] == [*cards.names()]
    assert WEB.get(base_url + "/api/v1/catalog").json()["models"] == listed
    for each in listed:
        assert each["weakness"]
        assert {f["name"] for f in each["baselines"]} <= {f["name"] for f in each["figures"]}
        assert all(f["low"] <= f["value"] <= f["high"] for f in each["figures"])
        assert WEB.get(f"{base_url}{MODELS}/{each['id']}").json() == each


def test_the_file_is_the_one_of_its_card(base_url: str) -> None:
    body = WEB.get(f"{base_url}{MODELS}/names/weights").content
    assert hashlib.sha256(body).hexdigest() == cards.card("names").sha256


def test_a_trace_has_the_weights_the_data_and_the_labels_of_the_model(base_url: str) -> None:
    trace = WEB.get(base_url + TRACES, params=NAMES).json()
    assert (trace["recipe"]["data"], trace["recipe"]["cell"], trace["recipe"]["example"]) == ("names", "gru", 3)
    assert trace["labels"]["output"][:3] == ["·", "a", "b"]
    for name, value in load(cards.file("names"))[0].items():
        np.testing.assert_array_equal(np.array(trace["arrays"][f"param/{name}"]["data"]), value)


@pytest.mark.parametrize(
    ("route", "more"),
    [
        (EXPLAIN, {"node": "h", "t": 1, "unit": 0}),
        ("/api/v1/figures/states", {}),
        ("/api/v1/decode", {"method": "beam"}),
        ("/api/v1/geometry", {"t": 1}),
        ("/api/v1/traces/stream", {}),
        ("/", {}),
    ],
)
def test_its_name_stands_in_every_route(base_url: str, route: str, more: Query) -> None:
    answer = WEB.get(base_url + route, params={**NAMES, **more})
    assert answer.status_code == 200, answer.text[:500]


def test_training_goes_on_from_it_and_its_snapshots_are_asked_about(base_url: str) -> None:
    query: Query = {**NAMES, "updates": 3, "snapshots": 1}
    said = [json.loads(event.raw) for event in events(base_url, "jsonl", query, route=TRAINING)]
    assert said[-1]["event"] == "finished"
    first = WEB.get(f"{base_url}/api/v1/training/weights", params={**query, "update": 0})
    ours = load(cards.file("names"))[0]
    for name, value in load(first.content)[0].items():
        np.testing.assert_array_equal(value, ours[name])
    later = WEB.get(f"{base_url}/api/v1/training/traces", params={**query, "update": 3}).json()["arrays"]
    assert np.array(later["param/V"]["data"]).shape == ours["V"].shape
    assert (np.array(later["param/V"]["data"]) != ours["V"]).any()
    assert WEB.get(f"{base_url}/api/v1/decode", params={**query, "update": 3}).status_code == 200


def test_the_page_is_told_what_its_name_brings_along(base_url: str) -> None:
    fields = {f["name"]: f for f in WEB.get(base_url + "/api/v1/catalog").json()["fields"]}
    assert fields["model"]["brings"]["dates"]["topology"] == "attention"
    assert set(fields["model"]["brings"]) == set(cards.names())


def test_the_command_line_takes_its_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "trace.json"
    assert main(["trace", "--model", "names", "--example", "3", "--include", "forward", "--out", str(path)]) == 0
    own = compute(settled(make_recipe(NAMES), {}), ["forward"])
    np.testing.assert_array_equal(json.loads(path.read_text())["arrays"]["h"]["data"], own.arrays["h"].data)
    assert main(["decode", "--model", "dates", "--prompt", "24 december 1971"]) == 0
    assert "1971-12-24" in capsys.readouterr().out


def test_a_lesson_may_name_it() -> None:
    step = Step("A", "A.")
    lesson = Lesson(1, "a", "A", "A.", 1, (), {"model": "names"}, (step,))
    assert trace_of(lesson, step).recipe["hidden"] == cards.card("names").recipe["hidden"]


@pytest.mark.parametrize("more", [{"data": "account"}, {"data": "sentence"}])
def test_data_that_do_not_fit_it_are_refused(base_url: str, more: Query) -> None:
    assert problem(WEB.get(base_url + TRACES, params={"model": "names", **more}))["status"] == 422


def test_an_unknown_name_is_refused_with_those_that_are_known(base_url: str) -> None:
    told = problem(WEB.get(base_url + TRACES, params={"model": "date"}))
    assert "dates" in told["errors"][0]["allowed"]["shipped"]
    assert WEB.get(base_url + MODELS + "/date").status_code == 404
