"""A timestep in slow motion has the numbers of the run, in an order in which each is there when it is needed."""

import numpy as np
import pytest

from core.experiment import compute
from core.explain import explain
from core.ops import OPS, apply
from core.recipe import make_recipe

GROUPS = ("forward", "backward", "contributions", "params")
CELLS = (
    "rnn-tanh",
    "lstm",
    "gru",
    "gru-reset-after",
    "z = sigmoid(W @ x + u)\ns = z * s_prev + 2 * (1 - z) * tanh(U @ s_prev)",
)


@pytest.mark.parametrize("cell", CELLS)
def test_named_nodes_have_their_values_and_gradients_and_unnamed_ones_theirs(cell: str) -> None:
    recipe = make_recipe({"cell": cell, "hidden": 4, "seed": 3})
    trace, t, unit = compute(recipe, GROUPS), 5, 2
    graph = recipe.cell
    steps = explain(trace, node=graph.output, t=t, unit=unit)["steps"]
    values = {step["id"]: step["value"] for step in steps}
    for step in steps:
        name = step["id"]
        if name in trace.arrays:
            assert step["value"] == pytest.approx(trace[name][t, 0, unit], abs=1e-12)
            assert step["gradient"] == pytest.approx(trace[f"grad/{name}"][t, 0, unit], abs=1e-12)
        node = graph.nodes[name]
        if node.op in OPS:
            expected = apply(OPS[node.op], np.array([values[node.args[0]]]))
            assert step["value"] == pytest.approx(float(expected[0]), abs=1e-12)


@pytest.mark.parametrize("cell", CELLS)
def test_nothing_is_needed_before_it_is_there(cell: str) -> None:
    recipe = make_recipe({"cell": cell, "hidden": 4})
    steps = explain(compute(recipe, GROUPS), node=recipe.cell.output, t=1, unit=0)["steps"]
    order = [step["id"] for step in steps]
    for place, name in enumerate(order):
        assert all(order.index(arg) < place for arg in recipe.cell.nodes[name].args if arg in order)


def test_a_product_is_that_of_its_weights() -> None:
    trace = compute(make_recipe({"cell": "rnn-tanh", "hidden": 3}), GROUPS)
    steps = explain(trace, node="s", t=2, unit=1)["steps"]
    product = trace["param/W"] @ trace["x"][2, 0]
    assert steps[0]["id"] == "s.1"
    assert steps[0]["value"] == pytest.approx(product[1])
