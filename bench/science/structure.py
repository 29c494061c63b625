"""What small networks find in grammars, brackets and counts."""

from collections.abc import Iterator, Sequence

import numpy as np

from bench.science.findings import (
    TORCH,
    Band,
    Experiment,
    Finding,
    above,
    surprise,
    trained,
    unseen,
)
from core.data import Batch
from core.data.counting import ANBN
from core.data.dataset import Indices, next_symbols
from core.data.parentheses import NESTED
from core.data.reber import REBER
from core.ops import Floats
from core.unrollings import Learner, Unrollings

# -- reber --------------------------------------------------------------------------------------------------------


def reber_strings(seed: int, count: int) -> Indices:
    """Strings of the embedded Reber grammar, whole: (T, B) symbols, -1 after the end."""
    strings = REBER.strings(np.random.default_rng([seed, 11]), count, 80)
    return strings[:, strings[-1] < 0]


def reber_share(net: Learner, strings: Indices) -> tuple[float, float]:
    """The share of strings at each step of which the legal symbols are the likeliest; of all, and of length >= 15."""
    inside = strings[1:] >= 0
    x = np.eye(len(REBER.symbols))[np.maximum(strings[:-1], 0)]
    found = net.predictions(Batch(x, np.maximum(strings[1:], 0), inside.astype(np.float64)))
    legal = REBER.legal(strings[:-1])
    least = np.where(legal, found, np.inf).min(2)
    most = np.where(legal, -np.inf, found).max(2)
    right = ((least > most) | ~inside).all(0)
    return float(right.mean()), float(right[inside.sum(0) >= 14].mean())


def reber_reader(seed: int) -> Learner:
    """An LSTM of twelve units that has read 32 000 strings."""
    options: dict[str, object] = {"data": "reber", "length": 40, "batch": 16, "rate": 0.01, "updates": 2000}
    return trained("lstm", seed, {"hidden": 12, "gain": TORCH}, **options)


def reber(seeds: Sequence[int]) -> Iterator[Finding]:
    """A string counts if at each of its steps the legal symbols are the likeliest."""
    test = unseen("reber", 2000, 60)
    for seed in seeds:
        net = reber_reader(seed)
        right, long = reber_share(net, reber_strings(123, 1000))
        yield Finding("share of strings right", right, seed)
        yield Finding("share of those of length 15 or more", long, seed)
        yield Finding("nats a symbol", net.loss(test), seed)


REBER_LEARNT = Experiment(
    "reber",
    "The embedded Reber grammar: an LSTM has every legal set of every string",
    "Hochreiter and Schmidhuber 1997, by their rule of success",
    "12 units, batch 16, Adam at 0.01, 2000 updates; 1000 strings for the share, 2000 for the loss (.4411 on average)",
    {
        "share of strings right": Band(1.0, 1.0, 0.8),
        "share of those of length 15 or more": Band(1.0, 1.0, 0.8),
        "nats a symbol": Band(0.438, 0.46),
    },
    reber,
    seeds=(0, 1, 2, 3, 4),
)

# -- depth and counting -------------------------------------------------------------------------------------------


# Training carries states on for ever: a run that begins with zeros finds its way in the first few dozen steps.
SETTLED = 100


def probed(states: Floats, wanted: Floats) -> float:
    """R^2 of the best linear reading of states (N, n), fitted on one half and tested on the other."""
    read, half = np.column_stack([states, np.ones(len(states))]), len(states) // 2
    weights = np.linalg.lstsq(read[:half], wanted[:half], rcond=None)[0]
    left = wanted[half:] - read[half:] @ weights
    return float(1 - left.var() / wanted[half:].var())


def states_of(net: Learner, batch: Batch) -> Floats:
    """All states of a run side by side, sequences one after the other, without their beginnings: (N, n)."""
    assert isinstance(net, Unrollings)
    ws = net.read(batch)
    states = np.concatenate([ws.arrays[s].data[SETTLED:] for s in net.cell.states], 2)
    return states.swapaxes(0, 1).reshape(-1, states.shape[2])


def correlation(states: Floats, wanted: Floats) -> float:
    """The largest absolute correlation of a single unit."""
    moving = states[:, states.std(0) > 0]
    return float(max(abs(np.corrcoef(unit, wanted)[0, 1]) for unit in moving.T))


