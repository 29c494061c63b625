"""Figures: declared once, resolved for every cell into what Plotly itself accepts."""

import json
import math
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from app import figures, references
from core.cells import CELLS
from core.experiment import compute
from core.recipe import make_recipe
from core.trace import Trace


@cache
def traced(**values: Any) -> Trace:
    """The trace of a small recipe."""
    with np.errstate(all="ignore"):
        return compute(make_recipe({"hidden": 5, **values}))


def wanted(view: str, cell: str) -> int:
    """How many pictures a view holds for a cell."""
    described = figures.cell_of(traced(cell=cell))
    roles = figures.templates()[view]["each"]
    return sum(node["role"] in roles for node in described["nodes"]) if roles else 1


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("view", figures.VIEWS)
def test_every_figure_of_every_cell_is_one_that_plotly_accepts(view: str, cell: str) -> None:
    found = figures.figure(view, traced(cell=cell))
    drawn = go.Figure(data=found["data"], layout=found["layout"])
    assert len(drawn.data) == wanted(view, cell)
    assert "@" not in json.dumps(found)
    assert "{name}" not in json.dumps(found)


def test_a_heat_map_has_units_as_rows_and_steps_as_columns() -> None:
    trace = traced(cell="lstm")
    found = figures.figure("gates", trace)
    assert [each["name"] for each in found["data"]] == [
        "forget gate",
        "update (input) gate",
        "candidate",
        "output gate",
    ]
    assert found["data"][0]["z"][3][2] == trace["f"][2, 0, 3]
    assert (found["data"][0]["zmin"], found["data"][0]["zmax"]) == (0.0, 1.0)
    assert found["data"][2]["zmin"] == -found["data"][2]["zmax"]


def test_bands_stand_one_below_the_other_on_one_time_axis() -> None:
    layout = figures.figure("gates", traced(cell="lstm"))["layout"]
    domains = [layout[f"yaxis{number}"]["domain"] for number in ("", "2", "3", "4")]
    assert domains[0][1] == 1
    assert domains[-1][0] == 0
    assert all(upper[0] >= lower[1] for upper, lower in pairwise(domains))


def test_the_matrix_is_drawn_by_powers_of_ten_and_tells_its_own_numbers() -> None:
    trace = traced()
    drawn = figures.figure("contributions", trace, "U")["data"][0]
    exact = trace["contribution/U"]
    assert drawn["customdata"][4][2] == exact[4, 2]
    assert drawn["z"][4][2] == pytest.approx(math.log10(exact[4, 2]))
    assert drawn["z"][1][3] is None


def test_shares_are_signed_and_what_could_not_be_is_left_out() -> None:
    trace = traced()
    drawn = figures.figure("shares", trace, "U")["data"][0]
    exact = trace["contribution_dot/U"]
    assert drawn["z"][4][2] == exact[4, 2]
    assert drawn["z"][1][3] is None
    assert drawn["zmin"] == -drawn["zmax"] <= exact.min()
    assert exact.sum() == pytest.approx(1)


def test_gradients_share_one_scale_of_at_least_a_decade_and_at_most_twelve() -> None:
    for values in ({}, {"cell": "lstm"}, {"cell": "rnn-sigmoid", "text": " ".join("ab"[n % 2] * 3 for n in range(60))}):
        trace = traced(**values)
        source = references.Source(trace, tuple(figures.cell_of(trace)["states"]))
        low, high = references.decades(source)
        assert 1 <= high - low <= 12
        matrix = figures.figure("contributions", trace)["data"][0]
        assert (matrix["zmin"], matrix["zmax"]) == (low, high)


def test_colours_are_the_pages_own() -> None:
    assert references.colors()["c-loss"] in json.dumps(figures.figure("loss", traced()))
    assert references.ramp(references.Source(traced(), ("s",)), "signed")[0][1] == references.colors()["ramp-signed-0"]


def test_a_run_that_explodes_still_has_its_figures() -> None:
    trace = traced(cell="rnn-relu", gain=100.0, text=" ".join(f"w{n % 30}" for n in range(240)))
    for view in figures.VIEWS:
        json.dumps(figures.figure(view, trace), allow_nan=False)


def test_predicted_numbers_are_drawn_with_zero_in_the_middle() -> None:
    trace = traced(data="sp500", length=20)
    found = figures.figure("output", trace)["data"][0]
    assert found["z"] == trace["prediction"][:, 0].T.tolist()
    assert found["zmin"] == -found["zmax"]


def test_attention_is_drawn_with_the_places_of_the_source_as_rows() -> None:
    trace = traced(cell="gru", topology="attention")
    found = figures.figure("attention", trace)
    assert found["data"][0]["z"] == trace["decoder/a"][:, 0].T.tolist()
    assert found["layout"]["yaxis"]["ticktext"] == [*trace.labels["source"]]
    assert len(found["layout"]["yaxis"]["tickvals"]) == trace.dims["source"]
    assert figures.figure("attention", traced())["data"][0]["z"] == []


@pytest.mark.parametrize("view", figures.VIEWS)
@pytest.mark.parametrize("topology", ["attention", "encoder-decoder", "bidirectional"])
def test_of_several_chains_the_first_that_is_read_is_drawn(view: str, topology: str) -> None:
    trace = traced(cell="gru", topology=topology)
    found = figures.figure(view, trace)
    block = trace.topology["output"][0]
    if view == "states":
        assert found["data"][0]["z"] == trace[f"{block}/h"][:, 0].T.tolist()
    assert found["data"]
    go.Figure(data=found["data"], layout=found["layout"])
