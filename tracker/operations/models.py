"""The sign of life of what runs without a page."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Base


class Heartbeat(Base):
    """心跳: when a kind of process was last at work, by the machine's clock and never a pretended one."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
