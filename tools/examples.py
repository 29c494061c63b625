"""The gallery's examples, declared; `make examples` draws each one's picture from its own run.

A picture is a small grid of bytes, in base64, which the page paints in its own colours: so the gallery is there at
once, and in any theme. A test computes them all again.
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np

from core.brought import settled, shipped
from core.experiment import compute
from core.geometry import report
from core.interventions import carry_out
from core.ops import Floats
from core.options import make_options
from core.recipe import Recipe, make_recipe
from core.surgery import read_interventions, scope_of
from core.trace import Trace
from core.train import train

FILE = Path(__file__).resolve().parent.parent / "static" / "js" / "tools" / "examples.js"
ROWS, COLUMNS, POINTS, DEEPEST = 16, 36, 144, 6.0
HEAD = """// Made by `make examples` from tools/examples.py: edit that, not this.

/** @type {import('./gallery.js').Example[]} */
export const EXAMPLES = """

Whole = np.ndarray[Any, np.dtype[np.intp]]
Picture = dict[str, Any]
Drawing = Callable[["Example"], Picture]


@dataclass(frozen=True)
class Example:
    """An address worth opening: a recipe with the options of its tool, a place, and how its picture is made."""

    id: str
    group: str
    picture: Drawing
    recipe: Mapping[str, Any]
    at: str = ""
    options: Mapping[str, Any] = ()  # type: ignore[assignment]

    @property
    def query(self) -> str:
        """The recipe and the options as a query."""
        return urlencode({**self.recipe, **dict(self.options)})

    @property
    def made(self) -> Recipe:
        """The recipe, checked, its model in place."""
        recipe = make_recipe(dict(self.recipe))
        return settled(recipe, {recipe["model"]: shipped(recipe["model"])}) if recipe["model"] else recipe

    @property
    def trace(self) -> Trace:
        """Its run."""
        return compute(self.made)


def packed(kind: str, levels: Floats, **more: Any) -> Picture:
    """A picture of a kind from levels (rows, columns)."""
    data = base64.b64encode(np.ascontiguousarray(levels.astype(np.uint8)).tobytes()).decode()
    return {"kind": kind, "rows": levels.shape[0], "columns": levels.shape[1], "data": data, **more}


def evenly(count: int, most: int) -> Whole:
    """At most so many of 0 .. count - 1, evenly spaced."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(int))


def thin(grid: Floats, columns: int = COLUMNS) -> Floats:
    """A grid with at most so many rows and columns, some of each left out."""
    return grid[np.ix_(evenly(grid.shape[0], ROWS), evenly(grid.shape[1], columns))]


def signed(grid: Floats) -> Picture:
    """Values with zero in the middle."""
    kept = thin(grid)
    most = float(np.abs(kept).max()) or 1.0
    return packed("signed", 1 + np.round(254 * (0.5 + kept / (2 * most))))


def magnitude(grid: Floats) -> Picture:
    """Sizes on a log scale; what is nothing has no place."""
    kept = thin(grid)
    with np.errstate(divide="ignore"):
        logs = np.log10(kept)
    high = float(logs[np.isfinite(logs)].max())
    low = max(high - DEEPEST, float(logs[np.isfinite(logs)].min()))
    share = np.clip((np.nan_to_num(logs, neginf=low) - low) / max(high - low, 1e-9), 0, 1)
    return packed("magnitude", np.where(kept > 0, 1 + np.round(254 * share), 0))


def share(grid: Floats, meaning: str) -> Picture:
    """Values from zero to one."""
    return packed("share", 1 + np.round(254 * thin(grid)), meaning=meaning)


def lines(rows: list[Floats], meaning: str = "loss") -> Picture:
    """Curves over one another, from the least to the most."""
    kept = np.stack([thin(row[None], POINTS)[0] for row in rows])
    low, high = float(kept.min()), float(kept.max())
    return packed("lines", np.round(255 * (kept - low) / max(high - low, 1e-9)), meaning=meaning)


def array(name: str, draw: Callable[..., Picture], **more: Any) -> Drawing:
    """The picture of an array of the trace: units upwards, time to the right; a matrix as it is."""

    def drawn(example: Example) -> Picture:
        found = example.trace.arrays[name]
        return draw(found.data if found.dims[-1] != "hidden" and found.data.ndim == 2 else found.data[:, 0].T, **more)

    return drawn


def numbers(example: Example) -> Picture:
    """What goes in, feature by feature."""
    return signed(example.trace["x"][:, 0].T)


