"""Surgery does what it says, from the step it says, and gradients of the run after it are those of that run."""

import ast
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from core.cells import CELLS
from core.equations import parse
from core.errors import RecipeError, UnrolledError
from core.experiment import compute
from core.gradients import contributions
from core.holding import holdable, with_holds
from core.interventions import Clamp, Intervention, Scale, Token, carry_out, compare, divergence, operate, zero
from core.jacobians import step_jacobians
from core.recipe import make_recipe
from core.surgery import Scope, read_interventions, scope_of
from core.trace import to_json
from core.unroll import Workspace
from tests.core.cases import draw, error, workspace
from tests.core.oracle import Array, Arrays, Net, Task, gradients, pieces, states, zeros
from tests.core.oracle import each_step as copies
from tests.core.test_written_cells import WRITTEN, task_for
from tests.core.written import FUNCTIONS

T = 6
TEXTS = {**{n: c.source for n, c in CELLS.items()}, **{n: WRITTEN[n] for n in list(WRITTEN)[:40]}}


def held_net(source: str, order: tuple[str, ...], clamps: list[Clamp]) -> Net:
    """A cell read by Python itself, with nodes overwritten where they are held; steps count from the first call."""
    lines = [line for line in ast.parse(source).body if isinstance(line, ast.Assign)]
    code = {ast.unparse(line.targets[0]): compile(ast.Expression(line.value), "cell", "eval") for line in lines}
    clock = iter(range(10**9))

    def step(p: Arrays, x: Array, *previous: Array) -> Arrays:
        t = next(clock) % T
        values = {f"{name}_prev": value for name, value in zip(order, previous, strict=True)}
        space: dict[str, Any] = {**FUNCTIONS, **p, **values, "x": x, "__builtins__": {}}
        for name, line in code.items():
            space[name] = eval(line, space) + 0 * previous[0]
            for c in clamps:
                if c.node == name and c.first <= t <= c.last:
                    which = slice(None) if c.units is None else list(c.units)
                    space[name][:, which] = c.value
        return {name: space[name] for name in order}

    return Net(step, order)


def cases(name: str) -> tuple[Workspace, Task, list[Clamp], Net]:
    """A run of a cell, two clamps of random nodes, and the same cell with those clamps read by Python."""
    cell = parse(TEXTS[name])
    rng = np.random.default_rng([len(name), *map(ord, name)])
    task = task_for(cell, rng)
    H = task.params["V"].shape[1]
    B = task.x.shape[1]
    task = Task(rng.normal(size=(T, B, task.x.shape[2])), rng.integers(2, size=(T, B)), np.ones((T, B)), task.params)
    picked = [str(n) for n in rng.choice(cell.names, 2)]
    clamps = [
        Clamp(picked[0], 0.3, 2, 3, (int(rng.integers(H)),)),
        Clamp(picked[1], -0.4, 1, int(rng.integers(1, T)), None),
    ]
    order = (cell.output, *(s for s in cell.states if s != cell.output))
    return workspace(cell, task), task, clamps, held_net(cell.source, order, clamps)


@pytest.mark.parametrize("name", TEXTS)
def test_held_nodes_change_the_run_as_python_reads_it(name: str) -> None:
    ws, task, clamps, net = cases(name)
    after = operate(ws, clamps)
    for t, state in enumerate(states(net, copies(task.params, T), task, zeros(net, task))):
        for node, value in state.items():
            assert error(after.arrays[node].data[t], value[0].real.T) < 1e-10, node
    last = clamps[1]
    assert (after.arrays[last.node].data[last.first : last.last + 1] == last.value).all()


@pytest.mark.parametrize("name", TEXTS)
def test_a_held_node_stops_the_gradient(name: str) -> None:
    ws, task, clamps, net = cases(name)
    after = operate(ws, clamps)
    for parameter, right in gradients(net, task).items():
        assert error(after.grads[parameter], right) < 1e-10, parameter
    last = clamps[1]
    assert not after.arrays[f"grad/{last.node}.free"].data[last.first : last.last + 1].any()


@pytest.mark.parametrize("name", ["rnn-tanh", "lstm", "gru-reset-after", "projected LSTM"])
def test_contributions_stop_at_a_held_node(name: str) -> None:
    ws, task, clamps, net = cases(name)
    found = contributions(operate(ws, clamps))
    for parameter, parts in pieces(net, task, [p.name for p in ws.cell.parameters]).items():
        norms = np.linalg.norm(parts.reshape(*parts.shape[:2], -1), axis=-1)
        if len([p for p in ws.cell.parameters if p.group == parameter]) < 2:
            assert error(found[f"contribution/{parameter}"].data, norms) < 1e-10, parameter


