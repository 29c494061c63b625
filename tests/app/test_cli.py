"""The command line says the same numbers as the API."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from app.cli import main, parser
from app.commands import flag
from core.decoding_options import DECODING
from core.options import OPTIONS, make_options
from core.recipe import FIELDS, make_recipe
from core.train import train
from core.weights import load
from tests.app.talk import TRACES, TRAINED, WEB, Query
from tests.serving import ROOT, Server


def test_a_trace_from_the_command_line_is_the_trace_of_the_api(server: Server) -> None:
    words = [sys.executable, "-m", "app", "trace", "--cell", "lstm", "--hidden", "4", "--forget-bias", "1"]
    run = subprocess.run([*words, "--include", "forward,params"], cwd=ROOT, capture_output=True, check=True)
    query: Query = {"cell": "lstm", "hidden": 4, "forget_bias": 1, "include": "forward,params"}
    assert json.loads(run.stdout) == WEB.get(server.url + TRACES, params=query).json()
    assert run.stderr == b""


def test_a_trace_may_be_written_to_an_npz(tmp_path: Path) -> None:
    path = tmp_path / "trace.npz"
    assert main(["trace", "--hidden", "3", "--format", "npz", "--output", str(path)]) == 0
    with np.load(path, allow_pickle=False) as found:
        assert found["s"].shape == (8, 1, 3)


def test_every_field_is_a_flag() -> None:
    shown = parser().format_help()
    assert "serve" in shown
    tables = {
        "trace": {**FIELDS, **OPTIONS},
        "train": {**FIELDS, **OPTIONS},
        "decode": {**FIELDS, **OPTIONS, **DECODING},
    }
    for command, fields in tables.items():
        for name in fields:
            assert getattr(parser().parse_args([command, flag(name), "1"]), name) == "1"


def test_every_wrong_value_is_one_line_in_the_words_of_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trace", "--hidden", "0"]) == 2
    assert capsys.readouterr().err == "--hidden: must be at least 1\n"
    assert main(["train", "--hidden", "0", "--optimiser", "magic", "--forget-bias", "99"]) == 2
    said = capsys.readouterr().err.splitlines()
    assert [line.partition(":")[0] for line in said] == ["--forget-bias", "--hidden", "--optimiser"]
    assert "(sgd, momentum, rmsprop, adam)" in said[2]


SMALL = ["--cell", "gru", "--hidden", "4", "--updates", "8", "--snapshots", "1", "--seed", "2"]


def engine_losses() -> list[float]:
    run = train(make_recipe({"cell": "gru", "hidden": 4, "seed": 2}), make_options({"updates": 8, "snapshots": 1}))
    return [event.data["loss"] for event in run if event.kind == "step"]


def test_training_keeps_what_its_files_names_say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {form: tmp_path / f"run.{form}" for form in ("safetensors", "jsonl", "json", "npz")}
    assert main(["train", *SMALL, *(word for path in files.values() for word in ("--out", str(path)))]) == 0
    assert "Finished 8 updates" in capsys.readouterr().err
    losses = engine_losses()
    lines = [json.loads(line) for line in files["jsonl"].read_text().splitlines()]
    assert [line["loss"] for line in lines if line["event"] == "step"] == losses
    assert json.loads(files["json"].read_text())["steps"]["loss"] == losses
    with np.load(files["npz"], allow_pickle=False) as found:
        assert found["step/loss"].tolist() == losses
        params, notes = load(files["safetensors"].read_bytes())
        assert notes["cell"] == "gru"
        for name, value in params.items():
            np.testing.assert_array_equal(found[f"param/{name}"], value)


def test_weights_go_on_where_they_came_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(tmp_path / "trained.safetensors")
    words = ["--cell", "gru", "--updates", "200", "--rate", "0.02", "--batch", "4"]
    assert main(["train", *words, "--out", path]) == 0
    capsys.readouterr()
    assert main(["decode", "--model", path, "--most", "8"]) == 0
    loaded = capsys.readouterr().out
    assert "morning I took the dog for a walk" in loaded
    assert main(["decode", *words, "--update", "200", "--most", "8"]) == 0
    assert capsys.readouterr().out == loaded


def test_a_trace_of_a_trained_network_is_that_of_the_api(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "trace.json"
    assert main(["trace", *SMALL, "--update", "4", "--out", str(path)]) == 0
    query: Query = {"cell": "gru", "hidden": 4, "seed": 2, "updates": 8, "snapshots": 1, "update": 4}
    assert json.loads(path.read_text()) == WEB.get(server.url + TRAINED, params=query).json()


def test_ctrl_c_stops_between_updates_and_keeps_what_was_reached(tmp_path: Path) -> None:
    weights, lines = tmp_path / "kept.safetensors", tmp_path / "kept.jsonl"
    words = [sys.executable, "-m", "app", "train", "--hidden", "32", "--cell", "lstm", "--updates", "1000000"]
    with subprocess.Popen(
        [*words, "--out", str(weights), "--out", str(lines)], cwd=ROOT, stderr=subprocess.PIPE, text=True
    ) as run:
        assert run.stderr
        run.stderr.readline()  # it has said how far it is
        run.send_signal(signal.SIGINT)
        said = run.stderr.read()
        assert run.wait(30) == 130
    found = re.search(r"Stopped after update (\d+)\. Kept in (.*)\.", said)
    assert found
    assert found[2] == f"{weights}, {lines}"
    told = [json.loads(line) for line in lines.read_text().splitlines()]
    assert max(line.get("update", 0) for line in told) == int(found[1])
    params, notes = load(weights.read_bytes())
    assert notes["update"] == found[1]
    assert params["U_f"].shape == (32, 32)


def test_health_answers_for_a_server_and_for_none(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["health", "--url", server.url]) == 0
    assert "ok" in capsys.readouterr().out
    assert main(["health", "--url", "http://127.0.0.1:9"]) == 1
    assert "does not answer" in capsys.readouterr().err
