"""uvicorn with three habits of our own.

It says that it is leaving at the moment of the signal, so that open streams end by themselves; it
cuts connections that send a head, or read an answer, too slowly; and it words its own refusals as
problem documents.
"""

import asyncio
import socket
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from app import problems
from app.problems import Refusal
from app.settings import Settings

HARMLESS_REST = 64 * 2**20


class Protocol(H11Protocol):
    """One connection, watched while it should be sending a request."""

    patience, taking = 10.0, 30.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let the application cut this connection, and begin to watch."""
        super().connection_made(transport)
        # asyncio does this only for sockets made with the protocol's number; without it, an answer's
        # body waits 40 ms for the acknowledgement of its head.
        bare = transport.get_extra_info("socket")
        bare.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # What has been handed to the system must be taken too, also after the last word is said.
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            bare.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(1000 * self.taking))
        self.app_state = {**self.app_state, "abort": transport.abort}
        self.unasked = 0
        self.watch: asyncio.TimerHandle | None = None
        self._rewatch()

    def data_received(self, data: bytes) -> None:
        """Take what came, unless it is the endless rest of an answered request."""
        super().data_received(data)
        self._rewatch()
        self.unasked = self.unasked + len(data) if self.watch else 0
        if self.unasked > HARMLESS_REST:
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timer with the connection."""
        if self.watch:
            self.watch.cancel()
        super().connection_lost(exc)

    def _rewatch(self) -> None:
        answered = self._answered()
        if answered and self.watch is None:
            self.watch = self.loop.call_later(self.patience, self._cut)
        elif not answered and self.watch:
            self.watch.cancel()
            self.watch = None

    def _cut(self) -> None:
        self.watch = None
        if self._answered():
            self.transport.abort()

    def _answered(self) -> bool:
        # Before the first request there is no cycle, whatever uvicorn's annotation says.
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or cycle.response_complete

    def send_400_response(self, msg: str) -> None:
        """Refuse what is not HTTP, in the shape of every other refusal."""
        hint = getattr(sys.exc_info()[1], "error_status_hint", 400)
        kind = "head-too-large" if hint == 431 else "bad-request"
        answer = problems.respond(Refusal(kind, msg))
        headers = [*answer.raw_headers, (b"connection", b"close")]
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            start = h11.Response(status_code=answer.status_code, headers=headers)
            parts = (start, h11.Data(data=bytes(answer.body)), h11.EndOfMessage())
            self.transport.write(b"".join(self.conn.send(part) or b"" for part in parts))
        self.transport.close()


class Server(uvicorn.Server):
    """A server that tells its application when it begins to stop."""

    def __init__(self, config: uvicorn.Config, leaving: Callable[[], None], ready: Callable[[], None]) -> None:
        super().__init__(config)
        self.leaving, self.ready = leaving, ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        self.loop = asyncio.get_running_loop()
        await super().startup(sockets)
        if self.started:
            self.ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Tell the streams first: the lifespan's end comes only after they have closed."""
        self.loop.call_soon_threadsafe(self.leaving)
        super().handle_exit(sig, frame)

    def stop(self) -> None:
        """Do what a signal does, for whoever runs the server in a thread."""
        self.loop.call_soon_threadsafe(self.leaving)
        self.should_exit = True


def config(app: Any, settings: Settings) -> uvicorn.Config:
    """How we run uvicorn: h11 with a bounded head, no text logs, a short farewell."""
    protocol = type("Watched", (Protocol,), {"patience": settings.receive_seconds, "taking": settings.send_seconds})
    return uvicorn.Config(
        app,
        http=protocol,
        ws="none",
        loop="asyncio",
        lifespan="on",
        h11_max_incomplete_event_size=settings.header_bytes,
        timeout_graceful_shutdown=settings.shutdown_seconds,
        timeout_keep_alive=5,
        log_level=settings.log_level,
        server_header=False,
        access_log=settings.log_level in {"info", "debug"},
        backlog=2048,
    )
