"""The figures, declared once with Plotly's graph objects: templates whose data are references to trace arrays.

The page resolves them in JavaScript, the API and the exports here (`app.references` has the words). A template says
for which nodes of a cell it is repeated, one band below another on the same time axis.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import plotly.graph_objects as go

from app.references import Source, fill, meaning, resolve
from core.cells import CELLS
from core.equations import parse
from core.notation import describe
from core.trace import Trace

Template = dict[str, Any]
BETWEEN = 0.04
FONT = "Inter, system-ui, sans-serif"


def template(trace: Any, references: dict[str, Any], layout: dict[str, Any], each: tuple[str, ...] = ()) -> Template:
    """A trace and its references, on a page with our fonts and colours."""
    drawn = {**trace.to_plotly_json(), **references}
    return {"each": [*each], "data": [drawn], "layout": {**page().to_plotly_json(), **layout}}


def page() -> go.Layout:
    """What all figures share."""
    return go.Layout(
        template={},
        font={"family": FONT, "size": 13},
        margin={"l": 90, "r": 90, "t": 60, "b": 50},
        hoverlabel={"font": {"family": FONT, "size": 12}, "align": "left"},
        hovermode="closest",
        showlegend=False,
    )


def colors() -> dict[str, Any]:
    """The paper and the ink, as references."""
    return {"paper_bgcolor": "@color paper", "plot_bgcolor": "@color paper"}


def axis(title: str, **more: object) -> dict[str, Any]:
    """An axis without ornaments."""
    shown = go.layout.XAxis(title=title, zeroline=False, showgrid=False, ticks="", automargin=False)
    return {**shown.to_plotly_json(), "linecolor": "@color line", **more}


def bands(title: str, *roles: str) -> Template:
    """One heat map for each node of these roles: units down, steps across."""
    drawn = go.Heatmap(
        name="{title}",
        hovertemplate="t = %{x}<br>unit %{y}<br>{name} = %{z:.4g}<extra>{title}</extra>",
        colorbar={"thickness": 10, "outlinewidth": 0},
        yaxis="y",
    )
    references = {
        "z": "@{name}",
        "zmin": "@min {scale} {name}",
        "zmax": "@max {scale} {name}",
        "colorscale": "@ramp {scale} {meaning}",
        "yaxis": "y{axis}",
    }
    layout = {
        **colors(),
        "title": {"text": title},
        "xaxis": axis("t"),
        "yaxis{axis}": axis("{name}", autorange="reversed"),
    }
    return template(drawn, references, layout, roles)


def line(title: str, y: str, color: str, *, name: str, scale: dict[str, Any], each: tuple[str, ...] = ()) -> Template:
    """A number a step, joined."""
    drawn = go.Scatter(
        name=name,
        mode="lines+markers",
        hovertemplate=f"t = %{{x}}<br>{name} = %{{y:.4g}}<extra></extra>",
        line={"width": 2},
        marker={"size": 6},
    )
    references = {"y": y, "line": {"width": 2, "color": color}, "marker": {"size": 6, "color": color}}
    layout = {
        **colors(),
        "title": {"text": title},
        "xaxis": axis("t"),
        "yaxis": {**axis(""), "showgrid": True, "gridcolor": "@color line", **scale},
    }
    return template(drawn, references, layout, each)


def triangle(title: str, array: str, hover: str) -> Template:
    """A (t, k) matrix of magnitudes on the log scale that all gradients share."""
    drawn = go.Heatmap(
        hovertemplate=f"error at t = %{{y}}<br>{hover} = %{{customdata:.4g}}<extra></extra>",
        colorbar={"thickness": 10, "outlinewidth": 0, "tickprefix": "10<sup>", "ticksuffix": "</sup>"},
    )
    references = {
        "z": f"@log10 {array}",
        "customdata": f"@{array}",
        "zmin": "@least",
        "zmax": "@most",
        "colorscale": "@ramp gradient",
    }
    layout = {
        **colors(),
        "title": {"text": title},
        "xaxis": axis("k"),
        "yaxis": axis("t", autorange="reversed"),
    }
    return template(drawn, references, layout)


def contributions() -> Template:
    """Who contributed what to which error."""
    title = "Contribution of {parameter} used at k to the gradient of the loss at t"
    return triangle(title, "contribution/{parameter}", "{parameter} used at k = %{x}<br>size")


def shares() -> Template:
    """The same as signed shares of the whole gradient."""
    title = "Signed share of {parameter} used at k, for the loss at t, in the whole gradient"
    drawn = go.Heatmap(
        hovertemplate="error at t = %{y}<br>{parameter} used at k = %{x}<br>share = %{z:.4g}<extra></extra>",
        colorbar={"thickness": 10, "outlinewidth": 0},
    )
    array = "contribution_dot/{parameter}"
    references = {
        "z": f"@nonzero {array}",
        "zmin": f"@min signed {array}",
        "zmax": f"@max signed {array}",
        "colorscale": "@ramp signed",
    }
    layout = {**colors(), "title": {"text": title}, "xaxis": axis("k"), "yaxis": axis("t", autorange="reversed")}
    return template(drawn, references, layout)


def jacobian() -> Template:
    """How much of a change of the state at k is felt at t."""
    return triangle(
        "Frobenius norm of the derivative of the state at t by the state at k", "jacobian/fro", "k = %{x}<br>norm"
    )


def output() -> Template:
    """The probability of each outcome at every step."""
    drawn = go.Heatmap(
        hovertemplate="t = %{x}<br>%{y}: %{z:.1%}<extra></extra>",
        colorbar={"thickness": 10, "outlinewidth": 0},
    )
    references = {
        "z": "@probs",
        "y": "@labels output",
        "zmin": 0,
        "zmax": 1,
        "colorscale": "@ramp gate output",
    }
    layout = {
        **colors(),
        "title": {"text": "Prediction"},
        "xaxis": axis("t"),
        "yaxis": axis("", autorange="reversed", type="category"),
    }
    return template(drawn, references, layout)


def attention() -> Template:
    """Where the decoder looks: its weights at each step, one row for each place of the source."""
    drawn = go.Heatmap(
        hovertemplate="t = %{x}<br>place %{y}: %{z:.1%}<extra></extra>",
        colorbar={"thickness": 10, "outlinewidth": 0},
    )
    references = {"z": "@attention", "zmin": 0, "zmax": 1, "colorscale": "@ramp gate state"}
    words = {"tickmode": "array", "tickvals": "@places source", "ticktext": "@labels source"}
    layout = {
        **colors(),
        "title": {"text": "Attention"},
        "xaxis": axis("t"),
        "yaxis": axis("", autorange="reversed", **words),
    }
    return template(drawn, references, layout)


def loss() -> Template:
    """The loss of every step."""
    return line("Loss of each step", "@counted loss", "@color loss", name="J", scale={"rangemode": "tozero"})


def gradients() -> Template:
    """The norm of the gradient that reaches each step."""
    scale = {"type": "log", "range": "@span", "exponentformat": "power", "dtick": 1}
    title = "Norm of the gradient of the loss by the state"
    return line(title, "@grad_norm/{name}", "@color {hue}", name="|dJ/d{name}|", scale=scale, each=("state",))


def states() -> Template:
    """What the network carries from step to step."""
    return bands("State", "state")


def gates() -> Template:
    """The gates and candidates of a gated cell."""
    return bands("Gates", "gate", "candidate")


VIEWS: dict[str, Callable[[], Template]] = {
    "states": states,
    "gates": gates,
    "loss": loss,
    "gradients": gradients,
    "contributions": contributions,
    "shares": shares,
    "jacobian": jacobian,
    "output": output,
    "attention": attention,
}


@cache
def templates() -> dict[str, Template]:
    """Every template, as the page gets them."""
    return {name: build() for name, build in VIEWS.items()}


def figure(view: str, trace: Trace, parameter: str = "W") -> dict[str, Any]:
    """A figure of a trace, ready for Plotly; of several chains that one is seen which the output reads first."""
    found, cell, trace = templates()[view], cell_of(trace), seen(trace)
    if view == "output" and "probs" not in trace.arrays:
        found = numbers(found)
    source = Source(trace, tuple(cell["states"]), parameter)
    nodes = [node for node in cell["nodes"] if node["role"] in found["each"] and node["name"] in trace.arrays]
    drawn = repeated(found, [names(node, cell["output"]) for node in nodes]) if found["each"] else found
    return {"data": resolve(drawn["data"], source), "layout": resolve(drawn["layout"], source)}


def numbers(output: Template) -> Template:
    """The same of a network that predicts numbers."""
    scale = {"z": "@prediction", "colorscale": "@ramp signed", "zmin": "@min signed prediction"}
    shown = {**scale, "zmax": "@max signed prediction", "hovertemplate": "t = %{x}<br>%{y}: %{z:.4g}<extra></extra>"}
    return {**output, "data": [{**drawn, **shown} for drawn in output["data"]]}


def seen(trace: Trace) -> Trace:
    """The trace with the arrays of one chain under the names that a single chain's have."""
    block = trace.topology["output"][0] if trace.topology else ""
    return replace(trace, arrays={_bare(name, block): array for name, array in trace.arrays.items()})


