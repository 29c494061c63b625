"""Run every shipped model in PyTorch from its two files alone and keep what it says: `make reference`.

A model is `core/models/<name>.safetensors` and the card beside it. Nothing of the project is imported but the cells of
`torch_cells.py`, which are written out for PyTorch; a cell that a card spells out is read line by line.
`models.npz` holds, under `<name>/...`, the sha256 of the weights, inputs drawn by chance, what a decoder is told, and
the answers: tests hold the engine to them. PyTorch's own modules must agree where they have the cell.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch_cells import EQUATIONS, GATES, MODULES, STATES, Native, Nodes

HERE = Path(__file__).parent
MODELS = HERE.parent.parent / "core" / "models"
STEPS = 8
HEADS = {"softmax": lambda a: torch.softmax(a, -1), "sigmoid": torch.sigmoid, "linear": lambda a: a}
WORDS = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}


def spelled(text: str, p: Nodes, x: Tensor, state: Nodes) -> Nodes:
    """One step of a cell that is given as text: each line an equation, `name = expression  # what it is`."""
    names = {**WORDS, **p, "x": x[0], **{f"{n}_prev": s[0] for n, s in state.items()}}
    for line in text.strip().splitlines():
        name, _, expression = line.partition("#")[0].partition("=")
        names[name.strip()] = eval(expression, {"__builtins__": {}}, names)
    return {n: names[n][None] for n in state}


def states_of(text: str) -> tuple[str, ...]:
    """The states of a cell given as text: what is asked for as it was the step before; the output is the last line."""
    code = [line.partition("#")[0] for line in text.strip().splitlines()]
    return tuple(n for n in (line.partition("=")[0].strip() for line in code) if f"{n}_prev" in "\n".join(code))


def step(cell: str, p: Nodes, x: Tensor, state: Nodes) -> Nodes:
    """The next states (1, H)."""
    if cell not in EQUATIONS:
        return spelled(cell, p, x, state)
    found = EQUATIONS[cell](p, x, *(state[n] for n in STATES[cell]))
    return {n: found[n] for n in STATES[cell]}


def looked(p: Nodes, query: Tensor, memory: Tensor) -> Tensor:
    """The context (1, H) that additive attention finds in a memory (S, 2H)."""
    score = torch.tanh(query @ p["P"].T + memory @ p["Q"].T) @ p["w"]
    return torch.softmax(score, 0)[None] @ (memory @ p["R"].T)


def with_context(p: Nodes, gates: tuple[str, ...]) -> Nodes:
    """W and C of each gate side by side: the context is then more of the input."""
    return p | {"W" + g: torch.cat([p["W" + g], p["C" + g]], 1) for g in gates}


def run(cell: str, p: Nodes, xs: Tensor, start: Nodes | None = None, memory: Tensor | None = None) -> list[Nodes]:
    """The states after every step of xs (T, I)."""
    names = STATES.get(cell) or states_of(cell)
    H = next(len(w) for w in p.values() if w.ndim == 1)
    state = start or {n: torch.zeros(1, H, dtype=torch.float64) for n in names}
    weights = with_context(p, GATES[cell]) if memory is not None else p
    found = []
    for x in xs:
        read = x[None]
        if memory is not None:
            read = torch.cat([read, looked(p, state[names[0]], memory)], 1)
        state = step(cell, weights, read, state)
        found.append(state)
    return found


def rows(cell: str, states: list[Nodes]) -> Tensor:
    """What a chain says at each step (T, H): its first state, or the last line of a text."""
    name = (STATES.get(cell) or states_of(cell)[-1:])[0]
    return torch.cat([s[name] for s in states])


def part(weights: Nodes, chain: str) -> Nodes:
    """The weights of one chain by their bare names."""
    return {n.removeprefix(f"{chain}/"): w for n, w in weights.items() if n.startswith(f"{chain}/")}


def answers(card: dict[str, Any], weights: Nodes, x: Tensor, told: Tensor) -> Tensor:
    """What a model says (T, O) to x (T, I); a decoder is told (T, O) what to have said."""
    cell = card["recipe"]["cell"]
    if card["recipe"]["topology"] == "attention":
        ahead = run(cell, part(weights, "encoder"), x)
        back = run(cell, part(weights, "encoder-back"), x.flip(0))[::-1]
        memory = torch.cat([rows(cell, ahead), rows(cell, back)], 1)
        said = rows(cell, run(cell, part(weights, "decoder"), told, ahead[-1], memory))
    else:
        said = rows(cell, run(cell, weights, x))
        agree(cell, weights, x, said)
    return HEADS[card["head"]](nn.functional.linear(said, weights["V"], weights["d"]))


def agree(cell: str, weights: Nodes, x: Tensor, said: Tensor) -> None:
    """PyTorch's own module, where it has the cell, says the same states."""
    if cell not in MODULES:
        return
    zeros = {n: torch.zeros(1, said.shape[1], dtype=torch.float64) for n in STATES[cell]}
    own, _ = Native(cell, weights)(x[:, None], zeros)
    assert (own[:, 0] - said).abs().max() < 1e-12, cell


def drawn(name: str, weights: Nodes) -> tuple[Tensor, Tensor]:
    """Inputs (T, I), half of them single ones as texts have them, and the symbols that a decoder is told (T, O)."""
    rng, O = np.random.default_rng(sum(name.encode())), len(weights["V"])
    first = next(w for n, w in weights.items() if n.rpartition("/")[2].startswith("W"))
    x = rng.standard_normal((STEPS, first.shape[1]))
    x[::2] = np.eye(x.shape[1])[rng.integers(x.shape[1], size=len(x[::2]))]
    told = np.eye(O)[rng.integers(O, size=STEPS)]
    told[0] = 0.0
    return torch.tensor(x), torch.tensor(told)


def main() -> None:
    """Every model that there is."""
    found: dict[str, np.ndarray] = {}
    for path in sorted(MODELS.glob("*.safetensors")):
        card = json.loads(path.with_suffix(".json").read_text())
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert digest == card["sha256"], path.name
        weights = {n: w.double() for n, w in load_file(path).items()}
        x, told = drawn(path.stem, weights)
        with torch.no_grad():
            said = answers(card, weights, x, told)
        given = {"x": x.numpy(), "told": told.numpy(), "said": said.numpy(), "sha256": np.array(digest)}
        found |= {f"{path.stem}/{n}": value for n, value in given.items()}
    np.savez_compressed(HERE / "models.npz", **found)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
