"""The three administrators: who else is one, and who is two."""

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from tracker.people.models import User
from tracker.people.rules import Role
from tracker.units.models import Unit


def has_other_admin(session: Session, user: User) -> bool:
    """Whether somebody else of the same role is in service without an end; their rows are held until the
    transaction ends (PostgreSQL), so that the last two do not remove each other."""
    serving = (
        select(User.id)
        .join(Unit, Unit.id == User.unit_id)
        .where(Unit.jurisdiction_id == user.unit.jurisdiction_id, User.role == user.role)
        .where(User.is_active, User.valid_until.is_(None))
        .order_by(User.id)
        .with_for_update(of=User)
    )
    with session.no_autoflush:
        return any(found != user.id for found in session.scalars(serving).all())


def other_hats(session: Session, user: User) -> list[tuple[Role, str]]:
    """Role and user name of the other accounts in use, or waiting, of the same person: the same mail
    address, or the same name where the telephones do not tell two people apart."""
    same = User.name == user.name
    if user.phone:
        same = same & User.phone.in_(["", user.phone])
    if user.email:
        same = same | (func.lower(User.email) == user.email.lower())
    own = (
        select(User.role, User.username)
        .join(Unit, Unit.id == User.unit_id)
        .where(Unit.jurisdiction_id == user.unit.jurisdiction_id, same)
        .where(or_(User.is_active, User.password_hash == ""), User.username != user.username)
        .order_by(User.id)
    )
    with session.no_autoflush:
        return [(role, username) for role, username in session.execute(own)]
