"""What the office sets for its campaign."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.errors import Refused, Stale
from tracker.events.actions import record
from tracker.people.models import User
from tracker.plan.models import Campaign, Material, Reporter, Task
from tracker.plan.rules import MaterialKind, refuse_drop, refuse_rename, refuse_restore
from tracker.units.models import Jurisdiction


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


def switch_reporter(
    session: Session, reporter: Reporter, is_on: bool, *, by: User, at: datetime, today: date
) -> None:
    """Let a unit that the plan leaves open report every month from today's on, or no longer."""
    if is_on == reporter.is_on:
        return
    before, reporter.is_on = reporter.is_on, is_on
    reporter.since_on = today if is_on else None
    record(
        session, "reporter", reporter.id, "switch", by=by, at=at,
        before={"is_on": before}, after={"is_on": is_on},
    )  # fmt: skip
    session.flush()


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
    _refuse(refuse_rename(material.is_dropped))
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
    _refuse(refuse_drop(material.is_dropped, kept_count))
    material.is_dropped = material.is_edited = True
    _note(session, material, "drop", by, at)


def restore_material(session: Session, material: Material, *, by: User, at: datetime) -> None:
    """Ask for a dropped material again.

    Raises:
        Refused: it is not dropped.
    """
    _lock(session, material.task)
    _refuse(refuse_restore(material.is_dropped))
    material.is_dropped, material.is_edited = False, True
    _note(session, material, "restore", by, at)


def _lock(session: Session, task: Task) -> None:
    """Two people who work on the slots of a task do so one after the other."""
    session.execute(select(Task.id).where(Task.id == task.id).with_for_update())
    query = select(Material).where(Material.task_id == task.id).order_by(Material.position, Material.id)
    session.execute(query.execution_options(populate_existing=True)).all()
    session.expire(task, ["materials"])


def _refuse(reason: str | None) -> None:
    if reason:
        raise Refused(reason)


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
