"""The cells written out again, forward and backward by hand; NumPy only, no code of the project."""

from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]
Arrays = dict[str, Array]
Uses = dict[str, tuple[Array, Array | None]]  # parameter -> its delta rows (R, H) and what it multiplied
Back = tuple[Arrays, Arrays, Uses]  # gradients of the nodes, of the states before, and the uses of the parameters
GATES = {"f": "_f", "i": "_i", "g": "_c", "o": "_o"}  # the LSTM's nodes and the suffixes of their weights


def sigmoid(a: Array) -> Array:
    small = np.exp(-np.abs(a))
    return np.asarray(np.where(a >= 0, 1, small) / (1 + small))


def affine(p: Arrays, gate: str, x: Array, h: Array) -> Array:
    return np.asarray(p["W" + gate] @ x + p["U" + gate] @ h + p["b" + gate])


def rnn(squash: Callable[[Array], Any]) -> Callable[[Arrays, Array, Arrays], Arrays]:
    def step(p: Arrays, x: Array, prev: Arrays) -> Arrays:
        a = affine(p, "", x, prev["s"])
        return {"s.pre": a, "s": squash(a)}

    return step


def rnn_back(slope: Callable[[Array], Any]) -> Callable[[Arrays, Array, Arrays, Arrays, Arrays], Back]:
    def back(p: Arrays, x: Array, prev: Arrays, n: Arrays, up: Arrays) -> Back:
        d = up["s"] * slope(n["s"])
        return {"s": up["s"], "s.pre": d}, {"s": d @ p["U"]}, uses_of("", d, x, prev["s"])

    return back


def lstm(p: Arrays, x: Array, prev: Arrays) -> Arrays:
    a = {name: affine(p, gate, x, prev["h"]) for name, gate in GATES.items()}
    n = {name: np.tanh(v) if name == "g" else sigmoid(v) for name, v in a.items()}
    c = n["f"] * prev["c"] + n["i"] * n["g"]
    return n | {f"{name}.pre": v for name, v in a.items()} | {"c": c, "h": n["o"] * np.tanh(c)}


def lstm_back(p: Arrays, x: Array, prev: Arrays, n: Arrays, up: Arrays) -> Back:
    f, i, g, o, squashed = n["f"], n["i"], n["g"], n["o"], np.tanh(n["c"])
    dc = up["c"] + up["h"] * o * (1 - squashed**2)
    d = {"f": dc * prev["c"], "i": dc * g, "g": dc * i, "o": up["h"] * squashed}
    a = {"f": d["f"] * f * (1 - f), "i": d["i"] * i * (1 - i), "g": d["g"] * (1 - g**2), "o": d["o"] * o * (1 - o)}
    before = {"h": sum(a[name] @ p["U" + gate] for name, gate in GATES.items()), "c": dc * f}
    uses: Uses = {}
    for name, gate in GATES.items():
        uses |= uses_of(gate, a[name], x, prev["h"])
    return {"h": up["h"], "c": dc} | d | {f"{name}.pre": v for name, v in a.items()}, before, uses


def uses_of(gate: str, delta: Array, x: Array, h: Array) -> Uses:
    return {"W" + gate: (delta, x), "U" + gate: (delta, h), "b" + gate: (delta, None)}


def gru(p: Arrays, x: Array, prev: Arrays) -> Arrays:
    """The reset gate acts before the product with U_n; after it where there is a bias b_hn, as in PyTorch."""
    h = prev["h"]
    a = {name: affine(p, f"_{name}", x, h) for name in "zr"}
    z, r = sigmoid(a["z"]), sigmoid(a["r"])
    a["n"] = p["W_n"] @ x + p["b_n"] + (r * (p["U_n"] @ h + p["b_hn"]) if "b_hn" in p else p["U_n"] @ (r * h))
    n = np.tanh(a["n"])
    return {f"{name}.pre": v for name, v in a.items()} | {"z": z, "r": r, "n": n, "h": z * h + (1 - z) * n}


def gru_back(p: Arrays, x: Array, prev: Arrays, n: Arrays, up: Arrays) -> Back:
    h, z, r = prev["h"], n["z"], n["r"]
    grads, an, az = gru_top(n, h, up["h"])
    dm = an @ p["U_n"]  # m = r * h
    dr = dm * h
    ar = dr * r * (1 - r)
    before = up["h"] * z + dm * r + az @ p["U_z"] + ar @ p["U_r"]
    uses = uses_of("_z", az, x, h) | uses_of("_r", ar, x, h) | uses_of("_n", an, x, r * h)
    return grads | {"r": dr, "r.pre": ar}, {"h": before}, uses


