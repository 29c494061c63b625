"""Computations happen once, out of the event loop's way, and end when they should."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.app.talk import FORMS, STREAM, TRACES, WEB, Query, children, connect, counted, get, problem, until
from tests.serving import Server, serving

# Some tenths of a second of work, none of it small enough for the event loop.
SLOW: Query = {"cell": "lstm", "hidden": 32, "data": "characters", "text": "the cat saw the dog and ran. " * 3}
# Several seconds of work, on a server that allows it.
ENDLESS: Query = {**SLOW, "text": "the cat saw the dog and ran. " * 30, "include": "contributions,spectral"}
GENEROUS = {"UNROLLED_COMPUTE_MS": "1e9", "UNROLLED_RESPONSE_BYTES": str(2**40)}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose counters and processes no other test touches."""
    folder = tmp_path_factory.mktemp("compute")
    more = {"UNROLLED_QUEUE": "3", "UNROLLED_DEADLINE_SECONDS": "60", "UNROLLED_ABANDON_SECONDS": "0.1"}
    with serving(folder, (), **GENEROUS, **more) as server:
        yield server


def computed(server: Server) -> float:
    return counted(server.url, "unrolled_computes")


def at_once(url: str, queries: list[Query], route: str = TRACES, accept: str = "*/*") -> list[httpx.Response]:
    """The answers to requests that all begin at the same moment."""
    gate = threading.Barrier(len(queries))

    def ask(query: Query) -> httpx.Response:
        gate.wait()
        return WEB.get(url + route, params=query, headers={"Accept": accept})

    with ThreadPoolExecutor(len(queries)) as pool:
        return list(pool.map(ask, queries))


def test_many_who_ask_at_once_share_one_computation(own: Server) -> None:
    before = computed(own)
    answers = at_once(own.url, [{**SLOW, "seed": 1}] * 40)
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert len({answer.headers["etag"] for answer in answers}) == 1
    assert computed(own) == before + 1
    assert counted(own.url, "unrolled_shared") >= 39


@pytest.mark.parametrize("form", FORMS)
def test_many_who_watch_at_once_share_one_run(form: str, own: Server) -> None:
    before = computed(own)
    answers = at_once(own.url, [{**SLOW, "seed": 2}] * 20, STREAM, FORMS[form])
    assert len({answer.content for answer in answers}) == 1
    assert computed(own) == before + 1


def test_the_first_who_asked_may_leave_without_the_others(own: Server) -> None:
    before, query = computed(own), {**SLOW, "seed": 3, "hidden": 64}
    joined = counted(own.url, "unrolled_shared", how="joined")
    first = connect(own.url)
    first.sendall(get(TRACES, "Accept-Encoding: gzip", query=query))
    until(lambda: computed(own) == before + 1)
    with ThreadPoolExecutor(5) as pool:
        rest = [pool.submit(WEB.get, own.url + TRACES, params=query, timeout=60) for _ in range(5)]
        until(lambda: counted(own.url, "unrolled_shared", how="joined") == joined + 5)
        first.close()
        assert {each.result().status_code for each in rest} == {200}
    assert computed(own) == before + 1


def test_a_computation_that_nobody_waits_for_is_ended(own: Server) -> None:
    before, begun = counted(own.url, "unrolled_processes_replaced"), computed(own)
    with connect(own.url) as leaver:
        leaver.sendall(get(TRACES, query=ENDLESS))
        until(lambda: computed(own) == begun + 1)
    until(lambda: counted(own.url, "unrolled_processes_replaced") == before + 1)
    until(lambda: WEB.get(f"{own.url}/readyz").status_code == 200)


def test_a_computation_past_its_deadline_is_ended(tmp_path: Path) -> None:
    with serving(tmp_path, (), **GENEROUS, UNROLLED_DEADLINE_SECONDS="4") as server:
        answer = WEB.get(server.url + TRACES, params=ENDLESS)
        assert problem(answer)["type"] == "/docs#deadline"
        assert int(answer.headers["retry-after"]) >= 1
        assert 4 <= answer.elapsed.total_seconds() < 4 + 4
        until(lambda: WEB.get(server.url + TRACES, params={"cell": "lstm"}).status_code == 200)


