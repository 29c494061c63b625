"""An experiment, the figures that it gives, and the band within which each is expected."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from core.data import TASKS, Batch
from core.ops import Floats
from core.options import make_options
from core.recipe import make_recipe
from core.train import Training
from core.unrollings import Learner

TORCH = 3**-0.5  # the recurrent weights of PyTorch, uniform within 1/sqrt(H), have this times the deviation 1/sqrt(H)


@dataclass(frozen=True)
class Band:
    """Where a figure is expected, in all of its cases or in a share of them."""

    low: float
    high: float
    share: float = 1.0

    def holds(self, value: float) -> bool:
        """Whether one value lies inside."""
        return bool(self.low <= value <= self.high)

    def __str__(self) -> str:
        """In words: `0.24 to 0.26`, `at most 0.02`, `at least 0.9 (4 of 5 seeds)`."""
        text = f"{self.low:.4g} to {self.high:.4g}"
        if self.high == self.low:
            text = f"{self.low:.4g}"
        elif self.low == -np.inf:
            text = f"at most {self.high:.4g}"
        elif self.high == np.inf:
            text = f"at least {self.low:.4g}"
        return text if self.share == 1 else f"{text} in {self.share:.0%} of the seeds"


def below(high: float, share: float = 1.0) -> Band:
    """At most so much."""
    return Band(-np.inf, high, share)


def above(low: float, share: float = 1.0) -> Band:
    """At least so much."""
    return Band(low, np.inf, share)


@dataclass(frozen=True)
class Finding:
    """One value of a figure: of a seed, unless it is the same for all."""

    figure: str
    value: float
    seed: int | None = None
    note: str = ""


Run = Callable[[Sequence[int]], Iterator[Finding]]


@dataclass(frozen=True)
class Experiment:
    """`expected` has a band for every figure that `run` may give; `settings` are what it is carried out with."""

    name: str
    title: str
    source: str
    settings: str
    expected: Mapping[str, Band]
    run: Run = field(repr=False)
    seeds: tuple[int, ...] = (0, 1, 2)

    def right(self, found: Iterable[Finding]) -> dict[str, bool]:
        """For every figure found whether enough of its values lie in its band."""
        values: dict[str, list[float]] = {}
        for finding in found:
            values.setdefault(finding.figure, []).append(finding.value)
        return {f: self._enough(self.expected[f], v) for f, v in values.items()}

    def _enough(self, band: Band, values: list[float]) -> bool:
        return sum(map(band.holds, values)) >= band.share * len(values)


# -- what the experiments share -----------------------------------------------------------------------------------


def training(cell: str, seed: int, choices: Mapping[str, object], **options: object) -> Training:
    """A run from a few choices; `data` and `length` say what is read. No snapshots are kept."""
    what: dict[str, object] = {name: options.pop(name) for name in ("data", "length") if name in options}
    recipe = make_recipe({"cell": cell, "seed": seed, **what, **choices})
    return Training(recipe, make_options({"snapshots": 0, **options}))


def trained(cell: str, seed: int, choices: Mapping[str, object], **options: object) -> Learner:
    """The network once the run is over; a run that diverges is an error."""
    run = training(cell, seed, choices, **options)
    for _ in run.events():
        pass
    if run.failed:
        raise ArithmeticError(f"{cell}, seed {seed}: the run diverged after {run.update} updates")
    return run.net


def draw_as_pytorch(params: Mapping[str, Floats], names: Iterable[str], H: int, seed: int) -> None:
    """Fill weights uniformly within 1/sqrt(H), biases with the sum of two, as PyTorch's recurrent modules begin."""
    rng, bound = np.random.default_rng([seed, 5]), H**-0.5
    for name in names:
        p = params[name]
        p[:] = sum(rng.uniform(-bound, bound, p.shape) for _ in range(3 - p.ndim))


def unseen(name: str, count: int, T: int, seed: int = 999) -> Batch:
    """A fixed set of sequences that no run reads."""
    return TASKS[name].batch(np.random.default_rng([seed, 7]), count, T)


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


def surprise(chances: Floats, batch: Batch) -> Floats:
    """-ln p of what came, in nats: (T, B)."""
    return np.asarray(-np.log(np.take_along_axis(chances, batch.target[:, :, None], 2)[:, :, 0]))
