"""Start the real server in a process of its own, the way `make run` does."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BANNER = re.compile(r"Unrolled is at (http://\S+?)/?\s")
QUIET = {"HOST": "127.0.0.1", "PORT": "0", "UNROLLED_BROWSER": "never"}
START_SECONDS, STOP_SECONDS = 30, 2


@dataclass(frozen=True)
class Server:
    """A running server: where it is (no slash at the end), its process and what it said."""

    url: str
    pid: int
    log: Path


def said_where(process: subprocess.Popen[bytes], log: Path) -> str:
    """Wait until the server has said where it is."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if found := BANNER.search(log.read_text()):
            return found[1]
        time.sleep(0.02)
    message = f"The server did not say where it is; it said:\n{log.read_text()}"
    raise AssertionError(message)


def stop(process: subprocess.Popen[bytes], log: Path) -> None:
    """Ask the server to end, and insist that it does so in time and without an error."""
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    try:
        code = process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        message = f"The server was still there {STOP_SECONDS} s after SIGTERM:\n{log.read_text()}"
        raise AssertionError(message) from None
    assert code in {0, -signal.SIGTERM}, f"exit {code} after {time.monotonic() - began:.1f} s"


def failures(log: str) -> list[str]:
    """Give the lines of a log that tell of a failure inside the server."""
    bad = re.compile(r'Traceback|"status": ?500|status=500|" 500\b|\bERROR\b|\bCRITICAL\b')
    return [line for line in log.splitlines() if bad.search(line)]


@contextmanager
def serving(folder: Path, command: tuple[str, ...] = (), home: Path = ROOT, /, **settings: str) -> Iterator[Server]:
    """Run a server from `home` for as long as the block lasts; settings are environment variables."""
    log = folder / "server.log"
    words = command or (sys.executable, "-m", "app", "serve")
    with log.open("wb") as out:
        process = subprocess.Popen(words, cwd=home, env={**os.environ, **QUIET, **settings}, stdout=out, stderr=out)
    try:
        yield Server(said_where(process, log), process.pid, log)
    finally:
        if process.poll() is None:
            stop(process, log)
    assert process.returncode in {0, -signal.SIGTERM}, log.read_text()
    assert not failures(log.read_text()), log.read_text()