@pytest.mark.parametrize("name", CELLS)
def test_gradients_after_surgery_equal_finite_differences(name: str) -> None:
    """All four kinds at once, by central differences of the loss itself."""
    rng = np.random.default_rng(0)
    task = draw(name, rng, T=T, I=4, H=3, O=3, B=1, last=False)
    cell = CELLS[name]
    surgery: list[Intervention] = [
        Clamp(cell.names[0], 0.4, 3, 4, (1,)),
        Token(1, 2),
        zero(cell.output, 2),
        Scale("V", 0.5),
    ]

    def loss(params: Mapping[str, Array]) -> float:
        return operate(workspace(cell, Task(task.x, task.target, task.mask, dict(params))), surgery).loss

    after = operate(workspace(cell, task), surgery)
    for parameter, value in task.params.items():
        direction, step = rng.normal(size=value.shape), 1e-5
        moved = [loss({**task.params, parameter: value + sign * step * direction}) for sign in (1, -1)]
        factor = 0.5 if parameter == "V" else 1.0  # the gradient is by the weight as it was scaled
        right = factor * float(np.vdot(after.grads[parameter], direction))
        assert abs((moved[0] - moved[1]) / (2 * step) - right) < 1e-7 * max(1, abs(right)), parameter


@pytest.mark.parametrize("name", CELLS)
def test_making_nodes_holdable_changes_no_number(name: str) -> None:
    task = draw(name, np.random.default_rng(1), T=T, I=2, H=4, O=3, B=2, last=False)
    ws = workspace(CELLS[name], task)
    nodes = holdable(CELLS[name])
    after = operate(ws, [Clamp(n, 1.0, 1, 0) for n in nodes])
    for key, array in ws.arrays.items():
        if not key.startswith("grad_norm") and ".pre" not in key:
            assert error(after.arrays[key].data, array.data) < 1e-13, key
    assert np.abs(step_jacobians(after) - step_jacobians(ws)).max() < 1e-13


def test_any_pre_activation_can_be_held() -> None:
    task = draw("lstm", np.random.default_rng(2), T=T, I=2, H=3, O=3, B=1, last=False)
    after = operate(workspace(CELLS["lstm"], task), [Clamp("f.pre", 2.0, 0, 2)])
    f = after.arrays["f"].data
    assert np.abs(f[:3] - 1 / (1 + np.exp(-2))).max() < 1e-15
    assert np.abs(f[3:] - 1 / (1 + np.exp(-2))).max() > 1e-3


# -- what follows -------------------------------------------------------------------------------------------


def test_nothing_differs_before_the_surgery_and_something_after_it() -> None:
    task = draw("gru", np.random.default_rng(3), T=T, I=3, H=4, O=3, B=2, last=False)
    before = workspace(CELLS["gru"], task)
    for surgery in (Clamp("z", 1.0, 3, 3), Token(3, 1), zero("h", 3)):
        found = divergence(before, operate(before, [surgery]))["divergence"].data
        assert not found[:3].any()
        assert (found[3:] > 0).all()
    assert not divergence(before, operate(before, []))["divergence"].data.any()


def test_the_divergence_is_the_distance_of_the_joint_states() -> None:
    task = draw("lstm", np.random.default_rng(4), T=T, I=3, H=4, O=3, B=1, last=False)
    before = workspace(CELLS["lstm"], task)
    after = operate(before, [zero("c", 2)])
    found = divergence(before, after)
    gaps = {s: after.arrays[s].data - before.arrays[s].data for s in "hc"}
    for s in "hc":
        assert np.abs(found[f"divergence/{s}"].data - np.linalg.norm(gaps[s], axis=-1)).max() < 1e-14
    both = np.hypot(*(found[f"divergence/{s}"].data for s in "hc"))
    assert np.abs(found["divergence"].data - both).max() < 1e-14
    assert not after.arrays["c"].data[2].any()
    assert not after.arrays["h"].data[2].any()


def test_a_small_divergence_grows_as_the_jacobians_say() -> None:
    task = draw("rnn-tanh", np.random.default_rng(5), T=T, I=3, H=4, O=3, B=1, last=False)
    before = workspace(CELLS["rnn-tanh"], task)
    nudged = float(before.arrays["s"].data[1, 0, 2]) + 1e-7
    found = divergence(before, operate(before, [Clamp("s", nudged, 1, 1, (2,))]))["divergence"].data[:, 0]
    J, delta = step_jacobians(before), 1e-7 * np.eye(4)[2]
    for t in range(1, T):
        delta = J[t] @ delta if t > 1 else delta
        assert abs(found[t] / np.linalg.norm(delta) - 1) < 1e-5


