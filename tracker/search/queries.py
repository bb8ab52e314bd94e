"""The tasks and documents that hold every one of some words, as far as the reader may see them.

A word stands in a document's title, number or file name, in the name of its unit, or in what it is filed
under; the last two are small tables, so that only the first three are read for every document.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from tracker.assignments.models import Assignment
from tracker.assignments.rules import DEPARTMENTS, reads_others
from tracker.evidence.models import Evidence, Placement
from tracker.evidence.queries import visible
from tracker.evidence.rules import EvidenceState
from tracker.files.models import StoredFile
from tracker.files.rules import FileKind
from tracker.milestones.models import Milestone
from tracker.people.models import User
from tracker.plan.models import Campaign, Material, PlanItem, Task, TaskParty
from tracker.plan.rules import BARE, PartyRole, is_bare
from tracker.units.models import Alias, Unit, UnitGroup

SHOWN = 20
MOST_COUNTED = 100
"""Beyond this a count says 100+: nobody reads on, and counting on takes time."""
LAST_PAGE = 50

H = TypeVar("H")


@dataclass(frozen=True)
class Found(Generic[H]):
    """A page of results. `counted` is how many there are, or are known of when `is_more`."""

    hits: list[H]
    counted: int
    is_more: bool
    number: int = 1

    @property
    def count(self) -> str:
        """37, 100+."""
        return f"{self.counted}+" if self.is_more else str(self.counted)

    @property
    def has_next(self) -> bool:
        return (self.is_more or self.counted > self.number * SHOWN) and self.number < LAST_PAGE


class TaskHit(NamedTuple):
    """A task as a result shows it; `units` are those with a share whose name was asked for."""

    id: int
    code: str
    text: str
    leads: tuple[str, ...]
    materials: tuple[str, ...]
    units: tuple[str, ...]


class EvidenceHit(NamedTuple):
    """A document as a result shows it; `places` are the tasks and materials that it is filed under."""

    id: int
    title: str
    file_name: str
    document_number: str
    proves_year: int
    state: EvidenceState
    unit: str
    size: int
    kind: FileKind
    places: tuple[str, ...]


def tasks(
    session: Session, campaign: Campaign, words: Sequence[str], reader: User, number: int = 1
) -> Found[TaskHit]:
    """The tasks that the reader may open and that hold all words, in the order of the plan."""
    query = (
        select(Task.id)
        .where(
            Task.campaign_id == campaign.id,
            _may_open(campaign, reader),
            *(_task_has(word, campaign, reader) for word in words),
        )
        .order_by(Task.position, Task.id)
    )
    ids = _ids(session, query, number)
    return _found(ids, _task_hits(session, campaign, _on_page(ids, number), words, reader), number)


def evidence(
    session: Session, campaign: Campaign, words: Sequence[str], reader: User, number: int = 1
) -> Found[EvidenceHit]:
    """The documents that the reader may see and that hold all words, the newest first; of drafts only
    the own unit's and what the reader has uploaded."""
    query = (
        select(Evidence.id)
        .where(
            _of_campaign(campaign, reader),
            visible(reader),
            or_(
                Evidence.state != EvidenceState.DRAFT,
                Evidence.unit_id == reader.unit_id,
                Evidence.created_by_id == reader.id,
            ),
            *(_evidence_has(word, campaign) for word in words),
        )
        .order_by(Evidence.id.desc())
    )
    ids = _ids(session, query, number)
    return _found(ids, _evidence_hits(session, _on_page(ids, number)), number)


def _of_campaign(campaign: Campaign, reader: User) -> ColumnElement[bool]:
    """Whoever sees most documents reads them in the order of the table and stops early; with the index
    on campaign and unit SQLite would sort them all first. Whoever sees the own unit's alone needs it."""
    reads_most = reads_others(reader.role, reader.unit.kind)
    return (Evidence.campaign_id + 0 if reads_most else Evidence.campaign_id) == campaign.id


def _may_open(campaign: Campaign, reader: User) -> ColumnElement[bool]:
    """As the task page has it: the whole indicator, where the own unit has a share."""
    if reader.role.reads_all:
        return true()
    own = select(Task.item_id).join(Milestone, Milestone.task_id == Task.id)
    return Task.item_id.in_(
        own.where(Milestone.campaign_id == campaign.id, Milestone.unit_id == reader.unit_id)
    )


def _task_has(word: str, campaign: Campaign, reader: User) -> ColumnElement[bool]:
    shares = (
        select(Assignment.task_id)
        .join(Unit, Unit.id == Assignment.unit_id)
        .where(
            Assignment.campaign_id == campaign.id,
            Assignment.unit_id.in_(_units_named(word, campaign)),
            _sees_share(reader),
        )
    )
    asked = select(Material.task_id).where(Material.is_dropped.is_(False), _has(Material.name, word))
    return or_(_task_says(word, campaign), Task.id.in_(asked), Task.id.in_(shares))


def _evidence_has(word: str, campaign: Campaign) -> ColumnElement[bool]:
    filed = (
        select(Placement.evidence_id)
        .join(Material, Material.id == Placement.material_id)
        .join(Task, Task.id == Material.task_id)
        .where(Task.campaign_id == campaign.id, or_(_has(Material.name, word), _task_says(word, campaign)))
    )
    return or_(
        _has(Evidence.title, word),
        _has(Evidence.file_name, word),
        _has(Evidence.document_number, word),
        Evidence.unit_id.in_(_units_named(word, campaign)),
        Evidence.id.in_(filed),
    )


