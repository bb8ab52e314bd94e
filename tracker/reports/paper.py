"""月报表: the form on which a unit signs and stamps its report, landscape A4."""

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.reports.rules import SentLine, SentReport
from tracker.workbook import Paper, PaperRow, lines_needed

HEADERS = (
    "序号", "指标编号", "评价内容", "本月工作进展", "累计完成情况", "数据", "佐证材料\n（名称/文号）",
    "存在问题", "下步打算", "完成状态", "备注",
)  # fmt: skip
WIDTHS = (5, 6, 30, 30, 8, 13, 18, 17, 18, 9, 12)
CENTRED = frozenset({0, 1, 4, 9})
TITLE_HEIGHT, HEAD_HEIGHT, STAMP_HEIGHT = 34, 24, 72
LINE_HEIGHT, PADDING = 14, 6
SIGNATURES = (
    "单位负责人（签字）：　　　　　　　　　　　　　　单位（盖章）：　　　　　　　　　　　　　　年　　月　　日"
)


@dataclass(frozen=True)
class Form:
    """The form of one report; `filled_on` is 填报日期, empty while nothing was submitted."""

    sent: SentReport
    filled_on: str

    @property
    def title(self) -> str:
        """2024年3月食品安全示范城市创建工作月报表."""
        year, _, month = self.sent.month.partition("-")
        return f"{year}年{int(month)}月食品安全示范城市创建工作月报表"

    @property
    def head(self) -> list[tuple[str, str]]:
        """What stands above the table."""
        sent = self.sent
        return [
            ("填报单位", sent.unit),
            ("月份", sent.month),
            ("填报人", sent.writer),
            ("审核人", sent.approver),
            ("联系电话", sent.phone),
            ("填报日期", self.filled_on),
        ]

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """The cells of the table."""
        return [_cells(number, line) for number, line in enumerate(self.sent.lines, 1)]

    @property
    def laid_out(self) -> Paper:
        """The same for a spreadsheet that prints as it is."""
        head = "　　".join(f"{name}：{value}" for name, value in self.head)
        return Paper(
            sheet="月报表",
            title=PaperRow((self.title,), TITLE_HEIGHT),
            headers=PaperRow(HEADERS, 2 * LINE_HEIGHT + PADDING),
            rows=[*(PaperRow(row, _height(row)) for row in self.rows), PaperRow((SIGNATURES,), STAMP_HEIGHT)],
            widths=WIDTHS,
            centred=CENTRED,
            heads=[PaperRow((head,), HEAD_HEIGHT)],
        )


def _cells(number: int, line: SentLine) -> tuple[str, ...]:
    return (
        str(number),
        line.number,
        line.summary,
        line.progress,
        f"{line.percent}%" if line.percent else "",
        line.figures,
        "\n".join(proof.words for proof in line.proofs),
        line.problems,
        line.next_steps,
        line.done,
        line.reason,
    )


def _height(cells: Sequence[str]) -> float:
    lines = max(lines_needed(text, width - 2) for text, width in zip(cells, WIDTHS, strict=True))
    return lines * LINE_HEIGHT + PADDING