def test_the_later_of_two_holds_counts_and_scales_multiply() -> None:
    task = draw("rnn-tanh", np.random.default_rng(6), T=T, I=3, H=4, O=3, B=1, last=False)
    before = workspace(CELLS["rnn-tanh"], task)
    after = operate(before, [Clamp("s", 0.1, 0, 3), Clamp("s", 0.2, 2, 4, (0,)), Scale("U", 2.0), Scale("U", 3.0)])
    assert after.arrays["s"].data[:5, 0, 0].tolist() == [0.1, 0.1, 0.2, 0.2, 0.2]
    assert np.array_equal(after.params["U"], 6 * before.params["U"])
    assert np.array_equal(before.params["U"], task.params["U"]), "the run before keeps its weights"


def test_surgery_begins_where_the_run_began_and_keeps_its_head_and_mask() -> None:
    rng = np.random.default_rng(7)
    ws = Workspace(CELLS["lstm"], T=4, I=2, H=3, O=2, B=2, head="linear", loss_at="last")
    ws.load({n: rng.normal(size=p.shape) for n, p in ws.params.items()})
    ws.begin({"h": rng.normal(size=(2, 3)), "c": rng.normal(size=(2, 3))})
    ws.run(rng.normal(size=(4, 2, 2)), rng.normal(size=(4, 2, 2)))
    after = operate(ws, [])
    for name, array in ws.arrays.items():
        assert np.array_equal(after.arrays[name].data, array.data), name


def test_a_cell_with_held_nodes_is_a_cell_that_cannot_be_held_again() -> None:
    held = with_holds(CELLS["lstm"], ("f", "h"))
    assert held.states == CELLS["lstm"].states
    assert held.output == "h"
    assert [n for n in held.names if n.endswith(".free")] == ["f.free", "h.free"]
    assert held != CELLS["lstm"]
    for cell, names in ((held, ("i",)), (CELLS["lstm"], ("x",)), (CELLS["lstm"], ("c_prev",))):
        with pytest.raises(UnrolledError):
            with_holds(cell, names)


# -- recipes and plain data ---------------------------------------------------------------------------------


def scope() -> Scope:
    return scope_of(make_recipe({"cell": "lstm"}))


def test_a_recipe_after_surgery_is_a_trace_that_says_so() -> None:
    recipe = make_recipe({"cell": "lstm"})
    asked = [
        {"kind": "clamp", "node": "f", "value": 1, "from": 2, "to": 5, "units": [0, 3]},
        {"kind": "token", "t": 4, "token": "dog"},
        {"kind": "zero", "state": "c", "t": 6},
        {"kind": "scale", "parameter": "U_f", "factor": 1.5},
    ]
    trace, plain = carry_out(recipe, read_interventions(asked, scope())), compute(recipe)
    assert trace.labels["time"][4] == "dog" != plain.labels["time"][4]
    assert (trace["f"][2:6, :, [0, 3]] == 1).all()
    assert np.array_equal(trace["unperturbed/f"], plain["f"])
    assert np.array_equal(trace["unperturbed/grad/f"], plain["grad/f"])
    assert trace["divergence"].shape == (8, 1)
    assert plain.arrays.keys() <= trace.arrays.keys()
    assert trace.id != plain.id == compute(recipe).id
    assert carry_out(recipe, read_interventions(asked, scope())).id == trace.id
    assert len(trace.recipe["interventions"]) == 4
    assert to_json(trace)
    light = carry_out(recipe, [zero("h", 2)], ("forward",))
    assert not [n for n in light.arrays if "grad" in n or "param" in n or "contribution" in n]


def test_what_is_drawn_on_the_input_is_read_and_the_answer_stays_what_it_was() -> None:
    recipe = make_recipe({"data": "adding", "length": 12, "cell": "lstm"})
    asked = [{"kind": "input", "feature": "number", "from": 3, "values": [0.25, -1]}]
    trace, plain = carry_out(recipe, read_interventions(asked, scope_of(recipe))), compute(recipe)
    assert trace["x"][3:5, 0, 0].tolist() == [0.25, -1]
    untouched = np.ones(plain["x"].shape, bool)
    untouched[3:5, 0, 0] = False
    assert np.array_equal(trace["x"][untouched], plain["x"][untouched])
    assert np.array_equal(trace["target"], plain["target"])
    assert np.array_equal(trace["h"][:3], plain["h"][:3])
    assert (trace["divergence"][:3] == 0).all()
    assert (trace["divergence"][3:] > 0).all()
    assert trace.labels["time"][3].split()[0] == "0.25"
    assert trace.labels["time"][5] == plain.labels["time"][5]
    again = carry_out(recipe, read_interventions([{**asked[0], "feature": 0}], scope_of(recipe)))
    assert again.id == trace.id


