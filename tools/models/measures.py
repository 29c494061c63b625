"""What models and baselines get right on the part that was held out, with 95 % confidence intervals.

Shares have Wilson's interval (1927), counts Byar's, means 1.96 standard errors over sequences. Answers of one sequence
are not independent, so a share of answers within long sequences is a little less sure than its interval says.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from core.data import COLLECTIONS, Batch, Collection
from core.data.ecg import HOP
from core.data.sentiment import sentences
from core.data.trigger import HOP as SECONDS
from core.models.cards import Figure
from core.ops import Floats

Z = 1.959964
Predict = Callable[[Batch], Floats]


class Case(NamedTuple):
    """One held-out sequence where losses count: what was said (n, O), what was right (n,) or (n, O), and its place."""

    said: Floats
    right: Floats
    place: int


def cases(collection: Collection, predict: Predict, B: int = 100) -> Iterator[Case]:
    """Every sequence that was held out, in order."""
    index = 0
    for batch in collection.held_out(B):
        said = predict(batch)
        for b in range(batch.mask.shape[1]):
            counted = batch.mask[:, b] > 0
            yield Case(said[counted, b], batch.target[counted, b], index)
            index += 1


def share(name: str, hits: int, n: int, by: str = "the model") -> Figure:
    """A share with Wilson's interval."""
    p, wide = hits / n, Z**2 / n
    middle = (p + wide / 2) / (1 + wide)
    half = Z / (1 + wide) * np.sqrt(p * (1 - p) / n + wide / (4 * n))
    return Figure(name, p, max(0.0, float(middle - half)), min(1.0, round(float(middle + half), 12)), n, by)


def mean(name: str, each: Floats, weights: Floats, by: str = "the model") -> Figure:
    """A weighted mean over sequences, with 1.96 standard errors (of a ratio)."""
    value = float((each * weights).sum() / weights.sum())
    error = float(np.sqrt((((each - value) * weights) ** 2).sum()) / weights.sum())
    return Figure(name, value, value - Z * error, value + Z * error, len(each), by)


def correct(case: Case) -> Floats:
    """Whether each answer was right: the likeliest class, or the side of one half."""
    if case.right.ndim == 1:
        return np.asarray(case.said.argmax(1) == case.right)
    return np.asarray(((case.said > 0.5) == (case.right > 0.5)).all(1))


def losses(case: Case) -> Floats:
    """The loss of each answer (n,), as the heads count it."""
    if case.right.ndim == 1:
        chances = case.said[np.arange(len(case.right)), case.right.astype(int)]
        return np.asarray(-np.log(np.maximum(chances, 1e-300)))
    likely = np.where(case.right > 0.5, case.said, 1 - case.said)
    return np.asarray(-np.log(np.maximum(likely, 1e-300)).sum(1))


def accuracy(found: list[Case], by: str = "the model", name: str = "accuracy") -> Figure:
    """The share of right answers."""
    hits = [correct(c) for c in found]
    return share(name, int(sum(h.sum() for h in hits)), sum(map(len, hits)), by)


def on_pairs(found: list[Case], by: str = "the model") -> Figure:
    """The share of right answers among sentences that have a twin with the same words."""
    paired = [s.paired for s in sentences() if s.held]
    return accuracy([c for c in found if paired[c.place]], by, "accuracy on pairs")


def exact(found: list[Case], by: str = "the model") -> Figure:
    """The share of answers without a mistake: whoever chooses the likeliest symbol each time writes exactly these."""
    return share("exact", sum(bool(correct(c).all()) for c in found), len(found), by)


def loss(found: list[Case], by: str = "the model") -> Figure:
    """Nats an answer."""
    each = np.array([losses(c).mean() for c in found])
    return mean("loss", each, np.array([len(c.right) for c in found], float), by)


def squared_error(found: list[Case], by: str = "the model") -> Figure:
    """The mean squared error."""
    each = np.array([((c.said - c.right) ** 2).sum(1).mean() for c in found])
    return mean("squared error", each, np.array([len(c.right) for c in found], float), by)


def recall(found: list[Case], by: str = "the model") -> Figure:
    """Of what should be found, how much is, at one half."""
    said, right = (np.concatenate([np.asarray(c[i]).reshape(-1) for c in found]) > 0.5 for i in (0, 1))
    return share("recall", int((said & right).sum()), int(right.sum()), by)


def precision(found: list[Case], by: str = "the model") -> Figure:
    """Of what is found, how much is right, at one half."""
    said, right = (np.concatenate([np.asarray(c[i]).reshape(-1) for c in found]) > 0.5 for i in (0, 1))
    return share("precision", int((said & right).sum()), int(said.sum()), by)


def rise(found: list[Case], by: str = "the model") -> Figure:
    """The largest error over half a second (45 steps) at the labelled beat, against the largest elsewhere; one case."""
    (case,) = found
    raw = COLLECTIONS["ecg-100"].sample(0).look.picture.arrays["label"].data
    label = np.asarray(raw.reshape(-1, HOP).any(1))
    error = np.convolve(((case.said - case.right) ** 2)[:, 0], np.ones(45) / 45, "same")
    ratio = float(error[label].max() / error[45:][~label[45:]].max())
    return Figure("rise at the label", ratio, ratio, ratio, 1, by)


def _triggers(case: Case) -> tuple[int, int, int]:
    """How often the word was said, how often the alarm rose within half a second after it, and how often else."""
    said, asked = (np.flatnonzero(np.diff(v[:, 0] > 0.5, prepend=False)) for v in (case.said, case.right))
    rises, begins = ([t for t in at if v[t, 0] > 0.5] for at, v in ((said, case.said), (asked, case.right)))
    caught = sum(any(b <= t < b + 0.5 / SECONDS for t in rises) for b in begins)
    false = sum(not any(b - 2 <= t < b + 0.5 / SECONDS for b in begins) for t in rises)
    return len(begins), caught, false


def caught(found: list[Case], by: str = "the model") -> Figure:
    """The share of trigger words after which the alarm rises within half a second."""
    counts = np.array([_triggers(c) for c in found]).sum(0)
    return share("triggers caught", int(counts[1]), int(counts[0]), by)


def false_alarms(found: list[Case], by: str = "the model") -> Figure:
    """Alarms a minute that no trigger word explains, with Byar's interval of a Poisson count (Breslow and Day 1987)."""
    false, minutes = sum(_triggers(c)[2] for c in found), sum(len(c.said) for c in found) * SECONDS / 60
    low, high = counted(false)
    return Figure("false alarms a minute", false / minutes, low / minutes, high / minutes, len(found), by)


def counted(n: int) -> tuple[float, float]:
    """Where the mean of a Poisson count lies that came out as n."""
    more = n + 1
    low = n * (1 - 1 / (9 * n) - Z / (3 * n**0.5)) ** 3 if n else 0.0
    return low, more * (1 - 1 / (9 * more) + Z / (3 * more**0.5)) ** 3


MEASURES: dict[str, Callable[[list[Case], str], Figure]] = {
    "accuracy": accuracy,
    "accuracy on pairs": on_pairs,
    "exact": exact,
    "loss": loss,
    "squared error": squared_error,
    "recall": recall,
    "precision": precision,
    "rise at the label": rise,
    "triggers caught": caught,
    "false alarms a minute": false_alarms,
}
