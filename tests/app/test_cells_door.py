"""The door for cells as text: an editor's questions and their answers."""

import time
from typing import Any

import pytest

from core.cells import CELLS
from core.examples import EXAMPLES
from core.ops import OPS
from tests.app.talk import WEB

CELLS_DOOR = "/api/v1/cells"
FAULTS = {
    "an unclosed bracket": ("h = tanh(W @ x + U @ h_prev", 1, 8, "never closed"),
    "two values side by side": ("h = tanh(W x + U @ h_prev)", 1, 9, "something is missing"),
    "an unknown function": ("h = tnh(W @ x + U @ h_prev)", 1, 4, "no such function"),
    "a letter that is no ASCII": ("h = tanh(W @ x)\ng = σ(h)", 2, 4, "only plain ASCII"),
    "an indented line": ("  h = tanh(W @ x)", 1, 1, "left edge"),
    "a weight used twice": ("h = tanh(W @ x + U @ h_prev)\nc = U @ h", 2, 4, "used twice"),
    "nothing that remembers": ("h = tanh(W @ x)", 1, 0, "remembers"),
    "nothing at all": ("", 1, 0, "1 to 24 equations"),
}


def test_without_a_cell_it_lists_what_to_begin_from(base_url: str) -> None:
    listed = WEB.get(base_url + CELLS_DOOR).json()
    assert [example["id"] for example in listed["examples"]] == [*CELLS, *EXAMPLES]
    assert [function["name"] for function in listed["functions"]] == [*OPS]


def test_every_example_is_described_as_its_own_text(base_url: str) -> None:
    for example in WEB.get(base_url + CELLS_DOOR).json()["examples"]:
        told = WEB.post(base_url + CELLS_DOOR, json={"cell": example["source"]})
        assert told.status_code == 200, told.text
        assert told.json()["source"] == example["source"]
        assert told.json()["graph"]["nodes"]


def test_a_query_and_a_body_say_the_same(base_url: str) -> None:
    source = CELLS["mgu"].source
    by_query = WEB.get(base_url + CELLS_DOOR, params={"cell": source})
    by_body = WEB.post(base_url + CELLS_DOOR, json={"cell": source})
    assert by_query.json() == by_body.json()
    assert [node["name"] for node in by_query.json()["nodes"]] == ["f", "n", "h"]
    again = WEB.get(base_url + CELLS_DOOR, params={"cell": source}, headers={"If-None-Match": by_query.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_pointed_at(name: str, base_url: str) -> None:
    source, line, column, message = FAULTS[name]
    answer = WEB.post(base_url + CELLS_DOOR, json={"cell": source})
    told = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert (told["line"], told["column"]) == (line, column)
    assert message in told["errors"][0]["message"]
    assert told["errors"][0]["pointer"] == "/cell"


def test_the_caret_stands_under_the_character_also_in_a_long_line(base_url: str) -> None:
    source = f"h = {'0.5 * h_prev + ' * 40}tnh(W @ x)"
    told = WEB.post(base_url + CELLS_DOOR, json={"cell": source}).json()
    shown, caret = told["pointed"].split("\n")
    assert shown[caret.index("^") :].startswith("tnh(")
    assert len(told["pointed"]) < 150


@pytest.mark.parametrize(("body", "pointer"), [({"cell": 3}, "/cell"), ({"cells": "x"}, "/cells")])
def test_what_is_no_cell_is_refused(body: dict[str, Any], pointer: str, base_url: str) -> None:
    answer = WEB.post(base_url + CELLS_DOOR, json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


def test_an_answer_is_quicker_than_a_keystroke(base_url: str) -> None:
    source = CELLS["lstm-peephole"].source
    times = []
    for number in range(20):
        began = time.perf_counter()
        WEB.post(base_url + CELLS_DOOR, json={"cell": f"{source} {number}"})
        times.append(time.perf_counter() - began)
    assert sorted(times)[10] < 0.25, times
