"""How a network writes: one table of fields, like a recipe's, the choices frozen, their cost, and the search itself."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from core.checks import checked
from core.decode import Model, Until, beam, greedy, sample
from core.errors import CostError, Problem, RecipeError
from core.fields import Field
from core.trace import Event

MOST_TOKENS, WIDEST, LONGEST_PROMPT = 200, 16, 2000
# Nanoseconds of one step of a model by its graph and of one node of the tree, and bytes of a node as JSON.
PER_STEP, PER_NODE, NODE_BYTES = 400_000, 15_000, 110
BEAM, SAMPLE = {"method": ("beam",)}, {"method": ("sample",)}


def _count(name: str, default: int | None, words: tuple[str, str], high: int, **more: Any) -> Field:
    return Field(
        name, "integer", default, *words, low=1, high=high, step=1, optional=default is None, group="decoding", **more
    )


def _size(name: str, default: float, words: tuple[str, str], bounds: tuple[float, float], **more: Any) -> Field:
    return Field(name, "number", default, *words, low=bounds[0], high=bounds[1], step=0.1, group="decoding", **more)


def _words(name: str, words: tuple[str, str], high: int) -> Field:
    return Field(name, "text", None, *words, low=1, high=high, unit="characters", optional=True, group="decoding")


METHODS = (("greedy", "greedy"), ("sample", "sampling"), ("beam", "beam search"))
DECODING: dict[str, Field] = {
    f.name: f
    for f in (
        Field("method", "choice", "greedy", "Method", "How the next token is chosen.", METHODS, group="decoding"),
        _count("width", 3, ("Width", "How many prefixes a beam keeps."), WIDEST, unit="prefixes", needs=BEAM),
        _size(
            "alpha",
            0.0,
            ("Length normalisation", "A beam's score is the total over length to this power: 0 the sum, 1 the mean."),
            (0.0, 2.0),
            needs=BEAM,
        ),
        _size(
            "temperature",
            1.0,
            ("Temperature", "Samples are drawn from p to the power 1/temperature: below 1 bolder, above 1 wilder."),
            (0.01, 100.0),
            needs=SAMPLE,
        ),
        _count("top", None, ("Top", "Draw from so many of the likeliest only."), 512, unit="tokens", needs=SAMPLE),
        _count(
            "most", 20, ("Longest", "After so many tokens a sequence ends in any case."), MOST_TOKENS, unit="tokens"
        ),
        _words(
            "prompt",
            ("Prompt", "What the network reads first; none is the first token of its own sequence."),
            LONGEST_PROMPT,
        ),
        _words("stop", ("Stop", "The token that ends a sequence; none is the data's own end, if they have one."), 80),
        Field(
            "sampling_seed",
            "integer",
            0,
            "Sampling seed",
            "The same seed draws the same tokens.",
            low=0,
            high=2**53 - 1,
            step=1,
            group="decoding",
            needs=SAMPLE,
        ),
    )
}
DEFAULTS = MappingProxyType({f.name: f.default for f in DECODING.values()})


@dataclass(frozen=True)
class Decoding:
    """A valid set of values, one for each field; a field that does not matter is at its default."""

    values: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


def make_decoding(values: Mapping[str, object]) -> Decoding:
    """Choices from values of strict types, defaults for the rest; raises RecipeError with every problem."""
    problems = [
        Problem(f"/{str(n)[:40]}", "there is no such field", sorted(DECODING)) for n in values if n not in DECODING
    ]
    found = dict(DEFAULTS)
    for name in DECODING.keys() & values.keys():
        try:
            found[name] = checked(DECODING[name], values[name])
        except RecipeError as error:
            problems += error.problems
    if problems:
        raise RecipeError(*sorted(problems, key=lambda p: p.pointer))
    return Decoding(MappingProxyType({n: v if DECODING[n].matters(found) else DEFAULTS[n] for n, v in found.items()}))


def place_of(token: str, labels: Sequence[str], pointer: str) -> int:
    """The number of a token; raises RecipeError for one that the network does not know."""
    if token not in labels:
        raise RecipeError(Problem(pointer, "is not among the tokens of this network", list(labels[:32])))
    return labels.index(token)


def decoding_cost(decoding: Decoding, symbols: int, again: float = 0.0) -> tuple[float, int]:
    """Milliseconds and bytes of a search over so many symbols: every prefix that goes on has a child for each.

    `again` are the milliseconds of a model that reads everything again at each step.
    """
    steps = decoding["most"] * (decoding["width"] if decoding["method"] == "beam" else 1)
    return steps * ((PER_STEP + symbols * PER_NODE) / 1e6 + again), steps * symbols * NODE_BYTES


def check_decoding_cost(
    decoding: Decoding,
    symbols: int,
    again: float = 0.0,
    *,
    milliseconds: float,
    bytes: int,  # noqa: A002
) -> tuple[float, int]:
    """The cost, or a CostError that names how many tokens would fit."""
    time, size = decoding_cost(decoding, symbols, again)
    if time <= milliseconds and size <= bytes:
        return time, size
    fits = max(0, int(decoding["most"] * min(milliseconds / time, bytes / size)))
    allowed = {**DECODING["most"].allowed, "max": fits, "nearest": fits or None}
    problem = Problem("/most", f"is too many for this beam and {symbols} symbols; at most {fits} fit", allowed)
    asked, limit, unit = (time, milliseconds, "ms") if time > milliseconds else (size, bytes, "bytes")
    raise CostError(problem, asked=asked, limit=limit, unit=unit)


def search(model: Model, decoding: Decoding, labels: Sequence[str], own: str | None = None) -> Iterator[Event]:
    """The events of a search with a model over tokens of these labels; `own` ends a sequence if nothing else does."""
    stop = own if decoding["stop"] is None else decoding["stop"]
    end = None if stop is None else place_of(stop, labels, "/stop")
    until = Until(decoding["most"], end)
    if decoding["method"] == "beam":
        return beam(model, until, decoding["width"], alpha=decoding["alpha"])
    if decoding["method"] == "greedy":
        return greedy(model, until)
    rng = np.random.default_rng(decoding["sampling_seed"])
    return sample(model, until, rng, temperature=decoding["temperature"], top=decoding["top"])
