"""停用单位: a unit that has nothing left; what it did stays, and it may come back."""

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.assignments.models import Assignment
from tracker.errors import Refused, enforce
from tracker.events.actions import record
from tracker.handover.rules import UnitBurden, reason_not_to_stop
from tracker.people.models import User
from tracker.people.queries import in_service
from tracker.people.rules.managing import Power, reason_not_to_manage
from tracker.plan.models import Reporter
from tracker.units.models import Unit


def stop_unit(session: Session, unit: Unit, *, by: User, at: datetime, today: date) -> None:
    """No page offers the unit any more; its milestones, reports and documents stay as they are.

    Raises:
        Refused: `by` may not, or the unit still has people, tasks, groups or a report to send.
    """
    _check_may(by)
    if not unit.is_active:
        raise Refused("该单位已经停用")
    if reason := reason_not_to_stop(unit.kind, burden_of_unit(session, unit, today)):
        raise Refused(reason)
    unit.is_active = False
    unit.jurisdiction.edition += 1
    record(session, "unit", unit.id, "disable", by=by, at=at, unit_id=unit.id)


def start_unit(session: Session, unit: Unit, *, by: User, at: datetime) -> None:
    """The unit is there again.

    Raises:
        Refused: `by` may not, it is not stopped, or it was merged into another one.
    """
    _check_may(by)
    if unit.merged_into is not None:
        raise Refused(f"该单位已并入{unit.merged_into.short}，不能恢复使用")
    if unit.is_active:
        raise Refused("该单位正在使用")
    unit.is_active = True
    unit.jurisdiction.edition += 1
    record(session, "unit", unit.id, "enable", by=by, at=at, unit_id=unit.id)


def burden_of_unit(session: Session, unit: Unit, today: date) -> UnitBurden:
    """What a unit still has."""
    people = select(func.count()).where(User.unit_id == unit.id, in_service(today))
    shares = select(func.count()).where(Assignment.unit_id == unit.id, Assignment.left_on.is_(None))
    reports = select(func.count()).where(Reporter.unit_id == unit.id, Reporter.is_on)
    return UnitBurden(
        people=session.scalar(people) or 0,
        shares=session.scalar(shares) or 0,
        groups=tuple(group.name for group in unit.groups),
        is_reporting=bool(session.scalar(reports)),
    )


def _check_may(by: User) -> None:
    enforce(reason_not_to_manage(by.role, Power.STOP))