def gru_reset_after_back(p: Arrays, x: Array, prev: Arrays, n: Arrays, up: Arrays) -> Back:
    h, z, r = prev["h"], n["z"], n["r"]
    grads, an, az = gru_top(n, h, up["h"])
    dq, dr = an * r, an * (p["U_n"] @ h + p["b_hn"])  # q = U_n h + b_hn
    ar = dr * r * (1 - r)
    before = up["h"] * z + dq @ p["U_n"] + az @ p["U_z"] + ar @ p["U_r"]
    uses = uses_of("_z", az, x, h) | uses_of("_r", ar, x, h) | {"b_hn": (dq, None)}
    uses |= {"W_n": (an, x), "b_n": (an, None), "U_n": (dq, h)}
    return grads | {"r": dr, "r.pre": ar}, {"h": before}, uses


def gru_top(n: Arrays, h: Array, up: Array) -> tuple[Arrays, Array, Array]:
    """What both GRU share: h = z h_prev + (1 - z) n."""
    z, dz, dn = n["z"], up * (h - n["n"]), up * (1 - n["z"])
    az, an = dz * z * (1 - z), dn * (1 - n["n"] ** 2)
    return {"h": up, "z": dz, "n": dn, "z.pre": az, "n.pre": an}, an, az


def lstm_peephole(p: Arrays, x: Array, prev: Arrays) -> Arrays:
    """The gates see the cell state, unit by unit: the old one, or for the output gate the new one."""
    h, c_prev = prev["h"], prev["c"]
    a = {name: affine(p, gate, x, h) for name, gate in GATES.items()}
    a["f"], a["i"] = a["f"] + p["u_f"] * c_prev, a["i"] + p["u_i"] * c_prev
    f, i, g = sigmoid(a["f"]), sigmoid(a["i"]), np.tanh(a["g"])
    c = f * c_prev + i * g
    a["o"] = a["o"] + p["u_o"] * c
    o = sigmoid(a["o"])
    return {f"{name}.pre": v for name, v in a.items()} | {"f": f, "i": i, "g": g, "c": c, "o": o, "h": o * np.tanh(c)}


def lstm_peephole_back(p: Arrays, x: Array, prev: Arrays, n: Arrays, up: Arrays) -> Back:
    f, i, g, o, squashed, c_prev = n["f"], n["i"], n["g"], n["o"], np.tanh(n["c"]), prev["c"]
    do = up["h"] * squashed
    ao = do * o * (1 - o)
    dc = up["c"] + up["h"] * o * (1 - squashed**2) + ao * p["u_o"]
    d = {"f": dc * c_prev, "i": dc * g, "g": dc * i, "o": do}
    a = {"f": d["f"] * f * (1 - f), "i": d["i"] * i * (1 - i), "g": d["g"] * (1 - g**2), "o": ao}
    through_gates = a["f"] * p["u_f"] + a["i"] * p["u_i"]
    before = {"h": sum(a[name] @ p["U" + gate] for name, gate in GATES.items()), "c": dc * f + through_gates}
    uses: Uses = {"u_f": (a["f"] * c_prev, None), "u_i": (a["i"] * c_prev, None), "u_o": (ao * n["c"], None)}
    for name, gate in GATES.items():
        uses |= uses_of(gate, a[name], x, prev["h"])
    return {"h": up["h"], "c": dc} | d | {f"{name}.pre": v for name, v in a.items()}, before, uses


def lstm_coupled(p: Arrays, x: Array, prev: Arrays) -> Arrays:
    a = {name: affine(p, GATES[name], x, prev["h"]) for name in "fgo"}
    f, g, o = sigmoid(a["f"]), np.tanh(a["g"]), sigmoid(a["o"])
    c = f * prev["c"] + (1 - f) * g
    return {f"{name}.pre": v for name, v in a.items()} | {"f": f, "g": g, "o": o, "c": c, "h": o * np.tanh(c)}


