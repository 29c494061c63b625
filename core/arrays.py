"""A named array: numbers with the names of their dimensions."""

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Array:
    """`data` and one name for each of its axes, as ("time", "batch", "hidden")."""

    data: np.ndarray[Any, np.dtype[Any]]
    dims: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.data.ndim != len(self.dims):
            raise ValueError(f"{self.data.ndim} axes but {len(self.dims)} names: {self.dims}")


TIME = ("time",)
STEP = ("time", "batch")
HIDDEN = ("time", "batch", "hidden")
INPUT = ("time", "batch", "input")
OUTPUT = ("time", "batch", "output")
PAIR = ("time_t", "time_k")
