"""A trace in every encoding: nothing lost, nothing invented, and no NaN as a bare token."""

import base64
import io
import json
from typing import Any

import numpy as np
import pytest

from core import experiment
from core.arrays import Array as Named
from core.cells import CELLS
from core.experiment import DEFAULT_GROUPS, GROUPS, compute, events
from core.recipe import make_recipe
from core.trace import Event, Trace, to_json, to_npz
from tests.core.oracle import Array

NODES = {
    "rnn-tanh": ["s"],
    "rnn-sigmoid": ["s"],
    "rnn-relu": ["s"],
    "lstm": ["f", "i", "g", "c", "o", "h"],
    "gru": ["z", "r", "n", "h"],
    "gru-reset-after": ["r", "z", "n", "h"],
    "lstm-peephole": ["f", "i", "g", "c", "o", "h"],
    "lstm-coupled": ["f", "g", "c", "o", "h"],
    "mgu": ["f", "n", "h"],
    "indrnn": ["s"],
    "rnn-residual": ["n", "s"],
}


def strict(body: bytes) -> dict[str, Any]:
    """JSON by a reader that knows no NaN and no Infinity."""

    def refuse(token: str) -> None:
        pytest.fail(f"the bare token {token} in JSON")

    return dict(json.loads(body, parse_constant=refuse))


def decoded(described: dict[str, Any]) -> Array:
    """An array from either encoding, by the contract."""
    if isinstance(described["data"], str):
        kind = np.dtype(described["dtype"]).newbyteorder("<")
        return np.frombuffer(base64.b64decode(described["data"], validate=True), kind).reshape(described["shape"])
    return np.array(described["data"], dtype=described["dtype"]).reshape(described["shape"])


@pytest.mark.parametrize("encoding", ["list", "base64"])
@pytest.mark.parametrize("cell", CELLS)
def test_every_bit_survives_json(cell: str, encoding: str) -> None:
    trace = compute(make_recipe({"cell": cell, "window": 2}), GROUPS)
    body = strict(to_json(trace, encoding))
    assert body["nonfinite"] == []
    assert body["arrays"].keys() == trace.arrays.keys()
    for name, described in body["arrays"].items():
        array = trace.arrays[name]
        assert tuple(described["dims"]) == array.dims
        assert described["dtype"] == array.data.dtype.name
        assert described["shape"] == list(array.data.shape)
        assert np.array_equal(decoded(described), array.data), name


def test_the_head_of_a_trace_tells_what_it_is() -> None:
    recipe = make_recipe({"cell": "lstm", "hidden": 5})
    body = strict(to_json(compute(recipe)))
    assert body["id"] == recipe.key()
    assert body["recipe"] == dict(recipe.values)
    assert body["dims"] == {"time": 8, "batch": 1, "input": 9, "hidden": 5, "output": 9}
    assert body["labels"]["time"] == ["This", "morning", "I", "took", "the", "dog", "for", "a"]
    assert body["labels"]["output"][-1] == "walk"
    assert body["labels"]["target"] == ["morning", "I", "took", "the", "dog", "for", "a", "walk"]


def test_base64_is_little_endian_wherever_it_was_made() -> None:
    data = np.array([1.0, 2.0]).astype(">f8")
    made = Trace("", "", {}, {}, {}, {"a": Named(data, ("time",))})
    assert base64.b64decode(strict(to_json(made, "base64"))["arrays"]["a"]["data"]) == data.astype("<f8").tobytes()


def test_npz_holds_the_same_without_pickles() -> None:
    trace = compute(make_recipe({"cell": "gru"}))
    with np.load(io.BytesIO(to_npz(trace)), allow_pickle=False) as opened:
        head = json.loads(opened["trace.json"].tobytes())
        assert head["recipe"]["cell"] == "gru"
        assert set(opened.files) == {*trace.arrays, "trace.json"}
        for name, array in trace.arrays.items():
            assert np.array_equal(opened[name], array.data)
            assert tuple(head["array_dims"][name]) == array.dims


@pytest.mark.parametrize("cell", CELLS)
def test_a_trace_has_every_array_of_the_contract(cell: str) -> None:
    trace = compute(make_recipe({"cell": cell, "window": 3}), GROUPS)
    states = ["h", "c"] if cell.startswith("lstm") else NODES[cell][-1:]
    params = [p.name for p in CELLS[cell].parameters]
    wanted = {"x", "target", "mask", "logits", "probs", "loss", "jacobian/fro", "jacobian/spectral"}
    wanted |= {*NODES[cell], *(f"{name}_prev" for name in states)}
    wanted |= {
        f"{name}.pre" for name in NODES[cell] if name not in {"c", "h"} and (cell, name) != ("rnn-residual", "s")
    }
    wanted |= {f"{kind}/{name}" for name in [*params, "V", "d"] for kind in ("param", "grad")}
    wanted |= {f"{kind}/{name}" for name in NODES[cell] for kind in ("grad", "grad_norm")}
    groups = [*params, "W", "U", "b"]
    wanted |= {f"{kind}/{name}" for name in groups for kind in ("contribution", "contribution_dot")}
    wanted |= {f"truncated/{name}" for name in params} | {"truncation/cosine", "truncation/norm_ratio"}
    wanted |= {"jacobian/c/fro"} if cell.startswith("lstm") else set()
    assert wanted <= trace.arrays.keys()


@pytest.mark.parametrize("cell", CELLS)
def test_the_dimensions_of_every_array_are_those_of_the_trace(cell: str) -> None:
    trace = compute(make_recipe({"cell": cell, "text": "a b c a d", "hidden": 3, "window": 2}), GROUPS)
    sizes = {**trace.dims, "time_t": trace.dims["time"], "time_k": trace.dims["time"], "window": trace.dims["time"]}
    sizes |= {"lag": 3, "size": len(trace["window/inputs"])}
    for name, array in trace.arrays.items():
        assert array.data.shape == tuple(sizes[dim] for dim in array.dims), name


