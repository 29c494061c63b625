"""The doors to what a recipe reads: the picture of its example, and the sound."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app import answers
from app.api import BASE, JSON, WEIGHED, mount, respond
from app.asked import read
from app.limits import leaving
from app.services import of
from app.tasks import Task
from core.cost import Cost
from core.shown import collection_of

WAV = "audio/wav"
FAR = Cost(1e9, 0, 0)  # data are read and drawn in a compute process, never in the web process

router = APIRouter(prefix=BASE)


async def pictures(request: Request) -> Response:
    """Show what a recipe reads: its example in words, its licence, and the arrays of its picture."""
    services = of(request)
    asked = await read(request, services.settings)
    collection_of(asked.recipe)
    return await respond(request, services, Task("picture", asked.recipe.canonical()), FAR)


async def sounds(request: Request) -> Response:
    """Let a recipe's example be heard, as a WAV file."""
    services = of(request)
    asked = await read(request, services.settings)
    collection_of(asked.recipe)
    flight = await services.desk.finished(Task("sound", asked.recipe.canonical()), FAR, leaving(request))
    return answers.answer(request, flight.frames[0], WAV, flight.tag)


for _path, _endpoint, _type in (("/pictures", pictures, JSON), ("/sounds", sounds, WAV)):
    mount(router, _path, _endpoint, media_types=[_type], statuses=sorted((304, *WEIGHED)), body="Recipe")
