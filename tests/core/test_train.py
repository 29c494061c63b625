"""Training: its events, that it is the same again, that stopping changes nothing, and truncation as defined."""

import pickle
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

from core.data import TASKS, Batch
from core.equations import parse
from core.gradients import truncation
from core.options import make_options, marks
from core.recipe import make_recipe
from core.trace import Event
from core.train import Training, race, trace_at, train
from core.unroll import Workspace
from core.unrollings import Unrollings

RUNS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "text": ({"cell": "gru", "hidden": 5}, {"batch": 3, "k1": 3, "k2": 7}),
    "last": ({"hidden": 4, "loss_at": "last"}, {"optimiser": "momentum", "batch": 2, "k1": 4}),
    "stream": (
        {"cell": "lstm", "hidden": 3, "data": "letters", "length": 5},
        {"schedule": "cosine", "k1": 2, "k2": 5},
    ),
    "parts": (
        {"cell": "lstm", "hidden": 3, "data": "adding", "length": 11},
        {"k1": 4, "k2": 6, "optimiser": "rmsprop"},
    ),
    "strings": (
        {"hidden": 6, "cell": "rnn-relu", "data": "reber", "length": 12},
        {"clip": "value", "threshold": 0.01},
    ),
    "layers": ({"cell": "lstm", "hidden": 3, "layers": 2}, {"k1": 3, "k2": 5}),
    "one-to-many": ({"hidden": 4, "topology": "one-to-many", "data": "parentheses", "length": 9}, {}),
    "one-to-one": ({"hidden": 4, "topology": "one-to-one"}, {"k1": 3}),
    "bidirectional": ({"cell": "gru", "hidden": 3, "topology": "bidirectional", "data": "reber", "length": 12}, {}),
    "encoder-decoder": ({"cell": "lstm", "hidden": 3, "topology": "encoder-decoder"}, {}),
    "attention": ({"cell": "gru", "hidden": 3, "topology": "attention", "reader": "both"}, {}),
}


EXPLODING = {"cell": "rnn-relu", "hidden": 8, "gain": 30, "data": "adding", "length": 300}


def run_of(name: str, updates: int = 9, **more: Any) -> Training:
    recipe, options = RUNS[name]
    return Training(
        make_recipe(recipe), make_options({"snapshots": 2, "batch": 2, **options, "updates": updates, **more})
    )


def same(one: Iterable[Event], two: Iterable[Event]) -> None:
    """Both streams say the same, to the last bit."""
    for a, b in zip(one, two, strict=True):
        assert (a.kind, a.number, a.t, a.data) == (b.kind, b.number, b.t, b.data)
        assert a.arrays.keys() == b.arrays.keys()
        assert all(np.array_equal(a.arrays[n], b.arrays[n]) for n in a.arrays)


# -- events -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RUNS)
def test_a_run_says_start_then_steps_with_snapshots_between_then_finished(name: str) -> None:
    events = list(run_of(name).events())
    assert [e.number for e in events] == list(range(len(events)))
    kinds = [(e.kind, e.data.get("update")) for e in events[1:-1]]
    wanted = [("snapshot", 0)]
    for n in range(1, 10):
        wanted += [("step", n)] + [("snapshot", n)] * (n in (1, 2, 4, 8, 9))
    assert (events[0].kind, events[-1].kind) == ("start", "finished")
    assert kinds == wanted
    assert events[-1].data == {"update": 9, "reason": "done"}


def test_snapshots_are_dense_early_and_even_later() -> None:
    assert marks(100, 4) == (0, 1, 2, 4, 8, 16, 25, 32, 50, 64, 75, 100)
    assert marks(1, 0) == (0, 1)
    assert len(marks(10**6, 200)) < 230


def test_the_start_says_what_is_to_come() -> None:
    start = next(train(make_recipe({"hidden": 4, "data": "adding", "length": 9}), make_options({})))
    assert start.data["baseline"]["value"] == 1 / 6
    assert start.data["dims"] == {"time": 9, "batch": 16, "input": 2, "hidden": 4, "output": 1}
    assert start.data["parameters"]["U"] == [4, 4]
    assert start.data["snapshots"][:4] == [0, 1, 2, 4]
    assert len(start.data["id"]) == 64


