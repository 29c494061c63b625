"""A recipe's network as a model that writes: a chain goes on from its prompt, a decoder answers its encoder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.data import DATASETS, Task
from core.decode import Model, cell_model, log_softmax, network_model
from core.decoding_options import place_of
from core.errors import Problem, RecipeError
from core.material import material, task_of
from core.networks import Network
from core.ops import Floats
from core.recipe import TWO_SIDED, Recipe
from core.unrolled import first_weights, shapes_of, unrolled
from core.wiring import Wiring, wiring_of

WRITING = ("chain", "one-to-many", *TWO_SIDED)


@dataclass(frozen=True)
class Writer:
    """A model, the words of its tokens, and what it has read before it writes."""

    model: Model
    labels: tuple[str, ...]
    read: tuple[str, ...]


def writer(recipe: Recipe, prompt: str | None, most: int, weights: Mapping[str, Floats] | None = None) -> Writer:
    """The recipe's network with its first weights, or with others; raises RecipeError for one that cannot write."""
    task, wiring = task_of(recipe), wiring_of(recipe)
    _check(recipe, task)
    words = _words(recipe, prompt)
    tokens = [place_of(word, task.inputs, "/prompt") for word in words]
    params = _weights(recipe, wiring, task) if weights is None else weights
    if recipe["topology"] in TWO_SIDED:
        return Writer(_answering(recipe, wiring, params, tokens, most), task.outputs, words)
    cell = wiring.cells[wiring.blocks[0].name]
    if wiring.topology is None:
        return Writer(cell_model(cell, params, tokens), task.outputs, words)
    return Writer(network_model(cell, wiring.topology, params, tokens), task.outputs, words)


def _check(recipe: Recipe, task: Task) -> None:
    """Whether what this network says is a token that it can read."""
    if recipe["topology"] not in WRITING:
        message = "cannot write: it needs what is still to come, or forgets what was"
        raise RecipeError(Problem("/topology", message, list(WRITING)))
    if task.head != "softmax" or (task.inputs != task.outputs and recipe["topology"] not in TWO_SIDED):
        raise RecipeError(Problem("/data", "is not about tokens that can be read again", list(DATASETS)))


def _words(recipe: Recipe, prompt: str | None) -> tuple[str, ...]:
    """The tokens of the prompt; none is the first of the recipe's own sequence, or all of it for an encoder."""
    if prompt is None:
        own = material(recipe)
        return own.source or own.time[:1]
    found = tuple(prompt.split()) if recipe.drawn else DATASETS[recipe["data"]].tokens(prompt)
    if not found:
        raise RecipeError(Problem("/prompt", "holds no token"))
    return found


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


def _answering(recipe: Recipe, wiring: Wiring, params: Mapping[str, Floats], tokens: Sequence[int], most: int) -> Model:
    """The decoder's model once its encoder has read the tokens."""
    task, x = task_of(recipe), np.eye(len(task_of(recipe).inputs))[list(tokens)][:, None]
    (S, _, I), O = x.shape, len(task.outputs)
    first = next(iter(wiring.cells.values()))
    assert wiring.topology  # noqa: S101 - two chains are a topology
    net = Network(
        first, wiring.topology, streams={"x": (S, I), "y": (most, O)}, H=recipe["hidden"], O=O, cells=wiring.cells
    )
    net.load(params)
    return Model(_Answering(net, x, most), ())
