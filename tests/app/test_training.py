"""A training run through the API: what it says, that it happens once, that it can be left and found again."""

import json
import os
import random
import signal
import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.options import OPTIONS, make_options
from core.recipe import make_recipe
from core.trace import Event
from core.train import trace_at, train
from core.weights import load
from tests.app.talk import (
    FORMS,
    TRACES,
    TRAINED,
    TRAINING,
    WEB,
    WEIGHTS,
    Query,
    Said,
    children,
    connect,
    counted,
    events,
    get,
    problem,
    read_until,
    until,
)
from tests.serving import Server, serving

RUN: Query = {"cell": "gru", "hidden": 6, "seed": 3, "text": "the cat saw the dog run", "updates": 12, "snapshots": 2}
# Some minutes of work, on a server that allows it.
LONG: Query = {"cell": "lstm", "hidden": 32, "data": "characters", "text": "the cat saw the dog and ran. " * 4}
ENDLESS: Query = {**LONG, "updates": 100_000}
GENEROUS = {"UNROLLED_TRAINING_MS": "1e9", "UNROLLED_TRAINING_BYTES": str(2**40)}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose counters and processes no other test touches, and which soon gives up a run that nobody sees."""
    folder = tmp_path_factory.mktemp("training")
    with serving(folder, (), **GENEROUS, UNROLLED_TRAINING_GRACE_SECONDS="0.5") as server:
        yield server


def engine(query: Query) -> list[Event]:
    """The same run by the engine itself."""
    recipe = {name: value for name, value in query.items() if name not in OPTIONS}
    options = {name: value for name, value in query.items() if name in OPTIONS}
    return list(train(make_recipe(recipe), make_options(options)))


def told(said: Said) -> dict[str, Any]:
    return dict(json.loads(said.raw))


def runs(server: Server) -> float:
    return counted(server.url, "unrolled_computes", kind="training")


def ended(server: Server) -> float:
    return counted(server.url, "unrolled_compute_seconds_count", where="pool")


@pytest.mark.parametrize("form", ["sse", "jsonl"])
def test_a_stream_says_what_the_engine_says(form: str, base_url: str) -> None:
    said, wanted = events(base_url, form, RUN, route=TRAINING), engine(RUN)
    assert [(event.kind, event.number) for event in said] == [(event.kind, event.number) for event in wanted]
    for got, event in zip(said, wanted, strict=True):
        own = told(got)
        assert own.items() >= json.loads(json.dumps(dict(event.data))).items(), event.kind
        assert not event.arrays or own["bytes"] > 0


def test_binary_steps_hold_the_very_same_numbers(base_url: str) -> None:
    said = events(base_url, "binary", RUN, route=TRAINING)
    layout = told(said[0])["layout"]["step"]
    steps = [event for event in engine(RUN) if event.kind == "step"]
    found = [event for event in said if event.kind == "step"]
    assert [event.t for event in found] == [event.data["update"] for event in steps]
    for got, event in zip(found, steps, strict=True):
        numbers = dict(zip(layout, struct.unpack(f"<{len(layout)}d", got.raw), strict=True))
        norms = {f"norms/{name}": value for name, value in event.data["norms"].items()}
        assert numbers == {**{name: event.data[name] for name in ("loss", "rate", "norm", "clipped")}, **norms}


@pytest.mark.parametrize("form", FORMS)
def test_a_cut_stream_goes_on_without_gap_or_duplicate(form: str, base_url: str) -> None:
    whole = events(base_url, form, RUN, route=TRAINING)
    chance = random.Random(11)
    for _ in range(6):
        cuts = sorted(chance.sample(range(1, len(whole)), 3))
        parts, last = [], -1
        for cut in [*cuts, len(whole)]:
            headers = {"Last-Event-ID": str(last)} if last >= 0 and chance.random() < 0.5 else {}
            part = events(base_url, form, RUN if headers else {**RUN, "start": last + 1}, headers, TRAINING)
            parts += part[: cut - last - 1]
            last = cut - 1
        assert parts == whole
    seen = {"Accept": FORMS[form], "Last-Event-ID": str(len(whole) - 1)}
    assert WEB.get(base_url + TRAINING, params=RUN, headers=seen).status_code == 204


def test_a_body_says_the_same_as_a_query(base_url: str) -> None:
    answer = WEB.post(base_url + TRAINING, json=RUN, headers={"Accept": FORMS["jsonl"]})
    assert answer.content == WEB.get(base_url + TRAINING, params=RUN, headers={"Accept": FORMS["jsonl"]}).content


def test_many_viewers_in_every_form_share_one_run(own: Server) -> None:
    before, query = runs(own), {**RUN, "seed": 4, "updates": 200}
    with ThreadPoolExecutor(12) as pool:
        found = list(pool.map(lambda i: events(own.url, [*FORMS][i % 3], query, route=TRAINING), range(12)))
    assert runs(own) == before + 1
    # Lines and event streams hold the same JSON.
    assert len({tuple(events) for events in found}) == 2
    assert len({tuple((event.kind, event.number) for event in events) for events in found}) == 1


def test_a_viewer_who_comes_back_in_time_finds_the_run_going_on(own: Server) -> None:
    before, query = runs(own), {**LONG, "seed": 5, "updates": 1500}
    with connect(own.url) as first:
        first.sendall(get(TRAINING, f"Accept: {FORMS['jsonl']}", query=query))
        read_until(first, b'"update":3,')
    rest = events(own.url, "jsonl", {**query, "start": 5}, route=TRAINING)
    assert [event.number for event in rest] == [*range(5, rest[-1].number + 1)]
    assert rest[-1].kind == "finished"
    assert runs(own) == before + 1


def test_a_run_that_nobody_watches_is_left_and_its_process_stays(own: Server) -> None:
    begun, done, replaced = runs(own), ended(own), counted(own.url, "unrolled_processes_replaced")
    with connect(own.url) as viewer:
        viewer.sendall(get(TRAINING, query={**ENDLESS, "seed": 6}))
        read_until(viewer, b"event: step")
        assert runs(own) == begun + 1
        assert ended(own) == done
    until(lambda: ended(own) == done + 1)
    assert counted(own.url, "unrolled_processes_replaced") == replaced
    assert events(own.url, "jsonl", {**RUN, "seed": 60}, route=TRAINING)[-1].kind == "finished"


def test_a_killed_process_ends_its_streams_with_a_problem_and_nothing_else(own: Server) -> None:
    query = {**ENDLESS, "seed": 7}
    short = set(sorted(children(own.pid), key=niceness)[:2])
    with WEB.stream("GET", own.url + TRAINING, params=query, timeout=60) as answer:
        lines = answer.iter_lines()
        assert next(lines) == "id: 0"
        workers = set(children(own.pid)) - short
        with ThreadPoolExecutor(1) as pool:
            reading = pool.submit(list, lines)
            for pid in workers:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            rest = reading.result()
    assert rest[-3] == "event: problem"
    assert '"type":"/docs#process-lost"' in rest[-2]
    assert short & set(children(own.pid)), "the other processes are not touched"
    assert WEB.get(f"{own.url}/readyz").status_code == 200
    assert WEB.get(own.url + TRACES, params={"hidden": 40}).status_code == 200
    assert events(own.url, "jsonl", {**RUN, "seed": 70}, route=TRAINING)[-1].kind == "finished"


def niceness(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[16])


def test_traces_are_answered_while_training_takes_every_process_of_its_own(own: Server) -> None:
    viewers = [connect(own.url) for _ in range(2)]
    for seed, viewer in enumerate(viewers):
        viewer.sendall(get(TRAINING, query={**ENDLESS, "seed": 80 + seed}))
        read_until(viewer, b"event: step")
    answers = [WEB.get(own.url + TRACES, params={**LONG, "seed": seed}, timeout=60) for seed in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    for viewer in viewers:
        viewer.close()


def test_the_trace_at_an_update_is_the_engines_and_needs_no_second_run(own: Server) -> None:
    query = {**RUN, "seed": 9}
    events(own.url, "jsonl", query, route=TRAINING)
    before = runs(own)
    found = WEB.get(own.url + TRAINED, params={**query, "update": 8}).json()
    assert runs(own) == before
    names = {name: value for name, value in query.items() if name not in OPTIONS}
    recipe, options = make_recipe(names), make_options({n: v for n, v in query.items() if n in OPTIONS})
    snapshot = next(e for e in engine(query) if e.kind == "snapshot" and e.data["update"] == 8)
    wanted = trace_at(recipe, options, snapshot)
    assert found["id"] == wanted.id
    assert found["arrays"].keys() == wanted.arrays.keys()
    for name, array in wanted.arrays.items():
        np.testing.assert_array_equal(np.array(found["arrays"][name]["data"], float), array.data, err_msg=name)


def test_the_weights_of_a_snapshot_are_a_file_with_the_same_numbers(base_url: str) -> None:
    snapshots = [event for event in engine(RUN) if event.kind == "snapshot"]
    for event in snapshots:
        answer = WEB.get(base_url + WEIGHTS, params={**RUN, "update": event.data["update"]})
        assert answer.headers["content-disposition"].startswith("attachment")
        params, notes = load(answer.content)
        assert (notes["format"], notes["cell"]) == ("unrolled", "gru")
        for name, value in params.items():
            np.testing.assert_array_equal(value, event.arrays[f"param/{name}"])


def test_a_trace_waits_for_a_run_under_way(own: Server) -> None:
    before, query = runs(own), {**LONG, "seed": 10, "updates": 300, "include": "forward"}
    train = {name: value for name, value in query.items() if name != "include"}
    with connect(own.url) as viewer:
        viewer.sendall(get(TRAINING, query=train))
        read_until(viewer, b"event: step")
        assert WEB.get(own.url + TRAINED, params={**query, "update": 256}, timeout=60).status_code == 200
    assert runs(own) == before + 1


def test_a_race_interleaves_its_runs_and_holds_their_snapshots(own: Server) -> None:
    cells, shared = ("rnn-tanh", "lstm", "gru"), {**RUN, "seed": 11}
    body = {**shared, "runs": [{"cell": cell} for cell in cells]}
    answer = WEB.post(own.url + TRAINING, json=body, headers={"Accept": FORMS["jsonl"]}, timeout=60)
    said = [json.loads(line) for line in answer.content.splitlines()]
    assert [event["number"] for event in said] == [*range(len(said))]
    assert [event["run"] for event in said[:3]] == [0, 1, 2]
    for run, cell in enumerate(cells):
        alone = [
            {**event, "number": 0}
            for event in map(told, events(own.url, "jsonl", {**shared, "cell": cell}, route=TRAINING))
        ]
        assert [{**{k: v for k, v in e.items() if k != "run"}, "number": 0} for e in said if e["run"] == run] == alone
    query = {**shared, "runs": json.dumps(body["runs"])}
    binary = events(own.url, "binary", query, route=TRAINING)
    assert [event.kind for event in binary] == [event["event"] for event in said]


def test_a_snapshot_of_a_race_needs_no_second_run(own: Server) -> None:
    shared = {**RUN, "seed": 12}
    body = {**shared, "runs": [{"cell": "rnn-tanh"}, {"cell": "lstm"}]}
    WEB.post(own.url + TRAINING, json=body, timeout=60).raise_for_status()
    before = runs(own)
    found = WEB.get(own.url + TRAINED, params={**shared, "cell": "lstm", "update": 12})
    assert found.json()["recipe"]["cell"] == "lstm"
    assert runs(own) == before


def test_divergence_is_an_event(base_url: str) -> None:
    wild: Query = {
        "cell": "rnn-relu",
        "gain": 100,
        "hidden": 60,
        "data": "characters",
        "text": "ab" * 150,
        "updates": 5,
    }
    said = [told(event) for event in events(base_url, "jsonl", wild, route=TRAINING)]
    assert [event["event"] for event in said[-2:]] == ["diverged", "finished"]
    assert said[-1]["reason"] == "diverged"
    assert {"array", "index", "value"} <= said[-2].keys()
    refused = problem(WEB.get(base_url + TRAINED, params={**wild, "update": 5}))
    assert refused["errors"][0]["pointer"] == "/update"
    assert WEB.get(base_url + TRAINED, params={**wild, "update": 0, "include": "params"}).status_code == 200


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "too many updates": ({"updates": 1_000_000}, "/updates"),
    "an unknown optimiser": ({"optimiser": "magic"}, "/optimiser"),
    "wrong fields of both tables": ({"hidden": 0, "batch": 0}, "/batch"),
    "k2 without k1": ({"k2": 3}, "/k1"),
    "runs that are no list": ({"runs": {"cell": "gru"}}, "/runs"),
    "no runs": ({"runs": []}, "/runs"),
    "five runs": ({"runs": [{}] * 5}, "/runs"),
    "a run that is no object": ({"runs": [3]}, "/runs/0"),
    "a wrong field of a run": ({"runs": [{}, {"hidden": -1}]}, "/runs/1/hidden"),
    "a race inside a race": ({"runs": [{"runs": []}]}, "/runs/0/runs"),
    "a run of a race that is too long": ({"runs": [{}, {"updates": 1_000_000}]}, "/runs/1/updates"),
    "half a character in a run": ({"runs": [{"text": "a \ud800 b"}]}, "/runs"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_training_with(kind: str, base_url: str) -> None:
    body, pointer = REFUSED[kind]
    sent = json.dumps(body).encode()
    refused = problem(WEB.post(base_url + TRAINING, content=sent, headers={"Content-Type": "application/json"}))
    assert refused["status"] == 422
    assert refused["errors"][0]["pointer"] == pointer


def test_what_would_fit_is_named_and_fits(base_url: str) -> None:
    query: Query = {**LONG, "updates": 1_000_000}
    refused = problem(WEB.get(base_url + TRAINING, params=query))
    assert refused["type"] == "/docs#too-costly"
    nearest = refused["errors"][0]["allowed"]["nearest"]
    with WEB.stream("GET", base_url + TRAINING, params={**query, "updates": nearest}) as answer:
        assert answer.status_code == 200


@pytest.mark.parametrize(("update", "nearest"), [(5, 4), (11, 12), (99, 12)])
def test_an_update_without_a_snapshot_names_the_nearest(update: int, nearest: int, base_url: str) -> None:
    refused = problem(WEB.get(base_url + TRAINED, params={**RUN, "update": update}))
    assert refused["errors"][0]["pointer"] == "/update"
    assert refused["errors"][0]["allowed"]["nearest"] == nearest


def test_an_update_is_needed(base_url: str) -> None:
    assert problem(WEB.get(base_url + TRAINED, params=RUN))["errors"][0]["pointer"] == "/update"
