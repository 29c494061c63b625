"""What the server counts, in the Prometheus format."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

MEDIA_TYPE = "text/plain; version=1.0.0; charset=utf-8"
SECONDS = (0.001, 0.004, 0.016, 0.064, 0.25, 1.0, 4.0, 16.0)


class Metrics:
    """The counters of one application; two in one process do not mix."""

    def __init__(self) -> None:
        registry = self.registry = CollectorRegistry()
        self.requests = Counter("unrolled_requests", "Answers.", ["route", "method", "status"], registry=registry)
        self.computes = Counter("unrolled_computes", "Computations begun.", ["kind", "where"], registry=registry)
        self.seconds = Histogram(
            "unrolled_compute_seconds",
            "Real time of computations, waiting included.",
            ["where"],
            registry=registry,
            buckets=SECONDS,
        )
        self.shared = Counter("unrolled_shared", "Answers that needed no computation.", ["how"], registry=registry)
        self.replaced = Counter("unrolled_processes_replaced", "Compute processes replaced.", registry=registry)
        self.streams = Gauge("unrolled_streams_open", "Streams open now.", registry=registry)
        self.waiting = Gauge("unrolled_queue", "Computations that wait now.", registry=registry)
        self.cached = Gauge("unrolled_cache_bytes", "Memory of finished answers.", registry=registry)

    def page(self) -> bytes:
        """All of it as text."""
        return generate_latest(self.registry)
