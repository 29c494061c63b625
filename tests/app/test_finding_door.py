"""The door to finding, as people meet it."""

from typing import Any

import pytest

from tests.app.talk import TRACES, WEB
from tests.serving import ROOT

FINDING = "/api/v1/finding"
RECIPE: dict[str, str | int] = {"cell": "lstm", "hidden": 12, "seed": 3}


def test_the_best_unit_is_the_one_that_the_trace_shows(base_url: str) -> None:
    told = WEB.get(base_url + FINDING, params={**RECIPE, "from": 2, "to": 4}).json()
    arrays = WEB.get(base_url + TRACES, params=RECIPE).json()["arrays"]
    best = told["found"][0]
    assert (told["first"], told["last"]) == (2, 4)
    assert best["auc"] == max(each["auc"] for each in told["found"])
    unit = [row[0][best["unit"]] for row in arrays[best["node"]]["data"]]
    assert best["inside"] == pytest.approx(sum(unit[2:5]) / 3)
    assert best["outside"] == pytest.approx((sum(unit) - sum(unit[2:5])) / (len(unit) - 3))


def test_a_query_and_a_body_say_the_same_and_all_nodes_may_be_searched(base_url: str) -> None:
    asked: dict[str, str | int] = {**RECIPE, "from": 2, "to": 4, "nodes": "all", "corpus": "the dog took the dog"}
    by_body = WEB.post(base_url + FINDING, json=asked).json()
    assert WEB.get(base_url + FINDING, params=asked).json() == by_body
    assert {each["node"] for each in by_body["found"]} & {"f", "i", "g", "o"}
    assert by_body["corpus"]["time"] == ["the", "dog", "took", "the", "dog"]


def test_a_trained_network_is_searched_as_it_is_then(base_url: str) -> None:
    asked = {**RECIPE, "updates": 20, "snapshots": 3, "from": 1, "to": 2}
    first, later = (WEB.post(base_url + FINDING, json=asked, params={"update": u}, timeout=60).json() for u in (0, 20))
    untrained = WEB.post(base_url + FINDING, json={**RECIPE, "from": 1, "to": 2}).json()
    assert first == untrained
    assert later != untrained


def test_a_model_that_was_brought_is_searched(base_url: str) -> None:
    file = (ROOT / "tests/reference/weights/writer.safetensors").read_bytes()
    headers = {"Content-Type": "application/octet-stream"}
    model = WEB.post(f"{base_url}/api/v1/models", content=file, headers=headers).json()["id"]
    asked = {"model": model, "data": "characters", "text": "abcdefab", "from": 2, "to": 3, "corpus": "fedcba"}
    told = WEB.post(base_url + FINDING, json=asked).json()
    trace = WEB.post(base_url + TRACES, json={name: asked[name] for name in ("model", "data", "text")}).json()
    best = told["found"][0]
    unit = [row[0][best["unit"]] for row in trace["arrays"][best["node"]]["data"]]
    assert best["inside"] == pytest.approx(sum(unit[2:4]) / 2)
    assert told["corpus"] == {"time": [*"fedcba"], "unknown": 0}


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"from": 0, "to": 7}, "/to"),
        ({"from": 9}, "/from"),
        ({"from": 2, "to": 1}, "/to"),
        ({"nodes": "some"}, "/nodes"),
        ({"corpus": "..."}, "/corpus"),
        ({"unknown": 1}, "/unknown"),
    ],
)
def test_what_cannot_be_sought_is_refused_by_name(asked: dict[str, Any], pointer: str, base_url: str) -> None:
    answer = WEB.post(base_url + FINDING, json=asked)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer
