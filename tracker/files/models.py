"""Which contents the file store holds."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from tracker.db import Base
from tracker.files.rules import FileKind


class StoredFile(Base):
    """文件: a content that lies in the store under its SHA-256; names belong to whoever refers to it."""

    __tablename__ = "stored_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(unique=True)
    size: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[FileKind]
    stored_at: Mapped[datetime]
