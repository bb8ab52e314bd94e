"""Two people on one row at the same moment: one is done, the other sees how it stands, nothing is lost."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from threading import Barrier

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.evidence.conftest import AT, add, share, slot
from tests.files.samples import pdf
from tests.world import PASSWORD, MovableClock, find_milestone
from tracker import create_app
from tracker.config import Config
from tracker.db import Database
from tracker.evidence import actions
from tracker.evidence.models import Evidence
from tracker.evidence.rules import EvidenceState
from tracker.files.actions import receive
from tracker.files.models import StoredFile
from tracker.files.store import Store
from tracker.milestones.models import Milestone
from tracker.people.models import User

Ask = Callable[[FlaskClient], TestResponse]


@pytest.fixture
def app(config: Config, own_database: Database, clock: MovableClock) -> Flask:
    """The application on a database with connections of its own."""
    app = create_app(config, own_database, clock)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return app


@pytest.fixture
def evidence(own_database: Database, tmp_path: Path) -> Evidence:
    """耕地台账 of 市农业农村局 under 11-1 and 12-1, a draft."""
    with own_database.transaction() as session:
        nongye = session.scalars(select(User).where(User.username == "nongye")).one()
        received = receive(Store(tmp_path), "耕地台账.pdf", BytesIO(pdf("一")), most_bytes=1024)
        evidence = add(session, share(session, "11-1", "市农业农村局"), received, nongye).evidence
        actions.file_under(session, evidence, slot(session, "12-1", "部署文件"), by=nongye, at=AT)
        assert len(evidence.placements) == 2
        return evidence


def signed_in(app: Flask, username: str) -> FlaskClient:
    client = app.test_client()
    assert client.post("/sign-in", data={"username": username, "password": PASSWORD}).status_code == 303
    return client


def at_once(app: Flask, *asks: tuple[str, Ask]) -> Sequence[TestResponse]:
    """What each gets: (who, what they ask for)."""
    barrier = Barrier(len(asks))
    clients = [(signed_in(app, username), ask) for username, ask in asks]

    def go(client: FlaskClient, ask: Ask) -> TestResponse:
        barrier.wait()
        return ask(client)

    with ThreadPoolExecutor(len(asks)) as pool:
        return list(pool.map(go, *zip(*clients, strict=True)))


def codes(answers: Sequence[TestResponse]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


def losers(answers: Sequence[TestResponse]) -> str:
    """What the second one reads."""
    return next(answer.text for answer in answers if answer.status_code == 409)


def row(session: Session, number: int) -> Evidence:
    return session.get_one(Evidence, number)


def test_a_tick_is_done_once(app: Flask, own_database: Database) -> None:
    with own_database.session() as session:
        milestone = find_milestone(session, "11-1", "市农业农村局")
        number, seen = milestone.id, milestone.version

    def tick(client: FlaskClient) -> TestResponse:
        return client.post(f"/milestones/{number}/submission", data={"version": seen})

    answers = at_once(app, ("nongye", tick), ("office", tick))
    assert codes(answers) == [303, 409]
    assert "现在不能这样做" in losers(answers)
    assert "待审核" in losers(answers)
    with own_database.session() as session:
        assert session.get_one(Milestone, number).version == seen + 1


def test_one_decision_is_kept_and_the_other_told(
    app: Flask, own_database: Database, evidence: Evidence
) -> None:
    with own_database.transaction() as session:
        nongye = session.scalars(select(User).where(User.username == "nongye")).one()
        actions.hand_in(session, row(session, evidence.id), by=nongye, at=AT, version=None)
        seen = row(session, evidence.id).version
    data = {"version": seen, "reason": "缺公章"}
    answers = at_once(
        app,
        ("office", lambda client: client.post(f"/evidence/{evidence.id}/acceptance", data=data)),
        ("office-admin", lambda client: client.post(f"/evidence/{evidence.id}/return", data=data)),
    )
    assert codes(answers) == [303, 409]
    with own_database.session() as session:
        state = row(session, evidence.id).state
    assert state in (EvidenceState.ACCEPTED, EvidenceState.RETURNED)
    assert state.label in losers(answers)
    assert "已被他人更新" in losers(answers)


def test_of_two_new_versions_one_is_kept_and_the_other_told(
    app: Flask, own_database: Database, evidence: Evidence
) -> None:
    def renew(words: str) -> Ask:
        return lambda client: client.post(
            f"/evidence/{evidence.id}/versions",
            data={"version": evidence.version, "file": (BytesIO(pdf(words)), f"{words}.pdf")},
        )

    answers = at_once(app, ("nongye", renew("二")), ("office", renew("三")))
    assert codes(answers) == [303, 409]
    assert "第 2 版" in losers(answers)
    with own_database.session() as session:
        now = row(session, evidence.id)
        assert [version.number for version in now.versions] == [2, 1]
        assert now.file_id == now.versions[0].file_id
        assert now.file_name == now.versions[0].file_name


def test_the_last_place_of_a_document_stays(app: Flask, own_database: Database, evidence: Evidence) -> None:
    def take_out(place: int) -> Ask:
        number = evidence.placements[place].id
        return lambda client: client.post(f"/placements/{number}/removal")

    answers = at_once(app, ("nongye", take_out(0)), ("office", take_out(1)))
    assert codes(answers) == [303, 409]
    with own_database.session() as session:
        assert len(row(session, evidence.id).placements) == 1


def test_the_same_content_from_two_is_stored_once_and_neither_is_lost(
    app: Flask, own_database: Database, evidence: Evidence, tmp_path: Path
) -> None:
    def file(code: str) -> Ask:
        with own_database.session() as session:
            place = slot(session, code, "工作总结" if code == "11-1" else "工作成效资料")
        return lambda client: client.post(
            f"/tasks/{place.task_id}/evidence",
            data={
                "unit": evidence.unit_id, "material": place.id, "file": (BytesIO(pdf("通报")), "通报.pdf"),
            },
            headers={"HX-Request": "true"},
        )  # fmt: skip

    answers = at_once(app, ("nongye", file("11-1")), ("office", file("12-1")))
    assert codes(answers) == [200, 200]
    with own_database.session() as session:
        assert session.scalar(select(func.count()).select_from(StoredFile)) == 2
        filed = session.scalars(select(Evidence).where(Evidence.file_name == "通报.pdf")).all()
        assert sorted(place.material.name for each in filed for place in each.placements) == [
            "工作总结", "工作成效资料",
        ]  # fmt: skip
    assert len(list(Store(tmp_path).all())) == 2
