"""The limits of training: each is a setting, each is told, and nothing grows."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.app.talk import (
    FORMS,
    TRAINED,
    TRAINING,
    WEB,
    Query,
    children,
    connect,
    counted,
    events,
    get,
    problem,
    read_until,
    resident,
    until,
)
from tests.serving import serving

RUN: Query = {"cell": "gru", "hidden": 8, "updates": 60}
LONG: Query = {
    "cell": "lstm",
    "hidden": 32,
    "data": "characters",
    "text": "the cat saw the dog. " * 4,
    "updates": 100_000,
}
LARGE = {"UNROLLED_TRAINING_MS": "1e9", "UNROLLED_TRAINING_BYTES": str(2**40)}


def niceness(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[16])


def test_training_has_its_own_processes_line_and_deadline(tmp_path: Path) -> None:
    more = {"UNROLLED_TRAINING_PROCESSES": "1", "UNROLLED_TRAINING_QUEUE": "0", "UNROLLED_TRAINING_SECONDS": "3"}
    with serving(tmp_path, (), **LARGE, **more, UNROLLED_TRAINING_NICENESS="17") as server:
        until(lambda: len(children(server.pid)) == 2)
        with connect(server.url) as viewer:
            viewer.sendall(get(TRAINING, query={**LONG, "seed": 1}))
            read_until(viewer, b"event: step")
            base = os.nice(0)
            assert max(niceness(pid) - base for pid in children(server.pid)) == min(17, 19 - base)
            assert len(children(server.pid)) == 3
            refused = WEB.get(server.url + TRAINING, params={**LONG, "seed": 2})
            assert problem(refused)["type"] == "/docs#queue-full"
            assert int(refused.headers["retry-after"]) >= 1
            ended = read_until(viewer, b"event: problem\ndata: {")
            assert b"event: problem" in ended
            assert b"deadline" in ended + read_until(viewer, b"}")
        until(lambda: WEB.get(server.url + TRAINING, params=RUN).status_code == 200)


def test_time_memory_and_bytes_of_a_run_are_weighed_before_it_begins(tmp_path: Path) -> None:
    more = {"UNROLLED_TRAINING_MEMORY": str(2**21), "UNROLLED_TRAINING_BYTES": str(2**20)}
    with serving(tmp_path, (), **more, UNROLLED_TRAINING_MS="500") as server:
        for query, pointer, unit in (
            ({"updates": 3000}, "/updates", "ms"),
            ({"hidden": 64, "batch": 200, "updates": 1, "snapshots": 0}, "/batch", "bytes"),
            ({"hidden": 48, "batch": 1, "updates": 100, "snapshots": 100}, "/updates", "bytes"),
        ):
            told = problem(WEB.get(server.url + TRAINING, params=query))
            assert (told["errors"][0]["pointer"], told["cost"]["unit"]) == (pointer, unit)
        assert counted(server.url, "unrolled_computes", kind="training") == 0


def test_who_waits_in_the_line_has_the_head_of_the_answer_soon(tmp_path: Path) -> None:
    more = {
        "UNROLLED_TRAINING_PROCESSES": "1",
        "UNROLLED_PING_SECONDS": "0.2",
        "UNROLLED_TRAINING_GRACE_SECONDS": "0.2",
    }
    with serving(tmp_path, (), **LARGE, **more) as server, connect(server.url) as first:
        first.sendall(get(TRAINING, query=LONG))
        read_until(first, b"event: step")
        with ThreadPoolExecutor(1) as pool:
            second = pool.submit(events, server.url, "sse", RUN, None, TRAINING)
            until(lambda: counted(server.url, "unrolled_streams_open") == 2)
            assert not second.done()
            first.close()
            assert second.result()[-1].kind == "finished"


def test_many_runs_leave_no_memory_behind(tmp_path: Path) -> None:
    with serving(tmp_path, UNROLLED_CACHE_BYTES="2000000") as server:

        def train(seed: int) -> None:
            for form in FORMS:
                events(server.url, form, {**RUN, "seed": seed}, route=TRAINING)
            WEB.get(server.url + TRAINED, params={**RUN, "seed": seed, "update": 32}).raise_for_status()

        for seed in range(25):
            train(seed)
        before = resident(server.pid)
        for seed in range(25, 55):
            train(seed)
        assert resident(server.pid) - before < 6_000_000
        assert counted(server.url, "unrolled_cache_bytes") <= 2_000_000
        assert counted(server.url, "unrolled_streams_open") == 0


def test_a_model_over_its_limit_is_refused(tmp_path: Path) -> None:
    with serving(tmp_path, UNROLLED_MODEL_BYTES="2048") as server:
        headers = {"Content-Type": "application/octet-stream"}
        assert problem(WEB.post(f"{server.url}/api/v1/models", content=b"\0" * 2049, headers=headers))["status"] == 413
        assert problem(WEB.post(f"{server.url}/api/v1/models", content=b"\0" * 2048, headers=headers))["status"] == 422
