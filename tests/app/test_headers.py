"""Every answer carries the headers of its family, whatever its status."""

import re

import httpx
import pytest

from app.limits import DATA_POLICY, EMBED_POLICY, HEADERS, PAGE_POLICY, Family, family
from tests.app.talk import STREAM, TRACES, WEB

ANSWERS: dict[str, tuple[Family, int]] = {
    "/": ("page", 200),
    "/?hidden=0": ("page", 422),
    "/docs": ("page", 200),
    "/nothing": ("page", 404),
    "/lecture": ("page", 200),
    "/lecture/lstm/1": ("page", 200),
    "/embed/network": ("embed", 200),
    "/embed/network?hidden=0": ("embed", 422),
    "/embed/nothing": ("embed", 404),
    "/embed/lecture/lstm/1": ("embed", 200),
    "/embed": ("embed", 404),
    "/oembed?url=x": ("api", 404),
    "/embedded": ("page", 404),
    TRACES: ("api", 200),
    f"{TRACES}?hidden=0": ("api", 422),
    f"{TRACES}?text={'a' * 9000}": ("api", 414),
    f"{STREAM}?pace=0": ("api", 200),
    "/api/v1/catalog": ("api", 200),
    "/api/v1/explain?node=s&t=0&unit=0": ("api", 200),
    "/api/v1/openapi.json": ("api", 200),
    "/api/v1/nothing": ("api", 404),
    "/static/css/tokens.css": ("static", 200),
    "/static/nothing.css": ("static", 404),
    "/healthz": ("probe", 200),
    "/readyz": ("probe", 200),
    "/metrics": ("probe", 200),
}


@pytest.mark.parametrize("path", ANSWERS)
def test_the_headers_of(path: str, base_url: str) -> None:
    wanted, status = ANSWERS[path]
    answer = WEB.get(base_url + path)
    assert answer.status_code == status
    assert family(httpx.URL(path).path) == wanted
    for name, value in HEADERS[wanted].items():
        assert answer.headers[name] == value
    if status >= 400:
        assert answer.headers["cache-control"] == "no-store"
    assert "server" not in answer.headers
    assert "set-cookie" not in answer.headers


def test_no_policy_lets_anything_inline_or_foreign_in() -> None:
    for policy in (PAGE_POLICY, EMBED_POLICY, DATA_POLICY):
        assert policy.startswith("default-src 'none'")
        for word in ("unsafe", "http", "*"):
            assert word not in policy


def test_the_api_is_open_to_other_sites_and_the_pages_are_not(base_url: str) -> None:
    origin = {"Origin": "https://slides.example"}
    answer = WEB.get(base_url + TRACES, headers=origin)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-expose-headers"] == "ETag, Retry-After"
    assert "access-control-allow-credentials" not in answer.headers
    assert "access-control-allow-origin" not in WEB.get(base_url, headers=origin).headers


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_browser_may_ask_before_it_calls(method: str, base_url: str) -> None:
    asked = {"Origin": "https://a.example", "Access-Control-Request-Method": method}
    answer = WEB.options(base_url + TRACES, headers={**asked, "Access-Control-Request-Headers": "content-type"})
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert method in answer.headers["access-control-allow-methods"]
    assert "Content-Type" in answer.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in answer.headers


def test_a_stream_is_neither_kept_nor_buffered_nor_packed(base_url: str) -> None:
    answer = WEB.get(base_url + STREAM, headers={"Accept-Encoding": "gzip, br"})
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-cache, no-transform"
    assert answer.headers["x-accel-buffering"] == "no"
    assert "content-encoding" not in answer.headers


def test_static_files_keep_for_ever_under_their_version_only(base_url: str) -> None:
    plain = WEB.get(f"{base_url}/static/css/tokens.css")
    assert plain.headers["cache-control"] == "no-cache"
    page = WEB.get(f"{base_url}/docs").text
    lasting = re.findall(r'"(/static-[^"]*/tokens.css)"', page)[0]
    kept = WEB.get(base_url + lasting)
    assert kept.content == plain.content
    assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert {name: kept.headers[name] for name in HEADERS["static"]} == dict(HEADERS["static"])
    old = WEB.get(f"{base_url}/static-000000000000/css/tokens.css")
    assert (old.content, old.headers["cache-control"]) == (plain.content, "no-cache")


@pytest.mark.parametrize("encoding", ["br", "gzip", "identity"])
def test_a_vendored_file_comes_as_it_was_packed(encoding: str, base_url: str) -> None:
    listed = WEB.get(f"{base_url}/static/vendor/manifest.json").json()
    name = next(name for name in listed if name.endswith("min.js"))
    headers = {"Accept-Encoding": encoding}
    with WEB.stream("GET", f"{base_url}/static/vendor/{name}", headers=headers) as answer:
        body = b"".join(answer.iter_raw())
    assert answer.headers.get("content-encoding", "identity") == encoding
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["vary"]
    assert (len(body) < 700_000) == (encoding != "identity")