def lstm_coupled_back(p: Arrays, x: Array, prev: Arrays, n: Arrays, up: Arrays) -> Back:
    f, g, o, squashed = n["f"], n["g"], n["o"], np.tanh(n["c"])
    dc = up["c"] + up["h"] * o * (1 - squashed**2)
    d = {"f": dc * (prev["c"] - g), "g": dc * (1 - f), "o": up["h"] * squashed}
    a = {"f": d["f"] * f * (1 - f), "g": d["g"] * (1 - g**2), "o": d["o"] * o * (1 - o)}
    before = {"h": sum(a[name] @ p["U" + GATES[name]] for name in a), "c": dc * f}
    uses: Uses = {}
    for name, delta in a.items():
        uses |= uses_of(GATES[name], delta, x, prev["h"])
    return {"h": up["h"], "c": dc} | d | {f"{name}.pre": v for name, v in a.items()}, before, uses


def mgu(p: Arrays, x: Array, prev: Arrays) -> Arrays:
    h, af = prev["h"], affine(p, "_f", x, prev["h"])
    f = sigmoid(af)
    an = affine(p, "_n", x, f * h)
    n = np.tanh(an)
    return {"f.pre": af, "n.pre": an, "f": f, "n": n, "h": (1 - f) * h + f * n}


def mgu_back(p: Arrays, x: Array, prev: Arrays, n: Arrays, up: Arrays) -> Back:
    h, f = prev["h"], n["f"]
    dn = up["h"] * f
    an = dn * (1 - n["n"] ** 2)
    dm = an @ p["U_n"]  # m = f * h
    df = up["h"] * (n["n"] - h) + dm * h
    af = df * f * (1 - f)
    uses = uses_of("_f", af, x, h) | uses_of("_n", an, x, f * h)
    before = up["h"] * (1 - f) + dm * f + af @ p["U_f"]
    return {"h": up["h"], "n": dn, "f": df, "n.pre": an, "f.pre": af}, {"h": before}, uses


def indrnn(p: Arrays, x: Array, prev: Arrays) -> Arrays:
    a = p["W"] @ x + p["u"] * prev["s"] + p["b"]
    return {"s.pre": a, "s": np.maximum(a, 0.0)}


def indrnn_back(p: Arrays, x: Array, prev: Arrays, n: Arrays, up: Arrays) -> Back:
    d = up["s"] * (n["s"] > 0)
    uses: Uses = {"W": (d, x), "u": (d * prev["s"], None), "b": (d, None)}
    return {"s": up["s"], "s.pre": d}, {"s": d * p["u"]}, uses


def rnn_residual(p: Arrays, x: Array, prev: Arrays) -> Arrays:
    a = affine(p, "", x, prev["s"])
    return {"n.pre": a, "n": np.tanh(a), "s": prev["s"] + 0.1 * np.tanh(a)}


def rnn_residual_back(p: Arrays, x: Array, prev: Arrays, n: Arrays, up: Arrays) -> Back:
    dn = 0.1 * up["s"]
    d = dn * (1 - n["n"] ** 2)
    return {"s": up["s"], "n": dn, "n.pre": d}, {"s": up["s"] + d @ p["U"]}, uses_of("", d, x, prev["s"])


STEPS: dict[str, tuple[tuple[str, ...], Any, Any]] = {
    "rnn-tanh": (("s",), rnn(np.tanh), rnn_back(lambda s: 1 - s**2)),
    "rnn-sigmoid": (("s",), rnn(sigmoid), rnn_back(lambda s: s * (1 - s))),
    "rnn-relu": (("s",), rnn(lambda a: np.maximum(a, 0.0)), rnn_back(lambda s: (s > 0) * 1.0)),
    "lstm": (("h", "c"), lstm, lstm_back),
    "gru": (("h",), gru, gru_back),
    "gru-reset-after": (("h",), gru, gru_reset_after_back),
    "lstm-peephole": (("h", "c"), lstm_peephole, lstm_peephole_back),
    "lstm-coupled": (("h", "c"), lstm_coupled, lstm_coupled_back),
    "mgu": (("h",), mgu, mgu_back),
    "indrnn": (("s",), indrnn, indrnn_back),
    "rnn-residual": (("s",), rnn_residual, rnn_residual_back),
}
CELLS = tuple(STEPS)
KINDS = {"W": "W", "U": "Uu", "b": "b"}  # the first letters of all weights on the input, on the state, and of biases
