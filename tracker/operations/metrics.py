"""The figures for Prometheus: what this server's processes did, and what stands in the database."""

import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from importlib.metadata import version

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from tracker.clock import Clock
from tracker.db import Database
from tracker.operations import queries
from tracker.operations.rules import SCHEDULER

FOLDER_OF_PROCESSES = "PROMETHEUS_MULTIPROC_DIR"
"""Where the workers of one server add up; set before this module is imported, else each counts alone."""
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
"""What our pages take; a client may call anything a method, and each would be a figure of its own."""
disable_created_metrics()  # type: ignore[no-untyped-call]
OWN = CollectorRegistry()
REQUESTS = Counter(
    "tracker_requests", "Answered requests.", ("endpoint", "method", "status"), registry=OWN
)  # fmt: skip
SECONDS = Histogram(
    "tracker_request_seconds", "Time to an answer.", ("endpoint",), registry=OWN,
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)  # fmt: skip


def count(endpoint: str, method: str, status: int, seconds: float) -> None:
    """Add an answer to the figures."""
    REQUESTS.labels(endpoint, method if method in METHODS else "other", str(status)).inc()
    SECONDS.labels(endpoint).observe(seconds)


def exposition(database: Database, clock: Clock) -> bytes:
    """All figures as text. With a database that does not answer, those of the processes alone."""
    whole = CollectorRegistry()
    if FOLDER_OF_PROCESSES in os.environ:
        MultiProcessCollector(whole)  # type: ignore[no-untyped-call]
    else:
        whole.register(OWN)
    whole.register(_Stock(database, clock))
    return generate_latest(whole)


class _Stock(Collector):
    """What stands in the database: the same whichever process is asked."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def collect(self) -> Iterable[Metric]:
        yield InfoMetricFamily("tracker", "The program.", value={"version": version("tracker")})
        is_up = GaugeMetricFamily("tracker_database_up", "1 when the database answers with our tables.")
        try:
            with self._database.glance() as session:
                found = list(_in_database(session, self._clock.now()))
        except (OperationalError, ProgrammingError):
            found = []
        is_up.add_metric([], float(bool(found)))
        yield is_up
        yield from found


def _in_database(session: Session, at: datetime) -> Iterator[Metric]:
    overdue = GaugeMetricFamily("tracker_overdue_milestones", "Overdue milestones.", labels=["campaign"])
    for slug, number in queries.overdue(session, at).items():
        overdue.add_metric([slug], number)
    yield overdue
    unsent = GaugeMetricFamily("tracker_unsent", "Messages that have not gone.", labels=["kind", "state"])
    oldest = GaugeMetricFamily(
        "tracker_unsent_oldest_seconds", "Age of the oldest of them.", labels=["kind", "state"]
    )
    for row in queries.unsent(session):
        labels = [row.kind, row.state.value]
        unsent.add_metric(labels, row.count)
        oldest.add_metric(labels, (at - row.oldest_at).total_seconds() if row.oldest_at else 0)
    yield from (unsent, oldest)
    age = queries.age_of(session, SCHEDULER, Clock().now())
    if age is not None:
        yield GaugeMetricFamily(
            "tracker_scheduler_age_seconds", "Since a scheduler was last at work.", value=age.total_seconds()
        )
