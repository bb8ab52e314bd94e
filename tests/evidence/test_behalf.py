"""The office files in a unit's name, and nobody else does."""

from sqlalchemy.orm import Session

from tests.evidence.conftest import SignIn, documents, is_empty, send, task_id, unit_id
from tests.files import samples
from tests.world import find_milestone
from tracker.evidence.rules import EvidenceState
from tracker.files.store import Store
from tracker.milestones.rules import State


def test_the_office_works_in_a_units_name(sign_in: SignIn, session: Session) -> None:
    office, unit = sign_in("office"), unit_id(session, "芒康县")
    task, milestone = task_id(session, "11-2"), find_milestone(session, "11-2", "芒康县")
    page = office.get(f"/tasks/{task}?unit={unit}").text
    assert "芒康县的佐证材料" in page
    assert f'name="unit" value="{unit}"' in page
    answer = send(office, f"/tasks/{task}/evidence", ("耕地台账.pdf", samples.PDF), unit=str(unit))
    assert answer.status_code == 200
    evidence = documents(session)[0]
    assert (evidence.unit.short, evidence.created_by.username) == ("芒康县", "office")
    assert office.post(f"/milestones/{milestone.id}/submission").status_code == 303
    assert (milestone.state, evidence.state) == (State.SUBMITTED, EvidenceState.SUBMITTED)
    assert "市食安办代" in office.get(f"/evidence/{evidence.id}").text
    desk = office.get(f"/desk?unit={unit}&view=handed_in").text
    assert "11-2" in desk
    assert sign_in("mangkang").get(f"/evidence/{evidence.id}").status_code == 200
    office = sign_in("office")
    answer = office.post(f"/milestones/{milestone.id}/acceptance")
    assert answer.status_code == 409
    assert "另一位同志" in answer.text


def test_nobody_else_works_in_a_units_name(sign_in: SignIn, session: Session, store: Store) -> None:
    unit, task = unit_id(session, "芒康县"), task_id(session, "11-2")
    for name in ("nongye", "karuo", "nongye-head", "leader"):
        client = sign_in(name)
        answer = send(client, f"/tasks/{task}/evidence", ("台账.pdf", samples.PDF), unit=str(unit))
        assert answer.status_code == 404, name
        if name != "leader":
            assert client.get(f"/desk?unit={unit}").status_code == 404, name
    head = sign_in("mangkang-head")
    answer = send(head, f"/tasks/{task}/evidence", ("台账.pdf", samples.PDF))
    assert answer.status_code == 409
    assert "只有本单位联络员可以上传材料" in answer.text
    office = sign_in("office")
    for number in ("999999", str(unit_id(session, "市教育局"))):
        answer = send(office, f"/tasks/{task}/evidence", ("台账.pdf", samples.PDF), unit=number)
        assert answer.status_code == 404, "no such unit, or it has no share of the task"
    assert is_empty(session, store)
