"""What the literature found, found again, with fixed seeds and in seconds; bench/science.py has what takes minutes."""

from typing import Any

import numpy as np
import pytest

from bench.findings import reber_share, reber_strings
from bench.science import BIASES, by_phase, ordered, reach
from core.data import TASKS, Batch
from core.data.even_process import EVEN
from core.data.letters import LETTERS, SENTENCE, WORDS
from core.data.parentheses import NESTED
from core.equations import parse
from core.options import make_options
from core.recipe import make_recipe
from core.train import Training
from core.unrollings import Unrollings
from tests.core.oracle import Array


def trained(cell: str, hidden: int, **options: Any) -> Unrollings:
    """A network after its training."""
    what = {"data": options.pop("task"), "length": options.pop("length", None)}
    run = Training(make_recipe({"cell": cell, "hidden": hidden, **what}), make_options({"snapshots": 0, **options}))
    assert [e.kind for e in run.events()][-1] == "finished"
    assert not run.failed
    assert isinstance(run.net, Unrollings)
    return run.net


def surprise(found: Array, batch: Batch) -> Array:
    return np.asarray(-np.log(np.take_along_axis(found, batch.target[:, :, None], 2)[:, :, 0]))


def unseen(name: str, B: int, T: int) -> Batch:
    return TASKS[name].batch(np.random.default_rng(987654), B, T)


# -- without any learning ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BIASES)
def test_the_forget_bias_decides_what_gradient_reaches_the_first_cue(name: str) -> None:
    """Temporal order over 100 steps: 2e-17, 1.4e-6, .08, 1.8, 4, 5 were measured elsewhere."""
    bias, (low, high), _ = BIASES[name]
    assert low <= reach(ordered(bias, 0)) <= high


def test_two_rectified_units_keep_parity_for_ten_thousand_steps() -> None:
    net = Unrollings(parse("s = relu(W @ x + U @ s_prev + b)"), I=1, H=2, O=1, head="linear")
    ours: dict[str, list[Any]] = {
        "W": [[1.0], [1.0]],
        "U": [[1.0, -2.0], [1.0, -2.0]],
        "b": [0.0, -1.0],
        "V": [[1.0, -2.0]],
        "d": [0.0],
    }
    for name, value in ours.items():
        net.params[name][:] = value
    batch = unseen("parity", 3, 10_000)
    assert np.array_equal(net.predictions(batch), batch.target)


def test_a_shift_register_copies_without_learning() -> None:
    """An orthogonal linear network: symbols move one place a step round a ring of 8 (T + 10) units."""
    lag = 100
    places, T = lag + 10, lag + 20
    H = 8 * places
    net = Unrollings(parse("s = U @ s_prev + W @ x"), I=10, H=H, O=10, head="softmax")
    units = np.arange(H)
    net.params["U"][(units + 8) % H, units] = 1.0
    net.params["W"][:8, :8] = np.eye(8)
    # What was shown at step t stands in the last place at step t + places - 1, one before it is asked for.
    net.params["V"][:8, :8] = 10 * np.eye(8)
    net.params["d"][8] = 5.0
    assert np.abs(net.params["U"] @ net.params["U"].T - np.eye(H)).max() == 0
    batch = TASKS["copy"].batch(np.random.default_rng(0), 4, T)
    blind = batch.x.copy()
    blind[:, :, :8] *= np.arange(T)[:, None, None] < 10
    answers = net.predictions(Batch(blind, batch.target, batch.mask))[places:].argmax(2)
    assert np.array_equal(answers, batch.target[places:])


