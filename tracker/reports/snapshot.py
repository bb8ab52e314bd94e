"""A report as it stands, put into words that need no other row: the snapshot of a submission."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from tracker.people.models import User
from tracker.plan.models import PlanItem
from tracker.plan.rules import ItemKind
from tracker.reports.models import MonthlyReport, ReportLine
from tracker.reports.queries import last_next_steps
from tracker.reports.rules import LineText, Proof, SentLine, SentReport
from tracker.units.models import Unit


def snapshot(session: Session, report: MonthlyReport, writer: User | None = None) -> SentReport:
    """The report as it stands now; without a `writer` nobody has signed it yet."""
    promised = last_next_steps(session, report.period, report.unit.id)
    return SentReport(
        unit=report.unit.name,
        month=report.period.name,
        writer=writer.name if writer else "",
        phone=writer.phone if writer else "",
        lines=tuple(_line(line, promised) for line in report.lines),
        approver=report.approved_by.name if writer and report.approved_by else "",
        is_on_behalf=writer is not None and writer.unit_id != report.unit.id,
        is_nil=report.is_nil,
    )


def begun(
    unit: Unit, month: str, lines: Sequence[tuple[PlanItem, LineText]], titles: Mapping[int, str]
) -> SentReport:
    """A report that is being written, or that nobody has begun.

    Args:
        titles: how the documents that may be picked are called, by their id.
    """
    found = (
        _sent_line(item, text, tuple(Proof(key, titles[key]) for key in text.evidence_ids if key in titles))
        for item, text in lines
    )
    return SentReport(unit.name, month, "", "", tuple(found))


def number_of(item: PlanItem) -> str:
    """11, 工程9."""
    return str(item.number) if item.kind is ItemKind.INDICATOR else item.code


def name_of(item: PlanItem) -> str:
    """指标 11, 工程9."""
    return f"指标 {item.number}" if item.kind is ItemKind.INDICATOR else item.code


def heading_of(item: PlanItem) -> str:
    """The section of the plan under which the item stands."""
    node: PlanItem | None = item
    while node is not None and node.kind is not ItemKind.SECTION:
        node = node.parent
    return node.title if node else item.kind.label


def _line(line: ReportLine, promised: Mapping[int, str]) -> SentLine:
    proofs = tuple(Proof(paper.id, paper.words) for paper in line.evidence)
    return _sent_line(line.item, line.text, proofs, promised.get(line.item.id, ""))


def _sent_line(
    item: PlanItem, text: LineText, proofs: tuple[Proof, ...], last_next_steps: str = ""
) -> SentLine:
    return SentLine(
        item_id=item.id,
        number=number_of(item),
        name=name_of(item),
        heading=heading_of(item),
        title=item.title,
        content=item.text,
        progress=text.progress,
        percent=text.percent,
        figures=text.figures,
        proofs=proofs,
        problems=text.problems,
        next_steps=text.next_steps,
        has_no_progress=text.has_no_progress,
        reason=text.reason,
        last_next_steps=last_next_steps,
    )