def test_a_step_tells_loss_rate_and_the_gradient_norm_of_each_parameter() -> None:
    run = run_of("strings", schedule="warm-up", span=4, rate=0.01)
    steps = [e.data for e in run.events() if e.kind == "step"]
    assert [s["rate"] for s in steps] == [0.0025, 0.005, 0.0075, *[0.01] * 6]
    for step in steps:
        assert step["norms"].keys() == run.net.params.keys()
        assert abs(np.linalg.norm([*step["norms"].values()]) / step["norm"] - 1) < 1e-12
        assert step["clipped"]
        assert step["loss"] > 0


def test_a_snapshot_does_not_change_when_training_goes_on() -> None:
    events = [(e, {n: a.copy() for n, a in e.arrays.items()}) for e in run_of("text").events() if e.kind == "snapshot"]
    assert all(np.array_equal(e.arrays[n], a) for e, then in events for n, a in then.items())
    assert not np.array_equal(events[0][0].arrays["param/U_z"], events[-1][0].arrays["param/U_z"])


def test_a_step_goes_down_the_gradient_of_the_mean_loss() -> None:
    options = {"optimiser": "sgd", "rate": 0.5, "clip": "none", "updates": 1, "batch": 4}
    run = Training(make_recipe({"cell": "lstm", "hidden": 3, "data": "adding", "length": 6}), make_options(options))
    before, after = [e.arrays for e in run.events() if e.kind == "snapshot"]
    batch = TASKS["adding"].batch(np.random.default_rng([0, 1]), 4, 6)
    net = Unrollings(run.recipe.cell, I=2, H=3, O=1, head="linear")
    for name in net.params:
        step, at = 1e-6, (0,) * net.params[name].ndim
        losses = []
        for sign in (1, -1):
            for n, p in net.params.items():
                p[:] = before[f"param/{n}"]
            net.params[name][at] += sign * step
            losses.append(net.loss(batch))
        slope = (losses[0] - losses[1]) / (2 * step)
        moved = (before[f"param/{name}"] - after[f"param/{name}"])[at]
        assert abs(moved - 0.5 * slope) < 1e-8, name


# -- the same again ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RUNS)
def test_the_same_seed_gives_the_same_run(name: str) -> None:
    same(run_of(name).events(), run_of(name).events())


@pytest.mark.parametrize("name", ["stream", "parts"])
def test_another_seed_gives_another_run(name: str) -> None:
    recipe, options = RUNS[name]
    runs = (Training(make_recipe({**recipe, "seed": s}), make_options({**options, "updates": 3})) for s in (1, 2))
    losses = [[e.data["loss"] for e in run.events() if e.kind == "step"] for run in runs]
    assert not set(losses[0]) & set(losses[1])


@pytest.mark.parametrize("name", RUNS)
def test_a_run_stopped_after_any_event_goes_on_as_if_never_stopped(name: str) -> None:
    whole = list(run_of(name).events())
    for stop in range(1, len(whole) + 1):
        run = run_of(name)
        stream = run.events()
        head = [next(stream) for _ in range(stop)]
        saved = run.checkpoint()
        list(stream)  # what the first run does afterwards must not reach into the checkpoint
        same(whole, [*head, *train(run.recipe, run.options, pickle.loads(pickle.dumps(saved)))])


def test_a_run_that_diverged_ends_alike_wherever_it_was_stopped() -> None:
    def exploding() -> Training:
        return Training(make_recipe(EXPLODING), make_options({"updates": 5}))

    whole = list(exploding().events())
    for stop in range(1, len(whole) + 1):
        run = exploding()
        stream = run.events()
        head = [next(stream) for _ in range(stop)]
        same(whole, [*head, *train(run.recipe, run.options, run.checkpoint())])


# -- truncated backpropagation through time ---------------------------------------------------------------------


