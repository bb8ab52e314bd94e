"""Campaigns of a wanted size: the plan of Changdu with fewer units than it has, or with 测试单位 added."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from tests.world import PASSWORD, SEED, city_moment
from tracker.db import Database
from tracker.milestones.fanout import fan_out
from tracker.milestones.models import Milestone
from tracker.milestones.waiting import refresh_all_waiting
from tracker.people.models import User
from tracker.people.passwords import hash_password
from tracker.people.rules import Role
from tracker.plan.models import Campaign, TaskParty, task_deadline
from tracker.plan.seed.loading import load_plan
from tracker.plan.seed.reading import read_plan
from tracker.reports.planning import plan_periods
from tracker.units.models import Unit, UnitGroup
from tracker.units.rules import UnitKind

TODAY = date(2024, 7, 10)
"""Three of the four gates are past, the last one has opened: every share of a task stands on the desk."""
ISSUED = city_moment("2023-07-28T09:00")
UNIT = "芒康县"
"""The unit under test; it is there at every size, with the same tasks."""
LIAISON, OFFICE = "bench-liaison", "bench-office"
COUNTIES, MEMBERS = "各县（区）", "各成员单位"
ROUND = (COUNTIES, COUNTIES, COUNTIES, MEMBERS)
"""In which turn the groups get another unit."""
NEW_KINDS = {COUNTIES: UnitKind.COUNTY, MEMBERS: UnitKind.DEPARTMENT}


@dataclass(frozen=True)
class Size:
    """What a grown campaign holds."""

    milestones: int
    units: int
    test_units: int
    late: int


def grow(database: Database, wanted: int) -> Size:
    """Fill an empty database with a campaign of about `wanted` milestones and a year of work on them."""
    database.upgrade()
    with database.transaction() as session:
        campaign = load_plan(
            session, read_plan(SEED), slug=SEED.name, at=ISSUED, today=ISSUED.date()
        ).campaign
        test_units = _fill_groups(session, campaign, wanted)
        plan_periods(session, campaign)
        add_people(session, campaign)
        for statement in (*WORK, *HISTORY, *REPORTS):
            session.execute(text(statement), {"today": TODAY, "campaign": campaign.id})
        session.expire_all()
        refresh_all_waiting(session, campaign.id)
        size = _size(session, test_units)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))  # what autovacuum does on a day without a bench
    return size


def _fill_groups(session: Session, campaign: Campaign, wanted: int) -> int:
    """Give the groups as many members as the size needs; returns how many of them are 测试单位."""
    groups = {name: _group(session, campaign, name) for name in (COUNTIES, MEMBERS)}
    waiting = {name: sorted(group.members, key=_unit_first) for name, group in groups.items()}
    costs = {name: _milestones_of_member(session, group) for name, group in groups.items()}
    for group in groups.values():
        group.members = []
    named = _fan_out(session, campaign)  # what the plan gives to units by name
    chosen: dict[str, list[Unit]] = {name: [] for name in groups}
    names = _new_names()
    made = 0
    for name in _turns(costs, wanted - named):
        if waiting[name]:
            unit = waiting[name].pop(0)
        else:
            unit = _new_unit(session, campaign, next(names), NEW_KINDS[name])
            made += 1
        chosen[name].append(unit)
    for name, group in groups.items():
        group.members = chosen[name]
    _fan_out(session, campaign)
    return made


def _fan_out(session: Session, campaign: Campaign) -> int:
    session.flush()
    return fan_out(session, campaign, at=ISSUED, today=ISSUED.date()).milestones_added


def _turns(costs: dict[str, int], room: int) -> Iterator[str]:
    """The groups in turn, as long as another member fits in; the unit under test always does."""
    yield COUNTIES
    room -= costs[COUNTIES]
    while room >= min(costs.values()):
        for name in ROUND:
            if costs[name] <= room:
                room -= costs[name]
                yield name


def _new_names() -> Iterator[str]:
    return (f"测试单位{number:03}" for number in range(1, 100_000))


def _new_unit(session: Session, campaign: Campaign, name: str, kind: UnitKind) -> Unit:
    position = 1 + (session.scalar(select(func.max(Unit.position))) or 0)
    unit = Unit(jurisdiction_id=campaign.jurisdiction_id, name=name, short=name, kind=kind, position=position)
    session.add(unit)
    session.flush()
    return unit


def _unit_first(unit: Unit) -> tuple[bool, int]:
    return unit.short != UNIT, unit.position


def _group(session: Session, campaign: Campaign, name: str) -> UnitGroup:
    return session.scalars(
        select(UnitGroup).where(UnitGroup.jurisdiction_id == campaign.jurisdiction_id, UnitGroup.name == name)
    ).one()


def _milestones_of_member(session: Session, group: UnitGroup) -> int:
    """How many milestones one member has through the group."""
    tasks = select(TaskParty.task_id).where(TaskParty.group_id == group.id)
    return session.scalar(select(func.count()).where(task_deadline.c.task_id.in_(tasks))) or 0


def add_people(session: Session, campaign: Campaign) -> None:
    """A liaison in every unit, so that the reminders have somebody to turn to, and one for the office."""
    password = hash_password(PASSWORD)
    units = session.scalars(select(Unit).where(Unit.kind != UnitKind.EXTERNAL)).all()
    people = [(LIAISON if unit.short == UNIT else f"unit-{unit.id}", unit.id, Role.LIAISON) for unit in units]
    people.append((OFFICE, campaign.office_unit_id, Role.OFFICE))
    rows = [
        {
            "unit_id": unit_id, "username": name, "name": name, "role": role,
            "email": f"{name}@example.test", "password_hash": password, "must_change_password": False,
        }
        for name, unit_id, role in people
    ]  # fmt: skip
    session.execute(insert(User), rows)


def _size(session: Session, test_units: int) -> Size:
    late = text(
        "SELECT count(*) FROM milestone WHERE state IN ('open', 'returned') AND NOT is_waiting"
        " AND NOT (state = 'open' AND is_backfill) AND late_from <= :today"
    )
    return Size(
        milestones=session.scalar(select(func.count()).select_from(Milestone)) or 0,
        units=session.scalar(select(func.count(Milestone.unit_id.distinct()))) or 0,
        test_units=test_units,
        late=session.scalar(late, {"today": TODAY}) or 0,
    )


_DUE = "m.campaign_id = :campaign AND (m.due_on < :today OR m.is_backfill)"
_LOT = "(m.id * 7919) % 1000"
_BY = "u.unit_id = m.unit_id AND u.role = 'liaison'"
_SUBMITTED = """
    submitted_on = m.due_on - (m.id % 20)::int,
    submitted_at = m.due_on - (m.id % 20)::int + interval '2 hours',
    submitted_by_id = u.id
