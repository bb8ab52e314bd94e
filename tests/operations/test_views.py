"""What the machines around get: readiness with what fails, and the figures."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix

from tests.operations.conftest import Figures, of
from tests.outbox.conftest import queue_mail
from tests.world import MovableClock
from tracker.clock import Clock
from tracker.db import Database
from tracker.files.store import Store
from tracker.milestones.models import Milestone
from tracker.operations.actions import beat
from tracker.operations.models import Heartbeat
from tracker.operations.queries import age_of
from tracker.operations.rules import SCHEDULER
from tracker.outbox.rules import MailState

Ask = Callable[..., Figures]
SignIn = Callable[[str], FlaskClient]


def with_core(app: Flask, **changed: object) -> None:
    app.extensions["tracker"] = replace(app.extensions["tracker"], **changed)


def test_a_sound_system_is_ready(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"database": "ok", "schema": "ok", "files": "ok"})


def test_old_tables_are_not_ready(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.db.migrations", lambda: ["9999"])
    answer = client.get("/readyz")
    expected = {"database": "ok", "schema": "不是这个版本的", "files": "ok"}
    assert (answer.status_code, answer.json) == (503, expected)


def test_a_database_that_does_not_answer_is_not_ready_and_tells_no_secret(
    app: Flask, client: FlaskClient
) -> None:
    with_core(app, database=Database("postgresql://tracker:geheim@127.0.0.1:1/tracker"))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"database": "连不上", "files": "ok"})
    figures = client.get("/metrics")
    assert figures.status_code == 200
    assert "tracker_database_up 0.0" in figures.text
    assert "tracker_overdue" not in figures.text
    assert "geheim" not in answer.text + figures.text


def test_a_folder_that_takes_nothing_is_not_ready(app: Flask, client: FlaskClient, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with_core(app, store=Store(tmp_path / "file" / "data"))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"database": "ok", "schema": "ok", "files": "不能写入"})
    assert str(tmp_path) not in answer.text


def test_readiness_leaves_nothing_behind(client: FlaskClient, tmp_path: Path) -> None:
    client.get("/readyz")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("address", "networks", "status"),
    [
        ("127.0.0.1", "", 200),
        ("10.1.2.3", "", 404),
        ("10.1.2.3", "10.1.2.0/24", 200),
        ("10.1.3.3", "10.1.2.0/24", 404),
    ],
)
def test_others_find_no_figures(
    app: Flask, client: FlaskClient, address: str, networks: str, status: int
) -> None:
    config = app.extensions["tracker"].config
    wanted = (ip_network(networks),) if networks else ()
    with_core(app, config=replace(config, metrics_networks=wanted))
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": address}).status_code == status


def test_behind_a_proxy_the_client_counts_and_not_the_proxy(app: Flask, client: FlaskClient) -> None:
    forwarded = {"X-Forwarded-For": "127.0.0.1, 10.9.9.9"}
    assert client.get("/metrics", headers=forwarded).status_code == 404, "a proxy that nobody told of"
    config = app.extensions["tracker"].config
    with_core(app, config=replace(config, trusted_proxies=1))
    behind = app.wsgi_app
    app.wsgi_app = ProxyFix(behind, x_for=1)  # type: ignore[method-assign]
    try:
        assert client.get("/metrics", headers=forwarded).status_code == 404
        assert client.get("/metrics").status_code == 200, "from the machine itself"
    finally:
        app.wsgi_app = behind  # type: ignore[method-assign]


def test_requests_are_counted_by_endpoint_and_status(figures: Ask, sign_in: SignIn) -> None:
    client = sign_in("nongye")
    before = figures()
    client.get("/desk")
    client.get("/board")
    client.get("/nowhere/张三")
    client.open("/desk", method="BREW")
    after = figures()

    def more(name: str, **labels: str) -> float:
        return of(after, name, **labels) - of(before, name, **labels)

    assert more("tracker_requests_total", endpoint="desk.show", method="GET", status="200") == 1
    assert more("tracker_requests_total", endpoint="board.show", method="GET", status="403") == 1
    assert more("tracker_requests_total", endpoint="-", method="GET", status="404") == 1
    assert more("tracker_requests_total", endpoint="-", method="other", status="405") == 1
    assert more("tracker_request_seconds_count", endpoint="desk.show") == 1
    assert more("tracker_request_seconds_sum", endpoint="desk.show") > 0


def test_what_is_overdue_stands_in_the_figures_as_on_the_board(
    figures: Ask, session: Session, clock: MovableClock, sign_in: SignIn
) -> None:
    clock.move_to("2024-05-06T10:00")
    session.execute(text("UPDATE milestone SET is_backfill = :no"), {"no": False})
    session.commit()
    late = of(figures(), "tracker_overdue_milestones", campaign="changdu-2023")
    assert 0 < late < (session.scalar(select(func.count()).select_from(Milestone)) or 0)
    assert f"{late:.0f}" in sign_in("office").get("/board").text


def test_unsent_mail_stands_in_the_figures(figures: Ask, session: Session, clock: MovableClock) -> None:
    first = queue_mail(session, clock, "first", "nongye")
    queue_mail(session, clock, "second", "mangkang").state = MailState.FAILED
    session.commit()
    assert first.state is MailState.WAITING
    clock.move_to("2024-03-22T10:02")
    found = figures()
    assert of(found, "tracker_unsent", kind="mail", state="waiting") == 1
    assert of(found, "tracker_unsent", kind="mail", state="failed") == 1
    assert of(found, "tracker_unsent", kind="mail", state="sending") == 0
    assert of(found, "tracker_unsent", kind="chat", state="waiting") == 0
    assert of(found, "tracker_unsent_oldest_seconds", kind="mail", state="waiting") == 120


def test_the_schedulers_age_stands_in_the_figures(figures: Ask, session: Session) -> None:
    assert not [name for name, _ in figures() if "scheduler" in name], "none was ever at work"
    beat(session, SCHEDULER, at=Clock().now() - timedelta(minutes=3))
    assert 180 <= of(figures(), "tracker_scheduler_age_seconds") < 200


def test_a_beat_is_one_row_that_moves(session: Session, clock: MovableClock) -> None:
    beat(session, SCHEDULER, at=clock.now())
    beat(session, SCHEDULER, at=clock.now() + timedelta(minutes=1))
    assert session.scalar(select(func.count()).select_from(Heartbeat)) == 1
    assert age_of(session, SCHEDULER, clock.now() + timedelta(minutes=2)) == timedelta(minutes=1)
    assert age_of(session, "nobody", clock.now()) is None
