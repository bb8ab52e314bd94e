"""What the steps with an order begin and end with: may it be, the new state, and the event."""

from datetime import datetime

from sqlalchemy.orm import Session

from tracker.errors import check_version, enforce
from tracker.events.actions import record
from tracker.people.models import User
from tracker.supervision.models import Order
from tracker.supervision.rules import TRANSITIONS, OrderState, Step, refuse_step


def check(order: Order, step: Step, by: User, version: int | None) -> None:
    """Whether `by` may take the step now, having seen `version` of the order (None: whichever).

    Raises:
        Refused: the rules do not allow it. Stale: somebody changed it.
    """
    check_version(version, order.version)
    enforce(refuse_step(order, step, by))


def move(session: Session, order: Order, step: Step, *, by: User, at: datetime, note: str = "") -> None:
    """The order gets the state that the step leads to."""
    before, after = order.state, TRANSITIONS[step][1]
    order.state, order.changed_at = after or before, at
    session.flush()
    record_step(session, order, step, by=by, at=at, before=before, note=note)


def record_step(
    session: Session,
    order: Order,
    step: Step,
    *,
    by: User,
    at: datetime,
    before: OrderState | None = None,
    note: str = "",
) -> None:
    """Write the event; `before` is the state that the step ended."""
    record(
        session, "order", order.id, step.value, by=by, at=at,
        before={"state": before.value} if before else {}, after={"state": order.state.value},
        note=note, unit_id=order.unit_id,
    )  # fmt: skip
