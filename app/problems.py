"""One shape for everything that goes wrong: `application/problem+json` (RFC 9457).

Whatever is raised becomes a `Refusal`, and a refusal becomes a body of at most 4 KiB that names
what is wrong and what is allowed, and never sends back what it was sent.
"""

import logging
import math
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from core.errors import CostError, EquationError, Problem, RecipeError, UnrolledError, WeightsError

MEDIA_TYPE = "application/problem+json"
LARGEST_BODY = 4096
LONGEST_TEXT, LONGEST_LIST = 80, 32
RETRY_SECONDS = 2

log = logging.getLogger("unrolled")


@dataclass(frozen=True)
class Kind:
    """A sort of problem: its status, its title, and what to do about it."""

    status: int
    title: str
    advice: str


class Refusal(Exception):
    """A request answered with a problem instead of a result."""

    def __init__(self, kind: str, detail: str, *problems: Problem, **more: object) -> None:
        super().__init__(detail)
        self.kind, self.detail, self.problems, self.more = kind, detail, problems, more

    @property
    def status(self) -> int:
        """The HTTP status of this kind of problem."""
        return KINDS[self.kind].status


def refusal(exc: BaseException) -> Refusal:
    """Any exception, as what to tell the person who asked."""
    if isinstance(exc, Refusal):
        return exc
    return next((tell(exc) for kind, tell in TELLERS.items() if isinstance(exc, kind)), None) or _crash(exc)


def _of_cost(exc: CostError) -> Refusal:
    cost = {"asked": exc.asked, "allowed": exc.limit, "unit": exc.unit}
    return Refusal("too-costly", str(exc), *exc.problems, cost=cost)


def _of_recipe(exc: RecipeError) -> Refusal:
    detail = "; ".join(map(_sentence, exc.problems[:LONGEST_LIST]))
    return Refusal("bad-recipe", detail, *exc.problems)


def _of_equation(exc: EquationError) -> Refusal:
    return Refusal("bad-equation", str(exc), Problem("/cell", exc.message), line=exc.line, column=exc.column)


def _sentence(problem: Problem) -> str:
    name = problem.pointer.strip("/")
    return f"{name}: {problem.message}" if name else problem.message


def _of_status(exc: HTTPException) -> Refusal:
    return _advised(next((name for name, kind in KINDS.items() if kind.status == exc.status_code), "crash"))


def _advised(kind: str) -> Refusal:
    return Refusal(kind, KINDS[kind].advice)


def _crash(exc: BaseException) -> Refusal:
    # The log gets the story, the person gets no internals.
    log.error("crash: %s", "".join(traceback.format_exception(exc)).rstrip())
    return _advised("crash")


def document(found: Refusal) -> dict[str, Any]:
    """The members of the problem, every value short, finite and printable."""
    kind = KINDS[found.kind]
    members: dict[str, Any] = {
        "type": f"/docs#{found.kind}",
        "title": kind.title,
        "status": kind.status,
        "detail": clip(found.detail, 400),
    }
    if kind.status in RETRIABLE:
        members["retry_after_s"] = RETRY_SECONDS
    members |= {name: clean(value) for name, value in found.more.items()}
    return members | _errors(found.problems)


def _errors(problems: Sequence[Problem]) -> dict[str, Any]:
    shown = [clean({"pointer": p.pointer, "message": p.message, "allowed": p.allowed}) for p in problems[:LONGEST_LIST]]
    rest = {"more_errors": len(problems) - len(shown)} if len(problems) > len(shown) else {}
    return {"errors": shown, **rest} if shown else {}


def encode(found: Refusal) -> bytes:
    """The problem as JSON of at most 4 KiB: errors at the end give way first."""
    members = document(found)
    body = orjson.dumps(members)
    while len(body) > LARGEST_BODY and members.get("errors"):
        members["errors"] = members["errors"][:-1]
        members["more_errors"] = members.get("more_errors", 0) + 1
        body = orjson.dumps(members)
    return body


def respond(found: Refusal, headers: Mapping[str, str] | None = None) -> Response:
    """The answer that carries a problem."""
    sent = {"Cache-Control": "no-store", **(headers or {})}
    if found.status in RETRIABLE:
        sent["Retry-After"] = str(RETRY_SECONDS)
    return Response(encode(found), found.status, sent, MEDIA_TYPE)


