"""What a training run on the command line has reached, in each form in which it can be kept."""

from typing import Any

import numpy as np
import orjson

from app import learning
from app.wanted import Run
from core.arrays import Array
from core.trace import Event, Trace, to_npz
from core.train import Training

FORMS = ("safetensors", "jsonl", "json", "npz")
COLUMNS = ("update", "loss", "rate", "norm")


class Reached:
    """The steps so far, and how it ended."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.start: dict[str, Any] = {}
        self.columns: dict[str, list[float]] = {name: [] for name in COLUMNS}
        self.last: Event | None = None

    def add(self, event: Event) -> None:
        """Take in one event."""
        if event.kind == "start":
            self.start = dict(event.data)
        elif event.kind == "step":
            for name in COLUMNS:
                self.columns[name].append(event.data[name])
        else:
            self.last = event

    def written(self, form: str, training: Training) -> bytes:
        """All of it in one form, with the weights of now."""
        if form == "json":
            told = {**self.start, "steps": self.columns, "update": training.update}
            return orjson.dumps(told, option=orjson.OPT_SERIALIZE_NUMPY)
        params = {f"param/{name}": value for name, value in training.net.params.items()}
        if form == "safetensors":
            return learning.save(params, self.run.recipe, training.update)
        return to_npz(self._trace(params, training.update))

    def _trace(self, params: dict[str, Any], update: int) -> Trace:
        steps = {
            f"step/{name}": Array(np.asarray(values, "float64"), ("step",)) for name, values in self.columns.items()
        }
        weights = {name: Array(value, ("row", "column")[: value.ndim]) for name, value in params.items()}
        told = {**self.start["recipe"], "options": self.start["options"], "update": update}
        return Trace(self.start["id"], self.start["engine"], told, self.start["dims"], {}, {**steps, **weights})

    def ended(self, *, stopped: bool, update: int) -> str:
        """How it ended, in a sentence."""
        if stopped:
            return f"Stopped after update {update}."
        if self.last and self.last.data.get("reason") == "diverged":
            return f"Diverged after update {update}."
        loss = f", loss {self.columns['loss'][-1]:.4g}" if self.columns["loss"] else ""
        return f"Finished {update} updates{loss}."