def _bare(name: str, block: str) -> str:
    """A name without that of its block, which stands first or second."""
    parts = name.split("/")
    return "/".join(p for i, p in enumerate(parts) if i > 1 or p != block)


def cell_of(trace: Trace) -> dict[str, Any]:
    """What the trace's cell says of itself."""
    asked = trace.recipe["cell"]
    return describe(CELLS.get(asked) or parse(asked))


def names(node: dict[str, str], output: str) -> dict[str, str]:
    """What a template may say of a node."""
    role, name = node["role"], node["name"]
    scale, colored = "gate" if role == "gate" else "signed", meaning(name, role)
    hue = "gradient" if name == output else colored
    return {"name": name, "title": node["label"], "scale": scale, "meaning": colored, "hue": hue}


def repeated(found: Template, nodes: list[dict[str, str]]) -> Template:
    """A template once for each node; a y axis that is repeated gives each its band, from the top down."""
    data, layout = [], {key: item for key, item in found["layout"].items() if "{axis}" not in key}
    for index, node in enumerate(nodes):
        filled = {**node, "axis": str(index + 1) if index else ""}
        data += fill(found["data"], filled)
        layout |= dict(_axes(found["layout"], filled, index, len(nodes)))
    return {"data": data, "layout": layout}


def _axes(layout: dict[str, Any], names: dict[str, str], index: int, count: int) -> Iterator[tuple[str, Any]]:
    top = 1 - index / count
    domain = [top - 1 / count + (BETWEEN if index < count - 1 else 0), top]
    for key, item in layout.items():
        if "{axis}" in key:
            yield fill(key, names), {**fill(item, names), "domain": domain}
