"""Cells that nobody would draw, in every network and at its edges: one step, one unit, no mask, no weights, too much.

Gradients by central differences of fourth order along a random direction; the shares of all pairs (t, k) sum to one.
"""

from typing import Any

import numpy as np
import pytest

from core.equations import Cell, parse
from core.experiment import GROUPS, compute
from core.jacobians import step_jacobians
from core.looking import can_look, looking
from core.network_gradients import network_contributions, network_jacobians
from core.network_truncation import network_truncation
from core.networks import Network, attending, bidirectional, encoder_decoder, stacked
from core.recipe import make_recipe
from core.wiring import apart, wiring_of
from tests.core.oracle import Arrays

ODD = {
    "the state itself": "h = h_prev",
    "the state itself and an input": "h = h_prev + W @ x",
    "the state twice in a product": "s = tanh(W @ x + 0.5 * (s_prev * s_prev))",
    "the state squared by its own": "q = W @ x + U @ s_prev\ns = tanh(q * q)",
    "no input": "s = tanh(U @ s_prev + b)",
    "no recurrence but a carry": "s = 0.9 * s_prev + tanh(W @ x)",
    "nothing but a constant decay": "s = 0.5 * s_prev",
    "a constant added": "s = 1 + 0.3 * s_prev - tanh(W @ x)",
    "two states that swap": "a = b_prev + 0.1 * (W @ x)\nb = 0.7 * tanh(a_prev)",
    "a state read before it is written": "a = tanh(U @ s_prev + W @ x)\ns = 0.5 * a_prev + 0.5 * a",
    "a state that skips the output": "c = 0.8 * c_prev + W @ x\nh = tanh(h_prev + P @ c_prev)",
    "an output that is not fed back": "c = 0.8 * c_prev + tanh(W @ x + U @ c_prev)\nh = sigmoid(P @ c) + 0 * h_prev",
    "three states in a ring": "a = tanh(c_prev + W @ x)\nb = tanh(U @ a_prev)\nc = tanh(b_prev + a)",
    "one matrix behind another": "s = tanh(U @ (P @ (Q @ s_prev)) + W @ x)",
    "a state minus itself": "s = tanh(W @ x + s_prev - s_prev + U @ s_prev)",
    "zero times everything": "s = 0 * tanh(U @ s_prev) + tanh(W @ x)",
    "a bias that multiplies": "s = u * tanh(W @ x + u_2 * s_prev) + 0.1 * (b + s_prev)",
    "a gate on a gate on a gate": "f = sigmoid(W @ x + U @ s_prev)\ns = f * f * f * s_prev + (1 - f) * (1 - f)",
}
TOPOLOGIES: dict[str, Any] = {
    "two layers": stacked(2),
    "bidirectional": bidirectional(),
    "pairs": wiring_of(make_recipe({"topology": "bidirectional", "layers": 2})).topology,
    "encoder-decoder": encoder_decoder(),
    "attention": attending(),
    "attention both ways": attending(both_ways=True),
}
# (S, T), H, B, the lengths of the source, what all weights are multiplied with
EDGES: dict[str, tuple[tuple[int, int], int, int, tuple[int, ...] | None, float]] = {
    "plain": ((4, 3), 3, 2, None, 0.6),
    "one step": ((1, 1), 3, 1, None, 0.6),
    "one unit": ((3, 4), 1, 1, None, 0.6),
    "all of length one": ((4, 3), 2, 2, (1, 1), 0.6),
    "ragged": ((4, 3), 2, 3, (4, 1, 2), 0.6),
    "no weights": ((3, 3), 2, 2, None, 0.0),
}
# Weights that attention compares with: where all places are all but alike, their gradients are differences of what is
# all but equal, and lose the digits that it shares.
COMPARED = ("P", "P_2", "Q", "Q_2", "w")
every_topology = pytest.mark.parametrize("topology", TOPOLOGIES)
every_cell = pytest.mark.parametrize("name", ODD)


class Case:
    """A network of an odd cell at an edge, and its loss with weights changed."""

    def __init__(self, name: str, topology: str, edge: str) -> None:
        cell, ((S, T), H, B, lengths, scale) = parse(ODD[name]), EDGES[edge]
        shape, rng = TOPOLOGIES[topology], np.random.default_rng([len(name), len(topology), len(edge)])
        reads = {r for b in shape.blocks for r in b.reads}
        streams = {n: size for n, size in (("x", (S, 2)), ("y", (T, 3))) if n in reads}
        cells: dict[str, Cell] = {}
        if any(b.memory for b in shape.blocks):
            cells["decoder"] = looking(cell, "additive", wide=topology.endswith("ways"))
        self.net = Network(cell, shape, streams=streams, H=H, O=3, B=B, cells=cells)
        self.params = {n: scale * rng.normal(size=p) for n, p in self.net.shapes().items()}
        self.inputs = {n: rng.normal(size=(steps, B, width)) for n, (steps, width) in streams.items()}
        self.target, self.lengths = rng.integers(0, 3, (self.net.T, B)), lengths
        real = np.arange(self.net.T)[:, None] < np.array(lengths) if lengths and "y" not in reads else True
        self.mask = np.ones((self.net.T, B)) * real

    def loss(self, **changed: Any) -> float:
        self.net.load({**self.params, **changed})
        more: dict[str, Any] = {"lengths": np.array(self.lengths)} if self.lengths else {}
        self.net.run(self.inputs, self.target, mask=self.mask, **more)
        return self.net.loss

    def gradients(self) -> Arrays:
        self.loss()
        return {n: g.copy() for n, g in self.net.grads.items()}

    def slope(self, name: str, way: Any) -> float:
        step, value = 1e-3, self.params[name]
        a, b, c, d = (self.loss(**{name: value + shift * step * way}) for shift in (-2, -1, 1, 2))
        return float((8 * (c - b) - (d - a)) / (12 * step))


