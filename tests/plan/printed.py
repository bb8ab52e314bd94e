"""The plan as data, and the document it was taken from, read to be held against each other.

The reading of the source below is deliberately its own: it folds a whole chapter into one string
and cuts that, so that it shares nothing with what wrote the CSV files.
"""

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SEED = Path(__file__).parents[2] / "seed"
PLAN = SEED / "changdu-2023"
COUNTIES = "各县（区）"
MEMBERS = "各成员单位"
OFFICE = "市食品药品安全委员会办公室"
Row = dict[str, str]


@cache
def table(name: str) -> list[Row]:
    with (PLAN / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def cell_list(cell: str) -> list[str]:
    return cell.split("；") if cell else []


@cache
def unit_by_name() -> dict[str, str]:
    """The canonical name behind every name, short name and alias of units and groups."""
    known: dict[str, str] = {}
    for row in table("units") + table("groups"):
        for name in [row["name"], row.get("short", ""), *cell_list(row["aliases"])]:
            if name:
                known[fold(name)] = row["name"]
    return known


def tasks_of(indicator: str) -> list[Row]:
    return [row for row in table("tasks") if row["indicator"] == indicator]


def task(code: str) -> Row:
    indicator, number = code.split("-")
    return tasks_of(indicator)[int(number) - 1]


def fold(text: str) -> str:
    """One spelling for comparing: no tags, no bold marks, no spaces, half-width punctuation."""
    bare = re.sub(r"<[^>]*>", "", text).replace("**", "")
    return "".join(unicodedata.normalize("NFKC", bare).split())


@cache
def source() -> str:
    (path,) = (SEED / "sources").glob("001*.txt")
    return path.read_text(encoding="utf-8")


def chapter(start: str, end: str) -> str:
    """The folded text between two headings; page breaks vanish with the line breaks."""
    return fold(source()).split(fold(start), 1)[1].split(fold(end), 1)[0]


@dataclass(frozen=True)
class AnnexRow:
    section: int
    point: str
    text: str
    method: str
    responsible: str
    tasks: str

    @property
    def number(self) -> str:
        found = re.match(r"\((\d+)\)", fold(self.text))
        assert found
        return found[1]


@cache
def annex() -> list[AnnexRow]:
    rows, section = [], 0
    for line in source().splitlines():
        cells = line.split("\t")
        if len(cells) != 5 or cells[0] == "评价要点":
            continue
        if any(cell.strip() for cell in cells[1:]):
            rows.append(AnnexRow(section, *cells))
        else:
            section += 1
    return rows


def numbered(text: str) -> list[tuple[int, str]]:
    """`1.…2.…` cut into (number, rest); text before the first number is dropped."""
    parts = re.split(r"(?<![\dA-Z])(\d{1,2})\.(?=\D)", text)
    return [(int(number), rest) for number, rest in zip(parts[1::2], parts[2::2], strict=True)]


def source_tasks(row: AnnexRow) -> list[str]:
    cell = fold(row.tasks)
    return [text for _, text in numbered(cell)] or [cell]


@dataclass(frozen=True)
class SourceInitiative:
    kind: str
    number: int
    title: str
    text: str
    lead: str
    responsible: str


def source_initiatives() -> Iterator[SourceInitiative]:
    chapters = {
        "project": chapter("（一）实施12项食品安全治理提升工程", "（二）开展12个专项整治行动"),
        "action": chapter("（二）开展12个专项整治行动", "六、实施步骤"),
    }
    for kind, text in chapters.items():
        for number, rest in numbered(text):
            found = re.fullmatch(r"(.+?)。(.+)牵头单位:(.+)责任单位:(.+)", rest)
            assert found, rest
            title, body, lead, responsible = found.groups()
            yield SourceInitiative(kind, number, title, body, lead, responsible)


def source_phases() -> list[tuple[str, str, list[tuple[int, str]]]]:
    """Title, months and numbered tasks of each phase."""
    text = chapter("六、实施步骤", "七、工作要求")
    parts = re.split(r"\([一二三四五六七]\)([^()]+阶段)\(([^()]+)\)", text)
    return [
        (title, months, numbered(rest))
        for title, months, rest in zip(parts[1::3], parts[2::3], parts[3::3], strict=True)
    ]


def resolve(written: str) -> list[str]:
    """The units of a written list; 市 stands once before several names, and counts for each."""
    bare = re.sub("等(食品安全监管)?部门", "", fold(written))
    names = re.split(r"[、,;](?![^()]*\))", bare)  # not inside 各县(市、区)
    known = unit_by_name()
    return [known.get(name) or known[f"市{name}"] for name in names]
