"""What a recipe's network reads and what it is asked: the text, or sequences drawn from a task.

Everything is a task: the text is a stream that predicts its next symbol, and for an encoder and a decoder the text
is to be said again backwards (Sutskever, Vinyals and Le 2014 found that the easier order). A network that reads its own
output is given what it should have said.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from core.data import COLLECTIONS, DATASETS, TASKS, Baseline, Batch, Carry, Collection, Look, Task
from core.data.collection import Picture, padded
from core.data.dataset import Indices, More, entropy, numbered
from core.errors import Problem, RecipeError
from core.fields import LONGEST_DRAWN, SENTENCE
from core.models import cards
from core.ops import Floats
from core.recipe import TWO_SIDED, Brought, Recipe

UNKNOWN = Baseline("not known for the last loss alone", lambda _T: float("nan"))
Change = Callable[[Batch], Batch]


@dataclass(frozen=True)
class Material:
    """One sequence with names for all of it: `time` names its steps, `source` those of the encoder if there is one.

    batch: x (T, 1, I), target (T, 1) or (T, 1, O), mask (T, 1).
    """

    task: Task
    batch: Batch
    time: tuple[str, ...]
    source: tuple[str, ...]
    target: tuple[str, ...]


def task_of(recipe: Recipe) -> Task:
    """What a recipe asks of its network."""
    return _as_asked(recipe, _source(recipe))


def declared(recipe: Recipe) -> Task | Collection:
    """What says how long, how short and how wide a recipe's sequences are; a collection does without being read."""
    return COLLECTIONS.get(recipe["data"]) or task_of(recipe)


def widths_of(recipe: Recipe) -> tuple[int, int]:
    """I and O."""
    found = declared(recipe)
    return found.sizes if isinstance(found, Collection) else (len(found.inputs), len(found.outputs))


def reader_of(recipe: Recipe) -> Collection | None:
    """Whose way of reading a visitor's own text has: that of the data which the recipe's shipped model learnt from."""
    if recipe.drawn or recipe["model"] not in cards.names():
        return None
    found = COLLECTIONS.get(cards.card(recipe["model"]).recipe["data"])
    return found if found and found.reads and own_text(found) == recipe["data"] else None


def own_text(found: Collection) -> str | None:
    """The `data` of a text that models of these data read; none where they read no texts."""
    return None if found.reads is None else "sentence" if found.unit == "word" else "characters"


def _source(recipe: Recipe) -> Task:
    """The data of a recipe, before its own choices change them."""
    if found := reader_of(recipe):
        return _read_by(found, recipe["text"])
    if recipe["data"] in COLLECTIONS:
        return COLLECTIONS[recipe["data"]].task()
    return TASKS[recipe["data"]] if recipe.drawn else _reading(recipe)


def _as_asked(recipe: Recipe, task: Task) -> Task:
    """A task in the symbols of the model, with the inputs of the topology and the losses that count."""
    changes: list[Change] = []
    if recipe["model"] is not None:
        task, change = _of_model(recipe, task)
        changes.append(change)
    if recipe["topology"] == "one-to-many":
        changes.append(_own_output)
    if recipe["loss_at"] == "last":
        changes.append(_last_only)
        task = replace(task, baseline=UNKNOWN) if recipe.drawn else task
    return replace(task, more=_changed(task.more, *changes)) if changes else task


def length_of(recipe: Recipe) -> int:
    """The steps of one sequence while learning: as asked for, or the task's own."""
    return int(recipe["length"] or min(declared(recipe).length, LONGEST_DRAWN))


def steps_of(recipe: Recipe) -> int:
    """The steps of the recipe's own sequence, the one in its trace: the whole text, or what is drawn."""
    return length_of(recipe) if recipe.drawn else task_of(recipe).length


