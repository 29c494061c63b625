"""The page in Dash, `python -m bench.peers.dash_page PORT`: a callback draws all figures whenever the slider moves."""

import sys

import plotly.graph_objects as go
from dash import Dash, Input, Output, State, callback, dcc, html

from bench.peers.gates import NAMES, T, heat, run

GATES = run()

app = Dash(__name__)
app.layout = html.Div(
    [
        html.H1("The gates of an LSTM"),
        html.Button("Play", id="play"),
        dcc.Slider(0, T - 1, 1, value=0, marks=None, id="step", updatemode="drag"),
        dcc.Interval(id="beat", interval=60, disabled=True),
        *(dcc.Graph(id=name) for name in NAMES),
    ]
)


@callback([Output(name, "figure") for name in NAMES], Input("step", "value"))
def draw(step: int) -> list[go.Figure]:
    """All figures at a step."""
    return [heat(name, GATES[name], step) for name in NAMES]


@callback(Output("beat", "disabled"), Input("play", "n_clicks"), State("beat", "disabled"), prevent_initial_call=True)
def play(_clicks: int, resting: bool) -> bool:
    """Begin or end."""
    return not resting


@callback(Output("step", "value"), Input("beat", "n_intervals"), State("step", "value"), prevent_initial_call=True)
def advance(_beats: int, step: int) -> int:
    """One step on."""
    return (step + 1) % T


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(sys.argv[1]), debug=False)
