"""Reading a plan's files: everything is checked before anything is loaded."""

from collections.abc import Container, Iterator
from pathlib import Path

from tracker.plan.rules import Choice, DeadlineKind, Duty, Gate, ItemKind, Method
from tracker.plan.seed import materials
from tracker.plan.seed.rows import (
    DayRow,
    DeadlineRow,
    DutyRow,
    GroupRow,
    IndicatorRow,
    InitiativeRow,
    MaterialRow,
    Names,
    PhaseRow,
    Plan,
    PointRow,
    SectionRow,
    TaskRow,
    UnitRow,
)
from tracker.plan.seed.settings import read_settings
from tracker.plan.seed.sheet import Row, SeedError, read_sheet
from tracker.units.rules import NameBook, SharedNameError, UnitKind
from tracker.workdays.rules import DayKind

INITIATIVE_KINDS = (ItemKind.PROJECT, ItemKind.ACTION)


def read_plan(folder: Path) -> Plan:
    """The plan in `folder`.

    Raises:
        SeedError: with every problem of every file.
    """
    reading = _Reading(folder)
    units, groups = list(reading.units()), list(reading.groups())
    settings = read_settings(folder, reading.parties, reading.problems)
    deadlines = list(reading.deadlines())
    sections, points = list(reading.sections()), list(reading.points())
    indicators, phases = list(reading.indicators()), list(reading.phases())
    rest = {
        "tasks": list(reading.tasks()),
        "materials": list(reading.materials()),
        "initiatives": list(reading.initiatives()),
        "phase_tasks": list(reading.phase_tasks()),
        "requirements": list(reading.requirements()),
        "working_days": list(reading.working_days()),
    }
    if settings is None or reading.problems:
        raise SeedError(reading.problems)
    return Plan(
        settings=settings, units=units, groups=groups, sections=sections, points=points,
        indicators=indicators, phases=phases, deadlines=deadlines, **rest,  # type: ignore[arg-type]
    )  # fmt: skip