def still(T: int, cell: str = "lstm", **options: Any) -> tuple[Training, Workspace]:
    """A run over a text that never learns, and the same text in one piece."""
    text = "".join("abcab"[i % 5] for i in range(T)) + "b"
    recipe = make_recipe({"cell": cell, "data": "characters", "text": text, "hidden": 4})
    run = Training(recipe, make_options({"batch": 1, "rate": 0.0, "clip": "none", **options}))
    batch = run.task.batch(np.random.default_rng(0), 1, T)
    ws = Workspace(recipe.cell, T=T, B=1, I=3, H=4, O=3)
    ws.load(run.net.params)
    ws.run(*batch)
    return run, ws


@pytest.mark.parametrize("cell", ["rnn-tanh", "lstm", "gru"])
@pytest.mark.parametrize("window", [1, 3, 12])
def test_an_update_a_step_with_a_window_sums_to_the_truncated_gradient(cell: str, window: int) -> None:
    run, ws = still(12, cell, k1=1, k2=window)
    total = {n: np.zeros_like(p) for n, p in run.net.params.items()}
    for _ in range(12):
        for name, g in run._gradients().grads.items():
            total[name] += g
    for name, array in truncation(ws, window).items():
        if name.startswith("truncated/"):
            assert np.abs(total[name.removeprefix("truncated/")] - array.data).max() < 1e-12, name


@pytest.mark.parametrize(("k1", "k2"), [(1, 1), (3, 3), (2, 5), (5, 7)])
def test_states_go_forward_for_ever_however_short_the_gradient(k1: int, k2: int) -> None:
    run, ws = still(30, k1=k1, k2=k2)
    losses = [run._gradients().loss for _ in range(30 // k1)]
    assert np.abs(np.array(losses) - ws.arrays["loss"].data.reshape(-1, k1).mean(1)).max() < 1e-12


def test_states_of_a_generated_stream_go_on_and_on() -> None:
    run = run_of("stream", rate=0.0)
    run.k2 = run.k1
    reads = [run._gradients() for _ in range(41)]
    assert len({id(ws) for ws in reads}) == 1
    before = run.states["h"].copy()
    ws: Any = run._gradients()
    assert np.array_equal(ws.arrays["h_prev"].data[0], before)
    assert before.any()


def test_a_new_sequence_begins_with_zero_states_and_without_a_past() -> None:
    run = run_of("parts", rate=0.0)
    lengths = []
    for _ in range(4):
        ws: Any = run._gradients()  # the loss stands at the end: two parts without one are read on the way
        lengths.append(ws.sizes.T)
        assert run.rest is None
    assert lengths == [5, 5, 5, 5]  # 4 + 4 + 3 steps; the last 3 with 2 of the past
    rng, again = np.random.default_rng([0, 1]), run_of("parts", rate=0.0)
    for _ in range(3):
        assert abs(again._gradients().loss - again.net.loss(TASKS["adding"].batch(rng, 2, 11))) < 1e-14


# -- divergence -------------------------------------------------------------------------------------------------


def test_divergence_is_an_event_that_names_the_array_and_the_step() -> None:
    run = Training(make_recipe(EXPLODING), make_options({"updates": 5}))
    events = list(run.events())
    assert [e.kind for e in events] == ["start", "snapshot", "diverged", "finished"]
    told = events[2]
    assert told.data["array"] == "loss"
    assert told.data["update"] == 1
    assert told.t is not None
    assert 0 < told.t < 300
    assert told.data["value"] == "inf"
    assert events[3].data == {"update": 0, "reason": "diverged"}
    assert all(np.isfinite(p).all() for p in run.net.params.values())


def test_weights_broken_by_an_update_are_told_and_never_given_as_a_snapshot() -> None:
    options = {"updates": 1, "optimiser": "sgd", "rate": 100.0, "clip": "none"}
    what = {"cell": "s = W @ x + U @ s_prev", "hidden": 2, "data": "adding", "length": 4}
    run = Training(make_recipe(what), make_options(options))
    run.net.params["V"][:] = 3e152
    *_, last, told, end = list(run.events())
    assert (last.kind, told.kind, end.kind) == ("step", "diverged", "finished")
    assert np.isfinite(last.data["loss"])
    assert told.data["array"] in ("param/W", "param/U")
    assert (told.data["update"], told.t, end.data["reason"]) == (1, None, "diverged")


def faulty(**params: float) -> Unrollings:
    """One linear unit, s = U s_prev + W x, with some weights."""
    net = Unrollings(parse("s = U @ s_prev + W @ x"), I=1, H=1, O=2, head="softmax")
    for name, value in params.items():
        net.params[name][:] = value
    return net


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"U": 1e200, "W": 1.0}, ("s.pre", 2, "inf")),
        ({"U": 1.0, "W": np.nan}, ("param/W", None, "nan")),
        ({"U": 1e200, "W": 0.0}, ("grad/s", 2, "inf")),
    ],
)
def test_the_first_number_that_is_not_finite_is_found(params: dict[str, float], found: tuple[Any, ...]) -> None:
    net = faulty(**params)
    net.params["V"][:] = [[1.0], [-1.0]]
    x, mask = np.ones((5, 2, 1)), np.zeros((5, 2))
    mask[-1] = 1.0
    net.learn(Batch(x, np.zeros((5, 2), dtype=int), mask))
    wrong = net.fault()
    assert wrong is not None
    assert (wrong.array, wrong.t, wrong.value.lstrip("-")) == found


