"""The reminder run on the real plan: who is told what, once, and who no more."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.reminders.conftest import BASE, DayOf, FindMilestone, Run
from tests.world import city_moment
from tracker.milestones import actions
from tracker.outbox.models import OutboxMessage
from tracker.outbox.rules import MailState
from tracker.people.models import User
from tracker.people.rules import Role
from tracker.plan.models import Campaign, Reporter
from tracker.reminders.actions import Letter, tell
from tracker.reminders.jobs import Round
from tracker.reminders.models import Notice
from tracker.reminders.rules import NoticeKind
from tracker.reports import actions as report_actions
from tracker.reports import queries as report_queries
from tracker.reports.models import MonthlyReport
from tracker.reports.rules import LineText, Terms
from tracker.units.models import Unit

Person = Callable[[str], User]
SELF_ASSESSMENT = date(2024, 4, 30)


def rungs(letter: Letter, kind: NoticeKind) -> set[int]:
    return {item.rung for item in letter.due.all_items if item.kind is kind}


def of(letter: Letter, kind: NoticeKind) -> list[str]:
    return [item.name for item in letter.due.all_items if item.kind is kind]


def sent_march_report(session: Session, campaign: Campaign, by: User, terms: Terms) -> MonthlyReport:
    march = report_queries.period_of_month(session, campaign, date(2024, 3, 1))
    assert march is not None
    at = city_moment("2024-03-20T10:00")
    report = report_actions.open_draft(session, march, by.unit, by=by, at=at, terms=terms)
    lines = {line.item_id: LineText(progress="已部署") for line in report.lines}
    report_actions.save_draft(session, report, lines, by=by, at=at, terms=terms)
    report_actions.submit(session, report, by=by, at=at, terms=terms)
    session.commit()
    return report


def test_the_report_is_told_to_the_liaison_and_from_the_day_after_to_the_head(run: Run) -> None:
    told = {day: run(f"2024-03-{day}T09:00") for day in (15, 18, 22, 25, 26, 28)}
    told[34] = run("2024-04-03T09:00")
    assert told[15] == {}
    assert set(told[18]) == {"nongye", "shijian", "karuo", "mangkang"}
    assert [rungs(told[day]["mangkang"], NoticeKind.REPORT) for day in (18, 22, 25, 26, 28, 34)] == [
        {-5}, {-1}, {0}, {1}, {3}, {7},
    ]  # fmt: skip
    assert "mangkang-head" not in told[25]
    assert rungs(told[26]["mangkang-head"], NoticeKind.REPORT) == {1}
    assert rungs(told[28]["mangkang-head"], NoticeKind.REPORT) == {3}
    assert rungs(told[34]["mangkang-head"], NoticeKind.REPORT) == {7}


def test_the_office_gets_the_digest_on_the_26th_and_the_missing_units_on_the_28th(
    run: Run, session: Session, campaign: Campaign, person: Person, day_of: DayOf
) -> None:
    terms = report_queries.terms_of(campaign, day_of("2024-03-20"))
    sent_march_report(session, campaign, person("nongye"), terms)
    digest = run("2024-03-26T09:00")["office"]
    assert of(digest, NoticeKind.DIGEST) == ["2024-03"]
    assert "按时 1 个单位、迟报 0 个单位、未报 34 个单位" in digest.mail.subject
    assert "按时（1 个单位）：市农业农村局" in digest.mail.text
    assert run("2024-03-27T09:00") == {}
    missing = run("2024-03-28T09:00")["office"]
    assert of(missing, NoticeKind.MISSING_REPORTS) == ["2024-03"]
    assert "34 个单位未报" in missing.mail.text
    assert "市农业农村局" not in missing.mail.text
    again = run("2024-04-03T09:00")["office"]
    assert of(again, NoticeKind.MISSING_REPORTS) == ["2024-03"]
    assert run("2024-04-08T09:00") == {}


def test_who_reported_hears_no_more_of_it(
    run: Run, session: Session, campaign: Campaign, person: Person, day_of: DayOf
) -> None:
    run("2024-03-18T09:00")
    terms = report_queries.terms_of(campaign, day_of("2024-03-20"))
    sent_march_report(session, campaign, person("nongye"), terms)
    for day in (22, 25, 26, 28):
        told = run(f"2024-03-{day}T09:00")
        assert "nongye" not in told
        assert "nongye-head" not in told
        assert "mangkang" in told


def test_a_returned_report_is_told_again_until_it_is_resent(
    run: Run, session: Session, campaign: Campaign, person: Person, day_of: DayOf
) -> None:
    terms = report_queries.terms_of(campaign, day_of("2024-03-20"))
    report = sent_march_report(session, campaign, person("nongye"), terms)
    report_actions.send_back(
        session, report, "数字不实", by=person("office"), at=city_moment("2024-03-27T10:00"), terms=terms
    )
    letter = run("2024-03-28T09:00")["nongye"]
    assert rungs(letter, NoticeKind.REPORT) == {-1}
    assert "已退回，重报期限 2024-03-29，还有 1 个工作日；退回原因：数字不实" in letter.mail.text
    assert NoticeKind.RETURNED_REPORT not in {item.kind for item in letter.due.items}
    assert rungs(run("2024-03-29T09:00")["nongye"], NoticeKind.REPORT) == {0}
    assert "nongye" not in run("2024-03-29T15:00")
    assert rungs(run("2024-04-01T09:00")["nongye-head"], NoticeKind.REPORT) == {1}
    office = run("2024-04-03T09:00")["office"]
    (line,) = [item for item in office.due.items if item.kind is NoticeKind.UNSENT_AGAIN]
    assert line.text == "2024-03 月报：1 个单位退回后未重报（期限 2024-03-29，逾期 3 个工作日）：市农业农村局"
    assert of(office, NoticeKind.MISSING_REPORTS) == ["2024-03"]


def test_a_month_due_before_the_campaign_went_live_is_not_told(run: Run, campaign: Campaign) -> None:
    campaign.live_on = date(2024, 3, 26)
    assert run("2024-03-26T09:00") == {}


def test_a_month_from_before_a_unit_began_to_report_is_not_told(
    run: Run, session: Session, campaign: Campaign, person: Person
) -> None:
    zone = session.scalars(select(Unit).where(Unit.short == "新区管委会")).one()
    person("mangkang").unit = zone
    campaign.reporters.append(Reporter(unit_id=zone.id, since_on=date(2024, 3, 26)))
    assert "mangkang" not in run("2024-03-25T09:00")
    told = run("2024-03-28T09:00")
    assert "mangkang" not in told
    assert "新区管委会" not in told["office"].mail.text
    assert of(run("2024-04-25T09:00")["mangkang"], NoticeKind.REPORT) == ["2024-04"]


def test_milestones_climb_the_ladder(run: Run) -> None:
    """Sunday 04-28 is worked; Labour Day stands between the day and what comes after it."""
    assert NoticeKind.MILESTONE not in {
        item.kind for letter in run("2024-04-23T09:00").values() for item in letter.due.items
    }
    told = [run(f"2024-{day}T09:00") for day in ("04-24", "04-29", "04-30", "05-06", "05-08")]
    assert [rungs(letters["mangkang"], NoticeKind.MILESTONE) for letters in told] == [
        {-5},
        {-1},
        {0},
        {1},
        {3},
    ]
    assert [of(letters["mangkang"], NoticeKind.MILESTONE) for letters in told[1:]] == [
        of(told[0]["mangkang"], NoticeKind.MILESTONE)
    ] * 4
    heads = [letters.get("mangkang-head") for letters in told]
    assert [rungs(letter, NoticeKind.MILESTONE) if letter else set() for letter in heads] == [
        set(), set(), set(), {1}, {3},
    ]  # fmt: skip
    assert "芒康县" in of(told[4]["office"], NoticeKind.UNIT_MILESTONES)
    assert of(told[3]["office"], NoticeKind.UNIT_MILESTONES) == []


def test_a_line_of_a_bare_task_says_what_it_is_about(run: Run) -> None:
    lines = run("2024-04-30T09:00")["mangkang"].mail.text.splitlines()
    assert [line.partition(" ")[2] for line in lines if " 11-2（" in line] == [
        "11-2（自评、牵头）各县（区）具体落实，确保现场可查：全面推行耕地分类管理，"
        "在安全利用类耕地落实品种替代、水肥调控、土壤调理等农艺措…：期限 2024-04-30，今天到期"
    ]


def test_everybody_hears_of_their_own_unit_alone(run: Run) -> None:
    for letter in run("2024-04-29T09:00").values():
        if not letter.due.recipient.role.is_office:
            assert {item.kind for item in letter.due.items} <= {NoticeKind.MILESTONE, NoticeKind.REPORT}
    karuo = run("2024-04-30T09:00")["karuo"]
    assert "芒康" not in karuo.mail.text


def test_the_office_is_told_of_what_it_owes_itself(run: Run) -> None:
    letter = run("2024-04-29T09:00")["office"]
    assert rungs(letter, NoticeKind.MILESTONE) == {-1}
    assert of(letter, NoticeKind.UNIT_MILESTONES) == []


def test_who_ticked_hears_no_more_of_it(
    run: Run, session: Session, person: Person, milestone: FindMilestone
) -> None:
    row = milestone("11-1", "市农业农村局")
    assert "11-1 自评" in of(run("2024-04-24T09:00")["nongye"], NoticeKind.MILESTONE)
    at = city_moment("2024-04-24T10:00")
    actions.submit(session, row, by=person("nongye"), at=at, today=at.date())
    for day in ("04-29", "04-30", "05-06", "05-08"):
        assert "11-1 自评" not in of(run(f"2024-{day}T09:00")["nongye"], NoticeKind.MILESTONE)


def test_a_returned_milestone_begins_its_ladder_anew(
    run: Run, session: Session, person: Person, milestone: FindMilestone, day_of: DayOf
) -> None:
    row = milestone("11-1", "市农业农村局")
    run("2024-04-30T09:00")
    actions.submit(
        session, row, by=person("nongye"), at=city_moment("2024-04-30T11:00"), today=SELF_ASSESSMENT
    )
    returned_at, day = city_moment("2024-05-08T11:00"), day_of("2024-05-08")
    actions.send_back(session, row, "材料不全", by=person("office"), at=returned_at, day=day)
    assert row.due_on == date(2024, 5, 11)  # a Saturday that is worked
    told = {}
    for moment in ("05-09", "05-10", "05-11", "05-13", "05-14", "05-15", "05-21"):
        items = run(f"2024-{moment}T09:00")["nongye"].due.items if moment != "05-14" else []
        told[moment] = [(item.kind, item.rung, item.text) for item in items if "11-1 自评" in item.name]
    back, near = told.pop("05-09"), told["05-10"]
    assert [kind for kind, *_ in back] == [NoticeKind.RETURNED_MILESTONE]
    assert {kind for lines in told.values() for kind, *_ in lines} == {NoticeKind.MILESTONE}
    assert [[rung for _, rung, _ in lines] for lines in told.values()] == [[-1], [0], [1], [], [3], [7]]
    assert near[0][2].endswith("（已退回）：期限 2024-05-11，还有 1 个工作日；退回原因：材料不全")


def test_a_lead_that_waits_is_not_told_until_its_supporters_have_submitted(
    run: Run, milestone: FindMilestone
) -> None:
    row, name = milestone("11-1", "市农业农村局"), "11-1 自评"
    row.is_waiting = True
    for day in ("04-30", "05-06"):
        assert name not in of(run(f"2024-{day}T09:00")["nongye"], NoticeKind.MILESTONE)
    row.is_waiting, row.ready_on, row.late_from = False, date(2024, 5, 7), date(2024, 5, 7)
    letter = run("2024-05-07T09:00")["nongye"]
    (item,) = [item for item in letter.due.items if item.name == name]
    assert item.rung == 1
    assert "逾期 1 个工作日" in item.text


def test_backfill_not_opened_and_left_are_not_told(run: Run, milestone: FindMilestone) -> None:
    milestone("11-1", "市农业农村局").is_backfill = True
    letter = run("2024-04-30T09:00")["nongye"]
    assert "11-1 自评" not in of(letter, NoticeKind.MILESTONE)
    assert not [name for name in of(letter, NoticeKind.MILESTONE) if name.endswith("初评")]


def test_the_unit_that_ticks_for_the_insurers_is_told_for_them(run: Run) -> None:
    assert "代各承保公司" in run("2024-04-30T09:00")["shijian"].mail.text


def test_two_runs_of_a_day_tell_once(run: Run, session: Session) -> None:
    first = run("2024-03-26T09:00")
    assert "mangkang" in first
    rows = session.scalar(select(func.count()).select_from(Notice))
    assert run("2024-03-26T09:00") == {}
    assert run("2024-03-26T15:00") == {}
    assert session.scalar(select(func.count()).select_from(Notice)) == rows
    assert session.scalar(select(func.count()).select_from(OutboxMessage)) == len(first)


def test_a_simulated_spring_tells_each_rung_once_and_one_mail_a_day(
    run_round: Callable[[str], Round], session: Session, day_of: DayOf
) -> None:
    day = date(2024, 4, 15)
    while day <= date(2024, 5, 17):
        told = run_round(f"{day}T09:00")
        persons = Counter(letter.due.recipient.id for letter in told.letters)
        assert set(persons.values()) <= {1}
        assert all(letter.due.all_items for letter in told.letters)
        if not day_of("2024-05-01").calendar.is_working_day(day):
            assert not told.letters
            assert told.refusals == [
                f"昌都市：{day}（星期{'一二三四五六日'[day.weekday()]}）不是工作日，不发提醒"
            ]
        day += timedelta(days=1)
    twice = (
        select(Notice.kind, Notice.object_id, Notice.rung, Notice.user_id)
        .where(Notice.kind.in_((NoticeKind.MILESTONE, NoticeKind.REPORT, NoticeKind.DIGEST)))
        .group_by(Notice.kind, Notice.object_id, Notice.rung, Notice.user_id)
        .having(func.count() > 1)
    )
    assert session.execute(twice).all() == []


def test_after_a_week_of_downtime_what_is_still_true_is_told_once(run: Run) -> None:
    run("2024-03-21T09:00")
    told = run("2024-03-29T09:00")
    assert rungs(told["mangkang"], NoticeKind.REPORT) == {3}
    assert of(told["office"], NoticeKind.DIGEST) == ["2024-03"]
    assert of(told["office"], NoticeKind.MISSING_REPORTS) == ["2024-03"]
    assert run("2024-04-01T09:00") == {}


def test_a_downtime_before_the_day_skips_to_the_rung_that_holds(run: Run) -> None:
    assert rungs(run("2024-03-22T09:00")["mangkang"], NoticeKind.REPORT) == {-1}
    assert rungs(run("2024-03-25T09:00")["mangkang"], NoticeKind.REPORT) == {0}


def test_a_new_liaison_is_told_what_is_still_open_and_who_left_nothing(
    run: Run, session: Session, person: Person, newcomer: Callable[..., User]
) -> None:
    run("2024-03-28T09:00")
    person("mangkang").is_active = False
    newcomer("mangkang2", "mangkang")
    newcomer("expired", "mangkang", valid_until=date(2024, 3, 28))
    told = run("2024-03-29T09:00")
    assert set(told) == {"mangkang2"}
    assert rungs(told["mangkang2"], NoticeKind.REPORT) == {3}


def test_who_has_no_address_has_the_mail_kept_to_read(run: Run, session: Session, person: Person) -> None:
    person("mangkang").email = ""
    letter = run("2024-03-25T09:00")["mangkang"]
    assert letter.due.recipient.to == "mangkang"
    message = session.scalars(select(OutboxMessage).where(OutboxMessage.key == letter.key)).one()
    assert message.state is MailState.NO_ADDRESS
    assert "2024-03 月报" in message.body_text
    assert session.scalar(select(func.count()).where(Notice.message_id == message.id)) == 1


def test_what_stood_in_a_mail_that_never_went_is_told_again_while_it_is_true(
    run: Run, session: Session
) -> None:
    run("2024-03-28T09:00"), run("2024-05-08T09:00")
    assert "mangkang" not in run("2024-05-09T09:00")
    session.execute(update(OutboxMessage).values(state=MailState.EXPIRED))
    again = run("2024-05-10T09:00")
    assert rungs(again["mangkang"], NoticeKind.REPORT) == {7}
    assert 3 in rungs(again["mangkang"], NoticeKind.MILESTONE)
    assert "芒康县" in of(again["office"], NoticeKind.UNIT_MILESTONES)
    assert "mangkang" not in run("2024-05-11T09:00")  # a Saturday that is worked


def test_the_office_is_told_of_a_unit_in_each_campaign(run: Run, second_campaign: Campaign) -> None:
    letter = run("2024-05-08T09:00")["office"]
    items = [item for item in letter.due.items if item.name == "芒康县"]
    assert len(items) == 2
    assert second_campaign.id in {item.campaign_id for item in items}
    assert f"{BASE}/milestones?campaign=second&unit={items[0].object_id}&light=late\n" in letter.mail.text
    assert run("2024-05-09T09:00") == {}


def test_a_mail_that_somebody_else_wrote_is_passed_by_and_any_other_conflict_is_not(
    run: Run, session: Session
) -> None:
    letter = run("2024-03-26T09:00")["mangkang"]
    at = city_moment("2024-03-26T09:00")
    assert tell(session, [letter], at=at) == []
    with pytest.raises(IntegrityError), session.begin_nested():
        tell(session, [replace(letter, key="reminder:another")], at=at)


@pytest.mark.parametrize(
    ("moment", "refusal"),
    [
        ("2024-03-26T08:59", "昌都市：2024-03-26 08:59 还不到 09:00，不发提醒"),
        ("2024-03-24T10:00", "昌都市：2024-03-24（星期日）不是工作日，不发提醒"),
        ("2024-05-02T10:00", "昌都市：2024-05-02（星期四）不是工作日，不发提醒"),
    ],
)
def test_nothing_is_told_before_nine_or_on_a_day_off(
    run_round: Callable[[str], Round], moment: str, refusal: str
) -> None:
    told = run_round(moment)
    assert (told.letters, told.refusals) == ([], [refusal])


def test_every_line_is_a_deep_link(run: Run) -> None:
    letter = run("2024-04-30T09:00")["mangkang"]
    for item in letter.due.all_items:
        assert f"https://tracker.example.test{item.path}\n" in letter.mail.text
        assert f'href="https://tracker.example.test{item.path.replace("&", "&amp;")}"' in letter.mail.html


def test_leaders_and_administrators_are_not_told(run: Run) -> None:
    told = run("2024-03-28T09:00")
    roles = {letter.due.recipient.role for letter in told.values()}
    assert roles == {Role.LIAISON, Role.UNIT_HEAD, Role.OFFICE, Role.OFFICE_ADMIN}


def test_a_milestone_is_told_to_its_handler_and_to_all_when_the_handler_has_left(
    run: Run, session: Session, person: Person, milestone: FindMilestone, newcomer: Callable[..., User]
) -> None:
    handler = newcomer("dawa", "mangkang")
    row = milestone("11-2", "芒康县")
    row.assignment.handler = handler
    letters = run("2024-04-24T09:00")
    assert "11-2 自评" in of(letters["dawa"], NoticeKind.MILESTONE)
    assert "11-2 自评" not in of(letters["mangkang"], NoticeKind.MILESTONE)
    assert "1-2 自评" in of(letters["mangkang"], NoticeKind.MILESTONE)
    handler.is_active = False
    assert "11-2 自评" in of(run("2024-04-29T09:00")["mangkang"], NoticeKind.MILESTONE)
    handler.is_active, handler.unit_id = True, person("karuo").unit_id
    letters = run("2024-04-30T09:00")
    assert "11-2 自评" in of(letters["mangkang"], NoticeKind.MILESTONE)
    handler.unit_id = person("mangkang").unit_id
    letters = run("2024-05-06T09:00")
    assert "11-2 自评" not in of(letters["mangkang"], NoticeKind.MILESTONE)
    assert "11-2 自评" in of(letters["mangkang-head"], NoticeKind.MILESTONE)
