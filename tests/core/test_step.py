"""One step by the graph is one step of the engine, and its derivative is the engine's."""

import numpy as np
import pytest

from core.cells import CELLS
from core.equations import parse
from core.jacobians import step_jacobians
from core.step import advance, jacobian, join, push, step, zero_states
from tests.core.cases import workspace
from tests.core.test_written_cells import task_for
from tests.core.written import PEOPLE_WRITE, Author

TEXTS = {**{n: c.source for n, c in CELLS.items()}, **PEOPLE_WRITE}
TEXTS |= {f"random {seed}": Author(seed).cell() for seed in range(20)}
every_text = pytest.mark.parametrize("name", TEXTS)


@every_text
def test_steps_in_a_row_are_the_run_of_a_workspace(name: str) -> None:
    cell = parse(TEXTS[name])
    for seed in range(3):
        task = task_for(cell, np.random.default_rng([len(name), seed]))
        ws = workspace(cell, task)
        states = {s: np.zeros((ws.sizes.B, ws.sizes.H)) for s in cell.states}
        for t, x in enumerate(task.x):
            states = step(cell, task.params, x, states)
            for s, value in states.items():
                right = ws.arrays[s].data[t]
                assert value.shape == right.shape
                assert np.abs(value - right).max() <= 1e-12 * max(1.0, np.abs(right).max()), s


@every_text
def test_the_derivative_of_a_step_is_the_jacobian_of_the_sweep(name: str) -> None:
    cell = parse(TEXTS[name])
    task = task_for(cell, np.random.default_rng([7, len(name)]))
    ws = workspace(cell, task)
    right = step_jacobians(ws)
    before = np.concatenate([ws.arrays[f"{s}_prev"].data[:, 0] for s in cell.states], axis=-1)
    found = jacobian(cell, task.params, task.x[:, 0], before)
    assert np.abs(found - right).max() <= 1e-12 * max(1.0, np.abs(right).max())


def test_many_states_are_pushed_along_many_directions_at_once() -> None:
    cell, rng = CELLS["lstm"], np.random.default_rng(0)
    task = task_for(cell, rng)
    n = 2 * task.params["V"].shape[1]
    joint, directions, x = rng.normal(size=(5, n)), rng.normal(size=(5, n, 2)), task.x[0, 0]
    after, moved = push(cell, task.params, x, joint, directions)
    assert np.abs(after - advance(cell, task.params, x, joint)).max() < 1e-15
    assert np.abs(moved - jacobian(cell, task.params, x, joint) @ directions).max() < 1e-14
    assert after.shape == (5, n)


def test_a_run_begins_with_zeros() -> None:
    found = zero_states(CELLS["lstm"], 4)
    assert not join(CELLS["lstm"], found).any()
    assert join(CELLS["lstm"], found).shape == (8,)
