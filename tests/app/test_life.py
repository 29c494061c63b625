"""How a server begins, where it is found, and how it ends."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from app.cli import address, on_desktop
from tests.app.talk import (
    FORMS,
    READERS,
    STREAM,
    TRACES,
    WEB,
    alive,
    children,
    connect,
    counted,
    get,
    read_all,
    read_until,
    until,
)
from tests.serving import ROOT, serving


def test_a_hundred_viewers_are_told_and_the_server_goes(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        viewers = []
        for index in range(100):
            viewer = connect(server.url)
            form = [*FORMS][index % 3]
            viewer.sendall(get(STREAM, f"Accept: {FORMS[form]}", query={"pace": 5}))
            viewers.append((viewer, form))
        for viewer, _ in viewers:
            read_until(viewer, b"layout")
        processes = children(server.pid)
        began = time.monotonic()
        os.kill(server.pid, signal.SIGTERM)
        for viewer, form in viewers:
            body = unchunked(read_all(viewer))
            assert body is not None, "the stream was cut off"
            if form != "binary":
                assert b"drain" in body
            viewer.close()
        until(lambda: not alive(server.pid), 2)
        assert time.monotonic() - began <= 2
        assert not any(alive(process) for process in processes)


def unchunked(rest: bytes) -> bytes | None:
    """The body of chunks, if its end was sent."""
    return rest if rest.endswith(b"0\r\n\r\n") else None


def test_a_farewell_says_when_to_come_back(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        viewers = {form: connect(server.url) for form in FORMS}
        for form, viewer in viewers.items():
            viewer.sendall(get(STREAM, f"Accept: {FORMS[form]}", "Connection: close", query={"pace": 9}))
            read_until(viewer, b"layout")
        os.kill(server.pid, signal.SIGTERM)
        said = {form: read_all(viewer) for form, viewer in viewers.items()}
        for viewer in viewers.values():
            viewer.close()
    assert re.search(rb"event: drain\nretry: [12]\d{3}\ndata: \{\}\n\n", said["sse"])
    assert re.search(rb'\{"event":"drain","retry_ms":[12]\d{3}\}\n', said["jsonl"])
    frame = re.search(rb"....\x04\x00\x00\x00" + b"\x00" * 8 + rb'\{"retry_ms":[12]\d{3}\}', said["binary"], re.DOTALL)
    assert frame
    assert next(READERS["binary"](frame[0])).kind == "drain"


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_a_server_stops_while_it_computes(ending: signal.Signals, tmp_path: Path) -> None:
    more = {"UNROLLED_COMPUTE_MS": "1e9", "UNROLLED_RESPONSE_BYTES": str(2**40)}
    process, url = started(tmp_path, **more)
    busy = connect(url)
    begun = counted(url, "unrolled_computes")
    text = "the cat saw the dog and ran. " * 30
    busy.sendall(get(TRACES, query={"cell": "lstm", "hidden": 48, "data": "characters", "text": text}))
    until(lambda: counted(url, "unrolled_computes") == begun + 1)
    workers = children(process.pid)
    process.send_signal(ending)
    # One second for the request, and what a busy machine takes to end a process.
    assert process.wait(6) in {0, -ending}
    assert not any(alive(worker) for worker in workers)
    busy.close()


def test_no_process_outlives_a_killed_server(tmp_path: Path) -> None:
    process, url = started(tmp_path)
    WEB.get(url + TRACES, params={"hidden": 64}).raise_for_status()
    workers = children(process.pid)
    assert len(workers) == 2
    process.kill()
    process.wait()
    until(lambda: not any(alive(worker) for worker in workers), 2)


def started(folder: Path, **settings: str) -> tuple[subprocess.Popen[bytes], str]:
    """A server that a test ends itself."""
    log = folder / "log"
    environment = {**os.environ, "PORT": "0", "UNROLLED_BROWSER": "never", **settings}
    with log.open("wb") as out:
        words = [sys.executable, "-m", "app", "serve"]
        process = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=out, stderr=out)
    until(lambda: b"Unrolled is at" in log.read_bytes())
    found = re.search(r"Unrolled is at (http://\S+)/\n", log.read_text())
    assert found
    return process, found[1]


def test_a_taken_port_gives_the_next_free_one(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with serving(tmp_path, PORT=str(port)) as server:
            assert port < int(server.url.rpartition(":")[2]) <= port + 20
            assert WEB.get(f"{server.url}/healthz").status_code == 200


def test_a_new_server_may_take_the_port_of_the_last_one(tmp_path: Path) -> None:
    with serving(tmp_path) as first:
        port = first.url.rpartition(":")[2]
        WEB.get(f"{first.url}/healthz")
    with serving(tmp_path, PORT=port) as second:
        assert second.url == first.url


def test_ipv6_and_its_address(tmp_path: Path) -> None:
    with serving(tmp_path, HOST="::1") as server:
        assert server.url.startswith("http://[::1]:")
        assert WEB.get(f"{server.url}/healthz").status_code == 200
    assert address("0.0.0.0", 80) == "http://127.0.0.1:80/"


@pytest.mark.parametrize(
    ("environment", "terminal", "shown"),
    [
        ({"DISPLAY": ":0"}, True, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True, True),
        ({"DISPLAY": ":0"}, False, False),
        ({"DISPLAY": ":0", "CI": "1"}, True, False),
        ({"DISPLAY": ":0", "SSH_CONNECTION": "1 2 3 4"}, True, False),
        ({}, True, False),
    ],
)
def test_a_browser_opens_only_on_a_desktop(environment: dict[str, str], terminal: bool, shown: bool) -> None:
    if sys.platform == "linux":
        assert on_desktop(environment, terminal) is shown


def test_a_silent_connection_and_half_a_head_are_closed(tmp_path: Path) -> None:
    with serving(tmp_path, UNROLLED_RECEIVE_SECONDS="0.5") as server:
        silent, half, body = (connect(server.url) for _ in range(3))
        half.sendall(b"GET /healthz HTTP/1.1\r\nHost: t")
        body.sendall(b"POST /api/v1/traces HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n")
        body.sendall(b"Content-Length: 100\r\n\r\n{")
        for bare in (silent, half):
            with bare, suppress(ConnectionResetError):
                bare.settimeout(5)
                assert bare.recv(1) == b""
        with body:
            assert read_until(body, b"}").startswith(b"HTTP/1.1 408 ")
