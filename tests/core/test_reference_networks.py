"""Networks of several chains say what PyTorch says, on every array of every case, to 1e-10.

Layers, both directions, encoder and decoder, attention, sequences of different lengths, masks and all three heads;
`tests/reference/make_networks.py` says how the values were made.
"""

from functools import cache
from typing import Any

import numpy as np
import pytest

from core.cells import CELLS
from core.looking import looking
from core.network_gradients import network_contributions
from core.networks import Network, Topology, attending, bidirectional, encoder_decoder, stacked
from core.recipe import make_recipe
from core.wiring import wiring_of
from tests.core.cases import REFERENCE, error
from tests.core.oracle import Arrays

CLOSE = 1e-10
LONGEST_FIRST = sorted(CELLS, key=len, reverse=True)
PAIRS = wiring_of(make_recipe({"topology": "bidirectional", "layers": 2})).topology
SHORT = {"tanh": "rnn-tanh", "relu": "rnn-relu", "peephole": "lstm-peephole", "residual": "rnn-residual"}


@cache
def arrays_of_all() -> dict[str, Arrays]:
    found: dict[str, Arrays] = {}
    with np.load(REFERENCE / "networks.npz") as opened:
        for key in opened.files:
            case, _, name = key.partition(":")
            found.setdefault(case, {})[name] = opened[key]
    return found


CASES = tuple(arrays_of_all())
every_case = pytest.mark.parametrize("case", CASES)


def cell_of(case: str) -> str:
    """The cell that a case is named after."""
    return next((n for n in LONGEST_FIRST if n in case), "") or next(n for s, n in SHORT.items() if s in case)


def topology_of(case: str) -> Topology:
    wide = case.startswith(("dot", "additive")) and "both-ways" in case
    kinds = {
        "two-layers": stacked(2),
        "three-layers": stacked(3),
        "both-ways": bidirectional(),
        "pairs": PAIRS,
        "translator": encoder_decoder(),
        "dot": attending(both_ways=wide),
        "additive": attending(both_ways=wide),
    }
    found = next(t for start, t in kinds.items() if case.startswith(start))
    assert found is not None
    return found


def network(case: str) -> tuple[Network, Arrays]:
    """The engine's network of a case, run, and what is right."""
    right, cell, topology = arrays_of_all()[case], CELLS[cell_of(case)], topology_of(case)
    streams: dict[str, tuple[int, int]] = {n: right[n].shape[::2] for n in ("x", "y") if n in right}
    (O, _), B = right["param/V"].shape, right["x"].shape[1]
    head = "linear" if "prediction" in right else "softmax" if right["target"].ndim == 2 else "sigmoid"
    cells = {}
    if case.startswith(("dot", "additive")):
        cells["decoder"] = looking(cell, case.partition("-")[0], wide="both-ways" in case)
    H = right["param/V"].shape[1] // len(topology.output)
    net = Network(cell, topology, streams=streams, H=H, O=O, B=B, head=head, cells=cells)
    net.load({n.removeprefix("param/"): v for n, v in right.items() if n.startswith("param/")})
    more: dict[str, Any] = {"lengths": right["lengths"]} if "lengths" in right else {}
    net.run({n: right[n] for n in streams}, right["target"], mask=right["mask"], **more)
    return net, right


def found_by(net: Network, right: Arrays) -> Arrays:
    """Every array of a run, with nothing where the source is padding."""
    found = {n: a.data for n, a in net.arrays().items()}
    if "lengths" not in right:
        return found
    real = np.arange(len(right["x"]))[:, None] < right["lengths"]

    def counted(a: Any) -> Any:
        return np.where(real.reshape(*real.shape, *[1] * (a.ndim - 2)), a, 0.0) if a.shape[:2] == real.shape else a

    return {n: counted(a) for n, a in found.items()}


@every_case
def test_every_array_is_the_reference(case: str) -> None:
    net, right = network(case)
    found = found_by(net, right)
    given = {"x", "y", "target", "lengths"}
    for name in [n for n in right if n not in given and not n.startswith("contribution")]:
        if name in found:
            assert error(found[name], right[name]) < CLOSE, name
        else:
            assert name.endswith(("/a", "grad/decoder/v")), f"the engine has no {name}"
    missing = {n for n in found if n.partition("/")[0] != "grad_norm" and n not in right}
    assert not {n for n in missing if not n.endswith("_prev")}


@every_case
def test_every_contribution_is_the_reference(case: str) -> None:
    net, right = network(case)
    if "lengths" in right and any(b.reverse for b in net.topology.blocks):
        with pytest.raises(ValueError, match="one length"):
            network_contributions(net)
        return
    found = network_contributions(net)
    wanted = [n for n in right if n.startswith("contribution")]
    assert wanted
    for name in wanted:
        assert error(found[name].data, right[name]) < CLOSE, name


@every_case
def test_shares_sum_to_one_and_the_loss_is_that_of_the_mask(case: str) -> None:
    net, right = network(case)
    assert abs(net.loss - float((right["loss"] * right["mask"]).sum())) < CLOSE
    for name, shares in right.items():
        if name.startswith("contribution_dot/"):
            assert abs(shares.sum() - 1) < 1e-12 or not shares.any(), name


def test_every_topology_head_and_score_has_a_case_and_each_topology_one_of_different_lengths() -> None:
    heads = {("prediction" in a, a["target"].ndim) for a in arrays_of_all().values()}
    assert heads == {(False, 2), (True, 3), (False, 3)}
    kinds = {"two", "three", "both", "pairs", "translator", "dot", "additive"}
    assert {c.split("-")[0] for c in CASES} == kinds
    assert {c.split("-")[0] for c in CASES if "lengths" in arrays_of_all()[c]} == kinds
    assert len({cell_of(c) for c in CASES}) >= 8
