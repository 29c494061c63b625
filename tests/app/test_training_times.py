"""How soon a run that nobody watches ends, whom runs keep waiting: the best of several tries, machines being shared."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from app.settings import Settings
from tests.app.talk import TRAINING, WEB, Query, connect, counted, get, read_until
from tests.serving import Server, serving

ENDLESS: Query = {
    "cell": "lstm",
    "hidden": 32,
    "data": "characters",
    "text": "the cat saw the dog and ran. " * 4,
    "updates": 100_000,
}
GENEROUS = {"UNROLLED_TRAINING_MS": "1e9", "UNROLLED_TRAINING_BYTES": str(2**40)}
GRACE, LATE, SLOW = 0.5, 0.25, 0.05


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("times")
    with serving(folder, (), **GENEROUS, UNROLLED_TRAINING_GRACE_SECONDS=str(GRACE)) as server:
        yield server


def watching(server: Server, seed: int) -> socket.socket:
    """A viewer of a run that has begun."""
    viewer = connect(server.url)
    viewer.sendall(get(TRAINING, query={**ENDLESS, "seed": seed}))
    read_until(viewer, b"event: step")
    return viewer


def ended(server: Server) -> float:
    return counted(server.url, "unrolled_compute_seconds_count", where="pool")


def leaving(server: Server, seed: int) -> float:
    """Seconds from the last viewer's leaving to the end of the run."""
    done = ended(server)
    watching(server, seed).close()
    left = time.perf_counter()
    while ended(server) == done:
        time.sleep(0.005)
    return time.perf_counter() - left


def test_a_run_ends_within_a_quarter_of_a_second_after_the_grace(own: Server) -> None:
    assert Settings().training_grace_seconds == 5
    assert any(GRACE <= leaving(own, seed) <= GRACE + LATE for seed in range(20))


def answering(server: Server, count: int = 100) -> float:
    """The 99th percentile of seconds until the server says that it lives."""
    found = []
    for _ in range(count):
        began = time.perf_counter()
        assert WEB.get(f"{server.url}/healthz").status_code == 200
        found.append(time.perf_counter() - began)
    return sorted(found)[int(0.99 * count) - 1]


def drained(viewer: socket.socket) -> None:
    """Read to the end."""
    with suppress(OSError):
        while viewer.recv(65536):
            pass


def test_the_server_says_that_it_lives_within_50_ms_while_every_process_computes(own: Server) -> None:
    with watching(own, 700) as one, watching(own, 701) as other, ThreadPoolExecutor(2) as pool:
        reading = [pool.submit(drained, viewer) for viewer in (one, other)]
        quick = any(answering(own) <= SLOW for _ in range(10))
        went_on = not any(each.done() for each in reading)
        for viewer in (one, other):
            viewer.shutdown(socket.SHUT_RDWR)
    assert went_on
    assert quick