@pytest.mark.parametrize(
    ("asked", "pointers"),
    [
        ({}, ["/0/from", "/0/feature", "/0/values"]),
        ({"feature": "mark", "from": 0, "values": [1]}, ["/0/feature"]),
        ({"feature": 0, "from": 11, "values": [1, 2]}, ["/0/values"]),
        ({"feature": 0, "from": 0, "values": []}, ["/0/values"]),
        ({"feature": 0, "from": 0, "values": ["1"]}, ["/0/values"]),
        ({"feature": 0, "from": 0, "values": [float("nan")]}, ["/0/values"]),
        ({"feature": 2, "from": 12, "values": [True]}, ["/0/from", "/0/feature", "/0/values"]),
    ],
)
def test_what_cannot_be_drawn_is_told(asked: Any, pointers: list[str]) -> None:
    drawn_on = scope_of(make_recipe({"data": "adding", "length": 12}))
    with pytest.raises(RecipeError) as caught:
        read_interventions([{"kind": "input", **asked}], drawn_on)
    assert [p.pointer for p in caught.value.problems] == [f"/interventions{p}" for p in pointers]


def test_symbols_cannot_be_drawn() -> None:
    with pytest.raises(RecipeError) as caught:
        read_interventions([{"kind": "input", "feature": 0, "from": 0, "values": [1]}], scope())
    assert caught.value.problems[0].pointer == "/interventions/0/kind"


@pytest.mark.parametrize(
    ("asked", "pointers"),
    [
        ("clamp", [""]),
        ([{"kind": "zero", "state": "h", "t": 0}] * 17, [""]),
        ([1, {"kind": "cut"}], ["/0/kind", "/1/kind"]),
        ([{"kind": ["clamp"]}], ["/0/kind"]),
        ([{"kind": "clamp"}], ["/0/from", "/0/to", "/0/node", "/0/value"]),
        ([{"kind": "clamp", "node": "f", "value": "1", "from": 0, "to": 1}], ["/0/value"]),
        ([{"kind": "clamp", "node": "f", "value": True, "from": 0, "to": 1}], ["/0/value"]),
        ([{"kind": "clamp", "node": "f", "value": float("nan"), "from": 0, "to": 1}], ["/0/value"]),
        ([{"kind": "clamp", "node": "f", "value": 10**400, "from": 0, "to": 1}], ["/0/value"]),
        ([{"kind": "clamp", "node": "q", "value": 1, "from": 5, "to": 4}], ["/0/to", "/0/node"]),
        ([{"kind": "clamp", "node": "f", "value": 1, "from": True, "to": 8}], ["/0/from", "/0/to"]),
        ([{"kind": "clamp", "node": "f", "value": 1, "from": 0, "to": 1, "units": [8]}], ["/0/units"]),
        ([{"kind": "clamp", "node": "f", "value": 1, "from": 0, "to": 1, "units": []}], ["/0/units"]),
        ([{"kind": "clamp", "node": "f", "value": 1, "from": 0, "to": 1, "units": ["a"]}], ["/0/units"]),
        ([{"kind": "token", "t": -1, "token": "cat"}], ["/0/token", "/0/t"]),
        ([{"kind": "token", "t": 1, "token": 9}], ["/0/token"]),
        ([{"kind": "token", "t": 1, "token": ""}], ["/0/token"]),
        ([{"kind": "zero", "state": "f", "t": 1.0}], ["/0/state", "/0/t"]),
        ([{"kind": "scale", "parameter": "U", "factor": None, "a/b~": 0}], ["/0/parameter", "/0/factor", "/0/a~1b~0"]),
    ],
)
def test_plain_data_are_read_strictly_and_every_problem_is_told(asked: Any, pointers: list[str]) -> None:
    with pytest.raises(RecipeError) as caught:
        read_interventions(asked, scope())
    assert [p.pointer for p in caught.value.problems] == [f"/interventions{p}" for p in pointers]


def test_compare_puts_both_runs_side_by_side() -> None:
    task = draw("gru", np.random.default_rng(8), T=T, I=3, H=4, O=3, B=1, last=False)
    before = workspace(CELLS["gru"], task)
    after = operate(before, [Clamp("z", 0.0, 0, 5)])
    found = compare(before, after)
    assert found["h"] is after.arrays["h"]
    assert found["unperturbed/h"] is before.arrays["h"]
    assert {"z.free", "divergence", "divergence/h"} <= found.keys()
