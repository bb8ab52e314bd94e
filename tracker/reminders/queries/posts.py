"""Cities, their campaigns, and the people who hold a post there today."""

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from tracker.people.models import UnitLeader, User
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
        _people(jurisdiction_id, today)
        .where(User.role.in_(REMINDED))
        .order_by(Unit.position, Unit.id, User.id)
    )
    return [Recipient(*row) for row in rows]


def leaders(session: Session, jurisdiction_id: int, today: date) -> dict[Recipient, set[int]]:
    """The leaders in service who are in charge of units (分管领导), with the units."""
    rows = session.execute(
        _people(jurisdiction_id, today)
        .add_columns(UnitLeader.unit_id.label("charge_id"))
        .join(UnitLeader, UnitLeader.user_id == User.id)
        .where(User.role == Role.LEADER)
        .order_by(User.id)
    )
    found: dict[Recipient, set[int]] = defaultdict(set)
    for *words, charge_id in rows:
        found[Recipient(*words)].add(charge_id)
    return found


def _people(jurisdiction_id: int, today: date) -> Select[*tuple[Any, ...]]:
    return (
        select(User.id, User.username, User.name, User.email, User.role, User.unit_id, Unit.short)
        .join(Unit, Unit.id == User.unit_id)
        .where(Unit.jurisdiction_id == jurisdiction_id, in_service(today))
    )
