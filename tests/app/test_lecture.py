"""The lecture over the wire: contents and steps, their numbers read from whatever run is asked for."""

from collections.abc import Iterator

import httpx
import pytest

from app.lessons import book


@pytest.fixture
def client(base_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=base_url) as client:
        yield client


def test_the_contents_list_every_lesson_in_order(client: httpx.Client) -> None:
    listed = client.get("/api/v1/lessons").json()["lessons"]
    assert [lesson["id"] for lesson in listed] == [*book()]
    assert all(lesson["take_away"] and lesson["steps"] >= 2 for lesson in listed)


def test_a_step_says_what_its_own_run_gave(client: httpx.Client) -> None:
    told = client.get("/api/v1/lessons/loss/2").json()
    trace = client.get("/api/v1/traces").json()
    total = sum(row[0] for row in trace["arrays"]["loss"]["data"])
    numbers = {p["quote"]: p["text"] for p in told["say"] if p["kind"] == "number"}
    assert float(numbers["sum(loss)"]) == pytest.approx(total, rel=5e-3)
    assert [claim["holds"] for claim in told["see"]] == [True]


def test_with_a_recipe_the_numbers_are_that_runs(client: httpx.Client) -> None:
    own = client.get("/api/v1/lessons/loss/2").json()
    other = client.get("/api/v1/lessons/loss/2", params={"seed": 5}).json()
    same = client.post("/api/v1/lessons/loss/2", json={"seed": 5}).json()
    assert own["say"] != other["say"]
    assert other == same


def test_a_recipe_without_such_an_array_says_so_without_failing(client: httpx.Client) -> None:
    told = client.get("/api/v1/lessons/lstm/1", params={"cell": "rnn-tanh"}).json()
    assert "–" in [p["text"] for p in told["say"] if p["kind"] == "number"]
    assert told["ask"]["answer"] == 1


@pytest.mark.parametrize("path", ["none/1", "loss/0", "loss/99", "loss/x", "loss/１"])
def test_what_is_no_step_is_not_found(client: httpx.Client, path: str) -> None:
    assert client.get(f"/api/v1/lessons/{path}").status_code == 404


@pytest.mark.parametrize("path", ["trigger-word/1", "image-captioning/4", "big-windows/1", "attention/2"])
def test_the_longest_runs_leave_room_for_the_scripts_of_their_page(path: str, client: httpx.Client) -> None:
    with client.stream("GET", f"/lecture/{path}", headers={"Accept-Encoding": "br"}) as page:
        size = sum(len(part) for part in page.iter_raw())
    assert (page.status_code, page.headers["content-encoding"]) == (200, "br")
    assert size < 400_000  # of 700, with sheets, letters, modules and what the lesson's own pictures need
