"""催报: the office urges a unit about a month, at once, once a day, and it is recorded."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.world import MovableClock, city_moment
from tracker.events.models import Event
from tracker.outbox.models import OutboxMessage
from tracker.people.models import User
from tracker.people.rules import Role
from tracker.plan.models import Campaign
from tracker.reminders.models import Notice
from tracker.reminders.rules import NoticeKind
from tracker.reminders.views.urging import MOST_NAMED, names_or_count
from tracker.reports.models import MonthlyReport, ReportPeriod
from tracker.reports.rules import ReportState, Shown, Status, refuse_urge
from tracker.units.models import Unit

SignIn = Callable[[str], FlaskClient]
Person = Callable[[str], User]


@pytest.fixture
def february(session: Session, campaign: Campaign) -> ReportPeriod:
    """Due on the 25th; the campaign was live."""
    campaign.live_on = campaign.issued_on
    session.flush()
    return next(one for one in session.scalars(select(ReportPeriod)) if one.name == "2024-02")


def owing(session: Session, period: ReportPeriod, *units: str) -> dict[str, list[str]]:
    ids = session.scalars(select(Unit.id).where(Unit.short.in_(units))).all()
    assert len(ids) == len(units)
    return {"owing": [f"{period.id}.{unit_id}" for unit_id in ids]}


def kinds(session: Session) -> list[NoticeKind]:
    return [notice.kind for notice in session.scalars(select(Notice))]


@pytest.mark.parametrize(
    ("found", "may"),
    [
        (Status(Shown.MISSING), True),
        (Status(Shown.DUE), True),
        (Status(Shown.DRAFT), True),
        (Status(Shown.PENDING), True),
        (Status(Shown.RETURNED), True),
        (Status(Shown.ON_TIME), False),
        (Status(Shown.LATE, 2), False),
        (Status(Shown.ACCEPTED), False),
        (Status(Shown.NOT_STARTED), False),
        (Status(Shown.NOT_OWED), False),
    ],
)
def test_what_the_office_has_not_in_hand_can_be_urged(found: Status, may: bool) -> None:
    office, liaison = User(role=Role.OFFICE), User(role=Role.LIAISON)
    assert (refuse_urge(found, office) is None) is may
    assert refuse_urge(found, liaison) == "只有市食安办可以催报"


def test_one_click_in_the_matrix_mails_the_liaison_and_is_recorded(
    sign_in: SignIn, session: Session, february: ReportPeriod, person: Person
) -> None:
    office, named = sign_in("office"), owing(session, february, "芒康县")
    page = office.get("/reports?from=2024-02&to=2024-02").text
    assert f'name="owing" value="{named["owing"][0]}"' in page
    answer = office.post("/reports/urges", data={**named, "back": "/reports?from=2024-02&to=2024-02"})
    assert (answer.status_code, answer.location) == (303, "/reports?from=2024-02&to=2024-02")
    page = office.get(answer.location).text
    assert "已催报：芒康县 2024-02" in page
    assert "<small>已催</small>" in page
    (mail,) = session.scalars(select(OutboxMessage)).all()
    assert mail.user_id == person("mangkang").id
    assert "2024-02 月报：未报，期限 2024-02-25，逾期 20 个工作日" in mail.body_text
    event = session.scalars(select(Event).where(Event.verb == "urge")).one()
    assert (event.subject, event.subject_id, event.unit_id) == (
        "period", february.id, person("mangkang").unit_id,
    )  # fmt: skip
    contacts = office.get(f"/orders/overdue?unit={person('mangkang').unit_id}").text
    assert "2024-02 月报" in contacts
    told = sign_in("mangkang").get("/notices").text
    assert "2024-02 月报：未报" in told


def test_a_month_is_urged_once_a_day_and_again_the_next(
    sign_in: SignIn, session: Session, february: ReportPeriod, clock: MovableClock
) -> None:
    named = owing(session, february, "芒康县")
    sign_in("office").post("/reports/urges", data=named)
    office = sign_in("office-admin")
    office.post("/reports/urges", data=named)
    assert "芒康县 2024-02 没有催报：今天已经催过" in office.get("/reports").text
    assert kinds(session) == [NoticeKind.REPORT_NUDGE]
    clock.move_to("2024-03-25T09:30")
    sign_in("office").post("/reports/urges", data=named)
    assert kinds(session) == [NoticeKind.REPORT_NUDGE] * 2


def test_who_reported_or_reads_nothing_is_named_with_the_reason(
    sign_in: SignIn, session: Session, february: ReportPeriod, person: Person
) -> None:
    at = city_moment("2024-02-23T10:00")
    session.add(
        MonthlyReport(
            period_id=february.id, unit_id=person("karuo").unit_id, state=ReportState.SUBMITTED,
            first_submitted_at=at, submitted_at=at,
        )
    )  # fmt: skip
    office = sign_in("office")
    office.post("/reports/urges", data=owing(session, february, "卡若区", "边坝县", "芒康县"))
    page = office.get("/reports").text
    assert "卡若区 2024-02 没有催报：已经报送，不用催报" in page
    assert "边坝县 2024-02 没有催报：没有在用的联络员账号" in page
    assert "已催报：芒康县 2024-02" in page
    office.post("/reports/urges", data={"owing": ["x.1", "999999.1", ""]})
    assert "没有选中要催报的单位" in office.get("/reports").text


def test_of_many_reports_the_message_gives_the_number() -> None:
    names = [f"单位{n} 2024-02" for n in range(MOST_NAMED + 1)]
    assert names_or_count(names[:2]) == "单位0 2024-02、单位1 2024-02"
    assert names_or_count(names) == f"单位0 2024-02 等 {MOST_NAMED + 1} 份"
