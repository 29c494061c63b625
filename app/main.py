"""The application, put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from app import (
    api,
    cells_door,
    data_door,
    decks,
    decoding_api,
    embeds,
    exports,
    finding_door,
    geometry_door,
    lecture,
    models_api,
    openapi,
    pages,
    pictures_door,
    problems,
    services,
    training_api,
)
from app.limits import Guard
from app.problems import Refusal
from app.settings import Settings
from core import ENGINE
from core.errors import UnrolledError

ABOUT = "Every number of a recurrent network's run: states, gates, losses, gradients, and who contributed what."
DOORS = (
    api,
    training_api,
    decoding_api,
    models_api,
    cells_door,
    data_door,
    finding_door,
    geometry_door,
    pictures_door,
    lecture,
    embeds,
    decks,
    exports,
    pages,
)
HANDLED: tuple[type[Exception], ...] = (HTTPException, RequestValidationError, UnrolledError, Refusal)


class Application(FastAPI):
    """FastAPI with the schemas that our own reading of requests follows."""

    def openapi(self) -> dict[str, Any]:
        """The description of the API, made once."""
        if not self.openapi_schema:
            found = super().openapi()
            found.setdefault("components", {}).setdefault("schemas", {}).update(openapi.SCHEMAS)
        return super().openapi()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Compute processes live as long as the application."""
    shared: services.Services = app.state.services
    await shared.executor.start()
    await pages.prepare(shared)
    try:
        yield
    finally:
        shared.leave()
        await shared.desk.close()
        await shared.executor.stop()


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application with its own services; several may live in one process."""
    shared = services.assemble(settings or Settings())
    app = Application(
        title="Unrolled",
        description=ABOUT,
        version=ENGINE,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.services = shared
    app.add_middleware(Guard, settings=shared.settings, metrics=shared.metrics)
    for kind in HANDLED:
        app.add_exception_handler(kind, problems.handle)
    for router in (api.probes, *(door.router for door in DOORS)):
        app.include_router(router)
    return app
