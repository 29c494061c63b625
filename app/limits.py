"""What every request must respect and every answer carries, whatever route it takes.

One pure ASGI layer: the sizes of the head, the headers of each family of addresses, HEAD as GET
without a body, cross-origin permission for the API, and a problem document for every crash.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping
from typing import Any, Literal

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import problems
from app.metrics import Metrics
from app.problems import Refusal
from app.settings import Settings

Family = Literal["page", "embed", "export", "api", "static", "probe"]
SLICE = 256 * 2**10
PROBES = {"/healthz", "/readyz", "/metrics"}
FAMILIES: Mapping[str, Family] = {
    "/api/": "api",
    "/oembed/": "api",
    "/embed/": "embed",
    "/export/": "export",
    "/static/": "static",
    "/static-": "static",
}


def family(path: str) -> Family:
    """Which row of the header table an address belongs to."""
    if path in PROBES:
        return "probe"
    return next((found for start, found in FAMILIES.items() if f"{path}/".startswith(start)), "page")


def _policy(**directives: str) -> str:
    return "; ".join(f"{name.replace('_', '-')} {value}" for name, value in directives.items())


PAGE_POLICY = _policy(
    default_src="'none'",
    script_src="'self'",
    style_src="'self'",
    img_src="'self' data: blob:",
    font_src="'self'",
    media_src="'self'",
    connect_src="'self'",
    manifest_src="'self'",
    worker_src="'self'",
    base_uri="'none'",
    form_action="'self'",
    frame_ancestors="'self'",
)
# Whoever shows slides may frame an embed, also from a file: it has no frame-ancestors, for even `*` would leave files
# out, and no X-Frame-Options, for that knows no one but ourselves.
EMBED_POLICY = _policy(
    default_src="'none'",
    script_src="'self'",
    style_src="'self'",
    img_src="'self' data: blob:",
    font_src="'self'",
    connect_src="'self'",
    base_uri="'none'",
    form_action="'none'",
)
DATA_POLICY = _policy(default_src="'none'", frame_ancestors="'none'")
EVERYWHERE = {"X-Content-Type-Options": "nosniff"}
DOCUMENTS = EVERYWHERE | {  # what these say concerns documents; on a script or a letter they are bytes for nothing
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
SHARED = {
    "Content-Security-Policy": DATA_POLICY,
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
HEADERS: Mapping[Family, Mapping[str, str]] = {
    "page": DOCUMENTS
    | {
        "Content-Security-Policy": PAGE_POLICY,
        "X-Frame-Options": "SAMEORIGIN",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    },
    "embed": DOCUMENTS
    | {
        "Content-Security-Policy": EMBED_POLICY,
        "Cross-Origin-Embedder-Policy": "require-corp",  # else a page that asks this of its frames could not have ours
        "Cross-Origin-Resource-Policy": "cross-origin",
    },
    "export": EVERYWHERE | SHARED,
    "api": EVERYWHERE | SHARED | {"Access-Control-Expose-Headers": "ETag, Retry-After"},
    "static": EVERYWHERE | SHARED,
    "probe": EVERYWHERE | {"Content-Security-Policy": DATA_POLICY},
}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST",
    "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match, Last-Event-ID",
    "Access-Control-Max-Age": "86400",
}


class Guard:
    """The layer around all routes."""

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics) -> None:
        self.app, self.settings, self.metrics = app, settings, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer early what needs no route; dress and count all else."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        inner = {**scope, "method": "GET", "head": True} if scope["method"] == "HEAD" else scope
        dressed = self._dressed(inner, scope["method"], send)
        early = too_large(scope, self.settings) or preflight(scope)
        await (early or self._routed)(inner, receive, dressed)

    async def _routed(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except ClientDisconnect:
            return
        except Exception as exc:
            if started:
                raise
            await problems.respond(problems.refusal(exc))(scope, receive, send)

    def _dressed(self, scope: Scope, method: str, send: Send) -> Send:
        table = HEADERS[family(scope["path"])]

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message.setdefault("headers", []))
                for name, value in table.items():
                    headers.setdefault(name, value)
                self._count(scope, method, message["status"])
            elif method == "HEAD":
                message = {**message, "body": b""}
            for part in slices(message):
                await self._send(scope, send, part)

        return dressed

    async def _send(self, scope: Scope, send: Send, message: Message) -> None:
        try:
            async with asyncio.timeout(self.settings.send_seconds):
                await send(message)
        except TimeoutError:
            # Closing would wait for the very reader that does not read.
            scope.get("state", {}).get("abort", lambda: None)()
            raise ClientDisconnect from None

    def _count(self, scope: Scope, method: str, status: int) -> None:
        # A route's own pattern, never the address asked for: that could be anything.
        route = getattr(scope.get("route"), "path", "none")
        known = method if method in {"GET", "HEAD", "POST", "OPTIONS"} else "other"
        self.metrics.requests.labels(route, known, str(status)).inc()


def slices(message: Message) -> Iterator[Message]:
    """A message in parts small enough that a slow reader holds little of our memory."""
    body = message.get("body", b"")
    for start in range(0, len(body) - SLICE, SLICE):
        yield {"type": message["type"], "body": body[start : start + SLICE], "more_body": True}
    last = max(0, len(body) - 1) // SLICE * SLICE
    yield {**message, "body": body[last:]} if last else message


def too_large(scope: Scope, settings: Settings) -> Response | None:
    """The refusal of an address or a head beyond its limit."""
    url = len(scope.get("raw_path") or b"") + len(scope["query_string"])
    if url > settings.url_bytes:
        detail = f"The address has {url} bytes; {settings.url_bytes} are allowed. Use POST."
        return problems.respond(Refusal("url-too-long", detail))
    head = sum(len(name) + len(value) for name, value in scope["headers"])
    if head > settings.header_bytes:
        return problems.respond(Refusal("head-too-large", f"The head has {head} bytes."))
    return None


def preflight(scope: Scope) -> Response | None:
    """The answer to a browser that asks whether another site may call the API."""
    asks = scope["method"] == "OPTIONS" and family(scope["path"]) == "api"
    if asks and "access-control-request-method" in Headers(scope=scope):
        return Response(status_code=204, headers=PREFLIGHT)
    return None


async def read_body(request: Request, settings: Settings, limit: int | None = None) -> bytes:
    """The whole body, refused as soon as it is seen to be too large or too slow."""
    limit = limit or settings.body_bytes
    too_much = Refusal("body-too-large", f"The body may have {limit} bytes.")
    declared = request.headers.get("content-length", "0")
    if len(declared) > 15 or int(declared) > limit:
        raise too_much
    body = bytearray()
    try:
        async with asyncio.timeout(settings.receive_seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limit:
                    raise too_much
    except TimeoutError:
        raise Refusal("too-slow", "The body did not arrive in time.") from None
    return bytes(body)


def leaving(request: Request) -> Callable[[], Coroutine[Any, Any, object]]:
    """A way to wait until the client has gone."""

    async def gone() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    return gone
