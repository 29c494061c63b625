"""What the experiments share: a finding beside its bounds, a test curve, the rule for embedded Reber strings."""

from dataclasses import dataclass

import numpy as np

from core.data import Batch
from core.data.dataset import Indices
from core.data.reber import REBER
from core.train import Training
from core.unrollings import Learner


@dataclass(frozen=True)
class Finding:
    """A number and the bounds it is expected within."""

    name: str
    value: float
    low: float
    high: float
    note: str = ""

    @property
    def right(self) -> bool:
        """Whether it is as expected."""
        return bool(self.low <= self.value <= self.high)

    def line(self) -> str:
        """The finding as a line of text."""
        verdict = "as expected" if self.right else "NOT AS EXPECTED"
        note = f"; {self.note}" if self.note else ""
        return f"  {self.name}: {self.value:.4g}, {verdict} [{self.low:.4g}, {self.high:.4g}]{note}"


def curve(run: Training, test: Batch, *, every: int, enough: float = -np.inf) -> list[tuple[int, float]]:
    """The loss on the test set after every so many updates, until it is low enough or the run ends."""
    points: list[tuple[int, float]] = []
    for event in run.events():
        if event.kind == "step" and event.data["update"] % every == 0:
            points.append((event.data["update"], mean_loss(run.net, test)))
            if points[-1][1] < enough:
                break
    return points


def mean_loss(net: Learner, test: Batch, size: int = 50) -> float:
    """The mean loss on a test set, read in batches."""
    parts = [Batch(*(a[:, i : i + size] for a in test)) for i in range(0, test.x.shape[1], size)]
    whole = sum(net.loss(part) * float(part.mask.sum()) for part in parts)
    return whole / float(test.mask.sum())


def reber_strings(seed: int, count: int) -> Indices:
    """Strings of the embedded Reber grammar, whole: (T, B) symbols, -1 after the end."""
    strings = REBER.strings(np.random.default_rng([seed, 11]), count, 80)
    return strings[:, strings[-1] < 0]


def reber_share(net: Learner, strings: Indices) -> tuple[float, float]:
    """The share of strings at each step of which the legal symbols are the likeliest; of all, and of length >= 15."""
    inside = strings[1:] >= 0
    x = np.eye(len(REBER.symbols))[np.maximum(strings[:-1], 0)]
    found = net.predictions(Batch(x, np.maximum(strings[1:], 0), inside.astype(np.float64)))
    legal = REBER.legal(strings[:-1])
    least = np.where(legal, found, np.inf).min(2)
    most = np.where(legal, -np.inf, found).max(2)
    right = ((least > most) | ~inside).all(0)
    return float(right.mean()), float(right[inside.sum(0) >= 14].mean())
