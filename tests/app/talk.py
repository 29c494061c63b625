"""How the tests speak with a server: whole answers, streams of three forms, and bare sockets."""

import atexit
import json
import re
import socket
import struct
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx

TRACES, STREAM, EXPLAIN = "/api/v1/traces", "/api/v1/traces/stream", "/api/v1/explain"
TRAINING, TRAINED, WEIGHTS = (f"/api/v1/training/{name}" for name in ("stream", "traces", "weights"))
FORMS = {"sse": "text/event-stream", "jsonl": "application/jsonl", "binary": "application/octet-stream"}
Query = Mapping[str, str | float]
# One client for all: making one reads every certificate of the machine, which takes longer than most answers.
WEB = httpx.Client(timeout=60)
atexit.register(WEB.close)
HEAD = struct.Struct("<IHHII")


@dataclass(frozen=True)
class Said:
    """One event as a client sees it; `raw` is its payload in the form it came in."""

    kind: str
    number: int
    t: int
    raw: bytes


KINDS = ["start", "forward", "backward", "done", "drain", "problem", "step", "snapshot", "diverged", "finished"]
KINDS += ["expanded", "kept", "pruned"]


def binary_events(body: bytes) -> Iterator[Said]:
    """The frames of a binary stream."""
    at = 0
    while at < len(body):
        length, kind, _, t, number = HEAD.unpack_from(body, at)
        at += HEAD.size + length
        assert at <= len(body), "a frame was cut off"
        yield Said(KINDS[kind], number, t, body[at - length : at])


def jsonl_events(body: bytes) -> Iterator[Said]:
    """The lines of a JSONL stream."""
    for line in filter(None, body.split(b"\n")):
        event = json.loads(line, parse_constant=no_constant)
        yield Said(event["event"], event.get("number", -1), event.get("t", 0), line)


def sse_events(body: bytes) -> Iterator[Said]:
    """The events of an event stream; comments are left out."""
    for block in filter(None, body.decode().split("\n\n")):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
        if fields:
            data = json.loads(fields["data"], parse_constant=no_constant)
            number = int(fields.get("id", -1))
            yield Said(fields["event"], number, data.get("t", 0), fields["data"].encode())


READERS = {"sse": sse_events, "jsonl": jsonl_events, "binary": binary_events}


def no_constant(name: str) -> float:
    """Refuse what JSON does not know."""
    raise AssertionError(f"{name} left the server")


def events(url: str, form: str, query: Query, headers: dict[str, str] | None = None, route: str = STREAM) -> list[Said]:
    """All events of a stream."""
    answer = WEB.get(url + route, params=query, headers={"Accept": FORMS[form], **(headers or {})}, timeout=60)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith(FORMS[form])
    return list(READERS[form](answer.content))


def connect(url: str, **options: int) -> socket.socket:
    """A bare connection to a server."""
    parts = urlsplit(url)
    bare = socket.socket()
    for name, value in options.items():
        bare.setsockopt(socket.SOL_SOCKET, getattr(socket, name), value)
    bare.settimeout(30)
    bare.connect((parts.hostname or "", parts.port or 80))
    return bare


def get(path: str, *headers: str, query: Query | None = None) -> bytes:
    """A request as bytes."""
    target = f"{path}?{urlencode(query)}" if query else path
    lines = [f"GET {target} HTTP/1.1", "Host: test", *headers, "", ""]
    return "\r\n".join(lines).encode()


def read_until(bare: socket.socket, mark: bytes) -> bytes:
    """What comes, up to a mark or the end."""
    got = b""
    while mark not in got and (piece := bare.recv(65536)):
        got += piece
    return got


def read_all(bare: socket.socket) -> bytes:
    """What comes until the other side closes."""
    got = b""
    while piece := bare.recv(65536):
        got += piece
    return got


def counted(url: str, name: str, **labels: str) -> float:
    """The sum of a metric over all rows with these labels."""
    total = 0.0
    for line in WEB.get(f"{url}/metrics").text.splitlines():
        found = re.fullmatch(rf"{name}(?:_total)?(\{{.*\}})? (\S+)", line)
        if found and all(f'{key}="{value}"' in (found[1] or "") for key, value in labels.items()):
            total += float(found[2])
    return total


def resident(pid: int) -> int:
    """The memory of a process in bytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096


def children(pid: int) -> list[int]:
    """The processes that a process has started, whichever of its threads did."""
    found = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for path in found for child in path.read_text().split()]


def alive(pid: int) -> bool:
    """Whether a process is there and not merely waiting to be buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not true after {seconds} s"
        time.sleep(0.02)


def problem(answer: httpx.Response) -> dict[str, Any]:
    """The problem of an answer, which has the shape that all problems have."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text[:200]
    assert len(answer.content) <= 4096
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    assert told["status"] == answer.status_code
    assert {"type", "title", "detail"} <= told.keys()
    assert told["type"].startswith("/docs#")
    return dict(told)
