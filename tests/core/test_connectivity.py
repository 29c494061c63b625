"""What an answer depends on, against central differences, a closed form, and the arrow of time."""

from typing import Any

import numpy as np
import pytest

from core.connectivity import connectivity
from core.experiment import Run, run, run_with
from core.recipe import make_recipe
from core.unrolled import given_to
from tests.core.oracle import Array, Arrays
from tests.core.test_topologies import HEADS, NETWORKS, recipe_of, weights_of


def found(done: Run, weights: Arrays) -> Array:
    return connectivity(done.wiring, weights, done.material)["connectivity"].data


def strong(name: str, **choices: Any) -> tuple[Run, Arrays]:
    """A run whose weights are large enough for nothing to be small."""
    recipe = recipe_of(name, **choices)
    weights = weights_of(run(recipe))
    return run_with(recipe, weights), weights


def differences(done: Run) -> Array:
    """The same by nudging every input up and down."""
    batch, net = done.material.batch, done.net
    (S, _, I), T = batch.x.shape, len(batch.mask)
    asked = batch.target[:, 0] if batch.target.ndim == 2 else np.zeros(T, int)
    slopes = np.zeros((T, S, I))

    def logits(x: Array) -> Array:
        net.run(given_to(net, batch._replace(x=x)), batch.target, mask=batch.mask)
        return np.array(net.head.logits.reshape(T, -1)[np.arange(T), asked])

    for k, i in np.ndindex(S, I):
        ends = []
        for sign in (1, -1):
            x = batch.x.copy()
            x[k, 0, i] += sign * 1e-6
            ends.append(logits(x))
        slopes[:, k, i] = (ends[0] - ends[1]) / 2e-6
    return np.asarray(np.linalg.norm(slopes, axis=2))


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("cell", ["rnn-tanh", "lstm", "gru"])
def test_it_is_the_central_difference(name: str, head: str, cell: str) -> None:
    if name == "one-to-many" and head != "softmax":
        pytest.skip("its output is its next input")
    done, weights = strong(name, cell=cell, **HEADS[head])
    ours = found(done, weights)
    assert np.abs(ours - differences(done)).max() < 1e-8 * max(1.0, ours.max())
    assert ours.max() > 1e-3


@pytest.mark.parametrize("length", [15, 16, 17, 40])
def test_many_copies_are_asked_in_turn(length: int) -> None:
    """Rows do not depend on which of them are asked together."""
    done, weights = strong("chain", data="letters", length=length)
    ours = found(done, weights)
    assert ours.shape == (length, length)
    assert np.abs(ours - differences(done)).max() < 1e-8 * ours.max()


def test_of_a_linear_network_it_is_the_norm_of_the_products_themselves() -> None:
    """||V_y U^(t-k) W||."""
    done, weights = strong("chain", cell="s = U @ s_prev + W @ x", text="one two three four five six seven", hidden=5)
    ours, asked = found(done, weights), done.material.batch.target[:, 0]
    for t in range(len(ours)):
        for k in range(t + 1):
            right = weights["V"][asked[t]] @ np.linalg.matrix_power(weights["U"], t - k) @ weights["W"]
            assert abs(ours[t, k] / np.linalg.norm(right) - 1) < 1e-12


@pytest.mark.parametrize("cell", ["rnn-tanh", "rnn-relu", "lstm", "gru", "gru-reset-after"])
@pytest.mark.parametrize("name", ["chain", "two layers"])
def test_no_answer_depends_on_what_is_read_later(cell: str, name: str) -> None:
    done, weights = strong(name, cell=cell, text="one two three four five", hidden=10)
    ours = found(done, weights)
    assert not np.triu(ours, 1).any()
    assert np.diag(ours).all()


def test_only_a_reader_of_both_ends_knows_what_is_read_later() -> None:
    done, weights = strong("bidirectional", text="one two three four five")
    assert (found(done, weights) > 0).all()


def test_each_step_alone_depends_on_its_own_input_only() -> None:
    done, weights = strong("one-to-one", text="one two three four five")
    ours = found(done, weights)
    assert np.array_equal(ours > 0, np.eye(len(ours), dtype=bool))


def test_attention_is_a_way_past_a_chain_that_is_cut() -> None:
    """With U of zero an answer of the plain decoder depends on the last word at most, with attention on all."""
    still = {"text": "one two three four five", "init": "zeros", "hidden": 6}
    by_chain, by_attention = (run(make_recipe({"topology": t, **still})) for t in ("encoder-decoder", "attention"))
    weights = [
        {n.removeprefix("param/"): a.data for n, a in d.arrays.items() if n.startswith("param/")}
        for d in (by_chain, by_attention)
    ]
    assert not found(by_chain, weights[0])[:, :-1].any()
    assert (found(by_attention, weights[1])[1:] > 0).all()
