"""What people do with documents: file them, renew, describe, hand in, accept, return, delete."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from tracker.assignments.models import Assignment
from tracker.errors import Refused, Stale
from tracker.events.actions import record
from tracker.evidence.models import Evidence, EvidenceVersion, Placement
from tracker.evidence.queries import Slot, twin_of_unit
from tracker.evidence.rules import EvidenceState, Step, guessed_year, refuse_add, refuse_step
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
    _record(session, evidence, step, by=by, at=at, task_id=assignment.task_id, note=note)
    return Added(evidence, is_reused=twin is not None)


def add_version(
    session: Session, evidence: Evidence, received: Received, *, by: User, at: datetime, version: int | None
) -> None:
    """更新: a newer content of the same document; the older ones stay. What was accepted is handed in
    again, what was returned becomes a draft until the next tick.

    Raises:
        Refused: `by` may not, or it is the very content that is there. Stale: somebody was quicker.
    """
    _check(evidence, Step.ADD_VERSION, by, version)
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
    _record(session, evidence, Step.ADD_VERSION, by=by, at=at, note=note)


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
    _check(evidence, Step.DESCRIBE, by, version)
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
    _check(evidence, Step.PLACE, by, None)
    if not _file_under(evidence, slot):
        raise Refused(f"已经归入“{slot.name}”")
    session.flush()
    note = f"{evidence.title} → {slot.name}"
    _record(session, evidence, Step.PLACE, by=by, at=at, task_id=slot.task_id, note=note)


def take_out(session: Session, evidence: Evidence, placement: Placement, *, by: User, at: datetime) -> None:
    """移出: no longer under this expected material; the last place stays, the document is deleted instead.

    Raises:
        Refused: `by` may not, it was handed in, or it stands nowhere else.
    """
    _check(evidence, Step.DISPLACE, by, None)
    if len(evidence.placements) == 1:
        raise Refused("这是材料的最后一个位置；如不再需要，请删除材料")
    note = f"{evidence.title} ← {placement.material.name}"
    _record(session, evidence, Step.DISPLACE, by=by, at=at, task_id=placement.task_id, note=note)
    evidence.placements.remove(placement)
    flag_modified(evidence, "state")  # moves the row's version: of two at once one must not be the last
    session.flush()


def delete(session: Session, evidence: Evidence, *, by: User, at: datetime, version: int | None) -> None:
    """删除 a draft that nobody has relied on.

    Raises:
        Refused: it was handed in, or an earlier version was accepted. Stale: somebody changed it.
    """
    _check(evidence, Step.DELETE, by, version)
    if any(each.accepted_at for each in evidence.versions):
        raise Refused("较早的版本已被采信，不能删除")
    _record(session, evidence, Step.DELETE, by=by, at=at, note=evidence.title)
    session.delete(evidence)
    session.flush()


def hand_in(session: Session, evidence: Evidence, *, by: User, at: datetime, version: int | None) -> None:
    """提交 one document by itself, as a supplement.

    Raises:
        Refused: the state does not allow it, or `by` may not. Stale: somebody changed it.
    """
    _check(evidence, Step.HAND_IN, by, version)
    _move(
        session, evidence, Step.HAND_IN, EvidenceState.SUBMITTED, by=by, at=at, task_id=_first_task(evidence)
    )


def hand_in_all(session: Session, task_id: int, unit_id: int, *, by: User, at: datetime) -> None:
    """The unit's drafts under a task go with its tick."""
    for evidence in _under(session, task_id, unit_id, EvidenceState.DRAFT):
        _move(session, evidence, Step.HAND_IN, EvidenceState.SUBMITTED, by=by, at=at)


def take_back_all(session: Session, task_id: int, unit_id: int, *, by: User, at: datetime) -> None:
    """What went with a tick comes back with it; what stands under other tasks as well stays."""
    for evidence in _under(session, task_id, unit_id, EvidenceState.SUBMITTED):
        is_here_alone = all(placement.task_id == task_id for placement in evidence.placements)
        if is_here_alone and not any(each.accepted_at for each in evidence.versions):
            _move(session, evidence, Step.TAKE_BACK, EvidenceState.DRAFT, by=by, at=at)


