"""The command line says the same numbers as the API."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from app.cli import flag, main, parser
from core.recipe import FIELDS
from tests.app.talk import TRACES, WEB, Query
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
    for field in FIELDS.values():
        chosen = parser().parse_args(["trace", flag(field), "1"])
        assert getattr(chosen, field.name) == "1"


def test_a_wrong_value_is_one_line_and_a_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trace", "--hidden", "0"]) == 2
    said = capsys.readouterr().err
    assert "/hidden" in said
    assert said.count("\n") == 1


def test_health_answers_for_a_server_and_for_none(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["health", "--url", server.url]) == 0
    assert "ok" in capsys.readouterr().out
    assert main(["health", "--url", "http://127.0.0.1:9"]) == 1
    assert "does not answer" in capsys.readouterr().err
