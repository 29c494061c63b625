"""A flight, on the wire: one generator of pieces for every form.

A viewer is an index into the flight's frames. It starts anywhere, so that a reader who was cut off
goes on where it stopped, and it waits for three things at once: the next frame, the server's
farewell, and the moment to say that all is well.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field

from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from app import wire
from app.compute import Desk, Flight, Leaving
from app.metrics import Metrics
from app.problems import Refusal, document
from app.settings import Settings
from app.tasks import Task
from core.cost import Cost

Run = tuple[Task, Cost]
BATCH = 64 * 2**10
HEADERS = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no", "Vary": "Accept"}
FORMS = {"text/event-stream": "sse", "application/jsonl": "jsonl", "application/octet-stream": "binary"}
MEDIA_TYPES = {form: media_type for media_type, form in FORMS.items()}


@dataclass
class Seats:
    """How many streams are open, and whether the server is about to leave."""

    settings: Settings
    metrics: Metrics
    taken: int = 0
    leaving: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self) -> None:
        """Take a seat, or be refused before anything has begun."""
        if self.leaving.is_set():
            raise Refusal("draining", "The server is stopping.")
        if self.taken >= self.settings.streams:
            raise Refusal("streams-full", f"{self.taken} streams are open.")
        self._count(1)

    def give(self) -> None:
        """Give a seat back."""
        self._count(-1)

    async def pause(self, seconds: float) -> None:
        """Wait, unless the server leaves meanwhile."""
        if seconds:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.leaving.wait(), seconds)

    def _count(self, change: int) -> None:
        self.taken += change
        self.metrics.streams.set(self.taken)


class Seated(StreamingResponse):
    """A stream that gives its seat back the moment it ends, however it ends.

    The generator's own `finally` would not do: it may run only when the generator is collected.
    """

    seats: Seats

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream, then give the seat back."""
        self.seats.take()
        try:
            await super().__call__(scope, receive, send)
        finally:
            self.seats.give()
            with suppress(RuntimeError):
                await self.body_iterator.aclose()  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Reading:
    """How one viewer reads: in which form, from which frame on, and how many seconds apart."""

    form: str
    start: int
    pace: float


async def respond(desk: Desk, seats: Seats, run: Run, reading: Reading, left: Leaving) -> Response:
    """The stream of a task, or 204 when the reader has all of it already."""
    if seats.leaving.is_set():
        raise Refusal("draining", "The server is stopping.")
    flight = await desk.reached(*run, reading.start, left)
    if not flight:
        return Response(status_code=204, headers={"Cache-Control": "no-store"})
    pieces = read(desk, seats, flight, reading)
    answer = Seated(pieces, headers=HEADERS, media_type=MEDIA_TYPES[reading.form])
    answer.seats = seats
    return answer


async def read(desk: Desk, seats: Seats, flight: Flight, reading: Reading) -> AsyncIterator[bytes]:
    """The pieces that one viewer is sent."""
    number = reading.start
    with desk.hold(flight):
        while not (flight.finished and number >= len(flight.frames)):
            frames = flight.shown(reading.form)
            if seats.leaving.is_set():
                yield wire.farewell(reading.form, round(1000 * (1 + random.random())))  # noqa: S311 - jitter
                return
            if number < len(frames):
                await seats.pause(reading.pace if number > reading.start else 0)
                piece = batch(frames, number, 1 if reading.pace else BATCH)
                number += len(piece)
                yield b"".join(piece)
            elif not await flight.told(desk.settings.ping_seconds):
                yield wire.PINGS[reading.form]
        if flight.failure:
            yield wire.trouble(reading.form, document(flight.failure))


def batch(frames: list[bytes], number: int, size: int) -> list[bytes]:
    """The frames from a number on, at least one, until their size is enough for one message."""
    end, filled = number, 0
    while end < len(frames) and filled < size:
        filled += len(frames[end])
        end += 1
    return frames[number:end]