def test_a_full_line_refuses_at_once_and_stays_well(own: Server) -> None:
    answers = at_once(own.url, [{**SLOW, "seed": seed} for seed in range(100, 112)])
    refused = [answer for answer in answers if answer.status_code == 503]
    assert {problem(answer)["type"] for answer in refused} == {"/docs#queue-full"}
    # Two are computed and three may wait; how many more find a place depends on who comes when.
    assert 1 <= len(refused) <= 7
    assert all(answer.status_code == 200 for answer in answers if answer not in refused)
    assert max(answer.elapsed.total_seconds() for answer in refused) < min(
        answer.elapsed.total_seconds() for answer in answers if answer not in refused
    )


def kill_until(server: Server, done: Callable[[], bool]) -> set[int]:
    """Kill every compute process until something is done."""
    killed: set[int] = set()
    while not done():
        for process in children(server.pid):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
            killed.add(process)
        time.sleep(0.1)
    return killed


def test_a_killed_process_costs_one_answer_and_is_replaced(own: Server) -> None:
    begun = computed(own)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(WEB.get, own.url + TRACES, params={**ENDLESS, "seed": 6}, timeout=60)
        until(lambda: computed(own) == begun + 1)
        killed = kill_until(own, waiting.done)
    answer = waiting.result()
    assert problem(answer)["type"] == "/docs#process-lost"
    assert WEB.get(own.url + TRACES, params={**SLOW, "seed": 7}, timeout=60).status_code == 200
    until(lambda: len(set(children(own.pid)) - killed) == 2)


def test_a_killed_process_ends_a_stream_with_a_problem(own: Server) -> None:
    query = {**ENDLESS, "seed": 8, "include": "forward,spectral"}
    with WEB.stream("GET", own.url + STREAM, params=query, timeout=60) as answer:
        lines = answer.iter_lines()
        assert next(lines) == "id: 0"
        with ThreadPoolExecutor(1) as pool:
            reading = pool.submit(list, lines)
            kill_until(own, reading.done)
        rest = reading.result()
    assert rest[-3] == "event: problem"
    assert '"type":"/docs#process-lost"' in rest[-2]


def test_the_loop_answers_while_the_processes_compute(own: Server) -> None:
    with ThreadPoolExecutor(2) as pool, httpx.Client() as client:
        busy = [pool.submit(WEB.get, own.url + TRACES, params={**SLOW, "seed": s}, timeout=60) for s in (20, 21)]
        healthy = 0
        while not all(each.done() for each in busy):
            assert client.get(f"{own.url}/healthz").status_code == 200
            healthy += 1
    # Were the work done in the loop, at most one answer would have come before each trace.
    assert healthy > 10


def test_an_answer_is_sent_without_waiting_for_an_acknowledgement(own: Server) -> None:
    with httpx.Client() as client:
        began = time.monotonic()
        for _ in range(50):
            client.get(f"{own.url}/healthz")
    assert time.monotonic() - began < 50 * 0.04


def test_the_shelf_forgets_the_oldest(tmp_path: Path) -> None:
    with serving(tmp_path, UNROLLED_CACHE_BYTES="400000") as server:
        before = computed(server)
        for seed in [*range(30), 29, 0]:
            WEB.get(server.url + TRACES, params={"seed": seed}, headers={"Accept-Encoding": "identity"})
        assert counted(server.url, "unrolled_cache_bytes") <= 400_000
        assert computed(server) == before + 31
        assert counted(server.url, "unrolled_shared", how="cached") == 1


def test_processes_give_way_and_use_one_thread(own: Server) -> None:
    for process in children(own.pid):
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        assert int(fields[16]) == 10
        environment = Path(f"/proc/{process}/environ").read_bytes()
        assert b"OPENBLAS_NUM_THREADS=1" in environment


def test_a_computation_that_wants_too_much_memory_is_refused_and_forgotten(tmp_path: Path) -> None:
    with serving(tmp_path, (), **GENEROUS, UNROLLED_PROCESS_BYTES=str(256 * 2**20)) as server:
        huge: Query = {"cell": "lstm", "hidden": 256, "data": "characters", "text": "abcd" * 1000, "include": "forward"}
        told = problem(WEB.get(server.url + TRACES, params=huge, timeout=60))
        assert told["type"] == "/docs#out-of-memory"
        assert WEB.get(server.url + TRACES, params={**SLOW, "include": "params"}, timeout=60).status_code == 200
