"""Networks of several chains say what PyTorch says, on every array of every case, to 1e-10.

Layers, both directions, encoder and decoder, attention, sequences of different lengths, masks and all three heads;
`tests/reference/make_networks.py` says how the values were made.
"""

import numpy as np
import pytest

from core.network_gradients import network_contributions
from core.network_truncation import network_truncation
from tests.core.cases import error
from tests.core.network_cases import WINDOWS, apart, arrays_of, cell_of, network, references

CLOSE = 1e-10
CASES = tuple(references())
every_case = pytest.mark.parametrize("case", CASES)
taken_apart = pytest.mark.parametrize("case", [c for c in CASES if apart(references()[c])])
GIVEN, OF_ITS_OWN = ("x", "y", "target", "lengths"), ("contribution", "truncated")


@every_case
def test_every_array_is_the_reference(case: str) -> None:
    net, right = network(case)
    found = arrays_of(net, right)
    for name in [n for n in right if n not in GIVEN and not n.startswith(OF_ITS_OWN)]:
        if name in found:
            assert error(found[name], right[name]) < CLOSE, name
        else:
            assert name in ("grad/decoder/a", "grad/decoder/v"), f"the engine has no {name}"
    assert not [n for n in found if n not in right and not n.startswith("grad_norm/") and not n.endswith("_prev")]


@every_case
def test_what_is_said_of_gradients_is_what_the_reference_says(case: str) -> None:
    net, right = network(case)
    assert abs(net.loss - float((right["loss"] * right["mask"]).sum())) < CLOSE
    for name, array in net.arrays().items():
        if name.startswith("grad_norm/"):
            nodes = right[name.replace("grad_norm", "grad")]
            assert error(array.data, np.linalg.norm(nodes.reshape(len(nodes), -1), axis=1)) < CLOSE, name


@taken_apart
def test_every_contribution_is_the_reference_and_shares_sum_to_one(case: str) -> None:
    net, right = network(case)
    found = network_contributions(net)
    for name in [n for n in right if n.startswith("contribution")]:
        assert error(found[name].data, right[name]) < CLOSE, name
        if name.startswith("contribution_dot/"):
            assert abs(found[name].data.sum() - 1) < 1e-12 or not right[name].any(), name


@taken_apart
@pytest.mark.parametrize("window", WINDOWS)
def test_every_window_leaves_the_reference_gradient(case: str, window: int) -> None:
    net, right = network(case)
    found = network_truncation(net, window)
    wanted = [n for n in right if n.startswith("truncated/")]
    assert wanted
    for name in wanted:
        assert error(found[name].data, right[name][WINDOWS.index(window)]) < CLOSE, name


@pytest.mark.parametrize("case", [c for c in CASES if not apart(references()[c])])
def test_reversed_steps_of_different_lengths_have_no_common_order(case: str) -> None:
    net, _ = network(case)
    with pytest.raises(ValueError, match="one length"):
        network_contributions(net)


def test_every_topology_head_and_score_has_a_case_and_each_topology_one_of_different_lengths() -> None:
    heads = {("prediction" in a, a["target"].ndim) for a in references().values()}
    assert heads == {(False, 2), (True, 3), (False, 3)}
    kinds = {"two", "three", "both", "pairs", "translator", "dot", "additive"}
    assert {c.split("-")[0] for c in CASES} == kinds
    assert {c.split("-")[0] for c in CASES if "lengths" in references()[c]} == kinds
    assert len({cell_of(c) for c in CASES}) >= 8
