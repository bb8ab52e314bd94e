"""月报表: the form on which a unit signs and stamps its report, landscape A4."""

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.documents.placeholders import Words, blanks
from tracker.reports.rules import SentLine, SentReport
from tracker.stationery.rules import DocumentKind
from tracker.workbook.sheet import Paper, PaperRow, lines_needed

HEADERS = (
    "序号", "指标编号", "评价内容", "本月工作进展", "累计完成情况", "数据", "佐证材料\n（名称/文号）",
    "存在问题", "下步打算", "完成状态", "备注",
)  # fmt: skip
COLUMNS = tuple(header.partition("\n")[0] for header in HEADERS)
HEADS = ("填报单位", "月份", "填报人", "审核人", "联系电话", "填报日期")
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
        values = (sent.unit, sent.month, sent.writer, sent.approver, sent.phone, self.filled_on)
        return [*zip(HEADS, values, strict=True)]

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """The cells of the table."""
        return [(str(number), *line_cells(line)) for number, line in enumerate(self.sent.lines, 1)]

    @property
    def words(self) -> Words:
        """What each placeholder of a template stands for."""
        rows = [dict(zip(COLUMNS, row, strict=True)) for row in self.rows]
        return {"标题": self.title, **dict(self.head), "各行": rows}

    @property
    def laid_out(self) -> Paper:
        """The same for a spreadsheet and a document that print as they are."""
        return laid_out(self.words)


def template_paper() -> Paper:
    """The same layout with placeholders for what each report says."""
    return laid_out(blanks(DocumentKind.REPORT.entries))


def line_cells(line: SentLine) -> tuple[str, ...]:
    """What a row says of an indicator, after its place in the report."""
    return (
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


def laid_out(words: Words) -> Paper:
    """The form, of words or of placeholders."""
    head = "　　".join(f"{name}：{words[name]}" for name in HEADS)
    rows = [tuple(row.values()) for row in words["各行"]]
    return Paper(
        sheet="月报表",
        title=PaperRow((words["标题"],), TITLE_HEIGHT),
        headers=PaperRow(HEADERS, 2 * LINE_HEIGHT + PADDING),
        rows=[*(PaperRow(row, _height(row)) for row in rows), PaperRow((SIGNATURES,), STAMP_HEIGHT)],
        widths=WIDTHS,
        centred=CENTRED,
        heads=[PaperRow((head,), HEAD_HEIGHT)],
    )


def _height(cells: Sequence[str]) -> float:
    lines = max(lines_needed(text, width - 2) for text, width in zip(cells, WIDTHS, strict=True))
    return lines * LINE_HEIGHT + PADDING
