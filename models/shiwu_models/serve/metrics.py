"""What Prometheus is told. A registry for each application, so that two can live in one process."""

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_SIZES = (1, 2, 4, 8, 16, 32, 64)


class Metrics:
    """Counters and histograms; labels have few values, none of them from a client."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "shiwu_requests", "Requests.", ("route", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "shiwu_request_seconds",
            "From a request's head to the end of its answer.",
            ("route",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.pictures = Counter(
            "shiwu_pictures", "Pictures, by error code or ok.", ("code",), registry=self.registry
        )
        self.stages = Histogram(
            "shiwu_stage_seconds",
            "Of one picture.",
            ("stage",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.batch = Histogram(
            "shiwu_batch_pictures",
            "Pictures in the run that a picture was in.",
            buckets=_SIZES,
            registry=self.registry,
        )
        self.queue = Gauge(
            "shiwu_queue_pictures", "Taken in and not answered.", registry=self.registry
        )

    def text(self) -> bytes:
        """In Prometheus's own format."""
        return generate_latest(self.registry)
