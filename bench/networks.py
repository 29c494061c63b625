"""Figures (m) and (n): the (t, k) matrix of networks over one layer's, and a cell typed in over a built-in one."""

from collections.abc import Iterator

import numpy as np

from bench.engine import prepared
from bench.measure import Job, duel, pooled
from bench.problems import Problem, make_problem
from bench.report import Figure
from core.cells import CELLS
from core.equations import parse
from core.gradients import contributions
from core.looking import looking
from core.network_gradients import network_contributions
from core.networks import Network, Topology, attending, bidirectional, stacked
from core.ops import Floats
from core.unroll import Workspace

T, H, WIDE = 100, 64, 16
TOPOLOGIES = {
    "two layers": stacked(2),
    "both ways": bidirectional(),
    "attention, dot product": attending(),
    "attention, additive": attending(),
}


def one_layer(cell: str) -> Job:
    """The (t, k) matrix of a single chain, after its run."""
    ws, job = prepared(make_problem(cell, T, H, I=WIDE))
    job()
    return lambda: contributions(ws)


def network(cell: str, name: str, topology: Topology) -> Job:
    """The same of a network whose chains all have T steps and H units."""
    scoring = "additive" if name.endswith("additive") else "dot"
    cells = {"decoder": looking(CELLS[cell], scoring, wide=False)} if topology.blocks[-1].memory else None
    streams = dict.fromkeys(("x", "y") if cells else ("x",), (T, WIDE))
    net, rng = Network(CELLS[cell], topology, streams=streams, H=H, O=WIDE, cells=cells), np.random.default_rng(0)
    net.load({n: rng.standard_normal(s) / np.sqrt(s[-1]) for n, s in net.shapes().items()})
    net.run({n: rng.standard_normal((T, 1, WIDE)) for n in streams}, rng.integers(0, WIDE, (T, 1)))
    return lambda: network_contributions(net)


def bare(cell: str, scoring: str) -> Job:
    """Nothing but the products of the (t, k) matrices of two chains with attention, causal ones over half of the pairs.

    Folded, an LSTM's gates are two products; what else is done to a number (slopes, softmax, sums, norms) is left out.
    """
    rng, chains = np.random.default_rng(0), {"rnn-tanh": 1, "lstm": 2}[cell]
    rows, square, room = rng.standard_normal((T, H)), rng.standard_normal((H, H)), np.empty((T, H))
    memory, slopes, scores = rng.standard_normal((T, H)), rng.standard_normal((T, T)), np.empty((T, T))
    additive = scoring == "additive"
    calls: list[tuple[Floats, Floats, Floats]] = []
    for k in range(T):
        alive = slice(k, None)
        calls += [(rows[alive], square, room[alive])] * (2 * chains + additive)  # U, C and the query's matrix
        calls += [(rows[alive], memory.T, scores[alive]), (slopes[alive], memory, room[alive])]  # scores, query
        calls += [(slopes[: k + 1].T, rows[: k + 1], room)] * 2  # values and keys of the memory, error by error
        calls += [(rows, square, room)] * (chains + additive)  # the encoder's U, where all rows live, and Q
        if additive:  # norms: every place with every other, these with the slopes; what w gets
            calls += [
                (memory, memory.T, scores),
                (slopes[alive], slopes, scores[alive]),
                (slopes[alive], memory, room[alive]),
            ]

    def multiply() -> None:
        for a, b, out in calls:
            np.matmul(a, b, out)

    return multiply


def networks(rounds: int) -> Iterator[Figure]:
    """(m) Every error followed through all chains."""
    for cell in ("rnn-tanh", "lstm"):
        one = one_layer(cell)
        for name, topology in TOPOLOGIES.items():
            found = duel(network(cell, name, topology), one, rounds=max(3, rounds // 5))
            figure = f"{cell} ({T}, {H}), {name}: (t, k) matrices over one layer's"
            yield Figure("m", figure, found.first, found.second, "ms", found.ratio, "<=", 3.0)
        for scoring in ("dot product", "additive"):
            found = duel(bare(cell, scoring), one, rounds=max(3, rounds // 5))
            figure = f"{cell} ({T}, {H}), attention, {scoring}: products alone over one layer's"
            yield Figure("m", figure, found.first, found.second, "ms", found.ratio)


TYPED = """
keep = sigmoid(W_z @ x + U_z @ h_prev + b_z)
look = sigmoid(W_r @ x + U_r @ h_prev + b_r)
fresh = tanh(W_n @ x + U_n @ (look * h_prev) + b_n)
h = keep * h_prev + (1 - keep) * fresh
"""


def typed(problem: Problem) -> Job:
    """The trace of a cell that somebody typed in, parsed here, with the weights of a built-in one."""
    ws = Workspace(parse(TYPED), T=problem.T, I=problem.I, H=problem.H, O=problem.O)
    ws.load(problem.params)
    return lambda: ws.run(problem.x[:, None, :], problem.target[:, None])


def written(rounds: int) -> Iterator[Figure]:
    """(n) The GRU in a visitor's words and names against ours."""
    for steps, units in ((50, 32), (100, 64)):
        problem = make_problem("gru", steps, units)
        found = pooled(lambda p=problem: (typed(p), prepared(p)[1]), builds=max(1, rounds // 5), rounds=5)  # type: ignore[misc]
        name = f"gru ({steps}, {units}) typed by a visitor: trace over the built-in cell's"
        yield Figure("n", name, found.first, found.second, "ms", found.ratio, "<=", 1.2)
