"""Cells and networks write what their runs over the same tokens expect."""

import numpy as np
import pytest

from core.cells import CELLS
from core.decode import Until, beam, best, cell_model, network_model, primed
from core.errors import UnrolledError
from core.networks import Network, bidirectional, encoder_decoder, stacked
from tests.core.cases import draw as draw_task
from tests.core.cases import workspace
from tests.core.oracle import Arrays


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_expects_what_its_run_over_the_same_tokens_expects(name: str) -> None:
    task = draw_task(name, np.random.default_rng(0), T=6, I=5, H=4, O=5, B=1, last=False)
    given = (1, 4, 0, 2, 2, 3)
    task.x[:] = np.eye(5)[list(given)][:, None]
    ws = workspace(CELLS[name], task)
    model = cell_model(CELLS[name], task.params, given[:1])
    state = model.state
    for t, token in enumerate(given):
        log_probs, state = model.step(state, token)
        assert np.abs(np.exp(log_probs) - ws.arrays["probs"].data[t, 0]).max() < 1e-12
    later = primed(model, given[1:])
    assert np.array_equal(later.step(later.state, later.first)[0], log_probs)
    whole = cell_model(CELLS[name], task.params, given)
    assert np.array_equal(whole.step(whole.state, whole.first)[0], log_probs)


def random_params(name: str) -> Arrays:
    return draw_task(name, np.random.default_rng(0), T=1, I=5, H=4, O=5, B=1, last=False).params


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_layers_expect_what_their_network_expects(layers: int) -> None:
    rng, given = np.random.default_rng(layers), [1, 4, 0, 2, 2, 3]
    net = Network(CELLS["lstm"], stacked(layers), streams={"x": (6, 5)}, H=4, O=5)
    params = {n: rng.normal(size=s) for n, s in net.shapes().items()}
    net.load(params)
    net.run({"x": np.eye(5)[given][:, None]}, np.array(given)[:, None])
    model = network_model(CELLS["lstm"], stacked(layers), params, given[:1])
    state = model.state
    for t, token in enumerate(given):
        log_probs, state = model.step(state, token)
        assert np.abs(np.exp(log_probs) - net.arrays()["probs"].data[t, 0]).max() < 1e-12
    assert np.array_equal(
        network_model(CELLS["lstm"], stacked(layers), params, given).step(state, 0)[0], model.step(state, 0)[0]
    )
    with pytest.raises(UnrolledError, match="still to come"):
        network_model(CELLS["lstm"], bidirectional(), params, given)


def test_a_decoder_begins_where_its_encoder_ended() -> None:
    rng, given = np.random.default_rng(0), [0, 3, 1, 4]
    cell, streams = CELLS["lstm"], {"x": (6, 2), "y": (4, 5)}
    net = Network(cell, encoder_decoder(), streams=streams, H=4, O=5)
    params = {n: rng.normal(size=s) for n, s in net.shapes().items()}
    net.load(params)
    net.run({"x": rng.normal(size=(6, 1, 2)), "y": np.eye(5)[given][:, None]}, np.array(given)[:, None])
    decoder = {n: params[f"decoder/{n}"] for n in net.chains["decoder"].params} | {n: params[n] for n in "Vd"}
    start = {s: v[0] for s, v in net.ends("encoder").items()}
    model = cell_model(cell, decoder, given[:1], start)
    state = model.state
    for t, token in enumerate(given):
        log_probs, state = model.step(state, token)
        assert np.abs(np.exp(log_probs) - net.arrays()["probs"].data[t, 0]).max() < 1e-12


def test_the_total_of_a_decoded_text_is_the_loss_of_running_it() -> None:
    task = draw_task("lstm", np.random.default_rng(2), T=7, I=5, H=4, O=5, B=1, last=False)
    found = best(beam(cell_model(CELLS["lstm"], task.params, (2,)), Until(7), 5))
    task.x[:] = np.eye(5)[[2, *found["tokens"][:-1]]][:, None]
    task.target[:, 0] = found["tokens"]
    assert abs(workspace(CELLS["lstm"], task).loss + found["total"]) < 1e-12


@pytest.mark.parametrize("prompt", [[], [5], [1, -1]])
def test_a_prompt_is_made_of_tokens_that_there_are(prompt: list[int]) -> None:
    with pytest.raises(UnrolledError, match="at least one token, each from 0 to 4"):
        cell_model(CELLS["lstm"], random_params("lstm"), prompt)
