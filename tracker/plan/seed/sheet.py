"""One CSV file of a plan: its cells by column, and what is wrong with them, by file, line and column."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from tracker.errors import Refused
from tracker.labels import LabelledEnum
from tracker.units.rules import NameBook, UnknownUnitError

E = TypeVar("E", bound=LabelledEnum)
LIST_MARK = "；"
YES_NO = {"yes": True, "no": False}


class SeedError(Refused):
    """The files of a plan cannot be loaded; one Chinese line for every problem."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclass(frozen=True)
class Row:
    """One line of a sheet. A cell that is not what it should be is noted in `problems`."""

    file: str
    line: int
    cells: dict[str, str]
    columns: list[str]
    problems: list[str]

    def wrong(self, column: str, expected: str) -> None:
        """Note that the cell in `column` is not as expected."""
        letter = _letter(self.columns.index(column))
        self.problems.append(f"{self.file} 第 {self.line} 行 {letter} 列（{column}）：{expected}")

    def text(self, column: str) -> str:
        return self.cells[column]

    def filled(self, column: str) -> str:
        if not self.cells[column]:
            self.wrong(column, "不能为空")
        return self.cells[column]

    def whole(self, column: str) -> int:
        cell = self.cells[column]
        if not (cell.isascii() and cell.isdigit()):
            self.wrong(column, f"应为整数，现在是“{cell}”")
            return 0
        return int(cell)

    def whole_or_none(self, column: str) -> int | None:
        return self.whole(column) if self.cells[column] else None

    def day(self, column: str) -> date:
        cell = self.cells[column]
        try:
            return date.fromisoformat(cell)
        except ValueError:
            self.wrong(column, f"应为 2024-04-30 这样的日期，现在是“{cell}”")
            return date.min

    def yes(self, column: str) -> bool:
        cell = self.cells[column]
        if cell not in YES_NO:
            self.wrong(column, f"应为 yes 或 no，现在是“{cell}”")
        return YES_NO.get(cell, False)

    def word(self, column: str, words: type[E]) -> E:
        """The member of `words` that the cell names."""
        return self._word(column, self.cells[column], words)

    def word_or_none(self, column: str, words: type[E]) -> E | None:
        return self.word(column, words) if self.cells[column] else None

    def words(self, column: str, words: type[E]) -> tuple[E, ...]:
        return tuple(self._word(column, part, words) for part in self.parts(column))

    def parts(self, column: str) -> tuple[str, ...]:
        """The parts of a cell that is a list."""
        return tuple(part.strip() for part in self.cells[column].split(LIST_MARK) if part.strip())

    def name(self, column: str, book: NameBook[str]) -> str | None:
        """The canonical name of the one unit in the cell; None when the cell is empty."""
        names = self.names(column, book)
        if len(names) > 1:
            self.wrong(column, "只能写一个单位")
        return names[0] if names else None

    def names(self, column: str, book: NameBook[str]) -> tuple[str, ...]:
        """The canonical names of the units and groups that the cell lists."""
        found = [name for part in self.parts(column) if (name := self._find(column, part, book))]
        for name in {name for name in found if found.count(name) > 1}:
            self.wrong(column, f"“{name}”写了两次")
        return tuple(found)

    def _find(self, column: str, part: str, book: NameBook[str]) -> str | None:
        try:
            return book.find(part)
        except UnknownUnitError as error:
            self.wrong(column, str(error))
            return None

    def _word(self, column: str, cell: str, words: type[E]) -> E:
        known = {word.value: word for word in words}
        if cell not in known:
            choices = "、".join(f"{word.value}（{word.label}）" for word in words)
            self.wrong(column, f"应为 {choices} 之一，现在是“{cell}”")
        return known.get(cell, next(iter(words)))


def read_sheet(path: Path, columns: tuple[str, ...], problems: list[str]) -> Iterator[Row]:
    """The rows of a CSV file (UTF-8, with or without a byte order mark) that has these columns."""
    lines = _lines(path, problems)
    header = [cell.strip() for cell in lines[0][1]] if lines else []
    missing = [column for column in columns if column not in header]
    if lines and missing:
        problems.append(f"{path.name} 第 1 行：缺少列 {'、'.join(missing)}；应有 {'、'.join(columns)}")
        return
    for line, cells in lines[1:]:
        if len(cells) != len(header):
            problems.append(f"{path.name} 第 {line} 行：应有 {len(header)} 格，现在是 {len(cells)} 格")
            continue
        values = dict(zip(header, (cell.strip() for cell in cells), strict=True))
        yield Row(path.name, line, values, header, problems)


def _lines(path: Path, problems: list[str]) -> list[tuple[int, list[str]]]:
    """The filled lines of a file with the number of the line on which each begins."""
    text = _text(path, problems)
    if text is None:
        return []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines, begins = [], 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                lines.append((begins, cells))
            begins = reader.line_num + 1
    except csv.Error:
        problems.append(f"{path.name} 第 {begins} 行：引号不成对，不是完整的 CSV")
        return []
    if not lines:
        problems.append(f"{path.name} 第 1 行：文件是空的，应为列名")
    return lines


def _text(path: Path, problems: list[str]) -> str | None:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        problems.append(f"{path.name}：缺少这个文件")
    except OSError as error:
        problems.append(f"{path.name}：读不了（{error.strerror}）")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        problems.append(f"{path.name} 第 {line} 行：不是 UTF-8 文字，请在表格软件中另存为“CSV UTF-8”")
    return None


def _letter(index: int) -> str:
    """The letter that a spreadsheet shows above a column."""
    before, rest = divmod(index, 26)
    return (_letter(before - 1) if before else "") + chr(ord("A") + rest)
