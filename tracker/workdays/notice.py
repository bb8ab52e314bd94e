"""Reading the State Council's notice of a year's holidays (关于2025年部分节假日安排的通知), or a city's own.

The notice has one paragraph a festival: 二、春节：1月28日（农历除夕、周二）至2月4日（周二）放假调休，共8天。
1月26日（周日）、2月8日（周六）上班。 What it says twice, the count of days and the days of the week, is held
against each other.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tracker.workdays.rules import DayKind

WEEKDAYS = "一二三四五六日"
LONGEST = 31
"""Days that one holiday may have; more is a slip of the pen."""
_YEAR = re.compile(r"(?:关于)?(20\d\d)年(?:部分)?(?:节假日|放假|藏历|雪顿)")
_FESTIVAL = re.compile(
    r"(?:[一二三四五六七八九十]+、|\d+[.、])?([^：。\s]{1,20}?)(?:放假安排)?：(.+)", re.DOTALL
)
_ASIDE = r"(?:\(([^)]{0,40})\))?"  # an end, lest a bracket that never closes is sought again and again
_SPAN = re.compile(
    rf"(?:(20\d\d)年)?(?:(\d{{1,2}})月)?(\d{{1,2}})日{_ASIDE}"
    rf"(?:(?:至|到|-|—|~)(?:(20\d\d)年)?(?:(\d{{1,2}})月)?(\d{{1,2}})日{_ASIDE})?"
)
_COUNT = re.compile(r"(?:共|放假)(\d+)天")
_WEEKDAY = re.compile(rf"(?:星期|周)([{WEEKDAYS}天])")


@dataclass(frozen=True)
class Festival:
    """节日: its days off, and the weekend days that are worked for it."""

    name: str
    offs: tuple[date, ...]
    ons: tuple[date, ...]

    @property
    def days(self) -> Iterator[tuple[date, DayKind]]:
        yield from ((day, DayKind.HOLIDAY) for day in self.offs)
        yield from ((day, DayKind.WORKDAY) for day in self.ons)


@dataclass(frozen=True)
class Notice:
    """放假通知 as it was understood; `faults` say what in it cannot be, `year` is None when it names none."""

    year: int | None
    festivals: tuple[Festival, ...]
    faults: tuple[str, ...]


def read_notice(text: str, year: int | None = None) -> Notice:
    """Understand a pasted notice.

    Args:
        year: of the days that name none; by default the one in the notice's title.
    """
    plain = unicodedata.normalize("NFKC", text).replace(":", "：")
    titled = _YEAR.search(plain)
    year = year or (int(titled[1]) if titled else None)
    if year is None:
        return Notice(None, (), ("没有写明年份：请连同标题一起粘贴，或填写年份",))
    faults: list[str] = []
    festivals = [_festival(name, words, year, faults) for name, words in _paragraphs(plain)]
    found = tuple(festival for festival in festivals if festival.offs)
    if not found:
        faults.append("没有认出放假日期：每个节日应像“清明节：4月4日至6日放假，共3天”这样写成一段")
    faults += _doubled(found)
    return Notice(year, found, tuple(faults))


def _paragraphs(plain: str) -> Iterator[tuple[str, str]]:
    """The festivals with what is said of each; a line without a name goes on with the one before."""
    name, words = "", ""
    for line in filter(None, (line.strip() for line in plain.splitlines())):
        begun = _FESTIVAL.fullmatch(line)
        if begun and "放假" in begun[2]:
            if name:
                yield name, words
            name, words = begun[1], begun[2]
        elif name:
            words += line
    if name:
        yield name, words


def _festival(name: str, words: str, year: int, faults: list[str]) -> Festival:
    offs: list[date] = []
    ons: list[date] = []
    for sentence in words.split("。"):
        if "鼓励" in sentence or ("除夕" in sentence and "休息" in sentence):
            continue  # 鼓励安排职工在除夕休息: an advice, not a day off
        for part in re.split(r"(?<=上班)", sentence):
            if "上班" in part:
                ons += _days(name, part, year, faults)
            elif "放假" in part:
                offs += _days(name, part, year, faults)
        count = _COUNT.search(sentence)
        if count and "放假" in sentence and int(count[1]) != len(offs):
            faults.append(f"{name}：写的是 {count[1]} 天，日期数出来是 {len(offs)} 天")
    return Festival(name, tuple(sorted(set(offs))), tuple(sorted(set(ons))))


def _days(name: str, words: str, year: int, faults: list[str]) -> list[date]:
    found: list[date] = []
    month: int | None = None
    for match in _SPAN.finditer(words):
        first_year, first_month, first_day, aside, last_year, last_month, last_day, last_aside = (
            match.groups()
        )
        month = int(first_month) if first_month else month
        if month is None:
            faults.append(f"{name}：“{match[0]}”没有写明月份")
            continue
        first = _day(name, int(first_year or year), month, int(first_day), aside, faults)
        last = first
        if last_day is not None:
            month = int(last_month) if last_month else month
            last = _day(name, int(last_year or year), month, int(last_day), last_aside, faults)
        if first is None or last is None:
            continue
        length = (last - first).days + 1
        if not 0 < length <= LONGEST:
            faults.append(f"{name}：“{match[0]}”的起止日期不对")
            continue
        found += [first + timedelta(days=step) for step in range(length)]
    return found


def _day(name: str, year: int, month: int, day: int, aside: str | None, faults: list[str]) -> date | None:
    try:
        found = date(year, month, day)
    except ValueError:
        faults.append(f"{name}：没有 {year} 年 {month} 月 {day} 日这一天")
        return None
    written, true = _WEEKDAY.search(aside or ""), WEEKDAYS[found.weekday()]
    if written and written[1].replace("天", "日") != true:
        faults.append(f"{name}：{month}月{day}日写的是星期{written[1]}，{year} 年的这一天是星期{true}")
    return found


def _doubled(festivals: tuple[Festival, ...]) -> Iterator[str]:
    """Days that two paragraphs speak of, or one of them both ways."""
    seen: dict[date, str] = {}
    for festival in festivals:
        for day, _ in festival.days:
            if day in seen:
                yield f"{day} 写了两次：{seen[day]}、{festival.name}"
            seen[day] = festival.name
