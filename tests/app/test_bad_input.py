"""Whatever is sent, the answer is a small problem that says what is wrong, and nothing grows."""

import json
from typing import Any

import pytest

from tests.app.talk import EXPLAIN, STREAM, TRACES, WEB, connect, get, problem, read_all, read_until, resident
from tests.serving import Server

JSON = {"Content-Type": "application/json"}

QUERIES: dict[str, tuple[str, int]] = {
    "an unknown field": ("colour=red", 422),
    "a field given twice": ("hidden=8&hidden=9", 422),
    "a control given twice": ("include=forward&include=params", 422),
    "an unknown cell": ("cell=transformer", 422),
    "an unknown data set": ("data=wikipedia", 422),
    "an unknown init": ("init=magic", 422),
    "an unknown loss placement": ("loss_at=never", 422),
    "no hidden units": ("hidden=0", 422),
    "fewer than no hidden units": ("hidden=-1", 422),
    "a thousand million hidden units": ("hidden=1000000000", 422),
    "2^63 hidden units": ("hidden=9223372036854775808", 422),
    "half a hidden unit": ("hidden=8.5", 422),
    "hidden units in words": ("hidden=eight", 422),
    "hidden units in Arabic digits": ("hidden=%D9%A8", 422),
    "a number with an underscore": ("hidden=1_6", 422),
    "nothing for a number": ("hidden=", 422),
    "a gain that is not a number": ("gain=NaN", 422),
    "an infinite gain": ("gain=Infinity", 422),
    "a gain of 1e400": ("gain=1e400", 422),
    "a negative gain": ("gain=-0.5", 422),
    "a gain of 5,000 digits": ("gain=" + "9" * 5000, 422),
    "a seed beyond what JSON can hold": ("seed=9007199254740992", 422),
    "a negative seed": ("seed=-1", 422),
    "a forget bias out of range": ("forget_bias=11", 422),
    "a window of nothing": ("window=0", 422),
    "an empty text": ("text=", 422),
    "a text without words": ("text=%21%3F", 422),
    "a text of one word": ("text=dog", 422),
    "a NUL in the text": ("text=a%00b+c", 422),
    "bytes that are not UTF-8": ("text=%ff%fe", 400),
    "a surrogate in UTF-8": ("text=%ed%a0%80+dog", 400),
    "seventy fields": ("&".join(f"f{i}=1" for i in range(70)), 400),
    "an unknown group": ("include=everything", 422),
    "an empty group": ("include=", 422),
    "an unknown encoding": ("encoding=pickle", 422),
    "markup as a cell": ("cell=%3Cscript%3Ealert(1)%3C/script%3E", 422),
    "a line end for a header": ("cell=x%0d%0aSet-Cookie:%20a=b", 422),
    "an equation with an attribute": ("cell=s+%3D+tanh(x.__class__)", 422),
    "an equation that calls another function": ("cell=s+%3D+open(x)", 422),
    "an equation that imports": ("cell=import+os%0As+%3D+tanh(x)", 422),
    "an equation with a subscript": ("cell=s+%3D+tanh(x[0])", 422),
    "an equation with a lambda": ("cell=s+%3D+(lambda:+x)()", 422),
    "an equation with a string": ("cell=s+%3D+tanh('x')", 422),
    "an equation that ends early": ("cell=s+%3D+tanh(W+@", 422),
    "an equation nested deeply": ("cell=s+%3D+" + "tanh(" * 300 + "x" + ")" * 300, 422),
    "an equation without a state": ("cell=s+%3D+tanh(W+@+x)", 422),
    "an equation with a huge power": ("cell=s+%3D+tanh(9**9**9)", 422),
    "a recipe too large": ("data=characters&hidden=256&cell=lstm&text=" + "ab" * 3000, 422),
}
BODIES: dict[str, tuple[bytes, int]] = {
    "nothing": (b"", 400),
    "no JSON": (b"hidden=8", 400),
    "half of JSON": (b'{"hidden": 8', 400),
    "JSON and more": (b'{"hidden": 8} {"hidden": 9}', 400),
    "a list": (b"[8]", 400),
    "a number": (b"8", 400),
    "null": (b"null", 400),
    "a field given twice": (b'{"hidden": 8, "hidden": 9}', 422),
    "an unknown field": (b'{"hiden": 8}', 422),
    "a field of the prototype": (b'{"__proto__": {"hidden": 8}}', 422),
    "a number as text": (b'{"hidden": "8"}', 422),
    "a number as truth": (b'{"hidden": true}', 422),
    "half a hidden unit": (b'{"hidden": 8.5}', 422),
    "a number as nothing": (b'{"hidden": null}', 422),
    "a number as a list": (b'{"hidden": [8]}', 422),
    "text as a number": (b'{"text": 8}', 422),
    "a choice as an object": (b'{"cell": {"$ne": null}}', 422),
    "NaN": (b'{"gain": NaN}', 400),
    "Infinity": (b'{"gain": Infinity}', 400),
    "1e400": (b'{"gain": 1e400}', 400),
    "a whole number of 5,000 digits": (b'{"seed": ' + b"9" * 5000 + b"}", 400),
    "a fraction of 5,000 digits": (b'{"gain": 0.' + b"3" * 5000 + b"}", 400),
    "lists 100,000 deep": (b"[" * 100_000, 400),
    "objects 20,000 deep": (b'{"a":' * 20_000 + b"1" + b"}" * 20_000, 400),
    "a lone surrogate in a value": (b'{"text": "a \\ud800 b"}', 422),
    "a lone surrogate in a name": (b'{"\\udfff": 1}', 422),
    "bytes that are not UTF-8": (b'{"text": "\xff\xfe"}', 400),
    "UTF-16": ('{"hidden": 8}'.encode("utf-16"), 400),
    "a byte order mark": (b'\xef\xbb\xbf{"hidden": 8}', 400),
    "100,000 characters of text": (json.dumps({"text": "ab " * 33_334}).encode(), 422),
    "20,001 characters of text": (json.dumps({"text": "a" * 20_001}).encode(), 422),
    "a name of 100,000 characters": (json.dumps({"x" * 100_000: 1}).encode(), 422),
    "60 unknown fields": (json.dumps({f"f{i}": i for i in range(60)}).encode(), 422),
    "10,000 unknown fields": (json.dumps({f"f{i}": i for i in range(10_000)}).encode(), 400),
    "equations of 200 kB": (json.dumps({"cell": "s = tanh(W @ x + U @ s_prev + b)\n" * 6000}).encode(), 422),
    "a body over its limit": (json.dumps({"text": "a" * 300_000}).encode(), 413),
}
TYPES: dict[str, dict[str, str]] = {
    "no type": {},
    "a form": {"Content-Type": "application/x-www-form-urlencoded"},
    "plain text": {"Content-Type": "text/plain"},
    "another charset": {"Content-Type": "application/json; charset=utf-16"},
    "a packed body": {**JSON, "Content-Encoding": "gzip"},
    "an archive of arrays": {"Content-Type": "application/x-npz"},
}
ROUTES: dict[str, tuple[str, str, int]] = {
    "no such address": ("GET", "/api/v1/nothing", 404),
    "a parent folder": ("GET", "/static/../app/main.py", 404),
    "a parent folder, encoded": ("GET", "/static/%2e%2e/app/main.py", 404),
    "a parent folder, encoded twice": ("GET", "/static/%252e%252e/app/main.py", 404),
    "an absolute file": ("GET", "/static//etc/passwd", 404),
    "a NUL in a file name": ("GET", "/static/js/main.js%00.css", 404),
    "an unknown method": ("DELETE", TRACES, 405),
    "a method out of place": ("POST", "/api/v1/catalog", 405),
    "a stream that starts before its start": ("GET", f"{STREAM}?start=-1", 422),
    "a stream at a pace of nothing sane": ("GET", f"{STREAM}?pace=1e9", 422),
    "a stream that starts nowhere": ("GET", f"{STREAM}?start=ten", 422),
    "an explanation of nothing": ("GET", EXPLAIN, 422),
    "an explanation of an unknown node": ("GET", f"{EXPLAIN}?node=q&t=0&unit=0", 422),
    "an explanation after the end": ("GET", f"{EXPLAIN}?node=s&t=999&unit=0", 422),
    "an explanation of a unit too many": ("GET", f"{EXPLAIN}?node=s&t=0&unit=8", 422),
    "an explanation of a use after the end": ("GET", f"{EXPLAIN}?parameter=U&t=1&k=8", 422),
    "an explanation of an unknown parameter": ("GET", f"{EXPLAIN}?parameter=Q&t=1&k=0", 422),
    "an explanation of two things": ("GET", f"{EXPLAIN}?node=s&parameter=U&t=1&k=0", 422),
    "an unknown figure": ("GET", "/api/v1/figures/cube", 404),
    "an address of 9 kB": ("GET", f"{TRACES}?text={'a' * 9000}", 414),
}


