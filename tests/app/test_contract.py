"""The contract of each route, held by a client that knows nothing but the contract."""

import base64
import gzip
import io
import json
from typing import Any

import numpy as np
import pytest

from core import ENGINE
from core.cells import CELLS
from core.data import TASKS
from core.decoding_options import DECODING
from core.heads import HEADS
from core.ops import OPS
from core.optim import OPTIMISERS
from core.options import OPTIONS
from core.recipe import FIELDS, make_recipe
from tests.app.talk import EXPLAIN, TRACES, WEB, no_constant, problem, until

RECIPE: dict[str, str | int] = {"cell": "lstm", "hidden": 5, "seed": 3, "text": "the cat saw the dog", "window": 2}


@pytest.fixture(scope="module")
def trace(base_url: str) -> dict[str, Any]:
    return dict(json.loads(WEB.get(base_url + TRACES, params=RECIPE).content, parse_constant=no_constant))


def numbers(array: dict[str, Any]) -> np.ndarray[Any, Any]:
    """An array of a trace in either encoding."""
    if isinstance(array["data"], str):
        raw = np.frombuffer(base64.b64decode(array["data"]), np.dtype(array["dtype"]).newbyteorder("<"))
        return raw.reshape(array["shape"])
    return np.array(array["data"], array["dtype"]).reshape(array["shape"])


def test_a_trace_says_what_made_it(trace: dict[str, Any]) -> None:
    assert trace["engine"] == ENGINE
    assert trace["id"] == make_recipe(RECIPE).key()
    assert trace["recipe"].keys() == FIELDS.keys()
    assert {name: trace["recipe"][name] for name in RECIPE} == RECIPE
    assert trace["dims"]["time"] == 4
    assert trace["labels"]["time"] == ["the", "cat", "saw", "the"]
    assert trace["nonfinite"] == []


def test_every_array_has_the_shape_that_its_dimensions_say(trace: dict[str, Any]) -> None:
    for name, array in trace["arrays"].items():
        assert len(array["dims"]) == len(array["shape"]) == numbers(array).ndim, name
        known = [trace["dims"].get(dim, size) for dim, size in zip(array["dims"], array["shape"], strict=True)]
        assert known == array["shape"], name


def test_the_arrays_of_the_contract_are_there(trace: dict[str, Any]) -> None:
    nodes = [*"figoch", "f.pre", "h_prev", "c_prev"]
    wanted = ["x", "target", "logits", "probs", "loss", *nodes, "grad/h", "grad/f.pre", "grad_norm/h"]
    wanted += [f"{kind}/{name}" for kind in ("param", "grad") for name in ("W_f", "U_o", "b_i", "V", "d")]
    wanted += ["contribution/W", "contribution/U", "contribution/b", "contribution_dot/U", "jacobian/fro"]
    wanted += ["jacobian/c/fro", "truncation/cosine", "truncation/norm_ratio", "truncation/cosine_by_window"]
    assert [name for name in wanted if name not in trace["arrays"]] == []


def test_base64_says_the_same_numbers(trace: dict[str, Any], base_url: str) -> None:
    packed = WEB.get(base_url + TRACES, params={**RECIPE, "encoding": "base64"}).json()
    assert packed["arrays"].keys() == trace["arrays"].keys()
    for name, array in packed["arrays"].items():
        np.testing.assert_array_equal(numbers(array), numbers(trace["arrays"][name]))


def test_npz_says_the_same_numbers(trace: dict[str, Any], base_url: str) -> None:
    answer = WEB.get(base_url + TRACES, params=RECIPE, headers={"Accept": "application/x-npz"})
    assert answer.headers["content-type"] == "application/x-npz"
    with np.load(io.BytesIO(answer.content), allow_pickle=False) as found:
        for name, array in trace["arrays"].items():
            np.testing.assert_array_equal(found[name], numbers(array))


