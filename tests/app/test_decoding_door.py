"""Decoding through the API: the whole tree, the same in every form, and only what can be done."""

import json
from typing import Any

import numpy as np
import pytest

from tests.app.talk import FORMS, TRACES, TRAINING, WEB, Query, counted, events, problem

DECODE = "/api/v1/decode"
STREAM = f"{DECODE}/stream"
BEAM: Query = {"cell": "lstm", "seed": 2, "method": "beam", "width": 3, "most": 5, "alpha": 0.5}


@pytest.fixture(scope="module")
def found(base_url: str) -> dict[str, Any]:
    return dict(WEB.get(base_url + DECODE, params=BEAM).raise_for_status().json())


def test_the_tree_is_whole(found: dict[str, Any]) -> None:
    tree, symbols = found["tree"], len(found["labels"])
    rows = [dict(zip(tree, row, strict=True)) for row in zip(*tree.values(), strict=True)]
    assert tree["node"] == [*range(1, len(rows) + 1)]
    by_number = {row["node"]: row for row in rows} | {0: {"total": 0.0, "t": -1}}
    for row in rows:
        parent = by_number[row["parent"]]
        assert row["total"] == pytest.approx(parent["total"] + row["log_probability"], abs=1e-12)
        assert row["t"] == parent["t"] + 1
        assert row["score"] == pytest.approx(row["total"] / (row["t"] + 1) ** 0.5)
        assert 0 <= row["token"] < symbols
    # Every prefix that goes on has a child for each symbol, and at most three go on.
    parents = {row["parent"] for row in rows}
    assert all(sum(row["parent"] == parent for row in rows) == symbols for parent in parents)
    assert all(sum(row["t"] == t and row["fate"] != "pruned" for row in rows) == 3 for t in range(5))


def test_the_sequences_are_leaves_of_the_tree_in_words(found: dict[str, Any]) -> None:
    tree = found["tree"]
    assert [each["score"] for each in found["sequences"]] == sorted(
        (each["score"] for each in found["sequences"]), reverse=True
    )
    for each in found["sequences"]:
        node, tokens = each["node"], []
        while node:
            tokens.append(tree["token"][node - 1])
            node = tree["parent"][node - 1]
        assert each["tokens"] == tokens[::-1]
        assert each["words"] == [found["labels"][token] for token in each["tokens"]]
        assert each["text"] == " ".join(each["words"])


def test_the_first_step_expects_what_the_trace_says(found: dict[str, Any], base_url: str) -> None:
    probs = WEB.get(base_url + TRACES, params={"cell": "lstm", "seed": 2}).json()["arrays"]["probs"]["data"][0][0]
    children = [i for i, parent in enumerate(found["tree"]["parent"]) if parent == 0]
    said = {found["tree"]["token"][i]: found["tree"]["log_probability"][i] for i in children}
    np.testing.assert_allclose([np.exp(said[token]) for token in range(len(probs))], probs, rtol=1e-12)


@pytest.mark.parametrize("form", FORMS)
def test_a_stream_tells_the_same_tree(form: str, found: dict[str, Any], base_url: str) -> None:
    said = [json.loads(event.raw) for event in events(base_url, form, BEAM, route=STREAM)]
    assert [event["number"] for event in said] == [*range(len(said))]
    assert (said[0]["event"], said[-1]["event"]) == ("start", "done")
    assert said[0]["labels"] == found["labels"]
    assert said[-1]["sequences"] == found["sequences"]
    told = {event["node"]: event for event in said if event["event"] in {"kept", "pruned", "finished"}}
    tree = found["tree"]
    for i, node in enumerate(tree["node"]):
        assert told[node]["score"] == tree["score"][i]
        assert told[node]["event"] == tree["fate"][i]
        assert told[node]["word"] == found["labels"][tree["token"][i]]
    rest = events(base_url, form, {**BEAM, "start": 7}, route=STREAM)
    assert [json.loads(event.raw) for event in rest] == said[7:]


def test_a_body_says_the_same_as_a_query(found: dict[str, Any], base_url: str) -> None:
    assert WEB.post(base_url + DECODE, json=BEAM).json() == found


def test_a_trained_network_says_its_text_and_its_run_happens_once(base_url: str) -> None:
    run: Query = {"cell": "gru", "seed": 21, "updates": 256, "rate": 0.02, "batch": 4}
    events(base_url, "jsonl", run, route=TRAINING)
    before = counted(base_url, "unrolled_computes", kind="training")
    answer = WEB.get(base_url + DECODE, params={**run, "update": 256, "most": 8}).json()
    assert answer["sequences"][0]["text"] == "morning I took the dog for a walk"
    assert answer["update"] == 256
    streamed = events(base_url, "jsonl", {**run, "update": 256, "most": 8}, route=STREAM)
    assert json.loads(streamed[-1].raw)["sequences"] == answer["sequences"]
    assert counted(base_url, "unrolled_computes", kind="training") == before


def test_a_decoder_with_attention_writes(base_url: str) -> None:
    query: Query = {"topology": "attention", "cell": "gru", "method": "beam", "most": 4, "prompt": "the dog"}
    answer = WEB.get(base_url + DECODE, params=query).json()
    assert answer["prompt"] == ["the", "dog"]
    assert len(answer["sequences"][0]["tokens"]) == 4


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown method": ({"method": "guess"}, "/method"),
    "no width": ({"method": "beam", "width": 0}, "/width"),
    "no temperature": ({"method": "sample", "temperature": 0}, "/temperature"),
    "wrong fields of both tables": ({"most": 0, "hidden": 0}, "/hidden"),
    "a prompt of unknown words": ({"prompt": "good evening"}, "/prompt"),
    "an unknown stop": ({"stop": "evening"}, "/stop"),
    "training without an update": ({"updates": 5}, "/updates"),
    "a network that cannot write": ({"topology": "bidirectional"}, "/topology"),
    "numbers": ({"data": "adding"}, "/data"),
    "a tree too large": (
        {"method": "beam", "width": 16, "most": 200, "text": " ".join(f"w{i}" for i in range(400))},
        "/most",
    ),
    "a model that nobody sent": ({"model": "f" * 64}, "/model"),
}


@pytest.mark.parametrize("kind", REFUSED)
@pytest.mark.parametrize("route", [DECODE, STREAM])
def test_decoding_with(kind: str, route: str, base_url: str) -> None:
    body, pointer = REFUSED[kind]
    refused = problem(WEB.post(base_url + route, json=body))
    assert refused["status"] == 422
    assert refused["errors"][0]["pointer"] == pointer
