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


def reber_reader(cell: str, seed: int) -> Learner:
    """Twelve units that have read 32 000 strings."""
    options: dict[str, object] = {"data": "reber", "length": 40, "batch": 16, "rate": 0.01, "updates": 2000}
    return trained(cell, seed, {"hidden": 12, "gain": TORCH}, **options)


def reber(seeds: Sequence[int]) -> Iterator[Finding]:
    """A string counts if at each of its steps the legal symbols are the likeliest."""
    test = unseen("reber", 2000, 60)
    for cell in ("lstm", "rnn-tanh"):
        for seed in seeds:
            net = reber_reader(cell, seed)
            right, long = reber_share(net, reber_strings(123, 1000))
            yield Finding(f"{cell}: share of strings right", right, seed)
            yield Finding(f"{cell}: share of those of length 15 or more", long, seed)
            yield Finding(f"{cell}: nats a symbol", net.loss(test), seed)


REBER_LEARNT = Experiment(
    "reber",
    "The embedded Reber grammar: an LSTM has every legal set of every string; a tanh network does not always",
    "Hochreiter and Schmidhuber 1997, by their rule of success",
    "12 units, batch 16, Adam at 0.01, 2000 updates; 1000 strings for the share, 2000 for the loss (.4411 on average)",
    {
        "lstm: share of strings right": Band(1.0, 1.0, 0.8),
        "lstm: share of those of length 15 or more": Band(1.0, 1.0, 0.8),
        "lstm: nats a symbol": Band(0.438, 0.46),
        "rnn-tanh: share of strings right": above(0.5),
        "rnn-tanh: share of those of length 15 or more": above(0.2),
        "rnn-tanh: nats a symbol": Band(0.438, 0.52),
    },
    reber,
    seeds=(0, 1, 2, 3, 4),
)

# -- depth and counting -------------------------------------------------------------------------------------------


def probed(states: Floats, wanted: Floats) -> float:
    """R^2 of the best linear reading of states (N, n), fitted on one half and tested on the other."""
    read, half = np.column_stack([states, np.ones(len(states))]), len(states) // 2
    weights = np.linalg.lstsq(read[:half], wanted[:half], rcond=None)[0]
    left = wanted[half:] - read[half:] @ weights
    return float(1 - left.var() / wanted[half:].var())


def states_of(net: Learner, batch: Batch) -> Floats:
    """All states of a run side by side, sequences one after the other: (T * B, n)."""
    assert isinstance(net, Unrollings)
    ws = net.read(batch)
    return np.concatenate([ws.arrays[s].data.swapaxes(0, 1) for s in net.cell.states], 2).reshape(batch.mask.size, -1)


def correlation(states: Floats, wanted: Floats) -> float:
    """The largest absolute correlation of a single unit."""
    moving = states[:, states.std(0) > 0]
    return float(max(abs(np.corrcoef(unit, wanted)[0, 1]) for unit in moving.T))


def nested(cell: str, seed: int) -> Learner:
    """Twenty units that have read brackets."""
    return trained(cell, seed, {"hidden": 20}, data="parentheses", batch=32, rate=0.02, updates=1000)


def depth_of(batch: Batch) -> Floats:
    """The depth after each symbol, sequences one after the other: (T * B,)."""
    return np.asarray(np.cumsum(batch.x[:, :, 0] - batch.x[:, :, 1], axis=0).T.ravel())


def depth(seeds: Sequence[int]) -> Iterator[Finding]:
    """Nats above the Bayes filter on the same symbols, and the depth read from the states."""
    batch = unseen("parentheses", 20, 500)
    floor, wanted = float(surprise(NESTED.optimum(batch), batch).mean()), depth_of(batch)
    for cell in ("lstm", "gru", "rnn-tanh"):
        for seed in seeds:
            net = nested(cell, seed)
            states = states_of(net, batch)
            yield Finding(f"{cell}: nats a symbol above the Bayes filter", net.loss(batch) - floor, seed)
            yield Finding(f"{cell}: R2 of a linear probe for the depth", probed(states, wanted), seed)
            yield Finding(f"{cell}: correlation of the best single unit", correlation(states, wanted), seed)


DEPTH = Experiment(
    "depth",
    "Brackets: the states carry the depth, which no symbol tells",
    "Strobelt et al. 2016 and Karpathy et al. 2015 show such cells; the grammar is ours",
    "20 units, batch 32 of 60 symbols, Adam at 0.02, 1000 updates; 20 sequences of 500 symbols, half to fit the probe",
    {
        f"{cell}: {figure}": band
        for cell, probe in (("lstm", 0.98), ("gru", 0.95), ("rnn-tanh", 0.9))
        for figure, band in (
            ("nats a symbol above the Bayes filter", Band(-0.001, 0.03)),
            ("R2 of a linear probe for the depth", above(probe)),
            ("correlation of the best single unit", above(0.8)),
        )
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
    return correlation(ws.arrays[net.cell.states[-1]].data[:, 0], np.array(read, float))


def counting(seeds: Sequence[int]) -> Iterator[Finding]:
    """How far strings are right, and whether a unit counts."""
    for cell in ("lstm", "gru", "rnn-tanh"):
        for seed in seeds:
            net = trained(cell, seed, {"hidden": 10}, data="anbn", batch=16, rate=0.01, updates=COUNTING_UPDATES)
            yield Finding(f"{cell}: right up to n =", furthest(net), seed)
            if cell == "lstm":
                yield Finding("lstm: correlation of a cell with what is owed, n = 20", owed(net), seed)


COUNTING_UPDATES = 3000
COUNTING = Experiment(
    "counting",
    "a^n b^n learnt up to n = 20: a cell of the LSTM counts; how far beyond each goes differs from seed to seed",
    "Weiss et al. 2018",
    f"10 units, batch 16, Adam at 0.01, {COUNTING_UPDATES} updates",
    {
        "lstm: right up to n =": above(20),
        "gru: right up to n =": above(15),
        "rnn-tanh: right up to n =": above(5),
        "lstm: correlation of a cell with what is owed, n = 20": above(0.98),
    },
    counting,
)
