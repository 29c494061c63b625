"""Every network that a recipe can name: gradients by differences, and the identities that its trace must keep."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from core.arrays import Array
from core.cells import CELLS
from core.data import Batch
from core.experiment import GROUPS, Run, compute, events, run, run_with
from core.recipe import make_recipe
from core.trace import Trace
from core.unrolled import given_to, unrolled
from core.wiring import wiring_of
from tests.core.oracle import Arrays

NETWORKS: dict[str, dict[str, Any]] = {
    "chain": {},
    "two layers": {"layers": 2},
    "one-to-one": {"topology": "one-to-one"},
    "one-to-one, two layers": {"topology": "one-to-one", "layers": 2},
    "one-to-many": {"topology": "one-to-many"},
    "bidirectional": {"topology": "bidirectional"},
    "pairs both ways": {"topology": "bidirectional", "layers": 2},
    "encoder-decoder": {"topology": "encoder-decoder"},
    "attention": {"topology": "attention"},
    "attention by the dot product": {"topology": "attention", "scoring": "dot"},
    "attention, read both ways": {"topology": "attention", "reader": "both"},
    "attention by the dot product, read both ways": {"topology": "attention", "scoring": "dot", "reader": "both"},
}
HEADS: dict[str, dict[str, Any]] = {
    "softmax": {"text": "the dog saw the dog"},
    "linear": {"data": "adding", "length": 6},
    "sigmoid": {"data": "parity", "length": 6},
}
every_network = pytest.mark.parametrize("name", NETWORKS)
# What all weights of a recipe are multiplied with, so that nothing is small.
STRETCH = 1.7


def recipe_of(name: str, **choices: Any) -> Any:
    return make_recipe({"hidden": 3, "seed": 5, **NETWORKS[name], **choices})


def weights_of(done: Run) -> Arrays:
    found = {n.removeprefix("param/"): a.data.copy() for n, a in done.arrays.items() if n.startswith("param/")}
    return {n: STRETCH * a + (0.1 if a.ndim == 1 else 0.0) for n, a in found.items()}


@cache
def traced(name: str, cell: str = "lstm") -> Trace:
    return compute(recipe_of(name, cell=cell, window=3), GROUPS)


@every_network
@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("cell", CELLS)
def test_every_gradient_is_the_central_difference(cell: str, head: str, name: str) -> None:
    if name == "one-to-many" and head != "softmax":
        pytest.skip("its output is its next input")
    recipe = recipe_of(name, cell=cell, **HEADS[head])
    weights = weights_of(run(recipe))
    done = run_with(recipe, weights)
    gradients = {n.removeprefix("grad/"): a.data for n, a in done.arrays.items() if n.removeprefix("grad/") in weights}
    assert gradients.keys() == weights.keys()
    rng = np.random.default_rng(0)
    for weight, value in weights.items():
        way = rng.normal(size=value.shape)
        way /= float(np.linalg.norm(way))
        ends = [run_with(recipe, {**weights, weight: value + s * 1e-5 * way}).net.loss for s in (1, -1)]
        difference = abs((ends[0] - ends[1]) / 2e-5 - float(np.vdot(gradients[weight], way)))
        assert difference < 1e-7 * max(1.0, float(np.linalg.norm(gradients[weight]))), (weight, difference)


@every_network
@pytest.mark.parametrize("cell", ["rnn-tanh", "gru-reset-after"])
def test_shares_sum_to_one_and_windows_grow_to_the_whole(name: str, cell: str) -> None:
    trace = traced(name, cell)
    for key, array in trace.arrays.items():
        if key.startswith("contribution_dot/"):
            members = trace.arrays[key.replace("contribution_dot", "contribution")].data
            assert abs(float(array.data.sum()) - (1.0 if members.any() else 0.0)) < 1e-12, key
    ratios = trace["truncation/norm_ratio_by_window"]
    assert trace["truncation/cosine_by_window"][-1] == ratios[-1] == 1.0
    assert trace["truncation/norm_ratio"] == ratios[2]


@every_network
def test_the_pieces_of_a_window_are_the_gradient_without_the_rest(name: str) -> None:
    """By another way: the shares inside a window sum to the projection of what it leaves on the whole."""
    trace = traced(name)
    for key in [k for k in trace.arrays if k.startswith("truncated/")]:
        weight = key.removeprefix("truncated/")
        block, _, bare = weight.rpartition("/")
        whole, cut = trace[f"grad/{weight}"], trace[key]
        inside = trace[f"contribution_dot/{weight}"][within(trace, block, 3)].sum()
        assert abs(np.vdot(cut, whole) - inside * np.vdot(whole, whole)) < 1e-12, (key, bare)


def within(trace: Trace, block: str, window: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """The pairs of a block that a window leaves, from the header alone."""
    told = next(b for b in trace.topology["blocks"] if b["name"] == block)
    t, k = np.arange(trace.dims["time"])[:, None], np.arange(told["steps"])
    if told["axis"] == "source":
        left = k + 1 if told["direction"] == "backward" else told["steps"] - k
        return np.asarray(t + left < window)
    return np.asarray(np.abs(t - k) < window)


@every_network
def test_every_dimension_has_its_size_and_every_axis_its_words(name: str) -> None:
    trace = traced(name)
    for key, array in trace.arrays.items():
        for dim, size in zip(array.dims, array.data.shape, strict=True):
            if dim not in ("window", "lag", "size"):
                assert trace.dims[dim.removesuffix("_t").removesuffix("_k")] == size, (key, dim)
    for axis in ("time", "source", "input", "output"):
        assert axis not in trace.labels or len(trace.labels[axis]) == trace.dims[axis]


@every_network
def test_the_header_names_the_blocks_that_the_arrays_are_of(name: str) -> None:
    trace = traced(name)
    for block in trace.topology["blocks"]:
        prefix = f"{block['name']}/" if block["name"] else ""
        shape = trace[f"{prefix}{block['output']}"].shape
        assert shape == (block["steps"], 1, trace.dims["hidden"])
        assert trace.arrays[f"{prefix}{block['output']}"].dims[0] == block["axis"]
        assert all(f"{prefix}{s}_prev" in trace.arrays for s in block["states"])


@every_network
def test_events_bring_every_row_of_the_trace(name: str) -> None:
    recipe, trace = recipe_of(name, cell="lstm", window=3), traced(name)
    start, *steps, done = events(recipe)
    assert [e.number for e in steps] == list(range(1, len(steps) + 1))
    clock = [(part["axis"], t) for part in start.data["clock"] for t in range(part["steps"])]
    seen: dict[str, list[Any]] = {}
    for event in steps:
        axis, row = clock[event.t or 0]
        for key, value in event.arrays.items():
            assert trace.arrays[key].dims[0] == axis
            assert np.array_equal(value, trace[key][row]), key
            seen.setdefault(key, []).append(row)
    listed = {*seen, *start.data["arrays"], *done.data["arrays"]}
    assert listed == {*compute(recipe).arrays}  # what a stream brings is what a trace has without being asked for more
    assert all(sorted(rows) == list(range(len(trace[key]))) for key, rows in seen.items())


# -- what makes each what it is ---------------------------------------------------------------------------------


def test_each_step_alone_is_a_run_of_one_step() -> None:
    trace = compute(recipe_of("one-to-one", cell="lstm", text="a rose is a rose"))
    params = {n.removeprefix("param/"): a.data for n, a in trace.arrays.items() if n.startswith("param/")}
    for t in range(trace.dims["time"]):
        pair = f"{trace.labels['time'][t]} {trace.labels['target'][t]}"
        alone = unrolled(wiring_of(make_recipe({"cell": "lstm"})), T=1, B=1, I=3, H=3, O=3, head="softmax")
        alone.load(params)
        alone.run(trace["x"][t : t + 1], trace["target"][t : t + 1])  # type: ignore[arg-type]
        assert abs(alone.loss - float(trace["loss"][t, 0])) < 1e-14, pair
    off = ~np.eye(trace.dims["time"], dtype=bool)
    assert not trace["h_prev"].any()
    assert not trace["jacobian/fro"][off].any()
    assert not trace["contribution/W"][off].any()
    assert not trace["grad/U_f"].any()


def test_a_network_that_reads_its_own_output_is_given_what_it_should_have_said() -> None:
    trace = compute(recipe_of("one-to-many", data="parentheses", length=12))
    assert trace.topology["blocks"][0]["own_output"]
    assert trace["x"][1:, 0].argmax(1).tolist() == trace["target"][:-1, 0].tolist()


def test_a_text_is_said_again_backwards() -> None:
    trace = compute(recipe_of("encoder-decoder", text="one two three"))
    assert trace.labels["source"] == ["one", "two", "three"]
    assert trace.labels["target"] == ["three", "two", "one"]
    assert trace.labels["time"] == ["", "three", "two"]
    assert not trace["y"][0].any()
    assert np.array_equal(trace["decoder/s_prev"][0], trace["encoder/s"][-1])


def test_attention_looks_at_every_place_with_weights_that_sum_to_one() -> None:
    trace = traced("attention, read both ways")
    weights = trace["decoder/a"]
    assert weights.shape == (trace.dims["time"], 1, trace.dims["source"])
    assert np.allclose(weights.sum(-1), 1.0, atol=1e-15)
    states = np.concatenate([trace["encoder/h"], trace["encoder-back/h"]], axis=-1)
    mixed = np.einsum("tbs,sbm->tbm", weights, states) @ trace["param/decoder/R"].T
    assert np.allclose(mixed, trace["decoder/v"], atol=1e-14)


def test_the_shortcut_reaches_the_first_word_without_the_chain() -> None:
    """With U of zero nothing travels along the chains, and the encoder still learns through attention alone."""
    still = {"text": "one two three four five", "init": "zeros"}
    by_chain = compute(recipe_of("encoder-decoder", **still))["contribution/encoder/W"]
    by_attention = compute(recipe_of("attention", **still))["contribution/encoder/W"]
    assert not by_chain[1:].any()
    assert (by_attention[1:] > 0).all()


def test_two_triangles_of_two_directions() -> None:
    trace = traced("bidirectional", "rnn-tanh")
    later = np.triu(np.ones((trace.dims["time"],) * 2, dtype=bool), 1)
    assert not trace["contribution/forward/U"][later].any()
    assert not trace["contribution/backward/U"][later.T].any()
    assert trace["contribution/backward/W"][later].all()


@pytest.mark.parametrize("name", ["bidirectional", "pairs both ways", "encoder-decoder", "attention, read both ways"])
def test_a_padded_sequence_learns_as_it_does_alone(name: str) -> None:
    from core.material import task_of  # noqa: PLC0415
    from core.train import learner  # noqa: PLC0415  the one test that trains

    recipe = recipe_of(name, cell="gru", data="reber", length=30)
    task = task_of(recipe)
    batch = task.batch(np.random.default_rng(3), 4, 30)
    steps = [int(n) for n in batch.mask.sum(0)]
    assert len(set(steps)) > 1
    net = learner(recipe, task)
    for n, p in net.drawn(recipe).items():
        net.params[n][:] = p
    together = {n: g.copy() for n, g in net.learn(batch).grads.items()}
    parts = [Batch(*(a[:T, b : b + 1] for a in batch)) for b, T in enumerate(steps)]
    alone = [{n: g.copy() for n, g in net.learn(part).grads.items()} for part in parts]
    for n, g in together.items():
        assert float(np.abs(g - sum(a[n] for a in alone)).max()) < 1e-12, n


def test_what_a_decoder_is_given_is_known() -> None:
    recipe = recipe_of("encoder-decoder", data="adding", length=5)
    done = run(recipe)
    given: Array = done.arrays["y"]
    assert np.array_equal(given.data, given_to(done.net, done.material.batch)["y"])
    assert np.array_equal(given.data[1:], done.material.batch.target[:-1])