class _Reading:
    """One pass over the files; what later sheets refer to is remembered."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[str] = []
        self.only_units: NameBook[str] = NameBook()
        self.parties: NameBook[str] = NameBook()
        self.section_numbers: set[int] = set()
        self.section_of_point: dict[int, int] = {}
        self.indicator_numbers: set[int] = set()
        self.task_texts: dict[str, str] = {}
        self.phase_numbers: set[int] = set()
        self.deadline_codes: set[str] = set()

    def units(self) -> Iterator[UnitRow]:
        for row in self._rows("units", "name", "short kind code aliases note"):
            unit = UnitRow(
                name=row.filled("name"),
                short=row.filled("short"),
                kind=row.word("kind", UnitKind),
                code=row.text("code") or None,
                aliases=row.parts("aliases"),
                note=row.text("note"),
            )
            self._enter(row, self.only_units, unit.name, (unit.short, *unit.aliases))
            self._enter(row, self.parties, unit.name, (unit.short, *unit.aliases))
            yield unit

    def groups(self) -> Iterator[GroupRow]:
        for row in self._rows("groups", "name", "aliases members presumed acts_through note"):
            group = GroupRow(
                name=row.filled("name"),
                aliases=row.parts("aliases"),
                members=row.names("members", self.only_units),
                is_presumed=row.yes("presumed"),
                acts_through=row.name("acts_through", self.only_units),
                note=row.text("note"),
            )
            self._enter(row, self.parties, group.name, group.aliases)
            yield group

    def deadlines(self) -> Iterator[DeadlineRow]:
        for row in self._rows("deadlines", "code", "kind gate label title opens_on due_on note"):
            deadline = DeadlineRow(
                code=row.filled("code"),
                kind=row.word("kind", DeadlineKind),
                gate=row.word_or_none("gate", Gate),
                label=row.filled("label"),
                title=row.text("title"),
                opens_on=row.day("opens_on"),
                due_on=row.day("due_on"),
                note=row.text("note"),
            )
            if (deadline.kind is DeadlineKind.GATE) != (deadline.gate is not None):
                row.wrong("gate", "kind 为 gate 时要写明关口，否则留空")
            if deadline.opens_on > deadline.due_on:
                row.wrong("due_on", "不能早于 opens_on")
            self.deadline_codes.add(deadline.code)
            yield deadline

    def sections(self) -> Iterator[SectionRow]:
        for row in self._rows("sections", "number", "title points"):
            section = SectionRow(row.whole("number"), row.filled("title"), row.whole("points"))
            self.section_numbers.add(section.number)
            yield section

    def points(self) -> Iterator[PointRow]:
        for row in self._rows("points", "number", "section title points kind choose note"):
            point = PointRow(
                number=row.whole("number"),
                section=self._known(row, "section", self.section_numbers, "sections.csv"),
                title=row.filled("title"),
                points=row.whole("points"),
                choice=row.word_or_none("kind", Choice),
                choose_count=row.whole_or_none("choose"),
                note=row.text("note"),
            )
            self.section_of_point[point.number] = point.section
            yield point

    def indicators(self) -> Iterator[IndicatorRow]:
        more = (
            "point section text text_raw methods method_raw veto on_site_check online_check"
            " responsible responsible_raw note"
        )
        for row in self._rows("indicators", "number", more):
            indicator = IndicatorRow(
                number=row.whole("number"),
                point=self._point(row),
                section=self._known(row, "section", self.section_numbers, "sections.csv"),
                text=row.filled("text"),
                text_raw=row.text("text_raw"),
                methods=row.words("methods", Method),
                method_raw=row.text("method_raw"),
                is_veto=row.yes("veto"),
                is_on_site_check=row.yes("on_site_check"),
                is_online_check=row.yes("online_check"),
                responsible=row.names("responsible", self.parties),
                responsible_raw=row.text("responsible_raw"),
                note=row.text("note"),
            )
            if indicator.is_veto != (indicator.point is None):
                row.wrong("point", "否决项（veto 为 yes）留空，其他指标要写评价要点的编号")
            self.indicator_numbers.add(indicator.number)
            yield indicator

    def tasks(self) -> Iterator[TaskRow]:
        for row in self._rows("tasks", "indicator number", "text text_raw lead supporting duty note"):
            task = TaskRow(
                indicator=self._known(row, "indicator", self.indicator_numbers, "indicators.csv"),
                number=row.whole("number"),
                text=row.filled("text"),
                text_raw=row.text("text_raw"),
                lead=row.names("lead", self.parties),
                supporting=row.names("supporting", self.parties),
                duty=row.word("duty", Duty),
                note=row.text("note"),
            )
            self._check_lead(row, task.lead)
            self.task_texts[f"{task.indicator}-{task.number}"] = task.text
            yield task

    def materials(self) -> Iterator[MaterialRow]:
        rows = self._rows("materials", materials.KEY, materials.MORE)
        return materials.read_materials(rows, self.task_texts)

    def initiatives(self) -> Iterator[InitiativeRow]:
        more = "title text lead lead_raw responsible responsible_raw deadlines note"
        for row in self._rows("initiatives", "kind number", more):
            initiative = InitiativeRow(
                kind=row.word("kind", ItemKind),
                number=row.whole("number"),
                title=row.filled("title"),
                text=row.filled("text"),
                lead=row.names("lead", self.parties),
                lead_raw=row.text("lead_raw"),
                responsible=row.names("responsible", self.parties),
                responsible_raw=row.text("responsible_raw"),
                deadlines=self._deadlines(row),
                note=row.text("note"),
            )
            if initiative.kind not in INITIATIVE_KINDS:
                row.wrong("kind", "应为 project（提升工程）或 action（专项行动）")
            self._check_lead(row, initiative.lead)
            yield initiative

    def phases(self) -> Iterator[PhaseRow]:
        for row in self._rows("phases", "number", "title starts_on ends_on gate note"):
            phase = PhaseRow(
                number=row.whole("number"),
                title=row.filled("title"),
                starts_on=row.day("starts_on"),
                ends_on=row.day("ends_on"),
                gate=row.word_or_none("gate", Gate),
                note=row.text("note"),
            )
            if phase.starts_on > phase.ends_on:
                row.wrong("ends_on", "不能早于 starts_on")
            self.phase_numbers.add(phase.number)
            yield phase

    def phase_tasks(self) -> Iterator[DutyRow]:
        for row in self._rows("phase_tasks", "phase number", "title text lead supporting deadlines note"):
            phase = self._known(row, "phase", self.phase_numbers, "phases.csv")
            yield self._duty(row, str(phase))

    def requirements(self) -> Iterator[DutyRow]:
        for row in self._rows("requirements", "chapter number", "title text lead supporting deadlines note"):
            yield self._duty(row, row.filled("chapter"))

    def working_days(self) -> Iterator[DayRow]:
        for row in self._rows("working_days", "day", "kind name note"):
            yield DayRow(row.day("day"), row.word("kind", DayKind), row.filled("name"))

    def _rows(self, sheet: str, key: str, more: str) -> Iterator[Row]:
        """The rows of a sheet; `key` names the columns that together stand once."""
        keys, seen = key.split(), dict[tuple[str, ...], int]()
        columns = (*keys, *more.split())
        for row in read_sheet(self.folder / f"{sheet}.csv", columns, self.problems):
            value = tuple(row.text(column) for column in keys)
            if value in seen:
                row.wrong(keys[-1], f"“{'-'.join(value)}”与第 {seen[value]} 行重复")
            seen.setdefault(value, row.line)
            yield row

    def _enter(self, row: Row, book: NameBook[str], canonical: str, others: Names) -> None:
        for name in (canonical, *others):
            try:
                book.add(name, canonical, canonical=canonical)
            except SharedNameError as error:
                row.wrong("name" if name == canonical else "aliases", str(error))

    def _known(self, row: Row, column: str, known: Container[int], where: str) -> int:
        number = row.whole(column)
        if row.text(column).isdigit() and number not in known:
            row.wrong(column, f"{where} 中没有编号 {number}")
        return number

    def _point(self, row: Row) -> int | None:
        if not row.text("point"):
            return None
        point = self._known(row, "point", self.section_of_point, "points.csv")
        section = self.section_of_point.get(point)
        if section is not None and row.text("section") != str(section):
            row.wrong("section", f"评价要点 {point} 属于第 {section} 部分")
        return point

    def _duty(self, row: Row, chapter: str) -> DutyRow:
        duty = DutyRow(
            chapter=chapter,
            number=row.whole("number"),
            title=row.text("title"),
            text=row.filled("text"),
            lead=row.names("lead", self.parties),
            supporting=row.names("supporting", self.parties),
            deadlines=self._deadlines(row),
            note=row.text("note"),
        )
        if duty.deadlines:
            self._check_lead(row, duty.lead)
        return duty

    def _deadlines(self, row: Row) -> Names:
        codes = row.parts("deadlines")
        for code in codes:
            if code not in self.deadline_codes:
                row.wrong("deadlines", f"deadlines.csv 中没有“{code}”")
        return codes

    def _check_lead(self, row: Row, lead: Names) -> None:
        if not lead and not row.text("lead"):
            row.wrong("lead", "不能为空：每项任务要有牵头单位")