def curve(name: str, meaning: str) -> Drawing:
    """A single row of numbers as a line."""
    return lambda example: lines([example.trace[name].reshape(len(example.trace[name]), -1)[:, 0]], meaning)


def losses(recipe: Recipe, options: Mapping[str, Any]) -> Floats:
    """The loss of each update of a training run, smoothed over its neighbours."""
    found = [event.data["loss"] for event in train(recipe, make_options(dict(options))) if event.kind == "step"]
    return np.convolve(np.log(found), np.ones(15) / 15, mode="valid")


def learnt(example: Example) -> Picture:
    """The loss while it learns."""
    return lines([losses(example.made, dict(example.options))])


def raced(*cells: str) -> Drawing:
    """The losses of several cells."""
    return lambda example: lines(
        [losses(make_recipe({**example.recipe, "cell": cell}), dict(example.options)) for cell in cells]
    )


def operated(items: list[dict[str, Any]], state: str) -> Drawing:
    """How a state differs after surgery from what it was."""

    def drawn(example: Example) -> Picture:
        after = carry_out(example.made, read_interventions(items, scope_of(example.made)))
        return signed((after[state] - after[f"unperturbed/{state}"])[:, 0].T)

    return drawn


def wandering(example: Example) -> Picture:
    """The way of a state of two units."""
    path = np.array(report(example.trace, 0)["path"]["points"], dtype=float)[:, :2].T
    low, high = path.min(axis=1, keepdims=True), path.max(axis=1, keepdims=True)
    return packed("path", np.round(255 * (path - low) / (high - low)))


LEARNING = {"updates": 300}
CELLS = ("rnn-tanh", "rnn-relu", "lstm", "gru")
HELD = [{"kind": "clamp", "node": "f", "value": 0, "from": 3, "to": 3}]
EXAMPLES = (
    Example("fades", "gradients", array("contribution/U", magnitude), {}, "t=7&k=0&parameter=U"),
    Example(
        "keeps",
        "gradients",
        array("contribution/U", magnitude),
        {"cell": "lstm", "forget_bias": 4},
        "t=7&k=0&parameter=U",
    ),
    Example(
        "explodes",
        "gradients",
        array("contribution/U", magnitude),
        {"cell": "rnn-relu", "gain": 3},
        "t=7&k=0&parameter=U",
    ),
    Example("cut", "gradients", array("contribution_dot/U", signed), {"window": 3}, "t=6&share=1"),
    Example("gates", "cells", array("c", signed), {"cell": "lstm", "hidden": 16}, "t=5&node=f&unit=2"),
    Example("update", "cells", array("z", share, meaning="update"), {"cell": "gru", "hidden": 16}, "t=5&node=z&unit=1"),
    Example("slowly", "cells", array("i", share, meaning="update"), {"cell": "lstm"}, "phase=forward&t=2&sub=0"),
    Example("both-ways", "networks", array("backward/s", signed), {"topology": "bidirectional"}, "t=3"),
    Example(
        "looks",
        "networks",
        array("decoder/a", share, meaning="output"),
        {"model": "dates"},
        "t=3",
    ),
    Example("writes", "networks", array("s", signed), {"topology": "one-to-many"}, "t=4"),
    Example("adding", "data", numbers, {"cell": "lstm", "data": "adding", "length": 40}, "t=12"),
    Example("heart", "data", curve("x", "input"), {"model": "ecg"}, "t=20"),
    Example("alarm", "data", curve("probs", "output"), {"model": "account"}, "t=30"),
    Example("praise", "data", array("h", signed), {"model": "sentiment"}, "t=3"),
    Example("learns", "tools", learnt, {"cell": "gru", "data": "anbn", "length": 12}, "tool=train&epoch=300", LEARNING),
    Example("race", "tools", raced(*CELLS), {"data": "parity", "length": 8}, "tool=race", LEARNING),
    Example("held", "tools", operated(HELD, "h"), {"cell": "lstm", "hidden": 16}, "tool=edit&edits=clamp,f,0,3,3&t=3"),
    Example("plane", "tools", wandering, {"hidden": 2, "gain": 1.5}, "tool=geometry"),
)


def drawn(example: Example) -> dict[str, Any]:
    """An example as the page has it."""
    told = {"id": example.id, "group": example.group, "query": example.query, "at": example.at}
    return told | {"picture": example.picture(example)}


def text() -> str:
    """The module of the page that holds them."""
    return f"{HEAD}{json.dumps([drawn(example) for example in EXAMPLES], indent=2)};\n"


if __name__ == "__main__":
    FILE.write_text(text())
    print(FILE)
