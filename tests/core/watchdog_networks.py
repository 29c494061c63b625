"""A fast test of whatever engine is imported: networks, training windows, clipping and optimisers. See `watchdog`."""

from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module

import numpy as np

from tests.core.cases import REFERENCE, error
from tests.core.network_cases import WINDOWS, apart, arrays_of, network
from tests.core.oracle import NETS, Array, Task, pieces

CLOSE = 1e-8
CASES = (
    "two-layers-tanh",
    "two-layers-relu",
    "two-layers-gru-reset-after-ragged",
    "three-layers-lstm",
    "both-ways-tanh",
    "both-ways-lstm",
    "both-ways-lstm-ragged",
    "both-ways-gru-reset-after-ragged",
    "pairs-lstm",
    "translator-lstm",
    "translator-lstm-ragged",
    "dot-tanh",
    "dot-lstm-ragged",
    "dot-gru-both-ways",
    "additive-tanh",
    "additive-lstm",
    "additive-gru-ragged",
    "additive-residual-both-ways",
)
Found = Iterator[tuple[str, float]]


def against_networks(case: str) -> Found:
    """Every error of a network against PyTorch's values."""
    net, right = network(case)
    found = arrays_of(net, right)
    if apart(right):
        found |= {n: a.data for n, a in import_module("core.network_gradients").network_contributions(net).items()}
        cuts = [import_module("core.network_truncation").network_truncation(net, w) for w in WINDOWS]
        names = [n for n in cuts[0] if n.startswith("truncated/")]
        found |= {n: np.stack([cut[n].data for cut in cuts]) for n in names}
    for name in right.keys() & found.keys():
        yield f"{case} {name}", error(found[name], right[name])


def against_optimisers() -> Found:
    """Six updates of each optimiser against PyTorch's."""
    with np.load(REFERENCE / "optimisers.npz") as opened:
        right = dict(opened)
    for name, optimiser in import_module("core.optim").OPTIMISERS.items():
        params = {"p": right["start"].copy()}
        slots = optimiser.start(params)
        for n, (g, after) in enumerate(zip(right["grads"], right[name], strict=True), 1):
            optimiser.update(params, {"p": g}, slots, 0.05, n)
            yield f"{name} at update {n}", error(params["p"], after)


def against_clipping() -> Found:
    """Clipped gradients against what clipping is by definition."""
    optim, rng = import_module("core.optim"), np.random.default_rng(0)
    whole = {"W": rng.normal(size=(3, 4)), "b": rng.normal(size=3)}
    length = float(np.sqrt(sum(np.square(g).sum() for g in whole.values())))
    for threshold in (0.3 * length, 2 * length):
        for name, right in (
            ("norm", {n: g * min(1.0, threshold / length) for n, g in whole.items()}),
            ("value", {n: np.minimum(np.maximum(g, -threshold), threshold) for n, g in whole.items()}),
            ("none", whole),
        ):
            grads = {n: g.copy() for n, g in whole.items()}
            optim.CLIPPINGS[name].clip(grads, optim.lengths(grads), threshold)
            for n, g in grads.items():
                yield f"clipped by {name}: {n}", error(g, right[n])


def against_schedules() -> Found:
    """Learning rates at points where they are known."""
    factors = import_module("core.optim").SCHEDULES
    known = [("constant", 7, 1.0), ("step", 4, 1.0), ("step", 5, 0.5), ("step", 9, 0.25), ("warm-up", 1, 0.25)]
    known += [("warm-up", 6, 1.0), ("cosine", 1, 1.0), ("cosine", 5, 0.5)]
    for name, n, right in known:
        yield f"{name} at {n}", abs(factors[name].factor(n, 8, 4) - right)


def against_training(k1: int, k2: int) -> Found:
    """The gradients of a text read in chunks of k1 steps, sent back k2 steps, against complex steps."""
    T, text = 12, "abcababcabab"
    recipe = import_module("core.recipe").make_recipe(
        {"cell": "lstm", "data": "characters", "text": f"{text}b", "hidden": 3}
    )
    options = import_module("core.options").make_options({"batch": 1, "rate": 0.0, "clip": "none", "k1": k1, "k2": k2})
    run = import_module("core.train").Training(recipe, options)
    batch = run.task.batch(np.random.default_rng(0), 1, T)
    task = Task(batch.x, batch.target, batch.mask, {n: p.copy() for n, p in run.net.params.items()})
    parts: dict[str, Array] = pieces(NETS["lstm"], task)
    for end in range(k1, T + 1, k1):
        grads = run._gradients().grads
        for name, part in parts.items():
            right = part[end - k1 : end, max(0, end - k2) : end].sum((0, 1)) / k1
            yield f"training by {k1} and {k2} at {end}: {name}", error(grads[name], right)


def complaints() -> Iterator[str]:
    """What is wrong with the engine that is imported now, as it is found."""
    checks: list[Callable[[], Found]] = [partial(against_networks, case) for case in CASES]
    checks += [against_optimisers, against_clipping, against_schedules]
    checks += [partial(against_training, *ks) for ks in ((3, 3), (2, 5))]
    for check in checks:
        for what, size in check():
            if not size < CLOSE:
                yield f"{what}: {size:.1e}"
