"""A stream says the same in every form, starts anywhere, and ends in order."""

import base64
import json
import random
import time
from pathlib import Path

import numpy as np
import pytest

from tests.app.talk import (
    FORMS,
    READERS,
    STREAM,
    TRACES,
    WEB,
    Query,
    Said,
    connect,
    counted,
    events,
    get,
    problem,
    read_until,
    until,
)
from tests.serving import serving

RECIPE: Query = {"cell": "lstm", "hidden": 5, "seed": 3, "text": "the cat saw the dog run"}
T = 5
ORDER = [("start", 0, 0)]
ORDER += [("forward", 1 + t, t) for t in range(T)]
ORDER += [("backward", 2 * T - t, t) for t in reversed(range(T))]
ORDER += [("done", 2 * T + 1, 0)]


def places(said: list[Said]) -> list[tuple[str, int, int]]:
    return [(event.kind, event.number, event.t) for event in said]


@pytest.mark.parametrize("form", FORMS)
def test_events_come_forward_then_backward(form: str, base_url: str) -> None:
    assert places(events(base_url, form, RECIPE)) == ORDER


def test_event_streams_and_lines_say_the_numbers_of_the_trace(base_url: str) -> None:
    arrays = WEB.get(base_url + TRACES, params=RECIPE).json()["arrays"]
    for form in ("sse", "jsonl"):
        for event in events(base_url, form, RECIPE)[1:-1]:
            for name, values in json.loads(event.raw)["arrays"].items():
                assert values == arrays[name]["data"][event.t], (form, name)


def test_the_first_and_the_last_event_carry_what_has_no_step(base_url: str) -> None:
    trace = WEB.get(base_url + TRACES, params={**RECIPE, "encoding": "base64"}).json()
    for form in FORMS:
        said = events(base_url, form, RECIPE)
        start, done = json.loads(said[0].raw), json.loads(said[-1].raw)
        assert {name: start[name] for name in ("id", "engine", "recipe", "dims", "labels")} == {
            name: trace[name] for name in ("id", "engine", "recipe", "dims", "labels")
        }
        for name, array in {**start["arrays"], **done["arrays"]}.items():
            assert array == trace["arrays"][name], name
        assert {"x", "target", "param/V"} <= start["arrays"].keys()
        assert {"contribution/U", "jacobian/fro", "grad/W_f", "truncation/cosine"} <= done["arrays"].keys()


def unpacked(said: list[Said]) -> dict[str, np.ndarray]:
    """The steps of a binary stream as whole arrays, by the layout that its start announced."""
    start = json.loads(said[0].raw)
    steps = start["dims"]["time"]
    found = {
        slot["name"]: np.full([steps, *slot["shape"]], np.nan) for slots in start["layout"].values() for slot in slots
    }
    for event in said[1:-1]:
        at = 0
        for slot in start["layout"][event.kind]:
            scale = np.frombuffer(event.raw, "<f8", 1, at)[0] if slot["dtype"] == "s4" else 1.0
            at += 8 if slot["dtype"] == "s4" else 0
            count = int(np.prod(slot["shape"]))
            packed = np.frombuffer(event.raw, "<f4", count, at).astype(float).reshape(slot["shape"])
            found[slot["name"]][event.t] = packed * scale
            at += 4 * count
        assert at == len(event.raw)
    return found


VANISHING: Query = {"cell": "rnn-sigmoid", "gain": 0.05, "text": "ab" * 45, "data": "characters"}
EXPLODING: Query = {"cell": "rnn-relu", "gain": 30, "text": "abc" * 60, "data": "characters"}


@pytest.mark.parametrize(
    "recipe", [RECIPE, {**VANISHING, "loss_at": "last"}, EXPLODING], ids=["calm", "vanishing", "exploding"]
)
def test_binary_steps_keep_seven_digits_of_the_largest_and_the_smallest(recipe: Query, base_url: str) -> None:
    trace = WEB.get(base_url + TRACES, params={**recipe, "encoding": "base64"}).json()["arrays"]
    for name, values in unpacked(events(base_url, "binary", recipe)).items():
        raw = np.frombuffer(base64.b64decode(trace[name]["data"]), "<f8").reshape(trace[name]["shape"])
        for got, wanted in zip(values, raw, strict=True):
            finite = np.isfinite(wanted)
            np.testing.assert_array_equal(got[~finite], wanted[~finite])
            largest = np.abs(wanted[finite]).max(initial=0)
            np.testing.assert_allclose(got[finite], wanted[finite], rtol=3e-7, atol=largest * 1e-12, err_msg=name)


def test_a_vanishing_gradient_does_not_read_as_none(base_url: str) -> None:
    first = unpacked(events(base_url, "binary", {**VANISHING, "loss_at": "last"}))["grad/s"][0]
    assert 0 < np.abs(first).max() < 1e-60


