"""The summary in a spreadsheet: all units' lines, indicator by indicator, in one sheet."""

from collections.abc import Iterator

from tracker.summaries.models import Summary

HEADERS = [
    "指标编号", "评价内容", "汇总", "单位", "本月工作进展", "累计完成情况", "数据", "佐证材料（名称/文号）",
    "存在问题", "下步打算", "完成状态", "备注",
]  # fmt: skip


def lines_table(summary: Summary) -> tuple[list[str], Iterator[list[str]]]:
    """One line a unit and indicator; the office's words stand in the indicator's first line."""
    return HEADERS, (
        [
            item.number, item.content, "" if n else item.text, entry.unit, entry.progress,
            f"{entry.percent}%" if entry.percent else "", entry.figures, entry.proofs, entry.problems,
            entry.next_steps, entry.done, entry.reason,
        ]
        for item in summary.items
        for n, entry in enumerate(item.lines)
    )  # fmt: skip
