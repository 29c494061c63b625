"""The door to the geometry of a run, as people meet it."""

from typing import Any

import numpy as np
import pytest

from tests.app.talk import TRACES, WEB

GEOMETRY = "/api/v1/geometry"
RECIPE: dict[str, str | int] = {"cell": "gru", "hidden": 2, "seed": 3}


def test_the_way_is_that_of_the_trace(base_url: str) -> None:
    found = WEB.get(base_url + GEOMETRY, params={**RECIPE, "t": 2}).json()
    state = found["coordinates"][0].split()[0]
    states = WEB.get(base_url + TRACES, params=RECIPE).json()["arrays"][state]["data"]
    assert found["path"]["points"][1:] == [row[0] for row in states]
    assert len(found["portrait"]["reads"]) == len(states)
    assert len(found["spectrum"]["eigen"]) == len(states)


def test_a_body_says_the_same_as_a_query(base_url: str) -> None:
    by_body = WEB.post(base_url + GEOMETRY, json=RECIPE, params={"t": 1, "box": "path"}).json()
    assert WEB.get(base_url + GEOMETRY, params={**RECIPE, "t": 1, "box": "path"}).json() == by_body


def test_a_trained_network_has_the_geometry_that_it_learnt(base_url: str) -> None:
    asked = {**RECIPE, "updates": 20, "snapshots": 3}
    first, later = (WEB.post(base_url + GEOMETRY, json=asked, params={"update": u}, timeout=60).json() for u in (0, 20))
    assert first == WEB.get(base_url + GEOMETRY, params=RECIPE).json()
    assert not np.allclose(first["path"]["points"], later["path"]["points"])


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"t": 99}, "/t"),
        ({"t": -1}, "/t"),
        ({"box": "all"}, "/box"),
        ({"topology": "bidirectional"}, "/topology"),
        ({"hidden": "many"}, "/hidden"),
        ({"unknown": 1}, "/unknown"),
    ],
)
def test_what_has_no_geometry_is_refused_by_name(asked: dict[str, Any], pointer: str, base_url: str) -> None:
    answer = WEB.get(base_url + GEOMETRY, params=asked)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer
