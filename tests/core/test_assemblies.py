"""Networks of several chains, trained: the same rules as for one chain."""

from typing import Any

import numpy as np
import pytest

from core.assemblies import Assembly
from core.cells import CELLS
from core.data import TASKS, Batch, Carry
from core.networks import Topology, encoder_decoder, stacked
from core.options import make_options
from core.recipe import make_recipe
from core.train import Training
from core.unrolled import given_to
from tests.core.oracle import Array


def assembly(topology: Topology, name: str = "reber", cell: str = "gru", H: int = 4) -> Assembly:
    task = TASKS[name]
    return Assembly(CELLS[cell], topology, I=len(task.inputs), H=H, O=len(task.outputs), head=task.head)


CHOICES: dict[str, dict[str, Any]] = {
    "stacked": {"layers": 2},
    "bidirectional": {"topology": "bidirectional"},
    "encoder-decoder": {"topology": "encoder-decoder"},
    "attention": {"topology": "attention"},
    "attention, both ways": {"topology": "attention", "scoring": "dot", "reader": "both"},
    "two layers, both ways": {"topology": "bidirectional", "layers": 2},
}


def run_of(name: str, data: str = "reber", saved: Any = None, **options: Any) -> Training:
    recipe = make_recipe({"cell": "gru", "hidden": 4, "data": data, "length": 12, **CHOICES.get(name, {})})
    return Training(recipe, make_options({"updates": 6, "batch": 3, "rate": 0.01, **options}), saved)


def losses(run: Training) -> list[float]:
    return [e.data["loss"] for e in run.events() if e.kind == "step"]


@pytest.mark.parametrize("name", CHOICES)
def test_a_step_goes_down_the_gradient_of_the_mean_loss(name: str) -> None:
    run = run_of(name, optimiser="sgd", rate=0.5, clip="none", updates=1)
    before, after = [e.arrays for e in run.events() if e.kind == "snapshot"]
    batch = TASKS["reber"].batch(np.random.default_rng([0, 1]), 3, 12)
    net = run_of(name).net
    for weight in net.params:
        at, found = (0,) * net.params[weight].ndim, []
        for sign in (1, -1):
            for n, p in net.params.items():
                p[:] = before[f"param/{n}"]
            net.params[weight][at] += sign * 1e-6
            found.append(net.loss(batch))
        moved = (before[f"param/{weight}"] - after[f"param/{weight}"])[at]
        assert abs(moved - 0.5 * (found[0] - found[1]) / 2e-6) < 1e-8, weight


@pytest.mark.parametrize("name", CHOICES)
def test_a_network_stopped_and_resumed_gives_the_same_losses(name: str) -> None:
    whole = losses(run_of(name))
    run = run_of(name)
    stream = run.events()
    while run.update < 3:
        next(stream)
    again = run_of(name, saved=run.checkpoint())
    assert whole[:3] + losses(again) == whole
    assert len(set(whole)) == 6


def test_one_layer_trains_as_a_single_chain_does() -> None:
    one, other = run_of("one layer", "letters", k1=3, k2=7), run_of("one layer", "letters", k1=3, k2=7)
    one.net = assembly(stacked(1), "letters")
    for name, p in other.net.params.items():
        one.net.params[name if name in one.net.params else f"layer1/{name}"][:] = p
    one.slots = {n: np.zeros_like(p) for n, p in one.optimiser.start(one.net.params).items()}
    assert np.abs(np.array(losses(one)) - losses(other)).max() < 1e-13


def test_every_layer_carries_its_states_on() -> None:
    run = run_of("stacked", "letters", k1=4, rate=0.0, batch=1)
    in_parts = [run._gradients().loss for _ in range(5)]
    batch = TASKS["letters"].batch(np.random.default_rng([0, 1]), 1, 20)
    other = run_of("stacked", "letters", batch=1)
    whole = other.net.predictions(_again(run, batch))
    lost = -np.log(np.take_along_axis(whole, _again(run, batch).target[:, :, None], 2))[:, 0, 0]
    assert np.abs(np.array(in_parts) - lost.reshape(5, 4).mean(1)).max() < 1e-13


def _again(run: Training, batch: Batch) -> Batch:
    """What the run has read, in one piece."""
    rng = np.random.default_rng([run.recipe["seed"], 1])
    carry: Carry = ()
    parts: list[Batch] = []
    while sum(len(p.x) for p in parts) < len(batch.x):
        part, carry = run.task.more(rng, run.B, run.k1, carry)
        parts.append(part)
    return Batch(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def test_a_fault_in_a_layer_is_named_with_the_layer() -> None:
    net = assembly(stacked(2), cell="rnn-relu")
    net.params["layer2/U"][:] = 1e200
    net.params["layer1/W"][:] = net.params["layer2/W"][:] = 1.0
    net.learn(TASKS["reber"].batch(np.random.default_rng(0), 2, 12))
    found = net.fault()
    assert found is not None
    assert (found.array, found.t) == ("layer2/s.pre", 2)


def test_a_decoder_is_given_what_it_should_have_said() -> None:
    net = assembly(encoder_decoder())
    batch = TASKS["reber"].batch(np.random.default_rng(0), 2, 12)
    given: Array = given_to(net.network(12, 2), batch)["y"]
    assert not given[0].any()
    assert np.array_equal(given[1:].argmax(2), batch.target[:-1])


def test_two_layers_learn_what_one_learns() -> None:
    options = make_options({"batch": 16, "rate": 0.01, "updates": 400, "snapshots": 0})
    recipe = make_recipe({"cell": "lstm", "hidden": 10, "layers": 2, "data": "reber", "length": 20})
    run = Training(recipe, options)
    assert np.mean(losses(run)[-20:]) < 0.56  # the inner grammar alone, without the long dependency
