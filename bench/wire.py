"""Figure (d): bytes on the wire per step, our binary frames against FastAPI's own JSON."""

import asyncio
import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx

from bench.opponents.native_json import app
from bench.recipes import RUNS
from bench.report import Figure
from tests.serving import serving

HEADER = struct.Struct("<IHHII")
FORWARD, BACKWARD = 1, 2


def wire(_rounds: int) -> Iterator[Figure]:
    """(d) Body bytes of all forward and backward steps, divided by their number."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as server:
        for run in RUNS:
            ours, theirs = binary_bytes(server.url, run.recipe), asyncio.run(json_bytes(run.recipe))
            figure = f"{run.name}: FastAPI's JSON over our stream, per step"
            yield Figure("d", figure, ours, theirs, "B", theirs / ours, ">=", 5.0)


def binary_bytes(url: str, recipe: dict[str, str]) -> float:
    """Bytes per step from the real server: header and payload of every forward and backward frame."""
    accept = {"Accept": "application/octet-stream", "Accept-Encoding": "identity"}
    body = httpx.get(f"{url}/api/v1/traces/stream", params=recipe, headers=accept, timeout=60)
    body.raise_for_status()
    sizes = [size for kind, size in frames(body.content) if kind in {FORWARD, BACKWARD}]
    return sum(sizes) / len(sizes)


def frames(body: bytes) -> Iterator[tuple[int, int]]:
    """(kind, whole size) of every length-prefixed frame."""
    place = 0
    while place < len(body):
        length, kind, _flags, _t, _number = HEADER.unpack_from(body, place)
        yield kind, HEADER.size + length
        place += HEADER.size + length


async def json_bytes(recipe: dict[str, str]) -> float:
    """Bytes per step of the framework's own encoding of the same events."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://bench", timeout=60) as client:
        answer = await client.get("/stream", params=recipe)
    answer.raise_for_status()
    lines = answer.content.splitlines(keepends=True)
    return len(answer.content) / len(lines)
