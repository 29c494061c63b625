"""The doors for trained weights: send a file, and use its id as `model` in any recipe."""

import re

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app import answers, catalog
from app.api import BASE, JSON, READ, mount, respond, settled
from app.asked import query_pairs
from app.limits import leaving, read_body
from app.models import id_of, parcel
from app.problems import Refusal, clip
from app.services import Services, of
from app.tasks import Task
from core.cost import Cost
from core.errors import Problem, RecipeError
from core.models import cards

WEIGHTS = "application/octet-stream"
TYPES = {WEIGHTS, "application/x-safetensors"}
CHOSEN = {"prefix": re.compile(r"[A-Za-z0-9._-]{0,128}"), "nonlinearity": re.compile(r"tanh|relu")}
FAR = Cost(1e9, 0, 0)  # a stranger's file is opened in a compute process, never in the web process

router = APIRouter(prefix=f"{BASE}/models")


async def models(request: Request) -> Response:
    """Take a safetensors file, our own or PyTorch's; its id can then stand in a recipe as `model`."""
    services = of(request)
    packed = parcel(await file(request, services), **chosen(request))
    task = Task("model", "", asked=(("id", id_of(packed)),), weights=packed)
    flight = await services.desk.finished(task, FAR, leaving(request))
    services.models.put(id_of(packed), packed)
    headers = {"Cache-Control": "no-store", "Location": f"{BASE}/models/{id_of(packed)}"}
    return Response(flight.frames[0], 201, headers, JSON)


async def file(request: Request, services: Services, most: int | None = None) -> bytes:
    """The body, if it is declared to be bytes."""
    media_type = request.headers.get("content-type", "").lower().partition(";")[0].strip()
    if media_type not in TYPES or request.headers.get("content-encoding", "identity") != "identity":
        raise Refusal("wrong-type", f"The file must be declared as {WEIGHTS} and not be compressed.")
    return await read_body(request, services.settings, most or services.settings.model_bytes)


def chosen(request: Request) -> dict[str, str]:
    """Which network of several in a file is meant, and what PyTorch does not write into it."""
    found = dict(query_pairs(request.scope["query_string"]))
    for name, text in found.items():
        if name not in CHOSEN:
            raise RecipeError(Problem(f"/{clip(name)}", "there is no such field", [*CHOSEN]))
        if not CHOSEN[name].fullmatch(text):
            raise RecipeError(Problem(f"/{name}", "is not allowed", CHOSEN[name].pattern))
    return found


async def shipped(request: Request) -> Response:
    """List the models that are shipped: their cards, with figures beside those of baselines."""
    plain(request)
    return settled(request, orjson.dumps({"models": [catalog.model(name) for name in cards.names()]}))


async def model(request: Request) -> Response:
    """Describe a model that was sent; of one that is shipped, give the card."""
    if (name := request.path_params["id"]) in cards.names():
        plain(request)
        return settled(request, orjson.dumps(catalog.model(name)))
    services, packed = of(request), kept(request)
    return await respond(request, services, Task("model", "", asked=(("id", id_of(packed)),), weights=packed), FAR)


async def model_weights(request: Request) -> Response:
    """Give a model back, with our own names; one that is shipped as it is."""
    if (name := request.path_params["id"]) in cards.names():
        plain(request)
        return attached(answers.answer(request, cards.file(name), WEIGHTS, cache=answers.CHECK_FIRST), name)
    services, packed = of(request), kept(request)
    task = Task("weights", "", asked=(("id", id_of(packed)),), weights=packed)
    flight = await services.desk.finished(task, FAR, leaving(request))
    return attached(answers.answer(request, flight.frames[0], WEIGHTS, flight.tag), id_of(packed)[:12])


def attached(found: Response, name: str) -> Response:
    """An answer that a browser keeps as a file."""
    found.headers["Content-Disposition"] = f'attachment; filename="unrolled-{name}.safetensors"'
    return found


def plain(request: Request) -> None:
    """An address without a query."""
    if pairs := query_pairs(request.scope["query_string"]):
        raise RecipeError(Problem(f"/{clip(pairs[0][0])}", "there is no such field"))


def kept(request: Request) -> bytes:
    """The file of the address."""
    plain(request)
    if (packed := of(request).models.get(request.path_params["id"])) is None:
        raise Refusal("no-model", "There is no model of this id here.")
    return packed


SENT = (400, 405, 408, 413, 414, 415, 422, 431, 503, 504, 507)
GIVEN = (304, 404, 405, 414, 422, 431, 503, 504, 507)
mount(
    router,
    "",
    models,
    ("POST",),
    media_types=[JSON],
    statuses=SENT,
    controls=("prefix", "nonlinearity"),
    body="Weights",
)
mount(router, "", shipped, media_types=[JSON], statuses=READ, body="")
mount(router, "/{id}", model, media_types=[JSON], statuses=GIVEN, controls=("id",), body="")
mount(router, "/{id}/weights", model_weights, media_types=[WEIGHTS], statuses=GIVEN, controls=("id",), body="")
