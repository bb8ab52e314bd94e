"""One unit's report of a month as it is written: head, lines by section, what happened."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from tracker.events.models import Event
from tracker.plan.models import PlanItem
from tracker.reports.happenings import NOTHING, Happening, Paper, happenings
from tracker.reports.models import MonthlyReport, ReportPeriod
from tracker.reports.queries import answered_items, last_next_steps, report_of
from tracker.reports.rules import TRANSITIONS, LineText, Status, Step, Terms, resend_by, resend_words, status
from tracker.reports.snapshot import heading_of, name_of, number_of
from tracker.units.models import Unit

VERBS = {
    "open": "开始填写", "save": "保存", "submit": "提交", "accept": "采信", "return": "退回",
    "hand_up": "送审签", "approve": "审签",
    "send_down": "负责人退回修改", "take_back": "撤回送审签",
    "correct": "更正", "abandon": "放弃更正", "scan": "上传盖章扫描件",
}  # fmt: skip
HISTORY, RECORDED = 50, 500
"""What a page tells, of so many that are read: a draft saves itself again and again."""


@dataclass(frozen=True)
class Line:
    """One item of the report.

    `happening` tells what happened this month, `last_next_steps` what the month before promised;
    `stored` is what somebody else has kept meanwhile, where it differs from what was typed.
    """

    item: PlanItem
    text: LineText
    happening: Happening = NOTHING
    last_next_steps: str = ""
    stored: LineText | None = None
    return_reason: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)

    @property
    def number(self) -> str:
        """11, 工程9."""
        return number_of(self.item)

    @property
    def name(self) -> str:
        """指标 11, 工程9."""
        return name_of(self.item)

    @property
    def heading(self) -> str:
        """The section of the plan under which the line stands."""
        return heading_of(self.item)

    @property
    def is_folded(self) -> bool:
        """Whether nothing happened and nobody wrote anything: then the line is opened by a click."""
        return not (self._is_due or self.happening.is_change or self.text.is_written)

    @property
    def is_done(self) -> bool:
        """Whether something stands in it and nothing of it waits for an answer: a telephone folds it."""
        return not self._is_due and (self.text.is_written or self.text.has_no_progress)

    @property
    def is_unfolded(self) -> bool:
        """Whether problems and next steps are worth showing at once."""
        hidden = {"problems", "next_steps"}
        return bool(self.text.problems or self.text.next_steps or self.stored or hidden & self.faults.keys())

    @property
    def papers_at_hand(self) -> list[Paper]:
        """The documents offered at once: those of the month and those chosen."""
        return [paper for paper in self.happening.papers if self._is_at_hand(paper)]

    @property
    def older_papers(self) -> list[Paper]:
        """The documents offered behind a click."""
        return [paper for paper in self.happening.papers if not self._is_at_hand(paper)]

    @property
    def tells_happening(self) -> bool:
        """Whether what happened is worth a note of its own."""
        return bool(self.happening.words) and self.happening.words not in self.text.progress

    @property
    def tells_troubles(self) -> bool:
        """Whether what was returned or asked for is worth a note of its own."""
        return bool(self.happening.troubles) and self.happening.troubles not in self.text.problems

    @property
    def _is_due(self) -> bool:
        return bool(self.faults or self.stored or self.return_reason)

    def _is_at_hand(self, paper: Paper) -> bool:
        return paper.is_of_month or paper.id in self.text.evidence_ids


@dataclass(frozen=True)
class Sheet:
    """The page of one report; `report` is None while nobody has begun it."""

    period: ReportPeriod
    unit: Unit
    report: MonthlyReport | None
    status: Status
    lines: list[Line]
    terms: Terms

    @property
    def version(self) -> int:
        return self.report.version if self.report else 0

    @property
    def sections(self) -> list[tuple[str, list[Line]]]:
        """The lines under the headings of the plan."""
        return [(heading, list(lines)) for heading, lines in groupby(self.lines, lambda line: line.heading)]

    @property
    def days_left(self) -> int:
        """Working days until the day, today left out; negative after it."""
        return self.terms.days_left(self.period)

    @property
    def resend_words(self) -> str:
        """Until when a returned report keeps its place."""
        return resend_words(resend_by(self.report, self.terms) if self.report else None)

    @property
    def faulty_count(self) -> int:
        return sum(1 for line in self.lines if line.faults)

    @property
    def first_fault(self) -> str:
        """The first field that is wrong, as the form names it: progress-17; empty when none is."""
        names = ("progress", "percent", "figures", "reason", "problems", "next_steps")
        fields = (f"{name}-{line.item.id}" for line in self.lines for name in names if name in line.faults)
        return next(fields, "")


@dataclass(frozen=True)
class HistoryLine:
    """One thing that happened to a report."""

    event: Event

    @property
    def words(self) -> str:
        """退回：数据不全."""
        verb = VERBS.get(self.event.verb, self.event.verb)
        marked = self.event.after.get("lines") if self.event.verb == Step.RETURN else None
        lines = [f"{code}：{reason}" for code, reason in marked.items()] if isinstance(marked, dict) else []
        told = "；".join([self.event.note, *lines] if self.event.note else lines)
        return f"{verb}：{told}" if told else verb


def sheet_of(
    session: Session,
    period: ReportPeriod,
    unit: Unit,
    terms: Terms,
    *,
    typed: Mapping[int, LineText] | None = None,
    faults: Mapping[int, Mapping[str, str]] | None = None,
) -> Sheet:
    """The report of `unit` in `period`, prefilled while nobody has begun it.

    Args:
        typed: what a person has just typed; it goes before what is stored.
        faults: what was wrong with it, by item and field.
    """
    report = report_of(session, period, unit.id)
    happened = happenings(session, period, unit.id, terms)
    promised = last_next_steps(session, period, unit.id)
    stored = _stored_lines(session, period, unit, report, happened)
    marked = {line.item_id: line.return_reason for line in report.lines} if report else {}
    lines = [
        Line(
            item=item,
            text=(typed or {}).get(item.id, text),
            happening=happened[item.id],
            last_next_steps=promised.get(item.id, ""),
            stored=text if typed and typed.get(item.id, text) != text else None,
            return_reason=marked.get(item.id, ""),
            faults=(faults or {}).get(item.id, {}),
        )
        for item, text in stored
    ]
    return Sheet(period, unit, report, status(report, period, terms.of(unit.id)), lines, terms)


def history(session: Session, report: MonthlyReport) -> list[HistoryLine]:
    """What happened to the report, the newest first."""
    events = session.scalars(
        select(Event)
        .where(Event.subject == "report", Event.subject_id == report.id)
        .options(joinedload(Event.by))
        .order_by(Event.id.desc())
        .limit(RECORDED)
    )
    return [HistoryLine(event) for event in _without_repeats(events)][:HISTORY]


def last_event(session: Session, report: MonthlyReport) -> HistoryLine | None:
    """What happened to the report last."""
    return next(iter(history(session, report)), None)


def _stored_lines(
    session: Session,
    period: ReportPeriod,
    unit: Unit,
    report: MonthlyReport | None,
    happened: Mapping[int, Happening],
) -> list[tuple[PlanItem, LineText]]:
    if report is not None and report.state not in TRANSITIONS[Step.SAVE]:
        return [(line.item, line.text) for line in report.lines]
    written = {line.item_id: line for line in report.lines} if report else {}
    items = answered_items(session, period.campaign_id, unit.id)
    answered = {item.id for item in items}
    kept = [line for line in written.values() if line.item_id not in answered and line.text != LineText()]
    return [
        *((item, (written[item.id] if item.id in written else happened[item.id]).text) for item in items),
        *((line.item, line.text) for line in kept),
    ]


def _without_repeats(events: Iterable[Event]) -> Iterator[Event]:
    """Of one person's savings in a row the last one."""
    newer: Event | None = None
    for event in events:
        is_save = event.verb == Step.SAVE
        if not (is_save and newer and (newer.verb, newer.by_id) == (event.verb, event.by_id)):
            yield event
        newer = event
