"""What the office takes away in a spreadsheet: headers and rows, as data."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from tracker.plan.models import Campaign
from tracker.reports.models import MonthlyReport, ReportPeriod
from tracker.reports.overview import Matrix, MatrixRow, MonthRow, matrix
from tracker.reports.paper import line_cells
from tracker.reports.queries import periods
from tracker.reports.rules import SentReport, Status, Terms
from tracker.units.models import Unit

Cell = str | int | date | None
Rows = Iterator[list[Cell]]

MONTH_HEADERS = [
    "序号", "单位", "状态", "按时", "迟报天数", "首次报送", "最近报送", "填报人", "联系电话",
    "条目数", "无进展条目数", "审核人",
]  # fmt: skip
LINE_HEADERS = [
    "填报单位", "月份", "填报人", "审核人", "联系电话", "填报日期", "序号", "指标编号", "评价内容",
    "本月工作进展", "累计完成情况", "数据", "佐证材料（名称/文号）", "存在问题", "下步打算", "完成状态",
    "备注",
]  # fmt: skip
LEDGER_HEADERS = ["单位", "月份", "截止日", "状态", "按时", "迟报天数", "重报超期"]


def month_table(
    rows: Sequence[MonthRow],
    reports: Mapping[int, MonthlyReport],
    terms: Terms,
    *,
    phone_words: Callable[[str], str] = str,
) -> tuple[list[str], Rows]:
    """报送情况: the units of a month, one a row.

    Args:
        phone_words: a telephone number as the reader may see it.
    """
    return MONTH_HEADERS, (
        _month_row(number, row, reports.get(row.unit.id), terms, phone_words)
        for number, row in enumerate(rows, 1)
    )


def line_table(
    rows: Sequence[MonthRow],
    reports: Mapping[int, MonthlyReport],
    terms: Terms,
    *,
    phone_words: Callable[[str], str] = str,
) -> tuple[list[str], Rows]:
    """报送内容: what the units wrote in a month, one line a row, in the columns of the paper form.

    Args:
        phone_words: a telephone number as the reader may see it.
    """
    return LINE_HEADERS, (
        [
            *_head(report, row.unit, replace(sent, phone=phone_words(sent.phone)), terms),
            number,
            *line_cells(line),
        ]
        for row in rows
        if (report := reports.get(row.unit.id)) and (sent := report.sent)
        for number, line in enumerate(sent.lines, 1)
    )


def matrix_table(found: Matrix) -> tuple[list[str], Rows]:
    """月报矩阵: units down, months across, and how often each was on time."""
    headers = [
        "单位",
        *(period.name for period in found.periods),
        "按时月数",
        "报送月数",
        "应报月数",
        "按时率",
        "报送率",
    ]
    return headers, (
        [row.unit.short, *(cell.words for cell in row.cells), *_row_counts(row)] for row in found.rows
    )


def ledger_table(session: Session, campaign: Campaign, terms: Terms) -> tuple[list[str], Rows]:
    """月报台账: every unit and every month, for `export reports`."""
    found = matrix(session, campaign, periods(session, campaign), terms)
    return LEDGER_HEADERS, (
        [row.unit.short, *_ledger_cells(period, cell)]
        for row in found.rows
        for period, cell in zip(found.periods, row.cells, strict=True)
    )


def _row_counts(row: MatrixRow) -> list[Cell]:
    rates = (row.on_time_rate, row.completeness)
    shown = ["" if rate is None else f"{rate}%" for rate in rates]
    return [row.on_time_count, row.reported_count, row.due_count, *shown]


def _month_row(
    number: int,
    row: MonthRow,
    report: MonthlyReport | None,
    terms: Terms,
    phone_words: Callable[[str], str],
) -> list[Cell]:
    sent = report.sent if report else None
    return [
        number,
        row.unit.short,
        row.status.words,
        _yes(row.status.is_on_time),
        row.status.late_days or None,
        _moment(report.first_submitted_at, terms) if report else "",
        _moment(report.submitted_at, terms) if report else "",
        *_writer(report, phone_words),
        len(sent.lines) if sent else None,
        sent.no_progress_count if sent else None,
        report.decided_by.name if report and report.decided_by else "",
    ]


def _head(report: MonthlyReport, unit: Unit, sent: SentReport, terms: Terms) -> list[Cell]:
    return [
        unit.short,
        sent.month,
        sent.writer,
        sent.approver or (report.decided_by.name if report.decided_by else ""),
        sent.phone,
        _moment(report.versions[-1].at, terms),
    ]


def _ledger_cells(period: ReportPeriod, cell: Status) -> list[Cell]:
    return [
        period.name,
        period.due_on,
        cell.words,
        _yes(cell.is_on_time),
        cell.late_days or None,
        _yes(cell.is_resent_late),
    ]


def _writer(report: MonthlyReport | None, phone_words: Callable[[str], str]) -> tuple[str, str]:
    person = report.submitted_by if report else None
    return (person.name, phone_words(person.phone)) if person else ("", "")


def _yes(value: bool) -> str:
    return "是" if value else ""


def _moment(moment: datetime | None, terms: Terms) -> str:
    return moment.astimezone(ZoneInfo(terms.zone)).strftime("%Y-%m-%d %H:%M") if moment else ""
