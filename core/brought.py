"""Weights that a recipe names: found by their id, taken from a file, written to one."""

import json
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from core import ENGINE
from core.errors import Problem, RecipeError, WeightsError
from core.fields import FIELDS
from core.material import check_fit, task_of
from core.models import cards
from core.ops import Floats
from core.recipe import Brought, Recipe, make_recipe
from core.step import Named
from core.unrolled import shapes_of, unrolled
from core.weights import Model, load, read, save
from core.wiring import wiring_of

NETWORK = ("cell", "hidden", "topology", "layers", "scoring", "reader")


def settled(recipe: Recipe, models: Mapping[str, Brought]) -> Recipe:
    """The recipe with its model found: cell, size and topology are then the model's, whatever was asked for.

    Raises RecipeError for an id that is not among `models`, and where the data do not fit the model.
    """
    if (name := recipe["model"]) is None:
        return recipe
    if name not in models and name not in cards.names():
        known = [*cards.names(), *sorted(models)[:20]]
        raise RecipeError(Problem("/model", "is not a model that is known here", {"known": known}))
    model = models[name] if name in models else shipped(name)
    own = {"cell": model.cell, "hidden": model.hidden, "topology": model.topology, "layers": model.layers}
    values = dict(make_recipe({**recipe.values, **_within(own), **model.choices}).values)
    found = Recipe(MappingProxyType(values), model)
    check_fit(found)
    return found


@lru_cache(maxsize=8)
def shipped(name: str) -> Brought:
    """A model of ours as a recipe's `model` names it; its file is read when the model is first run."""
    return from_file(cards.file(name))


def _within(own: Mapping[str, Any]) -> dict[str, Any]:
    """The model's sizes, if a recipe can say them."""
    for name in ("hidden", "layers"):
        if own[name] > (most := int(FIELDS[name].high or 0)):
            raise RecipeError(Problem("/model", f"has {own[name]} {FIELDS[name].unit}; at most {most} can be shown"))
    return dict(own)


def brought(model: Model, inputs: tuple[str, ...] = (), outputs: tuple[str, ...] = ()) -> Brought:
    """A model read from a file, as a recipe's network: a chain, layers, or both ways."""
    two, layers = any(layer.reverse for layer in model.layers), model.layers[-1].index + 1
    params = model.params() if len(model.layers) == 1 else model.network_params()
    if two and layers == 1:
        params = {n.replace("forward1/", "forward/").replace("backward1/", "backward/"): p for n, p in params.items()}
    embedded = model.layers[0].inputs if model.embedding is None else len(model.embedding)
    O = len(model.head["V"]) if model.head else None
    topology = "bidirectional" if two else "chain"
    return Brought(model.name, model.layers[0].hidden, topology, layers, params, embedded, O, inputs, outputs)


def from_file(data: bytes, *, prefix: str | None = None, nonlinearity: str | None = None) -> Brought:
    """What a file brings: one of ours with its recipe in it, or anything that `core.weights.read` knows.

    Raises WeightsError for anything else.
    """
    tensors, notes = load(data)
    if notes.get("format") == "unrolled" and "recipe" in notes:
        return _ours(tensors, notes)
    inputs, outputs = (_symbols(notes.get(n, "[]")) for n in ("inputs", "outputs"))
    found = brought(read(data, prefix=prefix, nonlinearity=nonlinearity), inputs, outputs)
    if (inputs and len(inputs) != found.I) or (outputs and len(outputs) != found.O):
        raise WeightsError("the file names more or fewer symbols than its weights have")
    return found


def found_in(data: bytes, *, prefix: str | None = None, nonlinearity: str | None = None) -> dict[str, Any] | None:
    """What PyTorch wrote into a file: module, layers, the order of its gates, embedding, and what was not understood.

    Nothing for a file of ours, which says itself what it is.
    """
    if load(data)[1].get("format") == "unrolled":
        return None
    return read(data, prefix=prefix, nonlinearity=nonlinearity).describe()


def to_file(recipe: Recipe, params: Named, notes: Mapping[str, str] | None = None, dtype: str = "F64") -> bytes:
    """The weights of a recipe's network as a file that `from_file` knows again, symbols and all."""
    task = task_of(recipe)
    symbols = {n: json.dumps(w, ensure_ascii=False) for n, w in (("inputs", task.inputs), ("outputs", task.outputs))}
    network = json.dumps({n: recipe[n] for n in NETWORK})
    said = {"format": "unrolled", "engine": ENGINE, "cell": recipe["cell"], "recipe": network}
    return save(params, {**said, **symbols, **(notes or {})}, dtype)


def _ours(tensors: Named, notes: Mapping[str, str]) -> Brought:
    """Our own file: every weight has the shape that its recipe's network asks for."""
    inputs, outputs = (_symbols(notes.get(n, "")) for n in ("inputs", "outputs"))
    recipe = _recipe(notes["recipe"])
    expected = _expected(recipe, len(inputs), len(outputs))
    if {n: t.shape for n, t in tensors.items()} != expected:
        raise WeightsError("the weights are not those of the network that the file describes")
    own = {n: recipe[n] for n in NETWORK}
    more = {n: own[n] for n in ("scoring", "reader")}
    params: dict[str, Floats] = {n: tensors[n] for n in expected}
    sizes = (own["cell"], own["hidden"], own["topology"], own["layers"], params, len(inputs), len(outputs))
    return Brought(*sizes, inputs, outputs, more)


def _recipe(text: str) -> Recipe:
    """The network of a recipe that stands in a file; what it read does not matter here."""
    try:
        values = json.loads(text)
        return make_recipe({n: values[n] for n in NETWORK if n in values})
    except (ValueError, TypeError, RecipeError, RecursionError) as error:
        raise WeightsError("the file's recipe cannot be read") from error


def _expected(recipe: Recipe, I: int, O: int) -> dict[str, tuple[int, ...]]:
    """The shapes of a recipe's weights for so many inputs and outputs."""
    if not 0 < I <= 4096 or not 0 < O <= 4096:
        raise WeightsError("the file names no symbols, or too many")
    head = "softmax"  # no head has weights of its own
    return shapes_of(unrolled(wiring_of(recipe), T=1, B=1, I=I, H=recipe["hidden"], O=O, head=head))


def _symbols(text: str) -> tuple[str, ...]:
    """A list of names as JSON."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WeightsError("the file's list of symbols cannot be read") from error
    if not isinstance(found, list) or not all(isinstance(n, str) and len(n) <= 100 for n in found):
        raise WeightsError("the file's list of symbols is not a list of names")
    return tuple(found)
