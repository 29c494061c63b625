"""Weights in and out: safetensors files with our own names, and those that PyTorch writes.

`read` takes a file apart and says what is in it; a single layer in one direction can be run by any workspace.
Nothing here unpickles, and what a stranger's file may hold is decided in core.tensors before any library sees it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import safetensors

from core import ENGINE
from core.cells import CELLS
from core.equations import Cell, parse
from core.errors import EquationError, WeightsError
from core.networks import Block, Topology
from core.ops import Floats
from core.step import Named
from core.tensors import check, decode, pack
from core.torch_names import PART, Layer, describe_layers, layers_of, prefixes


@dataclass(frozen=True)
class Model:
    """A network read from a file: its layers, the output layer V, d if there is one, and an embedding if there is.

    `cell` is the equations of every layer, `name` their name or text; `unused` names what was not understood.
    """

    name: str
    cell: Cell
    layers: tuple[Layer, ...]
    head: Named
    embedding: Floats | None
    unused: tuple[str, ...]

    def params(self) -> dict[str, Floats]:
        """The weights of a single layer as a workspace loads them, the embedding multiplied into W.

        With an embedding E (symbols, I), W E^T reads one-hot symbols just as W reads their embeddings.
        """
        if len(self.layers) > 1:
            shown = describe_layers(self.layers)
            raise WeightsError(f"this network has {shown['layers']} layers in {shown['directions']} directions")
        return {**self._folded(self.layers[0]), **self.head}

    def _folded(self, layer: Layer) -> dict[str, Floats]:
        """The weights of a layer, the embedding multiplied into those that read it."""
        found = dict(layer.params)
        if self.embedding is not None and layer.index == 0:
            inputs = [p.name for p in self.cell.parameters if p.columns == "input"]
            found |= {n: found[n] @ self.embedding.T for n in inputs}
        return found

    def topology(self) -> Topology:
        """The blocks of a network with these layers: each reads the layer below, in both directions if it has two."""
        two = any(layer.reverse for layer in self.layers)
        blocks: list[Block] = []
        below: tuple[str, ...] = ("x",)
        for index in range(self.layers[-1].index + 1):
            here = [layer for layer in self.layers if layer.index == index]
            blocks += [Block(_block(layer, two), below, layer.reverse) for layer in here]
            below = tuple(_block(layer, two) for layer in here)
        return Topology(tuple(blocks), below)

    def network_params(self) -> dict[str, Floats]:
        """The weights of all layers as a network of `topology` loads them: `layer1/U`, or `forward1/U`."""
        two = any(layer.reverse for layer in self.layers)
        named = {f"{_block(y, two)}/{n}": value for y in self.layers for n, value in self._folded(y).items()}
        return {**named, **self.head}

    def describe(self) -> dict[str, Any]:
        """What was found, JSON-able."""
        symbols = None if self.embedding is None else len(self.embedding)
        outputs = len(self.head["V"]) if self.head else None
        found = {"embedding": symbols, "outputs": outputs, "unused": list(self.unused)}
        return {**describe_layers(self.layers), **found}


def _block(layer: Layer, two: bool) -> str:
    """The name of a layer's block."""
    side = ("backward" if layer.reverse else "forward") if two else "layer"
    return f"{side}{layer.index + 1}"


# -- files --------------------------------------------------------------------------------------------------


def save(params: Named, notes: Mapping[str, str] | None = None, dtype: str = "F64") -> bytes:
    """Arrays as a safetensors file of F64 or F32; numbers that are not finite are refused on the way out too."""
    return pack(params, notes or {}, dtype)


def save_cell(cell: str, params: Named) -> bytes:
    """The weights of a cell (its name, or its text) with our own names; `read` knows it again."""
    return save(params, {"format": "unrolled", "engine": ENGINE, "cell": cell})


def load(data: bytes) -> tuple[dict[str, Floats], dict[str, str]]:
    """Every tensor of a file as float64, and its notes; raises WeightsError for anything else than a plain file."""
    header = check(data)
    try:  # whatever the library says of a stranger's file, we say it our way
        found = {name: bytes(entry["data"]) for name, entry in safetensors.deserialize(data)}  # type: ignore[no-untyped-call]
    except Exception as error:
        raise WeightsError("the file is not as its format demands") from error
    return {t.name: decode(t, found[t.name]) for t in header.tensors}, dict(header.notes)


