"""Trained models that are shipped: weights beside a card that says what they learnt, how well, and what they cannot.

A card is read when a model is asked for, its weights when they are run; a file must have the sha256 of its card.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.errors import ExcerptError

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Figure:
    """A number measured on what was held out: 95 % sure from `low` to `high`, from `n` cases; `by` says of what."""

    name: str
    value: float
    low: float
    high: float
    n: int
    by: str = "the model"


@dataclass(frozen=True)
class Card:
    """What a model is: its recipe and training options in full, its figures beside those of baselines."""

    id: str
    title: str
    description: str
    weakness: str
    recipe: Mapping[str, Any]
    options: Mapping[str, Any]
    head: str
    engine: str
    parameters: int
    figures: tuple[Figure, ...]
    baselines: tuple[Figure, ...]
    sha256: str
    bytes: int

    def figure(self, name: str) -> Figure:
        """A figure of the model itself."""
        return next(f for f in self.figures if f.name == name)


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """The ids of all models."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.json")))


@lru_cache(maxsize=64)
def card(name: str) -> Card:
    """The card of a model; raises KeyError if there is none."""
    if name not in names():
        raise KeyError(name)
    found = json.loads((FOLDER / f"{name}.json").read_text())
    figures, baselines = (tuple(Figure(**f) for f in found.pop(kind)) for kind in ("figures", "baselines"))
    return Card(**found, figures=figures, baselines=baselines)


def file(name: str) -> bytes:
    """The safetensors file of a model; raises ExcerptError if it is not the one of its card."""
    try:
        found = (FOLDER / f"{name}.safetensors").read_bytes()
    except OSError as error:
        raise ExcerptError(f"the weights of {name} cannot be read: install the project again") from error
    if hashlib.sha256(found).hexdigest() != card(name).sha256:
        raise ExcerptError(f"the weights of {name} are not those of its card: install the project again")
    return found
