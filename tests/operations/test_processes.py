"""The real servers: their workers add up, their log is lines of JSON, and they end when told."""

import json
from pathlib import Path

from tests.operations.conftest import of, read
from tests.operations.server import serving
from tracker.db import Database


def test_the_workers_of_a_server_add_up_and_log_as_json(own_database: Database, tmp_path: Path) -> None:
    with serving(own_database, tmp_path, "--workers", "2", TRACKER_LOG="json") as server:
        before = read(server.get("/metrics"))
        for _ in range(20):
            server.get("/healthz")
        after = [read(server.get("/metrics")) for _ in range(4)]
    labels = {"endpoint": "people.healthz", "method": "GET", "status": "200"}
    healthy = [of(figures, "tracker_requests_total", **labels) for figures in (before, *after)]
    assert healthy == [0, 20, 20, 20, 20], "whichever of them answers"
    lines = [json.loads(line) for line in server.log.read_text().splitlines()]
    requests = [line for line in lines if line["logger"] == "tracker.requests"]
    assert len({line["request_id"] for line in requests}) == len(requests) >= 25
    assert {line["route"] for line in requests} >= {"/healthz", "/metrics", "/readyz"}
    assert server.process.returncode in (0, -15)
    if own_database.engine.dialect.name == "postgresql":
        assert any(line["logger"] == "gunicorn.error" for line in lines)
    assert lines[0]["message"].startswith("网站在 http://127.0.0.1:"), "nothing but lines of JSON"