def test_a_run_without_fault_has_none() -> None:
    net = faulty(U=1.0, W=1.0)
    net.learn(Batch(np.ones((3, 1, 1)), np.zeros((3, 1), dtype=int), np.ones((3, 1))))
    assert net.fault() is None


# -- a race, and looking back -----------------------------------------------------------------------------------


def racers() -> list[Training]:
    options = make_options({"updates": 5, "snapshots": 0, "batch": 2})
    what = {"hidden": 4, "data": "letters", "length": 6}
    return [Training(make_recipe({"cell": c, **what}), options) for c in ("rnn-tanh", "lstm", "rnn-tanh")]


def test_a_race_interleaves_its_runs_update_by_update_in_one_numbered_stream() -> None:
    events = list(race(racers()))
    assert [e.number for e in events] == list(range(len(events)))
    steps = [(e.data["update"], e.data["run"]) for e in events if e.kind == "step"]
    assert steps == [(n, i) for n in range(1, 6) for i in range(3)]
    assert [e.data["run"] for e in events if e.kind == "finished"] == [0, 1, 2]


def test_runs_of_a_race_read_the_same_and_do_as_they_would_alone() -> None:
    together = list(race(racers()))
    losses = [[e.data["loss"] for e in together if e.kind == "step" and e.data["run"] == i] for i in range(3)]
    assert losses[0] == losses[2]
    assert losses[0] != losses[1]
    for run, told in zip(racers(), losses, strict=True):
        assert told == [e.data["loss"] for e in run.events() if e.kind == "step"]


def test_a_race_stopped_anywhere_goes_on_as_if_never_stopped() -> None:
    whole = list(race(racers()))
    for stop in range(1, len(whole)):
        runs = racers()
        stream = race(runs)
        head = [next(stream) for _ in range(stop)]
        again = [Training(r.recipe, r.options, r.checkpoint()) for r in runs]
        same(whole, [*head, *race(again)])


@pytest.mark.parametrize("name", RUNS)
def test_a_snapshot_gives_the_whole_trace_of_its_moment(name: str) -> None:
    run = run_of(name)
    last = [e for e in run.events() if e.kind == "snapshot"][-1]
    trace = trace_at(run.recipe, run.options, last)
    assert all(np.array_equal(trace[n], a) for n, a in last.arrays.items())
    assert len(trace.labels["time"]) == trace.dims["time"] <= run.T
    shares = [a.data.sum() for n, a in trace.arrays.items() if n.startswith("contribution_dot/")]
    assert all(abs(s - 1) < 1e-12 or s == 0 for s in shares)
    assert any(s != 0 for s in shares)
    probe = Batch(trace["x"], trace["target"], trace["mask"])
    assert abs(run.net.loss(probe) - float((trace["loss"] * trace["mask"]).sum() / trace["mask"].sum())) < 1e-14
    assert trace.id.endswith("-9")
