"""People and their accounts."""

from datetime import date, datetime

from flask_login import UserMixin
from sqlalchemy import ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base
from tracker.people.rules import Role
from tracker.units.models import Unit


class User(UserMixin, Base):
    """人员: a person of one unit with one role.

    `password_set_at` is when the person chose the password; an issued one has no such moment.
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
    password_set_at: Mapped[datetime | None]
    has_second_factor: Mapped[bool] = mapped_column(default=False, server_default=false())
    failed_count: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]

    unit: Mapped[Unit] = relationship()

    @property
    def is_waiting(self) -> bool:
        """待启用: made, but nobody has given it a password so far."""
        return not self.is_active and not self.password_hash


class PastPassword(Base):
    """用过的密码: a password that a person chose, the one in force among them; the last five are kept."""

    __tablename__ = "past_password"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    password_hash: Mapped[str]


class SignIn(Base):
    """登录: a browser in which somebody is signed in. The row is gone once the session was ended;
    one that ran out stays until the person comes again.

    `key_hash` is a hash of the session's id, so that nobody who reads the table can use it.
    """

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    origin: Mapped[str] = mapped_column(default="")
    browser: Mapped[str] = mapped_column(default="")


class SecondFactor(Base):
    """动态口令: the secret from which a person's codes are made, encrypted; `last_step` is the half minute of
    the last code that was taken. It counts once the person is marked `has_second_factor`."""

    __tablename__ = "second_factor"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True, autoincrement=False)
    secret: Mapped[str]
    last_step: Mapped[int] = mapped_column(default=0)


class RecoveryCode(Base):
    """恢复码: a code for one sign-in without the telephone, as a hash."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    key_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]


class SignInMiss(Base):
    """登录失败: a wrong password that came from an address; kept for as long as it counts."""

    __tablename__ = "sign_in_miss"
    __table_args__ = (Index("ix_sign_in_miss_origin", "origin", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    origin: Mapped[str]
    at: Mapped[datetime]


class UnitLeader(Base):
    """分管领导: who of the leaders is in charge of a unit; a unit has one at most."""

    __tablename__ = "unit_leader"

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)

    unit: Mapped[Unit] = relationship()
    leader: Mapped[User] = relationship()
