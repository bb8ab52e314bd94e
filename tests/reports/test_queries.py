"""Who reports, what about, and how far everybody is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from itertools import product

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from tests.reports.conftest import Person, TermsOn
from tests.world import city_moment
from tracker.errors import Refused
from tracker.milestones.settings import set_members
from tracker.people.models import User
from tracker.plan.actions import Party, set_reporters
from tracker.plan.models import Campaign, PlanItem, Reporter
from tracker.plan.rules import ItemKind
from tracker.reports import actions, overview, queries
from tracker.reports.models import MonthlyReport, ReportPeriod
from tracker.reports.overview import MatrixRow
from tracker.reports.rules import LineText, ReportState, Shown, Status, Terms, is_sent, refuse_write
from tracker.units.models import Unit, UnitGroup
from tracker.units.rules import UnitKind

UnitNamed = Callable[[str], Unit]


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """The statements that the block sends to the database."""
    statements: list[str] = []
    engine = session.get_bind().engine

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("SAVEPOINT"):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def codes(items: list[PlanItem]) -> list[str]:
    return [item.code for item in items]


def test_counties_and_members_report_each_once_in_the_order_of_units(
    session: Session, campaign: Campaign
) -> None:
    units = queries.reporting_units(session, campaign)
    assert len(units) == 35
    assert [unit.position for unit in units] == sorted({unit.position for unit in units})
    assert sum(unit.kind is UnitKind.COUNTY for unit in units) == 11
    assert "市食安办" not in {unit.short for unit in units}
    assert queries.reporting_unit_count(session, campaign) == 35


def test_a_unit_in_two_groups_reports_once(session: Session, campaign: Campaign, unit: UnitNamed) -> None:
    session.add(Reporter(campaign_id=campaign.id, unit_id=unit("卡若区").id))
    session.flush()
    assert len(queries.reporting_units(session, campaign)) == 35


def test_the_new_district_reports_when_the_office_switches_it_on(
    session: Session, campaign: Campaign, unit: UnitNamed
) -> None:
    district = unit("新区管委会")
    assert queries.reporting_unit(session, campaign, district.id) is None
    session.scalars(select(Reporter).where(Reporter.unit_id == district.id)).one().is_on = True
    session.flush()
    assert queries.reporting_unit(session, campaign, district.id) is district


def test_who_begins_to_report_later_owes_nothing_from_before(
    session: Session, campaign: Campaign, unit: UnitNamed, person: Person, terms_on: TermsOn
) -> None:
    district, today = unit("新区管委会"), date(2024, 3, 22)
    switch(session, campaign, [*reporting_parties(campaign), district], person("office-admin"), today)
    terms = terms_on("2024-03-26")
    months = {
        row.period.month: row.status.shown for row in overview.own_months(session, campaign, district, terms)
    }
    assert months[date(2024, 2, 1)] is Shown.NOT_OWED
    assert months[date(2024, 3, 1)] is Shown.MISSING
    february, march = (queries.period_of_month(session, campaign, date(2024, n, 1)) for n in (2, 3))
    assert february is not None
    assert march is not None
    assert len(overview.month_rows(session, campaign, february, terms)) == 35
    assert len(overview.month_rows(session, campaign, march, terms)) == 36


def reporting_parties(campaign: Campaign) -> list[Party]:
    return [party for row in campaign.reporters if row.is_on and (party := row.unit or row.group)]


def switch(session: Session, campaign: Campaign, parties: list[Party], by: User, today: date) -> None:
    """Who reports from `today` on."""
    at = city_moment(f"{today}T10:00")
    set_reporters(session, campaign, parties, by=by, at=at, today=today)


def months_of(session: Session, campaign: Campaign, unit: Unit, terms: Terms) -> dict[str, Shown]:
    rows = overview.own_months(session, campaign, unit, terms)
    return {row.period.name: row.status.shown for row in rows}


def test_a_group_that_is_switched_off_owes_what_was_due_and_keeps_what_it_sent(
    session: Session, campaign: Campaign, sent: MonthlyReport, unit: UnitNamed, person: Person,
    terms_on: TermsOn, march: ReportPeriod,
) -> None:  # fmt: skip
    counties = [party for party in reporting_parties(campaign) if party.name == "各县（区）"]
    switch(session, campaign, counties, person("office-admin"), date(2024, 3, 22))
    terms = terms_on("2024-04-26")
    science = months_of(session, campaign, unit("市科技局"), terms)
    assert (science["2024-02"], science["2024-03"]) == (Shown.MISSING, Shown.NOT_OWED)
    assert months_of(session, campaign, sent.unit, terms)["2024-03"] is Shown.ON_TIME
    rows = {row.unit.short for row in overview.month_rows(session, campaign, march, terms)}
    assert "市农业农村局" in rows
    assert "市科技局" not in rows
    assert len(rows) == 12
    liaison = person("nongye")
    april = queries.period_of_month(session, campaign, date(2024, 4, 1))
    assert april is not None
    assert "不在月报单位之列" in str(refuse_write(None, april, liaison.unit_id, liaison, terms))
    assert refuse_write(sent, march, liaison.unit_id, liaison, terms) == "当前状态是“已报”，不能保存"


def test_a_group_switched_on_again_owes_from_then_on(
    session: Session, campaign: Campaign, unit: UnitNamed, person: Person, terms_on: TermsOn
) -> None:
    admin, everybody = person("office-admin"), reporting_parties(campaign)
    counties = [party for party in everybody if party.name == "各县（区）"]
    switch(session, campaign, counties, admin, date(2024, 1, 10))
    switch(session, campaign, everybody, admin, date(2024, 3, 22))
    shown = months_of(session, campaign, unit("市科技局"), terms_on("2024-03-26"))
    assert [shown[f"2024-0{n}"] for n in (1, 2, 3)] == [Shown.NOT_OWED, Shown.NOT_OWED, Shown.MISSING]
    assert shown["2023-12"] is Shown.MISSING
    assert len(campaign.reporters) == 4


def test_a_switch_that_is_taken_back_the_same_day_leaves_no_trace_in_the_months(
    session: Session, campaign: Campaign, unit: UnitNamed, person: Person, terms_on: TermsOn
) -> None:
    admin, everybody, today = person("office-admin"), reporting_parties(campaign), date(2024, 3, 22)
    terms = terms_on("2024-03-26")
    before = months_of(session, campaign, unit("市科技局"), terms)
    switch(session, campaign, everybody[:1], admin, today)
    switch(session, campaign, everybody, admin, today)
    assert months_of(session, campaign, unit("市科技局"), terms_on("2024-03-26")) == before
    with pytest.raises(Refused, match="请至少选一个"):
        switch(session, campaign, [], admin, today)


def regroup(session: Session, group: UnitGroup, members: list[Unit], by: User, today: date) -> None:
    """Who belongs to a group from `today` on."""
    seen, at = [member.id for member in group.members], city_moment(f"{today}T10:00")
    set_members(session, group, members, by=by, at=at, today=today, seen=seen)
    session.expire_all()


def members_of(campaign: Campaign) -> UnitGroup:
    return next(row.group for row in campaign.reporters if row.group and row.group.name == "各成员单位")


def test_who_leaves_a_group_owes_what_was_due_and_keeps_what_was_sent(
    session: Session, campaign: Campaign, sent: MonthlyReport, unit: UnitNamed, person: Person,
    terms_on: TermsOn, march: ReportPeriod,
) -> None:  # fmt: skip
    group, leaving = members_of(campaign), {sent.unit, unit("市科技局")}
    staying = [member for member in group.members if member not in leaving]
    regroup(session, group, staying, person("office-admin"), date(2024, 3, 22))
    terms = terms_on("2024-04-26")
    assert queries.reporting_unit(session, campaign, sent.unit_id) is sent.unit
    own = months_of(session, campaign, sent.unit, terms)
    assert (own["2024-02"], own["2024-03"], own["2024-04"]) == (Shown.MISSING, Shown.ON_TIME, Shown.NOT_OWED)
    science = months_of(session, campaign, unit("市科技局"), terms)
    assert (science["2024-02"], science["2024-03"]) == (Shown.MISSING, Shown.NOT_OWED)
    rows = {row.unit.short for row in overview.month_rows(session, campaign, march, terms)}
    assert "市农业农村局" in rows
    assert "市科技局" not in rows


def test_who_comes_back_to_a_group_on_the_same_day_owes_the_same_months(
    session: Session, campaign: Campaign, unit: UnitNamed, person: Person, terms_on: TermsOn
) -> None:
    group, admin, today = members_of(campaign), person("office-admin"), date(2024, 3, 22)
    everybody = list(group.members)
    before = months_of(session, campaign, unit("市科技局"), terms_on("2024-04-26"))
    regroup(session, group, [one for one in everybody if one.short != "市科技局"], admin, today)
    regroup(session, group, everybody, admin, today)
    assert months_of(session, campaign, unit("市科技局"), terms_on("2024-04-26")) == before


def test_a_department_answers_for_the_indicators_that_name_it(
    session: Session, campaign: Campaign, unit: UnitNamed
) -> None:
    items = queries.answered_items(session, campaign.id, unit("市农业农村局").id)
    assert {"11", "13", "15"} <= set(codes(items))
    assert {item.kind for item in items} == {ItemKind.INDICATOR}
    assert [item.number for item in items] == sorted(item.number for item in items)


def test_concerned_members_have_a_line_for_indicator_5(
    session: Session, campaign: Campaign, unit: UnitNamed
) -> None:
    assert "5" in codes(queries.answered_items(session, campaign.id, unit("市财政局").id))


def test_a_unit_that_is_only_assigned_something_answers_for_it(
    session: Session, campaign: Campaign, unit: UnitNamed
) -> None:
    """Indicator 81 names other units; 市委政法委 acts in its basic task."""
    assert "81" in codes(queries.answered_items(session, campaign.id, unit("市委政法委").id))


def test_a_unit_with_nothing_but_initiatives_reports_about_those(
    session: Session, campaign: Campaign, unit: UnitNamed
) -> None:
    items = queries.answered_items(session, campaign.id, unit("新区管委会").id)
    assert len(items) == 23
    assert {item.kind for item in items} == {ItemKind.PROJECT, ItemKind.ACTION}


def test_a_county_answers_for_the_indicators_of_the_counties(
    session: Session, campaign: Campaign, unit: UnitNamed
) -> None:
    karuo, mangkang = (
        codes(queries.answered_items(session, campaign.id, unit(name).id)) for name in ("卡若区", "芒康县")
    )
    assert karuo == mangkang
    assert len(karuo) > 80


@pytest.mark.parametrize(
    ("today", "name"),
    [
        ("2023-07-30", "2023-08"),
        ("2024-03-01", "2024-03"),
        ("2024-03-31", "2024-03"),
        ("2026-01-01", "2025-08"),
    ],
)
def test_the_present_month(session: Session, campaign: Campaign, today: str, name: str) -> None:
    found = queries.current_period(queries.periods(session, campaign), date.fromisoformat(today))
    assert found is not None
    assert found.name == name


def test_last_months_next_steps_stand_beside_the_line(
    session: Session,
    march: ReportPeriod,
    sent: MonthlyReport,
    terms_on: TermsOn,
    person: Person,
    terms: Terms,
) -> None:
    april = queries.period_of_month(session, march.campaign, date(2024, 4, 1))
    assert april is not None
    line = sent.lines[0]
    assert queries.last_next_steps(session, april, sent.unit_id) == {}
    actions.send_back(
        session, sent, "请补充", by=person("office"), at=city_moment("2024-03-21T09:00"), terms=terms
    )
    texts = {line.item_id: LineText("已部署", next_steps="召开会商会")}
    at = city_moment("2024-03-21T10:00")
    actions.save_draft(session, sent, texts, by=person("nongye"), at=at, terms=terms_on("2024-03-21"))
    assert queries.last_next_steps(session, april, sent.unit_id) == {}, "not submitted yet"
    actions.submit(session, sent, by=person("nongye"), at=at, terms=terms_on("2024-03-21"))
    assert queries.last_next_steps(session, april, sent.unit_id) == {line.item_id: "召开会商会"}


def test_a_unit_has_two_rates_over_the_months_shown(unit: Callable[[str], Unit]) -> None:
    on_time, late, missing = Status(Shown.ON_TIME), Status(Shown.LATE, 3), Status(Shown.MISSING)
    row = MatrixRow(unit("卡若区"), [on_time, late, missing, Status(Shown.RETURNED), Status(Shown.DUE)])
    assert (row.on_time_count, row.reported_count, row.due_count) == (1, 2, 4)
    assert (row.on_time_rate, row.completeness) == (25, 50)
    assert MatrixRow(row.unit, [Status(Shown.DUE)]).on_time_rate is None


def test_the_counts_of_a_month_are_the_lengths_of_its_lists(
    session: Session, campaign: Campaign, march: ReportPeriod, sent: MonthlyReport, terms_on: TermsOn
) -> None:
    for today, missing in (("2024-03-25", 0), ("2024-03-26", 34)):
        rows = overview.month_rows(session, campaign, march, terms_on(today))
        counts = overview.month_counts(rows)
        assert (counts.total, counts.reported, counts.on_time, counts.missing) == (35, 1, 1, missing)
        assert counts.on_time_rate == 2, "1 of 35, rounded down"
        for choice in overview.choices(rows):
            assert choice.count == len(overview.wanted_rows(rows, choice.value))
        assert len(overview.wanted_rows(rows, "reported")) == counts.reported
        assert len(overview.wanted_rows(rows, "missing")) == counts.missing


def test_every_row_of_a_month_is_in_exactly_one_state_filter(
    session: Session, campaign: Campaign, march: ReportPeriod, draft: MonthlyReport, terms_on: TermsOn
) -> None:
    for today in ("2024-03-20", "2024-03-28"):
        rows = overview.month_rows(session, campaign, march, terms_on(today))
        parts = [
            overview.wanted_rows(rows, name) for name in ("on_time", "late", "returned", "missing", "due")
        ]
        assert sorted(row.unit.id for part in parts for row in part) == sorted(row.unit.id for row in rows)


def test_the_matrix_agrees_with_each_month(
    session: Session, campaign: Campaign, sent: MonthlyReport, terms: Terms
) -> None:
    months = overview.default_months(queries.periods(session, campaign), terms.today)
    assert [months[0].name, months[-1].name] == ["2023-08", "2024-03"]
    found = overview.matrix(session, campaign, months, terms)
    assert found.total == len(found.rows) == 35
    for column, month in enumerate(months):
        by_month = [row.status for row in overview.month_rows(session, campaign, month, terms)]
        assert [row.cells[column] for row in found.rows] == by_month


def test_a_row_of_the_matrix_counts_what_was_on_time(
    session: Session, campaign: Campaign, sent: MonthlyReport, terms: Terms
) -> None:
    found = overview.matrix(session, campaign, queries.periods(session, campaign), terms)
    row = next(row for row in found.rows if row.unit.id == sent.unit_id)
    assert (row.on_time_count, row.due_count) == (1, 8)  # seven months missing before
    assert row.cells[-1].shown is Shown.NOT_STARTED


def test_the_matrix_pages_by_unit(session: Session, campaign: Campaign, terms: Terms) -> None:
    months = queries.periods(session, campaign)
    whole = overview.matrix(session, campaign, months, terms)
    second = overview.matrix(session, campaign, months, terms, offset=20, limit=20)
    assert second.total == 35
    assert [row.unit.short for row in second.rows] == [row.unit.short for row in whole.rows[20:]]


def test_the_last_twelve_months_are_shown(session: Session, campaign: Campaign) -> None:
    months = overview.default_months(queries.periods(session, campaign), date(2025, 2, 10))
    assert [months[0].name, months[-1].name, len(months)] == ["2024-03", "2025-02", 12]


def test_pages_need_few_queries_whatever_the_number_of_units(
    session: Session, campaign: Campaign, march: ReportPeriod, sent: MonthlyReport, terms: Terms
) -> None:
    months = queries.periods(session, campaign)
    session.flush()
    with counted(session) as statements:
        overview.matrix(session, campaign, months, terms, limit=50)
    assert len(statements) == 3
    with counted(session) as statements:
        overview.month_rows(session, campaign, march, terms)
    assert len(statements) == 2


def test_a_unit_sees_the_months_that_have_begun_the_newest_first(
    session: Session, campaign: Campaign, sent: MonthlyReport, terms: Terms
) -> None:
    months = overview.own_months(session, campaign, sent.unit, terms)
    assert [months[0].period.name, months[-1].period.name, len(months)] == ["2024-03", "2023-08", 8]
    assert [months[0].status.words, months[1].status.words] == ["按时", "未报"]


def test_what_the_office_has_in_hand_is_the_same_in_sql(session: Session, sent: MonthlyReport) -> None:
    in_sql = select(MonthlyReport.id).where(queries.was_sent())
    for state, pending_from in product(ReportState, (None, *ReportState)):
        sent.state, sent.pending_from = state, pending_from
        session.flush()
        assert (session.scalar(in_sql) is not None) == is_sent(sent), (state, pending_from)