def _task_says(word: str, campaign: Campaign) -> ColumnElement[bool]:
    """Its number, its sentence, or what a bare sentence is about."""
    about = select(PlanItem.id).where(PlanItem.campaign_id == campaign.id, _has(PlanItem.text, word))
    return or_(
        Task.code.startswith(word, autoescape=True),
        _has(Task.text, word),
        and_(func.length(Task.text) <= BARE, Task.item_id.in_(about)),
    )


def _sees_share(reader: User) -> ColumnElement[bool]:
    """As the task page has it: a county sees itself, and of the others the departments."""
    if reads_others(reader.role, reader.unit.kind):
        return true()
    return or_(Assignment.unit_id == reader.unit_id, Unit.kind.in_(DEPARTMENTS))


def _units_named(word: str, campaign: Campaign) -> Select[int]:
    also = select(Alias.unit_id).where(Alias.unit_id.is_not(None), _has(Alias.name, word))
    return select(Unit.id).where(
        Unit.jurisdiction_id == campaign.jurisdiction_id,
        or_(_has(Unit.short, word), _has(Unit.name, word), Unit.id.in_(also)),
    )


def _has(column: InstrumentedAttribute[str], word: str) -> ColumnElement[bool]:
    """The word within the text; only letters that have a capital need the slower comparison."""
    if word.lower() == word.upper():
        return column.contains(word, autoescape=True)
    return column.icontains(word, autoescape=True)


def _ids(session: Session, query: Select[int], number: int) -> Sequence[int]:
    """As many as a count needs, and the page with one more."""
    return session.scalars(query.limit(max(MOST_COUNTED, number * SHOWN) + 1)).all()


def _on_page(ids: Sequence[int], number: int) -> Sequence[int]:
    return ids[(number - 1) * SHOWN : number * SHOWN]


def _found(ids: Sequence[int], hits: list[H], number: int) -> Found[H]:
    most = max(MOST_COUNTED, number * SHOWN)
    return Found(hits, min(len(ids), most), len(ids) > most, number)


def _task_hits(
    session: Session, campaign: Campaign, ids: Sequence[int], words: Sequence[str], reader: User
) -> list[TaskHit]:
    if not ids:
        return []
    query = select(Task.id, Task.code, Task.text, PlanItem.text).join(Task.item).where(Task.id.in_(ids))
    said = {id: (code, _in_full(text, about)) for id, code, text, about in session.execute(query)}
    leads, materials = _leads(session, ids), _materials(session, ids)
    units = _units(session, campaign, ids, words, reader)
    return [TaskHit(id, *said[id], tuple(leads[id]), tuple(materials[id]), tuple(units[id])) for id in ids]


def _in_full(text: str, about: str) -> str:
    return f"{text.rstrip('；。')}：{about}" if is_bare(text, about) else text


def _leads(session: Session, ids: Collection[int]) -> dict[int, list[str]]:
    query = (
        select(TaskParty.task_id, Unit.short, UnitGroup.name)
        .outerjoin(Unit, Unit.id == TaskParty.unit_id)
        .outerjoin(UnitGroup, UnitGroup.id == TaskParty.group_id)
        .where(TaskParty.task_id.in_(ids), TaskParty.role == PartyRole.LEAD)
        .order_by(TaskParty.task_id, TaskParty.position)
    )
    return _by_first((task_id, unit or group) for task_id, unit, group in session.execute(query))


def _materials(session: Session, ids: Collection[int]) -> dict[int, list[str]]:
    query = (
        select(Material.task_id, Material.name)
        .where(Material.task_id.in_(ids), Material.is_dropped.is_(False))
        .order_by(Material.task_id, Material.position, Material.id)
    )
    return _by_first(session.execute(query))


def _units(
    session: Session, campaign: Campaign, ids: Collection[int], words: Sequence[str], reader: User
) -> dict[int, list[str]]:
    query = (
        select(Assignment.task_id, Unit.short)
        .join(Unit, Unit.id == Assignment.unit_id)
        .where(
            Assignment.task_id.in_(ids),
            or_(*(Unit.id.in_(_units_named(word, campaign)) for word in words)),
            _sees_share(reader),
        )
        .order_by(Assignment.task_id, Unit.position)
    )
    return _by_first(session.execute(query))


def _evidence_hits(session: Session, ids: Sequence[int]) -> list[EvidenceHit]:
    if not ids:
        return []
    query = (
        select(
            Evidence.id, Evidence.title, Evidence.file_name, Evidence.document_number, Evidence.proves_year,
            Evidence.state, Unit.short, StoredFile.size, StoredFile.kind,
        )
        .join(Unit, Unit.id == Evidence.unit_id)
        .join(StoredFile, StoredFile.id == Evidence.file_id)
        .where(Evidence.id.in_(ids))
        .order_by(Evidence.id.desc())
    )  # fmt: skip
    places = _places(session, ids)
    return [EvidenceHit(*row, tuple(places[row.id])) for row in session.execute(query)]


def _places(session: Session, ids: Collection[int]) -> dict[int, list[str]]:
    query = (
        select(Placement.evidence_id, Task.code, Material.name)
        .join(Material, Material.id == Placement.material_id)
        .join(Task, Task.id == Material.task_id)
        .where(Placement.evidence_id.in_(ids))
        .order_by(Placement.evidence_id, Placement.id)
    )
    return _by_first((id, f"{code} {name}") for id, code, name in session.execute(query))


def _by_first(pairs: Iterable[tuple[int, str]]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found
