"""A recipe's network as a model that writes: a chain goes on from its prompt, a decoder answers its encoder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.data import COLLECTIONS, DATASETS, Task
from core.data.names import EDGE
from core.data.pairs import END
from core.decode import Model, cell_model, log_softmax, network_model
from core.decoding_options import place_of
from core.errors import Problem, RecipeError
from core.material import material, task_of
from core.networks import Network
from core.ops import Floats
from core.recipe import TWO_SIDED, Recipe
from core.unrolled import first_weights, shapes_of, unrolled
from core.wiring import Wiring, wiring_of

ENDS = (END, EDGE)
WRITING = ("chain", "one-to-many", *TWO_SIDED)


@dataclass(frozen=True)
class Writer:
    """A model, the words of its tokens, what it has read; which token ends a text, what stands between others."""

    model: Model
    labels: tuple[str, ...]
    read: tuple[str, ...]
    end: str | None = None
    between: str = " "


def writer(recipe: Recipe, prompt: str | None, most: int, weights: Mapping[str, Floats] | None = None) -> Writer:
    """The recipe's network with its first weights, or with others; raises RecipeError for one that cannot write."""
    task, wiring = task_of(recipe), wiring_of(recipe)
    _check(recipe, task)
    words, x = _read(recipe, task, prompt)
    params = _weights(recipe, wiring, task) if weights is None else weights
    ours = recipe["data"] in COLLECTIONS
    end = next((e for e in ENDS if ours and e in task.outputs), None)
    between = "" if recipe["data"] == "characters" or (ours and spelled(task.outputs)) else " "
    return Writer(_model(recipe, wiring, params, x, most), task.outputs, words, end, between)


def _model(recipe: Recipe, wiring: Wiring, params: Mapping[str, Floats], x: Floats, most: int) -> Model:
    """The model once it has read x (S, 1, I): one-hot, unless it is an encoder's."""
    if recipe["topology"] in TWO_SIDED:
        return _answering(recipe, wiring, params, x, most)
    cell, tokens = wiring.cells[wiring.blocks[0].name], x[:, 0].argmax(1).tolist()
    if wiring.topology is None:
        return cell_model(cell, params, tokens)
    return network_model(cell, wiring.topology, params, tokens)


def _check(recipe: Recipe, task: Task) -> None:
    """Whether what this network says is a token that it can read."""
    if recipe["topology"] not in WRITING:
        message = "cannot write: it needs what is still to come, or forgets what was"
        raise RecipeError(Problem("/topology", message, list(WRITING)))
    if task.head != "softmax" or (task.inputs != task.outputs and recipe["topology"] not in TWO_SIDED):
        raise RecipeError(Problem("/data", "is not about tokens that can be read again", list(DATASETS)))


def _read(recipe: Recipe, task: Task, prompt: str | None) -> tuple[tuple[str, ...], Floats]:
    """The tokens of the prompt, in words and as x (S, 1, I).

    None is the first of the recipe's own sequence or, for an encoder, all of it: that may also be numbers.
    """
    if prompt is None:
        own = material(recipe)
        return (own.source, own.batch.x) if own.source else (own.time[:1], own.batch.x[:1])
    found = _tokens(recipe, task.inputs, prompt)
    if not found:
        raise RecipeError(Problem("/prompt", "holds no token"))
    return found, np.eye(len(task.inputs))[[place_of(word, task.inputs, "/prompt") for word in found]][:, None]


def _tokens(recipe: Recipe, known: Sequence[str], prompt: str) -> tuple[str, ...]:
    """A prompt cut as the data are: into characters, small ones where only these are known, or at blanks."""
    if not recipe.drawn:
        return DATASETS[recipe["data"]].tokens(prompt)
    return tuple(c if c in known else c.lower() for c in prompt) if spelled(known) else tuple(prompt.split())


def spelled(symbols: Sequence[str]) -> bool:
    """Whether symbols are characters, but for those with a name in brackets."""
    return all(len(s) == 1 or s.startswith("(") for s in symbols)


def _weights(recipe: Recipe, wiring: Wiring, task: Task) -> dict[str, Floats]:
    sizes: dict[str, Any] = {"I": len(task.inputs), "H": recipe["hidden"], "O": len(task.outputs), "head": task.head}
    return first_weights(recipe, wiring, shapes_of(unrolled(wiring, T=1, B=1, **sizes)))


@dataclass(frozen=True)
class _Answering:
    """A decoder as a step function: its state is all that it has said, read again from the beginning at each step."""

    net: Network
    x: Floats
    steps: int

    def __call__(self, said: tuple[int, ...], token: int) -> tuple[Floats, tuple[int, ...]]:
        """What comes after one more token; -1 stands for the beginning, when nothing is said yet."""
        after = (*said, token) if token >= 0 else said
        y = np.zeros((self.steps, 1, self.net.O))
        y[np.arange(1, len(after) + 1), 0, list(after)] = 1.0
        self.net.run({"x": self.x, "y": y}, np.zeros((self.steps, 1), np.intp), instruments=False)
        return log_softmax(self.net.arrays()["logits"].data[len(after), 0]), after


def _answering(recipe: Recipe, wiring: Wiring, params: Mapping[str, Floats], x: Floats, most: int) -> Model:
    """The decoder's model once its encoder has read x (S, 1, I)."""
    (S, _, I), O = x.shape, len(params["d"])
    first = next(iter(wiring.cells.values()))
    assert wiring.topology  # noqa: S101 - two chains are a topology
    net = Network(
        first, wiring.topology, streams={"x": (S, I), "y": (most, O)}, H=recipe["hidden"], O=O, cells=wiring.cells
    )
    net.load(params)
    return Model(_Answering(net, x, most), ())
