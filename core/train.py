"""Training as events: start, then step after step, snapshots between them, diverged if need be, finished.

A run may be stopped after any event: its `checkpoint` goes on from there with the numbers of a run never stopped.
Truncated backpropagation through time: the states go forward for ever; after every k1 steps the losses of these
steps send their gradients back through the last k2. What was read before is read again with the weights of now,
from the states that it began with.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from core import ENGINE
from core.arrays import Array
from core.assemblies import Assembly
from core.data import Batch, Carry, Task
from core.experiment import DEFAULT_GROUPS, run_with, traced
from core.material import length_of, task_of
from core.ops import Floats
from core.optim import CLIPPINGS, OPTIMISERS, SCHEDULES, lengths
from core.options import Options, check_together, marks
from core.recipe import Recipe
from core.trace import Event, Trace
from core.unrollings import Fault, Learner, Pass, Unrollings, first_fault
from core.wiring import wiring_of

Params = Mapping[str, Floats]


@dataclass(frozen=True)
class Checkpoint:
    """All that a run is between two events."""

    number: int
    update: int
    snapped: int
    failed: bool
    ended: bool
    loss: float
    params: Params
    slots: Params
    rng: Mapping[str, Any]
    carry: Carry
    rest: Batch | None
    past: Batch | None
    states: Params


class Training:
    """One network, one task, one way of learning."""

    def __init__(self, recipe: Recipe, options: Options, saved: Checkpoint | None = None) -> None:
        check_together(recipe, options)
        self.recipe, self.options, self.task = recipe, options, task_of(recipe)
        self.T, self.B = length_of(recipe), options["batch"]
        self.k1 = options["k1"] or self.T
        self.k2 = max(options["k2"] or self.k1, self.k1)
        self.net = learner(recipe, self.task, options["precision"])
        self.optimiser, self.clipping = OPTIMISERS[options["optimiser"]], CLIPPINGS[options["clip"]]
        self.marks = frozenset(marks(options["updates"], options["snapshots"]))
        self.rng = np.random.default_rng([recipe["seed"], 1])
        self._enter(saved or self._beginning())

    def _beginning(self) -> Checkpoint:
        first = self.net.drawn(self.recipe)
        slots, rng = self.optimiser.start(self.net.params), self.rng.bit_generator.state
        return Checkpoint(0, 0, -1, False, False, np.nan, first, slots, rng, (), None, None, {})

    def _enter(self, saved: Checkpoint) -> None:
        self.number, self.update, self.snapped = saved.number, saved.update, saved.snapped
        self.failed, self.ended = saved.failed, saved.ended
        self.loss, self.carry, self.rest, self.past = saved.loss, saved.carry, saved.rest, saved.past
        self.states, self.slots = deepcopy(dict(saved.states)), deepcopy(dict(saved.slots))
        self.rng.bit_generator.state = dict(saved.rng)
        for name, p in self.net.params.items():
            np.copyto(p, saved.params[name])

    def checkpoint(self) -> Checkpoint:
        """What this run is now, as copies."""
        kept = {f.name: getattr(self, f.name) for f in fields(Checkpoint) if f.name not in ("params", "rng")}
        return deepcopy(Checkpoint(**kept, params=self.net.params, rng=self.rng.bit_generator.state))

    # -- events -------------------------------------------------------------------------------------------------

    def events(self) -> Iterator[Event]:
        """What is still to come, one event for each update at least; everything is settled before an event is given."""
        if self.number == 0:
            yield self._event("start", self._start())
        while not self.ended:
            if self.update in self.marks and self.snapped != self.update:
                self.snapped = self.update
                yield self._snapshot()
            elif self.failed or self.update == self.options["updates"]:
                yield self._finish()
            else:
                yield self._advance()

    def _advance(self) -> Event:
        """One update, unless a number is no longer finite: then the weights stay as they are."""
        ws = self._gradients()
        found = lengths(ws.grads)
        wrong = None if np.isfinite(ws.loss + found.total) else self.net.fault()
        if wrong:
            return self._diverged(wrong, self.update + 1)
        clipped = self.clipping.clip(ws.grads, found, self.options["threshold"])
        self.update, self.loss = self.update + 1, ws.loss
        rate = self.rate(self.update)
        with np.errstate(all="ignore"):
            self.optimiser.update(self.net.params, ws.grads, self.slots, rate, self.update)
        size = {"norm": found.total, "norms": found.each, "clipped": clipped}
        return self._event("step", {"update": self.update, "loss": self.loss, "rate": rate, **size})

    def rate(self, n: int) -> float:
        """The learning rate of update n = 1, 2, ..."""
        total = self.options["updates"]
        span = self.options["span"] or max(1, total // 10)
        rate = self.optimiser.rate if self.options["rate"] is None else self.options["rate"]
        return float(rate * SCHEDULES[self.options["schedule"]].factor(n, total, span))

    def _event(self, kind: str, data: Mapping[str, Any], arrays: Params | None = None, t: int | None = None) -> Event:
        self.number += 1
        return Event(kind, self.number - 1, t, arrays or {}, data)

    def _snapshot(self) -> Event:
        """Copies of the weights, unless the last update broke them."""
        broken = first_fault({f"param/{n}": Array(p, ("weight",) * p.ndim) for n, p in self.net.params.items()}, [])
        if broken:
            return self._diverged(broken, self.update)
        return self._event(
            "snapshot", {"update": self.update}, {f"param/{n}": p.copy() for n, p in self.net.params.items()}
        )

    def _diverged(self, wrong: Fault, update: int) -> Event:
        self.failed = True
        told = {"update": update, "array": wrong.array, "index": list(wrong.place), "value": wrong.value}
        return self._event("diverged", told, t=wrong.t)

    def _finish(self) -> Event:
        self.ended = True
        reason = "diverged" if self.failed else "done"
        return self._event("finished", {"update": self.update, "reason": reason})

    def _start(self) -> dict[str, Any]:
        task, (I, H, O), known = self.task, self.net.shape, self.task.baseline.value(self.T)
        return {
            "id": self.options.key(self.recipe),
            "engine": ENGINE,
            "recipe": dict(self.recipe.values),
            "options": dict(self.options.values),
            "task": {"id": task.id, "title": task.title, "head": task.head, "stream": task.stream},
            "baseline": {"formula": task.baseline.formula, "value": known if np.isfinite(known) else None},
            "dims": {"time": self.T, "batch": self.B, "input": I, "hidden": H, "output": O},
            "parameters": {n: list(p.shape) for n, p in self.net.params.items()},
            "snapshots": sorted(self.marks),
        }

    # -- reading ------------------------------------------------------------------------------------------------

    def _gradients(self) -> Pass:
        """Read on until a loss counts: its mean over these steps and sequences, and the gradients of that."""
        while True:
            chunk, counted = self._read()
            window = _joined(self.past, chunk)
            old, share = len(window.x) - len(chunk.x), np.zeros(window.mask.shape)
            share[old:] = chunk.mask / max(counted, 1.0)
            ws = self.net.learn(Batch(window.x, window.target, share), self.states)
            cut = len(window.x) - min(self.k2 - self.k1, len(window.x))
            self.states, self.past = self.net.states_before(cut), _part(window, cut, None)
            if counted:
                return ws

    def _read(self) -> tuple[Batch, float]:
        """The next k1 steps and how many losses count in them; a new sequence begins with zero states."""
        if self.task.stream:
            chunk, self.carry = self.task.more(self.rng, self.B, self.k1, self.carry)
        else:
            if self.rest is None:
                self.rest, self.past, self.states = self.task.batch(self.rng, self.B, self.T), None, {}
            chunk, self.rest = _part(self.rest, 0, self.k1) or self.rest, _part(self.rest, self.k1, None)
        return chunk, float(chunk.mask.sum())


def _part(batch: Batch, first: int, last: int | None) -> Batch | None:
    """Some steps of a batch; none if there are none."""
    part = Batch(*(a[first:last] for a in batch))
    return part if len(part.x) else None


def _joined(past: Batch | None, chunk: Batch) -> Batch:
    """One batch after the other in time."""
    return chunk if past is None else Batch(*(np.concatenate(pair) for pair in zip(past, chunk, strict=True)))


def learner(recipe: Recipe, task: Task, dtype: str = "float64") -> Learner:
    """The recipe's network with the inputs and outputs of a task."""
    wiring = wiring_of(recipe)
    sizes: dict[str, Any] = {"I": len(task.inputs), "H": recipe["hidden"], "O": len(task.outputs), "head": task.head}
    if wiring.topology is None:
        return Unrollings(wiring.cells[""], **sizes, dtype=dtype)
    return Assembly(recipe.cell, wiring.topology, **sizes, cells=wiring.cells, dtype=dtype)


def train(recipe: Recipe, options: Options, saved: Checkpoint | None = None) -> Iterator[Event]:
    """The events of a training run, from its beginning or from where another stopped."""
    return Training(recipe, options, saved).events()


def race(runs: Sequence[Training]) -> Iterator[Event]:
    """Several runs in one stream, whoever is behind moves next; `run` in an event's data says whose it is."""
    streams = [run.events() for run in runs]
    while going := [i for i, run in enumerate(runs) if not run.ended]:
        i = min(going, key=lambda i: (runs[i].number > 0, runs[i].update, i))
        number = sum(run.number for run in runs)
        event = next(streams[i])
        yield replace(event, number=number, data={**event.data, "run": i})


def trace_at(recipe: Recipe, options: Options, snapshot: Event, include: Iterable[str] = DEFAULT_GROUPS) -> Trace:
    """Everything that happens at a snapshot's weights in the recipe's own sequence: its text, or one drawn apart."""
    weights = {n.removeprefix("param/"): p for n, p in snapshot.arrays.items()}
    key = f"{options.key(recipe)}-{snapshot.data['update']}"
    return replace(traced(run_with(recipe, weights), include), id=key)
