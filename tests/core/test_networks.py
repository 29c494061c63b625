"""Networks of several chains, against differences of their own loss and against themselves, taken apart."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from core.cells import CELLS
from core.network_gradients import network_contributions, network_jacobians
from core.networks import Network, Topology, bidirectional, encoder_decoder, stacked
from tests.core.cases import error
from tests.core.oracle import Array, Arrays

H, O = 4, 3
STREAMS = {"x": (5, 3), "y": (4, 2)}
TOPOLOGIES: dict[str, Callable[[], Topology]] = {
    "two layers": lambda: stacked(2),
    "four layers": lambda: stacked(4),
    "bidirectional": bidirectional,
    "encoder-decoder": encoder_decoder,
}
every_topology = pytest.mark.parametrize("topology", TOPOLOGIES)
every_cell = pytest.mark.parametrize("cell", CELLS)


class Case:
    """A network with random weights and inputs; `run` may change a weight."""

    def __init__(self, cell: str, topology: str, *, B: int = 1, head: str = "softmax") -> None:
        rng = np.random.default_rng([len(cell), len(topology), B])
        shape = TOPOLOGIES[topology]()
        streams = {n: s for n, s in STREAMS.items() if any(n in b.reads for b in shape.blocks)}
        self.net = Network(CELLS[cell], shape, streams=streams, H=H, O=O, B=B, head=head)
        self.params = {n: rng.normal(size=s) * 0.6 for n, s in self.net.shapes().items()}
        self.inputs = {n: rng.normal(size=(T, B, width)) for n, (T, width) in streams.items()}
        classes = rng.integers(0, O, (self.net.T, B))
        self.target: Any = classes if head == "softmax" else rng.uniform(size=(self.net.T, B, O))

    def run(self, mask: Array | None = None, **params: Array) -> float:
        self.net.load({**self.params, **params})
        self.net.run(self.inputs, self.target, mask=mask)
        return self.net.loss

    def gradients(self, mask: Array | None = None) -> Arrays:
        self.run(mask)
        return {n: g.copy() for n, g in self.net.grads.items()}


def slope(case: Case, name: str, direction: Any, step: float = 1e-5) -> float:
    """The central difference of the loss along one direction of one weight."""
    ends = [case.run(**{name: case.params[name] + sign * step * direction}) for sign in (1, -1)]
    return (ends[0] - ends[1]) / (2 * step)


def wrong_slopes(case: Case) -> dict[str, float]:
    """The weights whose gradient is not the central difference, and by how much."""
    rng, gradients = np.random.default_rng(0), case.gradients()
    wrong: dict[str, float] = {}
    for name, gradient in gradients.items():
        direction = np.asarray(rng.normal(size=gradient.shape))
        wrong[name] = float(
            abs(slope(case, name, direction) - np.vdot(gradient, direction)) / np.linalg.norm(direction)
        )
    scale = max(float(np.linalg.norm(g)) for g in gradients.values())
    return {n: w / scale for n, w in wrong.items() if w / scale > 1e-7}


@every_topology
@every_cell
@pytest.mark.parametrize("B", [1, 3])
def test_every_gradient_is_the_central_difference(cell: str, topology: str, B: int) -> None:
    assert not wrong_slopes(Case(cell, topology, B=B))


@every_topology
@pytest.mark.parametrize("head", ["linear", "sigmoid"])
def test_other_heads_have_their_gradients_too(topology: str, head: str) -> None:
    assert not wrong_slopes(Case("gru", topology, B=2, head=head))


@every_topology
@pytest.mark.parametrize("cell", ["rnn-tanh", "lstm", "gru"])
@pytest.mark.parametrize("B", [1, 2])
def test_the_shares_of_each_error_are_those_of_its_own_gradient(cell: str, topology: str, B: int) -> None:
    case = Case(cell, topology, B=B)
    whole = case.gradients()
    found = network_contributions(case.net)
    for t in range(case.net.T):
        alone = case.gradients(np.eye(case.net.T)[t][:, None].repeat(B, axis=1))
        for name in (n for n in alone if "/" in n):
            share = np.vdot(alone[name], whole[name]) / np.vdot(whole[name], whole[name])
            assert abs(found[f"contribution_dot/{name}"].data[t].sum() - share) < 1e-12, (name, t)


@every_topology
@pytest.mark.parametrize("cell", ["rnn-tanh", "rnn-relu"])
def test_a_norm_is_that_of_the_gradient_of_a_weight_used_at_that_step_alone(cell: str, topology: str) -> None:
    """The input also tells the time, one-hot: the column of W behind step k is used at k and nowhere else."""
    case = Case(cell, topology)
    T, width = STREAMS["x"]
    case.inputs["x"] = np.concatenate([case.inputs["x"], np.eye(T)[:, None]], axis=-1)
    streams = {n: (len(a), a.shape[-1]) for n, a in case.inputs.items()}
    case.net = Network(case.net.cell, TOPOLOGIES[topology](), streams=streams, H=H, O=O)
    case.params = {n: np.random.default_rng(1).normal(size=s) * 0.5 for n, s in case.net.shapes().items()}
    case.run()
    found = network_contributions(case.net)
    for block in (b.name for b in case.net.topology.blocks if b.reads == ("x",)):
        for t in range(case.net.T):
            alone = case.gradients(np.eye(case.net.T)[t][:, None])[f"{block}/W"][:, width:]
            assert error(found[f"contribution/{block}/b"].data[t], np.linalg.norm(alone, axis=0)) < 1e-12, (block, t)


def test_a_bidirectional_network_has_two_triangles() -> None:
    case = Case("gru", "bidirectional")
    case.run()
    found = network_contributions(case.net)
    assert not np.triu(found["contribution/forward/U"].data, 1).any()
    assert not np.tril(found["contribution/backward/U"].data, -1).any()
    assert np.triu(found["contribution/backward/U"].data, 1).any()


def test_an_encoder_contributes_to_every_error_of_the_decoder() -> None:
    case = Case("lstm", "encoder-decoder")
    case.run()
    found = network_contributions(case.net)["contribution/encoder/b"].data
    assert found.shape == (4, 5)
    assert (found > 0).all()


def test_jacobians_of_a_reversed_chain_run_the_other_way() -> None:
    case = Case("rnn-tanh", "bidirectional")
    case.run()
    found = network_jacobians(case.net)
    assert not np.triu(found["jacobian/forward/fro"].data, 1).any()
    assert not np.tril(found["jacobian/backward/fro"].data, -1).any()


@pytest.mark.parametrize("topology", ["bidirectional", "encoder-decoder"])
@every_cell
def test_padding_changes_no_number(cell: str, topology: str) -> None:
    """A batch of sequences of length 5, 3 and 1 does what each does alone."""
    lengths = np.array([5, 3, 1])
    case = Case(cell, topology, B=3)
    mask = np.ones((case.net.T, 3))
    if topology == "bidirectional":
        mask = (np.arange(5)[:, None] < lengths).astype(float)
    case.inputs["x"] *= np.where(np.arange(5)[:, None, None] < lengths[:, None], 1.0, 1e3)
    case.net.load(case.params)
    case.net.run(case.inputs, case.target, mask=mask, lengths=lengths)
    together, J = {n: g.copy() for n, g in case.net.grads.items()}, case.net.loss
    apart = [_alone(case, topology, b, int(length)) for b, length in enumerate(lengths)]
    assert abs(J - sum(loss for loss, _ in apart)) < 1e-12 * J
    for name, whole in together.items():
        assert error(np.sum([g[name] for _, g in apart], axis=0), whole) < 1e-12, name


def _alone(case: Case, topology: str, b: int, length: int) -> tuple[float, Arrays]:
    inputs = {n: a[: length if n == "x" else None, b : b + 1] for n, a in case.inputs.items()}
    streams = {n: (len(a), a.shape[-1]) for n, a in inputs.items()}
    net = Network(case.net.cell, TOPOLOGIES[topology](), streams=streams, H=H, O=O)
    net.load(case.params)
    net.run(inputs, case.target[: net.T, b : b + 1])
    return net.loss, {n: g.copy() for n, g in net.grads.items()}


def test_one_layer_is_the_workspace() -> None:
    from core.unroll import Workspace  # noqa: PLC0415  the one test that needs it

    rng = np.random.default_rng(3)
    net = Network(CELLS["lstm"], stacked(1), streams={"x": (6, 3)}, H=H, O=O)
    ws = Workspace(CELLS["lstm"], T=6, I=3, H=H, O=O)
    params = {n: rng.normal(size=s) for n, s in net.shapes().items()}
    x, target = rng.normal(size=(6, 1, 3)), rng.integers(0, O, (6, 1))
    net.load(params)
    ws.load({n.removeprefix("layer1/"): p for n, p in params.items()})
    net.run({"x": x}, target)
    ws.run(x, target)
    for name, array in ws.arrays.items():
        kind, _, rest = name.rpartition("/")
        there = {"x", "target"} | {"logits", "probs", "loss", "mask"}
        if name in there:
            continue
        mine = name if rest in ("V", "d") else "/".join(part for part in (kind, "layer1", rest) if part)
        assert np.allclose(net.arrays()[mine].data, array.data, rtol=1e-13, atol=1e-15), name
