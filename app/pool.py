"""A few compute processes and the line in front of them.

A process that dies, overstays its deadline or is no longer wanted is replaced; the task it had
fails with a problem, and no other task notices.
"""

import asyncio
import os
import struct
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Protocol

from app import worker
from app.metrics import Metrics
from app.problems import Refusal
from app.tasks import Task

Sink = Callable[[bytes], None]
ROOT = Path(__file__).resolve().parent.parent
SHORTEST_LIFE = 1.0
HALT_SECONDS = 0.15
BREATH = 64


class Executor(Protocol):
    """Whatever can compute tasks elsewhere: processes here, a cluster later."""

    async def start(self) -> None:
        """Be ready soon."""

    async def stop(self) -> None:
        """End everything at once."""

    async def run(self, task: Task, sink: Sink) -> None:
        """Give every frame to `sink`; raise a `Refusal` when it cannot be done."""

    async def ready(self) -> bool:
        """Whether a task given now would begin soon."""


@dataclass(frozen=True)
class Line:
    """Some processes, how much they and their memory may take, and how many tasks may wait for them how long."""

    processes: int
    niceness: int
    memory: int
    queue: int
    seconds: float


class Pool:
    """Processes that are alike; those who come take the next one that is free."""

    def __init__(self, line: Line, metrics: Metrics) -> None:
        self.line, self.metrics = line, metrics
        self.places = [Place(line, metrics) for _ in range(line.processes)]
        self.idle: asyncio.LifoQueue[Place] = asyncio.LifoQueue()
        self.waiting, self.started = 0, False

    async def start(self) -> None:
        """Start every process; each is ready when it first answers."""
        self.started = True
        for place in self.places:
            await place.start()
            self.idle.put_nowait(place)

    async def stop(self) -> None:
        """End every process: they hold nothing that would be lost."""
        await asyncio.gather(*(place.stop() for place in self.places))

    async def ready(self) -> bool:
        """Whether the line has room and a process is there that has answered."""
        return self.waiting <= self.line.queue and any(p.alive and p.greeted for p in self.places)

    async def run(self, task: Task, sink: Sink) -> None:
        """Compute a task in the next free process."""
        if not self.started:
            await self.start()
        place = await self._next()
        try:
            async with asyncio.timeout(self.line.seconds):
                await place.run(task, sink)
        except TimeoutError:
            raise Refusal("deadline", "The computation passed its deadline.") from None
        finally:
            self.idle.put_nowait(place)

    async def _next(self) -> "Place":
        if self.idle.empty() and self.waiting >= self.line.queue:
            raise Refusal("queue-full", f"{self.waiting} computations are waiting already.")
        self._wait(1)
        try:
            return await self.idle.get()
        finally:
            self._wait(-1)

    def _wait(self, change: int) -> None:
        self.waiting += change
        self.metrics.waiting.inc(change)


class Place:
    """A place for one compute process, where a new one follows when the last has ended."""

    process: Process | None = None
    ended = greeted = busy = False

    def __init__(self, line: Line, metrics: Metrics) -> None:
        self.line, self.metrics = line, metrics
        self.head: bytes | None = None
        self.lock = asyncio.Lock()
        self.watchers: list[asyncio.Task[None]] = []

    @property
    def alive(self) -> bool:
        """Whether a process sits here that nobody has ended."""
        return self.process is not None and self.process.returncode is None and not self.ended

    async def start(self) -> None:
        """Start a process, and watch over it."""
        self.process, self.head = await spawn(self.line), None
        self.ended = self.greeted = self.busy = False
        self.watchers = [asyncio.create_task(watch) for watch in (self._meet(), self._mourn(self.process))]

    async def stop(self) -> None:
        """End the process for good."""
        for watcher in self.watchers:
            watcher.cancel()
        self._kill()
        if self.process:
            await self.process.wait()

    async def _meet(self) -> None:
        async with self.lock:
            with suppress(asyncio.IncompleteReadError):
                await self._greet()

    async def _greet(self) -> None:
        if not self.greeted:
            await self._read()
            self.greeted = True

    async def _mourn(self, process: Process) -> None:
        began = monotonic()
        await process.wait()
        # One that cannot even start must not keep the machine busy with starting.
        await asyncio.sleep(max(0.0, SHORTEST_LIFE - (monotonic() - began)))
        async with self.lock:
            if self.process is process:
                await self._follow()

    async def _follow(self) -> None:
        self.metrics.replaced.inc()
        await self.start()

    async def run(self, task: Task, sink: Sink) -> None:
        """Send a task, pass its frames on, raise its refusal. Whatever else ends it ends the process."""
        async with self.lock:
            if not self.alive:
                await self._follow()
            try:
                kind, payload = await self._converse(task, sink)
            except (asyncio.IncompleteReadError, ConnectionError):
                self._kill()
                raise Refusal("process-lost", "The process that computed this has ended.") from None
            except BaseException:
                await self._halt()
                raise
        if kind == worker.FAILED:
            raise worker.unpack(payload)

    async def _converse(self, task: Task, sink: Sink) -> tuple[int, bytes]:
        await self._greet()
        self.busy = True
        await self._ask(task.message())
        kind, payload = await self._read()
        breath = 0
        while kind == worker.FRAME:
            sink(payload)
            # What has come already is read without a pause: many small frames would hold up everyone else.
            breath = (breath + 1) % BREATH
            if not breath:
                await asyncio.sleep(0)
            kind, payload = await self._read()
        self.busy = False
        return kind, payload

    async def _halt(self) -> None:
        """Ask the process to leave its task, which it does between frames; end it if it does not within a moment."""
        if not self.busy:
            return
        try:
            with suppress(TimeoutError, OSError, asyncio.IncompleteReadError):
                async with asyncio.timeout(HALT_SECONDS):
                    await self._ask(worker.HALT)
                    while (await self._read())[0] == worker.FRAME:
                        pass
                    self.busy = False
        finally:
            if self.busy:
                self._kill()

    async def _ask(self, message: bytes) -> None:
        assert self.process is not None  # noqa: S101 - nobody speaks to a place without one
        assert self.process.stdin  # noqa: S101 - spawned with a pipe
        self.process.stdin.write(struct.pack("<I", len(message)) + message)
        await self.process.stdin.drain()

    async def _read(self) -> tuple[int, bytes]:
        # Who reads may be cancelled between a head and its payload: the next must not take one for the other.
        assert self.process is not None  # noqa: S101 - nobody speaks to a place without one
        assert self.process.stdout  # noqa: S101 - spawned with a pipe
        self.head = self.head or await self.process.stdout.readexactly(worker.HEAD.size)
        length, kind = worker.HEAD.unpack(self.head)
        payload = await self.process.stdout.readexactly(length)
        self.head = None
        return kind, payload

    def _kill(self) -> None:
        # It stays in the process table for a moment: nobody may take it for alive meanwhile.
        self.ended = True
        with suppress(ProcessLookupError):
            if self.process:
                self.process.kill()


async def spawn(line: Line) -> Process:
    """Start one compute process with pipes to it."""
    given = (os.getpid(), line.niceness, line.memory)
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "app.worker",
        *map(str, given),
        stdin=PIPE,
        stdout=PIPE,
        stderr=None,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        limit=2**20,
    )
