"""Two lines of processes: one for what is answered soon, one for runs that go on and on.

Training would keep everyone else waiting, so it has processes of its own that give way to the others; they are started
when the first run is asked for.
"""

from app.metrics import Metrics
from app.pool import Line, Pool, Sink
from app.settings import Settings
from app.tasks import LONG, Task


class Lanes:
    """The executor of one machine."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        s = settings
        self.soon = Pool(Line(s.processes, s.niceness, s.process_bytes, s.queue, s.deadline_seconds), metrics)
        long = (s.training_processes, s.training_niceness, s.process_bytes, s.training_queue, s.training_seconds)
        self.long = Pool(Line(*long), metrics)

    async def start(self) -> None:
        """Start the processes that everyone needs."""
        await self.soon.start()

    async def stop(self) -> None:
        """End every process."""
        await self.soon.stop()
        await self.long.stop()

    async def ready(self) -> bool:
        """Whether a task given now would begin soon."""
        return await self.soon.ready()

    async def run(self, task: Task, sink: Sink) -> None:
        """Compute a task in the next free process of its line."""
        await (self.long if task.kind in LONG else self.soon).run(task, sink)
