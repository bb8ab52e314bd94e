"""The monthly report without a database: the 25th, the words, who may do what."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.world import city_moment
from tracker.milestones.rules import Day
from tracker.people.rules import Role
from tracker.reports.rules import (
    TRANSITIONS,
    LineText,
    ReportState,
    SentLine,
    Shown,
    Status,
    Step,
    Terms,
    line_faults,
    month_of,
    next_month,
    nil_fault,
    percent_of,
    refuse_decide,
    refuse_step,
    refuse_submit,
    refuse_write,
    resend_by,
    status,
    typed_faults,
    with_common_reason,
)
from tracker.workdays.rules import Calendar, DayKind

ISSUED = date(2023, 7, 28)
UNIT = 7
OWN_REPORT = "自己提交的月报须由食安办另一位同志审核"


@dataclass(frozen=True)
class Month:
    month: date = date(2024, 3, 1)
    due_on: date = date(2024, 3, 25)


@dataclass(frozen=True)
class Report:
    state: ReportState = ReportState.SUBMITTED
    first_submitted_at: datetime | None = None
    returned_at: datetime | None = None
    is_resubmitted_late: bool = False
    resend_on: date | None = None
    pending_from: ReportState | None = None


@dataclass(frozen=True)
class Person:
    role: Role = Role.LIAISON
    unit_id: int = UNIT
    id: int = 1


@dataclass(frozen=True)
class Case:
    """A report of March 2024, looked at on a day."""

    report: Report | None
    today: str
    words: str
    look: str = ""
    month: Month = field(default_factory=Month)


def terms(today: str, live_on: date = ISSUED, zone: str = "Asia/Shanghai") -> Terms:
    return Terms(Day(date.fromisoformat(today), Calendar()), zone, live_on)


def sent(moment: str, state: ReportState = ReportState.SUBMITTED, *, resent_late: bool = False) -> Report:
    return Report(state, city_moment(moment), None, resent_late)


CASES = [
    Case(None, "2024-02-29", "未开始", "○ idle"),
    Case(None, "2024-03-01", "待报", "◇ idle"),
    Case(None, "2024-03-25", "待报", "◇ idle"),
    Case(None, "2024-03-26", "未报", "■ late"),
    Case(None, "2024-08-01", "未报", "■ late"),
    Case(Report(ReportState.DRAFT), "2024-03-25", "草稿", "◎ idle"),
    Case(Report(ReportState.DRAFT), "2024-03-26", "未报", "■ late"),
    Case(sent("2024-03-01T00:00:00"), "2024-03-02", "按时", "✓ ok"),
    Case(sent("2024-03-25T23:59:59"), "2024-08-01", "按时", "✓ ok"),
    Case(sent("2024-03-26T00:00:00"), "2024-03-26", "迟报 1 日", "▲ near"),
    Case(sent("2024-04-02T09:00:00"), "2024-04-02", "迟报 8 日", "▲ near"),
    Case(sent("2024-03-20T09:00:00", resent_late=True), "2024-04-02", "重报超期", "△ near"),
    Case(sent("2024-03-27T09:00:00", resent_late=True), "2024-04-02", "迟报 2 日、重报超期", "▲ near"),
    Case(sent("2024-03-20T09:00:00", ReportState.ACCEPTED), "2024-04-02", "已采信（按时）", "◆ ok"),
    Case(sent("2024-03-27T09:00:00", ReportState.ACCEPTED), "2024-04-02", "已采信（迟报 2 日）", "▲ near"),
    Case(
        sent("2024-03-20T09:00:00", ReportState.ACCEPTED, resent_late=True),
        "2024-04-02", "已采信（重报超期）", "△ near",
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.words} {case.today}")
def test_what_a_report_is_today(case: Case) -> None:
    found = status(case.report, case.month, terms(case.today))
    assert found.words == case.words
    assert f"{found.shape} {found.colour}" == case.look


def test_the_25th_ends_in_the_zone_of_the_jurisdiction() -> None:
    half_past_four_utc = datetime.fromisoformat("2024-03-25T16:30:00+00:00")
    report = Report(ReportState.SUBMITTED, half_past_four_utc)
    assert status(report, Month(), terms("2024-03-26")).words == "迟报 1 日"
    assert status(report, Month(), terms("2024-03-26", zone="Europe/Berlin")).words == "按时"


def test_a_month_due_before_the_campaign_went_live_is_not_owed() -> None:
    found = status(None, Month(), terms("2024-05-01", live_on=date(2024, 3, 26)))
    assert (found.shown, found.words, found.colour) == (Shown.NOT_OWED, "未启用", "idle")
    assert status(None, Month(), terms("2024-05-01", live_on=date(2024, 3, 25))).shown is Shown.MISSING


def returned(moment: str, first: str = "2024-03-20T09:00") -> Report:
    return Report(ReportState.RETURNED, city_moment(first), city_moment(moment))


def test_a_returned_report_keeps_its_place_for_two_working_days() -> None:
    report = returned("2024-03-21T15:00")  # a Thursday
    assert resend_by(report, terms("2024-03-22")) == date(2024, 3, 25)
    in_time = status(report, Month(), terms("2024-03-25"))
    assert (in_time.words, in_time.colour) == ("退回（按时）", "near")
    too_late = status(report, Month(), terms("2024-03-26"))
    assert (too_late.words, too_late.colour) == ("退回（按时、超过重报期限）", "late")


def test_days_off_do_not_count_against_a_returned_report() -> None:
    festival = {date(2024, 4, 4) + timedelta(days=n): DayKind.HOLIDAY for n in range(3)}
    festival[date(2024, 4, 7)] = DayKind.WORKDAY
    present = Terms(Day(date(2024, 4, 3), Calendar(festival)), "Asia/Shanghai", ISSUED)
    assert resend_by(returned("2024-04-03T09:00"), present) == date(2024, 4, 8)


def test_who_was_late_is_late_after_a_return_too() -> None:
    report = returned("2024-03-28T09:00", first="2024-03-27T09:00")
    assert status(report, Month(), terms("2024-03-28")).words == "退回（迟报 2 日）"


def test_a_narrow_cell_tells_the_days_of_delay() -> None:
    late = sent("2024-03-27T09:00", ReportState.ACCEPTED)
    assert status(late, Month(), terms("2024-04-02")).brief == "迟 2 日"
    assert status(None, Month(), terms("2024-04-02")).brief == "未报"
    assert status(sent("2024-03-20T09:00"), Month(), terms("2024-04-02")).brief == "按时"


def test_an_accepted_report_still_tells_whether_it_was_late() -> None:
    accepted = {
        moment: status(sent(f"{moment}T09:00", ReportState.ACCEPTED), Month(), terms("2024-04-02"))
        for moment in ("2024-03-20", "2024-03-27")
    }
    assert [(one.brief, one.words, one.meaning) for one in accepted.values()] == [
        ("已采信", "已采信（按时）", "已采信"),
        ("迟 2 日", "已采信（迟报 2 日）", "迟报"),
    ]


@pytest.mark.parametrize("shown", Shown)
def test_every_word_has_a_shape_and_a_colour_of_the_style_sheet(shown: Shown) -> None:
    look = Status(shown)
    assert look.colour in {"ok", "near", "late", "idle"}
    assert len(look.shape) == 1


def test_shapes_tell_apart_what_colours_do_not() -> None:
    owing = [shown for shown in Shown if shown is not Shown.ACCEPTED]
    assert len({Status(shown).shape for shown in owing}) == len(owing)


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("state", ReportState)
def test_the_table_decides_which_steps_a_state_allows(step: Step, state: ReportState) -> None:
    allowed = {
        ReportState.DRAFT: {Step.SAVE, Step.SUBMIT, Step.HAND_UP},
        ReportState.SUBMITTED: {Step.ACCEPT, Step.RETURN},
        ReportState.RETURNED: {Step.SAVE, Step.SUBMIT, Step.HAND_UP},
        ReportState.PENDING: {Step.APPROVE, Step.SEND_DOWN, Step.TAKE_BACK},
        ReportState.ACCEPTED: {Step.RETURN, Step.CORRECT},
        ReportState.CORRECTING: {Step.SAVE, Step.SUBMIT, Step.HAND_UP, Step.ABANDON},
    }
    assert (refuse_step(Report(state), step) is None) == (step in allowed[state])
    assert set(TRANSITIONS) == set(Step)


@pytest.mark.parametrize(
    ("person", "today", "report", "reason"),
    [
        (Person(), "2024-03-01", None, None),
        (Person(), "2024-06-01", None, None),
        (Person(), "2024-02-29", None, "2024-03 的月报从 2024-03-01 起填写"),
        (Person(unit_id=8), "2024-03-20", None, "只有本单位联络员可以填写月报"),
        (Person(Role.UNIT_HEAD), "2024-03-20", None, "只有本单位联络员可以填写月报"),
        (Person(Role.LEADER), "2024-03-20", None, "只有本单位联络员可以填写月报"),
        (Person(Role.OFFICE), "2024-03-20", None, None),
        (Person(), "2024-03-20", Report(ReportState.RETURNED), None),
        (Person(), "2024-03-20", Report(ReportState.SUBMITTED), "当前状态是“已报”，不能保存"),
    ],
)
def test_who_may_write_a_report_and_when(
    person: Person, today: str, report: Report | None, reason: str | None
) -> None:
    assert refuse_write(report, Month(), UNIT, person, terms(today)) == reason


def test_nobody_writes_a_month_from_before_the_start() -> None:
    before = terms("2024-04-01", live_on=date(2024, 3, 26))
    assert refuse_write(None, Month(), UNIT, Person(), before) == "这个月在开始报送之前，不需要报送"


def test_an_incomplete_report_cannot_be_submitted() -> None:
    draft, present = Report(ReportState.DRAFT), terms("2024-03-20")
    lines = [LineText("已部署"), LineText(), LineText(has_no_progress=True)]
    refusal = refuse_submit(draft, Month(), UNIT, lines, Person(), present)
    assert refusal == "还有 2 条没有填完整，不能提交"
    assert refuse_submit(draft, Month(), UNIT, lines[:1], Person(), present) is None


@pytest.mark.parametrize(
    ("person", "state", "step", "reason"),
    [
        (Person(Role.OFFICE), ReportState.SUBMITTED, Step.ACCEPT, None),
        (Person(Role.OFFICE), ReportState.ACCEPTED, Step.RETURN, None),
        (Person(Role.OFFICE), ReportState.DRAFT, Step.ACCEPT, "当前状态是“草稿”，不能采信"),
        (
            Person(Role.OFFICE, id=5),
            ReportState.SUBMITTED,
            Step.ACCEPT,
            "自己提交的月报须由食安办另一位同志审核",
        ),
        (Person(Role.LEADER), ReportState.SUBMITTED, Step.RETURN, "只有市食安办可以审核月报"),
        (Person(), ReportState.SUBMITTED, Step.ACCEPT, "只有市食安办可以审核月报"),
    ],
)
def test_only_the_office_decides(person: Person, state: ReportState, step: Step, reason: str | None) -> None:
    assert refuse_decide(Report(state), {5}, person, step) == reason


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        (LineText("已部署"), set()),
        (LineText(has_no_progress=True, reason="等待文件"), set()),
        (LineText(), {"progress"}),
        (LineText(problems="人手不足"), {"progress"}),
        (LineText(has_no_progress=True), {"reason"}),
        (LineText("已部署", has_no_progress=True, reason="等待文件"), {"progress"}),
    ],
)
def test_a_line_tells_progress_or_why_there_is_none(line: LineText, fields: set[str]) -> None:
    assert set(line_faults(line)) == fields


def test_one_reason_serves_the_ticked_lines_that_give_none() -> None:
    lines = {
        1: LineText(has_no_progress=True),
        2: LineText(has_no_progress=True, reason="另有原因"),
        3: LineText("已部署"),
        4: LineText(problems="人手不足"),
    }
    filled = with_common_reason(lines, "本月无安排", fills_empty=False)
    assert [line.reason for line in filled.values()] == ["本月无安排", "另有原因", "", ""]
    assert filled[4] == lines[4]


def test_lines_without_progress_can_all_become_no_progress() -> None:
    lines = {1: LineText(), 2: LineText("已部署"), 3: LineText(problems="人手不足")}
    filled = with_common_reason(lines, "本月无安排", fills_empty=True)
    assert [line.has_no_progress for line in filled.values()] == [True, False, True]
    assert filled[3] == LineText(problems="人手不足", has_no_progress=True, reason="本月无安排")


def test_a_text_may_be_long_but_not_endless() -> None:
    assert typed_faults(LineText("字" * 4000)) == {}
    assert set(typed_faults(LineText("字" * 4001, reason="字" * 4001))) == {"progress", "reason"}


def test_months_as_they_are_written_in_addresses() -> None:
    assert month_of("2024-03") == date(2024, 3, 1)
    assert [month_of(text) for text in ("2024-13", "2024-3", "", "2024-03-01", "abcdefg")] == [None] * 5
    assert next_month(date(2024, 12, 1)) == date(2025, 1, 1)


def test_a_month_begins_and_ends_in_the_zone_of_the_jurisdiction() -> None:
    first, after = terms("2024-03-20").month_bounds(date(2024, 3, 1))
    assert first == datetime.fromisoformat("2024-02-29T16:00:00+00:00")
    assert after == datetime.fromisoformat("2024-03-31T16:00:00+00:00")


@pytest.mark.parametrize(
    ("typed", "kept", "is_right"),
    [("", "", True), ("80", "80", True), (" 080% ", "80", True), ("８０％", "80", True), ("0", "0", True),
     ("101", "101", False), ("-1", "-1", False), ("七成", "七成", False), ("8.5", "8.5", False)],
)  # fmt: skip
def test_the_percentage_is_a_whole_number_up_to_100(typed: str, kept: str, is_right: bool) -> None:
    assert percent_of(typed) == kept
    assert ("percent" not in typed_faults(LineText(percent=percent_of(typed)))) == is_right


def test_a_nil_report_has_a_reason_and_no_progress() -> None:
    assert nil_fault({1: LineText(), 2: LineText(problems="人员不足")}, "本月没有安排") is None
    assert nil_fault({1: LineText()}, "") == "零报告须写明统一原因"
    assert "有 1 条写了进展" in str(nil_fault({1: LineText("已部署"), 2: LineText()}, "本月没有安排"))


@pytest.mark.parametrize(
    ("more", "is_idle"),
    [({}, True), ({"problems": "人员不足"}, False), ({"percent": "50"}, False),
     ({"has_no_progress": False}, False)],
)  # fmt: skip
def test_an_idle_line_tells_its_reason_alone(more: dict[str, Any], is_idle: bool) -> None:
    line = SentLine(11, "11", "指标 11", "基础工作", "", "推行耕地分类管理", reason="等待文件")
    assert replace(line, **{"has_no_progress": True, **more}).is_idle == is_idle
