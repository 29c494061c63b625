"""What the routes of one application share."""

from dataclasses import dataclass, field
from pathlib import Path

from starlette.requests import Request

from app.assets import Assets
from app.compute import Desk
from app.kept import Kept
from app.lanes import Lanes
from app.metrics import Metrics
from app.models import Models
from app.pool import ROOT, Executor
from app.settings import Settings
from app.streams import Seats


@dataclass(frozen=True)
class Services:
    """Everything with a life as long as the application's."""

    settings: Settings
    metrics: Metrics
    executor: Executor
    desk: Desk
    seats: Seats
    assets: Assets
    models: Models
    kept: Kept = field(default_factory=Kept)

    def leave(self) -> None:
        """Say farewell to every open stream; begin none from now on."""
        self.seats.leaving.set()
        self.desk.nudge()


def assemble(settings: Settings, executor: Executor | None = None, root: Path = ROOT) -> Services:
    """The services of one application."""
    metrics = Metrics()
    executor = executor or Lanes(settings, metrics)
    desk = Desk(executor, settings, metrics)
    return Services(
        settings, metrics, executor, desk, Seats(settings, metrics), Assets(root / "static"), Models(settings)
    )


def of(request: Request) -> Services:
    """The services of the application that a request came to."""
    services: Services = request.app.state.services
    return services
