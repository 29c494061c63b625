"""Every computation happens once, however many ask for it.

A `Flight` is the growing list of frames of one task. Whoever asks for a task that is finished or
under way gets its flight; viewers hold an index into the list, never a queue of their own. Finished
flights stay until newer ones need their memory; failed ones are forgotten at once.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import cached_property
from time import perf_counter
from typing import Any

from starlette.requests import ClientDisconnect

from app import answers, tape, tasks
from app.metrics import Metrics
from app.pool import Executor
from app.problems import Refusal, refusal
from app.settings import Settings
from app.tasks import Task
from core.cost import Cost
from core.data import kept

INLINE_BYTES = 2**19
PATIENCE = 1.0

Leaving = Callable[[], Coroutine[Any, Any, object]]


async def unless(
    left: Coroutine[Any, Any, object], wanted: Coroutine[Any, Any, bool], patience: float | None = None
) -> None:
    """Wait for what is wanted, as long as patience lasts, unless the one who wants it leaves."""
    both = [asyncio.create_task(each) for each in (wanted, left)]
    try:
        await asyncio.wait(both, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        if both[1].done() and not both[0].done():
            raise ClientDisconnect
    finally:
        for each in both:
            each.cancel()
        await asyncio.gather(*both, return_exceptions=True)


class Flight:
    """One computation and all who wait for it; of a run on tape, `places` says where its snapshots are."""

    def __init__(self, taped: bool = False, grace: float = 0.0) -> None:
        self.taped, self.grace = taped, grace
        self.frames: list[bytes] = []
        self.pieces: dict[str, list[bytes]] = {}
        self.places: dict[tape.Place, int] = {}
        self.size, self.viewers = 0, 0
        self.finished = False
        self.failure: Refusal | None = None
        self.news = asyncio.Event()
        self.parting: asyncio.TimerHandle | None = None

    @cached_property
    def tag(self) -> str:
        """The strong ETag of the first frame, which is the whole answer of all but streams."""
        return answers.tag(self.frames[0])

    def append(self, frame: bytes) -> None:
        """One more frame for everyone."""
        if self.taped and (place := tape.place(frame)):
            self.places[place] = len(self.frames)
        self.frames.append(frame)
        self.size += len(frame) * (2 if self.taped else 1)  # as it came, and cut for those who watch
        self.tell()

    def shown(self, form: str) -> list[bytes]:
        """The frames in one form of a stream, cut once for all who read it."""
        if not self.taped:
            return self.frames
        found = self.pieces.setdefault(form, [])
        found += [tape.cut(frame, form) for frame in self.frames[len(found) :]]
        return found

    def finish(self, failure: Refusal | None = None) -> None:
        """No more frames will come."""
        self.finished, self.failure = True, failure
        self.tell()

    def tell(self) -> None:
        """Wake everyone who waits."""
        self.news.set()
        self.news = asyncio.Event()

    async def told(self, seconds: float) -> bool:
        """Wait for news of any kind; false when there was none in that time."""
        try:
            async with asyncio.timeout(seconds):
                await self.news.wait()
        except TimeoutError:
            return False
        return True

    async def passes(self, place: tape.Place) -> bool:
        """Wait until a snapshot is there; false when it never will be."""
        while place not in self.places and not self.finished:
            await self.news.wait()
        if place not in self.places and self.failure:
            raise self.failure
        return place in self.places

    async def reaches(self, number: int) -> bool:
        """Wait until the frame of that number is there; false when it never will be."""
        while len(self.frames) <= number and not self.finished:
            await self.news.wait()
        if len(self.frames) <= number and self.failure:
            raise self.failure
        return len(self.frames) > number


class Shelf:
    """Finished flights, the least recently asked for going first when memory is short."""

    def __init__(self, capacity: int, metrics: Metrics) -> None:
        self.capacity, self.metrics, self.size = capacity, metrics, 0
        self.flights: OrderedDict[Task, Flight] = OrderedDict()

    def get(self, task: Task) -> Flight | None:
        """The finished flight of a task."""
        if task in self.flights:
            self.flights.move_to_end(task)
        return self.flights.get(task)

    def put(self, task: Task, flight: Flight) -> None:
        """Keep a finished flight, if it is not larger than the shelf."""
        if flight.size > self.capacity // 4:
            return
        self.flights[task] = flight
        self.size += flight.size
        while self.size > self.capacity:
            self.size -= self.flights.popitem(last=False)[1].size
        self.metrics.cached.set(self.size)


class Desk:
    """Where tasks are handed in."""

    def __init__(self, executor: Executor, settings: Settings, metrics: Metrics) -> None:
        self.executor, self.settings, self.metrics = executor, settings, metrics
        self.shelf = Shelf(settings.cache_bytes, metrics)
        self.flying: dict[Task, Flight] = {}
        self.running: dict[Flight, asyncio.Task[None]] = {}

    @contextmanager
    def hold(self, flight: Flight) -> Iterator[None]:
        """A flight goes on at least as long as somebody holds it."""
        flight.viewers += 1
        if flight.parting:
            flight.parting.cancel()
        try:
            yield
        finally:
            flight.viewers -= 1
            if not (flight.viewers or flight.finished):
                flight.parting = asyncio.get_running_loop().call_later(flight.grace, self._abandon, flight)

    async def reached(self, task: Task, cost: Cost, number: int, left: Leaving) -> Flight | None:
        """The flight of a task once it has a frame, none when it ended before; watches whether the asker leaves."""
        flight = self._flight(task, cost)
        with self.hold(flight):
            if len(flight.frames) <= number and not flight.finished:
                await unless(left(), flight.reaches(number), PATIENCE if flight.taped else None)
            # Who waits long for a run, in the line perhaps, is not kept waiting for the head of the answer too.
            waits = flight.taped and not flight.finished
            return flight if waits or await flight.reaches(number) else None

    async def finished(self, task: Task, cost: Cost, left: Leaving) -> Flight:
        """The flight of a task with one frame, once it has that frame."""
        flight = await self.reached(task, cost, 0, left)
        assert flight  # noqa: S101 - a finished task has a frame, a failed one has raised
        return flight

    async def snapshot(self, task: Task, cost: Cost, update: int, left: Leaving) -> bytes | None:
        """The weights of a run at an update, none if it never gets there: from the shelf, from a run under way, or new.

        Also a race holds the snapshots of each of its runs. What begins for this alone ends soon after.
        """
        run, flight = self._with_run(task) or (0, self._flight(task, cost))
        with self.hold(flight):
            if (run, update) not in flight.places and not flight.finished:
                await unless(left(), flight.passes((run, update)))
            found = await flight.passes((run, update))
        return tape.attached(flight.frames[flight.places[run, update]]) if found else None

    def _with_run(self, task: Task) -> tuple[int, Flight] | None:
        (wanted,) = task.runs
        for known in (self.shelf.flights, self.flying):
            for other, flight in known.items():
                if other.kind == task.kind and wanted in other.runs:
                    return other.runs.index(wanted), flight
        return None

    def _flight(self, task: Task, cost: Cost) -> Flight:
        if found := self.shelf.get(task):
            self.metrics.shared.labels("cached").inc()
            return found
        if found := self.flying.get(task):
            self.metrics.shared.labels("joined").inc()
            return found
        return self._start(task, self._inline(task, cost))

    def knows(self, task: Task) -> bool:
        """Whether nothing needs to be computed for a task."""
        return task in self.shelf.flights or task in self.flying

    def _inline(self, task: Task, cost: Cost) -> bool:
        small = cost.milliseconds <= self.settings.inline_ms and cost.bytes <= INLINE_BYTES
        return small and task.kind in tasks.INLINE and not kept.named(task.text)  # a stranger's file is read elsewhere

    def _start(self, task: Task, inline: bool) -> Flight:
        self.metrics.computes.labels(task.kind, "inline" if inline else "pool").inc()
        grace = self.settings.training_grace_seconds if task.kind in tasks.LONG else self.settings.abandon_seconds
        flight = Flight(task.kind in tasks.TAPED, grace)
        if inline:
            self._compute_here(task, flight)
        else:
            self.flying[task] = flight
            self.running[flight] = asyncio.create_task(self._compute_there(task, flight))
        return flight

    def _compute_here(self, task: Task, flight: Flight) -> None:
        began = perf_counter()
        try:
            for frame in tasks.frames(task):
                flight.append(frame)
            self._land(task, flight, None)
        except Exception as exc:  # noqa: BLE001 - it becomes the answer
            self._land(task, flight, refusal(exc))
        self.metrics.seconds.labels("inline").observe(perf_counter() - began)

    async def _compute_there(self, task: Task, flight: Flight) -> None:
        # A task of its own: whoever asked first may leave without taking the rest along.
        began = perf_counter()
        failure: Refusal | None = Refusal("draining", "The computation was ended.")
        try:
            await self.executor.run(task, flight.append)
            failure = None
        except Exception as exc:  # noqa: BLE001 - it becomes the answer
            failure = refusal(exc)
        finally:
            self._land(task, flight, failure)
            self.metrics.seconds.labels("pool").observe(perf_counter() - began)

    def _land(self, task: Task, flight: Flight, failure: Refusal | None) -> None:
        if self.flying.get(task) is flight:
            del self.flying[task]
        self.running.pop(flight, None)
        flight.finish(failure)
        if failure is None:
            self.shelf.put(task, flight)

    def nudge(self) -> None:
        """Let every viewer look up: the server is about to leave."""
        for flight in self.flying.values():
            flight.tell()

    def _abandon(self, flight: Flight) -> None:
        if flight in self.running and not flight.viewers:
            # Who asks from now on gets a new flight, not the end of this one.
            self.flying = {task: other for task, other in self.flying.items() if other is not flight}
            self.running[flight].cancel()

    async def close(self) -> None:
        """End what is under way."""
        under_way = [*self.running.values()]
        for running in under_way:
            running.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
