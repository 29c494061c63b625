"""What small networks find in letters, bits, brackets and grammars."""

from collections.abc import Iterator, Sequence

import numpy as np

from bench.science.findings import (
    Band,
    Experiment,
    Finding,
    above,
    below,
    surprise,
    trained,
    training,
    unseen,
)
from core.data import TASKS, Batch
from core.data.dataset import next_symbols
from core.data.even_process import EVEN
from core.data.letters import LETTERS, SENTENCE, WORDS
from core.ops import Floats
from core.optim import sgd
from core.statespace import Bools
from core.unrollings import Learner, Unrollings

# -- xor: Elman's own rule and full backpropagation ---------------------------------------------------------------


def by_phase(net: Learner, seed: int) -> Floats:
    """The squared errors of the three positions, the exclusive or first."""
    batch = unseen("temporal-xor", 1, 30_000, seed)
    errors = ((net.predictions(batch) - batch.target) ** 2)[:, 0, 0]
    return np.array([errors[n::3].mean() for n in (1, 2, 0)])


PASSES, BITS, RATE = 600, 3000, 0.02


def elman(seed: int) -> Learner:
    """Two sigmoid units, an update a bit, the context copied: no gradient goes through it.

    The same passes as in training with k1 = 1, without its events.
    """
    net = training("rnn-sigmoid", seed, {"hidden": 2}, data="temporal-xor", batch=1).net
    assert isinstance(net, Unrollings)
    batch, ws = TASKS["temporal-xor"].batch(np.random.default_rng([seed, 1]), 1, BITS), net.workspace(1, 1)
    states = {"s": np.zeros((1, 2))}
    for _ in range(PASSES):
        for x, target in zip(batch.x, batch.target, strict=True):
            ws.load(net.params)
            ws.begin(states)
            ws.x[0], ws.target[0] = x, target
            ws.run_forward()
            ws.run_backward()
            ws.run_gradients()
            states = ws.last()
            for name, p in net.params.items():
                sgd(p, ws.grads[name], (), RATE, 1)
    return net


def in_full(seed: int) -> Learner:
    """Four tanh units, the full gradient."""
    return trained("rnn-tanh", seed, {"hidden": 4}, data="temporal-xor", batch=32, rate=0.01, updates=6000)


def xor(seeds: Sequence[int]) -> Iterator[Finding]:
    """Squared errors by position; 0.25 is a guess, 1/9 and 5/18 the best without knowing the position."""
    dips = []
    for seed in seeds:
        found = by_phase(elman(seed), seed)
        dips.append(found[0])
        yield Finding("Elman's rule: the two free bits, the smaller error", float(found[1:].min()), seed)
        yield Finding("Elman's rule: the exclusive or over the free bits", float(found[0] / found[1:].mean()), seed)
    yield Finding("Elman's rule: the exclusive or, median of the seeds", float(np.median(dips)))
    for seed in seeds:
        found = by_phase(in_full(seed), seed)
        yield Finding("4 units, full gradient: the exclusive or", float(found[0]), seed)
        yield Finding("4 units, full gradient: the free bits", float(found[1:].mean()), seed)


XOR = Experiment(
    "xor",
    "Elman's exclusive or in time: with the context copied every third bit dips; the full gradient learns the phase",
    "Elman 1990",
    f"two sigmoid units, an update a bit at {RATE}, {PASSES} passes over {BITS} bits; four tanh units, batch 32 of "
    "30 bits, Adam at 0.01, 6000 updates; errors on 30 000 bits that were not read",
    {
        "Elman's rule: the two free bits, the smaller error": Band(0.25, 0.35),
        "Elman's rule: the exclusive or over the free bits": below(0.95),
        "Elman's rule: the exclusive or, median of the seeds": Band(1 / 9, 0.19),
        "4 units, full gradient: the exclusive or": below(0.01),
        "4 units, full gradient: the free bits": Band(0.24, 0.26),
    },
    xor,
)

# -- words --------------------------------------------------------------------------------------------------------


def reader(seed: int) -> Learner:
    """Twenty tanh units that have read letters."""
    return trained("rnn-tanh", seed, {"hidden": 20}, data="letters", batch=32, rate=0.01, updates=1500)