def read(data: bytes, *, prefix: str | None = None, nonlinearity: str | None = None) -> Model:
    """What is in a file: our own, or PyTorch's.

    `prefix` chooses among several recurrent modules, `nonlinearity` (tanh or relu) says what nn.RNN does not write.
    """
    tensors, notes = load(data)
    if notes.get("format") == "unrolled":
        return _own(tensors, notes.get("cell", ""))
    return recognise(tensors, prefix=prefix, nonlinearity=nonlinearity or notes.get("nonlinearity", "tanh"))


def _own(tensors: Named, name: str) -> Model:
    """A file of ours: the cell is named or written in it, and every weight has its shape."""
    try:
        cell = CELLS[name] if name in CELLS else parse(name)
    except EquationError as error:
        raise WeightsError(f"the file's cell cannot be read: {error}") from error
    params = {p.name: tensors[p.name] for p in cell.parameters if p.name in tensors}
    head = {n: tensors[n] for n in ("V", "d") if n in tensors}
    unused = tuple(n for n in tensors if n not in params and n not in head)
    if len(params) < len(cell.parameters) or not _fit(cell, params, head):
        raise WeightsError("the weights are not those of the cell that the file names")
    inputs = next((params[p.name].shape[1] for p in cell.parameters if p.columns == "input"), 0)
    layer = Layer(index=0, reverse=False, cell=name, inputs=inputs, params=params)
    return Model(name, cell, (layer,), head, None, unused)


def _fit(cell: Cell, params: Named, head: Named) -> bool:
    """Whether all shapes agree on H and I, and the head on H and O."""
    H = {len(a) for a in params.values()} | ({head["V"].shape[-1]} if head else set())
    ranks = all(params[p.name].ndim == (1 if p.columns is None else 2) for p in cell.parameters)
    square = all(params[p.name].shape == (min(H),) * 2 for p in cell.parameters if p.columns == "hidden")
    inputs = {params[p.name].shape[-1] for p in cell.parameters if p.columns == "input"}
    return ranks and square and len(H) == 1 and len(inputs) <= 1 and _is_head(head, min(H))


def _is_head(head: Named, width: int) -> bool:
    """Whether this is V (O, width) and d (O,), or nothing at all."""
    if not head:
        return True
    V, d = head.get("V"), head.get("d")
    return V is not None and d is not None and V.ndim == 2 and V.shape[1] == width and d.shape == V.shape[:1]


# -- PyTorch ------------------------------------------------------------------------------------------------


def recognise(tensors: Named, *, prefix: str | None = None, nonlinearity: str = "tanh") -> Model:
    """The recurrent module among PyTorch's tensors, with the output layer and the embedding around it."""
    if nonlinearity not in ("tanh", "relu"):
        raise WeightsError("the nonlinearity of nn.RNN is tanh or relu")
    known = prefixes(tensors)
    chosen = prefix if prefix is not None else known[0] if len(known) == 1 else None
    if chosen is None or chosen not in known:
        names = ", ".join(n or "(no prefix)" for n in known) or "none"
        raise WeightsError(f"choose one recurrent module by its prefix; in this file there are: {names}")
    layers = layers_of(tensors, chosen, nonlinearity)
    rest = {n: t for n, t in tensors.items() if not ((m := PART.fullmatch(n)) and (m[1] or "") == chosen)}
    directions = 2 if layers[-1].reverse else 1
    embedding = _only([n for n, t in rest.items() if "emb" in n.lower() and t.shape[1:] == (layers[0].inputs,)])
    heads = [n for n, t in rest.items() if n != embedding and t.shape[1:] == (layers[0].hidden * directions,)]
    head = _head(rest, _only(heads))
    used = {embedding, *head}
    found = {"V": (V := rest[head[0]]), "d": rest.get(head[1], np.zeros(len(V)))} if head else {}
    kept = None if embedding is None else rest[embedding]
    unused = tuple(n for n in rest if n not in used)
    return Model(layers[0].cell, CELLS[layers[0].cell], layers, found, kept, unused)


def _only(names: list[str]) -> str | None:
    """The one there is; None if there is a choice."""
    return names[0] if len(names) == 1 else None


def _head(rest: Named, weight: str | None) -> tuple[str, ...]:
    """The names of the weight and the bias of a linear layer that reads the state; none if it is no such layer."""
    if weight is None or not weight.endswith("weight"):
        return ()
    bias = f"{weight.removesuffix('weight')}bias"
    return (weight, bias) if bias not in rest or rest[bias].shape == rest[weight].shape[:1] else ()
