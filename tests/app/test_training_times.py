"""A run that nobody watches ends after its grace, not before; how soon after: `python -m bench --only r`."""

import socket
import time
from collections.abc import Iterator

import pytest

from app.settings import Settings
from tests.app.talk import TRAINING, Query, connect, counted, get, read_until
from tests.serving import Server, serving

ENDLESS: Query = {
    "cell": "lstm",
    "hidden": 32,
    "data": "characters",
    "text": "the cat saw the dog and ran. " * 4,
    "updates": 100_000,
}
GENEROUS = {"UNROLLED_TRAINING_MS": "1e9", "UNROLLED_TRAINING_BYTES": str(2**40)}
GRACE = 0.5


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


def test_a_run_ends_after_the_grace_and_not_before(own: Server) -> None:
    assert Settings().training_grace_seconds == 5
    assert leaving(own, 0) >= GRACE
