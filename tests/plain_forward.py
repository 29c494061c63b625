"""Run a shipped model from its two files alone, knowing nothing of the engine.

    python tests/plain_forward.py core/models/names m a r

Needs NumPy and the standard library and reads no code of the project: the file format, the cells and attention are
written out again below. The symbols are read one by one; printed is what the model then expects.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]
Weights = dict[str, Array]
State = dict[str, Array]
Step = Callable[[Weights, State, Array, State], State]


def opened(data: bytes) -> tuple[Weights, dict[str, str]]:
    """Tensors and notes of a safetensors file: 8 bytes of length, a JSON header, numbers."""
    begin = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:begin])
    notes = header.pop("__metadata__", {})
    kinds = {"F32": "<f4", "F64": "<f8"}
    found = {}
    for name, entry in header.items():
        first, last = entry["data_offsets"]
        flat = np.frombuffer(data[begin + first : begin + last], kinds[entry["dtype"]])
        found[name] = flat.reshape(entry["shape"]).astype(np.float64)
    return found, notes


def sigmoid(a: Array) -> Array:
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * a)))


def softmax(a: Array) -> Array:
    e = np.exp(a - a.max(-1, keepdims=True))
    return np.asarray(e / e.sum(-1, keepdims=True))


def gate(p: Weights, name: str, read: State, h: Array) -> Array:
    """W x + U h + b, and C v where attention found v; vectors are rows."""
    found = read["x"] @ p[f"W{name}"].T + h @ p[f"U{name}"].T + p[f"b{name}"]
    return np.asarray(found + (read["v"] @ p[f"C{name}"].T if "v" in read else 0.0))


def gru(p: Weights, read: State, _x: Array, s: State) -> State:
    z, r = (sigmoid(gate(p, n, read, s["h"])) for n in ("_z", "_r"))
    n = np.tanh(gate(p, "_n", read, r * s["h"]))
    return {"h": z * s["h"] + (1 - z) * n}


def lstm(p: Weights, read: State, _x: Array, s: State) -> State:
    f, i, o = (sigmoid(gate(p, n, read, s["h"])) for n in ("_f", "_i", "_o"))
    c = f * s["c"] + i * np.tanh(gate(p, "_c", read, s["h"]))
    return {"h": o * np.tanh(c), "c": c}


def rnn(squash: Callable[[Array], Any]) -> Step:
    return lambda p, read, _x, s: {"s": np.asarray(squash(gate(p, "", read, s["s"])))}


CELLS: dict[str, tuple[Step, tuple[str, ...]]] = {
    "gru": (gru, ("h",)),
    "lstm": (lstm, ("h", "c")),
    "rnn-tanh": (rnn(np.tanh), ("s",)),
    "rnn-relu": (rnn(lambda a: np.maximum(a, 0.0)), ("s",)),
}


def spelled(text: str) -> tuple[Step, tuple[str, ...]]:
    """A cell that the card gives as text: one equation a line; its states, the output first."""
    code = [line.partition("#")[0].partition("=")[::2] for line in text.strip().splitlines()]
    lines = [(name.strip(), compile(expression.strip(), name, "eval")) for name, expression in code]
    names = tuple(n for n, _ in reversed(lines) if f"{n}_prev" in text)

    def step(p: Weights, read: State, _x: Array, s: State) -> State:
        known: dict[str, Any] = {"sigmoid": sigmoid, "tanh": np.tanh, "relu": lambda a: np.maximum(a, 0.0), **p}
        known |= {"x": read["x"], **{f"{n}_prev": value for n, value in s.items()}}
        for name, expression in lines:
            known[name] = eval(expression, {"__builtins__": {}}, known)
        return {n: known[n] for n in names}

    return step, names


def block(weights: Weights, name: str) -> Weights:
    """The weights of one chain by their bare names."""
    return {n.removeprefix(f"{name}/"): w for n, w in weights.items() if n.startswith(f"{name}/")}


def chain(cell: str, p: Weights, x: Array, start: State | None = None, memory: Array | None = None) -> list[State]:
    """The states after each step of x (T, I), from `start` or zeros; `memory` (S, M) is looked at with attention."""
    step, names = CELLS[cell] if cell in CELLS else spelled(cell)
    state = start or {n: np.zeros(len(next(w for w in p.values() if w.ndim == 1))) for n in names}
    found = []
    for row in x:
        read = {"x": row}
        if memory is not None:
            scores = np.tanh(state[names[0]] @ p["P"].T + memory @ p["Q"].T) @ p["w"]
            read["v"] = softmax(scores) @ (memory @ p["R"].T)
        state = step(p, read, row, state)
        found.append(state)
    return found


def rows(states: list[State]) -> Array:
    """The output of each step (T, H)."""
    return np.stack([next(iter(s.values())) for s in states])


def forward(file: bytes, card: dict[str, Any], x: Array, told: Array | None = None) -> Array:
    """What the model says (T, O) of inputs x (S, I); a decoder is told (T, O) what it should have said before."""
    weights, _ = opened(file)
    recipe = card["recipe"]
    if recipe["topology"] == "attention":
        ahead = chain(recipe["cell"], block(weights, "encoder"), x)
        back = chain(recipe["cell"], block(weights, "encoder-back"), x[::-1])[::-1]
        memory = np.concatenate([rows(ahead), rows(back)], axis=1)
        assert told is not None
        states = chain(recipe["cell"], block(weights, "decoder"), told, ahead[-1], memory)
    else:
        states = chain(recipe["cell"], weights, x)
    logits = rows(states) @ weights["V"].T + weights["d"]
    heads: dict[str, Callable[[Array], Array]] = {"softmax": softmax, "sigmoid": sigmoid, "linear": np.asarray}
    return heads[card["head"]](logits)


def main(stem: str, *symbols: str) -> int:
    """The five likeliest answers after some symbols."""
    file, card = Path(f"{stem}.safetensors").read_bytes(), json.loads(Path(f"{stem}.json").read_text())
    notes = opened(file)[1]
    inputs, outputs = (json.loads(notes[n]) for n in ("inputs", "outputs"))
    x = np.eye(len(inputs))[[inputs.index(s) for s in symbols]]
    said = forward(file, card, x)[-1]
    for i in np.argsort(-said)[:5]:
        sys.stdout.write(f"{said[i]:.4f} {outputs[i]}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
