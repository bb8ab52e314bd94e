"""The ledger (任务台账) as headers and rows: for people to read, and for other tools."""

from collections.abc import Iterable, Iterator
from typing import Any

from tracker.milestones.queries import LedgerRow
from tracker.milestones.rules import Day, light, light_words

SHEET = "任务台账"
HEADERS = (
    "编号", "任务", "单位", "角色", "节点", "勾选表示",
    "计划期限", "现行期限", "延期次数", "状态", "进展", "提交日期", "缺", "退回原因",
)  # fmt: skip
WIDTHS = (8, 44, 15, 6, 9, 15, 11, 11, 9, 9, 17, 11, 16, 22)

DATA_HEADERS = (
    "id", "task", "unit", "role", "deadline", "opens_on", "planned_on", "due_on", "late_from",
    "extension_count", "state", "light", "is_waiting", "is_backfill", "submitted_on", "missing", "reason",
)  # fmt: skip


def ledger_rows(rows: Iterable[LedgerRow], day: Day) -> Iterator[list[Any]]:
    """The rows under `HEADERS`, as the page words them."""
    for row in rows:
        shown = light(row, day.today, day.near_through)
        yield [
            row.code, row.text, row.unit, row.role.label, row.deadline, row.deadline_title,
            row.planned_on, row.due_on, row.extension_count or None, shown.label,
            light_words(row, day), row.submitted_on, row.missing, row.reason,
        ]  # fmt: skip


def data_rows(rows: Iterable[LedgerRow], day: Day) -> Iterator[list[Any]]:
    """The rows under `DATA_HEADERS`, as values that a program reads."""
    for row in rows:
        shown = light(row, day.today, day.near_through)
        yield [
            row.id, row.code, row.unit, row.role.value, row.deadline_code, row.opens_on, row.planned_on,
            row.due_on, row.late_from, row.extension_count, row.state.value, shown.value,
            row.is_waiting, row.is_backfill, row.submitted_on, row.missing, row.reason,
        ]  # fmt: skip