def fits(name: str, topology: str) -> bool:
    return not topology.startswith("attention") or can_look(parse(ODD[name]))


ALL = [(n, t, e) for n in ODD for t in TOPOLOGIES for e in EDGES if fits(n, t)]


@pytest.mark.parametrize(("name", "topology", "edge"), ALL)
def test_every_gradient_is_the_central_difference(name: str, topology: str, edge: str) -> None:
    case, rng = Case(name, topology, edge), np.random.default_rng(0)
    gradients = case.gradients()
    scale = max(1.0, *(float(np.linalg.norm(g)) for g in gradients.values()))
    for weight, gradient in gradients.items():
        way = np.asarray(rng.normal(size=gradient.shape))
        way /= float(np.linalg.norm(way))
        assert abs(case.slope(weight, way) - float(np.vdot(gradient, way))) < 1e-7 * scale, weight


@pytest.mark.parametrize(("name", "topology", "edge"), ALL)
def test_shares_sum_to_one_and_the_longest_window_leaves_everything(name: str, topology: str, edge: str) -> None:
    case = Case(name, topology, edge)
    gradients = case.gradients()
    if case.lengths and any(b.reverse for b in case.net.topology.blocks):
        return
    for array, shares in network_contributions(case.net).items():
        assert np.isfinite(shares.data).all(), array
        if array.startswith("contribution_dot/"):
            members = shares.data.any() or array.removeprefix("contribution_dot/") not in gradients
            close = 1e-10 if array.rpartition("/")[2] in COMPARED else 1e-12
            assert abs(shares.data.sum() - 1) < close or not shares.data.any(), array
            assert members or not gradients[array.removeprefix("contribution_dot/")].any(), array
    long = network_truncation(case.net, 99)
    for weight in (n for n in gradients if "/" in n):
        assert np.abs(long[f"truncated/{weight}"].data - gradients[weight]).max() < 1e-12, weight


@every_topology
@every_cell
def test_without_any_loss_nothing_has_a_gradient(name: str, topology: str) -> None:
    if not fits(name, topology):
        return
    case = Case(name, topology, "plain")
    case.mask = 0 * case.mask
    assert not any(g.any() for g in case.gradients().values())
    assert not any(a.data.any() for a in network_contributions(case.net).values())
    cut = network_truncation(case.net, 1)
    assert not any(a.data.any() for n, a in cut.items() if n.startswith("truncated/"))
    assert cut["truncation/cosine"].data == cut["truncation/norm_ratio"].data == 1.0


@every_topology
@every_cell
def test_weights_beyond_all_measure_are_no_crash_and_finite_states_have_finite_gradients(
    name: str, topology: str
) -> None:
    if not fits(name, topology):
        return
    case = Case(name, topology, "plain")
    case.params = {n: 1e6 * p for n, p in case.params.items()}
    gradients = case.gradients()
    finite = all(
        np.isfinite(a.data).all()
        for n, a in case.net.arrays().items()
        if n.partition("/")[0] not in ("grad", "grad_norm")
    )
    if finite:
        assert all(np.isfinite(g).all() for g in gradients.values())
    network_contributions(case.net)
    network_jacobians(case.net)


ALONE = [*ODD.values(), "h = 0.3 * h_prev + 0.5", "s = s_prev * s_prev"]


@pytest.mark.parametrize("source", ALONE)
@pytest.mark.parametrize("topology", ["chain", "one-to-one", "one-to-many", "bidirectional", "encoder-decoder"])
def test_a_visitor_may_ask_for_everything_of_it(source: str, topology: str) -> None:
    for layers in (1, 2) if topology in ("chain", "bidirectional") else (1,):
        choices = {"cell": source, "topology": topology, "layers": layers, "window": 2, "hidden": 2}
        trace = compute(make_recipe({**choices, "text": "a b a c"}), GROUPS)
        assert all(np.isfinite(a.data).all() for a in trace.arrays.values())


@every_cell
def test_each_step_alone_sends_nothing_back(name: str) -> None:
    from core.unroll import Workspace  # noqa: PLC0415

    cell = apart(parse(ODD[name]))
    ws = Workspace(cell, T=3, I=2, H=2, O=3)
    rng = np.random.default_rng(0)
    ws.load({n: rng.normal(size=p.shape) for n, p in ws.params.items()})
    ws.run(rng.normal(size=(3, 1, 2)), rng.integers(0, 3, (3, 1)))
    assert not step_jacobians(ws).any()
