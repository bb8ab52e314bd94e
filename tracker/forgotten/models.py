"""Requests for a new password."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.db import Base
from tracker.people.models import User


class PasswordRequest(Base):
    """找回密码申请: somebody cannot sign in. `key_hash` is a hash of the secret in the link; without one the
    security administrator answers. Closed when it was used, answered or overtaken."""

    __tablename__ = "password_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    at: Mapped[datetime]
    origin: Mapped[str] = mapped_column(default="")
    key_hash: Mapped[str] = mapped_column(String(64), default="", index=True)
    closed_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()
