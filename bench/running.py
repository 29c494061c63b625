"""Figure (r): training runs that are watched: how soon they end, whom they keep waiting, what they cost on the wire."""

import os
import signal
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx

from bench.report import Figure
from core.options import make_options
from core.recipe import make_recipe
from core.train import train
from tests.app.talk import FORMS, TRAINING, Query, children, connect, counted, events, get, read_until
from tests.serving import Server, serving

GRACE = 1.0
RUN: Query = {"cell": "lstm", "hidden": 64, "data": "characters", "text": "the cat saw the dog and ran away. " * 3}
ENDLESS: Query = {**RUN, "updates": 100_000}
SHORT: Query = {**RUN, "hidden": 16, "updates": 400, "snapshots": 0}
LARGE = {"UNROLLED_TRAINING_MS": "1e9", "UNROLLED_TRAINING_BYTES": str(2**40)}


def running(rounds: int) -> Iterator[Figure]:
    """(r) Watched runs, each figure on a real server with its own processes."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {**LARGE, "UNROLLED_TRAINING_GRACE_SECONDS": str(GRACE)}
        with serving(Path(folder), (), **settings) as server:
            yield from ending(server, max(3, rounds // 3))
            yield from waiting(server, 80 * rounds)
            yield from killed(server)
            yield from sizes(server)
            yield from speed(server)


def watch(server: Server, seed: int) -> socket.socket:
    """A viewer of a run that has begun."""
    viewer = connect(server.url)
    viewer.sendall(get(TRAINING, query={**ENDLESS, "seed": seed}))
    read_until(viewer, b"event: step")
    return viewer


def ending(server: Server, rounds: int) -> Iterator[Figure]:
    """From the last viewer's leaving to the moment at which the process is free again, less the grace."""
    found = []
    for seed in range(rounds):
        viewer, done = watch(server, seed), finished(server)
        viewer.close()
        left = time.perf_counter()
        while finished(server) == done:
            time.sleep(0.002)
        found.append(1e3 * (time.perf_counter() - left - GRACE))
    worst = max(found)
    yield Figure("r", "a run ends after its last viewer and the grace, worst", worst, 250.0, "ms", worst, "<=", 250.0)


def finished(server: Server) -> float:
    """How many computations have ended in processes."""
    return counted(server.url, "unrolled_compute_seconds_count", where="pool")


def waiting(server: Server, count: int) -> Iterator[Figure]:
    """`/healthz` while every training process computes and its viewers read."""
    viewers = [watch(server, 100 + n) for n in range(2)]
    readers = [threading.Thread(target=drain, args=(viewer,), daemon=True) for viewer in viewers]
    for reader in readers:
        reader.start()
    with httpx.Client() as client:
        found = sorted(1e3 * timed(client, f"{server.url}/healthz") for _ in range(count))
    for viewer in viewers:
        viewer.close()
    p99 = found[int(0.99 * len(found))]
    yield Figure(
        "r", "/healthz while two runs compute, median", statistics.median(found), None, "ms", statistics.median(found)
    )
    yield Figure("r", "/healthz while two runs compute, 99th percentile", p99, 50.0, "ms", p99, "<=", 50.0)


def drain(viewer: socket.socket) -> None:
    """Read until the other side or we ourselves close."""
    with suppress(OSError):
        while viewer.recv(65536):
            pass


def timed(client: httpx.Client, url: str) -> float:
    """Seconds of one answer."""
    began = time.perf_counter()
    client.get(url).raise_for_status()
    return time.perf_counter() - began


def killed(server: Server) -> Iterator[Figure]:
    """From the death of a compute process to the end of its streams."""
    viewer = watch(server, 200)
    for pid in sorted(children(server.pid), key=niceness)[2:]:
        os.kill(pid, signal.SIGKILL)
    began = time.perf_counter()
    rest = read_until(viewer, b"event: problem")
    taken = 1e3 * (time.perf_counter() - began)
    viewer.close()
    told = b"event: problem" in rest
    yield Figure("r", "a killed process ends its streams with a problem", taken, None, "ms", float(told), ">=", 1.0)


def niceness(pid: int) -> int:
    """How much a process gives way."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[16])


def sizes(server: Server) -> Iterator[Figure]:
    """Bytes of one step on the wire: our frames against the lines of JSON that say the same."""
    found = {}
    for form in ("binary", "jsonl"):
        steps = [event for event in events(server.url, form, SHORT, route=TRAINING) if event.kind == "step"]
        head = 16 if form == "binary" else 1
        found[form] = statistics.mean(len(event.raw) + head for event in steps)
    ratio = found["jsonl"] / found["binary"]
    yield Figure("r", "LSTM step: JSON line over binary frame", found["binary"], found["jsonl"], "B", ratio, ">=", 2.0)


def speed(server: Server) -> Iterator[Figure]:
    """A whole run through the service against the engine alone in this process."""
    query: Query = {**SHORT, "seed": 9}
    began = time.perf_counter()
    events(server.url, "binary", query, {"Accept": FORMS["binary"]}, TRAINING)
    served = 1e3 * (time.perf_counter() - began)
    names = {"updates", "snapshots"}
    recipe = make_recipe({n: v for n, v in query.items() if n not in names})
    began = time.perf_counter()
    for _ in train(recipe, make_options({n: query[n] for n in names})):
        pass
    alone = 1e3 * (time.perf_counter() - began)
    yield Figure("r", "400 updates through the service over the engine alone", served, alone, "ms", served / alone)


if __name__ == "__main__":
    from bench.report import table

    print(table(running(3)))
