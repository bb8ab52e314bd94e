"""How often the pages of every day ask the database: seldom, and no more often for more rows."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.world import city_moment, find_milestone
from tracker.appeals.actions import ask_extension
from tracker.assignments.models import Assignment
from tracker.comments.actions import write
from tracker.evidence.models import Evidence, EvidenceVersion, Placement
from tracker.evidence.rules import EvidenceState
from tracker.files.models import StoredFile
from tracker.files.rules import FileKind
from tracker.milestones import actions
from tracker.milestones.models import Milestone
from tracker.people.models import User
from tracker.plan.models import Material
from tracker.units.models import Unit

SignIn = Callable[[str], FlaskClient]
Person = Callable[[str], User]
AT = city_moment("2024-03-21T10:00")
DESK, TASK, QUIET_TASK = 6, 12, 7
"""The most queries of a page, who asks and in which campaign among them; with `QUIET` nothing is filed, said
or asked about."""


def count(client: FlaskClient, path: str, questions: list[str]) -> int:
    """How many queries the page takes when the plan is kept already."""
    client.get(path)
    questions.clear()
    assert client.get(path).status_code == 200
    return len(questions)


def file_papers(session: Session, row: Milestone, by: User, number: int) -> None:
    """A document with two versions under every material of the task, handed in."""
    for material in session.scalars(select(Material).where(Material.task_id == row.task_id)):
        digest = f"{row.id:020d}{material.id:020d}{number:024d}"
        file = StoredFile(sha256=digest, size=9, kind=FileKind.PDF, stored_at=AT)
        paper = Evidence(
            campaign_id=row.campaign_id, unit_id=row.unit_id, file=file, file_name="a.pdf",
            title="台账", proves_year=2023, created_at=AT, created_by_id=by.id,
            state=EvidenceState.SUBMITTED,
            versions=[
                EvidenceVersion(number=n, file=file, file_name="a.pdf", at=AT, by_id=by.id) for n in (2, 1)
            ],
            placements=[Placement(material_id=material.id, task_id=row.task_id, unit_id=row.unit_id)],
        )  # fmt: skip
        session.add(paper)
    session.flush()


def fill(session: Session, person: Person, number: int) -> None:
    """A day of work on 11-2, in which every county has a share, and on the tasks beside it."""
    for name in ("mangkang", "karuo"):
        by = person(name)
        for code in ("11-2", "24-2"):
            row = find_milestone(session, code, by.unit.short)
            file_papers(session, row, by, number)
            write(session, row.task, "看台账", session.scalars(select(Unit).limit(3)).all(), by=by, at=AT)
        if number == 0:
            row = find_milestone(session, "11-2", by.unit.short)
            day = row.due_on.replace(month=6)
            ask_extension(session, row, day, "雨季", by=by, at=AT, today=AT.date(), version=None)
            ticked = find_milestone(session, "24-2", by.unit.short)
            actions.submit(session, ticked, by=by, at=AT, today=AT.date())
    session.execute(update(Assignment).values(handler_id=person("mangkang").id))


@pytest.mark.parametrize("name", ["mangkang", "nongye", "office", "mangkang-head"])
def test_a_desk_asks_seldom_however_many_rows_it_has(
    sign_in: SignIn, session: Session, person: Person, questions: list[str], name: str
) -> None:
    for number in range(2):
        fill(session, person, number)
    client = sign_in(name)
    for path in ("/desk", "/desk?view=all", "/desk?view=late"):
        assert count(client, path, questions) <= DESK, path


@pytest.mark.parametrize("name", ["mangkang", "nongye", "office", "leader"])
def test_the_page_of_a_task_asks_seldom_however_much_happened(
    sign_in: SignIn, session: Session, person: Person, questions: list[str], name: str
) -> None:
    client, task_id = sign_in(name), find_milestone(session, "11-2", "芒康县").task_id
    assert count(client, f"/tasks/{task_id}", questions) <= QUIET_TASK
    fill(session, person, 0)
    once = count(client, f"/tasks/{task_id}", questions)
    fill(session, person, 1)
    assert count(client, f"/tasks/{task_id}", questions) == once <= TASK


def test_lists_ask_no_more_often_for_more_rows(
    sign_in: SignIn, session: Session, person: Person, questions: list[str]
) -> None:
    client = sign_in("office")
    fill(session, person, 0)
    paper_id = session.scalars(select(Evidence.id)).first()
    paths = ("/milestones", "/milestones?light=late", "/appeals", f"/evidence/{paper_id}", "/search?q=台账")
    once = {path: count(client, path, questions) for path in paths}
    fill(session, person, 1)
    paper = session.get_one(Evidence, paper_id)
    for number, name in enumerate(("office", "karuo", "nongye"), start=3):
        version = EvidenceVersion(number=number, file=paper.file, file_name="a.pdf", at=AT)
        version.by_id = person(name).id
        paper.versions.append(version)
    session.flush()
    assert {path: count(client, path, questions) for path in paths} == once
