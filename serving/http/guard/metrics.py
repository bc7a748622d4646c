"""Figures for Prometheus: of all workers together, where the supervisor names a folder for them."""

from __future__ import annotations

import os
from datetime import datetime

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.responses import Response

from serving.http.guard.program import program_version
from serving.use_cases.context import ServiceContext

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120)
LATENCY = Histogram(
    "plumbline_request_seconds",
    "Time from the head of a request to the end of its answer.",
    ("path", "status"),
    buckets=SECONDS,
)
QUEUE = Gauge(
    "plumbline_queue_requests", "Requests that wait for their turn.", multiprocess_mode="livesum"
)
WORKERS = Gauge("plumbline_workers", "Processes that answer.", multiprocess_mode="livesum")
MODEL = Gauge(
    "plumbline_model_info",
    "1 for the model and the program that answer.",
    ("version", "trained_until", "program"),
    multiprocess_mode="livemax",
)
NEWEST = Gauge(
    "plumbline_newest_record_timestamp_seconds",
    "The last moment that anything in the tables is of, on the office's clock as if it were UTC.",
    multiprocess_mode="livemax",
)


def describe(context: ServiceContext) -> None:
    """What this worker answers from."""
    WORKERS.set(1)
    about = context.model.about
    MODEL.labels(context.version, str(about["trained_until"]), program_version()).set(1)
    if context.newest_record is not None:
        NEWEST.set((context.newest_record - datetime(1970, 1, 1)).total_seconds())


def answer() -> Response:
    """All figures in Prometheus' text format."""
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