def onset_area(surprised: Floats, onset: Bools) -> float:
    """How well surprise alone tells a word's first letter: the area under the curve of hits over false alarms."""
    ranks = np.argsort(np.argsort(surprised))[onset]
    return float((ranks.mean() - (len(ranks) - 1) / 2) / (~onset).sum())


def onset_hits(net: Learner) -> int:
    """How many of Elman's sentence's 13 word onsets are among its 13 highest peaks of surprise."""
    symbols = np.array([[LETTERS.index(c)] for c in "".join(SENTENCE)], dtype=np.intp)
    batch = next_symbols(symbols, len(LETTERS))
    starts = np.cumsum([len(w) for w in SENTENCE])[:-1] - 1  # the predictions of a word's first letter
    peaks = np.argsort(-surprise(net.predictions(batch), batch).ravel())[: len(starts)]
    return len(set(peaks) & set(starts))


def words(seeds: Sequence[int]) -> Iterator[Finding]:
    """Against the Bayes filter on the same 20 000 letters."""
    symbols, states = WORDS.draw(np.random.default_rng(4321), np.zeros(1, np.intp), 20_001)
    test, onset = next_symbols(symbols, len(LETTERS)), (states[1:-1] == WORDS.states.index("onset")).ravel()
    best = surprise(WORDS.optimum(test), test).ravel()
    for seed in seeds:
        net = reader(seed)
        ours = surprise(net.predictions(test), test).ravel()
        yield Finding("nats a letter above the Bayes filter", float((ours - best).mean()), seed)
        yield Finding("correlation of the two surprises", float(np.corrcoef(ours, best)[0, 1]), seed)
        yield Finding("area under the curve, onsets told by surprise", onset_area(ours, onset), seed)
        yield Finding("word onsets among the 13 highest peaks of Elman's sentence", onset_hits(net), seed)


WORDS_FOUND = Experiment(
    "words",
    "Letters without spaces: surprise rises where words begin",
    "Elman 1990",
    "20 tanh units, batch 32 of 40 letters, Adam at 0.01, 1500 updates; 20 000 letters that were not read",
    {
        "nats a letter above the Bayes filter": Band(-0.005, 0.02),
        "correlation of the two surprises": above(0.98),
        "area under the curve, onsets told by surprise": above(0.98),
        "word onsets among the 13 highest peaks of Elman's sentence": Band(12, 13),
    },
    words,
)

# -- the even process ---------------------------------------------------------------------------------------------


def even_excess(seed: int, batch: Batch) -> float:
    """Bits a symbol above the Bayes filter on the same symbols."""
    net = trained("rnn-tanh", seed, {"hidden": 8}, data="even-process", batch=32, rate=0.01, updates=1200)
    both = (surprise(chances, batch).mean() for chances in (net.predictions(batch), EVEN.optimum(batch)))
    return float(np.subtract(*both) / np.log(2))


def even(seeds: Sequence[int]) -> Iterator[Finding]:
    """The network's excess over the Bayes filter, which has 2/3 of a bit on average, on the same stream."""
    batch = unseen("even-process", 20, 5000)
    yield Finding(
        "the Bayes filter on the test stream, bits", float(surprise(EVEN.optimum(batch), batch).mean() / np.log(2))
    )
    yield Finding("the best window of 12, bits", EVEN.window_entropy(12) / np.log(2))
    for seed in seeds:
        yield Finding("bits above the Bayes filter", even_excess(seed, batch), seed)


EVEN_BITS = Experiment(
    "even",
    "The even process: eight units beat every fixed window up to twelve symbols",
    "the process of Weiss 1973; window entropies derived exactly",
    "8 tanh units, batch 32 of 60 bits, Adam at 0.01, 1200 updates; 100 000 bits that were not read; entropy rate 2/3",
    {
        "the Bayes filter on the test stream, bits": Band(2 / 3 - 0.003, 2 / 3 + 0.003),
        "the best window of 12, bits": Band(0.670597, 0.670599),
        "bits above the Bayes filter": Band(-0.0002, 0.003931),
    },
    even,
)
