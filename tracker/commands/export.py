"""`tracker export`: documents and tables of a campaign, written as the file's ending says."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePath
from typing import IO, Any

import click
from sqlalchemy.orm import Session

from tracker.console import Console, pass_console, write_file
from tracker.errors import Refused
from tracker.milestones.commands import ledger_table, milestone_table
from tracker.milestones.rules import Day
from tracker.plan.breakdown import write_breakdown, write_breakdown_document
from tracker.plan.export import write_plan
from tracker.plan.models import Campaign
from tracker.plan.queries import campaign_by_slug, campaigns
from tracker.reports.commands import report_table
from tracker.workbook.sheet import FORMULA_MARKS
from tracker.workbook.writing import write
from tracker.workdays.queries import calendar_of

Rows = Iterable[Sequence[Any]]
Table = tuple[Sequence[str], Rows]

DOCUMENTS: dict[str, dict[str, Callable[[Session, Campaign, IO[bytes]], None]]] = {
    "plan": {".json": write_plan},
    "breakdown": {".xlsx": write_breakdown, ".docx": write_breakdown_document},
}
"""What has forms of its own: the writer of each ending."""

TABLES: dict[str, tuple[str, Callable[[Session, Campaign, Day], Table]]] = {
    "ledger": ("任务台账", ledger_table),
    "milestones": ("节点", milestone_table),
    "reports": ("月报台账", report_table),
}
"""What is headers and rows, in any of the forms: its title and its reader."""


@click.command()
@click.argument("what", type=click.Choice([*DOCUMENTS, *TABLES]))
@click.argument("file")
@click.option("--campaign", "slug", required=True, help="创建的代号。")
@pass_console
def export(console: Console, what: str, file: str, slug: str) -> None:
    """导出 WHAT 到 FILE，格式看扩展名（.json、.csv、.xlsx、.docx）；- 是标准输出。"""
    with console.database.session() as session:
        campaign = _campaign(session, slug)
        content = io.BytesIO()
        if what in DOCUMENTS:
            writers = DOCUMENTS[what]
            writers[_ending(what, file, tuple(writers))](session, campaign, content)
        else:
            title, read = TABLES[what]
            day = Day(console.clock.today(), calendar_of(session, campaign.jurisdiction_id))
            ending = _ending(what, file, tuple(WRITERS))
            WRITERS[ending](content, title, *read(session, campaign, day))
    write_file(file, content.getvalue())


def _campaign(session: Session, slug: str) -> Campaign:
    campaign = campaign_by_slug(session, slug)
    if campaign is None:
        known = "、".join(row.slug for row in campaigns(session)) or "还没有，先运行 tracker seed"
        raise Refused(f"没有代号为“{slug}”的创建；已有的：{known}")
    return campaign


def _ending(what: str, file: str, possible: tuple[str, ...]) -> str:
    """The form asked for; the first possible one for the standard output."""
    ending = possible[0] if file == "-" else PurePath(file).suffix.lower()
    if ending not in possible:
        raise Refused(f"export {what} 只能写成 {'、'.join(possible)}，现在是“{file}”")
    return ending


def _write_csv(stream: IO[bytes], _title: str, headers: Sequence[str], rows: Rows) -> None:
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow(headers)
    writer.writerows([_harmless(value) for value in row] for row in rows)
    text.detach()


def _write_json(stream: IO[bytes], _title: str, headers: Sequence[str], rows: Rows) -> None:
    content = [dict(zip(headers, row, strict=True)) for row in rows]
    stream.write(json.dumps(content, ensure_ascii=False, indent=1, default=str).encode() + b"\n")


def _write_xlsx(stream: IO[bytes], title: str, headers: Sequence[str], rows: Rows) -> None:
    write(stream, title, headers, rows)


def _harmless(value: Any) -> Any:
    """A spreadsheet that opens the CSV must not take text for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_MARKS) else value


WRITERS: dict[str, Callable[[IO[bytes], str, Sequence[str], Rows], None]] = {
    ".csv": _write_csv,
    ".xlsx": _write_xlsx,
    ".json": _write_json,
}