def material(recipe: Recipe) -> Material:
    """The recipe's own sequence: its text from the beginning, one drawn from its seed, or an example held out."""
    task, look = _own(recipe)
    batch = task.batch(np.random.default_rng([recipe["seed"], 2]), 1, steps_of(recipe))
    batch = Batch(*(a[: ends(batch)[0]] for a in batch))
    read, asked = _shown(task.inputs, batch.x[:, 0]), _said(task, batch)
    read = (*look.time, *("" for _ in read))[: len(read)] if look else read
    two = recipe["topology"] in TWO_SIDED
    return Material(task, batch, ("", *asked[:-1]) if two else read, read if two else (), asked)


def _own(recipe: Recipe) -> tuple[Task, Look | None]:
    """The task whose first batch is the recipe's own sequence, and how it looks if it is an example of a collection."""
    if (found := reader_of(recipe)) and found.reads:
        return task_of(recipe), Look("", found.reads(recipe["text"])[1], "", Picture("text"))
    if recipe["data"] not in COLLECTIONS:
        return task_of(recipe), None
    example = COLLECTIONS[recipe["data"]].sample(recipe["example"], length=length_of(recipe))
    shown = replace(_source(recipe), shortest=1, more=lambda _rng, _B, _T, _carry: (example.batch, ()))
    return _as_asked(recipe, shown), example.look


def ends(batch: Batch) -> Indices:
    """How many steps each sequence has until its last loss or input (B,): what stands behind is padding."""
    T, counted = len(batch.mask), (batch.mask > 0) | batch.x.any(2)
    return np.where(counted.any(0), T - counted[::-1].argmax(0), T).astype(np.intp)


def shown_before(batch: Batch, outputs: int) -> Floats:
    """The targets one step late, nothing at first: (T, B, O)."""
    told = np.eye(outputs)[batch.target] if batch.target.ndim == 2 else batch.target.astype(np.float64)
    return np.concatenate([np.zeros_like(told[:1]), told[:-1]])


# -- texts ----------------------------------------------------------------------------------------------------


def _reading(recipe: Recipe) -> Task:
    """The text as a task: the next symbol, or all of it backwards."""
    task = DATASETS[recipe["data"]].task(recipe["text"])
    return _backwards(task, recipe.tokens) if recipe["topology"] in TWO_SIDED else task


def _backwards(task: Task, tokens: tuple[str, ...]) -> Task:
    """Pieces of the text, to be said again from their end; B sequences of the whole text begin at even distances."""
    words, ids = numbered(tokens)
    uniform = Baseline("the entropy of the tokens' frequencies", lambda _T: entropy(np.bincount(ids) / len(ids)))

    def more(rng: np.random.Generator, B: int, T: int, _carry: Carry) -> tuple[Batch, Carry]:
        start = rng.integers(len(ids), size=B) if len(ids) > T else np.arange(B) * len(ids) // B
        symbols = ids[(start + np.arange(T)[:, None]) % len(ids)]
        return Batch(np.eye(len(words))[symbols], symbols[::-1], np.ones((T, B))), ()

    return replace(task, length=len(ids), baseline=uniform, more=more, stream=False)


def _read_by(found: Collection, text: str) -> Task:
    """A visitor's text as the models of a collection read it, asked what they were asked."""
    rows, read = found.reads(text) if found.reads else (None, ())
    if rows is None or not read:
        raise RecipeError(Problem("/text", "holds nothing that this model reads", {"nearest": SENTENCE}))
    task = replace(found.task(), length=len(read), shortest=1, baseline=UNKNOWN)
    return replace(task, more=lambda _rng, B, T, _carry: (padded([rows] * B, T), ()))


# -- models ---------------------------------------------------------------------------------------------------


