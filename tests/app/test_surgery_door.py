"""Surgery through the API: before and after in one answer, and each fault at its place in the list."""

import json
from typing import Any

import numpy as np
import pytest

from core.interventions import Clamp, carry_out
from core.recipe import make_recipe
from tests.app.talk import EXPLAIN, TRACES, WEB, Query, problem

CLAMP = {"kind": "clamp", "node": "f", "value": 0.0, "from": 2, "to": 4}
BODY: dict[str, Any] = {"cell": "lstm", "seed": 3, "interventions": [CLAMP]}


def test_a_clamped_gate_is_what_the_engine_makes_of_it(base_url: str) -> None:
    found = WEB.post(base_url + TRACES, json=BODY).json()
    wanted = carry_out(make_recipe({"cell": "lstm", "seed": 3}), [Clamp("f", 0.0, 2, 4)])
    assert found["id"] == wanted.id
    assert found["arrays"].keys() == wanted.arrays.keys()
    for name, array in wanted.arrays.items():
        np.testing.assert_array_equal(np.array(found["arrays"][name]["data"], float), array.data, err_msg=name)
    plain = WEB.get(base_url + TRACES, params={"cell": "lstm", "seed": 3}).json()
    assert found["arrays"]["unperturbed/h"]["data"] == plain["arrays"]["h"]["data"]
    gaps = [row[0] for row in found["arrays"]["divergence"]["data"]]
    assert gaps[:2] == [0.0, 0.0]
    assert min(gaps[2:]) > 0


def test_a_query_says_the_same_as_a_body_and_none_is_no_surgery(base_url: str) -> None:
    body = WEB.post(base_url + TRACES, json=BODY).json()
    query: Query = {"cell": "lstm", "seed": 3, "interventions": json.dumps([CLAMP])}
    assert WEB.get(base_url + TRACES, params=query).json() == body
    plain = WEB.post(base_url + TRACES, json={"cell": "lstm", "seed": 3}).json()
    assert WEB.post(base_url + TRACES, json={**BODY, "interventions": []}).json() == plain


def test_figures_and_explanations_are_of_the_changed_run(base_url: str) -> None:
    token = [{"kind": "token", "t": 2, "token": "dog"}]
    query: Query = {"seed": 3, "interventions": json.dumps(token)}
    trace = WEB.get(base_url + TRACES, params=query).json()
    told = WEB.get(base_url + EXPLAIN, params={**query, "node": "s", "t": 3, "unit": 1}).json()
    assert told["value"] == trace["arrays"]["s"]["data"][3][0][1]
    assert trace["labels"]["time"][2] == "dog"
    figures = [WEB.get(f"{base_url}/api/v1/figures/states", params=q).json() for q in (query, {"seed": 3})]
    assert figures[0] != figures[1]


def test_a_held_node_is_explained_as_held(base_url: str) -> None:
    query: Query = {"cell": "lstm", "seed": 3, "interventions": json.dumps([CLAMP])}
    inside, outside = (
        WEB.get(base_url + EXPLAIN, params={**query, "node": "f", "t": t, "unit": 1}).json() for t in (3, 5)
    )
    assert inside["value"] == 0.0
    assert [term["label"] for term in inside["forward"]["terms"]] == ["held"]
    assert len(outside["forward"]["terms"]) == 3


FAULTS: dict[str, tuple[Any, str]] = {
    "no list": ({"kind": "clamp"}, "/interventions"),
    "too many": ([CLAMP] * 17, "/interventions"),
    "a thing that is no object": ([3], "/interventions/0/kind"),
    "an unknown kind": ([CLAMP, {"kind": "remove"}], "/interventions/1/kind"),
    "an unknown node": ([{**CLAMP, "node": "q"}], "/interventions/0/node"),
    "an unknown field": ([{**CLAMP, "colour": 1}], "/interventions/0/colour"),
    "an end before its beginning": ([{**CLAMP, "to": 1}], "/interventions/0/to"),
    "a step after the end": ([{**CLAMP, "from": 8, "to": 8}], "/interventions/0/from"),
    "a unit too many": ([{**CLAMP, "units": [8]}], "/interventions/0/units"),
    "a value that is too large": ([{**CLAMP, "value": 1e300}], "/interventions/0/value"),
    "a token from nowhere": ([{"kind": "token", "t": 0, "token": "cat"}], "/interventions/0/token"),
    "an unknown state": ([{"kind": "zero", "state": "s", "t": 0}], "/interventions/0/state"),
    "an unknown parameter": ([{"kind": "scale", "parameter": "Q", "factor": 2}], "/interventions/0/parameter"),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_interventions_with(kind: str, base_url: str) -> None:
    items, pointer = FAULTS[kind]
    for answer in (
        WEB.post(base_url + TRACES, json={"cell": "lstm", "interventions": items}),
        WEB.get(base_url + TRACES, params={"cell": "lstm", "interventions": json.dumps(items)}),
    ):
        told = problem(answer)
        assert told["status"] == 422
        assert told["errors"][0]["pointer"] == pointer


def test_a_list_that_is_no_json_is_refused(base_url: str) -> None:
    told = problem(WEB.get(base_url + TRACES, params={"interventions": "[{"}))
    assert told["status"] == 400