def test_the_previous_state_is_the_state_one_step_before() -> None:
    trace = compute(make_recipe({"cell": "lstm"}))
    for name in ("h", "c"):
        assert not trace[f"{name}_prev"][0].any()
        assert np.array_equal(trace[f"{name}_prev"][1:], trace[name][:-1])


def test_only_the_groups_asked_for_are_there() -> None:
    recipe = make_recipe({})
    assert not {"grad/U", "contribution/U", "jacobian/fro", "param/U"} & compute(recipe, ("forward",)).arrays.keys()
    assert "contribution/U" not in compute(recipe, ("forward", "backward", "jacobians")).arrays
    assert not {"jacobian/spectral", "bag", "window/inputs"} & compute(recipe).arrays.keys()
    assert set(compute(recipe, ("params",)).arrays) == {f"param/{name}" for name in "WUbVd"}


@pytest.mark.parametrize("asked", [{"cell": "lstm"}, {"topology": "bidirectional"}])
def test_the_matrix_alone_is_that_of_the_contributions(asked: dict[str, object]) -> None:
    recipe = make_recipe(asked)
    quick, whole = (compute(recipe, (group,)).arrays for group in ("matrix", "contributions"))
    wanted = {n for n in whole if n.startswith("contribution") and n.rpartition("/")[2] in "WUb"}
    assert quick.keys() == wanted
    assert wanted
    assert all(np.array_equal(quick[n].data, whole[n].data) for n in wanted)


def test_a_trace_does_not_change_when_another_is_made() -> None:
    one = compute(make_recipe({}))
    kept = {name: array.data.copy() for name, array in one.arrays.items()}
    compute(make_recipe({"seed": 1}))
    assert all(np.array_equal(kept[name], array.data) for name, array in one.arrays.items())


# -- what is not finite ----------------------------------------------------------------------------------------

LONG = " ".join(f"w{i % 3}" for i in range(400))


@pytest.fixture(scope="module")
def exploded() -> Trace:
    """ReLU with its recurrent weights times a hundred, over four hundred steps."""
    return compute(make_recipe({"cell": "rnn-relu", "gain": 100.0, "text": LONG, "hidden": 4}), ("forward", "backward"))


def test_an_explosion_is_null_in_json_and_listed_by_name_and_place(exploded: Trace) -> None:
    body = strict(to_json(exploded))
    assert body["nonfinite"]
    words: dict[str, Any] = {"nan": np.isnan, "inf": np.isposinf, "-inf": np.isneginf}
    for entry in body["nonfinite"]:
        place = tuple(entry["index"])
        assert words[entry["value"]](exploded[entry["array"]][place])
        value = body["arrays"][entry["array"]]["data"]
        for index in place:
            value = value[index]
        assert value is None


def test_what_is_finite_in_an_explosion_is_kept(exploded: Trace) -> None:
    body = strict(to_json(exploded))
    state = np.array(body["arrays"]["s"]["data"], dtype=float)
    assert np.isnan(state).any()
    assert (state[np.isfinite(state)] > 1e300).any()
    assert np.array_equal(np.isfinite(state), np.isfinite(exploded["s"]))


def test_an_explosion_travels_in_base64_and_npz_as_it_is(exploded: Trace) -> None:
    body = strict(to_json(exploded, "base64"))
    assert body["nonfinite"]
    assert np.array_equal(decoded(body["arrays"]["s"]), exploded["s"], equal_nan=True)
    with np.load(io.BytesIO(to_npz(exploded))) as opened:
        assert np.array_equal(opened["s"], exploded["s"], equal_nan=True)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("gain", [0.0, 1e-3, 100.0])
def test_no_recipe_makes_numpy_complain_or_json_break(cell: str, gain: float) -> None:
    recipe = make_recipe({"cell": cell, "gain": gain, "text": LONG[:500], "hidden": 3, "window": 5})
    strict(to_json(compute(recipe), "base64"))


# -- the same run as events ------------------------------------------------------------------------------------


def told(**choices: Any) -> list[Event]:
    return list(events(make_recipe(choices)))


@pytest.mark.parametrize("cell", CELLS)
def test_events_come_in_their_order_and_are_numbered_without_gaps(cell: str) -> None:
    found = told(cell=cell)
    assert [event.number for event in found] == list(range(18))
    assert [event.kind for event in found] == ["start", *["forward"] * 8, *["backward"] * 8, "done"]
    assert [event.t for event in found] == [None, *range(8), *reversed(range(8)), None]


@pytest.mark.parametrize("cell", CELLS)
def test_events_together_are_the_trace(cell: str) -> None:
    trace, found = compute(make_recipe({"cell": cell, "window": 2})), told(cell=cell, window=2)
    seen = {name for event in found for name in event.arrays}
    for event in found:
        for name, value in event.arrays.items():
            assert np.array_equal(value, trace[name][event.t]), name
    for event in (found[0], found[-1]):
        for name, described in event.data["arrays"].items():
            assert np.array_equal(decoded(described), trace[name]), name
            seen.add(name)
    assert seen == set(trace.arrays)


def test_the_start_tells_the_layout_of_the_steps() -> None:
    found = told(cell="gru")
    layout = found[0].data["layout"]
    assert layout["forward"] == list(found[1].arrays)
    assert layout["backward"] == list(found[-2].arrays)
    assert set(DEFAULT_GROUPS) < set(experiment.GROUPS)
