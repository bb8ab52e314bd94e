"""Cities, their campaigns, and the people who hold a post there today."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from tracker.people.models import User
from tracker.people.queries import in_service
from tracker.people.rules import Role
from tracker.plan.models import Campaign
from tracker.reminders.items import Recipient
from tracker.units.models import Jurisdiction, Unit

REMINDED = (Role.LIAISON, Role.UNIT_HEAD, Role.OFFICE, Role.OFFICE_ADMIN)


def jurisdictions(session: Session) -> list[Jurisdiction]:
    """Every city whose people are reminded."""
    return list(session.scalars(select(Jurisdiction).order_by(Jurisdiction.id)))


def live_campaigns(session: Session, jurisdiction_id: int, today: date) -> list[Campaign]:
    """The campaigns that have gone live."""
    return list(
        session.scalars(
            select(Campaign)
            .where(Campaign.jurisdiction_id == jurisdiction_id, Campaign.live_on <= today)
            .options(joinedload(Campaign.jurisdiction))
            .order_by(Campaign.id)
        )
    )


def recipients(session: Session, jurisdiction_id: int, today: date) -> list[Recipient]:
    """The active liaisons, heads and office people of a jurisdiction, by unit."""
    rows = session.execute(
        select(User.id, User.username, User.name, User.email, User.role, User.unit_id, Unit.short)
        .join(Unit, Unit.id == User.unit_id)
        .where(Unit.jurisdiction_id == jurisdiction_id, User.role.in_(REMINDED), in_service(today))
        .order_by(Unit.position, Unit.id, User.id)
    )
    return [Recipient(*row) for row in rows]
