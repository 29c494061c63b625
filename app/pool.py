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
from pathlib import Path
from time import monotonic
from typing import Protocol

from app import worker
from app.metrics import Metrics
from app.problems import Refusal
from app.settings import Settings
from app.tasks import Task

Sink = Callable[[bytes], None]
ROOT = Path(__file__).resolve().parent.parent
SHORTEST_LIFE = 1.0


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


class Pool:
    """The executor of one machine."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self.settings, self.metrics = settings, metrics
        self.places = [Place(settings, metrics) for _ in range(settings.processes)]
        self.idle: asyncio.LifoQueue[Place] = asyncio.LifoQueue()
        self.waiting = 0

    async def start(self) -> None:
        """Start every process; each is ready when it first answers."""
        for place in self.places:
            await place.start()
            self.idle.put_nowait(place)

    async def stop(self) -> None:
        """End every process: they hold nothing that would be lost."""
        await asyncio.gather(*(place.stop() for place in self.places))

    async def ready(self) -> bool:
        """Whether the line has room and a process is there that has answered."""
        return self.waiting <= self.settings.queue and any(p.alive and p.greeted for p in self.places)

    async def run(self, task: Task, sink: Sink) -> None:
        """Compute a task in the next free process."""
        place = await self._next()
        try:
            async with asyncio.timeout(self.settings.deadline_seconds):
                await place.run(task, sink)
        except TimeoutError:
            raise Refusal("deadline", "The computation passed its deadline.") from None
        finally:
            self.idle.put_nowait(place)

    async def _next(self) -> "Place":
        if self.idle.empty() and self.waiting >= self.settings.queue:
            raise Refusal("queue-full", f"{self.waiting} computations are waiting already.")
        self._wait(1)
        try:
            return await self.idle.get()
        finally:
            self._wait(-1)

    def _wait(self, change: int) -> None:
        self.waiting += change
        self.metrics.waiting.set(self.waiting)


class Place:
    """A place for one compute process, where a new one follows when the last has ended."""

    process: Process
    ended = greeted = False

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self.settings, self.metrics = settings, metrics
        self.lock = asyncio.Lock()
        self.watchers: list[asyncio.Task[None]] = []

    @property
    def alive(self) -> bool:
        """Whether a process sits here that nobody has ended."""
        return self.process.returncode is None and not self.ended

    async def start(self) -> None:
        """Start a process, and watch over it."""
        self.process, self.ended, self.greeted = await spawn(self.settings), False, False
        self.watchers = [asyncio.create_task(watch) for watch in (self._meet(), self._mourn(self.process))]

    async def stop(self) -> None:
        """End the process for good."""
        for watcher in self.watchers:
            watcher.cancel()
        self._kill()
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
                self._kill()
                raise
        if kind == worker.FAILED:
            raise worker.unpack(payload)

    async def _converse(self, task: Task, sink: Sink) -> tuple[int, bytes]:
        await self._greet()
        await self._ask(task.message())
        kind, payload = await self._read()
        while kind == worker.FRAME:
            sink(payload)
            kind, payload = await self._read()
        return kind, payload

    async def _ask(self, message: bytes) -> None:
        assert self.process.stdin  # noqa: S101 - spawned with a pipe
        self.process.stdin.write(struct.pack("<I", len(message)) + message)
        await self.process.stdin.drain()

    async def _read(self) -> tuple[int, bytes]:
        assert self.process.stdout  # noqa: S101 - spawned with a pipe
        length, kind = worker.HEAD.unpack(await self.process.stdout.readexactly(worker.HEAD.size))
        return kind, await self.process.stdout.readexactly(length)

    def _kill(self) -> None:
        # It stays in the process table for a moment: nobody may take it for alive meanwhile.
        self.ended = True
        with suppress(ProcessLookupError):
            self.process.kill()


async def spawn(settings: Settings) -> Process:
    """Start one compute process with pipes to it."""
    given = (os.getpid(), settings.niceness, settings.process_bytes)
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
