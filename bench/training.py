"""Figure (l): updates of a training run, float32 on both sides, one thread."""

from collections.abc import Callable, Iterator

import numpy as np

from bench.engine import times
from bench.measure import duel
from bench.problems import LESSONS, Lesson
from bench.report import Figure
from bench.torch_training import TorchTraining
from core.cells import CELLS
from core.data import Batch
from core.optim import CLIPPINGS, OPTIMISERS, lengths
from core.unrollings import Unrollings

TARGETS = (0.75, 1.7, 3.0)


def update(lesson: Lesson) -> Callable[[], None]:
    """What a training run does for one update: forward, backward, clip to norm 1, step."""
    head = "softmax" if lesson.classes else "linear"
    net = Unrollings(CELLS[lesson.cell], I=lesson.I, H=lesson.H, O=lesson.O, head=head, dtype="float32")
    rng = np.random.default_rng(1)
    for p in net.params.values():
        np.copyto(p, rng.uniform(-1, 1, p.shape) / np.sqrt(lesson.H))
    if lesson.cell == "rnn-relu":
        np.copyto(net.params["U"], np.eye(lesson.H))
    optimiser, clipping = OPTIMISERS[lesson.optimiser], CLIPPINGS["norm"]
    slots, (x, target), count = optimiser.start(net.params), lesson.batch(), iter(range(1, 1 << 30))
    mask = np.zeros((lesson.T, lesson.B))
    mask[None if lesson.classes else -1] = 1.0
    batch = Batch(x, target, mask / mask.sum())

    def one() -> None:
        done = net.learn(batch)
        clipping.clip(done.grads, lengths(done.grads), 1.0)
        optimiser.update(net.params, done.grads, slots, lesson.rate, next(count))

    return one


def training(rounds: int) -> Iterator[Figure]:
    """(l) Updates a second over those of nn.LSTM and nn.RNN."""
    for lesson, target in zip(LESSONS, TARGETS, strict=True):
        found = duel(update(lesson), TorchTraining(lesson).update, rounds=rounds, seconds=0.05)
        name = f"{lesson.name}: updates a second over PyTorch's"
        yield times(name, found, "l", target)
