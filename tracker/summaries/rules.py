"""What a summary holds of each indicator, how its words begin, and who may take which step."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tracker.assignments.rules import Actor
from tracker.labels import LabelledEnum, SignEnum

LONGEST_TITLE, LONGEST_TEXT, LONGEST_REFERENCE = 100, 4000, 60
DIGITS = "零一二三四五六七八九"
MOST_NAMES = 6
"""Units without progress that are named; more are counted."""
CLAUSE_ENDS = re.compile("[，。；：]")


class SummaryState(SignEnum):
    """汇总状态."""

    DRAFT = "draft", "草稿", "idle", "□"
    FINAL = "final", "已定稿", "ok", "✓"


class Step(LabelledEnum):
    """汇总办理动作."""

    DRAFT = "draft", "生成汇总"
    EDIT = "edit", "修改汇总"
    REFRESH = "refresh", "重新取数"
    DISCARD = "discard", "删除草稿"
    FINALISE = "finalise", "定稿"
    SEND = "send", "登记报送"


class Way(LabelledEnum):
    """报送方式."""

    EXCHANGE = "exchange", "公文交换"
    PLATFORM = "platform", "电子公文系统"
    MAIL = "mail", "邮件"
    FAX = "fax", "传真"
    HAND = "hand", "专人送达"
    OTHER = "other", "其他"


@dataclass(frozen=True)
class Entry:
    """What one unit reported for an indicator, as it was submitted."""

    unit: str
    progress: str = ""
    percent: str = ""
    figures: str = ""
    proofs: str = ""
    problems: str = ""
    next_steps: str = ""
    done: str = ""
    reason: str = ""
    has_no_progress: bool = False

    def as_json(self) -> dict[str, Any]:
        """What is stored."""
        return asdict(self)


def refuse_step(state: SummaryState, step: Step, actor: Actor) -> str | None:
    """Why `actor` may not take the step, or None: what is final is only sent."""
    if not actor.role.is_office:
        return f"只有市食安办可以{step.label}"
    if step is Step.SEND:
        return None if state is SummaryState.FINAL else "汇总定稿以后才能登记报送"
    return f"汇总已经定稿，不能{step.label}" if state is SummaryState.FINAL else None


def composed(entries: Sequence[Entry]) -> str:
    """The words that an indicator begins with: a line a unit, below them who had no progress."""
    lines = [_line(entry) for entry in entries if not entry.has_no_progress]
    silent = [entry.unit for entry in entries if entry.has_no_progress]
    if silent and not lines:
        return "本月无进展。"
    names = "、".join(silent[:MOST_NAMES]) + (f"等{len(silent)}个单位" if len(silent) > MOST_NAMES else "")
    return "\n".join([*lines, *([f"{names}本月无进展。"] if silent else [])])


def about(content: str) -> str:
    """The first clause of what the plan says of an indicator, for its heading."""
    return CLAUSE_ENDS.split(" ".join(content.split()), maxsplit=1)[0]


def numeral(number: int) -> str:
    """1 -> 一, 12 -> 十二, 30 -> 三十; for headings, below 100."""
    tens, ones = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else f"{DIGITS[tens]}十"
    return head + (DIGITS[ones] if ones else "")


def _line(entry: Entry) -> str:
    percent = f"（累计完成 {entry.percent}%）" if entry.percent else ""
    parts = [f"{entry.unit}：{_flat(entry.progress)}{percent}"]
    parts += [f"存在问题：{_flat(entry.problems)}"] if entry.problems else []
    return "".join(f"{part}。" for part in parts)


def _flat(words: str) -> str:
    """A text on one line, without its final stop."""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    return "；".join(line.rstrip("；;") for line in lines).rstrip("。；; ")
