"""The lines of a report: which there are, and what is put into them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from tracker.errors import enforce
from tracker.evidence.models import Evidence
from tracker.plan.models import PlanItem
from tracker.reports.models import MonthlyReport, ReportLine
from tracker.reports.queries import answered_items, papers_of
from tracker.reports.rules import (
    LineText,
    SentLine,
    nil_fault,
)

Papers = Mapping[int, Mapping[int, Evidence]]
"""By item: the documents that may be picked there, by their id."""


def follow_plan(session: Session, report: MonthlyReport) -> None:
    """Lines for items that the unit has come to answer for; empty lines of others go."""
    items = answered_items(session, report.period.campaign_id, report.unit_id)
    lines = {line.item_id: line for line in report.lines}
    answered = {item.id for item in items}
    for line in report.lines[:]:
        if line.item_id not in answered and line.text == LineText():
            report.lines.remove(line)
            session.delete(line)
    for position, item in enumerate(items):
        if item.id in lines:
            lines[item.id].position = position
        else:
            report.lines.append(new_line(item, position, LineText(), {}))


def picked_papers(session: Session, report: MonthlyReport, lines: Iterable[LineText]) -> Papers:
    return papers_of(session, report, {number for line in lines for number in line.evidence_ids})


def new_line(item: PlanItem, position: int, text: LineText, papers: Papers) -> ReportLine:
    line = ReportLine(item=item, item_id=item.id, position=position)
    write(line, text, papers)
    return line


def write(line: ReportLine, text: LineText | None, papers: Papers) -> bool:
    """Put `text` into the line; tells whether that changed anything. Documents that the unit has not
    got there, or no longer, are left out."""
    if text is None:
        return False
    own = papers.get(line.item_id, {})
    text = replace(text, evidence_ids=tuple(sorted(own.keys() & set(text.evidence_ids))))
    if line.text == text:
        return False
    line.progress, line.problems, line.next_steps = text.progress, text.problems, text.next_steps
    line.has_no_progress, line.reason = text.has_no_progress, text.reason
    line.percent, line.figures = int(text.percent) if text.percent else None, text.figures
    line.evidence = [own[number] for number in text.evidence_ids]
    return True


def spread_nil_reason(report: MonthlyReport) -> None:
    """零报告: every line is without progress, for the one reason."""
    lines = {line.item_id: line.text for line in report.lines}
    enforce(nil_fault(lines, report.nil_reason))
    for line in report.lines:
        line.has_no_progress, line.reason = True, report.nil_reason


def sent_text(line: SentLine | None) -> LineText:
    if line is None:
        return LineText()
    return LineText(
        line.progress, line.problems, line.next_steps, line.has_no_progress, line.reason, line.percent,
        line.figures, tuple(proof.id for proof in line.proofs),
    )  # fmt: skip