def nested(seed: int) -> Learner:
    """An LSTM of twenty units, its forget gates open at first, that has read brackets."""
    choices = {"hidden": 20, "forget_bias": 1.0}
    return trained("lstm", seed, choices, data="parentheses", batch=32, rate=0.02, updates=1000)


def excess(net: Learner, batch: Batch) -> float:
    """Nats a symbol above the Bayes filter, once a run has settled."""
    ours, best = (surprise(chances, batch) for chances in (net.predictions(batch), NESTED.optimum(batch)))
    return float((ours - best)[SETTLED:].mean())


def depth_of(batch: Batch) -> Floats:
    """The depth after each symbol, as `states_of` has them: (N,)."""
    return np.asarray(np.cumsum(batch.x[:, :, 0] - batch.x[:, :, 1], axis=0)[SETTLED:].T.ravel())


def depth(seeds: Sequence[int]) -> Iterator[Finding]:
    """Against the Bayes filter, which knows the depth, on the same symbols."""
    batch = unseen("parentheses", 20, 500)
    wanted = depth_of(batch)
    for seed in seeds:
        net = nested(seed)
        states = states_of(net, batch)
        yield Finding("nats a symbol above the Bayes filter", excess(net, batch), seed)
        yield Finding("R2 of a linear probe for the depth", probed(states, wanted), seed)
        yield Finding("correlation of the best single unit", correlation(states, wanted), seed)


DEPTH = Experiment(
    "depth",
    "Brackets: an LSTM's states carry the depth, which no symbol tells",
    "Strobelt et al. 2016 and Karpathy et al. 2015 show such cells; the grammar is ours",
    "20 units, forget bias 1, batch 32 of 60 symbols, Adam at 0.02, 1000 updates; 20 sequences of 500 symbols without "
    "their first 100, half of them to fit the probe",
    {
        "nats a symbol above the Bayes filter": Band(-0.001, 0.01),
        "R2 of a linear probe for the depth": above(0.98),
        "correlation of the best single unit": above(0.9),
    },
    depth,
)


def string_of(n: int) -> Batch:
    """$ a^n b^n $."""
    symbols = np.array([0, *[1] * n, *[2] * n, 0], dtype=np.intp)[:, None]
    return next_symbols(symbols, len(ANBN.inputs))


def counts(net: Learner, n: int) -> bool:
    """Whether all that can be known of a^n b^n is said right: each b, and the end after the last."""
    batch = string_of(n)
    said = net.predictions(batch)[:, 0].argmax(1)
    return bool((said[n + 1 :] == batch.target[n + 1 :, 0]).all())


def furthest(net: Learner) -> int:
    """The largest n up to which every a^n b^n is right."""
    n = 0
    while n < 200 and counts(net, n + 1):
        n += 1
    return n


def owed(net: Learner, n: int = 20) -> float:
    """The best correlation of a unit of the cell state with how many b are still owed."""
    assert isinstance(net, Unrollings)
    ws, read = net.read(string_of(n)), [0, *range(1, n + 1), *range(n - 1, -1, -1)]
    return correlation(ws.arrays[net.cell.states[0]].data[:, 0], np.array(read, float))


def counter(seed: int) -> Learner:
    """An LSTM of ten units that has read a^n b^n, n up to 20."""
    return trained("lstm", seed, {"hidden": 10}, data="anbn", batch=16, rate=0.01, updates=6000)


def counting(seeds: Sequence[int]) -> Iterator[Finding]:
    """How far strings are right, and whether a unit counts."""
    for seed in seeds:
        net = counter(seed)
        yield Finding("right up to n =", furthest(net), seed)
        yield Finding("correlation of a cell with what is owed, n = 20", owed(net), seed)


COUNTING = Experiment(
    "counting",
    "a^n b^n learnt up to n = 20: a cell of the LSTM counts; how far beyond it goes differs from seed to seed",
    "Weiss et al. 2018",
    "LSTM of 10 units, batch 16, Adam at 0.01, 6000 updates",
    {"right up to n =": above(20), "correlation of a cell with what is owed, n = 20": above(0.98, 0.8)},
    counting,
    seeds=(0, 1, 2, 3, 4),
)
