"""From draft to 采信, and back."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.reports.conftest import Person, TermsOn
from tests.world import city_moment, find_milestone
from tracker.db import Database
from tracker.errors import Refused, Stale
from tracker.events.models import Event
from tracker.milestones import actions as milestone_actions
from tracker.milestones.rules import Day
from tracker.people.models import User
from tracker.plan.models import Campaign, PlanItem
from tracker.reports import actions, planning, queries
from tracker.reports.models import MonthlyReport, ReportLine, ReportPeriod
from tracker.reports.rules import LineText, ReportState, Terms, resend_by
from tracker.units.models import UnitGroup
from tracker.workdays.queries import calendar_of

NOON = city_moment("2024-03-22T12:00")


def line_of(report: MonthlyReport, code: str) -> ReportLine:
    return next(line for line in report.lines if line.item.code == code)


def verbs(session: Session, report: MonthlyReport) -> list[str]:
    return list(
        session.scalars(
            select(Event.verb)
            .where(Event.subject == "report", Event.subject_id == report.id)
            .order_by(Event.id)
        )
    )


def test_every_month_of_the_campaign_has_a_period_once(session: Session, campaign: Campaign) -> None:
    months = queries.periods(session, campaign)
    assert [months[0].name, months[-1].name, len(months)] == ["2023-08", "2025-08", 25]
    assert {month.due_on.day for month in months} == {25}
    assert planning.plan_periods(session, campaign) == 0


def test_a_draft_begins_with_what_was_ticked_this_month(
    session: Session, march: ReportPeriod, person: Person, terms: Terms
) -> None:
    writer = person("nongye")
    ticked = find_milestone(session, "13-1", "市农业农村局")
    milestone_actions.submit(session, ticked, by=writer, at=NOON, today=NOON.date())
    report = actions.open_draft(session, march, writer.unit, by=writer, at=NOON, terms=terms)
    assert line_of(report, "13").progress == "本月提交：13-1（自评）。"
    assert line_of(report, "11").progress == ""
    assert report.state is ReportState.DRAFT


def test_what_was_accepted_this_month_but_ticked_before_is_told_too(
    session: Session, march: ReportPeriod, person: Person, terms: Terms
) -> None:
    writer = person("nongye")
    before = city_moment("2024-02-29T23:00")
    for code in ("13-1", "11-1"):
        ticked = find_milestone(session, code, "市农业农村局")
        milestone_actions.submit(session, ticked, by=writer, at=before, today=before.date())
    milestone_actions.accept(session, ticked, by=person("office"), at=city_moment("2024-03-01T00:00"))
    words = queries.ticked_words(session, march, writer.unit_id, terms)
    assert words == {ticked.task.item_id: "本月办结：11-1（自评）。"}


def test_a_month_has_one_report_of_a_unit(
    session: Session, march: ReportPeriod, draft: MonthlyReport, person: Person, terms: Terms
) -> None:
    colleague = person("nongye")
    with pytest.raises(Stale):
        actions.open_draft(session, march, draft.unit, by=colleague, at=NOON, terms=terms)
    assert session.scalars(select(MonthlyReport)).all() == [draft]


def test_saving_counts_the_version_and_names_the_lines(
    session: Session, draft: MonthlyReport, person: Person, terms: Terms
) -> None:
    line, version = line_of(draft, "11"), draft.version
    texts = {line.item_id: LineText("耕地分类台账已更新", "资金不足", "继续更新")}
    actions.save_draft(session, draft, texts, by=person("nongye"), at=NOON, terms=terms, version=version)
    assert (line.problems, line.next_steps, draft.version) == ("资金不足", "继续更新", version + 1)
    event = session.scalars(select(Event).where(Event.subject == "report").order_by(Event.id.desc())).first()
    assert event is not None
    assert (event.verb, event.after) == ("save", {"lines": "11"})


def test_saving_the_same_again_changes_nothing(
    session: Session, draft: MonthlyReport, person: Person, terms: Terms
) -> None:
    version, events = draft.version, verbs(session, draft)
    texts = {line.item_id: line.text for line in draft.lines}
    actions.save_draft(session, draft, texts, by=person("nongye"), at=NOON, terms=terms)
    assert (draft.version, verbs(session, draft)) == (version, events)


def test_who_saw_an_older_version_cannot_overwrite(
    session: Session, draft: MonthlyReport, person: Person, terms: Terms
) -> None:
    with pytest.raises(Stale):
        actions.save_draft(
            session, draft, {}, by=person("nongye"), at=NOON, terms=terms, version=draft.version - 1
        )


def test_another_unit_cannot_write(
    session: Session, draft: MonthlyReport, person: Person, terms: Terms
) -> None:
    with pytest.raises(Refused, match="只有本单位联络员"):
        actions.save_draft(session, draft, {}, by=person("karuo"), at=NOON, terms=terms)


def test_an_incomplete_report_stays_a_draft(
    session: Session, draft: MonthlyReport, person: Person, terms: Terms
) -> None:
    actions.save_draft(
        session, draft, {line_of(draft, "11").item_id: LineText()}, by=person("nongye"), at=NOON, terms=terms
    )
    with pytest.raises(Refused, match="还有 1 条没有填完整"):
        actions.submit(session, draft, by=person("nongye"), at=NOON, terms=terms)
    assert draft.state is ReportState.DRAFT


def test_a_report_goes_from_draft_to_accepted(session: Session, sent: MonthlyReport, person: Person) -> None:
    assert (sent.state, sent.submitted_by) == (ReportState.SUBMITTED, person("nongye"))
    actions.accept(session, sent, by=person("office"), at=NOON, version=sent.version)
    assert (sent.state, sent.decided_by, sent.decided_at) == (ReportState.ACCEPTED, person("office"), NOON)
    assert verbs(session, sent) == ["open", "save", "submit", "accept"]


def test_a_sent_report_cannot_be_changed_or_sent_again(
    session: Session, sent: MonthlyReport, person: Person, terms: Terms
) -> None:
    with pytest.raises(Refused, match="当前状态是“已报”"):
        actions.save_draft(session, sent, {}, by=person("nongye"), at=NOON, terms=terms)
    with pytest.raises(Refused, match="当前状态是“已报”"):
        actions.submit(session, sent, by=person("nongye"), at=NOON, terms=terms)


def test_a_return_needs_a_reason(session: Session, sent: MonthlyReport, person: Person, terms: Terms) -> None:
    with pytest.raises(Refused, match="退回须写明原因"):
        actions.send_back(session, sent, "  ", by=person("office"), at=NOON, terms=terms)
    assert sent.state is ReportState.SUBMITTED


@pytest.mark.parametrize(("again", "is_late"), [("2024-03-26T23:59", False), ("2024-03-27T00:00", True)])
def test_sent_again_after_two_working_days_is_marked(
    session: Session,
    sent: MonthlyReport,
    person: Person,
    terms_on: TermsOn,
    again: str,
    is_late: bool,
    terms: Terms,
) -> None:
    first = sent.first_submitted_at
    actions.send_back(session, sent, "数据不全", by=person("office"), at=NOON, terms=terms)  # a Friday
    assert (sent.state, sent.return_reason) == (ReportState.RETURNED, "数据不全")
    at = city_moment(again)
    actions.submit(session, sent, by=person("nongye"), at=at, terms=terms_on(again[:10]))
    assert (sent.is_resubmitted_late, sent.first_submitted_at, sent.submitted_at) == (is_late, first, at)


def test_the_day_to_send_it_again_was_told_and_stays(
    session: Session, campaign: Campaign, sent: MonthlyReport, person: Person, terms_on: TermsOn
) -> None:
    campaign.report_resend_days = 3
    actions.send_back(session, sent, "数据不全", by=person("office"), at=NOON, terms=terms_on("2024-03-22"))
    campaign.report_resend_days = 1
    assert resend_by(sent, terms_on("2024-03-25")) == date(2024, 3, 27)


def test_the_mark_of_a_late_resubmission_stays(
    session: Session, sent: MonthlyReport, person: Person, terms_on: TermsOn, terms: Terms
) -> None:
    office, writer = person("office"), person("nongye")
    for returned, again in (("2024-03-22", "2024-04-10"), ("2024-04-11", "2024-04-11")):
        actions.send_back(
            session, sent, "数据不全", by=office, at=city_moment(f"{returned}T12:00"), terms=terms
        )
        at = city_moment(f"{again}T15:00")
        actions.submit(session, sent, by=writer, at=at, terms=terms_on(again))
    assert sent.is_resubmitted_late


def test_the_office_can_return_what_it_accepted(
    session: Session, sent: MonthlyReport, person: Person, terms: Terms
) -> None:
    actions.accept(session, sent, by=person("office"), at=NOON)
    actions.send_back(session, sent, "核对时发现数据有误", by=person("office-admin"), at=NOON, terms=terms)
    assert sent.state is ReportState.RETURNED


def test_a_unit_that_comes_to_answer_for_more_gets_the_line(
    session: Session, draft: MonthlyReport, person: Person, terms: Terms
) -> None:
    counties = session.scalars(select(UnitGroup).where(UnitGroup.name == "各县（区）")).one()
    known = {line.item.code for line in draft.lines}
    counties.members.append(draft.unit)
    session.flush()
    actions.save_draft(session, draft, {}, by=person("nongye"), at=NOON, terms=terms)
    assert {line.item.code for line in draft.lines} > known
    with pytest.raises(Refused, match="没有填完整"):
        actions.submit(session, draft, by=person("nongye"), at=NOON, terms=terms)


def test_an_empty_line_that_is_no_longer_owed_goes_and_a_written_one_stays(
    session: Session, draft: MonthlyReport, person: Person, terms: Terms
) -> None:
    strangers = session.scalars(
        select(PlanItem).where(PlanItem.code.in_(("38", "42"))).order_by(PlanItem.code)
    ).all()
    draft.lines.append(ReportLine(item=strangers[0], position=900))
    draft.lines.append(ReportLine(item=strangers[1], position=901, progress="已部署"))
    session.flush()
    actions.save_draft(session, draft, {}, by=person("nongye"), at=NOON, terms=terms)
    session.expire_all()
    codes = {line.item.code for line in draft.lines}
    assert "38" not in codes
    assert "42" in codes


def test_what_was_submitted_is_not_rewritten(
    session: Session, sent: MonthlyReport, person: Person, terms: Terms
) -> None:
    writer, item = person("nongye"), sent.lines[0].item
    read = sent.sent
    item.text, writer.name = "方案改过的评价内容", "改名的人"
    actions.send_back(session, sent, "数据不全", by=person("office"), at=NOON, terms=terms)
    texts = {line.item_id: LineText(progress="尚未报送的内容") for line in sent.lines}
    actions.save_draft(session, sent, texts, by=writer, at=NOON, terms=terms)
    session.expire_all()
    assert sent.sent == read
    actions.submit(session, sent, by=writer, at=NOON, terms=terms)
    session.expire_all()
    assert sent.sent is not None
    assert {line.progress for line in sent.sent.lines} == {"尚未报送的内容"}
    assert (sent.sent.lines[0].content, sent.sent.writer) == ("方案改过的评价内容", "改名的人")
    assert [(version.number, version.words) for version in sent.versions] == [
        (1, "首次报送"),
        (2, "退回后重报"),
    ]


def test_an_accepted_report_is_corrected_by_a_new_version_with_its_reason(
    session: Session, sent: MonthlyReport, person: Person, terms: Terms
) -> None:
    writer, first = person("nongye"), sent.first_submitted_at
    with pytest.raises(Refused, match="当前状态是“已报”，不能更正"):
        actions.correct(session, sent, "数据有误", by=writer, at=NOON)
    actions.accept(session, sent, by=person("office"), at=NOON)
    with pytest.raises(Refused, match="更正须写明原因"):
        actions.correct(session, sent, " ", by=writer, at=NOON)
    actions.correct(session, sent, "数据有误", by=writer, at=NOON)
    texts = {line.item_id: LineText(progress="改正了") for line in sent.lines}
    actions.save_draft(session, sent, texts, by=writer, at=NOON, terms=terms)
    actions.submit(session, sent, by=writer, at=NOON, terms=terms)
    assert [version.words for version in sent.versions] == ["首次报送", "更正：数据有误"]
    assert (sent.state, sent.first_submitted_at) == (ReportState.SUBMITTED, first)


def test_a_correction_that_is_given_up_leaves_what_was_accepted(
    session: Session, sent: MonthlyReport, person: Person, terms: Terms
) -> None:
    writer = person("nongye")
    actions.accept(session, sent, by=person("office"), at=NOON)
    actions.correct(session, sent, "数据有误", by=writer, at=NOON)
    texts = {line.item_id: LineText(progress="改到一半") for line in sent.lines}
    actions.save_draft(session, sent, texts, by=writer, at=NOON, terms=terms)
    actions.abandon(session, sent, by=writer, at=NOON)
    assert (sent.state, len(sent.versions)) == (ReportState.ACCEPTED, 1)
    assert {line.progress for line in sent.lines} == {"已部署"}


def test_two_people_of_a_unit_who_begin_at_once_get_one_report(own_database: Database) -> None:
    """Both saw that nobody had begun; the second to save is told, not doubled."""

    def begin(session: Session) -> MonthlyReport:
        campaign = session.scalars(select(Campaign)).one()
        writer = session.scalars(select(User).where(User.username == "nongye")).one()
        march = queries.period_of_month(session, campaign, NOON.date().replace(day=1))
        assert march is not None
        terms = queries.terms_of(campaign, Day(NOON.date(), calendar_of(session, campaign.jurisdiction_id)))
        return actions.open_draft(session, march, writer.unit, by=writer, at=NOON, terms=terms)

    with own_database.transaction() as session:
        begin(session)
    with own_database.session(write=True) as session, pytest.raises(Stale):
        begin(session)


def test_a_month_from_before_the_start_is_refused(
    session: Session,
    campaign: Campaign,
    march: ReportPeriod,
    person: Person,
    terms_on: Callable[[str], Terms],
) -> None:
    campaign.live_on = NOON.date().replace(month=4)
    with pytest.raises(Refused, match="开始报送之前"):
        actions.open_draft(
            session, march, person("nongye").unit, by=person("nongye"), at=NOON, terms=terms_on("2024-05-02")
        )
