"""A plan as its files hold it: one dataclass a sheet. Units and groups stand by canonical name."""

from dataclasses import dataclass, fields
from datetime import date

from tracker.plan.rules import Choice, DeadlineKind, Duty, Gate, ItemKind, MaterialKind, Method
from tracker.units.rules import UnitKind
from tracker.workdays.rules import DayKind

Names = tuple[str, ...]


@dataclass(frozen=True)
class Settings:
    """campaign.toml."""

    slug: str
    title: str
    plan_title: str
    office: str
    issued_on: date
    starts_on: date
    ends_on: date
    jurisdiction_code: str
    jurisdiction_name: str
    timezone: str
    report_first_month: date
    report_last_month: date
    report_day: int
    reporting_groups: Names
    optional_reporters: Names
    notice_days: int


@dataclass(frozen=True)
class UnitRow:
    """units.csv."""

    name: str
    short: str
    kind: UnitKind
    code: str | None
    aliases: Names
    note: str


@dataclass(frozen=True)
class GroupRow:
    """groups.csv."""

    name: str
    aliases: Names
    members: Names
    is_presumed: bool
    acts_through: str | None
    note: str


@dataclass(frozen=True)
class SectionRow:
    """sections.csv."""

    number: int
    title: str
    points: int


@dataclass(frozen=True)
class PointRow:
    """points.csv."""

    number: int
    section: int
    title: str
    points: int
    choice: Choice | None
    choose_count: int | None
    note: str


@dataclass(frozen=True)
class IndicatorRow:
    """indicators.csv."""

    number: int
    point: int | None
    section: int
    text: str
    text_raw: str
    methods: tuple[Method, ...]
    method_raw: str
    is_veto: bool
    is_on_site_check: bool
    is_online_check: bool
    responsible: Names
    responsible_raw: str
    note: str


@dataclass(frozen=True)
class TaskRow:
    """tasks.csv."""

    indicator: int
    number: int
    text: str
    text_raw: str
    lead: Names
    supporting: Names
    duty: Duty
    note: str


@dataclass(frozen=True)
class MaterialRow:
    """materials.csv: `task` and `inherited_from` are codes like 11-1."""

    task: str
    number: int
    name: str
    kind: MaterialKind
    is_per_year: bool
    window_years: int | None
    words: str
    inherited_from: str
    is_default: bool
    note: str


@dataclass(frozen=True)
class InitiativeRow:
    """initiatives.csv: an upgrade project or a special action."""

    kind: ItemKind
    number: int
    title: str
    text: str
    lead: Names
    lead_raw: str
    responsible: Names
    responsible_raw: str
    deadlines: Names
    note: str


@dataclass(frozen=True)
class PhaseRow:
    """phases.csv."""

    number: int
    title: str
    starts_on: date
    ends_on: date
    gate: Gate | None
    note: str


@dataclass(frozen=True)
class DutyRow:
    """phase_tasks.csv and requirements.csv: `chapter` is the phase's number or 七 and the like."""

    chapter: str
    number: int
    title: str
    text: str
    lead: Names
    supporting: Names
    deadlines: Names
    note: str


@dataclass(frozen=True)
class DeadlineRow:
    """deadlines.csv."""

    code: str
    kind: DeadlineKind
    gate: Gate | None
    label: str
    title: str
    opens_on: date
    due_on: date
    note: str


@dataclass(frozen=True)
class DayRow:
    """working_days.csv."""

    day: date
    kind: DayKind
    name: str


@dataclass(frozen=True)
class Plan:
    """All files of one plan."""

    settings: Settings
    units: list[UnitRow]
    groups: list[GroupRow]
    sections: list[SectionRow]
    points: list[PointRow]
    indicators: list[IndicatorRow]
    tasks: list[TaskRow]
    materials: list[MaterialRow]
    initiatives: list[InitiativeRow]
    phases: list[PhaseRow]
    phase_tasks: list[DutyRow]
    requirements: list[DutyRow]
    deadlines: list[DeadlineRow]
    working_days: list[DayRow]

    @property
    def row_count(self) -> int:
        return sum(len(getattr(self, field.name)) for field in fields(self) if field.name != "settings")
