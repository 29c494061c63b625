"""Weights trained elsewhere: what is taken in, what it is good for, and what is refused before it is opened."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.weights import load, save
from tests.app.talk import TRACES, TRAINING, WEB, Query, counted, events, problem, resident
from tests.serving import Server, serving

MODELS = "/api/v1/models"
FILES = Path(__file__).resolve().parent.parent / "reference" / "weights"
BYTES = {"Content-Type": "application/octet-stream"}
LSTM = (FILES / "writer.safetensors").read_bytes()
TEXT: Query = {"text": "a b c d e f a"}


def send(url: str, body: bytes, **query: str) -> Any:
    return WEB.post(url + MODELS, content=body, headers=BYTES, params=query)


@pytest.mark.parametrize(
    "name", ["lstm", "gru", "rnn-tanh", "lstm-three-layers", "gru-two-layers-both-ways", "writer-bf16"]
)
def test_a_file_of_pytorchs_is_taken_and_described(name: str, base_url: str) -> None:
    body = (FILES / f"{name}.safetensors").read_bytes()
    answer = send(base_url, body)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert told["id"] == hashlib.sha256(body).hexdigest()
    assert answer.headers["location"] == f"{MODELS}/{told['id']}"
    assert WEB.get(f"{base_url}{MODELS}/{told['id']}").json() == told
    back, notes = load(WEB.get(f"{base_url}{MODELS}/{told['id']}/weights").content)
    assert {n: list(a.shape) for n, a in back.items()} == told["parameters"]
    assert notes["cell"] == told["cell"]


def test_a_model_in_a_recipe_is_the_network_of_the_trace(base_url: str) -> None:
    told = send(base_url, LSTM).json()
    trace = WEB.get(base_url + TRACES, params={**TEXT, "model": told["id"]}).json()
    assert (trace["recipe"]["cell"], trace["recipe"]["hidden"]) == (told["cell"], told["hidden"])
    back, _ = load(WEB.get(f"{base_url}{MODELS}/{told['id']}/weights").content)
    for name, value in back.items():
        np.testing.assert_array_equal(np.array(trace["arrays"][f"param/{name}"]["data"]), value)


def test_training_goes_on_from_a_model(base_url: str) -> None:
    told = send(base_url, LSTM).json()
    query: Query = {**TEXT, "model": told["id"], "updates": 3}
    said = [json.loads(event.raw) for event in events(base_url, "jsonl", query, route=TRAINING)]
    assert said[-1]["event"] == "finished"
    first = WEB.get(f"{base_url}/api/v1/training/weights", params={**query, "update": 0})
    back, _ = load(WEB.get(f"{base_url}{MODELS}/{told['id']}/weights").content)
    for name, value in load(first.content)[0].items():
        np.testing.assert_array_equal(value, back[name])
    trace = WEB.get(f"{base_url}/api/v1/training/traces", params={**query, "update": 2, "include": "forward"})
    assert trace.status_code == 200, trace.text


def test_a_snapshot_is_a_model(base_url: str) -> None:
    run: Query = {"cell": "gru", "updates": 8, "snapshots": 1}
    saved = WEB.get(f"{base_url}/api/v1/training/weights", params={**run, "update": 8}).content
    told = send(base_url, saved).json()
    assert told["outputs"][:3] == ["This", "morning", "I"]
    loaded = WEB.get(base_url + TRACES, params={"model": told["id"]}).json()["arrays"]
    trained = WEB.get(f"{base_url}/api/v1/training/traces", params={**run, "update": 8}).json()["arrays"]
    assert loaded == trained


def header(entries: dict[str, Any], data: bytes = b"") -> bytes:
    text = json.dumps(entries).encode()
    return len(text).to_bytes(8, "little") + text + data


def tensor(shape: list[int], begin: int, end: int, dtype: str = "F32") -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


HOSTILE: dict[str, bytes] = {
    "nothing": b"",
    "noise": bytes(range(256)) * 8,
    "a zip": b"PK\x03\x04" + b"\0" * 200,
    "a pickle": b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94\x8c\x06system",
    "an npy": b"\x93NUMPY\x01\x00" + b"\0" * 200,
    "a header longer than the file": (2**40).to_bytes(8, "little") + b"{}",
    "a header of 70 kB": header({"a" * 70_000: tensor([1], 0, 4)}, b"\0" * 4),
    "a header that is no JSON": (2).to_bytes(8, "little") + b"{]",
    "a header 30,000 deep": (60_000).to_bytes(8, "little") + b"[" * 30_000 + b"]" * 30_000,
    "no tensors": header({}),
    "a thousand tensors": header({f"t{i}": tensor([1], 4 * i, 4 * i + 4) for i in range(900)}, b"\0" * 3600),
    "a shape of 2^40": header({"W": tensor([2**40, 1], 0, 4)}, b"\0" * 4),
    "a shape of nothing": header({"W": tensor([0], 0, 0)}),
    "a name that is a path": header({"../../etc/passwd": tensor([1], 0, 4)}, b"\0" * 4),
    "a name that is markup": header({"</script>": tensor([1], 0, 4)}, b"\0" * 4),
    "a dtype from nowhere": header({"W": tensor([1], 0, 4, "I128")}, b"\0" * 4),
    "places that overlap": header({"a": tensor([1], 0, 4), "b": tensor([1], 2, 6)}, b"\0" * 6),
    "bytes that nobody names": header({"W": tensor([1], 0, 4)}, b"\0" * 400),
    "numbers that are none": header({"W": tensor([1], 0, 4)}, b"\xff\xff\xff\x7f"),
    "tensors of no network": save({"a": np.ones(3), "b": np.ones((2, 2))}),
    "a cell that is code": save({"W": np.ones((2, 2))}, {"format": "unrolled", "cell": "__import__('os')"}),
    "shapes that do not meet": save(
        {"weight_ih_l0": np.ones((8, 3)), "weight_hh_l0": np.ones((9, 2)), "bias_ih_l0": np.ones(8)}
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_file_of(kind: str, base_url: str) -> None:
    told = problem(send(base_url, HOSTILE[kind]))
    assert (told["status"], told["type"]) == (422, "/docs#bad-weights"), told


def test_a_file_over_the_limit_is_cut_and_leaves_no_memory(server: Server) -> None:
    body = b"\0" * (5 * 2**20)
    assert problem(send(server.url, body))["status"] == 413
    before = resident(server.pid)
    for _ in range(5):
        assert problem(send(server.url, body))["status"] == 413
    assert resident(server.pid) - before < 8_000_000


@pytest.mark.parametrize("headers", [{}, {"Content-Type": "application/json"}, {**BYTES, "Content-Encoding": "gzip"}])
def test_a_file_declared_otherwise_is_refused(headers: dict[str, str], base_url: str) -> None:
    answer = WEB.post(base_url + MODELS, content=LSTM, headers=headers)
    assert problem(answer)["status"] == 415


def test_unknown_ids_and_fields_are_refused(base_url: str) -> None:
    assert problem(WEB.get(f"{base_url}{MODELS}/{'0' * 64}"))["type"] == "/docs#no-model"
    assert problem(WEB.get(f"{base_url}{MODELS}/{'0' * 64}/weights"))["status"] == 404
    assert problem(send(base_url, LSTM, colour="red"))["errors"][0]["pointer"] == "/colour"
    assert problem(send(base_url, LSTM, nonlinearity="softmax"))["errors"][0]["pointer"] == "/nonlinearity"
    told = problem(WEB.get(base_url + TRACES, params={"model": "0" * 64}))
    assert told["errors"][0]["pointer"] == "/model"


def test_the_store_is_bounded_and_forgets_the_oldest(tmp_path: Path) -> None:
    with serving(tmp_path, UNROLLED_MODELS_BYTES="30000") as server:
        ids = [send(server.url, saved(seed)).json()["id"] for seed in range(8)]
        there = [WEB.get(f"{server.url}{MODELS}/{key}").status_code for key in ids]
        assert there[-1] == 200
        assert there[0] == 404
        assert 1 <= there.count(200) <= 30_000 // 4096
        assert counted(server.url, "unrolled_computes", kind="model") >= 8


def saved(seed: int) -> bytes:
    rng = np.random.default_rng(seed)
    shapes = {"W": (3, 4), "U": (3, 3), "b": (3,), "V": (4, 3), "d": (4,)}
    params = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    return save(params, {"format": "unrolled", "cell": "rnn-tanh"})
