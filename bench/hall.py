"""Figure (v): a lecture hall: 500 viewers of one trace at the same instant, while both cores compute."""

import asyncio
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from bench.chromium import quantile
from bench.report import Figure
from bench.running import LARGE, drain, timed, watch
from tests.app.talk import STREAM, Query, get
from tests.serving import Server, serving

VIEWERS = 500
# Ten events a second, as a lecture goes; no header tells one answer from another.
SEEN: Query = {"pace": 0.1}
Seen = tuple[float, bytes]


def hall(_rounds: int) -> Iterator[Figure]:
    """(v) Whole streams, the first event, and `/healthz` meanwhile."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), (), **LARGE) as server:
        (_, alone), *_ = asyncio.run(audience(server, 1))
        runs = [watch(server, 300 + n) for n in range(2)]
        for run in runs:
            threading.Thread(target=drain, args=(run,), daemon=True).start()
        health: list[float] = []
        over = threading.Event()
        asking = threading.Thread(target=ask, args=(server, health, over))
        asking.start()
        seen = asyncio.run(audience(server, VIEWERS))
        over.set()
        asking.join()
        for run in runs:
            run.close()
    whole = sum(body == alone for _, body in seen)
    first, p99 = 1e3 * quantile([at for at, _ in seen], 0.99), 1e3 * quantile(health, 0.99)
    yield Figure("v", "500 viewers at once, two runs computing: whole streams", whole, None, "", whole, ">=", VIEWERS)
    yield Figure("v", "their first event, 99th percentile", first, None, "ms", first, "<=", 1500.0)
    yield Figure("v", "/healthz meanwhile, 99th percentile", p99, None, "ms", p99, "<=", 100.0)


async def audience(server: Server, count: int) -> list[Seen]:
    """Everybody connects, then all ask at once."""
    parts = urlsplit(server.url)
    lines = [await asyncio.open_connection(parts.hostname, parts.port) for _ in range(count)]
    return await asyncio.gather(*(view(*line) for line in lines))


async def view(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Seen:
    """Seconds to the first event, and all that came after the head of the answer."""
    began = time.perf_counter()
    writer.write(get(STREAM, "Accept: text/event-stream", "Connection: close", query=SEEN))
    await reader.readuntil(b"\r\n\r\n")
    first = await reader.read(1)
    taken = time.perf_counter() - began
    body = first + await reader.read()
    writer.close()
    return taken, body


def ask(server: Server, found: list[float], over: threading.Event) -> None:
    """Ask whether the server is alive, over and over, as a watcher does."""
    with httpx.Client() as client:
        while not over.wait(0.01):
            found.append(timed(client, f"{server.url}/healthz"))
