"""The door to the geometry of a run: the way of its state, its field, its fixed points, the spectrum of a step."""

from dataclasses import replace

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.api import BASE, BOTH, JSON, WEIGHED, mount, respond, weigh
from app.asked import Asked, check_text, found_model, given
from app.services import of
from app.settings import Settings
from app.tasks import Task
from app.training_api import snapshot
from app.wanted import TRAINED, make_run, update_of
from core import geometry
from core.cost import Cost, size_of
from core.recipe import make_recipe

READ = ("forward", "params")
CONTROLS = ("t", "box", "update")

router = APIRouter(prefix=BASE)


async def show(request: Request) -> Response:
    """Show the geometry of a run; with `update`, that of the trained network there."""
    services = of(request)
    found = await given(request, services.settings, *CONTROLS, fields=TRAINED)
    if "update" in found.controls:
        run = make_run(found.values, services.settings, services.models)
        asked = Asked(run.recipe, found.controls)
        update = update_of(run, asked)
        wish = replace(task(asked), asked=(*task(asked).asked, *run.task.asked, ("update", update)))
        cost = weighed(asked, services.settings)
        return await respond(request, services, wish, cost, lambda: snapshot(request, services, run, update))
    recipe, packed = found_model(check_text(make_recipe(found.values), services.settings), services.models)
    asked = Asked(recipe, found.controls, packed)
    return await respond(request, services, task(asked), weighed(asked, services.settings))


def task(asked: Asked) -> Task:
    """The computation."""
    geometry.check_plain(asked.recipe)
    wanted = (("t", asked.whole("t", 0)), ("box", asked.choice("box", geometry.BOXES)))
    return Task("geometry", asked.recipe.canonical(), READ, asked=wanted, weights=asked.packed)


def weighed(asked: Asked, settings: Settings) -> Cost:
    """What the run and its geometry take."""
    cost, size = weigh(asked, settings, READ), size_of(asked.recipe)
    (part,) = size.parts
    return replace(cost, milliseconds=cost.milliseconds + geometry.milliseconds(part.states * size.H, size.T))


mount(
    router,
    "/geometry",
    show,
    BOTH,
    media_types=[JSON],
    statuses=sorted((304, *WEIGHED)),
    controls=CONTROLS,
    body="Training",
)