def test_a_body_and_a_query_are_the_same_call(trace: dict[str, Any], base_url: str) -> None:
    answer = WEB.post(base_url + TRACES, json=RECIPE)
    assert answer.json() == trace
    assert answer.headers["cache-control"] == "no-store"


def test_json_knows_one_sort_of_number(base_url: str) -> None:
    bodies = ('{"hidden": 3.0, "gain": 1, "seed": 1e1}', '{"hidden": 3, "gain": 1.0, "seed": 10}')
    headers = {"Content-Type": "application/json"}
    first, second = (WEB.post(base_url + TRACES, content=body, headers=headers).json() for body in bodies)
    assert first == second


def test_a_recipe_may_not_come_twice(base_url: str) -> None:
    told = problem(WEB.post(base_url + TRACES, json=RECIPE, params={"hidden": 9}))
    assert told["errors"][0]["pointer"] == "/hidden"


def test_include_picks_groups(trace: dict[str, Any], base_url: str) -> None:
    def names(include: str) -> set[str]:
        answer = WEB.get(base_url + TRACES, params={**RECIPE, "include": include})
        return set(answer.json()["arrays"])

    assert "jacobian/spectral" in names("forward,spectral")
    assert "jacobian/spectral" not in trace["arrays"]
    forward, params = names("forward"), names("params")
    assert "h" in forward
    assert "grad/h" not in forward
    assert "param/V" in params
    assert names("forward,params") == names("params,forward") == forward | params


def test_a_cell_may_be_written_out(base_url: str) -> None:
    source = "s = tanh(W @ x + U @ s_prev + b)   # my own state"
    named = WEB.get(base_url + TRACES, params={"seed": 1}).json()
    written = WEB.get(base_url + TRACES, params={"seed": 1, "cell": source}).json()
    np.testing.assert_array_equal(numbers(written["arrays"]["s"]), numbers(named["arrays"]["s"]))


def test_an_exploding_network_still_gives_json(base_url: str) -> None:
    query: dict[str, str | int] = {
        "cell": "rnn-relu",
        "gain": 100,
        "hidden": 64,
        "data": "characters",
        "text": "abcd" * 60,
    }
    answer = WEB.get(base_url + TRACES, params=query)
    trace = json.loads(answer.content, parse_constant=no_constant)
    assert trace["nonfinite"]
    first = trace["nonfinite"][0]
    assert first["value"] in {"nan", "inf", "-inf"}
    value = trace["arrays"][first["array"]]["data"]
    for index in first["index"]:
        value = value[index]
    assert value is None


