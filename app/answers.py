"""Finished bytes as an answer: the encoding that was negotiated, a strong ETag, 304 when it is known."""

from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

# A URL does not name the engine's version, so a new engine must be noticed within the hour.
FINISHED = "public, max-age=3600"
CHECK_FIRST = "no-cache"
FOREVER = "public, max-age=31536000, immutable"


def tag(body: bytes) -> str:
    """The strong ETag of a body as it is sent."""
    return f'"{sha256(body).hexdigest()[:32]}"'


def accepts(request: Request, encoding: str) -> bool:
    """Whether the client can unpack an encoding."""
    for item in request.headers.get("accept-encoding", "").lower().split(","):
        name, _, weight = item.partition(";")
        if name.strip() == encoding:
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def prefers(request: Request, media_type: str) -> bool:
    """Whether the client asks for exactly this type."""
    wanted = request.headers.get("accept", "").lower().split(",")
    return media_type in {item.partition(";")[0].strip() for item in wanted}


def knows(request: Request, etag: str) -> bool:
    """Whether the client has the body of this ETag already."""
    known = request.headers.get("if-none-match", "")
    return known.strip() == "*" or etag in {item.strip().removeprefix("W/") for item in known.split(",")}


def answer(
    request: Request,
    body: bytes,
    media_type: str,
    etag: str | None = None,
    *,
    encoding: str | None = None,
    cache: str = FINISHED,
    status: int = 200,
) -> Response:
    """The answer with a finished body, or 304 without it."""
    etag = etag or tag(body)
    # What a POST gave is nobody else's answer.
    headers = {"ETag": etag, "Cache-Control": cache if request.method == "GET" else "no-store"}
    headers["Vary"] = "Accept, Accept-Encoding"
    if status == 200 and request.method == "GET" and knows(request, etag):
        return Response(status_code=304, headers=headers)
    if encoding:
        headers["Content-Encoding"] = encoding
    return Response(body, status, headers, media_type)
