"""Where attention looks when a sequence is to be said again from its end."""

from collections.abc import Iterator, Sequence

import numpy as np

from bench.science.findings import Experiment, Finding, above, below, training
from core.assemblies import Assembly
from core.data import TASKS, Batch
from core.equations import parse
from core.networks import Block, Topology
from core.ops import Floats
from core.train import Training
from core.unrolled import first_weights
from core.unrollings import Learner
from core.wiring import Wiring, wiring_of

LENGTH, H = 10, 32
WORD = parse("e = W @ x + 0 * e_prev  # a symbol as a vector, without its neighbours")


def run_of(seed: int, *, length: int = LENGTH, updates: int = 1500, **choices: object) -> Training:
    """A run on reversal that has not begun."""
    options: dict[str, object] = {"batch": 32, "rate": 5e-3, "updates": updates, "precision": "float32"}
    return training("gru", seed, {"hidden": H, **choices}, data="reversal", length=length, **options)


def finished(run: Training) -> Assembly:
    """The network once the run is over."""
    for _ in run.events():
        pass
    assert isinstance(run.net, Assembly)
    return run.net


def by_words(seed: int, **sizes: int) -> Assembly:
    """Attention that compares with what a reader of both ends knows, and then sees nothing but the symbol there.

    The values are R M with M = [forward | backward | symbol]: the columns of R for the readers are held at zero.
    """
    run = run_of(seed, topology="attention", reader="both", **sizes)
    plain, readers = wiring_of(run.recipe), ("encoder", "encoder-back")
    words = Block("words")
    decoder = Block("decoder", ("y",), start="encoder", memory=(*readers, "words"))
    topology = Topology((Block("encoder"), Block("encoder-back", reverse=True), words, decoder), ("decoder",))
    wiring = Wiring("attention", topology, {**plain.cells, "words": WORD})
    I, _, O = run.net.shape
    net = Assembly(run.recipe.cell, topology, I=I, H=H, O=O, head="softmax", cells=wiring.cells, dtype="float32")
    for name, value in first_weights(run.recipe, wiring, {n: p.shape for n, p in net.params.items()}).items():
        net.params[name][:] = value
    run.net, run.slots = net, run.optimiser.start(net.params)
    hidden = net.params["decoder/R"][:, : 2 * H]
    hidden[:] = 0.0
    for _ in run.events():
        hidden[:] = 0.0
    return net


def held_out(count: int = 1000, length: int = LENGTH) -> Batch:
    """Sequences that no run reads."""
    return TASKS["reversal"].batch(np.random.default_rng([999, 7]), count, length)


def right(net: Learner, batch: Batch) -> tuple[float, float]:
    """The share of symbols said right, each told what came before, and of sequences in which all are.

    Where all are, the decoder fed with its own answers says the same.
    """
    hits = net.predictions(batch).argmax(2) == batch.target
    return float(hits.mean()), float(hits.all(0).mean())


def looks(net: Assembly, batch: Batch) -> Floats:
    """The weights of attention (T, B, S)."""
    net.learn(batch)
    return np.asarray(net.network(*batch.mask.shape).arrays()["decoder/a"].data)


def diagonal(weights: Floats) -> float:
    """The share of steps at which the largest weight lies on the anti-diagonal."""
    T = len(weights)
    return float((weights.argmax(2) == T - 1 - np.arange(T)[:, None]).mean())


def reversal(seeds: Sequence[int]) -> Iterator[Finding]:
    """On 1000 sequences that no run has read."""
    batch = held_out()
    for seed in seeds:
        net = by_words(seed)
        yield from _attentive("attention to symbols", net, batch, seed)
    for seed in seeds:
        yield from _attentive(
            "attention to states", finished(run_of(seed, topology="attention", reader="both")), batch, seed
        )
    for seed in seeds:
        symbols, sequences = right(finished(run_of(seed, topology="encoder-decoder")), batch)
        yield Finding("no attention: symbols right", symbols, seed)
        yield Finding("no attention: sequences right", sequences, seed)


def _attentive(name: str, net: Assembly, batch: Batch, seed: int) -> Iterator[Finding]:
    symbols, sequences = right(net, batch)
    weights = looks(net, batch)
    yield Finding(f"{name}: symbols right", symbols, seed)
    yield Finding(f"{name}: sequences right", sequences, seed)
    yield Finding(f"{name}: largest weight on the anti-diagonal", diagonal(weights), seed)
    yield Finding(f"{name}: sums of weights less 1", float(np.abs(weights.sum(2) - 1).max()), seed)


REVERSAL = Experiment(
    "reversal",
    "Reversal: attention lies on the anti-diagonal; without it one state must carry all",
    "Bahdanau et al. 2015, on a task whose alignment is known",
    f"10 symbols, length {LENGTH}, GRU of {H} units, additive attention, batch 32, Adam at 0.005, 1500 updates, "
    "float32; to symbols: keys from readers of both ends, values the symbols alone; to states: both from the readers",
    {
        "attention to symbols: symbols right": above(0.97),
        "attention to symbols: sequences right": above(0.9),
        "attention to symbols: largest weight on the anti-diagonal": above(0.9),
        "attention to symbols: sums of weights less 1": below(1e-6),
        "attention to states: symbols right": above(0.95),
        "attention to states: sequences right": above(0.8),
        "attention to states: largest weight on the anti-diagonal": above(0.4),
        "attention to states: sums of weights less 1": below(1e-6),
        "no attention: symbols right": below(0.92),
        "no attention: sequences right": below(0.5),
    },
    reversal,
)
