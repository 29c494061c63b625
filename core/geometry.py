"""The geometry of a run: the way of its state, the field that moves it, its fixed points, the spectrum of each step.

Read from a trace of a single chain. A point is a joint state (n,): all states side by side, as (c, h). With n = 2 the
plane is the state space itself; with more, it is that of the two largest principal components of the way.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from core.equations import Cell
from core.errors import Problem, RecipeError
from core.ops import Floats
from core.recipe import Recipe
from core.statespace import FixedPoint, eigenvalue_rows, fixed_points, grid, principal_components, vector_field
from core.step import Named, jacobian
from core.trace import Trace
from core.wiring import Wiring, wiring_of

BOXES = ("whole", "path")
COUNT, MOST_INPUTS, MOST_SHARES = 15, 24, 8  # points of the field along a side, kinds of input with one, shares told
STARTS = 5  # searches begin at so many points along a side
ALL_STEPS, LARGEST = 2e7, 512  # T n^3 up to which every step has its spectrum, n up to which one step has
MARGIN, FAR = 0.08, 1e12


@dataclass(frozen=True)
class Way:
    """What a run of a single chain went through: x (T, I), the joint states (T + 1, n), the first before step 0."""

    cell: Cell
    params: Named
    x: Floats
    states: Floats

    @property
    def n(self) -> int:
        """The size of the joint state."""
        return int(self.states.shape[1])

    def jacobians(self, steps: slice) -> Floats:
        """ds_t/ds_{t-1} at some steps: (K, n, n)."""
        with np.errstate(all="ignore"):
            each = [jacobian(self.cell, self.params, self.x[t], self.states[t]) for t in range(len(self.x))[steps]]
        return np.stack(each)


def is_plain(wiring: Wiring) -> bool:
    """Whether the network is one chain in which each step goes on from the one before it."""
    alone = len(wiring.blocks) == 1 and not wiring.blocks[0].reverse and wiring.name != "one-to-one"
    return alone and not wiring.own_output and not any(c.attentions for c in wiring.cells.values())


def check_plain(recipe: Recipe) -> None:
    """Refuse what has no geometry here."""
    if not is_plain(wiring_of(recipe)):
        allowed = {"nearest": "chain"}
        raise RecipeError(Problem("/topology", "must be a single chain: only that has its geometry here yet", allowed))


def way_of(trace: Trace) -> Way:
    """The way of a run."""
    (cell,) = wiring_of(Recipe(trace.recipe)).cells.values()
    before = np.concatenate([trace[f"{s}_prev"][:1, 0] for s in cell.states], axis=-1)
    after = np.concatenate([trace[s][:, 0] for s in cell.states], axis=-1)
    params = {p.name: trace[f"param/{p.name}"] for p in cell.parameters}
    return Way(cell, params, trace["x"][:, 0], np.concatenate([before, after]))


def milliseconds(n: int, T: int) -> float:
    """What a report takes at most, beside the run itself."""
    spectra = 6e-5 * n**3 * (T if T * n**3 <= ALL_STEPS else 1) if n <= LARGEST else 0.0
    return 20 + spectra + 2e-6 * T * n**2 + 0.2 * T + (500 if n == 2 else 0)


def report(trace: Trace, t: int, box: str = "whole") -> dict[str, Any]:
    """The geometry of a run, JSON-able: `path`, `portrait` where n = 2, `spectrum` of all steps or of step t."""
    way, T = way_of(trace), trace.dims["time"]
    if not 0 <= t < T:
        allowed = {"min": 0, "max": T - 1, "nearest": min(max(t, 0), T - 1)}
        raise RecipeError(Problem("/t", f"must be a step from 0 to {T - 1}", allowed))
    H = trace.dims["hidden"]
    names = [f"{s} {i}" for s in way.cell.states for i in range(H)]
    return {
        "coordinates": names,
        "path": _path(way, names),
        "portrait": _portrait(way, box) if way.n == 2 else None,
        "spectrum": _spectrum(way, t),
    }


# -- the way -------------------------------------------------------------------------------------------------


def _path(way: Way, names: list[str]) -> dict[str, Any]:
    """The states on two axes, (T + 1, 2) or (T + 1, 1), and the shares of the variance."""
    whole = np.asarray(np.abs(way.states) < FAR).all(axis=1)
    found = principal_components(way.states[whole], min(MOST_SHARES, way.n))
    if way.n <= 2:
        return {"points": way.states, "axes": names, "shares": None}
    count = min(2, len(found.axes))
    places = np.full((len(way.states), count), np.nan)
    places[whole] = found.places[:, :count]
    return {"points": places, "axes": [f"PC {i + 1}" for i in range(count)], "shares": found.shares}


# -- the plane of two numbers --------------------------------------------------------------------------------


def _portrait(way: Way, box: str) -> dict[str, Any]:
    """The field under each kind of input, and its fixed points."""
    inputs, reads = _kinds(way.x)
    low, high = _box(way.states, box)
    with np.errstate(all="ignore"):
        field = vector_field(way.cell, way.params, inputs, grid(low, high, COUNT))
        kinds = [_kind(way, x, int(np.flatnonzero(reads == i)[0])) for i, x in enumerate(inputs)]
    return {"low": low, "high": high, "count": COUNT, "field": field, "inputs": kinds, "reads": reads}


def _kinds(x: Floats) -> tuple[Floats, Any]:
    """The different inputs in the order of their first steps, (K, I), and which one each step reads, -1 if beyond."""
    _, first, which = np.unique(x, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.argsort(order)[which.reshape(-1)]
    return x[first[order][:MOST_INPUTS]], np.where(rank < MOST_INPUTS, rank, -1)


def _box(states: Floats, box: str) -> tuple[Floats, Floats]:
    """The corners of what is seen: the way with some margin, or at least from -1 to 1."""
    seen = states[np.asarray(np.abs(states) < FAR).all(axis=1)]
    low, high = seen.min(axis=0, initial=np.inf), seen.max(axis=0, initial=-np.inf)
    if box == "whole":
        low, high = np.fmin(low, -1.0), np.fmax(high, 1.0)
    room = np.fmax((high - low) * MARGIN, 1e-9)
    return low - room, high + room


def _kind(way: Way, x: Floats, step: int) -> dict[str, Any]:
    """One kind of input by the step that reads it first, with its fixed points.

    Only those where states can be: far out a gate may be shut to the last digit, and then everything stands still.
    """
    low, high = _box(way.states, "whole")
    starts = grid(low, high, STARTS).reshape(-1, 2)
    found = fixed_points(way.cell, way.params, x, starts, steps=60)
    return {"step": step, "fixed": [_fixed(p) for p in found if ((low <= p.state) & (p.state <= high)).all()]}


def _fixed(point: FixedPoint) -> dict[str, Any]:
    eigen = np.stack([point.eigenvalues.real, point.eigenvalues.imag], axis=-1)
    return {"at": point.state, "kind": point.kind, "turns": point.turns, "eigen": eigen}


# -- a step --------------------------------------------------------------------------------------------------


def _spectrum(way: Way, t: int) -> dict[str, Any] | None:
    """Eigenvalues (K, n, 2) and singular values (K, n) of the steps from `first` on."""
    T = len(way.x)
    if way.n > LARGEST:
        return None
    steps = slice(0, T) if T * way.n**3 <= ALL_STEPS else slice(t, t + 1)
    J = way.jacobians(steps)
    finite = np.isfinite(J).all(axis=(1, 2))
    singular = np.full(J.shape[:2], np.nan)
    singular[finite] = np.linalg.svd(J[finite], compute_uv=False)
    found = eigenvalue_rows(J)
    return {"first": steps.start, "eigen": np.stack([found.real, found.imag], axis=-1), "singular": singular}
