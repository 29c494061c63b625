"""What the peers show: the gates and states of an LSTM over a sequence, and the heat map of one of them."""

import numpy as np
import plotly.graph_objects as go

T, H, I = 100, 64, 35
NAMES = ("f", "i", "g", "o", "c", "h")


def sigmoid(a: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-a))."""
    return 1 / (1 + np.exp(-a))


def run(seed: int = 0) -> dict[str, np.ndarray]:
    """Every gate and state, each (T, H)."""
    rng = np.random.default_rng(seed)
    W, U = (rng.standard_normal((4 * H, n)) / np.sqrt(n) for n in (I, H))
    x = np.eye(I)[rng.integers(I, size=T)]
    found = {name: np.zeros((T, H)) for name in NAMES}
    h, c = np.zeros(H), np.zeros(H)
    for t in range(T):
        f, i, g, o = np.split(W @ x[t] + U @ h, 4)
        f, i, g, o = sigmoid(f), sigmoid(i), np.tanh(g), sigmoid(o)
        c = f * c + i * g
        h = o * np.tanh(c)
        for name, value in zip(NAMES, (f, i, g, o, c, h), strict=True):
            found[name][t] = value
    return found


def heat(name: str, values: np.ndarray, step: int) -> go.Figure:
    """What a gate did up to a step, and the step as a line."""
    shown = np.where(np.arange(T)[:, None] <= step, values, np.nan)
    figure = go.Figure(go.Heatmap(z=shown.T, zmin=-1, zmax=1, colorscale="RdBu"))
    figure.update_layout(title=name, height=180, margin={"l": 40, "r": 10, "t": 30, "b": 20}, meta=step)
    figure.update_xaxes(range=[-0.5, T - 0.5])
    figure.add_vline(step)
    return figure