def test_there_are_enough_kinds() -> None:
    assert len(QUERIES) + len(BODIES) + len(TYPES) + len(ROUTES) >= 45


@pytest.mark.parametrize("kind", QUERIES)
def test_a_query_with(kind: str, base_url: str) -> None:
    query, status = QUERIES[kind]
    told = problem(WEB.get(f"{base_url}{TRACES}?{query}"))
    assert told["status"] == status
    if status == 422:
        assert told["errors"][0]["pointer"].startswith("/"), told


@pytest.mark.parametrize("kind", BODIES)
def test_a_body_of(kind: str, base_url: str) -> None:
    body, status = BODIES[kind]
    told = problem(WEB.post(base_url + TRACES, content=body, headers=JSON))
    assert told["status"] == status, told


@pytest.mark.parametrize("kind", TYPES)
def test_a_body_declared_as(kind: str, base_url: str) -> None:
    assert problem(WEB.post(base_url + TRACES, content=b'{"hidden": 8}', headers=TYPES[kind]))["status"] == 415


@pytest.mark.parametrize("kind", ROUTES)
def test_a_request_for(kind: str, base_url: str) -> None:
    method, path, status = ROUTES[kind]
    with connect(base_url) as bare:
        bare.sendall(get(path, "Connection: close").replace(b"GET", method.encode(), 1))
        head, _, body = read_all(bare).partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode()), head
    assert b"content-type: application/problem+json" in head.lower()
    assert json.loads(body)["status"] == status
    assert len(body) <= 4096


