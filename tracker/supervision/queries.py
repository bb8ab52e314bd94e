"""What pages and mails read of orders."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from tracker.events.models import Event
from tracker.evidence.models import Evidence
from tracker.evidence.rules import COUNTS
from tracker.people.models import User
from tracker.plan.models import Campaign
from tracker.supervision.models import Order, OrderExtension, OrderItem, OrderReply
from tracker.supervision.rules import OPEN, OWING, OrderState, Verdict
from tracker.units.models import Unit

MOST_PROOFS = 50
"""The unit's documents that a reply offers, the newest first."""
_RANKS = (
    OrderState.REPLIED,
    OrderState.RETURNED,
    OrderState.ISSUED,
    OrderState.ACKNOWLEDGED,
    OrderState.DRAFT,
)
"""The order of a list: what waits for the office first, what is closed last."""
_ABOUT = (  # every task page with something late asks for it: built once
    select(OrderItem.milestone_id, Order.id, Order.reference)
    .join(Order, Order.id == OrderItem.order_id)
    .where(OrderItem.milestone_id.in_(bindparam("milestone_ids", expanding=True)), Order.state.in_(OPEN))
    .order_by(Order.id)
)


@dataclass(frozen=True)
class Filter:
    """What a list shows; None means all. `has_drafts`: the office alone sees what is not issued yet."""

    state: OrderState | None = None
    is_late: bool = False
    unit_id: int | None = None
    has_drafts: bool = False


def orders(
    session: Session, campaign: Campaign, wanted: Filter, today: date, *, offset: int = 0, limit: int = 50
) -> list[Order]:
    """The orders of a filter: what is open first, of that the most pressing; then the newest."""
    rank = case(
        {state.value: place for place, state in enumerate(_RANKS)}, value=Order.state, else_=len(_RANKS)
    )
    open_first = case((Order.state != OrderState.CLOSED, Order.due_on))
    query = (
        select(Order)
        .options(
            joinedload(Order.unit, innerjoin=True), selectinload(Order.items), selectinload(Order.extensions)
        )
        .where(*_conditions(campaign, wanted, today))
        .order_by(rank, open_first, Order.id.desc())
    )
    return list(session.scalars(query.offset(offset).limit(limit)))


def order_count(session: Session, campaign: Campaign, wanted: Filter, today: date) -> int:
    """How many rows `orders` has for the same filter."""
    return session.scalar(select(func.count()).where(*_conditions(campaign, wanted, today))) or 0


def state_counts(session: Session, campaign: Campaign, wanted: Filter, today: date) -> dict[OrderState, int]:
    """How many orders there are in each state, of a unit or of all."""
    everything = Filter(unit_id=wanted.unit_id, has_drafts=wanted.has_drafts)
    rows = session.execute(
        select(Order.state, func.count())
        .where(*_conditions(campaign, everything, today))
        .group_by(Order.state)
    )
    return dict.fromkeys(OrderState, 0) | {row[0]: row[1] for row in rows}


def order_by_id(session: Session, campaign: Campaign, order_id: int) -> Order | None:
    """One order with all that its page shows."""
    found = _whole().where(Order.campaign_id == campaign.id, Order.id == order_id)
    return session.scalars(found).one_or_none()


def orders_of_unit(session: Session, campaign: Campaign, unit_id: int) -> list[Order]:
    """What the unit still has to do, the most pressing first."""
    query = select(Order).where(
        Order.campaign_id == campaign.id, Order.unit_id == unit_id, Order.state.in_(OWING)
    )
    return list(session.scalars(query.order_by(Order.due_on, Order.id)))


class OrderName(NamedTuple):
    """An order by its number, for a link."""

    id: int
    reference: str


def orders_about(session: Session, milestone_ids: Collection[int]) -> dict[int, OrderName]:
    """The orders that are issued and not closed, by the milestones that they are about; of several the
    newest."""
    rows = session.execute(_ABOUT, {"milestone_ids": list(milestone_ids)})
    return {row[0]: OrderName(row[1], row[2]) for row in rows if row[0]}


def has_open_orders(campaign_id: ColumnElement[int], unit_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a unit has an order that is issued and not closed."""
    return exists().where(Order.campaign_id == campaign_id, Order.unit_id == unit_id, Order.state.in_(OPEN))


def last_signer(session: Session, jurisdiction_id: int) -> str:
    """签发人 of the city's newest order, of whichever campaign; empty when there is none."""
    query = (
        select(Order.signer)
        .join(Campaign, Campaign.id == Order.campaign_id)
        .where(Campaign.jurisdiction_id == jurisdiction_id, Order.signer != "")
    )
    return session.scalar(query.order_by(Order.id.desc()).limit(1)) or ""


def waiting_orders(session: Session, campaign: Campaign) -> list[Order]:
    """Where somebody has to act: the unit since it was issued or returned, the office since the unit
    replied or asked for a later day."""
    asks = select(OrderExtension.order_id).where(OrderExtension.verdict == Verdict.PENDING)
    states = (OrderState.ISSUED, OrderState.RETURNED, OrderState.REPLIED)
    is_waiting = or_(Order.state.in_(states), and_(Order.state.in_(OWING), Order.id.in_(asks)))
    query = _whole().where(Order.campaign_id == campaign.id, is_waiting)
    return list(session.scalars(query.order_by(Order.due_on, Order.id)))


def proofs(session: Session, campaign_id: int, unit_id: int) -> list[Evidence]:
    """The unit's documents that can prove something."""
    query = select(Evidence).where(
        Evidence.campaign_id == campaign_id, Evidence.unit_id == unit_id, Evidence.state.in_(COUNTS)
    )
    return list(session.scalars(query.order_by(Evidence.id.desc()).limit(MOST_PROOFS)))


def history(session: Session, order: Order) -> Sequence[Event]:
    """What happened to the order, the oldest first."""
    query = (
        select(Event)
        .where(Event.subject == "order", Event.subject_id == order.id)
        .order_by(Event.at, Event.id)
        .options(joinedload(Event.by).joinedload(User.unit))
    )
    return session.scalars(query).all()


def _conditions(campaign: Campaign, wanted: Filter, today: date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Order.campaign_id == campaign.id]
    if not wanted.has_drafts:
        found.append(Order.state != OrderState.DRAFT)
    if wanted.state is not None:
        found.append(Order.state == wanted.state)
    if wanted.unit_id is not None:
        found.append(Order.unit_id == wanted.unit_id)
    if wanted.is_late:
        found.append(is_late(today))
    return found


def is_late(today: date) -> ColumnElement[bool]:
    """SQL sister of `rules.is_late`."""
    return and_(Order.state.in_(OWING), Order.due_on < today)


def _whole() -> Select[Order]:
    return select(Order).options(
        joinedload(Order.unit, innerjoin=True).joinedload(Unit.jurisdiction, innerjoin=True),
        joinedload(Order.campaign, innerjoin=True),
        joinedload(Order.drafted_by, innerjoin=True),
        joinedload(Order.acknowledged_by),
        selectinload(Order.supporters),
        selectinload(Order.items),
        selectinload(Order.replies).options(
            joinedload(OrderReply.by), joinedload(OrderReply.answered_by), selectinload(OrderReply.proofs)
        ),
        selectinload(Order.extensions).options(
            joinedload(OrderExtension.by), joinedload(OrderExtension.answered_by)
        ),
    )
