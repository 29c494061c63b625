"""Long lags: adding, copying, and what a forget bias lets an LSTM learn."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from bench.science.findings import (
    TORCH,
    Band,
    Experiment,
    Finding,
    above,
    below,
    curve,
    draw_as_pytorch,
    training,
    unseen,
)
from core.data import TASKS, Batch
from core.equations import parse
from core.train import Training
from core.unrollings import Learner, Unrollings

# -- adding: the plateau and the drop -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Adder:
    """A network for the adding problem; `inputs` says how W begins if not as recipes have it."""

    cell: str
    choices: dict[str, object] = field(default_factory=dict)
    rate: float = 1e-3
    updates: int = 5000
    inputs: str = ""

    def start(self, seed: int) -> Training:
        """A run that has not begun."""
        options: dict[str, object] = {"batch": 50, "rate": self.rate, "updates": self.updates, "precision": "float32"}
        run = training(self.cell, seed, self.choices, data="adding", length=100, **options)
        params = run.net.params
        if self.inputs == "small":
            params["W"][:] = np.random.default_rng([seed, 5]).normal(0.0, 0.01, params["W"].shape)
        elif self.inputs == "as PyTorch":
            draw_as_pytorch(params, ("W", "b"), len(params["W"]), seed)
        return run


LEARN = {
    "GRU 64": Adder("gru", {"hidden": 64, "gain": TORCH}, 5e-3),
    "IRNN 100": Adder("rnn-relu", {"hidden": 100, "init": "identity"}, inputs="small"),
    "LSTM 64": Adder("lstm", {"hidden": 64, "gain": TORCH}, 5e-3),
}
STAY = {
    "tanh 100": Adder("rnn-tanh", {"hidden": 100, "gain": TORCH}, updates=4000, inputs="as PyTorch"),
    "tanh 100, U orthogonal": Adder("rnn-tanh", {"hidden": 100, "init": "orthogonal"}, 1e-3, 4000, "as PyTorch"),
    "tanh 100, U orthogonal, W by Xavier": Adder("rnn-tanh", {"hidden": 100, "init": "orthogonal"}, updates=4000),
}
ALWAYS = "always saying 1: test error"


def adding(seeds: Sequence[int]) -> Iterator[Finding]:
    """Each run ends once its test error is below 0.02."""
    test = unseen("adding", 2000, 100)
    for name, adder in LEARN.items():
        for seed in seeds:
            points = curve(adder.start(seed), test, every=250, enough=0.02)
            first = next((n for n, loss in points if loss < 0.05), None)
            best = min(loss for _, loss in points)
            yield Finding(f"{name}: test error", best, seed, f"below 0.05 after {first} updates")


def plateau(seeds: Sequence[int]) -> Iterator[Finding]:
    """The best test error of every 250 updates over that of always saying 1, on the same sequences."""
    test = unseen("adding", 2000, 100)
    always = float(((test.target[-1] - 1.0) ** 2).mean())
    yield Finding(ALWAYS, always)
    for name, adder in STAY.items():
        for seed in seeds:
            best = min(loss for _, loss in curve(adder.start(seed), test, every=250))
            yield Finding(f"{name}: best test error over that", best / always, seed)


ADDING = Experiment(
    "adding",
    "The adding problem, T = 100: gated and identity networks leave the plateau of 1/6",
    "Hochreiter and Schmidhuber 1997; markers and batch as Arjovsky et al. 2016; IRNN as Le et al. 2015",
    "batch 50, Adam, clipped to norm 1, at most 5000 updates, float32; 2000 fixed test sequences; rate 0.005 (GRU, "
    "LSTM) or 0.001 (IRNN, W of deviation 0.01); U of the GRU and LSTM with the variance that PyTorch draws with",
    {f"{name}: test error": below(0.02) for name in LEARN},
    adding,
)
PLATEAU = Experiment(
    "plateau",
    "The adding problem, T = 100: a tanh network drawn as PyTorch draws it stays on the plateau",
    "Arjovsky et al. 2016",
    "as `adding`, 4000 updates, rate 0.001; W and b, and U unless said, as PyTorch draws them; W by Xavier's rule is "
    "2.4 times as large, and with it and an orthogonal U the network may leave the plateau",
    {
        ALWAYS: Band(1 / 6 - 0.013, 1 / 6 + 0.013),
        "tanh 100: best test error over that": Band(0.95, 1.05),
        "tanh 100, U orthogonal: best test error over that": Band(0.95, 1.05),
        "tanh 100, U orthogonal, W by Xavier: best test error over that": Band(0.0, 1.05),
    },
    plateau,
)

# -- forget: which lag a forget bias lets an LSTM learn ------------------------------------------------------------


@dataclass(frozen=True)
class Bias:
    """A forget bias; where the first ratio of gradients and the share of wrong answers are expected; how many runs."""

    value: float
    ratio: Band
    wrong: Band
    runs: int = 3


BIASES = {
    "0": Bias(0.0, below(1e-12), above(0.6)),
    "1": Bias(1.0, Band(1e-7, 1e-5), above(0.6)),
    "2": Bias(2.0, above(1e-2), below(0.01, 0.8), 5),
    "3": Bias(3.0, above(0.3), below(0.01, 0.8), 5),
    "ln 99": Bias(float(np.log(99)), above(0.3), Band(0.0, 0.8)),
}


def ordered(bias: float, seed: int, precision: str = "float64") -> Training:
    """An LSTM of 50 units on temporal order, T = 100."""
    choices: dict[str, object] = {"hidden": 50, "gain": TORCH, "forget_bias": bias}
    options: dict[str, object] = {"data": "temporal-order", "length": 100, "batch": 20, "rate": 5e-3, "updates": 3000}
    return training("lstm", seed, choices, **options, precision=precision)


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


def forget(seeds: Sequence[int]) -> Iterator[Finding]:
    """The first ratio of gradients is that of seed 0, in float64; a run ends once its test loss is below 0.01."""
    test = unseen("temporal-order", 1000, 100)
    for name, bias in BIASES.items():
        yield Finding(f"b = {name}: gradient at the first cue over the last steps", reach(ordered(bias.value, 0)), 0)
        for seed in seeds[: bias.runs]:
            run = ordered(bias.value, seed, "float32")
            points = curve(run, test, every=250, enough=0.01)
            wrong = error_rate(run.net, test)
            yield Finding(f"b = {name}: share of wrong answers", wrong, seed, f"{points[-1][0]} updates")


FORGET = Experiment(
    "forget",
    "Temporal order, T = 100: an LSTM's forget bias b, a timescale of 1 + exp(b) steps, decides what is learnable",
    "Gers et al. 2000, Jozefowicz et al. 2015, Tallec and Ollivier 2018; the task as Pascanu et al. 2013",
    "LSTM of 50 units, batch 20, Adam at 0.005, clipped to norm 1, at most 3000 updates, float32; 1000 test sequences; "
    "U with the variance that PyTorch draws with; W by Xavier's rule, with which the longest clock collects so much of "
    "what stands between the cues that it may not learn in time; with all weights drawn as PyTorch draws them b = 2, "
    "3, 4 and ln 99 were each learnt in two runs of three; b = 0, 1 and ln 99 with the first three seeds",
    {f"b = {n}: gradient at the first cue over the last steps": b.ratio for n, b in BIASES.items()}
    | {f"b = {n}: share of wrong answers": b.wrong for n, b in BIASES.items()},
    forget,
    seeds=(0, 1, 2, 3, 4),
)

# -- copy ---------------------------------------------------------------------------------------------------------

COPIERS: dict[str, tuple[str, dict[str, object], Band]] = {
    "tanh 80": ("rnn-tanh", {"hidden": 80, "gain": TORCH}, Band(0.95, 1.01)),
    "LSTM 40": ("lstm", {"hidden": 40, "gain": TORCH}, Band(0.9, 0.98)),
}


def copy(seeds: Sequence[int]) -> Iterator[Finding]:
    """The test loss over the baseline 10 ln 8 / (T + 20) after 1500 and after 5000 updates."""
    test, baseline = unseen("copy", 500, 70), TASKS["copy"].baseline.value(70)
    for name, (cell, choices, _) in COPIERS.items():
        for seed in seeds:
            options: dict[str, object] = {"data": "copy", "length": 70, "batch": 20, "optimiser": "rmsprop"}
            run = training(cell, seed, choices, **options, rate=1e-3, updates=5000, precision="float32")
            points = dict(curve(run, test, every=500))
            for updates in (1500, 5000):
                yield Finding(f"{name}: loss over baseline after {updates}", points[updates] / baseline, seed)


COPY = Experiment(
    "copy",
    "Copy memory, a lag of 50: the baseline 10 ln 8 / (T + 20) is left late and by little",
    "Arjovsky et al. 2016",
    "batch 20, RMSprop at 0.001, clipped to norm 1, 5000 updates, float32; 500 test sequences; U with the variance "
    "that PyTorch draws with",
    {f"{name}: loss over baseline after 5000": band for name, (_, _, band) in COPIERS.items()}
    | {"tanh 80: loss over baseline after 1500": Band(0.98, 1.02)}
    | {"LSTM 40: loss over baseline after 1500": Band(0.9, 1.02)},
    copy,
)


def shift_register(lag: int) -> Unrollings:
    """A linear network that copies without learning: symbols move one place a step round a ring of 8 (T + 10) units."""
    places = lag + 10
    H = 8 * places
    net = Unrollings(parse("s = U @ s_prev + W @ x"), I=10, H=H, O=10, head="softmax")
    units = np.arange(H)
    net.params["U"][(units + 8) % H, units] = 1.0
    net.params["W"][:8, :8] = np.eye(8)
    # What was shown at step t stands in the last place at step t + places - 1, one before it is asked for.
    net.params["V"][:8, :8] = 10 * np.eye(8)
    net.params["d"][8] = 5.0
    return net


def copied(net: Unrollings, lag: int, seed: int) -> float:
    """The share of the ten symbols said right, on four sequences in which blanks say nothing."""
    batch = TASKS["copy"].batch(np.random.default_rng(seed), 4, lag + 20)
    blind = batch.x.copy()
    blind[:, :, :8] *= np.arange(lag + 20)[:, None, None] < 10
    found = net.predictions(Batch(blind, batch.target, batch.mask)).argmax(2)
    return float((found == batch.target)[-10:].mean())


def register(seeds: Sequence[int]) -> Iterator[Finding]:
    """Nothing is learnt."""
    for lag in (100, 500):
        net = shift_register(lag)
        U = net.params["U"]
        apart = float(np.abs(U.T @ U - np.eye(len(U))).max())
        yield Finding(f"lag {lag}: U^T U less the identity, largest entry", apart)
        for seed in seeds:
            yield Finding(f"lag {lag}: share of symbols right", copied(net, lag, seed), seed)


REGISTER = Experiment(
    "register",
    "Copy memory without learning: an orthogonal linear network that is a shift register",
    "Henaff et al. 2016 prove that such solutions exist; this one is ours",
    "s = U s_prev + W x with U a cyclic shift of 8 (lag + 10) units; four sequences a seed",
    {f"lag {lag}: U^T U less the identity, largest entry": Band(0.0, 0.0) for lag in (100, 500)}
    | {f"lag {lag}: share of symbols right": Band(1.0, 1.0) for lag in (100, 500)},
    register,
)
