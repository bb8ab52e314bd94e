"""What really happened in a month stands in the report before anybody writes."""

from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.evidence.conftest import add, share
from tests.files.samples import pdf
from tests.reports.conftest import Person
from tests.reports.test_actions import line_of
from tests.world import city_moment, find_milestone
from tracker.appeals.actions import ask_extension
from tracker.evidence.models import Evidence
from tracker.files.actions import receive
from tracker.files.store import Store
from tracker.milestones import actions as milestones
from tracker.reports import actions
from tracker.reports.happenings import NOTHING, happenings
from tracker.reports.models import MonthlyReport, ReportPeriod
from tracker.reports.rules import LineText, Terms

UNIT = "市农业农村局"
NOON = city_moment("2024-03-22T12:00")


@pytest.fixture
def paper(session: Session, person: Person, tmp_path: Path) -> Evidence:
    """耕地台账 of 11-1, uploaded in March."""
    received = receive(Store(tmp_path), "耕地台账.pdf", BytesIO(pdf("台账")), most_bytes=1024**2)
    found = add(session, share(session, "11-1", UNIT), received, person("nongye")).evidence
    found.document_number = "昌农发〔2024〕3号"
    session.flush()
    return found


def test_uploads_returns_and_open_extensions_are_told(
    session: Session, march: ReportPeriod, person: Person, terms: Terms, paper: Evidence
) -> None:
    writer, office = person("nongye"), person("office")
    returned, late = find_milestone(session, "13-1", UNIT), find_milestone(session, "11-1", UNIT)
    milestones.submit(session, returned, by=writer, at=NOON, today=NOON.date())
    milestones.send_back(session, returned, "缺盖章", by=office, at=NOON, day=terms.day)
    ask_extension(session, late, date(2024, 5, 20), "等文件", by=writer, at=NOON, today=NOON.date())
    found = happenings(session, march, writer.unit_id, terms)
    proof, trouble = found[paper.placements[0].material.task.item_id], found[returned.task.item_id]
    assert (proof.words, proof.text.evidence_ids) == ("本月上传材料：《耕地台账》。", (paper.id,))
    assert trouble.troubles == "13-1（自评）被退回：缺盖章。"
    assert proof.troubles == "11-1（自评）申请延期至 2024-05-20，等待答复。"
    assert found[0] == NOTHING


def test_a_draft_begins_with_its_proofs_and_keeps_only_those_of_its_indicator(
    session: Session, march: ReportPeriod, person: Person, terms: Terms, paper: Evidence
) -> None:
    writer = person("nongye")
    report = actions.open_draft(session, march, writer.unit, by=writer, at=NOON, terms=terms)
    own, other = line_of(report, "11"), line_of(report, "13")
    assert own.text.evidence_ids == (paper.id,)
    picked = LineText("已部署", percent="80", figures="台账 12 本", evidence_ids=(paper.id, 99999))
    texts = {own.item_id: picked, other.item_id: picked}
    actions.save_draft(session, report, texts, by=writer, at=NOON, terms=terms)
    session.expire_all()
    assert (own.percent, own.figures, own.evidence) == (80, "台账 12 本", [paper])
    assert other.evidence == []


def test_a_document_that_is_deleted_is_no_longer_picked(
    session: Session, draft: MonthlyReport, paper: Evidence, person: Person, terms: Terms
) -> None:
    line = line_of(draft, "11")
    texts = {line.item_id: LineText("已部署", evidence_ids=(paper.id,))}
    actions.save_draft(session, draft, texts, by=person("nongye"), at=NOON, terms=terms)
    assert line.evidence == [paper]
    session.delete(paper)
    session.flush()
    session.expire_all()
    assert line.evidence == []
