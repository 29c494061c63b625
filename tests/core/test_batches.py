"""Sequences side by side do not touch one another; masks, heads and starts do what they say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.cells import CELLS
from core.gradients import contributions
from core.heads import HEADS
from core.unroll import Workspace
from tests.core.cases import draw, error, workspace
from tests.core.oracle import Array, Task

SIZES = {"T": st.integers(1, 9), "H": st.integers(1, 8), "B": st.integers(2, 4), "seed": st.integers(0, 2**32 - 1)}


def masked(cell: str, *, T: int, H: int, B: int, seed: int) -> Task:
    """A batch in which a random half of the losses does not count."""
    rng = np.random.default_rng(seed)
    task = draw(cell, rng, T=T, I=2, H=H, O=3, B=B, last=False)
    return Task(task.x, task.target, 1.0 * (rng.random((T, B)) < 0.5), task.params)


def alone(task: Task, b: int) -> Task:
    return Task(task.x[:, b : b + 1], task.target[:, b : b + 1], task.mask[:, b : b + 1], task.params)


@pytest.mark.parametrize("cell", CELLS)
@settings(max_examples=8)
@given(**SIZES)
def test_each_sequence_alone_is_the_same_as_in_the_batch(cell: str, **sizes: int) -> None:
    task = masked(cell, **sizes)
    together = workspace(CELLS[cell], task)
    single = [workspace(CELLS[cell], alone(task, b)) for b in range(sizes["B"])]
    for name, array in together.arrays.items():
        if array.dims[:2] == ("time", "batch"):
            each = np.concatenate([ws.arrays[name].data for ws in single], axis=1)
            assert error(array.data, each) < 1e-13, name
        elif name.startswith("grad/"):
            assert error(array.data, np.sum([ws.grads[name[5:]] for ws in single], axis=0)) < 1e-12, name


@pytest.mark.parametrize("cell", CELLS)
def test_a_sequence_that_ended_earlier_is_told_by_its_mask(cell: str) -> None:
    """What follows after the last loss of a sequence changes no gradient and no contribution."""
    task = masked(cell, T=7, H=3, B=2, seed=0)
    task.mask[:] = 1
    task.mask[4:, 1] = 0
    changed = task.x.copy()
    changed[4:, 1] += 5
    one = workspace(CELLS[cell], task)
    two = workspace(CELLS[cell], Task(changed, task.target, task.mask, task.params))
    assert all(error(two.grads[name], value) < 1e-13 for name, value in one.grads.items())
    right = contributions(one)
    assert all(error(array.data, right[name].data) < 1e-12 for name, array in contributions(two).items())
    short = workspace(CELLS[cell], Task(task.x[:4, 1:], task.target[:4, 1:], task.mask[:4, 1:], task.params))
    other = workspace(CELLS[cell], alone(task, 0))
    assert all(error(one.grads[n], short.grads[n] + other.grads[n]) < 1e-12 for n in one.grads)


def test_a_mask_holds_for_its_own_run_only() -> None:
    task = draw("gru", np.random.default_rng(1), T=5, I=2, H=3, O=3, B=2, last=False)
    ws = workspace(CELLS["gru"], Task(task.x, task.target, 0 * task.mask, task.params))
    assert not any(value.any() for value in ws.grads.values())
    ws.run(task.x, task.target)
    assert all(np.array_equal(ws.grads[n], v) for n, v in workspace(CELLS["gru"], task).grads.items())


@pytest.mark.parametrize("B", [1, 3])
def test_the_last_loss_alone_counts_when_it_is_at_the_last_step(B: int) -> None:
    task = draw("lstm", np.random.default_rng(2), T=5, I=2, H=3, O=3, B=B, last=True)
    masks = workspace(CELLS["lstm"], task)
    ws = Workspace(CELLS["lstm"], T=5, I=2, H=3, O=3, B=B, loss_at="last")
    ws.load(task.params)
    ws.run(task.x, task.target)
    assert all(np.array_equal(value, masks.grads[name]) for name, value in ws.grads.items())
    assert ws.loss == masks.loss


def with_head(head: str, task: Task, target: Array) -> Workspace:
    (T, B, I), (O, H) = task.x.shape, task.params["V"].shape
    ws = Workspace(CELLS["gru"], T=T, I=I, H=H, O=O, B=B, head=head)
    ws.load(task.params)
    ws.run(task.x, target, task.mask)
    return ws


@pytest.mark.parametrize("B", [1, 3])
@pytest.mark.parametrize("head", HEADS)
def test_the_gradients_of_every_head_are_the_central_differences(head: str, B: int) -> None:
    rng = np.random.default_rng(3)
    task = masked("gru", T=5, H=3, B=B, seed=3)
    target = task.target if head == "softmax" else rng.random((5, B, 3)).round(0 if head == "sigmoid" else 3)
    ws = with_head(head, task, target)
    for name, right in [(name, value.copy()) for name, value in ws.grads.items()]:
        for place in range(right.size):
            found = []
            for shift in (-2e-3, -1e-3, 1e-3, 2e-3):
                moved = task.params[name].copy()
                moved.flat[place] += shift
                ws.load({**task.params, name: moved})
                ws.run_forward()
                found.append(ws.loss)
            slope = (8 * (found[2] - found[1]) - (found[3] - found[0])) / 12e-3
            assert abs(slope - right.flat[place]) < 1e-7 * max(np.abs(right).max(), 1e-2), name


def test_every_head_has_the_loss_of_its_name() -> None:
    task = masked("gru", T=4, H=3, B=2, seed=4)
    hits = np.eye(3)[task.target]
    soft, line, gate = (with_head(head, task, task.target if head == "softmax" else hits) for head in HEADS)
    logits = soft.arrays["logits"].data
    top = np.exp(logits - logits.max(-1, keepdims=True))
    probs = top / top.sum(-1, keepdims=True)
    assert error(soft.arrays["probs"].data, probs) < 1e-14
    assert error(soft.arrays["loss"].data, -np.log((probs * hits).sum(-1))) < 1e-14
    assert error(line.arrays["prediction"].data, logits) < 1e-15
    assert error(line.arrays["loss"].data, ((logits - hits) ** 2).sum(-1)) < 1e-14
    p = 1 / (1 + np.exp(-logits))
    assert error(gate.arrays["probs"].data, p) < 1e-14
    assert error(gate.arrays["loss"].data, -np.log(np.where(hits > 0, p, 1 - p)).sum(-1)) < 1e-13


def test_a_certain_prediction_has_a_finite_loss_and_no_nan() -> None:
    ws = Workspace(CELLS["rnn-tanh"], T=1, I=1, H=1, O=2)
    ws.load(
        {
            "W": np.ones((1, 1)),
            "U": np.zeros((1, 1)),
            "b": np.zeros(1),
            "V": np.array([[2e4], [-2e4]]),
            "d": np.zeros(2),
        }
    )
    ws.run(np.full((1, 1, 1), 9.0), np.ones((1, 1), dtype=int))
    assert abs(ws.loss / 4e4 - 1) < 1e-6
    assert np.array_equal(ws.arrays["probs"].data[0, 0], [1.0, 0.0])
    assert all(np.isfinite(value).all() for value in ws.grads.values())


@pytest.mark.parametrize("B", [1, 2])
@pytest.mark.parametrize("cell", CELLS)
def test_two_halves_that_hand_on_their_state_are_the_whole(cell: str, B: int) -> None:
    task = draw(cell, np.random.default_rng(5), T=8, I=2, H=3, O=3, B=B, last=False)
    whole = workspace(CELLS[cell], task)
    half = Workspace(CELLS[cell], T=4, I=2, H=3, O=3, B=B)
    half.load(task.params)
    half.run(task.x[:4], task.target[:4])
    half.begin(half.last())
    half.run(task.x[4:], task.target[4:])
    for name in (*CELLS[cell].names, *(f"{state}_prev" for state in CELLS[cell].states), "logits"):
        assert error(half.arrays[name].data, whole.arrays[name].data[4:]) < 1e-14, name
