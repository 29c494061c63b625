"""What a model has to beat: answers that need no memory, or no network, learnt from the same part."""

from collections.abc import Callable, Iterator

import numpy as np

from core.data import Batch, Collection
from core.data.collection import Rows
from core.ops import Floats
from core.options import make_options
from core.recipe import make_recipe
from core.train import Training
from tools.models.measures import Predict
from tools.models.plans import Plan

SMOOTH, LAGS = 0.1, 8


def learnt(collection: Collection) -> Iterator[Rows]:
    """Every sequence of the part that is learnt from."""
    part = collection.shelf.train
    return (part.rows(i) for i in range(len(part)))


def majority(collection: Collection, _plan: Plan) -> Predict:
    """Every answer as often as it was right; its top is the most frequent one."""
    right = np.concatenate([r.target[r.mask > 0] for r in learnt(collection)])
    O = collection.sizes[1]
    share = np.bincount(right, minlength=O) / len(right) if right.ndim == 1 else right.mean(0)
    return lambda batch: np.broadcast_to(np.maximum(share, 1e-9), (*batch.mask.shape, O))


def bigram(collection: Collection, _plan: Plan) -> Predict:
    """The frequencies after the last symbol."""
    counts = np.full((collection.sizes[0], collection.sizes[1]), SMOOTH)
    for row in learnt(collection):
        np.add.at(counts, (row.x.argmax(1), row.target), row.mask)
    chances = counts / counts.sum(1, keepdims=True)
    return lambda batch: chances[batch.x.argmax(2)]


def trigram(collection: Collection, plan: Plan) -> Predict:
    """The frequencies after the last two symbols, leaning on those after one where two were rarely seen."""
    I, O = collection.sizes
    fewer, read = bigram(collection, plan), [(row.x.argmax(1), row.target) for row in learnt(collection)]
    pairs = np.concatenate([ids[:-1] * I + ids[1:] for ids, _ in read])
    order = np.argsort(pairs, kind="stable")
    pairs, after = pairs[order], np.concatenate([target[1:] for _, target in read])[order]

    def predict(batch: Batch) -> Floats:
        ids, base = batch.x.argmax(2), fewer(batch)
        found = base.copy()
        for t, b in np.ndindex(*ids[1:].shape):
            first, last = np.searchsorted(pairs, ids[t, b] * I + ids[t + 1, b] + np.arange(2))
            seen = np.bincount(after[first:last], minlength=O)
            found[t + 1, b] = (seen + 5.0 * base[t + 1, b]) / (last - first + 5.0)
        return found

    return predict


def nearest_picture(collection: Collection, _plan: Plan) -> Predict:
    """What the most similar picture is called, pixel by pixel."""
    rows = list(learnt(collection))
    seen = np.stack([r.x.reshape(-1) for r in rows])
    answers = np.stack([r.target for r in rows])

    def predict(batch: Batch) -> Floats:
        T, B = batch.mask.shape
        pictures = batch.x.transpose(1, 0, 2).reshape(B, -1)
        nearest = np.array([np.square(seen - p).sum(1).argmin() for p in pictures])
        return np.asarray(np.eye(collection.sizes[1])[answers[nearest, :T].T])

    return predict


def logistic(features: Floats, right: Floats, updates: int = 3000, rate: float = 0.5) -> tuple[Floats, Floats]:
    """Softmax regression by gradient descent with a little weight decay: weights (F, O) and bias (O,)."""
    W, d = np.zeros((features.shape[1], right.shape[1])), np.zeros(right.shape[1])
    for _ in range(updates):
        logits = features @ W + d
        p = np.exp(logits - logits.max(1, keepdims=True))
        error = (p / p.sum(1, keepdims=True) - right) / len(right)
        W -= rate * (features.T @ error + 1e-4 * W)
        d -= rate * error.sum(0)
    return W, d


def _of_all_steps(collection: Collection, gather: Callable[[Floats, Floats], Floats]) -> Predict:
    """Softmax regression on something about all steps at once, where order does not count."""
    rows = list(learnt(collection))
    features = np.stack([gather(r.x[:, None], np.ones((len(r.x), 1)))[0] for r in rows])
    answers = np.array([r.target[-1] for r in rows])
    binary = answers.ndim == 2
    classes = answers[:, 0].astype(int) if binary else answers
    W, d = logistic(features, np.eye(2 if binary else collection.sizes[1])[classes])

    def predict(batch: Batch) -> Floats:
        logits = gather(batch.x, (batch.mask[::-1].cumsum(0)[::-1] > 0).astype(float)) @ W + d
        p = np.exp(logits - logits.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        return np.broadcast_to(p[:, 1:] if binary else p, (*batch.mask.shape, collection.sizes[1]))

    return predict


def bag_of_words(collection: Collection, _plan: Plan) -> Predict:
    """How often each word occurs."""
    return _of_all_steps(collection, lambda x, _read: x.sum(0))


def mean_of_all_steps(collection: Collection, _plan: Plan) -> Predict:
    """The mean of each feature over time."""
    return _of_all_steps(collection, lambda x, read: (x * read[:, :, None]).sum(0) / read.sum(0)[:, None])


def each_step_alone(collection: Collection, plan: Plan) -> Predict:
    """The same cell and training, but every step begins with nothing before it."""
    options = make_options(plan.options)
    run = Training(make_recipe({**plan.recipe, "topology": "one-to-one"}), options)
    for _ in run.events():
        pass
    assert run.net.shape[::2] == collection.sizes
    return run.net.predictions


def persistence(_collection: Collection, _plan: Plan) -> Predict:
    """What is, stays."""
    return lambda batch: batch.x


def linear_in_eight(collection: Collection, _plan: Plan) -> Predict:
    """Least squares from the last eight values; before there are eight, what is stays."""
    lagged = np.lib.stride_tricks.sliding_window_view
    rows = list(learnt(collection))
    seen = np.concatenate([lagged(r.x[:, 0], LAGS) for r in rows])
    right = np.concatenate([r.target[LAGS - 1 :, 0] for r in rows])
    weights = np.linalg.lstsq(np.c_[seen, np.ones(len(seen))], right, rcond=None)[0]

    def predict(batch: Batch) -> Floats:
        found = batch.x.copy()
        found[LAGS - 1 :, :, 0] = lagged(batch.x[:, :, 0], LAGS, axis=0) @ weights[:-1] + weights[-1]
        return found

    return predict


BASELINES: dict[str, Callable[[Collection, Plan], Predict]] = {
    "majority": majority,
    "bigram": bigram,
    "trigram": trigram,
    "nearest picture": nearest_picture,
    "bag of words": bag_of_words,
    "mean of all steps": mean_of_all_steps,
    "each step alone": each_step_alone,
    "persistence": persistence,
    "linear in eight values": linear_in_eight,
}
