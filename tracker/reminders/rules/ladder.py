"""The ladder (提醒阶梯) as the office sets it: which rung of it a due day is on today, and whom it concerns.

Everything counts in the working days left until the due day, exactly as the pages show them. A rung
is told from its day until the next one's; so a run after a week of downtime tells the rung that holds
now, and rungs that no longer matter are never told.

One thing stands on one ladder: what the office returned (退回) on that of returned things until it is
handed in again, anything else on that of its kind.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Self

from tracker.labels import LabelledEnum
from tracker.people.rules import Role
from tracker.workdays.rules import Calendar

FARTHEST = 30
"""Working days before or after the due day that a rung may have, or between two repetitions of it."""
MOST_TIMES = 20
"""How often a rung may be told again."""


class LadderKind(LabelledEnum):
    """哪一类事项的阶梯: `counts_from` tells who sets it from which day its rungs count."""

    counts_from: str

    def __new__(cls, value: str, label: str = "", counts_from: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_, member.label, member.counts_from = value, label, counts_from
        return member

    REPORT = "report", "月报", "从报送截止日数起。"
    MILESTONE = "milestone", "节点", "从节点现行的期限（提前、延期以后的）数起。"
    RETURNED = (
        "returned",
        "退回事项",
        "退回的节点和月报，从退回以后的期限数起：节点是原期限和退回后第 3 个工作日中较晚的一个，"
        "月报是重报期限。退回后的下一封邮件先连同原因告知一次，以后按这个阶梯，重新提交为止，不再按原来的阶梯。",
    )

    @property
    def default(self) -> "Ladder":
        """What holds until the office of a campaign changes it."""
        return RETURNED_LADDER if self is LadderKind.RETURNED else DEFAULT_LADDER


class Audience(LabelledEnum):
    """告知谁: of the unit that owes, and those who are told of units: the leader in charge of it, and the
    office."""

    LIAISON = "liaison", "联络员（经办人）"
    HEAD = "head", "单位负责人"
    LEADER = "leader", "分管领导"
    OFFICE = "office", "市食安办"


OF_UNITS = frozenset({Audience.LEADER, Audience.OFFICE})
"""Who is told of units that are late, and of nothing before the day."""


class Channel(LabelledEnum):
    """告知方式."""

    BOTH = "both", "邮件和站内"
    MAIL = "mail", "仅邮件"
    APP = "app", "仅站内"

    @property
    def is_mail(self) -> bool:
        return self is not Channel.APP

    @property
    def is_in_app(self) -> bool:
        return self is not Channel.MAIL


@dataclass(frozen=True)
class Rung:
    """一级提醒: `days` are working days relative to the due day, negative before it. It is told once, or
    again `every` so many working days, at most so many `times`, until the next rung begins or the thing
    is done."""

    days: int
    to: frozenset[Audience]
    channel: Channel = Channel.BOTH
    is_on: bool = True
    every: int = 0
    times: int = 0

    @property
    def words(self) -> str:
        """到期前 5 个工作日, 到期当天, 逾期第 1 个工作日."""
        if self.days == 0:
            return "到期当天"
        return f"逾期第 {self.days} 个工作日" if self.days > 0 else f"到期前 {-self.days} 个工作日"

    @property
    def mark(self) -> str:
        """All of it as one word, to see whether somebody changed it and for the record."""
        to = "+".join(sorted(self.to))
        again = f":{self.every}x{self.times}" if self.every else ""
        return f"{self.days}:{to}:{self.channel.value}:{'on' if self.is_on else 'off'}{again}"


@dataclass(frozen=True)
class Ladder:
    """提醒阶梯: the rungs by their day, also those that are switched off."""

    rungs: tuple[Rung, ...]

    @classmethod
    def of(cls, rungs: Iterable[Rung]) -> "Ladder":
        return cls(tuple(sorted(rungs, key=lambda rung: rung.days)))

    @property
    def mark(self) -> str:
        return " ".join(rung.mark for rung in self.rungs)

    @cached_property
    def before(self) -> tuple[Rung, ...]:
        """What is told up to the due day, rungs and repetitions, the last one first."""
        return _steps([rung for rung in self.rungs if rung.is_on and rung.days <= 0], end=1)

    @cached_property
    def after(self) -> tuple[Rung, ...]:
        """What is told past the due day, rungs and repetitions, the last one first."""
        return _steps([rung for rung in self.rungs if rung.is_on and rung.days > 0], end=None)


def _steps(rungs: Sequence[Rung], *, end: int | None) -> tuple[Rung, ...]:
    """Each repetition is a rung of its own on its own working day, up to the next rung, for the last one
    up to `end`. So the ledger keeps it told once, and one that was missed is not made up."""
    found: list[Rung] = []
    for place, rung in enumerate(rungs):
        before = rungs[place + 1].days if place + 1 < len(rungs) else end
        days = (rung.days + again * rung.every for again in range(rung.times + 1))
        found += [replace(rung, days=day, every=0, times=0) for day in days if before is None or day < before]
    return tuple(reversed(found))


Ladders = Mapping[LadderKind, Ladder]
"""Those of a campaign."""

_UNIT = frozenset({Audience.LIAISON})
_UNIT_AND_HEAD = _UNIT | {Audience.HEAD}
DEFAULT_LADDER = Ladder(
    (
        *(Rung(days, _UNIT) for days in (-5, -1, 0)),
        Rung(1, _UNIT_AND_HEAD),
        *(Rung(days, _UNIT_AND_HEAD | {Audience.OFFICE}) for days in (3, 7)),
    )
)
"""-5, -1, 0, +1, +3, +7, as the plan of the office has it."""
RETURNED_LADDER = Ladder(tuple(rung for rung in DEFAULT_LADDER.rungs if rung.days >= -1))
"""The same without the far rung: a return is told at once with its reason, and its day is near."""


@dataclass(frozen=True)
class Window:
    """The due days that are on a rung today; `first` None means however long ago."""

    rung: Rung
    first: date | None
    last: date

    def holds(self, due_on: date) -> bool:
        return (self.first is None or self.first <= due_on) and due_on <= self.last


def windows(ladder: Ladder, today: date, calendar: Calendar) -> Iterator[Window]:
    """The due days of every rung on a working day (sister of `rung_on`): each begins where the next
    rung's end; the last rung past the due day has no beginning."""
    begun: tuple[tuple[tuple[Rung, ...], date | None], ...] = ((ladder.before, today), (ladder.after, None))
    for steps, first in begun:
        for rung in steps:
            last = calendar.add_working_days(today, 1 - rung.days) - timedelta(days=1)
            yield Window(rung, first, last)
            first = last + timedelta(days=1)


