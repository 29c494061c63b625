"""The doors to training: a run or a race as a stream, and the whole trace or the weights at a snapshot."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app import answers
from app.api import BASE, BOTH, ENCODINGS, JSON, NPZ, WEIGHED, mount, respond, streamed, weigh
from app.asked import Asked, given
from app.limits import leaving
from app.services import Services, of
from app.streams import FORMS
from app.tasks import Task
from app.wanted import TRAINED, Run, make_run, make_runs, training_task, update_of, weigh_runs
from core.errors import Problem, RecipeError

WEIGHTS = "application/octet-stream"

router = APIRouter(prefix=f"{BASE}/training")


async def training_stream(request: Request) -> Response:
    """Train, and say so update by update; with `runs`, several side by side from the same seed."""
    services = of(request)
    found = await given(request, services.settings, "start", "pace", fields=TRAINED, lists=("runs",))
    runs = make_runs(found, services.settings, services.models)
    asked = Asked(runs[0].recipe, found.controls)
    return await streamed(request, asked, training_task(runs), weigh_runs(runs, services.settings))


async def training_trace(request: Request) -> Response:
    """Compute the whole trace at a snapshot of a training run."""
    services = of(request)
    run, asked = await one_run(request, "update", "include", "encoding")
    update, cost = update_of(run, asked), weigh(asked, services.settings)
    form = "npz" if answers.prefers(request, NPZ) else asked.choice("encoding", ENCODINGS)
    task = Task("snapshot", "", asked.include, form, asked=(*run.task.asked, ("update", update)))
    return await respond(request, services, task, cost, lambda: snapshot(request, services, run, update))


async def training_weights(request: Request) -> Response:
    """Give the weights at a snapshot of a training run, as a safetensors file."""
    services = of(request)
    run, asked = await one_run(request, "update")
    update = update_of(run, asked)
    found = answers.answer(request, await snapshot(request, services, run, update), WEIGHTS)
    found.headers["Content-Disposition"] = f'attachment; filename="unrolled-{update}.safetensors"'
    return found


async def one_run(request: Request, *controls: str) -> tuple[Run, Asked]:
    """The run that a request names, and its controls."""
    services = of(request)
    found = await given(request, services.settings, *controls, fields=TRAINED)
    run = make_run(found.values, services.settings, services.models)
    return run, Asked(run.recipe, found.controls, run.packed)


async def snapshot(request: Request, services: Services, run: Run, update: int) -> bytes:
    """The weights of a run at an update: of the run that is kept or under way, else the run begins for this."""
    cost = weigh_runs([run], services.settings)
    found = await services.desk.snapshot(run.task, cost, update, leaving(request))
    if found is None:
        raise RecipeError(Problem("/update", "the run diverges before it: its stream says where"))
    return found


for _path, _endpoint, _types, _controls, _more in (
    ("stream", training_stream, [*FORMS], ("start", "pace"), (204,)),
    ("traces", training_trace, [JSON, NPZ], ("needed-update", "include", "encoding"), (304,)),
    ("weights", training_weights, [WEIGHTS], ("needed-update",), (304,)),
):
    mount(
        router,
        f"/{_path}",
        _endpoint,
        BOTH,
        media_types=_types,
        statuses=sorted((*_more, *WEIGHED)),
        controls=_controls,
        body="Race" if _path == "stream" else "Training",
    )
