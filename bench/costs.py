"""Figure (w): what a recipe was predicted to cost, against the processor time that it takes."""

import time
from collections.abc import Iterable, Iterator
from typing import Any

from app.wire import trace_json
from bench.measure import Job
from bench.report import Figure
from core import experiment
from core.cost import cost
from core.recipe import Recipe, make_recipe

RUN = ("forward", "backward", "params")
SIZES = ((32, 50), (64, 100), (16, 400), (128, 150), (256, 57))
OTHERS: tuple[tuple[dict[str, Any], int, int], ...] = (
    ({"cell": "gru"}, 64, 100),
    ({"cell": "gru"}, 256, 57),
    ({"cell": "lstm-peephole"}, 64, 100),
    ({"cell": "lstm", "layers": 2}, 64, 100),
    ({"cell": "lstm", "layers": 3}, 128, 60),
    ({"cell": "rnn-tanh", "topology": "bidirectional"}, 64, 100),
)


def recipes() -> Iterator[tuple[str, Recipe]]:
    """Each with a name."""
    for choices, hidden, steps in (*(({"cell": c}, *s) for c in ("rnn-tanh", "lstm") for s in SIZES), *OTHERS):
        text = " ".join(f"w{i % 9}" for i in range(steps + 1))
        named = ", ".join([f"{choices['cell']} ({steps}, {hidden})", *(f"{v}" for v in [*choices.values()][1:])])
        yield named, make_recipe({**choices, "hidden": hidden, "text": text})


def seconds(job: Job, rounds: int) -> float:
    """The least processor time of a call; what takes a second is done once."""
    found = []
    for _ in range(rounds):
        start = time.process_time()
        job()
        found.append(time.process_time() - start)
        if found[-1] > 1.0:
            break
    return min(found)


def taken(recipe: Recipe, groups: Iterable[str], rounds: int) -> float:
    """Milliseconds of a trace with these groups, written as JSON."""
    return 1e3 * seconds(lambda: trace_json(experiment.compute(recipe, groups), "list"), rounds)


def costs(rounds: int) -> Iterator[Figure]:
    """(w) Prediction and truth: the larger over the smaller."""
    for name, recipe in recipes():
        for groups in (RUN, experiment.DEFAULT_GROUPS):
            real, said = taken(recipe, groups, max(2, rounds // 8)), cost(recipe, groups).milliseconds
            figure = f"{name}, {'run' if groups is RUN else 'everything'}: predicted and taken, larger over smaller"
            yield Figure("w", figure, said, real, "ms", max(said / real, real / said), "<=", 2.0)