def test_one_rectified_unit_counts_to_a_thousand() -> None:
    """p = relu(p + a - b) is what is still owed; the other units say which symbol came last."""
    net = Unrollings(parse("s = relu(W @ x + U @ s_prev)"), I=3, H=4, O=3, head="softmax")
    net.params["W"][:] = [[0.0, 1.0, -1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    net.params["U"][0, 0] = 1.0
    # $ once nothing is owed, but for the a that must follow the first $; b while something is; a not after b.
    net.params["V"][:] = [[-1.0, 0.0, 0.0, 0.0], [0.0, 9.0, 0.0, -2000.0], [0.0, -9.0, 0.0, 0.0]]
    net.params["d"][0] = 0.5
    for n in (1, 2, 999, 1000):
        symbols = np.array([0, *[1] * n, *[2] * n, 0], dtype=np.intp)[:, None]
        batch = Batch(np.eye(3)[symbols[:-1]], symbols[1:], np.ones((2 * n + 1, 1)))
        scores = net.predictions(batch)[:, 0]
        answers = scores.argmax(1)
        assert (scores[1 : n + 1, 1:].min(1) > scores[1 : n + 1, 0]).all(), "after an a both a and b may come"
        assert np.array_equal(answers[[0, *range(n + 1, 2 * n + 1)]], batch.target[[0, *range(n + 1, 2 * n + 1)], 0])


# -- learnt in seconds --------------------------------------------------------------------------------------------


def test_words_begin_where_a_letter_surprises() -> None:
    """Elman 1990: a tanh network of 20 units comes within .02 nats of the Bayes filter, and of its surprise."""
    net = trained("rnn-tanh", 20, task="letters", batch=32, rate=0.01, updates=1500)
    symbols, states = WORDS.draw(np.random.default_rng(4321), np.zeros(1, np.intp), 20_001)
    batch = Batch(np.eye(len(LETTERS))[symbols[:-1]], symbols[1:], np.ones((20_000, 1)))
    ours, best = surprise(net.predictions(batch), batch), surprise(WORDS.optimum(batch), batch)
    assert -0.005 < ours.mean() - best.mean() < 0.02
    onset = states[1:-1] == WORDS.states.index("onset")
    ranks = np.argsort(np.argsort(ours.ravel()))[onset.ravel()]
    area = (ranks.mean() - (len(ranks) - 1) / 2) / (~onset).sum()
    assert area > 0.98
    assert np.corrcoef(ours.ravel(), best.ravel())[0, 1] > 0.98

    letters = np.array([[LETTERS.index(c)] for c in "".join(SENTENCE)], dtype=np.intp)
    sentence = Batch(np.eye(len(LETTERS))[letters[:-1]], letters[1:], np.ones((len(letters) - 1, 1)))
    starts = np.cumsum([len(w) for w in SENTENCE])[:-1] - 1
    peaks = np.argsort(-surprise(net.predictions(sentence), sentence).ravel())[:13]
    assert len(set(peaks) & set(starts)) >= 12


def test_eight_units_beat_every_window_up_to_twelve_on_the_even_process() -> None:
    net = trained("rnn-tanh", 8, task="even-process", batch=32, rate=0.01, updates=1200)
    batch = unseen("even-process", 20, 5000)
    ours, best = (surprise(p, batch).mean() / np.log(2) for p in (net.predictions(batch), EVEN.optimum(batch)))
    assert -0.0002 < ours - best < 0.004
    assert ours - best + 2 / 3 < EVEN.window_entropy(12) / np.log(2)


def test_full_gradients_learn_the_phase_of_elmans_exclusive_or() -> None:
    net = trained("rnn-tanh", 4, task="temporal-xor", batch=32, rate=0.01, updates=3000)
    exclusive, *free = by_phase(net, 0)
    assert exclusive < 0.01
    assert np.abs(np.array(free) - 0.25).max() < 0.01


def test_an_lstm_learns_every_legal_set_of_the_embedded_reber_grammar() -> None:
    net = trained("lstm", 12, task="reber", batch=16, rate=0.01, updates=2000, length=40)
    right, long = reber_share(net, reber_strings(5, 1000))
    assert (right, long) == (1.0, 1.0)
    assert net.loss(unseen("reber", 2000, 60)) > 0.4411 - 0.003


def test_an_lstm_carries_the_depth_of_parentheses() -> None:
    """The floor is the entropy of the Bayes filter; a linear probe reads the depth from the states."""
    net = trained("lstm", 20, task="parentheses", batch=32, rate=0.02, updates=1000)
    batch = unseen("parentheses", 20, 500)
    excess = net.loss(batch) - surprise(NESTED.optimum(batch), batch).mean()
    assert -0.001 < excess < 0.03
    moves = batch.x[:, :, 0] - batch.x[:, :, 1]
    depth = np.cumsum(moves, axis=0).ravel()
    ws = net.read(batch)
    read = np.concatenate([ws.arrays[n].data for n in "hc"], axis=2).reshape(len(depth), -1)
    read = np.column_stack([read, np.ones(len(depth))])
    half = len(depth) // 2
    weights = np.linalg.lstsq(read[:half], depth[:half], rcond=None)[0]
    left = depth[half:] - read[half:] @ weights
    assert 1 - left.var() / depth[half:].var() > 0.98


def test_the_best_constant_of_the_adding_problem_costs_a_sixth() -> None:
    batch = unseen("adding", 2000, 100)
    assert abs(((batch.target[-1] - 1) ** 2).mean() - 1 / 6) < 0.013
