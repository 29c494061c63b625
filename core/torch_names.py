"""PyTorch's names for weights, and ours: nn.RNN, nn.GRU and nn.LSTM, their layers and directions.

PyTorch stacks the gates of a cell in one matrix: `weight_ih_l0` (g H, I) and `weight_hh_l0` (g H, H), with two
biases that are added, but for the GRU's candidate, where the second one stands inside the reset gate's product.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.errors import WeightsError
from core.ops import Floats
from core.step import Named

# Our suffixes of the parameters, in the order in which PyTorch stacks them.
STACKED = {
    "rnn-tanh": ("",),
    "rnn-relu": ("",),
    "gru-reset-after": ("_r", "_z", "_n"),
    "lstm": ("_i", "_f", "_c", "_o"),
}
OF_COUNT = {len(gates): cell for cell, gates in reversed(STACKED.items())}
PART = re.compile(r"(?:(.*)\.)?((?:weight|bias)_(?:ih|hh|hr))(?:_l(\d{1,2}))?(_reverse)?")
MODULES = {"rnn-tanh": "RNN", "rnn-relu": "RNN", "gru-reset-after": "GRU", "lstm": "LSTM"}


@dataclass(frozen=True)
class Layer:
    """One cell of a stack in one direction: its name, how many inputs it has, its weights by our names."""

    index: int
    reverse: bool
    cell: str
    inputs: int
    params: Named

    @property
    def hidden(self) -> int:
        """H."""
        return len(next(iter(self.params.values())))


def prefixes(names: Mapping[str, Floats]) -> tuple[str, ...]:
    """The modules of which there are recurrent weights, as `encoder` in encoder.weight_ih_l0; "" without one."""
    found = [m[1] or "" for n in names if (m := PART.fullmatch(n)) and m[2] == "weight_hh"]
    return tuple(dict.fromkeys(found))


def layers_of(tensors: Named, prefix: str, nonlinearity: str = "tanh") -> tuple[Layer, ...]:
    """The layers of one module, the forward direction of each before the reverse one; raises WeightsError."""
    parts: dict[tuple[int, bool], dict[str, Floats]] = {}
    for name, tensor in tensors.items():
        match = PART.fullmatch(name)
        if match and (match[1] or "") == prefix:
            parts.setdefault((int(match[3] or 0), bool(match[4])), {})[match[2]] = tensor
    layers = tuple(_layer(*place, parts[place], nonlinearity) for place in sorted(parts))
    _check_stack(layers)
    return layers


def _layer(index: int, reverse: bool, parts: Named, nonlinearity: str) -> Layer:
    """The stacked weights of one layer taken apart."""
    where = f"layer {index}{', reverse' if reverse else ''}"
    if "weight_hr" in parts:
        raise WeightsError(f"{where}: this LSTM projects its state (proj_size), which no cell here does")
    if not {"weight_ih", "weight_hh"} <= parts.keys():
        raise WeightsError(f"{where}: weight_ih and weight_hh belong together, and one is missing")
    W, U = parts["weight_ih"], parts["weight_hh"]
    if W.ndim != 2 or U.ndim != 2 or len(U) % U.shape[1] or len(U) // U.shape[1] not in OF_COUNT or len(W) != len(U):
        raise WeightsError(f"{where}: shapes {W.shape} and {U.shape} are those of no RNN, GRU or LSTM")
    biases = [parts.get(name, np.zeros(len(U))) for name in ("bias_ih", "bias_hh")]
    if any(b.shape != (len(U),) for b in biases):
        raise WeightsError(f"{where}: the biases do not have the {len(U)} entries of the weights")
    cell = OF_COUNT[len(U) // U.shape[1]]
    cell = "rnn-relu" if cell == "rnn-tanh" and nonlinearity == "relu" else cell
    return Layer(index, reverse, cell, W.shape[1], _apart(cell, W, U, *biases))


def _apart(cell: str, W: Floats, U: Floats, b: Floats, b_h: Floats) -> dict[str, Floats]:
    """(g H, ...) as one of our parameters for each gate."""
    gates = STACKED[cell]
    second = np.split(b_h, len(gates))
    found: dict[str, Floats] = {}
    for i, gate in enumerate(gates):
        found |= {f"{letter}{gate}": np.split(whole, len(gates))[i].copy() for letter, whole in (("W", W), ("U", U))}
        inside = cell == "gru-reset-after" and gate == "_n"
        found[f"b{gate}"] = np.split(b, len(gates))[i] + (0.0 if inside else second[i])
        found |= {"b_hn": second[i].copy()} if inside else {}
    return found


def _check_stack(layers: tuple[Layer, ...]) -> None:
    """Layers count from 0, all in the same directions, each reading what the one below gives."""
    two = any(layer.reverse for layer in layers)
    wanted = [(i, r) for i in range(layers[-1].index + 1) for r in ((False, True) if two else (False,))]
    if [(layer.index, layer.reverse) for layer in layers] != wanted:
        raise WeightsError("a layer or a direction is missing between those that are there")
    first = layers[0]
    for layer in layers:
        inputs = first.inputs if layer.index == 0 else first.hidden * (2 if two else 1)
        if (layer.cell, layer.hidden, layer.inputs) != (first.cell, first.hidden, inputs):
            raise WeightsError(f"layer {layer.index} does not fit the layers below it")


def to_torch(cell: str, params: Named, prefix: str = "") -> dict[str, Floats]:
    """One layer under PyTorch's names: all of our bias in the first of the two, but for b_hn."""
    if cell not in STACKED:
        raise WeightsError(f"PyTorch has no {cell}; it has {', '.join(STACKED)}")
    gates, dot = STACKED[cell], f"{prefix}." if prefix else ""
    zero = np.zeros_like(params[f"b{gates[0]}"])
    second = [params.get(f"b_h{gate[1:]}", zero) if gate == "_n" else zero for gate in gates]
    whole = {
        "weight_ih": np.concatenate([params[f"W{g}"] for g in gates]),
        "weight_hh": np.concatenate([params[f"U{g}"] for g in gates]),
        "bias_ih": np.concatenate([params[f"b{g}"] for g in gates]),
        "bias_hh": np.concatenate(second),
    }
    return {f"{dot}{name}_l0": value for name, value in whole.items()}


def describe_layers(layers: tuple[Layer, ...]) -> dict[str, Any]:
    """What a stack is, JSON-able; `module` is PyTorch's name for it, if it has one, `gates` the order there."""
    first = layers[0]
    return {
        "module": MODULES.get(first.cell),
        "cell": first.cell,
        "inputs": first.inputs,
        "hidden": first.hidden,
        "layers": layers[-1].index + 1,
        "directions": 2 if any(layer.reverse for layer in layers) else 1,
        "gates": [gate.removeprefix("_") for gate in STACKED.get(first.cell, ()) if gate],
    }