def test_what_was_sent_is_not_sent_back(base_url: str) -> None:
    secret = "SECRET" * 2000
    values: dict[str, Any] = {"cell": secret, "text": secret, "hidden": secret, "init": [secret], secret: secret}
    answer = WEB.post(base_url + TRACES, json=values)
    assert problem(answer)["status"] == 422
    assert answer.text.count("SECRET") < 50


def test_every_faulty_field_is_named_at_once(base_url: str) -> None:
    told = problem(WEB.post(base_url + TRACES, json={"hidden": 0, "gain": -1, "cell": "?", "seed": "x"}))
    assert {error["pointer"] for error in told["errors"]} == {"/hidden", "/gain", "/cell", "/seed"}


@pytest.mark.parametrize("kind", ["10,000 unknown fields", "objects 20,000 deep", "100,000 characters of text"])
def test_a_bad_body_is_refused_quickly(kind: str, base_url: str) -> None:
    answer = WEB.post(base_url + TRACES, content=BODIES[kind][0], headers=JSON)
    assert problem(answer)
    assert answer.elapsed.total_seconds() < 1


def test_a_body_of_20_mb_leaves_no_trace_in_memory(server: Server) -> None:
    body = b'{"text": "' + b"a" * 20_000_000 + b'"}'
    assert problem(WEB.post(server.url + TRACES, content=body, headers=JSON))["status"] == 413
    before = resident(server.pid)
    for _ in range(3):
        assert problem(WEB.post(server.url + TRACES, content=body, headers=JSON))["status"] == 413
    assert resident(server.pid) - before < 2_000_000


def test_a_body_in_chunks_is_cut_at_the_limit(server: Server) -> None:
    before = resident(server.pid)
    chunk = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
    with connect(server.url) as bare:
        bare.sendall(b"POST /api/v1/traces HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n")
        bare.sendall(b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 5)
        assert read_until(bare, b"}").startswith(b"HTTP/1.1 413 ")
    assert resident(server.pid) - before < 10_000_000


def test_an_endless_body_is_cut_off(server: Server) -> None:
    chunk = b"100000\r\n" + b"a" * 0x100000 + b"\r\n"
    with connect(server.url) as bare:
        bare.sendall(b"POST /api/v1/traces HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n")
        bare.sendall(b"Transfer-Encoding: chunked\r\n\r\n")
        with pytest.raises(ConnectionError):
            bare.sendall(chunk * 200)


@pytest.mark.parametrize("junk", [b"\x16\x03\x01\x02\x00\x01", b"GET\r\n\r\n", b"\0" * 100])
def test_what_is_not_http_gets_a_problem_too(junk: bytes, base_url: str) -> None:
    with connect(base_url) as bare:
        bare.sendall(junk + b"\r\n\r\n")
        head, _, body = read_all(bare).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert json.loads(body)["type"] == "/docs#bad-request"


@pytest.mark.parametrize("host", ["[", "a b", "<script>", "é", "x" * 300, "a:b:c"])
def test_a_strange_host_breaks_nothing(host: str, base_url: str) -> None:
    for path in ("/", "/docs", TRACES):
        with connect(base_url) as bare:
            bare.sendall(get(path, "Connection: close").replace(b"Host: test", f"Host: {host}".encode("latin-1")))
            answer = read_all(bare)
        assert answer.split(b" ", 2)[1] in {b"200", b"400"}, answer[:200]
        assert b"<script>:" not in answer


@pytest.mark.parametrize("finished", [True, False], ids=["whole", "unfinished"])
def test_a_head_beyond_its_limit(finished: bool, base_url: str) -> None:
    with connect(base_url) as bare:
        bare.sendall(get("/healthz", *(f"X-{i}: {'a' * 1000}" for i in range(20)))[: None if finished else -2])
        head, _, body = read_until(bare, b"}").partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 431 ")
    assert json.loads(body)["type"] == "/docs#head-too-large"
