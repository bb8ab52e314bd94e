"""审签: the head's approval is the submission."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.reports.conftest import Person, TermsOn, form_of
from tests.world import city_moment
from tracker.errors import Refused
from tracker.events.models import Event
from tracker.plan.models import Campaign
from tracker.reports import actions
from tracker.reports.models import MonthlyReport, ReportPeriod
from tracker.reports.rules import ReportState, is_sent, status

SignIn = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def _heads_approve(campaign: Campaign) -> None:
    campaign.is_report_approved = True


def test_the_moment_of_approval_is_the_moment_of_submission(
    session: Session, draft: MonthlyReport, person: Person, terms_on: TermsOn
) -> None:
    liaison, head, in_time, late = person("nongye"), person("nongye-head"), "2024-03-25", "2024-03-26"
    at = city_moment(f"{in_time}T17:00")
    with pytest.raises(Refused, match="须由单位负责人审签"):
        actions.submit(session, draft, by=liaison, at=at, terms=terms_on(in_time))
    actions.hand_up(session, draft, by=liaison, at=at, terms=terms_on(in_time))
    assert status(draft, draft.period, terms_on(in_time)).words == "待审签"
    assert status(draft, draft.period, terms_on(late)).words == "未报"
    with pytest.raises(Refused, match="只有本单位负责人"):
        actions.approve(session, draft, by=liaison, at=at, terms=terms_on(in_time))
    approved_at = city_moment(f"{late}T09:00")
    actions.approve(session, draft, by=head, at=approved_at, terms=terms_on(late))
    assert status(draft, draft.period, terms_on(late)).words == "迟报 1 日"
    assert draft.sent is not None
    assert (draft.first_submitted_at, draft.sent.writer, draft.sent.approver) == (
        approved_at, liaison.name, head.name,
    )  # fmt: skip


def test_the_liaison_takes_it_back_while_it_waits(
    session: Session, sign_in: SignIn, march: ReportPeriod, draft: MonthlyReport, person: Person
) -> None:
    own = f"/reports/{march.id}"
    client = sign_in("nongye")
    assert client.post(f"{own}/approval/withdrawal").status_code == 409
    client.post(f"{own}/submission", data=form_of(client.get(own).text))
    page = client.get(own).text
    assert "撤回修改" in page
    stale = client.post(f"{own}/approval/withdrawal", data={"version": str(draft.version - 1)})
    assert (stale.status_code, draft.state) == (409, ReportState.PENDING)
    assert "撤回修改" not in sign_in("nongye-head").get(own).text
    client = sign_in("nongye")
    answer = client.post(f"{own}/approval/withdrawal", data={"version": str(draft.version)})
    assert (answer.status_code, answer.location) == (303, own)
    assert (draft.state, draft.pending_from) == (ReportState.DRAFT, None)
    assert "已撤回，可以继续修改" in client.get(own).text
    event = session.scalars(select(Event).where(Event.verb == "take_back")).one()
    assert (event.subject, event.by) == ("report", person("nongye"))
    client.post(f"{own}/submission", data=form_of(client.get(own).text))
    assert draft.state is ReportState.PENDING


def test_what_was_returned_is_returned_again_when_it_is_taken_back(
    session: Session, draft: MonthlyReport, person: Person, terms_on: TermsOn
) -> None:
    liaison, head, at, terms = (
        person("nongye"), person("nongye-head"), city_moment("2024-03-20T10:00"), terms_on("2024-03-20"),
    )  # fmt: skip
    actions.hand_up(session, draft, by=liaison, at=at, terms=terms)
    with pytest.raises(Refused, match="只有本单位联络员可以撤回"):
        actions.take_back(session, draft, by=head, at=at)
    actions.approve(session, draft, by=head, at=at, terms=terms)
    actions.send_back(session, draft, "数字不实", by=person("office"), at=at, terms=terms)
    actions.hand_up(session, draft, by=liaison, at=at, terms=terms)
    actions.take_back(session, draft, by=liaison, at=at)
    assert draft.state is ReportState.RETURNED
    with pytest.raises(Refused, match="不能撤回"):
        actions.take_back(session, draft, by=liaison, at=at)


def test_a_correction_at_the_head_is_still_what_the_office_accepted(
    session: Session, draft: MonthlyReport, person: Person, terms_on: TermsOn
) -> None:
    liaison, at, terms = person("nongye"), city_moment("2024-03-20T10:00"), terms_on("2024-03-20")
    actions.hand_up(session, draft, by=liaison, at=at, terms=terms)
    actions.approve(session, draft, by=person("nongye-head"), at=at, terms=terms)
    actions.accept(session, draft, by=person("office"), at=at)
    actions.correct(session, draft, "数据有误", by=liaison, at=at)
    actions.hand_up(session, draft, by=liaison, at=at, terms=terms)
    assert is_sent(draft)
    assert status(draft, draft.period, terms).words == "已采信（按时、更正中、待审签）"


def test_the_head_gives_it_back_with_words_and_approves_it_then(
    session: Session, sign_in: SignIn, march: ReportPeriod, draft: MonthlyReport
) -> None:
    own = f"/reports/{march.id}"
    client = sign_in("nongye")
    assert client.post(f"{own}/submission", data=form_of(client.get(own).text)).status_code == 303
    assert draft.state is ReportState.PENDING
    client = sign_in("nongye-head")
    assert "审签并报送" in client.get(own).text
    assert client.post(f"{own}/approval/return", data={"words": ""}).status_code == 422
    assert client.post(f"{own}/approval/return", data={"words": "补充数据"}).status_code == 303
    client = sign_in("nongye")
    page = client.get(own).text
    assert "单位负责人退回修改：</strong>补充数据" in page
    client.post(f"{own}/submission", data=form_of(page))
    client = sign_in("nongye-head")
    assert client.post(f"{own}/approval", data={"version": str(draft.version)}).status_code == 303
    assert (draft.state, len(draft.versions)) == (ReportState.SUBMITTED, 1)
    assert client.post(f"{own}/approval", data={}).status_code == 409
