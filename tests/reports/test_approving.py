"""审签: the head's approval is the submission."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.reports.conftest import Person, TermsOn
from tests.reports.test_views import form_of
from tests.world import city_moment
from tracker.errors import Refused
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
