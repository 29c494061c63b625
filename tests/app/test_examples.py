"""The gallery: every example opens, and its picture is that of its own numbers."""

import base64
import json
import re
from urllib.parse import parse_qs

import httpx
import numpy as np
import pytest

from tests.serving import ROOT
from tools.examples import EXAMPLES, FILE, HEAD, Example, drawn

WEB = httpx.Client(timeout=60)
KEPT = {each["id"]: each for each in json.loads(FILE.read_text().removeprefix(HEAD).strip().removesuffix(";"))}
WORDS = (ROOT / "static/js/tools/gallery-words.js").read_text()
SOONEST = 4  # levels of 255 that another machine's rounding may move


def named(example: Example) -> str:
    return example.id


@pytest.mark.parametrize("example", EXAMPLES, ids=named)
def test_a_picture_is_of_the_examples_own_numbers(example: Example) -> None:
    made, kept = drawn(example), KEPT[example.id]
    one, other = (np.frombuffer(base64.b64decode(each["picture"].pop("data")), np.uint8) for each in (made, kept))
    assert made == kept, "run `make examples`"
    assert len(set(one.tolist())) > 2, "a picture of nothing"
    assert np.abs(one.astype(int) - other).max() <= SOONEST, "run `make examples`"


@pytest.mark.parametrize("example", EXAMPLES, ids=named)
def test_an_example_opens(example: Example, base_url: str) -> None:
    answer = WEB.get(f"{base_url}/?{example.query}")
    assert answer.status_code == 200
    found = re.search(r'id="page-data">(.*?)</script>', answer.text, re.DOTALL)
    assert found
    page = json.loads(found[1])
    assert page["problem"] is None
    assert {name: page["recipe"][name] for name in example.recipe} == dict(example.recipe)


@pytest.mark.parametrize("example", EXAMPLES, ids=named)
def test_an_example_points_at_what_is_there(example: Example) -> None:
    at, trace = parse_qs(example.at), example.trace
    for name in at.get("node", []):
        assert name in trace.arrays
    for name in at.get("parameter", []):
        assert f"contribution/{name}" in trace.arrays
    assert int(at.get("t", ["0"])[0]) < trace.dims["time"]


@pytest.mark.parametrize("example", EXAMPLES, ids=named)
def test_an_example_has_its_words(example: Example) -> None:
    for key in (f"example.{example.id}", f"example.{example.id}.about", f"examples.{example.group}"):
        assert f'"{key}":' in WORDS, key


def test_there_are_examples_of_every_group() -> None:
    assert len(EXAMPLES) >= 12
    assert {example.group for example in EXAMPLES} == {"gradients", "cells", "networks", "data", "tools"}
