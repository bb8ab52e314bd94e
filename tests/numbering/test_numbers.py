"""Numbers of documents: without gap, without repetition, in the office's own words."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.world import city_moment
from tracker.db import Database
from tracker.errors import Refused
from tracker.numbering import actions
from tracker.numbering.rules import Series, pattern_problem, usual_pattern, written
from tracker.people.models import User
from tracker.plan.models import Campaign

AT = city_moment("2024-03-22T10:00")


def campaign_of(session: Session) -> Campaign:
    return session.scalars(select(Campaign)).one()


def test_the_usual_number_begins_with_the_citys_first_sign() -> None:
    pattern = usual_pattern(Series.ORDER, "昌都市")
    assert written(pattern, 2024, 3) == "昌食安办督〔2024〕3号"


@pytest.mark.parametrize("pattern", ["", "昌食安办〔{年}〕号", "{序号}", "〔{年}〕{序号}{序号}号"])
def test_a_pattern_needs_the_year_and_the_number_once(pattern: str) -> None:
    assert pattern_problem(pattern)


def test_each_year_and_each_kind_begins_with_one(session: Session) -> None:
    campaign = campaign_of(session)
    asked = [(Series.ORDER, 2024), (Series.ORDER, 2024), (Series.CIRCULAR, 2024), (Series.ORDER, 2025)]
    given = [actions.give_number(session, campaign, *each).words for each in asked]
    assert given == [
        "昌食安办督〔2024〕1号", "昌食安办督〔2024〕2号", "昌食安办通〔2024〕1号", "昌食安办督〔2025〕1号",
    ]  # fmt: skip


def test_the_year_is_that_of_the_city(session: Session) -> None:
    """In Xizang a new year has begun while it is still the old one in London."""
    document = SimpleNamespace(campaign=campaign_of(session), year=None, number=None, reference="")
    actions.number(session, document, Series.CIRCULAR, at=datetime(2024, 12, 31, 17, tzinfo=UTC))
    assert (document.year, document.number, document.reference) == (2025, 1, "昌食安办通〔2025〕1号")


def test_a_new_pattern_is_for_the_numbers_to_come(session: Session) -> None:
    campaign, by = campaign_of(session), session.scalars(select(User)).first()
    assert by is not None
    with pytest.raises(Refused):
        actions.set_pattern(session, campaign, Series.ORDER, "督查通知", by=by, at=AT)
    actions.set_pattern(session, campaign, Series.ORDER, "昌创办督字〔{年}〕{序号}号", by=by, at=AT)
    assert actions.give_number(session, campaign, Series.ORDER, 2024).words == "昌创办督字〔2024〕1号"


def test_many_at_once_get_the_numbers_one_after_the_other(own_database: Database) -> None:
    """A third of them change their mind: what they were given goes to somebody else."""
    count, start = 6, Barrier(6)

    def ask(n: int) -> int | None:
        start.wait()
        with own_database.session(write=True) as session:
            given = actions.give_number(session, campaign_of(session), Series.ORDER, 2024)
            if n % 3 == 0:
                session.rollback()
                return None
            session.commit()
            return given.number

    with ThreadPoolExecutor(count) as pool:
        kept = [number for number in pool.map(ask, range(count)) if number]
    assert sorted(kept) == list(range(1, len(kept) + 1))


def test_the_administrator_of_the_office_sets_the_pattern(client: FlaskClient, sign_in: object) -> None:
    assert callable(sign_in)
    admin = sign_in("office-admin")
    page = admin.get("/plan/settings/numbers").text
    assert "今年第一号：昌食安办督〔2024〕1号" in page
    answer = admin.post("/plan/settings/numbers/order", data={"pattern": "督〔{年}〕"})
    assert answer.status_code == 422
    assert "督〔{年}〕" in answer.text
    assert (
        admin.post("/plan/settings/numbers/order", data={"pattern": "昌创督〔{年}〕{序号}号"}).status_code
        == 303
    )
    assert "昌创督〔2024〕1号" in admin.get("/plan/settings/numbers").text
    assert admin.post("/plan/settings/numbers/letter").status_code == 404