def rung_on(ladder: Ladder, due_on: date, today: date, calendar: Calendar) -> Rung | None:
    """The rung on which something due on `due_on` is today; None when nothing is told of it, as on
    every day that is not worked. What comes before the day is never told after it."""
    if not calendar.is_working_day(today):
        return None
    left = calendar.working_days_between(today, due_on)
    steps = ladder.after if left < 0 else ladder.before
    return next((rung for rung in steps if rung.days <= -left), None)


def rung_day(due_on: date, days: int, calendar: Calendar) -> date:
    """The first day of a rung. Up to the due day it falls on the working day before when the day
    itself is not worked, past it on the working day after."""
    if days > 0:
        return calendar.add_working_days(due_on, days)
    return calendar.add_working_days(calendar.on_or_before(due_on), days)


def is_told(role: Role, rung: Rung) -> bool:
    """Whether a person of the owing unit hears of this rung; the office's people do the tasks of theirs."""
    audience = Audience.HEAD if role is Role.UNIT_HEAD else Audience.LIAISON
    return (role.handles_tasks or role is Role.UNIT_HEAD) and audience in rung.to


def ladder_faults(rungs: Sequence[Rung]) -> dict[int, str]:
    """What is wrong with a ladder that somebody made, by the place of the rung."""
    days = [rung.days for rung in rungs]
    faults = {place: _rung_fault(rung, days.count(rung.days)) for place, rung in enumerate(rungs)}
    return {place: fault for place, fault in faults.items() if fault}


def repeat_fault(rung: Rung) -> str:
    """What is wrong with how often it is told."""
    if bool(rung.every) != bool(rung.times):
        return "间隔和次数要一起填；只告知一次的，两个都空着"
    if not (0 <= rung.every <= FARTHEST and 0 <= rung.times <= MOST_TIMES):
        return f"间隔应在 1 到 {FARTHEST} 个工作日之间，次数应在 1 到 {MOST_TIMES} 次之间"
    return ""


def _rung_fault(rung: Rung, count: int) -> str:
    if abs(rung.days) > FARTHEST:
        return f"应在 -{FARTHEST} 到 {FARTHEST} 之间"
    if count > 1:
        return "与另一级是同一天"
    if not rung.to:
        return "请选择告知谁"
    too_early = [one.label for one in Audience if one in rung.to & OF_UNITS and rung.days <= 0]
    return f"{'、'.join(too_early)}只在逾期以后告知" if too_early else ""
