"""Whatever cell a visitor writes gets its right forward pass, gradients, contributions and Jacobians.

The second opinion is Python's own reading of the text, differentiated by complex steps.
"""

import numpy as np
import pytest

from core.equations import Cell, parse
from core.examples import EXAMPLES
from core.gradients import contributions
from core.jacobians import jacobians
from core.unroll import Workspace
from tests.core.cases import error, workspace
from tests.core.oracle import TINY, Array, Net, Task, each_step, gradients, jacobian, losses, pieces, states, zeros
from tests.core.written import PEOPLE_WRITE, Author, read

CLOSE = 1e-10
# 163: one unit and eight slots, for which np.negative of NumPy 2.4 reads a wrong stride.
SKETCHES = {f"example {name}": example.source for name, example in EXAMPLES.items()}
WRITTEN = {**PEOPLE_WRITE, **SKETCHES, **{f"random {seed}": Author(seed).cell() for seed in (*range(80), 163)}}
every_cell = pytest.mark.parametrize("name", WRITTEN)


def task_for(cell: Cell, rng: np.random.Generator) -> Task:
    """A small random task for any cell."""
    T, I, H, B = (int(rng.integers(1, top + 1)) for top in (6, 3, 4, 3))
    O, mask = int(rng.integers(2, 5)), 1.0 * rng.integers(2, size=(T, B))
    mask[-1] = 1
    shapes = {"input": (H, I), "hidden": (H, H), None: (H,)}
    params = {p.name: 0.7 * rng.normal(size=shapes[p.columns]) for p in cell.parameters}
    params |= {"V": rng.normal(size=(O, H)), "d": rng.normal(size=O)}
    return Task(rng.normal(size=(T, B, I)), rng.integers(O, size=(T, B)), mask, params)


def written(name: str) -> tuple[Net, list[tuple[Task, Workspace]]]:
    """A cell's second reading, and the engine's run of it on tasks of several sizes."""
    cell = parse(WRITTEN[name])
    order = (cell.output, *(state for state in cell.states if state != cell.output))
    tasks = [task_for(cell, np.random.default_rng([len(name), *map(ord, name), i])) for i in range(3)]
    return read(cell.source, order), [(task, workspace(cell, task)) for task in tasks]


def node_gradient(net: Net, source: str, task: Task, node: str) -> Array:
    """dJ/d(node) of every step by nudging the node: (T, B, H)."""
    (T, B, _), H = task.x.shape, task.params["V"].shape[1]
    nudge = 1j * TINY * np.eye(T * H * B).reshape(-1, T, H, B)
    slopes = losses(read(source, net.states, {node: nudge}), each_step(task.params, T), task).imag.sum(1) / TINY
    return np.broadcast_to(slopes, T * H * B).reshape(T, H, B).swapaxes(1, 2)


@every_cell
def test_a_written_cell_runs_forward_as_python_reads_it(name: str) -> None:
    net, runs = written(name)
    for task, ws in runs:
        for t, state in enumerate(states(net, each_step(task.params, len(task.x)), task, zeros(net, task))):
            for node, value in state.items():
                assert error(ws.arrays[node].data[t], value[0].real.T) < CLOSE, node


@every_cell
def test_a_written_cell_has_the_gradients_of_its_weights(name: str) -> None:
    net, runs = written(name)
    for task, ws in runs:
        for parameter, right in gradients(net, task).items():
            assert error(ws.grads[parameter], right) < CLOSE, parameter


@every_cell
def test_a_written_cell_has_the_gradients_of_its_nodes(name: str) -> None:
    net, runs = written(name)
    task, ws = runs[0]
    for node in ws.cell.names:
        assert error(ws.arrays[f"grad/{node}"].data, node_gradient(net, ws.cell.source, task, node)) < CLOSE, node


@every_cell
def test_a_written_cell_has_the_contributions_of_its_weights(name: str) -> None:
    net, runs = written(name)
    for task, ws in runs:
        found = contributions(ws)
        for parameter, parts in pieces(net, task, [p.name for p in ws.cell.parameters]).items():
            norms = np.linalg.norm(parts.reshape(*parts.shape[:2], -1), axis=-1)
            assert error(found[f"contribution/{parameter}"].data, norms) < CLOSE, parameter


@every_cell
def test_a_written_cell_has_the_jacobians_of_its_states(name: str) -> None:
    net, runs = written(name)
    for task, ws in runs:
        found = jacobians(ws)["jacobian/fro"].data
        for k in range(len(task.x)):
            norms = np.linalg.norm(jacobian(net, task, k), axis=(1, 2))
            assert error(found[k:, k], norms) < CLOSE, k
