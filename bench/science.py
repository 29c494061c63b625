"""`python -m bench.science NAME [--seeds 0,1,2]`: experiments of the literature that take minutes, line by line.

Each line is a finding beside what is expected of it; the last one says how many were as expected.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from bench.findings import Finding, curve, reber_share, reber_strings
from core.data import TASKS, Batch
from core.data.letters import LETTERS, SENTENCE, WORDS
from core.ops import Floats
from core.options import make_options
from core.recipe import make_recipe
from core.train import Training
from core.unrollings import Learner, Unrollings

Findings = Iterator[Finding]
TORCH = 3**-0.5  # the recurrent weights of PyTorch, uniform within 1/sqrt(H), have this times the deviation 1/sqrt(H)


def training(cell: str, seed: int, choices: dict[str, object], **options: object) -> Training:
    """A run from a few choices; `task` and `length` say what is read."""
    what = {"data": options.pop("task"), "length": options.pop("length", None)}
    return Training(make_recipe({"cell": cell, "seed": seed, **what, **choices}), make_options(options))


def unseen(name: str, count: int, T: int, seed: int = 999) -> Batch:
    """A fixed set of sequences that no run reads."""
    return TASKS[name].batch(np.random.default_rng([seed, 7]), count, T)


# -- adding: the plateau and the drop -----------------------------------------------------------------------------

ADDERS: dict[str, tuple[str, dict[str, object], float, int]] = {
    "GRU 64": ("gru", {"hidden": 64, "gain": TORCH}, 5e-3, 5000),
    "IRNN 100": ("rnn-relu", {"hidden": 100, "init": "identity"}, 1e-3, 5000),
    "LSTM 64": ("lstm", {"hidden": 64, "gain": TORCH}, 5e-3, 5000),
    "tanh 100": ("rnn-tanh", {"hidden": 100, "gain": TORCH}, 1e-3, 4000),
    "tanh 100, orthogonal": ("rnn-tanh", {"hidden": 100, "init": "orthogonal"}, 1e-3, 4000),
}


def adder(name: str, seed: int) -> Training:
    """A network for the adding problem; the IRNN begins with small input weights."""
    cell, choices, rate, updates = ADDERS[name]
    run = training(cell, seed, choices, task="adding", length=100, batch=50, rate=rate, updates=updates, snapshots=0)
    if name.startswith("IRNN"):
        rng = np.random.default_rng([seed, 5])
        run.net.params["W"][:] = rng.normal(0.0, 0.01, run.net.params["W"].shape)
    return run


def adding(seeds: list[int]) -> Findings:
    """T = 100: gated and identity networks fall below .02 from the plateau of 1/6."""
    test = unseen("adding", 2000, 100, 999)
    for name in ("GRU 64", "IRNN 100", "LSTM 64"):
        for seed in seeds:
            points = curve(adder(name, seed), test, every=250, enough=0.02)
            first = next((n for n, loss in points if loss < 0.05), None)
            best = min(loss for _, loss in points)
            yield Finding(f"{name}, seed {seed}: test error", best, 0.0, 0.02, f"below .05 after {first} updates")


def plateau(seeds: list[int]) -> Findings:
    """T = 100: a tanh network stays on the plateau of 1/6; from an orthogonal matrix it may leave it."""
    test = unseen("adding", 2000, 100, 999)
    always = float(((test.target[-1] - 1.0) ** 2).mean())
    yield Finding("always saying 1, test error", always, 1 / 6 - 0.013, 1 / 6 + 0.013)
    for name, low in (("tanh 100", 0.95), ("tanh 100, orthogonal", 0.0)):
        for seed in seeds:
            best = min(loss for _, loss in curve(adder(name, seed), test, every=250))
            yield Finding(f"{name}, seed {seed}: best over always saying 1", best / always, low, 1.05)


# -- forget: which lag a forget bias lets an LSTM learn ------------------------------------------------------------

BIASES: dict[str, tuple[float, tuple[float, float], tuple[float, float]]] = {  # ratio of gradients, error
    "0": (0.0, (0.0, 1e-12), (0.6, 1.0)),
    "1": (1.0, (1e-7, 1e-5), (0.6, 1.0)),
    "2": (2.0, (1e-2, 1e9), (0.0, 1.0)),
    "3": (3.0, (0.3, 1e9), (0.0, 0.01)),
    "4": (4.0, (0.3, 1e9), (0.0, 1.0)),
    "ln 99": (float(np.log(99)), (0.3, 1e9), (0.0, 1.0)),
}


def ordered(bias: float, seed: int) -> Training:
    """An LSTM of 50 units on temporal order, T = 100."""
    choices: dict[str, object] = {"hidden": 50, "gain": TORCH, "forget_bias": bias}
    options: dict[str, object] = {"task": "temporal-order", "batch": 20, "rate": 5e-3, "updates": 3000, "snapshots": 0}
    return training("lstm", seed, choices, **options)


def reach(run: Training) -> float:
    """The gradient at the first cue over that of the last ten steps, before any learning."""
    batch = run.task.batch(np.random.default_rng([0, 3]), 20, 100)
    assert isinstance(run.net, Unrollings)
    ws = run.net.learn(batch)
    ws.instruments.run()
    norms = ws.arrays["grad_norm/c"].data
    return float(norms[10:20].mean() / norms[90:].mean())


def error_rate(net: Learner, test: Batch) -> float:
    """The share of wrong answers at the last step."""
    return float((net.predictions(test)[-1].argmax(1) != test.target[-1]).mean())


def forget(seeds: list[int]) -> Findings:
    """Temporal order, T = 100: no gradient and no learning at bias 0 and 1; learnt from 2 on (3 asserted)."""
    test = unseen("temporal-order", 1000, 100)
    for name, (bias, ratios, errors) in BIASES.items():
        yield Finding(f"b = {name}: gradient at the cue over the last steps", reach(ordered(bias, 0)), *ratios)
        for seed in seeds:
            run = ordered(bias, seed)
            points = curve(run, test, every=250, enough=0.01)
            wrong, note = error_rate(run.net, test), f"{points[-1][0]} updates"
            yield Finding(f"b = {name}, seed {seed}: wrong answers", wrong, *errors, note)


# -- xor: Elman's own rule and full backpropagation ---------------------------------------------------------------


def by_phase(net: Learner, seed: int) -> Floats:
    """The squared errors of the three positions, the exclusive or first."""
    batch = unseen("temporal-xor", 1, 30_000, seed)
    errors = ((net.predictions(batch) - batch.target) ** 2)[:, 0, 0]
    return np.array([errors[n::3].mean() for n in (1, 2, 0)])


def xor(seeds: list[int]) -> Findings:
    """600 passes of 3000 bits with the context copied, then backpropagation through time with four units."""
    dips = []
    for seed in seeds:
        choices: dict[str, object] = {"hidden": 2}
        options: dict[str, object] = {"task": "temporal-xor", "batch": 1, "k1": 1, "optimiser": "sgd", "rate": 0.02}
        run = training("rnn-sigmoid", seed, choices, **options, clip="none", updates=1_000_000, snapshots=0)
        for _ in run.events():
            pass
        found = by_phase(run.net, seed)
        dips.append(found[0])
        yield Finding(f"Elman's rule, seed {seed}: the two free bits", float(found[1:].min()), 0.25, 0.35)
    yield Finding("Elman's rule, median: the exclusive or", float(np.median(dips)), 1 / 9, 0.19)
    for seed in seeds:
        run = training("rnn-tanh", seed, {"hidden": 4}, task="temporal-xor", batch=32, rate=0.01, updates=3000)
        for _ in run.events():
            pass
        found = by_phase(run.net, seed)
        yield Finding(f"4 units, full gradient, seed {seed}: the exclusive or", float(found[0]), 0.0, 0.01)
        yield Finding(f"4 units, full gradient, seed {seed}: the free bits", float(found[1:].mean()), 0.24, 0.26)


# -- words, copy, reber -------------------------------------------------------------------------------------------


def words(seeds: list[int]) -> Findings:
    """Surprise at a letter finds where words begin."""
    symbols = np.array([[LETTERS.index(c)] for c in "".join(SENTENCE)], dtype=np.intp)
    starts = np.cumsum([len(w) for w in SENTENCE])[:-1] - 1  # the predictions of a word's first letter
    test = unseen("letters", 1, 20_000)
    floor = -np.log(np.take_along_axis(WORDS.optimum(test), test.target[:, :, None], 2)).mean()
    for seed in seeds:
        run = training("rnn-tanh", seed, {"hidden": 20}, task="letters", batch=32, rate=0.01, updates=1500)
        for _ in run.events():
            pass
        batch = Batch(np.eye(len(LETTERS))[symbols[:-1]], symbols[1:], np.ones((len(symbols) - 1, 1)))
        surprise = -np.log(np.take_along_axis(run.net.predictions(batch), batch.target[:, :, None], 2)).ravel()
        hits = len(set(np.argsort(-surprise)[: len(starts)]) & set(starts))
        yield Finding(f"seed {seed}: nats a letter above the floor", run.net.loss(test) - float(floor), -0.005, 0.02)
        yield Finding(f"seed {seed}: word onsets among the 13 highest peaks", hits, 12, 13)


def copy(seeds: list[int]) -> Findings:
    """T = 50: tanh sits on the baseline after 1500 updates and leaves it little if at all by 5000; the LSTM does."""
    test, baseline = unseen("copy", 500, 70), TASKS["copy"].baseline.value(70)
    rows: dict[str, tuple[str, dict[str, object], float, float]] = {
        "tanh 80": ("rnn-tanh", {"hidden": 80, "gain": TORCH}, 0.96, 1.02),
        "LSTM 40": ("lstm", {"hidden": 40, "gain": TORCH}, 0.9, 0.98),
    }
    for name, (cell, choices, low, high) in rows.items():
        for seed in seeds:
            options: dict[str, object] = {"task": "copy", "length": 70, "batch": 20, "optimiser": "rmsprop"}
            run = training(cell, seed, choices, **options, rate=1e-3, updates=5000, snapshots=0)
            points = dict(curve(run, test, every=500))
            if cell == "rnn-tanh":
                yield Finding(f"{name}, seed {seed}: loss over baseline at 1500", points[1500] / baseline, 0.98, 1.02)
            yield Finding(f"{name}, seed {seed}: loss over baseline at 5000", points[5000] / baseline, low, high)


def reber(seeds: list[int]) -> Findings:
    """The share of unseen strings of which every legal set is right, the rule of Hochreiter and Schmidhuber."""
    for seed in seeds:
        options: dict[str, object] = {"task": "reber", "batch": 16, "rate": 0.01, "updates": 2000, "snapshots": 0}
        run = training("lstm", seed, {"hidden": 12, "gain": TORCH}, **options)
        for _ in run.events():
            pass
        right, long = reber_share(run.net, reber_strings(123, 1000))
        test = unseen("reber", 1000, 60)
        yield Finding(f"LSTM 12, seed {seed}: strings all right", right, 1.0, 1.0, f"of length 15 or more {long:.3f}")
        yield Finding(f"LSTM 12, seed {seed}: nats a symbol", run.net.loss(test), 0.43, 0.46, "floor .4411 on average")


EXPERIMENTS: dict[str, Callable[[list[int]], Findings]] = {
    f.__name__: f for f in (adding, plateau, forget, xor, words, copy, reber)
}


def arguments() -> Any:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.science", description=__doc__)
    parser.add_argument("names", nargs="+", choices=[*EXPERIMENTS, "all"], metavar="NAME", help=", ".join(EXPERIMENTS))
    parser.add_argument("--seeds", default="0,1,2", help="as in --seeds 0,1,2")
    return parser.parse_args()


def main() -> int:
    """Print the findings as they come; 1 if any was not as expected."""
    asked = arguments()
    seeds = [int(s) for s in asked.seeds.split(",")]
    found: list[Finding] = []
    for name in EXPERIMENTS if "all" in asked.names else asked.names:
        start = time.perf_counter()
        print(f"{name}: {EXPERIMENTS[name].__doc__}")
        for finding in EXPERIMENTS[name](seeds):
            print(finding.line(), flush=True)
            found.append(finding)
        print(f"  ({time.perf_counter() - start:.0f} s)", flush=True)
    right = sum(f.right for f in found)
    print(f"{right} of {len(found)} as expected")
    return int(right < len(found))


if __name__ == "__main__":
    sys.exit(main())
