"""Good files damaged in a thousand ways: each is taken or refused in a few words, and nothing falls over or grows."""

import io
import json
from typing import Any

import numpy as np
import pytest

from core.data import own
from core.data.audio import Sound, to_wav
from core.models import cards
from core.weights import save
from tests.app.hostile import Damage, cut, damaged, flipped, lying, repeated, retold, worded
from tests.app.talk import TRACES, WEB, children, problem, resident
from tests.serving import ROOT, Server

BYTES = {"Content-Type": "application/octet-stream"}
REFERENCE = ROOT / "tests" / "reference" / "weights"
MODELS, DATA = "/api/v1/models", "/api/v1/data"
REFUSED = {400, 413, 422}
ROUNDS, GROWTH = 4, 8_000_000  # the first rounds bring what reading needs into every process

TABLE = "day,open,close\n" + "\n".join(f"d{i},{np.sin(i / 3):.4f},{i % 7}" for i in range(40)) + "\n"
SOUND = to_wav(Sound(np.sin(np.arange(6000) / 9), 8000))
TEXT = "Call me Ishmael. Some years ago – never mind how long precisely –\r\nhaving little money.\n".encode()
OWN = save(
    {n: np.ones(s) for n, s in {"W": (3, 2), "U": (3, 3), "b": (3,), "V": (2, 3), "d": (2,)}.items()},
    {"format": "unrolled", "cell": "rnn-tanh", "inputs": '["a", "b"]', "outputs": '["a", "b"]'},
)
ANY: tuple[Damage, ...] = (flipped, cut, repeated, lying)
FILES: dict[str, tuple[str, bytes, tuple[Damage, ...], int]] = {
    "weights of PyTorch's": (MODELS, (REFERENCE / "writer.safetensors").read_bytes(), (*ANY, retold, retold), 50),
    "weights of ours": (MODELS, OWN, (*ANY, retold, retold, retold), 60),
    "a shipped model": (MODELS, cards.file("names"), (retold, flipped), 20),
    "a table": (DATA, TABLE.encode(), (*ANY, worded, worded, worded), 70),
    "a sound": (DATA, SOUND, (*ANY, lying, lying), 70),
    "a text": (DATA, TEXT, (*ANY, worded), 25),
}


def send(url: str, door: str, body: bytes, **query: str) -> Any:
    return WEB.post(url + door, content=body, headers=BYTES, params=query)


def memory(server: Server) -> int:
    """What the server and its processes hold."""
    return sum(map(resident, [server.pid, *children(server.pid)]))


def recipe_of(door: str, told: dict[str, Any]) -> dict[str, Any]:
    """A run of what was taken."""
    return {"model": told["id"], "text": "a b"} if door == MODELS else {**told["recipe"], "hidden": 2}


def touched(good: bytes) -> bytes:
    """The lowest bit of a weight's mantissa, of a sample, of a word's letter: not what it was, but no less good."""
    return good[:-8] + bytes([good[-8] ^ 1]) + good[-7:]


@pytest.mark.parametrize("kind", FILES)
def test_whatever_is_done_to(kind: str, base_url: str) -> None:
    door, good, ways, count = FILES[kind]
    assert send(base_url, door, good).status_code == 201
    taken = refused = 0
    for body in [touched(good), *damaged(good, ways, count, seed=len(good))]:
        answer = send(base_url, door, body)
        if answer.status_code in REFUSED:
            told = problem(answer)
            assert told["errors"][0]["message"] if "errors" in told else told["detail"], told
            refused += 1
        else:
            assert answer.status_code == 201, answer.text
            run = WEB.get(base_url + TRACES, params={**recipe_of(door, answer.json()), "include": "forward"})
            assert run.status_code == 200 or problem(run)["status"] in {*REFUSED, 414}, run.text
            taken += 1
    assert refused > count // 10, "the damage does none"
    assert taken > 0, "nothing is taken: what comes after reading was never reached"


@pytest.mark.parametrize("said", ["text", "table", "sound"])
@pytest.mark.parametrize("kind", ["a table", "a sound", "a text", "weights of ours"])
def test_what_is_said_to_be_something_else(said: str, kind: str, base_url: str) -> None:
    answer = send(base_url, DATA, FILES[kind][1], kind=said)
    assert answer.status_code == 201 or problem(answer)["status"] == 422


def bomb() -> bytes:
    """An archive of arrays of 60 kB that holds 64 MB."""
    file = io.BytesIO()
    np.savez_compressed(file, W=np.zeros(8_000_000), U=np.zeros((3, 3)))
    return file.getvalue()


ARCHIVES = {
    "a zip bomb": bomb(),
    "a zip bomb in a header": len(held := bomb()).to_bytes(8, "little") + held,
    "PyTorch's pickle": b"\x80\x04\x95" + b"\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x02id\x94\x85\x94R\x94.",
    "an array that says it is huge": b"\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'shape': (10**9,)}".ljust(128),
    "a line of half a million fields": b"11," * 500_000,
    "half a million open quotation marks": b'"' * 1_000_001,
    "a sound that says it lasts a day": SOUND[:40] + (2**32 - 2).to_bytes(4, "little") + SOUND[44:1000],
    "half a million names": json.dumps({f"t{i}": [] for i in range(100_000)}).encode(),
}


@pytest.mark.parametrize("kind", ARCHIVES)
def test_nothing_is_unpacked_and_nothing_grows(kind: str, server: Server) -> None:
    held = []
    for door in (MODELS, DATA) * 2 * ROUNDS:
        assert problem(send(server.url, door, ARCHIVES[kind]))["status"] in REFUSED
        held.append(memory(server))
    assert held[-1] - held[2 * ROUNDS - 1] < GROWTH


def test_an_archive_that_says_what_it_is_is_not_read(base_url: str) -> None:
    for door in (MODELS, DATA, TRACES):
        answer = WEB.post(
            base_url + door, content=ARCHIVES["a zip bomb"], headers={"Content-Type": "application/x-npz"}
        )
        assert problem(answer)["status"] == 415


def test_a_name_that_is_markup_comes_back_as_a_name() -> None:
    found = own.table(TABLE.replace("open", "</script><img src=x onerror=alert(1)>").encode())
    assert found.columns[0] == "</script><img src=x onerror=alert(1)>"
