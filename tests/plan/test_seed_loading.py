"""Loading a plan: complete, once, and changed in place where its files change."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from tracker.assignments.models import Assignment
from tracker.commands.seed import Started, start_campaign
from tracker.db import Database
from tracker.errors import Refused
from tracker.events.models import Event
from tracker.milestones.models import Milestone
from tracker.milestones.rules import State
from tracker.plan.models import Campaign, Deadline, Phase, PlanItem, Reporter, Task
from tracker.plan.queries import campaign_by_slug
from tracker.plan.rules import Duty, ItemKind, PartyRole
from tracker.plan.seed.loading import Loaded, load_plan
from tracker.plan.seed.reading import read_plan
from tracker.plan.seed.rows import Plan
from tracker.reports.models import ReportPeriod
from tracker.shipped import SEED
from tracker.units.models import Unit, UnitGroup
from tracker.workdays.models import SpecialDay

AT = datetime(2023, 7, 28, 1, 0, tzinfo=UTC)
Start = Callable[..., Started]
Load = Callable[..., Loaded]


@pytest.fixture
def plan() -> Plan:
    return read_plan(SEED / "changdu-2023")


@pytest.fixture
def start(session: Session) -> Start:
    """Loads a plan on the day on which it was issued, unless told otherwise."""

    def load(plan: Plan, **options: object) -> Started:
        moment: dict[str, object] = {"at": AT, "today": date(2023, 7, 28)}
        started = start_campaign(session, plan, **(moment | options))  # type: ignore[arg-type]  # passed on
        session.expire_all()
        return started

    return load


@pytest.fixture
def load(session: Session) -> Load:
    """The same without report months and milestones."""

    def load(plan: Plan, **options: object) -> Loaded:
        moment: dict[str, object] = {"slug": plan.settings.slug, "at": AT, "today": date(2023, 7, 28)}
        loaded = load_plan(session, plan, **(moment | options))  # type: ignore[arg-type]  # passed on
        session.expire_all()
        return loaded

    return load


@pytest.fixture
def campaign(session: Session, plan: Plan) -> Campaign:
    """The campaign that every seeded test finds."""
    return session.scalars(select(Campaign).where(Campaign.slug == plan.settings.slug)).one()


def task(session: Session, campaign: Campaign, code: str) -> Task:
    return session.scalars(select(Task).where(Task.campaign_id == campaign.id, Task.code == code)).one()


def parties(task: Task) -> list[tuple[PartyRole, str]]:
    owners = [(party.role, party.unit or party.group) for party in task.parties]
    return [(role, owner.name) for role, owner in owners if owner]


def changed_task(plan: Plan, indicator: int, number: int, **values: object) -> Plan:
    return replace(
        plan,
        tasks=[
            replace(row, **values) if (row.indicator, row.number) == (indicator, number) else row  # type: ignore[arg-type]
            for row in plan.tasks
        ],
    )


def test_a_plan_loads_completely_and_fast(empty_database: Database, plan: Plan) -> None:
    empty_database.upgrade()
    with empty_database.transaction() as session:
        began = time.process_time()  # what other processes take is not the loading
        started = start_campaign(
            session, read_plan(SEED / plan.settings.slug), at=AT, today=date(2024, 3, 22)
        )
        took = time.process_time() - began
    assert took < 2
    assert started.periods_added == 25
    assert started.fan_out.milestones_added > 6000
    with empty_database.session() as session:
        kinds = select(PlanItem.kind, func.count()).group_by(PlanItem.kind)
        assert dict(session.execute(kinds).all()) == {
            ItemKind.SECTION: 6, ItemKind.POINT: 36, ItemKind.INDICATOR: 94, ItemKind.PROJECT: 12,
            ItemKind.ACTION: 12, ItemKind.PHASE_TASK: 20, ItemKind.REQUIREMENT: len(plan.requirements),
        }  # fmt: skip
        assert session.scalar(select(func.count()).select_from(Task).where(Task.section.is_not(None))) == 217
        assert session.scalar(select(func.count()).select_from(SpecialDay)) == len(plan.working_days)
        assert session.scalar(select(func.count()).select_from(Event)) == 1


def test_a_second_run_changes_nothing(session: Session, start: Start, plan: Plan) -> None:
    events = session.scalar(select(func.count()).select_from(Event))
    again = start(plan, today=date(2024, 3, 22))
    assert (again.loaded.added, again.loaded.changed, again.loaded.retired) == (0, 0, [])
    assert again.periods_added == 0
    assert (again.fan_out.assignments_added, again.fan_out.milestones_added) == (0, 0)
    assert session.scalar(select(func.count()).select_from(Event)) == events


def test_basic_tasks_are_due_at_the_four_gates(session: Session, campaign: Campaign) -> None:
    basic = task(session, campaign, "11-1")
    assert [deadline.code for deadline in basic.deadlines] == ["G1", "G2", "G3", "G4"]
    assert basic.section == 1
    assert parties(basic) == [(PartyRole.LEAD, "市农业农村局")]
    assert task(session, campaign, "1-2").duty is Duty.MIRROR


def test_lead_stands_before_support_in_the_order_of_the_document(
    session: Session, campaign: Campaign
) -> None:
    assert parties(task(session, campaign, "1-1")) == [
        (PartyRole.LEAD, "市食品药品安全委员会办公室"),
        (PartyRole.SUPPORT, "市委巡察办"),
        (PartyRole.SUPPORT, "市委督查室"),
        (PartyRole.SUPPORT, "市政府督查室"),
    ]


def test_an_initiative_is_one_task_of_its_title_and_text(session: Session, campaign: Campaign) -> None:
    project = task(session, campaign, "工程9")
    assert project.item.kind is ItemKind.PROJECT
    assert project.text.startswith("明厨亮灶改造提升工程。鼓励有条件的餐饮服务单位")
    assert [role for role, _ in parties(project)] == [PartyRole.LEAD] * 2 + [PartyRole.SUPPORT] * 2
    assert "D20231231A" in [deadline.code for deadline in project.deadlines]


def test_a_duty_without_a_deadline_is_an_item_and_no_task(session: Session, campaign: Campaign) -> None:
    codes = set(session.scalars(select(Task.code).where(Task.campaign_id == campaign.id)))
    items = set(session.scalars(select(PlanItem.code).where(PlanItem.campaign_id == campaign.id)))
    assert "要求七-9" in items - codes
    assert {"阶段4-1", "阶段2-3"} <= codes


def test_a_changed_text_changes_in_place(session: Session, load: Load, plan: Plan) -> None:
    before = task(session, load(plan).campaign, "11-1").id
    loaded = load(changed_task(plan, 11, 1, text="新的文字。"))
    after = task(session, loaded.campaign, "11-1")
    assert (after.id, after.text) == (before, "新的文字。")
    assert (loaded.added, loaded.changed) == (0, 1)


def test_a_changed_unit_moves_the_task_and_keeps_the_history(
    session: Session, start: Start, plan: Plan
) -> None:
    started = start(changed_task(plan, 11, 1, lead=("市生态环境局",), supporting=("市农业农村局",)))
    moved = task(session, started.campaign, "11-1")
    assert parties(moved) == [(PartyRole.LEAD, "市生态环境局"), (PartyRole.SUPPORT, "市农业农村局")]
    assert started.loaded.changed == 1
    assert started.fan_out.assignments_added == 1


def test_a_task_that_left_the_files_keeps_its_rows_and_is_owed_by_nobody(
    session: Session, start: Start, plan: Plan
) -> None:
    without = replace(plan, tasks=[row for row in plan.tasks if (row.indicator, row.number) != (2, 2)])
    started = start(without)
    assert started.loaded.retired == ["2-2"]
    retired = task(session, started.campaign, "2-2")
    assert retired.parties == []
    assignment = session.scalars(select(Assignment).where(Assignment.task_id == retired.id)).one()
    assert assignment.left_on == date(2023, 7, 28)
    states = select(Milestone.state).where(Milestone.task_id == retired.id)
    assert set(session.scalars(states)) == {State.LEFT}
    again = start(without)
    assert (again.loaded.changed, again.loaded.retired) == (0, ["2-2"])


def test_the_plan_moves_to_another_start(session: Session, start: Start, plan: Plan) -> None:
    campaign = start(plan, slug="moved", start=date(2026, 1, 1), today=date(2026, 11, 22)).campaign
    assert (campaign.starts_on, campaign.ends_on, campaign.live_on) == (
        date(2026, 1, 1), date(2029, 1, 31), date(2026, 11, 22),
    )  # fmt: skip
    gate = session.scalars(
        select(Deadline).where(Deadline.campaign_id == campaign.id, Deadline.code == "G2")
    ).one()
    assert (gate.opens_on, gate.due_on) == (date(2027, 1, 1), date(2027, 9, 30))
    phase = session.scalars(select(Phase).where(Phase.campaign_id == campaign.id, Phase.number == 5)).one()
    assert (phase.starts_on, phase.ends_on) == (date(2027, 10, 1), date(2027, 10, 31))
    periods = session.scalars(
        select(ReportPeriod).where(ReportPeriod.campaign_id == campaign.id).order_by(ReportPeriod.month)
    ).all()
    assert (periods[0].month, periods[0].due_on) == (date(2027, 1, 1), date(2027, 1, 25))
    assert (len(periods), periods[-1].due_on) == (25, date(2029, 1, 25))


def test_a_campaign_that_moved_stays_where_it_is(session: Session, start: Start, plan: Plan) -> None:
    start(plan, slug="moved", start=date(2026, 1, 1))
    again = start(plan, slug="moved")
    assert (again.loaded.changed, again.campaign.starts_on) == (0, date(2026, 1, 1))
    with pytest.raises(Refused, match="“moved”已经从 2026-01 开始，不能改为 2026-02"):
        start(plan, slug="moved", start=date(2026, 2, 1))


def test_two_campaigns_share_the_units(session: Session, load: Load, plan: Plan, campaign: Campaign) -> None:
    units = session.scalar(select(func.count()).select_from(Unit))
    second = load(plan, slug="second").campaign
    assert (campaign.id, campaign.slug) != (second.id, second.slug)
    assert session.scalar(select(func.count()).select_from(Unit)) == units
    assert campaign.office_unit_id == second.office_unit_id


@pytest.mark.parametrize(
    ("today", "live_on"),
    [
        (date(2024, 3, 22), date(2024, 3, 22)),
        (date(2022, 8, 1), date(2022, 8, 1)),
        (date(2022, 7, 31), date(2023, 7, 28)),
        (date(2026, 11, 22), date(2023, 7, 28)),
    ],
)
def test_a_campaign_goes_live_today_or_with_its_plan(
    load: Load, plan: Plan, today: date, live_on: date
) -> None:
    assert load(plan, slug="live", today=today).campaign.live_on == live_on


def test_the_day_of_going_live_stays_unless_it_is_given(load: Load, plan: Plan) -> None:
    load(plan, slug="live", today=date(2024, 1, 1))
    assert load(plan, slug="live", today=date(2024, 3, 22)).campaign.live_on == date(2024, 1, 1)
    given = load(plan, slug="live", today=date(2024, 3, 22), live_on=date(2024, 2, 2))
    assert given.campaign.live_on == date(2024, 2, 2)


def test_who_reports_is_the_offices_own_after_the_first_load(
    session: Session, load: Load, plan: Plan
) -> None:
    campaign = load(plan, slug="reports").campaign
    assert [(row.unit.name if row.unit else row.group.name if row.group else "", row.is_on)
            for row in campaign.reporters] == [
        ("各县（区）", True), ("各成员单位", True), ("新区管委会", False),
    ]  # fmt: skip
    zone = session.scalars(select(Reporter).where(Reporter.unit_id.is_not(None)).order_by(Reporter.id.desc()))
    zone.first().is_on = True  # type: ignore[union-attr]  # just loaded
    session.flush()
    assert load(plan, slug="reports").changed == 0
    assert [row.is_on for row in campaign.reporters] == [True, True, True]


def test_members_that_the_office_set_are_not_presumed_again(session: Session, load: Load, plan: Plan) -> None:
    load(plan)
    members = session.scalars(select(UnitGroup).where(UnitGroup.name == "各成员单位")).one()
    left = members.members.pop()
    members.is_edited = True
    session.flush()
    assert load(plan).changed == 0
    assert left not in members.members


def test_a_local_holiday_is_not_overwritten(session: Session, load: Load, plan: Plan) -> None:
    load(plan)
    day = session.scalars(select(SpecialDay).where(SpecialDay.day == date(2024, 2, 12))).one()
    day.name, day.is_local = "藏历新年", True
    session.flush()
    load(plan)
    assert day.name == "藏历新年"


def test_every_field_of_the_files_reaches_the_database(session: Session, campaign: Campaign) -> None:
    """A row of each table has something in every column that the plan fills for it."""
    filled = {
        PlanItem: {"title", "text", "text_raw", "points", "choice", "choose_count", "methods", "method_raw",
                   "lead_raw", "responsible_raw", "note", "parent_id", "phase_id"},
        Task: {"text_raw", "note", "section"},
        Deadline: {"gate", "title", "note"},
        Phase: {"gate", "note"},
    }  # fmt: skip
    for model, columns in filled.items():
        rows = session.scalars(select(model).where(model.campaign_id == campaign.id)).all()  # type: ignore[attr-defined]
        assert columns <= {column.key for column in inspect(model).column_attrs}
        assert [name for name in sorted(columns) if not any(getattr(row, name) for row in rows)] == []


def test_nobody_knows_a_campaign_of_another_name(session: Session) -> None:
    assert campaign_by_slug(session, "nowhere") is None
