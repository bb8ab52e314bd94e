"""What really happened in a month under each indicator of a unit: it prefills the monthly report."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from tracker.appeals.models import Appeal
from tracker.appeals.rules import AppealKind, AppealState
from tracker.assignments.models import Assignment
from tracker.evidence.models import Evidence, Placement
from tracker.evidence.rules import COUNTS, EvidenceState
from tracker.milestones.models import Milestone
from tracker.milestones.rules import State
from tracker.plan.models import Deadline, Task
from tracker.reports.models import ReportPeriod
from tracker.reports.queries import ticked_words
from tracker.reports.rules import LineText, Terms, next_month

MOST_TITLES = 5
"""How many documents a prefilled sentence names."""


class Paper(NamedTuple):
    """A document of the unit under an item, as a line of the report offers it."""

    id: int
    title: str
    document_number: str
    state: EvidenceState
    is_of_month: bool
    is_new: bool

    @property
    def words(self) -> str:
        """2023年工作总结（昌农发〔2024〕3号）."""
        return f"{self.title}（{self.document_number}）" if self.document_number else self.title


@dataclass(frozen=True)
class Happening:
    """What happened under one item; `papers` are all documents there, those of the month first."""

    ticked: str = ""
    troubles: str = ""
    papers: Sequence[Paper] = field(default=())

    @property
    def uploads(self) -> list[Paper]:
        """What was uploaded in the month and holds."""
        return [paper for paper in self.papers if paper.is_new and paper.state in COUNTS]

    @property
    def is_change(self) -> bool:
        """Whether anything happened in the month."""
        return bool(self.ticked or self.troubles or self.uploads)

    @property
    def words(self) -> str:
        """What was done, as sentences."""
        return self.ticked + self._upload_words

    @property
    def text(self) -> LineText:
        """The line as it begins."""
        ids = sorted(paper.id for paper in self.uploads)
        return LineText(progress=self.words, problems=self.troubles, evidence_ids=tuple(ids))

    @property
    def _upload_words(self) -> str:
        if not self.uploads:
            return ""
        titles = "".join(f"《{paper.title}》" for paper in self.uploads[:MOST_TITLES])
        rest = f"等 {len(self.uploads)} 份" if len(self.uploads) > MOST_TITLES else ""
        return f"本月上传材料：{titles}{rest}。"


NOTHING = Happening()


def happenings(
    session: Session, month: ReportPeriod, unit_id: int, terms: Terms
) -> defaultdict[int, Happening]:
    """For each item of the unit what happened in the month; nothing for any other item."""
    ticked = ticked_words(session, month, unit_id, terms)
    papers = _papers(session, month, unit_id, terms)
    troubles: dict[int, list[str]] = defaultdict(list)
    for item_id, words in (
        *_returned_milestones(session, month, unit_id),
        *_returned_papers(session, month, unit_id, terms),
        *_open_extensions(session, month, unit_id, terms),
    ):
        troubles[item_id].append(words)
    found = {
        item_id: Happening(
            ticked.get(item_id, ""), "".join(troubles.get(item_id, [])), papers.get(item_id, ())
        )
        for item_id in ticked.keys() | papers.keys() | troubles.keys()
    }
    return defaultdict(Happening, found)


def _papers(session: Session, month: ReportPeriod, unit_id: int, terms: Terms) -> dict[int, list[Paper]]:
    """The unit's documents by item: those created or dated in the month first, then the newest."""
    first, after = terms.month_bounds(month.month)
    is_new = and_(Evidence.created_at >= first, Evidence.created_at < after)
    is_dated = and_(Evidence.dated_on >= month.month, Evidence.dated_on < next_month(month.month))
    is_of_month = or_(is_new, and_(Evidence.dated_on.is_not(None), is_dated))
    rows = session.execute(
        select(
            Task.item_id, Evidence.id, Evidence.title, Evidence.document_number, Evidence.state,
            is_of_month, is_new,
        )
        .select_from(Placement)
        .join(Evidence, Evidence.id == Placement.evidence_id)
        .join(Task, Task.id == Placement.task_id)
        .where(Placement.unit_id == unit_id, Evidence.campaign_id == month.campaign_id)
        .order_by(is_of_month.desc(), Evidence.id.desc())
    )  # fmt: skip
    found: dict[int, dict[int, Paper]] = defaultdict(dict)
    for item_id, evidence_id, title, number, state, of_month, new in rows:
        paper = Paper(evidence_id, title, number, state, bool(of_month), bool(new))
        found[item_id].setdefault(evidence_id, paper)
    return {item_id: list(papers.values()) for item_id, papers in found.items()}


def _returned_milestones(session: Session, month: ReportPeriod, unit_id: int) -> Iterator[tuple[int, str]]:
    rows = session.execute(
        select(Task.item_id, Task.code, Deadline.label, Milestone.reason)
        .select_from(Milestone)
        .join(Task, Task.id == Milestone.task_id)
        .join(Deadline, Deadline.id == Milestone.deadline_id)
        .where(
            Milestone.campaign_id == month.campaign_id,
            Milestone.unit_id == unit_id,
            Milestone.state == State.RETURNED,
            Milestone.returned_on >= month.month,
            Milestone.returned_on < next_month(month.month),
        )
        .order_by(Task.position, Deadline.position)
    )
    for item_id, code, label, reason in rows:
        yield item_id, f"{code}（{label}）被退回：{_sentence(reason)}"


def _returned_papers(
    session: Session, month: ReportPeriod, unit_id: int, terms: Terms
) -> Iterator[tuple[int, str]]:
    first, after = terms.month_bounds(month.month)
    rows = session.execute(
        select(Task.item_id, Evidence.title, Evidence.reason)
        .distinct()
        .select_from(Placement)
        .join(Evidence, Evidence.id == Placement.evidence_id)
        .join(Task, Task.id == Placement.task_id)
        .where(
            Placement.unit_id == unit_id,
            Evidence.campaign_id == month.campaign_id,
            Evidence.state == EvidenceState.RETURNED,
            Evidence.decided_at >= first,
            Evidence.decided_at < after,
        )
        .order_by(Evidence.title, Evidence.reason)
    )
    for item_id, title, reason in rows:
        yield item_id, f"材料《{title}》被退回：{_sentence(reason)}"


def _open_extensions(
    session: Session, month: ReportPeriod, unit_id: int, terms: Terms
) -> Iterator[tuple[int, str]]:
    _, after = terms.month_bounds(month.month)
    rows = session.execute(
        select(Task.item_id, Task.code, Deadline.label, Appeal.new_due_on)
        .select_from(Appeal)
        .join(Assignment, Assignment.id == Appeal.assignment_id)
        .join(Task, Task.id == Assignment.task_id)
        .join(Milestone, Milestone.id == Appeal.milestone_id)
        .join(Deadline, Deadline.id == Milestone.deadline_id)
        .where(
            Appeal.campaign_id == month.campaign_id,
            Assignment.unit_id == unit_id,
            Appeal.kind == AppealKind.EXTENSION,
            Appeal.state == AppealState.PENDING,
            Appeal.asked_at < after,
        )
        .order_by(Task.position, Deadline.position)
    )
    for item_id, code, label, new_due_on in rows:
        yield item_id, f"{code}（{label}）申请延期至 {new_due_on}，等待答复。"


def _sentence(words: str) -> str:
    return words if words.endswith(("。", "！", "？")) else f"{words}。"