def _of_model(recipe: Recipe, task: Task) -> tuple[Task, Change]:
    """The task in the symbols of the recipe's model, and how a batch becomes one of these."""
    model = recipe.brought
    if model is None:
        raise RecipeError(Problem("/model", "is not a model that is known here", {"nearest": None}))
    I, O = model.I, len(task.outputs) if model.O is None else model.O
    if recipe.drawn or reader_of(recipe):
        _check_sizes(model, (len(task.inputs), len(task.outputs)))
        return task, lambda batch: batch
    inputs, outputs = model.inputs or _padded(task.inputs, I), model.outputs or _padded(task.outputs, O)
    places = [np.array([_place(word, names) for word in task.inputs]) for names in (inputs, outputs)]

    def change(batch: Batch) -> Batch:
        x = np.zeros((*batch.x.shape[:2], I))
        x[:, :, places[0]] = batch.x
        return batch._replace(x=x, target=places[1][batch.target])

    return replace(task, inputs=inputs, outputs=outputs), change


def check_fit(recipe: Recipe) -> None:
    """Whether the recipe's data fit its model, raising RecipeError if not; of a collection nothing is read for this."""
    found = declared(recipe)
    if recipe.brought and isinstance(found, Collection):
        _check_sizes(recipe.brought, found.sizes)


def _check_sizes(model: Brought, sizes: tuple[int, int]) -> None:
    """Whether drawn sequences are as wide as a model."""
    O = sizes[1] if model.O is None else model.O
    if sizes != (model.I, O):
        message = f"has {sizes[0]} inputs and {sizes[1]} outputs; the model has {model.I} and {O}"
        raise RecipeError(Problem("/data", message, {"nearest": "sentence"}))


def _padded(words: tuple[str, ...], size: int) -> tuple[str, ...]:
    """The words of a text in the places of a model that has no names for them, and numbers for the rest."""
    return (*words, *(f"symbol {i}" for i in range(len(words), size)))[: max(size, 0)]


def _place(word: str, names: tuple[str, ...]) -> int:
    """Where a model has a word."""
    if word not in names:
        message = f"has {word[:30]!r}, which is none of the {len(names)} symbols of the model"
        raise RecipeError(Problem("/text", message, {"symbols": list(names[:50])}))
    return names.index(word)


# -- changes of a task ----------------------------------------------------------------------------------------


def _changed(more: More, *changes: Change) -> More:
    """The same batches, changed."""

    def changed(rng: np.random.Generator, B: int, T: int, carry: Carry) -> tuple[Batch, Carry]:
        batch, rest = more(rng, B, T, carry)
        for change in changes:
            batch = change(batch)
        return batch, rest

    return changed


def _own_output(batch: Batch) -> Batch:
    """Only the first step reads the input; each later one reads what the step before should have said."""
    return batch._replace(x=np.concatenate([batch.x[:1], shown_before(batch, batch.x.shape[2])[1:]]))


def _last_only(batch: Batch) -> Batch:
    """Of every sequence only the last loss counts."""
    later = np.cumsum(batch.mask[::-1], axis=0)[::-1]
    return batch._replace(mask=batch.mask * (later == batch.mask))


# -- words ----------------------------------------------------------------------------------------------------


def _said(task: Task, batch: Batch) -> tuple[str, ...]:
    """A word for the answer of each step; nothing where no answer is left."""
    if batch.target.ndim == 2:
        left = np.cumsum(batch.mask[::-1, 0])[::-1] > 0
        return tuple(task.outputs[i] if more else "" for i, more in zip(batch.target[:, 0], left, strict=True))
    return _shown(task.outputs, batch.target[:, 0])


def _shown(names: tuple[str, ...], x: Floats) -> tuple[str, ...]:
    """A word for each step: the symbol where features (T, I) are one-hot, else the numbers."""
    if len(names) > 1 and np.array_equal(x.sum(1), x.any(1)) and np.isin(x, (0, 1)).all():
        return tuple(names[int(row.argmax())] if row.any() else "" for row in x)
    return tuple(map(numbers_shown, x))


def numbers_shown(row: Floats) -> str:
    """What is read at a step, where it is numbers."""
    return " ".join(f"{value:.3g}" for value in row)
