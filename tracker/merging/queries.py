"""What stands in the way of a merger, and what it would do."""

from dataclasses import astuple, dataclass
from hashlib import sha256

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from tracker.appeals.models import Appeal
from tracker.appeals.rules import AppealState
from tracker.assignments.models import Assignment
from tracker.evidence.models import Evidence
from tracker.evidence.rules import EvidenceState
from tracker.merging.rules import Hurdles
from tracker.milestones.models import Milestone
from tracker.milestones.rules import DONE, OWING, Day, State
from tracker.people.models import UnitLeader, User
from tracker.people.queries import staffed_units
from tracker.plan.queries import campaigns_of
from tracker.reports.models import MonthlyReport
from tracker.reports.overview import own_months
from tracker.reports.queries import reporting_unit, terms_of
from tracker.reports.rules import ReportState, Shown
from tracker.supervision.models import Order, order_supporter
from tracker.supervision.rules import OPEN, OrderState
from tracker.units.models import Unit
from tracker.units.rules import UnitKind

UNSETTLED = (ReportState.RETURNED, ReportState.PENDING, ReportState.CORRECTING)
UNFINISHED = (EvidenceState.DRAFT, EvidenceState.RETURNED)


@dataclass(frozen=True)
class Outlook:
    """What a merger does, in rows: `people` move; `milestones` of `shares` go over; `dropped` are open
    ones of shares that the other unit has itself; `finished` stay; `drafts` are documents nobody
    accepted; `months` are reports that were due and not sent; `leader` is who is in charge from now on
    because the other unit has nobody."""

    names: tuple[str, ...]
    groups: tuple[str, ...]
    people: int
    shares: int
    milestones: int
    dropped: int
    finished: int
    drafts: int
    months: int
    leader: str

    @property
    def mark(self) -> str:
        """Changes whenever any of it does, so that a person confirms what they saw."""
        return sha256(repr(astuple(self)).encode()).hexdigest()[:16]


def takers(session: Session, unit: Unit) -> list[Unit]:
    """The units into which this one can be merged."""
    units = staffed_units(session, unit.jurisdiction_id)
    return [other for other in units if other.kind is UnitKind.DEPARTMENT and other.id != unit.id]


def hurdles_of(session: Session, unit: Unit) -> Hurdles:
    """What is under way at the unit."""
    own = select(Assignment.id).where(Assignment.unit_id == unit.id)
    supported = select(order_supporter.c.order_id).where(order_supporter.c.unit_id == unit.id)
    orders = or_(
        (Order.unit_id == unit.id) & (Order.state != OrderState.CLOSED),
        Order.id.in_(supported) & Order.state.in_(OPEN | {OrderState.DRAFT}),
    )
    return Hurdles(
        reviews=_count(session, Milestone.unit_id == unit.id, Milestone.state == State.SUBMITTED),
        appeals=_count(session, Appeal.assignment_id.in_(own), Appeal.state == AppealState.PENDING),
        orders=_count(session, orders),
        reports=_count(session, MonthlyReport.unit_id == unit.id, MonthlyReport.state.in_(UNSETTLED)),
    )


def outlook_of(session: Session, unit: Unit, other: Unit, day: Day) -> Outlook:
    """What merging `unit` into `other` would do today."""
    taken = select(Assignment.task_id).where(Assignment.unit_id == other.id, Assignment.left_on.is_(None))
    own = Milestone.unit_id == unit.id
    live = Assignment.unit_id == unit.id, Assignment.left_on.is_(None)
    moving = (*live, Milestone.state.in_(OWING), Milestone.task_id.not_in(taken))
    owed = select(func.count(Milestone.id), func.count(Assignment.id.distinct())).join(Milestone.assignment)
    milestones, shares = session.execute(owed.where(*moving)).one()
    return Outlook(
        names=tuple(dict.fromkeys((unit.name, unit.short, *(alias.name for alias in unit.aliases)))),
        groups=tuple(group.name for group in unit.groups if other not in group.members),
        people=_count(session, User.unit_id == unit.id),
        shares=shares,
        milestones=milestones,
        dropped=_count(session, own, Milestone.state.in_(OWING), Milestone.task_id.in_(taken)),
        finished=_count(session, own, Milestone.state.in_(DONE)),
        drafts=_count(session, Evidence.unit_id == unit.id, Evidence.state.in_(UNFINISHED)),
        months=_missing_months(session, unit, day),
        leader=_coming_leader(session, unit, other),
    )


def _count(session: Session, *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).where(*conditions)) or 0


def _missing_months(session: Session, unit: Unit, day: Day) -> int:
    missing = 0
    for campaign in campaigns_of(session, unit.jurisdiction_id):
        if reporting_unit(session, campaign, unit.id) is not None:
            months = own_months(session, campaign, unit, terms_of(campaign, day))
            missing += sum(month.status.shown is Shown.MISSING for month in months)
    return missing


def _coming_leader(session: Session, unit: Unit, other: Unit) -> str:
    mine = session.get(UnitLeader, unit.id)
    return mine.leader.name if mine and session.get(UnitLeader, other.id) is None else ""
