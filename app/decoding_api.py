"""The doors to decoding: the whole tree of a search, or its events as they come."""

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.api import BASE, BOTH, JSON, WEIGHED, mount, respond, streamed
from app.asked import Asked, Given, check_text, found_model, given
from app.services import Services, of
from app.settings import Settings
from app.streams import FORMS
from app.tasks import Task
from app.training_api import snapshot
from app.wanted import TRAINED, Run, apart, every, make_run, update_of
from core.cost import Cost, cost
from core.decoding_options import DECODING, LONGEST_PROMPT, Decoding, check_decoding_cost, make_decoding
from core.errors import Problem, RecipeError
from core.material import widths_of
from core.options import OPTIONS
from core.recipe import TWO_SIDED, Recipe, make_recipe

FIELDS = {**TRAINED, **DECODING}

router = APIRouter(prefix=f"{BASE}/decode")


async def decode(request: Request) -> Response:
    """Let a network write: greedily, by chance or by beam search, with the whole tree of what it weighed."""
    services = of(request)
    found, asked, decoding = await wanted(request, "update")
    task, run, update = begun("decode", found, asked, decoding, services)
    cost = weighed(asked.recipe, decoding, services.settings)
    if run is None or update is None:
        return await respond(request, services, task, cost)
    return await respond(request, services, task, cost, lambda: snapshot(request, services, run, update))


async def decode_stream(request: Request) -> Response:
    """The same, event by event."""
    services = of(request)
    found, asked, decoding = await wanted(request, "update", "start", "pace")
    task, run, update = begun("search", found, asked, decoding, services)
    cost = weighed(asked.recipe, decoding, services.settings)
    if run and update is not None and not services.desk.knows(task):
        task = with_weights(task, await snapshot(request, services, run, update))
    return await streamed(request, asked, task, cost)


def with_weights(task: Task, weights: bytes) -> Task:
    """The task with the file that it needs."""
    return Task(task.kind, task.recipe, asked=task.asked, weights=weights)


async def wanted(request: Request, *controls: str) -> tuple[Given, Asked, Decoding]:
    """The fields that are given, and the recipe and the search that they make."""
    services = of(request)
    found = await given(request, services.settings, *controls, fields=FIELDS)
    search, rest = apart(found.values, DECODING)
    options, values = apart(rest, OPTIONS)
    if options and "update" not in found.controls:
        raise RecipeError(*(Problem(f"/{name}", "goes with update, the snapshot to decode at") for name in options))
    made = every(lambda: check_text(make_recipe(values), services.settings), lambda: make_decoding(search))
    recipe, packed = found_model(made[0], services.models)
    return found, Asked(recipe, found.controls, packed), made[1]


def begun(
    kind: str, found: Given, asked: Asked, decoding: Decoding, services: Services
) -> tuple[Task, Run | None, int | None]:
    """The computation; and the run and the update whose weights it needs, if it needs any."""
    said = ("decoding", orjson.dumps(dict(decoding.values)).decode())
    if "update" not in found.controls:
        return Task(kind, asked.recipe.canonical(), asked=(said,), weights=asked.packed), None, None
    run = make_run(apart(found.values, DECODING)[1], services.settings, services.models)
    update = update_of(run, asked)
    return Task(kind, asked.recipe.canonical(), asked=(said, *run.task.asked, ("update", update))), run, update


def weighed(recipe: Recipe, decoding: Decoding, settings: Settings) -> Cost:
    """The predicted cost, if the server can bear it. A decoder reads all that it has said again at each step."""
    known, symbols = cost(recipe, ()), widths_of(recipe)[1]
    read = min(len(decoding["prompt"] or ""), LONGEST_PROMPT) + 2 * decoding["most"]
    again = known.milliseconds * max(1.0, read / max(known.steps, 1)) if recipe["topology"] in TWO_SIDED else 0.0
    limits = {"milliseconds": settings.compute_ms, "bytes": settings.response_bytes}
    return Cost(*check_decoding_cost(decoding, symbols, again, **limits), 0)  # type: ignore[arg-type]


for _path, _endpoint, _types, _controls, _more in (
    ("", decode, [JSON], ("update",), (304,)),
    ("/stream", decode_stream, [*FORMS], ("update", "start", "pace"), (204,)),
):
    mount(
        router,
        _path,
        _endpoint,
        BOTH,
        media_types=_types,
        statuses=sorted((*_more, *WEIGHED)),
        controls=_controls,
        body="Decoding",
    )
