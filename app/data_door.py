"""The door for a visitor's own data: a text, a table or a sound, read in a compute process and kept by its hash."""

from hashlib import sha256

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.api import BASE, JSON, mount
from app.asked import query_pairs
from app.limits import leaving
from app.models_api import FAR, SENT, file
from app.problems import clip
from app.services import of
from app.tasks import Task
from core.data import kept, own
from core.errors import Problem, RecipeError

KINDS = ("text", "table", "sound")

router = APIRouter(prefix=f"{BASE}/data")


async def data(request: Request) -> Response:
    """Take a text, a table (CSV) or a sound (WAV) of the visitor's own; the answer holds the recipe that reads it."""
    services, kind = of(request), chosen(request)
    body = await file(request, services, own.MOST_BYTES)
    task = Task("data", "", asked=(("kind", kind or own.kind_of(body)), ("id", sha256(body).hexdigest())), weights=body)
    flight = await services.desk.finished(task, FAR, leaving(request))
    said = orjson.loads(flight.frames[0])
    if told := said.pop("told"):
        kept.keep(body, told)
    return Response(orjson.dumps(said), 201, {"Cache-Control": "no-store"}, JSON)


def chosen(request: Request) -> str:
    """What the file is said to be; nothing lets its content decide."""
    for name, value in query_pairs(request.scope["query_string"]):
        if name != "kind":
            raise RecipeError(Problem(f"/{clip(name)}", "there is no such field", ["kind"]))
        if value not in KINDS:
            raise RecipeError(Problem("/kind", "is not one of the choices", [*KINDS]))
        return value
    return ""


mount(router, "", data, ("POST",), media_types=[JSON], statuses=SENT, controls=("kind",), body="Weights")
