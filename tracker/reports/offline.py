"""The form filled in without the system: what its cells say, and which of them are wrong."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from tracker.reports.rules import LineText, percent_of, typed_faults
from tracker.workbook.sheet import Cell, WorkbookError

COLUMNS = {3: "progress", 5: "figures", 7: "problems", 8: "next_steps", 10: "reason"}
"""The columns of the form (from 0) that hold text; the others are read on their own or not at all."""
NUMBER, PERCENT, DONE = 1, 4, 9
DONE_WORDS = ("", "推进中", "已完成", "无进展")
WIDTH = 11


@dataclass(frozen=True)
class Filled:
    """What was read: the good cells put into the lines, the wrong ones told by their addresses."""

    lines: dict[int, LineText]
    problems: list[str]


def read_form(
    rows: Iterable[Sequence[Cell]], month: str, items: Mapping[str, tuple[int, LineText]]
) -> Filled:
    """Read the filled form of a month.

    Args:
        items: by 指标编号 the item and its line as it stands; a wrong cell leaves it so.

    Raises:
        WorkbookError: it is not the form, or that of another month.
    """
    rest = iter(rows)
    _check_head(rest, month)
    lines: dict[int, LineText] = {}
    problems: list[str] = []
    for row in rest:
        number = row[NUMBER].text if len(row) >= WIDTH else ""
        if not number:
            continue  # the row of signatures
        if number not in items:
            problems.append(f"{row[NUMBER].address}：没有编号为“{number}”的指标，这一行没有读入")
            continue
        item_id, text = items[number]
        lines[item_id] = _read_row(row, text, problems)
    return Filled(lines, problems)


def _check_head(rows: Iterable[Sequence[Cell]], month: str) -> None:
    """Go to the headers; the row before them names the month."""
    head = ""
    for row in rows:
        if len(row) >= WIDTH and row[NUMBER].text == "指标编号":
            if f"月份：{month}" not in head:
                raise WorkbookError(f"这不是 {month} 的月报表；请下载本月的表填写")
            return
        head += row[0].text
    raise WorkbookError("不是从系统下载的月报表：没有找到“指标编号”一列")


def _read_row(row: Sequence[Cell], text: LineText, problems: list[str]) -> LineText:
    for index, name in COLUMNS.items():
        text = _keep(text, row[index], name, row[index].text.replace("\r\n", "\n"), problems)
    text = _keep(text, row[PERCENT], "percent", _percent(row[PERCENT]), problems)
    done = row[DONE].text
    if done in DONE_WORDS:
        return replace(text, has_no_progress=done == "无进展")
    problems.append(f"{row[DONE].address}：完成状态应为 推进中、已完成 或 无进展，现在是“{done}”")
    return text


def _keep(text: LineText, cell: Cell, name: str, value: str, problems: list[str]) -> LineText:
    fault = typed_faults(LineText(**{name: value})).get(name)  # type: ignore[arg-type]  # all are texts
    if fault:
        problems.append(f"{cell.address}：{fault}，现在是“{value[:20]}”")
        return text
    return replace(text, **{name: value})  # type: ignore[arg-type]  # all are texts


def _percent(cell: Cell) -> str:
    """A cell formatted as a percentage holds 0.8 for 80%; a bare 1 might mean either and is refused."""
    if isinstance(cell.value, float) and 0 < cell.value < 1:
        return str(round(cell.value * 100, 2)).removesuffix(".0")
    if cell.value == 1:
        return "1（分不清是 1% 还是 100%）"
    return percent_of(cell.text)
