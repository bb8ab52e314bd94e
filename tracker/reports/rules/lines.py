"""What is written for one indicator: what it lacks, and what one choice says for all of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from unicodedata import normalize

LONGEST_TEXT = 4000
"""Characters that one field of a line may have."""
TEXTS = {
    "progress": "本月工作进展",
    "figures": "数据",
    "reason": "无进展的原因",
    "problems": "存在问题",
    "next_steps": "下步打算",
}
"""The fields of a line that hold text."""


@dataclass(frozen=True)
class LineText:
    """What a person wrote for one indicator.

    `percent` is 累计完成情况 as it was typed, a whole number when it is right; `evidence_ids` are the
    documents picked as proof, in ascending order.
    """

    progress: str = ""
    problems: str = ""
    next_steps: str = ""
    has_no_progress: bool = False
    reason: str = ""
    percent: str = ""
    figures: str = ""
    evidence_ids: tuple[int, ...] = ()

    @property
    def is_written(self) -> bool:
        """Whether it tells of anything that was done."""
        return replace(self, has_no_progress=False, reason="") != LineText()


def percent_of(typed: str) -> str:
    """累计完成情况 as it is kept: 80 for 80, 80% and ８０％; what is no number stays as it was typed."""
    digits = normalize("NFKC", typed).strip().removesuffix("%").strip()
    return str(int(digits)) if digits.isascii() and digits.isdigit() and len(digits) < 10 else typed


def with_common_reason(
    lines: Mapping[int, LineText], reason: str, *, fills_empty: bool
) -> dict[int, LineText]:
    """统一原因: one reason for all lines that are 无进展 and give none of their own.

    Args:
        fills_empty: lines without any progress become 无进展 too.
    """
    return {key: _with_reason(line, reason, fills_empty) for key, line in lines.items()}


def nil_fault(lines: Mapping[int, LineText], reason: str) -> str | None:
    """Why these lines are no 零报告, or None."""
    told_count = sum(1 for line in lines.values() if line.progress)
    if told_count:
        return f"有 {told_count} 条写了进展，不能作零报告；请清空这些条，或去掉零报告"
    return None if reason else "零报告须写明统一原因"


def common_fault(lines: Mapping[int, LineText]) -> str | None:
    """Which of these lines want 统一原因, told once and not line by line, or None."""
    count = sum(1 for line in lines.values() if line.has_no_progress and not line.reason)
    return f"按无进展处理的 {count} 条没有原因，请填写统一原因" if count else None


def line_faults(line: LineText) -> dict[str, str]:
    """What a line lacks before the report can be submitted, by field."""
    if line.has_no_progress and line.progress:
        return {"progress": "已勾选无进展，请去掉勾选或清空进展"}
    if line.has_no_progress and not line.reason:
        return {"reason": "无进展须写明原因"}
    if not line.has_no_progress and not line.progress:
        return {"progress": "请填写进展，或勾选无进展并写明原因"}
    return {}


def typed_faults(line: LineText) -> dict[str, str]:
    """What of a line cannot be kept at all, by field."""
    faults = {
        name: f"不能超过 {LONGEST_TEXT} 字" for name in TEXTS if len(getattr(line, name)) > LONGEST_TEXT
    }
    if line.percent and not _is_percent(line.percent):
        faults["percent"] = "应为 0 至 100 的整数"
    return faults


def _is_percent(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= 100


def _with_reason(line: LineText, reason: str, fills_empty: bool) -> LineText:
    is_empty = not line.has_no_progress and not line.progress
    has_none = line.has_no_progress or (fills_empty and is_empty)
    return replace(line, has_no_progress=True, reason=line.reason or reason) if has_none else line