"""
"""`_LOT` spreads 0-999 evenly over the rows and is the same in every run."""

WORK = (
    # Of what was due nearly all is done, a tenth waits for acceptance, one in twelve is overdue.
    f"""
    UPDATE milestone m SET state = 'accepted', {_SUBMITTED},
        decided_at = m.due_on + interval '3 hours', decided_by_id = o.id
    FROM user_account u, user_account o
    WHERE {_DUE} AND {_BY} AND o.username = '{OFFICE}' AND ({_LOT} >= 190 OR m.is_backfill AND {_LOT} >= 20)
    """,
    f"""
    UPDATE milestone m SET state = 'submitted', {_SUBMITTED}
    FROM user_account u WHERE {_DUE} AND {_BY} AND NOT m.is_backfill AND {_LOT} BETWEEN 90 AND 189
    """,
    f"""
    UPDATE milestone m SET state = 'returned', reason = '材料不完整，请补充后再报',
        returned_on = CAST(:today AS date) - 1, due_on = CAST(:today AS date) + 2,
        late_from = CAST(:today AS date) + 3
    WHERE {_DUE} AND NOT m.is_backfill AND {_LOT} BETWEEN 80 AND 89
    """,
    # Some are early with the last gate.
    f"""
    UPDATE milestone m SET state = 'submitted', submitted_on = CAST(:today AS date) - 1,
        submitted_at = CAST(:today AS date) - interval '15 hours', submitted_by_id = u.id
    FROM user_account u
    WHERE m.campaign_id = :campaign AND {_BY} AND m.due_on > CAST(:today AS date) + 30
        AND m.opens_on <= :today AND {_LOT} < 100
    """,
)
HISTORY = (
    """
    INSERT INTO event (at, by_id, as_role, subject, subject_id, verb, "before", "after", note)
    SELECT submitted_at, submitted_by_id, 'liaison', 'milestone', id, 'submit',
        '{"state": "open"}', '{"state": "submitted"}', ''
    FROM milestone WHERE campaign_id = :campaign AND submitted_at IS NOT NULL
    """,
    """
    INSERT INTO event (at, by_id, as_role, subject, subject_id, verb, "before", "after", note)
    SELECT decided_at, decided_by_id, 'office', 'milestone', id, 'accept',
        '{"state": "submitted"}', '{"state": "accepted"}', ''
    FROM milestone WHERE campaign_id = :campaign AND decided_at IS NOT NULL
    """,
)
REPORTS = (
    """
    INSERT INTO monthly_report (period_id, unit_id, state, first_submitted_at, submitted_at,
        submitted_by_id, return_reason, is_resubmitted_late, version)
    SELECT p.id, u.unit_id, 'accepted', sent.at, sent.at, u.id, '', false, 1
    FROM report_period p
    JOIN user_account u ON u.role = 'liaison'
    CROSS JOIN LATERAL (SELECT p.due_on + ((u.id + p.id) % 10 / 9 * 3)::int - interval '1 day' AS at) AS sent
    WHERE p.campaign_id = :campaign AND p.due_on < :today AND (u.id * 17 + p.id * 31) % 20 > 0
    """,
)