def accept(session: Session, evidence: Evidence, *, by: User, at: datetime, version: int | None) -> None:
    """采信: the office relies on the document; from now on it is locked.

    Raises:
        Refused: the state does not allow it, or `by` may not. Stale: somebody changed it.
    """
    _check(evidence, Step.ACCEPT, by, version)
    _accept(session, evidence, by=by, at=at, task_id=_first_task(evidence))


def accept_all(session: Session, task_id: int, unit_id: int, *, by: User | None, at: datetime) -> None:
    """What was handed in for a milestone is accepted with it; `by=None` is the system. What the person
    uploaded themselves in a unit's name waits for somebody else."""
    for evidence in _under(session, task_id, unit_id, EvidenceState.SUBMITTED):
        if by is None or evidence.uploader_id != by.id:
            _accept(session, evidence, by=by, at=at)


def send_back(
    session: Session, evidence: Evidence, reason: str, *, by: User, at: datetime, version: int | None
) -> None:
    """退回 one document, also an accepted one, with a reason.

    Raises:
        Refused: no reason, the state does not allow it, or `by` may not. Stale: somebody changed it.
    """
    _check(evidence, Step.RETURN, by, version)
    if not reason.strip():
        raise Refused("请写明退回原因")
    evidence.reason = reason.strip()
    evidence.decided_at, evidence.decided_by_id = at, by.id
    _move(
        session, evidence, Step.RETURN, EvidenceState.RETURNED,
        by=by, at=at, task_id=_first_task(evidence), note=f"{evidence.title}：{evidence.reason}",
    )  # fmt: skip


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


def _under(session: Session, task_id: int, unit_id: int, state: EvidenceState) -> Iterable[Evidence]:
    placed = select(Placement.evidence_id).where(Placement.task_id == task_id, Placement.unit_id == unit_id)
    query = select(Evidence).where(Evidence.id.in_(placed), Evidence.state == state).order_by(Evidence.id)
    return session.scalars(query).all()


def _accept(
    session: Session, evidence: Evidence, *, by: User | None, at: datetime, task_id: int | None = None
) -> None:
    evidence.decided_at, evidence.decided_by_id = at, by.id if by else None
    evidence.versions[0].accepted_at = at
    _move(session, evidence, Step.ACCEPT, EvidenceState.ACCEPTED, by=by, at=at, task_id=task_id)


def _move(
    session: Session,
    evidence: Evidence,
    step: Step,
    state: EvidenceState,
    *,
    by: User | None,
    at: datetime,
    task_id: int | None = None,
    note: str = "",
) -> None:
    """Change the state. With a `task_id` the event stands on that task's timeline; without, the milestone's
    own event there says it already."""
    before, evidence.state = evidence.state, state
    session.flush()
    record(
        session, "evidence", evidence.id, step.value, by=by, at=at, note=note or evidence.title,
        before={"state": before.value}, after={"state": state.value},
        task_id=task_id, unit_id=evidence.unit_id,
    )  # fmt: skip


def _record(
    session: Session,
    evidence: Evidence,
    step: Step,
    *,
    by: User,
    at: datetime,
    note: str,
    task_id: int | None = None,
) -> None:
    place = task_id or _first_task(evidence)
    record(
        session, "evidence", evidence.id, step.value,
        by=by, at=at, note=note, task_id=place, unit_id=evidence.unit_id,
    )  # fmt: skip


def _first_task(evidence: Evidence) -> int:
    return evidence.placements[0].task_id


def _check(evidence: Evidence, step: Step, by: User, version: int | None) -> None:
    if version is not None and version != evidence.version:
        raise Stale
    if reason := refuse_step(evidence, step, by):
        raise Refused(reason)
