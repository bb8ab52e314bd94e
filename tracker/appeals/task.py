"""What the page of a task shows of appeals: the unit's own, what it may ask now, and those of others."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from sqlalchemy.orm import Session

from tracker.appeals import queries
from tracker.appeals.models import Appeal
from tracker.appeals.rules import (
    AppealKind,
    AppealState,
    Ground,
    refuse_ask_extension,
    refuse_ask_waiver,
    refuse_object,
)
from tracker.assignments.models import Assignment
from tracker.assignments.rules import may_act_for, refuse_acknowledge
from tracker.evidence.queries import Paper
from tracker.evidence.rules import COUNTS
from tracker.milestones.rules import Facts
from tracker.people.models import User


class Cell(Facts, Protocol):
    """A milestone as the page has it."""

    @property
    def id(self) -> int: ...


class Share(Protocol):
    """An assignment as the page has it."""

    @property
    def id(self) -> int: ...
    @property
    def unit_id(self) -> int: ...
    @property
    def left_on(self) -> date | None: ...
    @property
    def acknowledged_at(self) -> datetime | None: ...


class Proof(Protocol):
    """A document that a form offers."""

    @property
    def id(self) -> int: ...
    @property
    def title(self) -> str: ...


@dataclass(frozen=True)
class OwnAppeals:
    """What a unit has asked about an assignment, and what the reader may ask in its name today; `proofs`
    are the documents that can prove something, `is_handed_in` tells whether anything was submitted."""

    assignment: Share
    appeals: Sequence[Appeal]
    proofs: Sequence[Proof]
    is_handed_in: bool
    reader: User
    today: date

    @property
    def may_ask(self) -> bool:
        """Whether the reader may ask, and take back what was asked."""
        return may_act_for(self.assignment.unit_id, self.reader)

    def of(self, milestone_id: int | None) -> list[Appeal]:
        """What was asked about one milestone, or (None) about the whole assignment, the newest first."""
        return [one for one in self.appeals if one.milestone_id == milestone_id]

    @property
    def grounds(self) -> list[Ground]:
        """What an objection may be about."""
        return list(Ground)

    def waiver_refusal(self, milestone: Cell) -> str | None:
        """Why no waiver can be asked now, or None."""
        is_pending = self._is_pending(AppealKind.WAIVER, milestone.id)
        return refuse_ask_waiver(milestone, self.assignment.unit_id, self.reader, is_pending=is_pending)

    def extension_refusal(self, milestone: Cell) -> str | None:
        """Why no extension can be asked now, or None."""
        is_pending = self._is_pending(AppealKind.EXTENSION, milestone.id)
        return refuse_ask_extension(
            milestone, self.assignment.unit_id, self.reader, self.today, is_pending=is_pending
        )

    @property
    def objection_refusal(self) -> str | None:
        """Why nobody can object now, or None."""
        return refuse_object(
            self.assignment.unit_id,
            self.reader,
            has_left=self.assignment.left_on is not None,
            is_handed_in=self.is_handed_in,
            is_pending=self._is_pending(AppealKind.OBJECTION, None),
        )

    @property
    def acknowledgement_refusal(self) -> str | None:
        """Why the assignment cannot be acknowledged now, or None."""
        return refuse_acknowledge(
            self.assignment.unit_id,
            self.reader,
            is_acknowledged=self.assignment.acknowledged_at is not None,
            has_left=self.assignment.left_on is not None,
        )

    def _is_pending(self, kind: AppealKind, milestone_id: int | None) -> bool:
        return any(
            one.kind is kind and one.milestone_id == milestone_id and one.state is AppealState.PENDING
            for one in self.appeals
        )


def own_appeals(session: Session, assignment: Assignment, *, reader: User, today: date) -> OwnAppeals:
    """The appeals of an assignment, to be shown to somebody of its unit or of the office."""
    may_ask = may_act_for(assignment.unit_id, reader)
    return OwnAppeals(
        assignment,
        queries.appeals_of_task(session, assignment.task_id, assignment.unit_id),
        queries.proofs(session, assignment.task_id, assignment.unit_id) if may_ask else (),
        queries.is_handed_in(session, assignment.id),
        reader,
        today,
    )


def proofs_among(papers: Iterable[Paper], unit_id: int) -> list[Paper]:
    """Those of a unit's documents under a task that can prove something (sister of queries.proofs)."""
    found = {paper.id: paper for paper in papers if paper.unit_id == unit_id and paper.state in COUNTS}
    return sorted(found.values(), key=lambda paper: -paper.id)[: queries.MOST_PROOFS]
