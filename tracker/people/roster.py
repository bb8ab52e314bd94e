"""名册: the XLSX by which people are imported: its template, its rows, and what is wrong in which cell."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tracker.forms import clean_text
from tracker.people.rules import (
    Role,
    clean_phone,
    email_problem,
    phone_problem,
)
from tracker.people.rules.managing import Power, assignable_roles, reason_not_to_manage, reason_not_to_sit
from tracker.units.models import Unit
from tracker.units.rules import NameBook, UnknownUnitError, name_key
from tracker.workbook.sheet import Cell, Target, WorkbookError

UNIT, NAME, TITLE, PHONE, EMAIL, ROLE = COLUMNS = ("单位", "姓名", "职务", "手机", "邮箱", "角色")
WIDTHS = (28, 12, 18, 18, 30, 16)
LONGEST = {NAME: 30, TITLE: 50, PHONE: 30, EMAIL: 100}
MOST_ROWS = 2000

Row = dict[str, tuple[str, str]]
"""A row of the sheet: address and text of its cell under each heading."""


@dataclass(frozen=True)
class Entry:
    """A row without faults."""

    address: str
    unit: Unit
    name: str
    title: str
    phone: str
    email: str
    role: Role


@dataclass(frozen=True)
class Fault:
    """What is wrong in a cell."""

    address: str
    text: str

    def __str__(self) -> str:
        return f"{self.address}：{self.text}"


@dataclass(frozen=True)
class Checked:
    """A sheet after the check: what can be taken over, and everything that cannot."""

    entries: list[Entry]
    faults: list[Fault]


def write_template(target: Target, units: Sequence[Unit], manager: Role) -> None:
    """The empty sheet, with the real units and the roles that `manager` may give as lists."""
    from tracker.workbook.writing import write_form  # openpyxl is slow to read

    choices = {UNIT: [unit.short for unit in units], ROLE: [role.label for role in _importable(manager)]}
    write_form(target, "人员名册", COLUMNS, widths=WIDTHS, choices=choices)


def read_rows(source: Target) -> list[Row]:
    """The filled rows of a sheet.

    Raises:
        WorkbookError: no workbook, no headings, no rows, or too many.
    """
    from tracker.workbook.reading import read

    lines = read(source, max_rows=MOST_ROWS)
    header = [cell.text for cell in next(lines, [])]
    missing = [column for column in COLUMNS if column not in header]
    if missing:
        raise WorkbookError(f"第一行缺少这些列：{'、'.join(missing)}；请使用下载的模板")
    rows = [_row(header, cells) for cells in lines]
    filled = [row for row in rows if any(text for _, text in row.values())]
    if not filled:
        raise WorkbookError("表中没有人员；请从第 2 行开始填写")
    return filled


def check(rows: Iterable[Row], book: NameBook[Unit], manager: Role, *, city: str = "") -> Checked:
    """Hold every cell against what it must be.

    Args:
        city: name of the jurisdiction, which may stand before a unit's own: 昌都市教育局.
    """
    entries: list[Entry] = []
    faults: list[Fault] = []
    seen: dict[tuple[object, ...], str] = {}
    for row in rows:
        entry, found = _check_row(row, book, manager, city)
        if entry:
            found = list(_repeats(row, entry, seen))
            entries.append(entry)
        faults.extend(found)
    return Checked(entries, faults)


def _row(header: list[str], cells: Sequence[Cell]) -> Row:
    texts = {
        name: (cell.address, str(clean_text(cell.text))) for name, cell in zip(header, cells, strict=False)
    }
    number = cells[0].address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    letters = {name: chr(ord("A") + index) for index, name in enumerate(header[:26])}
    return {name: texts.get(name, (f"{letters.get(name, 'Z')}{number}", "")) for name in COLUMNS}


def _check_row(row: Row, book: NameBook[Unit], manager: Role, city: str) -> tuple[Entry | None, list[Fault]]:
    text = {column: value for column, (_, value) in row.items()}
    unit, unit_problem = _unit(text[UNIT], book, city)
    role, role_problem = _role(text[ROLE], manager)
    if unit and role:
        role_problem = role_problem or reason_not_to_sit(role, unit.kind)
    problems = {
        UNIT: unit_problem,
        NAME: None if text[NAME] else "姓名不能为空",
        PHONE: phone_problem(text[PHONE]) if text[PHONE] else None,
        EMAIL: email_problem(text[EMAIL]) if text[EMAIL] else None,
        ROLE: role_problem,
    }
    for column, most in LONGEST.items():
        if len(text[column]) > most:
            problems[column] = f"{column}不能超过 {most} 个字"
    faults = [Fault(row[column][0], problem) for column, problem in problems.items() if problem]
    if faults or unit is None or role is None:
        return None, faults
    phone = clean_phone(text[PHONE])
    return Entry(row[NAME][0], unit, text[NAME], text[TITLE], phone, text[EMAIL], role), []


def _unit(name: str, book: NameBook[Unit], city: str) -> tuple[Unit | None, str | None]:
    if not name:
        return None, "单位不能为空"
    for known in (name, name_key(name).removeprefix(city)):
        try:
            return book.find(known), None
        except UnknownUnitError as error:
            nearest = error.nearest
    hint = f"；最接近的是：{'、'.join(nearest)}" if nearest else ""
    return None, f"没有名为“{name}”的单位{hint}"


def _role(label: str, manager: Role) -> tuple[Role | None, str | None]:
    if not label:
        return None, "角色不能为空"
    role = next((role for role in Role if role.label == label), None)
    if role is None:
        return None, f"没有“{label}”这个角色；可填：{'、'.join(role.label for role in _importable(manager))}"
    if role is Role.REVIEWER:
        return None, "评审员须写明有效期，请在“新增人员”页面逐个添加"
    return role, reason_not_to_manage(manager, Power.ADD, role)


def _importable(manager: Role) -> list[Role]:
    return [role for role in assignable_roles(manager) if role is not Role.REVIEWER]


def _repeats(row: Row, entry: Entry, seen: dict[tuple[object, ...], str]) -> Iterable[Fault]:
    keys: dict[str, tuple[object, ...]] = {NAME: (entry.unit.id, entry.name, entry.phone, entry.role)}
    if entry.email:
        keys[EMAIL] = (entry.email.lower(), entry.role)
    for column, key in keys.items():
        address = row[column][0]
        if key in seen:
            yield Fault(address, f"与 {seen[key]} 重复")
        seen.setdefault(key, address)
