"""Every operation of the table at work in a cell: as an activation, as a gate and inside a product.

Gradients by central differences away from the kinks, Jacobians by differences of one step, and both walkers: the
NumPy text of every node gives its numbers, and its LaTeX is the operation's own.
"""

from functools import cache

import numpy as np
import pytest

from core.equations import parse
from core.gradients import contributions
from core.jacobians import step_jacobians
from core.notation import describe, equation
from core.ops import OPS
from core.step import advance
from core.unroll import Workspace
from tests.core.cases import error, workspace
from tests.core.oracle import Array, Task
from tests.core.test_written_cells import task_for

# What each is given, so that exp and its like stay small; s remembers through it in every cell.
PLACES = {
    "activation": "s = {op}(0.5 * (W @ x + U @ s_prev + b))",
    "gate": "q = {op}(W_q @ x + U_q @ s_prev)\ns = 0.3 * q * s_prev + tanh(W @ x + b)",
    "before a matrix": "s = 0.4 * s_prev + tanh(U @ {op}(P @ s_prev + b - 0.2) + W @ x)",
    "twice": "q = {op}(W @ x + U @ s_prev)\ns = tanh(q - 0.5 * {op}(u * q + b))",
}
KINKS = {"relu": (0.0,), "leaky_relu": (0.0,), "softsign": (0.0,), "hard_sigmoid": (-2.5, 2.5)}
FAR = 0.01  # how far from a kink every argument stands; differences step a hundredth of that
every_op = pytest.mark.parametrize("op", OPS)
every_place = pytest.mark.parametrize("place", PLACES)


@cache
def case(op: str, place: str) -> tuple[Task, Workspace]:
    """A random task and its run, in which no argument stands near a kink."""
    cell = parse(PLACES[place].format(op=op))
    rng = np.random.default_rng([len(op), len(place)])
    while True:
        task = task_for(cell, rng)
        ws = workspace(cell, task)
        inputs = [ws.buffers.column(n.args[0]) for n in cell.nodes.values() if n.op == op]
        near = [np.abs(a - kink).min(initial=1.0) for a in inputs for kink in KINKS.get(op, ())]
        if len(task.x) > 2 and min(near, default=1.0) > FAR and np.abs(ws.arrays["s"].data).max() < 20:
            return task, ws


def numeric(ws: Workspace, task: Task, name: str) -> Array:
    """The slope of J by every entry of a weight, of fourth order."""
    value, step = task.params[name], 1e-4
    found = np.zeros(value.shape)
    for place in np.ndindex(value.shape):
        ends = []
        for shift in (-2, -1, 1, 2):
            moved = value.copy()
            moved[place] += shift * step
            ws.load({**task.params, name: moved})
            ws.run_forward()
            ends.append(ws.loss)
        found[place] = (8 * (ends[2] - ends[1]) - (ends[3] - ends[0])) / (12 * step)
    ws.load(task.params)
    ws.run(task.x, task.target, task.mask)
    return found


@every_place
@every_op
def test_every_gradient_is_the_central_difference(op: str, place: str) -> None:
    task, ws = case(op, place)
    right = {name: value.copy() for name, value in ws.grads.items()}
    for name, gradient in right.items():
        assert error(gradient, numeric(ws, task, name)) < 1e-7, name


@every_place
@every_op
def test_the_shares_of_every_weight_sum_to_one(op: str, place: str) -> None:
    _, ws = case(op, place)
    for name, shares in contributions(ws).items():
        if name.startswith("contribution_dot/"):
            assert abs(shares.data.sum() - 1) < 1e-12 or not shares.data.any(), name


@every_place
@every_op
def test_the_jacobian_of_a_step_is_the_central_difference(op: str, place: str) -> None:
    task, ws = case(op, place)
    before, step = ws.arrays["s_prev"].data[2, 0], 1e-5
    ends = [
        [advance(ws.cell, task.params, task.x[2, 0], before + d) for d in s * np.eye(len(before))]
        for s in (-step, step)
    ]
    right = (np.array(ends[1]) - np.array(ends[0])).T / (2 * step)
    assert error(step_jacobians(ws)[2], right) < 1e-7


@every_place
@every_op
def test_the_numpy_text_of_every_node_gives_its_numbers(op: str, place: str) -> None:
    task, ws = case(op, place)
    for t in range(len(task.x)):
        space = {"np": np, "x": task.x[t, 0], **task.params, "s_prev": ws.arrays["s_prev"].data[t, 0]}
        for node in describe(ws.cell)["nodes"]:
            exec(node["numpy"], space)
            assert error(space[node["name"]], ws.arrays[node["name"]].data[t, 0]) < 1e-14, node["numpy"]


@every_place
@every_op
def test_its_latex_stands_in_the_equation_and_its_brackets_match(op: str, place: str) -> None:
    _, ws = case(op, place)
    told = " ".join(equation(ws.cell, name) for name in ws.cell.names)
    head, _, tail = OPS[op].latex.format("?").partition("?")
    assert op == "identity" or (head in told and tail in told)
    assert told.count(r"\left(") == told.count(r"\right)")
    assert told.count("{") == told.count("}")
