"""Who searches, and documents to be found."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.world import city_moment
from tracker.assignments.models import Assignment
from tracker.evidence.models import Evidence, Placement
from tracker.evidence.rules import EvidenceState
from tracker.files.models import StoredFile
from tracker.files.rules import FileKind
from tracker.people.models import User
from tracker.plan.models import Material, Task
from tracker.units.models import Unit

AT = city_moment("2024-03-21T10:00")
File = Callable[..., Evidence]


@pytest.fixture
def file(session: Session) -> File:
    """Files a document: `file("耕地巡查记录", "11-1", by="nongye")`, handed in unless it is a draft."""

    def filed(title: str, code: str, *, by: str, is_draft: bool = False, **more: str) -> Evidence:
        person = session.scalars(select(User).where(User.username == by)).one()
        unit = more.pop("unit", person.unit.short)
        share = session.scalars(
            select(Assignment).join(Task).join(Unit).where(Task.code == code, Unit.short == unit)
        ).one()
        slot = session.scalars(select(Material).where(Material.task_id == share.task_id)).first()
        assert slot is not None
        number = session.scalars(select(StoredFile.id).order_by(StoredFile.id.desc())).first() or 0
        content = StoredFile(sha256=f"{number + 1:064x}", size=1000, kind=FileKind.PDF, stored_at=AT)
        document = Evidence(
            campaign_id=share.campaign_id, unit_id=share.unit_id, file=content, title=title,
            proves_year=2023, created_at=AT, created_by_id=person.id,
            state=EvidenceState.DRAFT if is_draft else EvidenceState.SUBMITTED,
            **{"file_name": f"{title}.pdf", **more},
        )  # fmt: skip
        document.placements = [Placement(material_id=slot.id, task_id=share.task_id, unit_id=share.unit_id)]
        session.add(document)
        session.commit()
        return document

    return filed
