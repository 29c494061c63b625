"""Networks without input: chaos, and how much of the past a state keeps."""

from collections.abc import Iterator, Sequence

import numpy as np

from bench.science.findings import Band, Experiment, Finding, below
from core.capacity import linear_capacity, measured_capacity
from core.cells import CELLS
from core.equations import parse
from core.ops import Floats
from core.statespace import lyapunov, trajectory

TANH = CELLS["rnn-tanh"]

# -- chaos --------------------------------------------------------------------------------------------------------

MEAN_FIELD = {1.5: 0.065217, 2.0: 0.154724, 3.0: 0.310276, 5.0: 0.544477}


def random_net(N: int, g: float, seed: int) -> tuple[dict[str, Floats], np.random.Generator]:
    """x <- tanh(U x) with entries of deviation g / sqrt(N), and the generator that goes on from there."""
    rng = np.random.default_rng(seed)
    U = g * rng.normal(size=(N, N)) / np.sqrt(N)
    return {"W": np.zeros((N, 1)), "U": U, "b": np.zeros(N), "V": np.zeros((1, N))}, rng


def largest_exponent(N: int, g: float, seed: int, *, T: int, skip: int) -> float:
    """The largest Lyapunov exponent over T steps, the first `skip` left out."""
    params, rng = random_net(N, g, seed)
    start, direction = rng.normal(size=N), rng.normal(size=(N, 1))
    return float(lyapunov(TANH, params, np.zeros((T, 1)), start, direction, skip=skip)[0][0])


def chaos(seeds: Sequence[int]) -> Iterator[Finding]:
    """Below 1 against the spectral radius of the very matrix, above against the theory for many units."""
    for g in (0.5, 0.8):
        for seed in seeds:
            radius = np.abs(np.linalg.eigvals(random_net(128, g, seed)[0]["U"])).max()
            found = largest_exponent(128, g, seed, T=8000, skip=1000)
            yield Finding(f"N = 128, g = {g}: exponent less ln(g rho(W))", found - float(np.log(radius)), seed)
    for g, theory in MEAN_FIELD.items():
        for seed in seeds:
            found = largest_exponent(512, g, seed, T=2500, skip=300)
            yield Finding(f"N = 512, g = {g}: exponent less mean field", found - theory, seed, f"{found:.4f}")
    for seed in seeds:
        yield Finding("N = 128, g = 2: exponent", largest_exponent(128, 2.0, seed, T=3500, skip=500), seed)


CHAOS = Experiment(
    "chaos",
    "The edge of chaos: a random tanh network's largest Lyapunov exponent on both sides of g = 1",
    "Sompolinsky, Crisanti and Sommers 1988; the mean field in discrete time, Molgedey et al. 1992",
    "x <- tanh(g W x), W of deviation 1/sqrt(N); N = 128 over 7000 steps below 1 (3000 at g = 2), N = 512 over 2200",
    {f"N = 128, g = {g}: exponent less ln(g rho(W))": Band(-1e-3, 1e-3) for g in (0.5, 0.8)}
    | {f"N = 512, g = {g}: exponent less mean field": Band(-0.012, 0.012) for g in (1.5, 2.0, 3.0)}
    | {"N = 512, g = 5.0: exponent less mean field": Band(-0.03, 0.01), "N = 128, g = 2: exponent": Band(0.108, 0.168)},
    chaos,
)

# -- capacity -----------------------------------------------------------------------------------------------------


def ring(N: int, r: float) -> tuple[Floats, Floats]:
    """A cyclic reservoir: U turns the units round and shrinks them, w feeds the first."""
    return r * np.roll(np.eye(N), 1, axis=0), np.eye(N)[0]


def reservoir(N: int, seed: int) -> tuple[Floats, Floats]:
    """A random one of spectral radius 0.9."""
    rng = np.random.default_rng(seed)
    U = rng.normal(size=(N, N))
    return 0.9 * U / np.abs(np.linalg.eigvals(U)).max(), rng.normal(size=N)


def run_capacity(cell: str, U: Floats, w: Floats, seed: int) -> float:
    """The sum of MC_k over k < 60 as measured from a run on 20 000 uniform numbers of deviation 1."""
    x = np.random.default_rng(seed).uniform(-1, 1, 20_000) * np.sqrt(3)
    params = {"W": w[:, None], "U": U, "b": np.zeros(len(w))}
    equations = parse("s = W @ x + U @ s_prev") if cell == "linear" else TANH
    states = trajectory(equations, params, x[:, None], np.zeros(len(w)))[1:]
    return float(measured_capacity(states, x, 60).sum())


def capacity(seeds: Sequence[int]) -> Iterator[Finding]:
    """Exact from U and w; measured on 20 000 numbers, where chance adds about 60 N / 20 000."""
    exact = linear_capacity(*ring(20, 0.9), 2000)
    yield Finding("ring of 20, r = 0.9: MC_0", float(exact[0]))
    yield Finding("ring of 20, r = 0.9: MC_1 and all later", float(exact[1:].sum()))
    for seed in seeds:
        yield Finding(
            "8 random linear units: all MC_k less 8", float(linear_capacity(*reservoir(8, seed), 900).sum()) - 8, seed
        )
    for seed in seeds:
        both = [run_capacity(c, *ring(10, 0.9), seed) for c in ("linear", "tanh")]
        yield Finding("ring of 10, measured: linear, less 10", both[0] - 10, seed)
        yield Finding("ring of 10, measured: tanh less linear", both[1] - both[0], seed)


CAPACITY = Experiment(
    "capacity",
    "Memory capacity: N linear units remember N numbers, tanh units fewer",
    "Jaeger 2001; the ring, Rodan and Tino 2011",
    "one uniform number a step; the ring as it is, random units of spectral radius 0.9",
    {
        "ring of 20, r = 0.9: MC_0": Band(0.985219117, 0.985219118),
        "ring of 20, r = 0.9: MC_1 and all later": Band(19.014780882, 19.014780884),
        "8 random linear units: all MC_k less 8": Band(-1e-3, 1e-3),
        "ring of 10, measured: linear, less 10": Band(-0.1, 0.15),
        "ring of 10, measured: tanh less linear": below(-0.1),
    },
    capacity,
)
