"""The door to finding: which units are on in just one part of a sequence, and where else they are."""

from dataclasses import replace

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.api import BASE, BOTH, JSON, WEIGHED, mount, respond, weigh
from app.asked import Asked, Given, check_text, found_model, given
from app.services import Services, of
from app.tasks import Task
from app.training_api import snapshot
from app.wanted import TRAINED, apart, every, make_run, update_of
from core.finding_options import FINDING, Search, make_search
from core.recipe import make_recipe

READ = ("forward", "params")

router = APIRouter(prefix=BASE)


async def finding(request: Request) -> Response:
    """Rank the units that are on in just a range of steps; with `update`, those of the trained network there."""
    services = of(request)
    found = await given(request, services.settings, "update", fields={**TRAINED, **FINDING})
    search, rest = apart(found.values, FINDING)
    if "update" in found.controls:
        return await trained(request, services, found, rest)
    plain, wanted = every(lambda: check_text(make_recipe(rest), services.settings), lambda: make_search(search))
    recipe, packed = found_model(plain, services.models)
    cost = weigh(Asked(recipe, {}), services.settings, READ)
    return await respond(request, services, replace(task(recipe.canonical(), wanted), weights=packed), cost)


async def trained(request: Request, services: Services, found: Given, rest: dict[str, object]) -> Response:
    """The same in a network at a snapshot of its training."""
    search, _ = apart(found.values, FINDING)
    run, wanted = every(lambda: make_run(rest, services.settings, services.models), lambda: make_search(search))
    asked = Asked(run.recipe, found.controls)
    update, cost = update_of(run, asked), weigh(asked, services.settings, READ)
    wish = task("", wanted, *run.task.asked, ("update", update))
    return await respond(request, services, wish, cost, lambda: snapshot(request, services, run, update))


def task(recipe: str, wanted: Search, *more: tuple[str, str | int]) -> Task:
    """The computation of a search."""
    values = tuple((name, value) for name, value in wanted.values.items() if value is not None)
    return Task("finding", recipe, READ, asked=(*values, *more))


mount(
    router,
    "/finding",
    finding,
    BOTH,
    media_types=[JSON],
    statuses=sorted((304, *WEIGHED)),
    controls=("update",),
    body="Finding",
)
