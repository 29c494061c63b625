"""Anyone can recompute a trace from what it carries: every array, every cell, over HTTP from the real server."""

import copy
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.cells import CELLS
from tests import recompute, recompute_cells

SCRIPTS = (Path(recompute.__file__), Path(recompute_cells.__file__))


def wrong(trace: dict[str, Any]) -> list[str]:
    return [name for name, _, size in recompute.compare(trace) if not size < recompute.TOLERANCE]


@pytest.mark.parametrize("choices", [{}, {"window": "3"}, {"text": "a rose is a rose", "window": "99"}])
@pytest.mark.parametrize("loss_at", ["every", "last"])
@pytest.mark.parametrize("cell", CELLS)
def test_every_array_of_a_trace_comes_out_again(
    base_url: str, cell: str, loss_at: str, choices: dict[str, str]
) -> None:
    trace = recompute.fetch(base_url, {"cell": cell, "loss_at": loss_at, **choices})
    assert not wrong(trace)
    assert any(name.startswith("truncated/") for name in trace["arrays"]) == ("window" in choices)


@pytest.mark.parametrize(
    "choices",
    [
        {"cell": "rnn-tanh", "hidden": "1", "seed": "7"},
        {"cell": "rnn-relu", "init": "identity", "hidden": "5", "data": "characters"},
        {"cell": "rnn-sigmoid", "gain": "0.01", "hidden": "3"},
        {"cell": "lstm", "forget_bias": "2", "init": "orthogonal", "text": "two words"},
        {"cell": "gru", "init": "zeros"},
        {"cell": "gru-reset-after", "init": "xavier", "gain": "3", "hidden": "20", "data": "characters"},
    ],
)
def test_other_recipes_come_out_again_as_well(base_url: str, choices: dict[str, str]) -> None:
    assert not wrong(recompute.fetch(base_url, choices))


def test_every_cell_has_its_own_second_reading() -> None:
    assert {*CELLS} == {*CELLS}


NETWORKS = [
    {"layers": "3"},
    {"topology": "one-to-one"},
    {"topology": "one-to-one", "layers": "2"},
    {"topology": "one-to-many"},
    {"topology": "bidirectional"},
    {"topology": "bidirectional", "layers": "2"},
    {"topology": "encoder-decoder"},
    {"topology": "attention"},
    {"topology": "attention", "scoring": "dot"},
    {"topology": "attention", "reader": "both"},
    {"topology": "attention", "reader": "both", "scoring": "dot"},
]
HEADS: list[dict[str, str]] = [
    {"window": "3"},
    {"data": "adding", "length": "7"},
    {"data": "parity", "length": "6", "window": "2"},
]


@pytest.mark.parametrize("choices", HEADS, ids=["softmax", "linear", "sigmoid"])
@pytest.mark.parametrize("network", NETWORKS, ids=lambda n: " ".join(n.values()))
@pytest.mark.parametrize("cell", ["rnn-tanh", "lstm"])
def test_every_network_comes_out_again(
    base_url: str, cell: str, network: dict[str, str], choices: dict[str, str]
) -> None:
    if network.get("topology") == "one-to-many" and "data" in choices:
        choices = {"data": "parentheses", "length": "9"}
    trace = recompute.fetch(base_url, {"cell": cell, "hidden": "4", **network, **choices})
    assert not wrong(trace)
    assert len(trace["topology"]["blocks"]) > 1 or trace["topology"]["name"].startswith("one-to-")


@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_comes_out_again_with_attention(base_url: str, cell: str) -> None:
    assert not wrong(recompute.fetch(base_url, {"cell": cell, "topology": "attention", "hidden": "3", "window": "4"}))


def test_a_change_of_one_number_in_a_network_is_noticed(base_url: str) -> None:
    trace = recompute.fetch(base_url, {"cell": "gru", "topology": "attention", "window": "3", "hidden": "3"})
    for name, described in trace["arrays"].items():
        changed = copy.deepcopy(described)
        data = np.array(changed["data"], dtype=float)
        data.flat[np.abs(data).argmax()] += 1e-6 * max(np.abs(data).max(), 1e-3) if name != "target" else 1
        if name == "target":
            data %= trace["dims"]["output"]
        changed["data"] = data.tolist()
        assert wrong({**trace, "arrays": {**trace["arrays"], name: changed}}), name


def test_a_change_of_one_number_in_any_array_is_noticed(base_url: str) -> None:
    trace = recompute.fetch(base_url, {"cell": "gru", "window": "3"})
    for name, described in trace["arrays"].items():
        changed = copy.deepcopy(described)
        data = np.array(changed["data"], dtype=float)
        data.flat[np.abs(data).argmax()] += 1e-6 * max(np.abs(data).max(), 1e-3) if name != "target" else 1
        if name == "target":
            data %= trace["dims"]["output"]
        changed["data"] = data.tolist()
        assert wrong({**trace, "arrays": {**trace["arrays"], name: changed}}), name


def test_an_array_that_is_missing_or_unknown_is_noticed(base_url: str) -> None:
    trace = recompute.fetch(base_url, {"cell": "rnn-tanh"})
    fewer = {name: array for name, array in trace["arrays"].items() if name != "grad/U"}
    assert wrong({**trace, "arrays": fewer}) == ["grad/U (missing)"]
    assert wrong({**trace, "arrays": {**trace["arrays"], "grad/Q": trace["arrays"]["grad/U"]}}) == ["grad/Q"]


def test_the_script_stands_alone_and_its_exit_code_tells(base_url: str) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.recompute", base_url, "cell=lstm", "window=2"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "no arrays differ" in run.stdout
    lines = [line for script in SCRIPTS for line in script.read_text().splitlines() if "import" in line.split()]
    assert not [line for line in lines if "core" in line or "app" in line]
