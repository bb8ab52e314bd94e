"""What the office does with the working calendar; its page is in `reports.views`, as report days follow."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.errors import Refused
from tracker.events.actions import record
from tracker.people.models import User
from tracker.units.models import Jurisdiction
from tracker.workdays.models import SpecialDay
from tracker.workdays.rules import DayKind

Days = Mapping[date, tuple[DayKind, str]]
"""What the days are, with the name of the festival."""


def enter_days(session: Session, jurisdiction: Jurisdiction, days: Days, *, by: User, at: datetime) -> int:
    """录入: the days are the office's own from now on, which loading the plan again leaves alone.

    Returns:
        how many days were new or changed.
    """
    there = _special_days(session, jurisdiction)
    changed = {day: told for day, told in days.items() if _facts(there.get(day)) != told}
    before = {day.isoformat(): _words(there[day]) for day in changed if day in there}
    for day, (kind, name) in changed.items():
        special = there.get(day) or SpecialDay(jurisdiction_id=jurisdiction.id, day=day)
        special.kind, special.name, special.is_local = kind, name, True
        session.add(special)
    if changed:
        after = {day.isoformat(): f"{kind.label} {name}" for day, (kind, name) in changed.items()}
        _note(session, jurisdiction, before, after, by, at)
    return len(changed)


def drop_day(session: Session, jurisdiction: Jurisdiction, day: date, *, by: User, at: datetime) -> None:
    """删除 a day that the office entered: it is what the plain week says again.

    Raises:
        Refused: it came with the plan, and would come again.
    """
    special = _special_days(session, jurisdiction).get(day)
    if special is None:
        raise Refused("这一天已经不在工作日历里")
    if not special.is_local:
        raise Refused("这一天是随方案装入的国家安排，不能删除；确有变动的，请重新录入这一天")
    session.delete(special)
    _note(session, jurisdiction, {day.isoformat(): _words(special)}, {}, by, at)


def _special_days(session: Session, jurisdiction: Jurisdiction) -> dict[date, SpecialDay]:
    rows = session.scalars(select(SpecialDay).where(SpecialDay.jurisdiction_id == jurisdiction.id))
    return {row.day: row for row in rows}


def _facts(special: SpecialDay | None) -> tuple[DayKind, str] | None:
    return (special.kind, special.name) if special else None


def _words(special: SpecialDay) -> str:
    return f"{special.kind.label} {special.name}"


def _note(
    session: Session,
    jurisdiction: Jurisdiction,
    before: dict[str, str],
    after: dict[str, str],
    by: User,
    at: datetime,
) -> None:
    jurisdiction.edition += 1
    session.flush()
    record(session, "jurisdiction", jurisdiction.id, "set_days", by=by, at=at, before=before, after=after)
