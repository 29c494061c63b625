"""The geometry of a run is that of its own steps: states, Jacobians, field and fixed points agree with the engine."""

from typing import Any

import numpy as np
import pytest

from core.errors import RecipeError
from core.experiment import compute, run
from core.geometry import check_plain, report, way_of
from core.jacobians import step_jacobians
from core.recipe import make_recipe
from core.statespace import eigenvalues
from core.step import advance
from core.unroll import Workspace

CELLS = ("rnn-tanh", "lstm", "gru", "s = 0.9 * s_prev + tanh(W @ x + u)")


def told(t: int = 3, box: str = "whole", **values: Any) -> tuple[Any, dict[str, Any]]:
    recipe = make_recipe(values)
    trace = compute(recipe, ("forward", "params"))
    return trace, report(trace, t, box)


@pytest.mark.parametrize("cell", CELLS)
def test_the_jacobians_of_the_way_are_those_of_the_run(cell: str) -> None:
    recipe = make_recipe({"cell": cell, "hidden": 5, "seed": 2})
    done, trace = run(recipe), compute(recipe, ("forward", "params"))
    assert isinstance(done.net, Workspace)
    way = way_of(trace)
    np.testing.assert_allclose(way.jacobians(slice(None)), step_jacobians(done.net), rtol=1e-9, atol=1e-12)
    spectrum = report(trace, 0)["spectrum"]
    known = eigenvalues(done.net)
    np.testing.assert_allclose(
        np.abs(spectrum["eigen"][..., 0] + 1j * spectrum["eigen"][..., 1]),
        np.abs(known["jacobian/eigen/real"].data + 1j * known["jacobian/eigen/imag"].data),
        rtol=1e-6,
        atol=1e-7,
    )


def test_the_way_of_two_numbers_is_the_trace_itself() -> None:
    trace, found = told(cell="gru", hidden=2)
    (state,) = way_of(trace).cell.states
    np.testing.assert_array_equal(found["path"]["points"][1:], trace[state][:, 0])
    assert found["coordinates"] == [f"{state} 0", f"{state} 1"]
    assert found["path"]["shares"] is None


@pytest.mark.parametrize(("cell", "hidden"), [("rnn-tanh", 2), ("gru", 2), ("lstm", 1)])
def test_the_field_is_one_step_and_fixed_points_stay(cell: str, hidden: int) -> None:
    trace, found = told(cell=cell, hidden=hidden, seed=5)
    way, portrait = way_of(trace), found["portrait"]
    for t, kind in enumerate(portrait["reads"]):
        first = portrait["inputs"][kind]["step"]
        np.testing.assert_array_equal(way.x[t], way.x[first])
        corner = advance(way.cell, way.params, way.x[t], portrait["low"]) - portrait["low"]
        np.testing.assert_allclose(portrait["field"][kind, 0, 0], corner, atol=1e-13)
        for point in portrait["inputs"][kind]["fixed"]:
            moved = advance(way.cell, way.params, way.x[t], point["at"])
            np.testing.assert_allclose(moved, point["at"], atol=1e-9)
            largest = np.hypot(*point["eigen"].T)[0]
            assert (point["kind"] == "attractor") == (largest < 1 - 1e-6)


def test_what_attracts_is_where_a_constant_input_leads() -> None:
    trace, found = told(cell="rnn-tanh", hidden=2, seed=1)
    way = way_of(trace)
    (only,) = [p for p in found["portrait"]["inputs"][0]["fixed"] if p["kind"] == "attractor"]
    state = np.zeros(2)
    for _ in range(2000):
        state = advance(way.cell, way.params, way.x[0], state)
    np.testing.assert_allclose(state, only["at"], atol=1e-9)


def test_components_are_those_of_the_covariance() -> None:
    trace, found = told(cell="lstm", hidden=6)
    states = way_of(trace).states
    sizes = np.linalg.eigvalsh(np.cov(states.T))[::-1]
    np.testing.assert_allclose(found["path"]["shares"], (sizes / sizes.sum())[:8], atol=1e-12)
    spread = found["path"]["points"].var(axis=0, ddof=1)
    np.testing.assert_allclose(spread, sizes[:2], rtol=1e-9)


def test_a_box_around_the_path_holds_it() -> None:
    _, found = told(box="path", cell="rnn-tanh", hidden=2)
    points, portrait = found["path"]["points"], found["portrait"]
    assert (portrait["low"] < points.min(axis=0)).all()
    assert (points.max(axis=0) < portrait["high"]).all()
    assert (portrait["high"] - portrait["low"] < 1.2 * (points.max(axis=0) - points.min(axis=0))).all()


def test_a_run_that_explodes_still_has_a_geometry() -> None:
    cell = "s = 1000000 * relu(1000000 * (W @ x + U @ s_prev + b)) + W_2 @ x"
    for hidden in (2, 3):
        trace, found = told(cell=cell, hidden=hidden, seed=1, text="a b " * 30)
        assert not np.isfinite(trace["s"]).all()
        assert np.isfinite(found["path"]["points"][0]).all()
        assert found["spectrum"] is not None


@pytest.mark.parametrize(
    "values",
    [
        {"layers": 2},
        *({"topology": name} for name in ("bidirectional", "encoder-decoder", "one-to-one", "one-to-many")),
    ],
)
def test_several_chains_are_refused_by_name(values: dict[str, Any]) -> None:
    recipe = make_recipe(values)
    with pytest.raises(RecipeError) as refused:
        check_plain(recipe)
    assert refused.value.problems[0].pointer == "/topology"


def test_a_step_that_there_is_not_names_the_nearest() -> None:
    with pytest.raises(RecipeError) as refused:
        told(t=99)
    assert refused.value.problems[0].allowed == {"min": 0, "max": 7, "nearest": 7}