async def handle(request: Request, exc: Exception) -> Response:
    """The one exception handler of the service."""
    headers = dict(exc.headers or {}) if isinstance(exc, HTTPException) else {}
    if isinstance(exc, HTTPException) and exc.status_code == 405:
        headers["Allow"] = ", ".join(sorted(_methods(request)))
    return respond(refusal(exc), headers)


def _methods(request: Request) -> set[str]:
    scopes = ((m, {**request.scope, "method": m}) for m in ("GET", "POST"))
    found = {m for m, scope in scopes if any(r.matches(scope)[0].value == 2 for r in _routes(scope))}
    return found | {"HEAD"} if "GET" in found else found


def _routes(scope: Mapping[str, Any]) -> Iterable[Any]:
    routes: Iterable[Any] = scope["app"].routes
    return routes


def clip(text: str, longest: int = LONGEST_TEXT) -> str:
    """At most `longest` characters that every encoder can write."""
    kept = text if len(text) <= longest else f"{text[: longest - 1]}…"
    return kept.encode("utf-8", "replace").decode()


def clean(value: object) -> object:
    """A JSON value made small and harmless: what is not finite or not plain becomes text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else clip(f"about 2^{value.bit_length()}")
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Mapping):
        return {clip(str(k)): clean(v) for k, v in [*value.items()][:LONGEST_LIST]}
    if isinstance(value, list | tuple | set | frozenset | range):
        return [clean(v) for v in [*value][:LONGEST_LIST]]
    return clip(str(value), 200)


KINDS: dict[str, Kind] = {
    "bad-request": Kind(400, "The request could not be read", "Check how the request is written."),
    "bad-json": Kind(400, "The body is not a JSON object", "Send one object of plain values, without duplicates."),
    "not-found": Kind(404, "There is nothing here", "The list of addresses is at /docs."),
    "no-model": Kind(404, "There is no such model", "Send its file again: models are kept as long as there is room."),
    "wrong-method": Kind(405, "This address does not do that", "The header Allow names the methods that work here."),
    "too-slow": Kind(408, "The request took too long to arrive", "Send the body at once."),
    "body-too-large": Kind(
        413, "The body is too large", "A recipe is short, and a model may be as large as the catalogue says."
    ),
    "url-too-long": Kind(414, "The address is too long", "Send long texts by POST."),
    "wrong-type": Kind(
        415,
        "The body is of the wrong type",
        "Send application/json in UTF-8, or application/octet-stream for weights; not compressed.",
    ),
    "bad-recipe": Kind(422, "Some values are not allowed", "The member errors names each value and what it may be."),
    "bad-equation": Kind(422, "The equations could not be read", "The detail says at which line and column."),
    "bad-weights": Kind(422, "The file of weights cannot be taken", "Send a plain safetensors file of one network."),
    "impossible": Kind(422, "This cannot be done", "The detail says why."),
    "too-costly": Kind(
        422,
        "This experiment is larger than this server allows",
        "Ask for less, or run Unrolled on your own machine, where the limits are yours.",
    ),
    "head-too-large": Kind(431, "The request head is too large", "Send fewer or shorter headers."),
    "crash": Kind(500, "Something broke here", "This is our mistake, and it is in our log."),
    "not-written": Kind(501, "This form is not written here", "Ask for JSON."),
    "queue-full": Kind(503, "All seats are taken", "Nothing was started. Ask again in a few seconds."),
    "streams-full": Kind(503, "Too many streams are open", "Ask again in a few seconds, or fetch the whole trace."),
    "draining": Kind(503, "The server is going away", "Ask again in a few seconds."),
    "process-lost": Kind(503, "A compute process was lost", "A new one has taken its place. Ask again."),
    "deadline": Kind(504, "The computation took too long", "It was ended. Ask for less, or ask again later."),
    "out-of-memory": Kind(507, "The computation needs more memory than it may have", "Ask for a smaller experiment."),
}
RETRIABLE = {503, 504}
# The first that fits: a cost is a recipe's error too.
TELLERS: dict[type[BaseException], Callable[[Any], Refusal]] = {
    CostError: _of_cost,
    RecipeError: _of_recipe,
    EquationError: _of_equation,
    WeightsError: lambda exc: Refusal("bad-weights", str(exc), Problem("", str(exc))),
    UnrolledError: lambda exc: Refusal("impossible", str(exc)),
    HTTPException: _of_status,
    MemoryError: lambda _: _advised("out-of-memory"),
}
