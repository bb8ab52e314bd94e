"""People and their accounts."""

from datetime import date, datetime

from flask_login import UserMixin
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base
from tracker.people.rules import Role
from tracker.units.models import Unit


class User(UserMixin, Base):
    """人员: a person of one unit with one role.

    `session_version` is part of what a session remembers: raising it ends all of them.
    """

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    sort_name: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    role: Mapped[Role]
    is_active: Mapped[bool] = mapped_column(default=True)
    valid_until: Mapped[date | None]
    password_hash: Mapped[str] = mapped_column(default="")
    must_change_password: Mapped[bool] = mapped_column(default=True)
    failed_count: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    session_version: Mapped[int] = mapped_column(default=1)

    unit: Mapped[Unit] = relationship()

    def get_id(self) -> str:
        """What a session remembers of the person (Flask-Login)."""
        return f"{self.id}:{self.session_version}"


class UnitLeader(Base):
    """分管领导: who of the leaders is in charge of a unit; a unit has one at most."""

    __tablename__ = "unit_leader"

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)

    unit: Mapped[Unit] = relationship()
    leader: Mapped[User] = relationship()
