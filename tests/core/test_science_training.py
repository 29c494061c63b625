"""Training of every network that a recipe can name: it learns, its gradient is that of the single sequences, and
what stands behind the end of a sequence changes nothing."""

from typing import Any

import numpy as np
import pytest

from core.data import Batch
from core.data.letters import WORDS
from core.options import make_options
from core.recipe import make_recipe
from core.train import Training
from tests.core.oracle import Arrays
from tests.core.test_topologies import NETWORKS

# A task that each kind fits, and the loss below which its last updates must lie.
LEARNT: dict[str, tuple[dict[str, Any], float]] = {
    "chain": ({"data": "reber", "length": 20}, 0.6),
    "two layers": ({"data": "reber", "length": 20}, 0.6),
    "one-to-one": ({"data": "reber", "length": 20}, 1.35),  # one symbol back and no further
    "one-to-one, two layers": ({"data": "reber", "length": 20}, 1.35),
    "one-to-many": ({"data": "reber", "length": 20}, 0.6),
    "bidirectional": ({"data": "letters", "length": 20}, 0.2),  # it sees the letter that it must say
    "pairs both ways": ({"data": "letters", "length": 20}, 0.2),
    "encoder-decoder": ({"data": "reversal", "length": 3}, 0.3),
    "attention": ({"data": "reversal", "length": 3}, 0.3),
    "attention by the dot product": ({"data": "reversal", "length": 3}, 0.3),
    "attention, read both ways": ({"data": "reversal", "length": 3}, 0.3),
    "attention by the dot product, read both ways": ({"data": "reversal", "length": 3}, 0.3),
}
every_network = pytest.mark.parametrize("name", NETWORKS)


def run_of(name: str, what: dict[str, Any], **options: Any) -> Training:
    recipe = make_recipe({"cell": "gru", **NETWORKS[name], **what})
    return Training(recipe, make_options({"snapshots": 0, **options}))


def losses(run: Training) -> list[float]:
    return [e.data["loss"] for e in run.events() if e.kind == "step"]


@every_network
def test_it_learns_what_it_can(name: str) -> None:
    what, wanted = LEARNT[name]
    found = losses(run_of(name, {"hidden": 16, **what}, batch=16, rate=0.02, updates=300))
    assert np.mean(found[-20:]) < wanted < 0.8 * found[0]


def test_a_reader_of_both_ends_beats_every_reader_of_one() -> None:
    """Of letters to come the best reader of the past lacks .6966 nats each; here they stand in the future."""
    found = losses(run_of("bidirectional", {"hidden": 16, "data": "letters", "length": 20}, rate=0.02, updates=200))
    floor = WORDS.stationary @ [-(p[p > 0] @ np.log(p[p > 0])) for p in WORDS.speaks]
    assert np.mean(found[-20:]) < 0.5 * floor


@every_network
@pytest.mark.parametrize("cell", ["rnn-tanh", "lstm", "gru"])
def test_the_gradient_of_an_update_is_the_sum_of_those_of_its_sequences(name: str, cell: str) -> None:
    """Sequences of different lengths, through the very call that an update makes."""
    run = run_of(name, {"cell": cell, "hidden": 4, "data": "reber", "length": 25}, batch=4)
    batch, counted = again(run)
    together = copied(run._gradients().grads)
    last = batch.mask.sum(0).astype(int)
    assert len(set(last)) > 1
    alone = [copied(run.net.learn(cut(batch, b, n)).grads) for b, n in enumerate(last)]
    largest = max(float(np.abs(g).max()) for g in together.values())
    for weight, whole in together.items():
        parts = np.sum([a[weight] for a in alone], axis=0) / counted
        assert np.abs(whole - parts).max() < 1e-12 * max(1.0, largest), weight


@every_network
def test_a_sequence_padded_further_is_the_same_sequence(name: str) -> None:
    run = run_of(name, {"cell": "lstm", "hidden": 4, "data": "reber", "length": 25}, batch=3)
    batch, _ = again(run)
    run._gradients()
    wide = Batch(*(np.concatenate([a, np.zeros_like(a[:9])]) for a in batch))
    one, two = (run.net.learn(b) for b in (batch, wide))
    first, grads = one.loss, copied(one.grads)
    assert abs(run.net.learn(wide).loss - first) < 1e-12
    assert all(np.abs(two.grads[n] - g).max() < 1e-12 for n, g in grads.items())


def again(run: Training) -> tuple[Batch, float]:
    """The batch that the run will read first, and how many losses it counts."""
    batch = run.task.batch(np.random.default_rng([run.recipe["seed"], 1]), run.B, run.T)
    return batch, float(batch.mask.sum())


def cut(batch: Batch, b: int, length: int) -> Batch:
    """One sequence of a batch, without its padding."""
    return Batch(*(a[:length, b : b + 1] for a in batch))


def copied(grads: Arrays) -> Arrays:
    return {n: g.copy() for n, g in grads.items()}
