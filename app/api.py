"""The REST door: each route reads what is asked, weighs it, and hands it in at the desk."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app import answers, catalog, openapi, streams
from app.asked import Asked, read
from app.limits import leaving
from app.metrics import MEDIA_TYPE as COUNTED
from app.problems import KINDS, Refusal, clip
from app.services import Services, of
from app.settings import Settings
from app.streams import Reading
from app.tasks import Task, pack
from app.words import LANGUAGES
from core.cost import Cost, check_cost
from core.errors import Problem, RecipeError
from core.recipe import make_recipe

JSON, NPZ = "application/json", "application/x-npz"
ENCODINGS = ("list", "base64")
EXPLAINED = ("forward", "backward", "contributions", "params")
LONGEST_PACE = 10.0
Endpoint = Callable[[Request], Awaitable[Response]]

BASE = "/api/v1"
probes, router = APIRouter(), APIRouter(prefix=BASE)


def weigh(asked: Asked, settings: Settings, include: tuple[str, ...] | None = None) -> Cost:
    """The predicted cost, if the server can bear it; surgery takes two runs."""
    runs = 2 if asked.interventions else 1
    groups = asked.include if include is None else include
    limits = (settings.compute_ms / runs, settings.response_bytes // runs)
    found = check_cost(asked.recipe, groups, milliseconds=limits[0], bytes=limits[1])
    return Cost(found.milliseconds * runs, found.bytes * runs, found.steps)


async def respond(
    request: Request, services: Services, task: Task, cost: Cost, weights: Callable[[], Awaitable[bytes]] | None = None
) -> Response:
    """The finished answer of a task, packed when the client can unpack it; its weights are fetched if need be."""
    packed = task.form != "npz" and answers.accepts(request, "gzip")
    task = replace(task, packed=packed)
    if weights and not services.desk.knows(task):
        task = replace(task, weights=await weights())
    flight = await services.desk.finished(task, cost, leaving(request))
    media_type = NPZ if task.form == "npz" else JSON
    encoding = "gzip" if packed else None
    return answers.answer(request, flight.frames[0], media_type, flight.tag, encoding=encoding)


async def traces(request: Request) -> Response:
    """Compute a whole trace."""
    services = of(request)
    asked = await read(request, services.settings, "include", "encoding", surgery=True)
    cost = weigh(asked, services.settings)
    encoding = asked.choice("encoding", ENCODINGS)
    form = "npz" if answers.prefers(request, NPZ) else encoding
    task = Task("trace", asked.recipe.canonical(), asked.include, form, asked=asked.surgery, weights=asked.packed)
    return await respond(request, services, task, cost)


async def stream(request: Request) -> Response:
    """Send a trace event by event."""
    settings = of(request).settings
    asked = await read(request, settings, "include", "start", "pace")
    task = Task("events", asked.recipe.canonical(), asked.include, form_of(request), weights=asked.packed)
    return await streamed(request, asked, task, weigh(asked, settings))


def form_of(request: Request) -> str:
    """The form of a stream that a client asks for; what it does not say is an event stream."""
    return next((form for media_type, form in streams.FORMS.items() if answers.prefers(request, media_type)), "sse")


async def streamed(request: Request, asked: Asked, task: Task, cost: Cost) -> Response:
    """The stream of a task, as its reader wants it."""
    services, form = of(request), form_of(request)
    reading = Reading(form, start(request, asked), asked.seconds("pace", LONGEST_PACE))
    if request.scope.get("head"):
        return Response(headers=streams.HEADERS, media_type=streams.MEDIA_TYPES[form])
    return await streams.respond(services.desk, services.seats, (task, cost), reading, leaving(request))


def start(request: Request, asked: Asked) -> int:
    """The number of the first event to send: after the last one seen, or as the query says."""
    first = asked.whole("start", 0)
    seen = request.headers.get("last-event-id")
    if seen is None:
        return first
    if seen.isascii() and seen.isdigit() and len(seen) <= 10:
        return int(seen) + 1
    raise Refusal("bad-recipe", "Last-Event-ID must be the number of an event.", Problem("/start", "is not a number"))


async def explain(request: Request) -> Response:
    """Put the numbers into an equation."""
    services = of(request)
    asked = await read(request, services.settings, "node", "t", "unit", "parameter", "k", surgery=True)
    names = ("parameter", "t", "k") if "parameter" in asked.controls else ("node", "t", "unit")
    if surplus := [name for name in asked.controls if name not in names]:
        raise RecipeError(Problem(f"/{surplus[0]}", "does not go with the rest", [*names]))
    places = [(name, asked.whole(name)) for name in names[1:]]
    cost = weigh(asked, services.settings, EXPLAINED)
    node = (names[0], required(asked, names[0]))
    task = Task(
        "explain", asked.recipe.canonical(), EXPLAINED, asked=(node, *places, *asked.surgery), weights=asked.packed
    )
    return await respond(request, services, task, cost)


def required(asked: Asked, name: str) -> str:
    """A control that may not be left out."""
    if name not in asked.controls:
        raise RecipeError(Problem(f"/{name}", "is needed, or a parameter in its place"))
    return clip(asked.controls[name])


async def figure(request: Request) -> Response:
    """Draw a trace."""
    services = of(request)
    view = request.path_params["view"]
    if view not in catalog.VIEWS:
        raise Refusal("not-found", KINDS["not-found"].advice, Problem("/view", "is not a view", catalog.VIEWS))
    asked = await read(request, services.settings, surgery=True)
    given = (("view", view), *asked.surgery)
    task = Task("figure", asked.recipe.canonical(), asked.include, asked=given, weights=asked.packed)
    return await respond(request, services, task, weigh(asked, services.settings))


async def list_all(request: Request) -> Response:
    """List what there is to choose from."""
    return settled(request, catalog.catalog(of(request).settings, language(request)))


def language(request: Request) -> str:
    """The language that the words of a list are asked for in."""
    return Asked(make_recipe({}), request.query_params).choice("lang", [*LANGUAGES])


async def describe(request: Request) -> Response:
    """Describe the API itself."""
    return settled(request, orjson.dumps(request.app.openapi()))


def settled(request: Request, body: bytes) -> Response:
    """An answer that stays the same as long as the server runs."""
    packed = answers.accepts(request, "gzip")
    sent = pack(body) if packed else body
    return answers.answer(request, sent, JSON, encoding="gzip" if packed else None, cache=answers.CHECK_FIRST)


async def healthz(_: Request) -> Response:
    """Say that the event loop turns."""
    return Response(b'{"status":"ok"}', media_type=JSON, headers={"Cache-Control": "no-store"})


async def readyz(request: Request) -> Response:
    """Say whether a computation asked for now would be done."""
    services = of(request)
    if services.seats.leaving.is_set() or not await services.executor.ready():
        raise Refusal("draining" if services.seats.leaving.is_set() else "process-lost", "Not ready.")
    return Response(b'{"status":"ready"}', media_type=JSON, headers={"Cache-Control": "no-store"})


async def metrics(request: Request) -> Response:
    """Say what was counted."""
    return Response(of(request).metrics.page(), media_type=COUNTED, headers={"Cache-Control": "no-store"})


def mount(where: APIRouter, path: str, endpoint: Endpoint, methods: Sequence[str] = ("GET",), **more: Any) -> None:
    """Give a route its operations, described."""
    for method in methods:
        extra = openapi.operation(endpoint.__name__, method, **more)
        where.add_api_route(
            path,
            endpoint,
            methods=[method],
            description=endpoint.__doc__,
            operation_id=extra["operationId"],
            response_class=Response,
            openapi_extra=extra,
        )


READ = (304, 405, 414, 431)
WEIGHED = (400, 405, 408, 413, 414, 415, 422, 431, 503, 504, 507)
BOTH = ("GET", "POST")
for _path, _probe, _type in (("healthz", healthz, JSON), ("readyz", readyz, JSON), ("metrics", metrics, "text/plain")):
    mount(probes, f"/{_path}", _probe, media_types=[_type], statuses=(405, 503), body="")
LISTED = (304, 405, 414, 422, 431)
mount(router, "/catalog", list_all, media_types=[JSON], statuses=LISTED, controls=("lang",), body="")
mount(router, "/openapi.json", describe, media_types=[JSON], statuses=READ, body="")
for _path, _endpoint, _types, _controls, _more in (
    ("traces", traces, [JSON, NPZ], ("include", "encoding"), (304,)),
    ("traces/stream", stream, [*streams.FORMS], ("include", "start", "pace"), (204,)),
    ("explain", explain, [JSON], ("node", "t", "unit", "parameter", "k"), (304,)),
    ("figures/{view}", figure, [JSON], ("view",), (304, 404)),
):
    mount(
        router,
        f"/{_path}",
        _endpoint,
        BOTH,
        media_types=_types,
        statuses=sorted((*_more, *WEIGHED)),
        controls=_controls,
        body="Recipe" if _endpoint is stream else "Operation",
    )
