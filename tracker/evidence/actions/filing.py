"""Filing: a unit's documents come in, are renewed and described, stand here and there, or go."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from tracker.assignments.models import Assignment
from tracker.errors import Refused
from tracker.events.actions import record
from tracker.evidence.actions.notes import check, record_step
from tracker.evidence.models import Evidence, EvidenceVersion, Placement
from tracker.evidence.queries import Slot, twin_of_unit
from tracker.evidence.rules import EvidenceState, Step, guessed_year, refuse_add
from tracker.files.actions import Received, register
from tracker.files.models import StoredFile
from tracker.people.models import User


@dataclass(frozen=True)
class Description:
    """What a document is: its title, 文号, issuer, the day on it, the year it proves, pages, a note."""

    title: str
    document_number: str
    issuer: str
    dated_on: date | None
    proves_year: int
    page_count: int | None
    note: str


@dataclass(frozen=True)
class Added:
    """What filing a content did; `is_reused` when the unit had the very content already."""

    evidence: Evidence
    is_reused: bool


def add(
    session: Session,
    assignment: Assignment,
    received: Received,
    slots: Collection[Slot],
    *,
    by: User,
    at: datetime,
    today: date,
) -> Added:
    """上传: file a content under expected materials of the unit's share. The same content is not kept
    twice: the unit's document that holds it is filed there as well.

    Args:
        slots: at least one, of the assignment's task.

    Raises:
        Refused: `by` may not act for the unit, or the unit has left the task.
    """
    if reason := refuse_add(assignment.unit_id, assignment.left_on, by):
        raise Refused(reason)
    file = register(session, received, at=at)
    twin = twin_of_unit(session, assignment.campaign_id, assignment.unit_id, file.id)
    evidence = twin or _new(session, assignment, received, file, by=by, at=at, today=today)
    for slot in slots:
        _file_under(evidence, slot)
    session.flush()
    step = Step.PLACE if twin else Step.ADD
    note = f"{evidence.title} → {'、'.join(slot.name for slot in slots)}"
    record_step(session, evidence, step, by=by, at=at, task_id=assignment.task_id, note=note)
    return Added(evidence, is_reused=twin is not None)


def add_version(
    session: Session, evidence: Evidence, received: Received, *, by: User, at: datetime, version: int | None
) -> None:
    """更新: a newer content of the same document; the older ones stay. What was accepted is handed in
    again, what was returned becomes a draft until the next tick.

    Raises:
        Refused: `by` may not, or it is the very content that is there. Stale: somebody was quicker.
    """
    check(evidence, Step.ADD_VERSION, by, version)
    file = register(session, received, at=at)
    if file.id == evidence.file_id:
        raise Refused("内容与现在的版本完全相同，没有新增版本")
    evidence.version_count += 1
    _write_version(evidence, received.name, file, by=by, at=at)
    evidence.file, evidence.file_name = file, received.name
    if evidence.state is EvidenceState.ACCEPTED:
        evidence.state = EvidenceState.SUBMITTED
    elif evidence.state is EvidenceState.RETURNED:
        evidence.state = EvidenceState.DRAFT
    session.flush()
    note = f"{evidence.title}（第 {evidence.version_count} 版）"
    record_step(session, evidence, Step.ADD_VERSION, by=by, at=at, note=note)


def describe(
    session: Session,
    evidence: Evidence,
    description: Description,
    *,
    by: User,
    at: datetime,
    version: int | None,
) -> None:
    """修改说明: say what the document is.

    Raises:
        Refused: it was accepted, or `by` may not. Stale: somebody changed it since.
    """
    check(evidence, Step.DESCRIBE, by, version)
    before = {name: str(getattr(evidence, name) or "") for name in vars(description)}
    after = {name: str(value or "") for name, value in vars(description).items()}
    changed = [name for name in after if after[name] != before[name]]
    if not changed:
        return
    for name in changed:
        setattr(evidence, name, getattr(description, name))
    session.flush()
    record(
        session, "evidence", evidence.id, Step.DESCRIBE.value, by=by, at=at, unit_id=evidence.unit_id,
        before={name: before[name] for name in changed}, after={name: after[name] for name in changed},
    )  # fmt: skip


def file_under(session: Session, evidence: Evidence, slot: Slot, *, by: User, at: datetime) -> None:
    """归入: let the document stand under one more expected material.

    Raises:
        Refused: `by` may not, or it stands there already.
    """
    check(evidence, Step.PLACE, by, None)
    if not _file_under(evidence, slot):
        raise Refused(f"已经归入“{slot.name}”")
    session.flush()
    note = f"{evidence.title} → {slot.name}"
    record_step(session, evidence, Step.PLACE, by=by, at=at, task_id=slot.task_id, note=note)


def take_out(session: Session, evidence: Evidence, placement: Placement, *, by: User, at: datetime) -> None:
    """移出: no longer under this expected material; the last place stays, the document is deleted instead.

    Raises:
        Refused: `by` may not, it was handed in, or it stands nowhere else.
    """
    check(evidence, Step.DISPLACE, by, None)
    if len(evidence.placements) == 1:
        raise Refused("这是材料的最后一个位置；如不再需要，请删除材料")
    note = f"{evidence.title} ← {placement.material.name}"
    record_step(session, evidence, Step.DISPLACE, by=by, at=at, task_id=placement.task_id, note=note)
    evidence.placements.remove(placement)
    flag_modified(evidence, "state")  # moves the row's version: of two at once one must not be the last
    session.flush()


def delete(session: Session, evidence: Evidence, *, by: User, at: datetime, version: int | None) -> None:
    """删除 a draft that nobody has relied on.

    Raises:
        Refused: it was handed in, or an earlier version was accepted. Stale: somebody changed it.
    """
    check(evidence, Step.DELETE, by, version)
    if any(each.accepted_at for each in evidence.versions):
        raise Refused("较早的版本已被采信，不能删除")
    record_step(session, evidence, Step.DELETE, by=by, at=at, note=evidence.title)
    session.delete(evidence)
    session.flush()


def _new(
    session: Session,
    assignment: Assignment,
    received: Received,
    file: StoredFile,
    *,
    by: User,
    at: datetime,
    today: date,
) -> Evidence:
    evidence = Evidence(
        campaign_id=assignment.campaign_id,
        unit_id=assignment.unit_id,
        file=file,
        file_name=received.name,
        title=received.name.rpartition(".")[0] or received.name,
        proves_year=guessed_year(received.name, today),
        created_at=at,
        created_by_id=by.id,
        placements=[],
        versions=[],
    )
    session.add(evidence)
    session.flush()
    _write_version(evidence, received.name, file, by=by, at=at)
    return evidence


def _write_version(evidence: Evidence, name: str, file: StoredFile, *, by: User, at: datetime) -> None:
    """The newest version stands first, as the table's own order has it."""
    number = evidence.version_count
    evidence.versions.insert(0, EvidenceVersion(number=number, file=file, file_name=name, at=at, by_id=by.id))


def _file_under(evidence: Evidence, slot: Slot) -> bool:
    if any(placement.material_id == slot.id for placement in evidence.placements):
        return False
    evidence.placements.append(Placement(material_id=slot.id, task_id=slot.task_id, unit_id=evidence.unit_id))
    return True
