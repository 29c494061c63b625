"""A search as arrays of a trace, for those who quote its numbers."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from core.arrays import Array
from core.decoding_options import make_decoding, search
from core.recipe import Recipe
from core.trace import Event
from core.writers import writer

SEQUENCES = ("sequence",)


def searched(recipe: Recipe, choices: Mapping[str, Any]) -> dict[str, Array]:
    """What a search found, best first, beside what a greedy one finds; log-probabilities throughout.

    `search/total`, `search/score`, `search/length` (sequences,); `search/tokens` (sequences, longest), -1 behind the
    end; `search/weighed` and `search/expanded` count the prefixes that were looked at and those that went on.
    """
    found = _sequences("search", _events(recipe, choices))
    plain = {name: value for name, value in choices.items() if name in ("prompt", "most", "stop")}
    return found | _sequences("greedy", _events(recipe, plain))


def _events(recipe: Recipe, choices: Mapping[str, Any]) -> Iterable[Event]:
    decoding = make_decoding(choices)
    found = writer(recipe, decoding["prompt"], decoding["most"])
    return search(found.model, decoding, found.labels, found.end)


def _sequences(name: str, events: Iterable[Event]) -> dict[str, Array]:
    *steps, done = events
    best = done.data["sequences"]
    lengths = [len(each["tokens"]) for each in best]
    tokens = np.full((len(best), max(lengths, default=0)), -1.0)
    for row, each in zip(tokens, best, strict=True):
        row[: len(each["tokens"])] = each["tokens"]
    weighed = {e.data["node"] for e in steps if e.kind in ("kept", "finished", "pruned")}
    found = {"total": [each["total"] for each in best], "score": [each["score"] for each in best], "length": lengths}
    counts = {"weighed": len(weighed), "expanded": sum(e.kind == "expanded" for e in steps)}
    sized = {n: Array(np.array(values, dtype=np.float64), SEQUENCES) for n, values in found.items()}
    sized |= {n: Array(np.array(count, dtype=np.float64), ()) for n, count in counts.items()}
    return {f"{name}/{n}": a for n, a in {**sized, "tokens": Array(tokens, (*SEQUENCES, "token"))}.items()}
