"""A visitor's own data through the door: what is read, what runs, and what a hostile file gets for an answer."""

import json
import struct
from collections import OrderedDict
from typing import Any

import numpy as np
import pytest

from core.data import COLLECTIONS, kept, own
from core.data.audio import Sound, to_wav
from tests.app.talk import TRACES, TRAINING, WEB, Query, events, problem

DATA = "/api/v1/data"
BYTES = {"Content-Type": "application/octet-stream"}
TABLE = "day,label,amount\n" + "\n".join(f"d{i},{np.sin(i / 3):.4f},{i % 7}" for i in range(60)) + "\n"
SOUND = to_wav(Sound(np.sin(np.arange(12_000) / 9), 8000))


def send(url: str, body: bytes, **query: str) -> Any:
    return WEB.post(url + DATA, content=body, headers=BYTES, params=query)


def test_a_text_comes_back_as_a_recipe(base_url: str) -> None:
    told = send(base_url, b"Call me Ishmael.\r\nSome years ago").json()
    assert told["recipe"] == {"data": "characters", "text": "Call me Ishmael.\nSome years ago"}
    trace = WEB.get(base_url + TRACES, params=told["recipe"]).json()
    assert trace["labels"]["time"][:4] == list("Call")


@pytest.mark.parametrize(("body", "kind", "inputs"), [(TABLE.encode(), "table", 2), (SOUND, "sound", 26)])
def test_what_was_sent_runs_is_seen_and_is_learnt_from(body: bytes, kind: str, inputs: int, base_url: str) -> None:
    answer = send(base_url, body)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert (told["kind"], told["columns"]) == (kind, inputs)
    recipe: Query = {**told["recipe"], "hidden": 3}
    assert recipe["data"] == own.id_of(body)
    trace = WEB.get(base_url + TRACES, params={**recipe, "length": 10}).json()
    expected = kept.read(body).sample(0, length=10).batch.x
    np.testing.assert_allclose(trace["arrays"]["x"]["data"], expected)
    picture = WEB.get(base_url + "/api/v1/pictures", params={**recipe, "length": 10}).json()
    assert picture["time"] == trace["labels"]["time"]
    assert picture["licence"] == own.OWN
    said = [json.loads(e.raw) for e in events(base_url, "jsonl", {**recipe, "updates": 2}, route=TRAINING)]
    assert said[-1]["event"] == "finished"
    assert WEB.get(base_url + "/", params=recipe).status_code == 200
    assert recipe["data"] not in [c["id"] for c in WEB.get(base_url + "/api/v1/catalog").json()["collections"]]


def test_a_sound_of_ones_own_is_heard(base_url: str) -> None:
    told = send(base_url, SOUND).json()
    answer = WEB.get(base_url + "/api/v1/sounds", params=told["recipe"])
    assert answer.headers["content-type"] == "audio/wav"


def test_what_was_never_sent_is_not_known(base_url: str) -> None:
    told = problem(WEB.get(base_url + TRACES, params={"data": "own-0123456789abcdef"}))
    assert "send its file" in told["errors"][0]["message"]


def test_names_of_columns_are_no_names_of_ours() -> None:
    picture = own.series(TABLE.encode()).sample(0).look.picture
    assert set(picture.arrays) == {"1 label", "2 amount"}


HOSTILE: dict[str, tuple[bytes, dict[str, str]]] = {
    "empty": (b"", {}),
    "not UTF-8": (b"\xff\xfe\x00text", {}),
    "control characters": (b"a\x00b", {}),
    "too long a text": (b"a" * 20_001, {"kind": "text"}),
    "too few rows": (b"a,b\n1,2\n", {"kind": "table"}),
    "rows of several lengths": (b"1,2\n" * 30 + b"1,2,3\n", {"kind": "table"}),
    "no number": (b"1,2\n" * 30 + b"1,x\n", {"kind": "table"}),
    "no finite number": (b"1,2\n" * 30 + b"1,inf\n", {"kind": "table"}),
    "too large a number": (b"1,2\n" * 30 + b"1,1e300\n", {"kind": "table"}),
    "too many columns": (b",".join([b"1"] * 40) + b"\n", {"kind": "table"}),
    "an open quotation mark": (b'1,"2\n' * 30, {"kind": "table"}),
    "a WAV that lies about its length": (SOUND[:40] + struct.pack("<I", 2**32 - 1) + b"", {}),
    "a WAV without sound": (SOUND[:44], {}),
    "a compressed WAV": (SOUND[:20] + struct.pack("<H", 85) + SOUND[22:], {}),
    "a WAV of many channels": (SOUND[:22] + struct.pack("<H", 200) + SOUND[24:], {}),
    "a WAV at no rate": (SOUND[:24] + struct.pack("<I", 0) + SOUND[28:], {}),
    "a WAV that ends at once": (b"RIFF", {}),
    "an unknown kind": (b"abc", {"kind": "film"}),
    "an unknown field": (b"abc", {"name": "x"}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_explained_and_nothing_is_kept(name: str, base_url: str) -> None:
    body, query = HOSTILE[name]
    answer = send(base_url, body, **query)
    told = problem(answer)
    assert answer.status_code in {400, 422}, told
    assert told["errors"][0]["message"] or told["detail"]
    assert problem(WEB.get(base_url + TRACES, params={"data": own.id_of(body)}))["status"] == 422


def test_a_file_that_is_too_large_is_not_read(base_url: str) -> None:
    assert problem(send(base_url, b"1\n" * (own.MOST_BYTES // 2 + 1)))["status"] == 413


def test_a_file_must_be_declared_as_bytes(base_url: str) -> None:
    answer = WEB.post(base_url + DATA, content=b"abc", headers={"Content-Type": "text/html"})
    assert problem(answer)["status"] == 415


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "KEPT", OrderedDict())
    monkeypatch.setattr(kept, "MOST_FILES", 2)
    files = [TABLE.encode() + f"e{i},1,1\n".encode() for i in range(3)]
    for data in files:
        kept.keep(data)
    assert [*kept.KEPT] == [own.id_of(data) for data in files[1:]]
    assert own.id_of(files[0]) not in COLLECTIONS
    assert kept.named(f"{own.id_of(files[2])} {own.id_of(files[0])}") == [files[2]]