@pytest.mark.parametrize("form", FORMS)
def test_a_cut_stream_goes_on_without_gap_or_duplicate(form: str, base_url: str) -> None:
    whole = events(base_url, form, RECIPE)
    chance = random.Random(7)
    for _ in range(12):
        cuts = sorted(chance.sample(range(1, len(whole)), 3))
        parts, last = [], -1
        for cut in [*cuts, len(whole)]:
            if chance.random() < 0.5:
                part = events(base_url, form, {**RECIPE, "start": last + 1})
            else:
                part = events(base_url, form, RECIPE, {"Last-Event-ID": str(last)} if last >= 0 else {})
            parts += part[: cut - last - 1]
            last = cut - 1
        assert parts == whole


def test_the_last_event_id_wins_over_the_start(base_url: str) -> None:
    assert events(base_url, "sse", {**RECIPE, "start": 2}, {"Last-Event-ID": "9"})[0].number == 10


@pytest.mark.parametrize("form", FORMS)
def test_who_has_seen_all_is_told_so(form: str, base_url: str) -> None:
    headers = {"Accept": FORMS[form], "Last-Event-ID": str(2 * T + 1)}
    answer = WEB.get(base_url + STREAM, params=RECIPE, headers=headers)
    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize("seen", ["", "ten", "-1", "1.5", "9" * 40])
def test_an_unknown_last_event_is_refused(seen: str, base_url: str) -> None:
    answer = WEB.get(base_url + STREAM, params=RECIPE, headers={"Last-Event-ID": seen})
    assert problem(answer)["status"] == 422


def test_pace_sets_events_apart(base_url: str) -> None:
    began = time.monotonic()
    with WEB.stream("GET", base_url + STREAM, params={**RECIPE, "pace": 0.05}) as answer:
        arrivals = [time.monotonic() - began for _ in answer.iter_raw()]
    assert len(arrivals) == 2 * T + 2
    assert arrivals[-1] - arrivals[0] >= 0.05 * (2 * T)


def test_a_stream_may_be_asked_for_with_a_body(base_url: str) -> None:
    answer = WEB.post(base_url + STREAM, json=RECIPE, headers={"Accept": FORMS["jsonl"]})
    assert places(list(READERS["jsonl"](answer.content))) == ORDER


def test_an_impossible_stream_is_a_problem_and_no_stream(base_url: str) -> None:
    assert problem(WEB.get(base_url + STREAM, params={"hidden": 0}))["status"] == 422


def test_a_seat_is_free_the_moment_a_viewer_leaves(base_url: str) -> None:
    before = counted(base_url, "unrolled_streams_open")
    viewers = [connect(base_url) for _ in range(20)]
    for viewer in viewers:
        viewer.sendall(get(STREAM, query={**RECIPE, "pace": 5}))
        read_until(viewer, b"event: start")
    assert counted(base_url, "unrolled_streams_open") == before + 20
    for viewer in viewers:
        viewer.close()
    until(lambda: counted(base_url, "unrolled_streams_open") == before)


def test_more_viewers_than_seats_are_refused(tmp_path: Path) -> None:
    with serving(tmp_path, UNROLLED_STREAMS="3") as server:
        viewers = [connect(server.url) for _ in range(3)]
        for viewer in viewers:
            viewer.sendall(get(STREAM, query={**RECIPE, "pace": 5}))
            read_until(viewer, b"event: start")
        refused = WEB.get(server.url + STREAM)
        assert problem(refused)["type"] == "/docs#streams-full"
        assert int(refused.headers["retry-after"]) >= 1
        viewers[0].close()
        time.sleep(0.2)
        assert WEB.get(server.url + STREAM).status_code == 200
        for viewer in viewers[1:]:
            viewer.close()


def test_a_viewer_that_does_not_read_is_cut_off(tmp_path: Path) -> None:
    with serving(tmp_path, UNROLLED_SEND_SECONDS="1") as server:
        long: Query = {"cell": "lstm", "hidden": 64, "data": "characters", "text": "abcdefgh" * 12}
        frozen = connect(server.url, SO_RCVBUF=4096)
        frozen.sendall(get(STREAM, query={**long, "include": "forward"}))
        until(lambda: counted(server.url, "unrolled_streams_open") == 1)
        until(lambda: counted(server.url, "unrolled_streams_open") == 0)
        frozen.close()


def test_an_answer_that_is_not_taken_is_dropped(tmp_path: Path) -> None:
    with serving(tmp_path, UNROLLED_SEND_SECONDS="1") as server:
        before = len(list(Path(f"/proc/{server.pid}/fd").iterdir()))
        frozen = connect(server.url, SO_RCVBUF=4096)
        frozen.sendall(get(TRACES, "Connection: close", query={**RECIPE, "hidden": 40}))
        until(lambda: len(list(Path(f"/proc/{server.pid}/fd").iterdir())) > before)
        until(lambda: len(list(Path(f"/proc/{server.pid}/fd").iterdir())) == before)
        frozen.close()