@pytest.mark.parametrize("path", [TRACES, f"{TRACES}?encoding=base64", "/api/v1/catalog", "/", "/docs"])
def test_a_known_answer_is_not_sent_again(path: str, base_url: str) -> None:
    first = WEB.get(base_url + path)
    again = WEB.get(base_url + path, headers={"If-None-Match": f'"other", {first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["cache-control"] == first.headers["cache-control"]
    assert WEB.get(base_url + path, headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize("path", [TRACES, "/api/v1/catalog", "/", "/docs", "/healthz", "/static/css/tokens.css"])
def test_head_tells_what_get_would(path: str, base_url: str) -> None:
    wanted, told = WEB.get(base_url + path), WEB.head(base_url + path)
    assert told.content == b""
    volatile = {"date"}
    same = [{k: v for k, v in answer.headers.items() if k not in volatile} for answer in (wanted, told)]
    assert same[0] == same[1]


def test_an_answer_is_packed_for_those_who_can_unpack_it(base_url: str) -> None:
    plain = WEB.get(base_url + TRACES, headers={"Accept-Encoding": "identity"})
    refused = WEB.get(base_url + TRACES, headers={"Accept-Encoding": "gzip;q=0"})
    with WEB.stream("GET", base_url + TRACES, headers={"Accept-Encoding": "gzip"}) as answer:
        packed = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert "accept-encoding" in answer.headers["vary"].lower()
    assert gzip.decompress(packed) == plain.content == refused.content
    assert answer.headers["etag"] != plain.headers["etag"]
    assert len(packed) < 0.6 * len(plain.content)


def test_the_catalogue_names_all_there_is(base_url: str) -> None:
    listed = WEB.get(f"{base_url}/api/v1/catalog").json()
    assert [cell["id"] for cell in listed["cells"]] == [*CELLS]
    assert [field["name"] for field in listed["fields"]] == [*FIELDS]
    assert {"id", "licence", "origin", "real"} <= listed["data"][0].keys()
    assert listed["limits"]["streams"] == 2000
    lstm = next(cell for cell in listed["cells"] if cell["id"] == "lstm")
    assert {"nodes", "parameters", "graph", "source", "states", "gates"} <= lstm.keys()


def test_an_explanation_gives_the_numbers_of_the_trace(trace: dict[str, Any], base_url: str) -> None:
    told = WEB.get(base_url + EXPLAIN, params={**RECIPE, "node": "f", "t": 2, "unit": 1}).json()
    assert told["value"] == trace["arrays"]["f"]["data"][2][0][1]
    assert {"latex", "numbers", "value", "terms"} <= told["forward"].keys()
    assert told["backward"]["value"] == trace["arrays"]["grad/f"]["data"][2][0][1]


def test_an_explanation_of_one_contribution(trace: dict[str, Any], base_url: str) -> None:
    told = WEB.post(base_url + EXPLAIN, json=RECIPE, params={"parameter": "U", "t": 3, "k": 1}).json()
    assert told["value"] == pytest.approx(trace["arrays"]["contribution/U"]["data"][3][1], rel=1e-9)
    assert told["share"] == pytest.approx(trace["arrays"]["contribution_dot/U"]["data"][3][1], rel=1e-9)


def test_every_view_has_a_figure(base_url: str) -> None:
    views = WEB.get(f"{base_url}/api/v1/catalog").json()["views"]
    assert views
    for view in views:
        drawn = WEB.get(f"{base_url}/api/v1/figures/{view}", params=RECIPE, timeout=30).json()
        assert drawn["data"], view
        assert "layout" in drawn, view


def test_the_probes(base_url: str) -> None:
    assert WEB.get(f"{base_url}/healthz").json() == {"status": "ok"}
    until(lambda: WEB.get(f"{base_url}/readyz").status_code == 200)
    assert WEB.get(f"{base_url}/readyz").json() == {"status": "ready"}
    assert "unrolled_requests_total" in WEB.get(f"{base_url}/metrics").text


def test_another_method_is_told_which_work(base_url: str) -> None:
    answer = WEB.delete(base_url + TRACES)
    problem(answer)
    assert answer.headers["allow"] == "GET, HEAD, POST"
    assert WEB.put(f"{base_url}/api/v1/catalog").headers["allow"] == "GET, HEAD"


def test_the_catalogue_lists_every_table_and_recipes_that_run(base_url: str) -> None:
    listed = WEB.get(f"{base_url}/api/v1/catalog").json()
    assert [field["name"] for field in listed["fields"]] == [*FIELDS]
    assert [field["name"] for field in listed["options"]] == [*OPTIONS]
    assert [field["name"] for field in listed["decoding"]] == [*DECODING]
    assert {task["id"] for task in listed["tasks"]} == TASKS.keys()
    assert {row["name"] for row in listed["optimisers"]} == OPTIMISERS.keys()
    assert {row["name"] for row in listed["ops"]} == OPS.keys()
    assert {*listed["heads"]} == HEADS.keys()
    assert listed["limits"]["training_ms"] > 0
    counted_losses = {}
    for kind in listed["types"]:
        trace = WEB.get(base_url + TRACES, params={**kind["recipe"], "include": "forward"}).json()
        assert trace["topology"]["name"] == kind["recipe"].get("topology", "chain")
        counted_losses[kind["id"]] = sum(map(sum, trace["arrays"]["mask"]["data"])) / trace["dims"]["time"]
    assert counted_losses.pop("many-to-one") == 1 / 8
    assert set(counted_losses.values()) == {1.0}
