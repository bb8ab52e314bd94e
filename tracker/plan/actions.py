"""What the office sets for its campaign."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.errors import Refused, Stale, enforce
from tracker.events.actions import record
from tracker.people.models import User
from tracker.plan.models import Campaign, Material, Reporter, Task
from tracker.plan.rules import MaterialKind, refuse_drop, refuse_rename, refuse_restore
from tracker.units.models import Jurisdiction, Unit, UnitGroup, group_member

Party = Unit | UnitGroup
Key = tuple[int | None, int | None]
"""The unit or the group of a reporter."""


def set_office_phone(session: Session, campaign: Campaign, phone: str, *, by: User, at: datetime) -> None:
    """市食安办电话, which every page and mail names."""
    before, campaign.office_phone = campaign.office_phone, phone
    record(
        session, "campaign", campaign.id, "set_phone", by=by, at=at,
        before={"office_phone": before}, after={"office_phone": phone},
    )  # fmt: skip
    session.flush()


def set_acceptance(
    session: Session, campaign: Campaign, is_by_system: bool, *, by: User, at: datetime
) -> None:
    """办结方式: whether the system accepts what is submitted with all its materials."""
    before, campaign.is_accepted_by_system = campaign.is_accepted_by_system, is_by_system
    record(
        session, "campaign", campaign.id, "set_acceptance", by=by, at=at,
        before={"is_accepted_by_system": before}, after={"is_accepted_by_system": is_by_system},
    )  # fmt: skip
    session.flush()


def set_reporters(
    session: Session, campaign: Campaign, parties: Collection[Party], *, by: User, at: datetime, today: date
) -> int:
    """Say who reports every month (groups, single units), for months that are not due yet. Months that
    were due stay owed by whom they were, and what was sent stays; returns how many were switched.

    Raises:
        Refused: nobody would report.
    """
    if not parties:
        raise Refused("请至少选一个集合或单位")
    newest = {_key(row): row for row in campaign.reporters}
    wanted: set[Key] = {(one.id, None) if isinstance(one, Unit) else (None, one.id) for one in parties}
    before = _reporting_names(newest.values())
    for key in sorted(wanted, key=str):
        if key not in newest or not newest[key].is_on:
            _switch_on(campaign, newest.get(key), key, today)
    for key, row in newest.items():
        if row.is_on and key not in wanted:
            row.is_on, row.until_on = False, today
    session.flush()
    session.expire(campaign, ["reporters"])
    after = _reporting_names({_key(row): row for row in campaign.reporters}.values())
    if after != before:
        record(
            session, "campaign", campaign.id, "set_reporters", by=by, at=at,
            before={"reporters": "、".join(sorted(before))}, after={"reporters": "、".join(sorted(after))},
        )  # fmt: skip
    return len(after ^ before)


def _switch_on(campaign: Campaign, row: Reporter | None, key: Key, today: date) -> None:
    if row is not None and row.until_on == today:  # taken back on the same day
        row.is_on, row.until_on = True, None
    elif row is not None and row.until_on is None:
        row.is_on, row.since_on = True, today
    else:
        campaign.reporters.append(Reporter(unit_id=key[0], group_id=key[1], since_on=today, is_on=True))


def keep_months(session: Session, row: Reporter, unit: Unit, today: date) -> None:
    """A unit is about to leave a group that reports, or did: the months that were due stay owed by it, as
    the time of a row of its own."""
    if not row.is_on and row.until_on is None:
        return
    membership = group_member.c.group_id == row.group_id, group_member.c.unit_id == unit.id
    joined_on = session.scalar(select(group_member.c.joined_on).where(*membership))
    since = max(filter(None, (row.since_on, joined_on)), default=None)
    until = row.until_on or today
    if since is None or since < until:
        kept = Reporter(
            campaign_id=row.campaign_id, unit_id=unit.id, is_on=False, since_on=since, until_on=until
        )
        session.add(kept)


def _key(row: Reporter) -> Key:
    return row.unit_id, row.group_id


def _reporting_names(rows: Iterable[Reporter]) -> set[str]:
    return {party.name for row in rows if row.is_on and (party := row.unit or row.group)}


def add_material(
    session: Session,
    task: Task,
    name: str,
    kind: MaterialKind,
    *,
    is_per_year: bool = False,
    by: User,
    at: datetime,
) -> Material:
    """Ask for one more material than the plan does.

    Raises:
        Refused: the task has one of this name.
    """
    _lock(session, task)
    _refuse_taken(task, name)
    position = max((slot.position for slot in task.materials), default=0) + 1
    material = Material(
        number=None, position=position, name=name, kind=kind, is_per_year=is_per_year, is_edited=True,
    )  # fmt: skip
    task.materials.append(material)
    session.flush()
    _note(session, material, "add", by, at, after={"name": name, "kind": kind.value})
    return material


def rename_material(
    session: Session, material: Material, name: str, *, by: User, at: datetime, seen: str | None = None
) -> None:
    """Call a material what the city calls it; loading the plan again keeps the new name.

    Args:
        seen: the name that the person saw.

    Raises:
        Refused: it is dropped, or the task has another of this name. Stale: somebody renamed it meanwhile.
    """
    _lock(session, material.task)
    if seen is not None and seen != material.name:
        raise Stale
    enforce(refuse_rename(material.is_dropped))
    if name == material.name:
        return
    _refuse_taken(material.task, name)
    before, material.name, material.is_edited = material.name, name, True
    _note(session, material, "rename", by, at, before={"name": before}, after={"name": name})


def drop_material(session: Session, material: Material, *, by: User, at: datetime) -> None:
    """Ask for a material no longer; what hangs on it stays.

    Raises:
        Refused: it is dropped already, or it is the only one of its task.
    """
    _lock(session, material.task)
    kept_count = sum(not slot.is_dropped for slot in material.task.materials)
    enforce(refuse_drop(material.is_dropped, kept_count))
    material.is_dropped = material.is_edited = True
    _note(session, material, "drop", by, at)


def restore_material(session: Session, material: Material, *, by: User, at: datetime) -> None:
    """Ask for a dropped material again.

    Raises:
        Refused: it is not dropped.
    """
    _lock(session, material.task)
    enforce(refuse_restore(material.is_dropped))
    material.is_dropped, material.is_edited = False, True
    _note(session, material, "restore", by, at)


def _lock(session: Session, task: Task) -> None:
    """Two people who work on the slots of a task do so one after the other."""
    session.execute(select(Task.id).where(Task.id == task.id).with_for_update())
    query = select(Material).where(Material.task_id == task.id).order_by(Material.position, Material.id)
    session.execute(query.execution_options(populate_existing=True)).all()
    session.expire(task, ["materials"])


def _refuse_taken(task: Task, name: str) -> None:
    if name in {slot.name for slot in task.materials}:
        raise Refused(f"这项任务已经有“{name}”")


def _note(
    session: Session,
    material: Material,
    verb: str,
    by: User,
    at: datetime,
    *,
    before: dict[str, str] | None = None,
    after: dict[str, str] | None = None,
) -> None:
    """Write the event, and let every process read the words of the plan afresh."""
    campaign = session.get_one(Campaign, material.task.campaign_id)
    campaign.jurisdiction.edition = Jurisdiction.edition + 1
    record(session, "material", material.id, verb, by=by, at=at, before=before, after=after)
    session.flush()
