"""Reading campaign.toml."""

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tracker.plan.seed.rows import Names, Settings
from tracker.units.rules import NameBook, UnknownUnitError

FILE = "campaign.toml"
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def read_settings(folder: Path, book: NameBook[str], problems: list[str]) -> Settings | None:
    """The campaign's settings; None when the file cannot be read at all."""
    try:
        text = (folder / FILE).read_text(encoding="utf-8-sig")
        reader = _Reader(text, tomllib.loads(text), problems)
    except FileNotFoundError:
        problems.append(f"{FILE}：缺少这个文件")
        return None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(f"{FILE}：不是完整的 TOML（{error}）")
        return None
    settings = _settings(reader, book)
    if settings.starts_on > settings.ends_on:
        reader.wrong("ends_on", "不能早于 starts_on")
    if settings.report_first_month > settings.report_last_month:
        reader.wrong("reports.last_month", "不能早于 first_month")
    return settings


def _settings(toml: "_Reader", book: NameBook[str]) -> Settings:
    return Settings(
        slug=toml.slug("slug"),
        title=toml.text("title"),
        plan_title=toml.text("plan_title"),
        office=toml.name("office", book),
        issued_on=toml.day("issued_on"),
        starts_on=toml.day("starts_on"),
        ends_on=toml.day("ends_on"),
        jurisdiction_code=toml.text("jurisdiction.code"),
        jurisdiction_name=toml.text("jurisdiction.name"),
        timezone=toml.zone("jurisdiction.timezone"),
        report_first_month=toml.month("reports.first_month"),
        report_last_month=toml.month("reports.last_month"),
        report_day=toml.whole("reports.day", 1, 28),
        reporting_groups=toml.names("reports.groups", book),
        optional_reporters=toml.names("reports.optional_units", book),
        notice_days=toml.whole("notice.days", 0, 365),
    )


class _Reader:
    """The values of the file by dotted key; what is not as it should be goes into `problems`."""

    def __init__(self, text: str, data: dict[str, Any], problems: list[str]) -> None:
        self.lines = text.splitlines()
        self.data = data
        self.problems = problems

    def wrong(self, key: str, expected: str) -> None:
        line = self._line(key)
        place = f"第 {line} 行 " if line else ""
        self.problems.append(f"{FILE} {place}{key}：{expected}")

    def text(self, key: str) -> str:
        value = self._value(key)
        if not isinstance(value, str) or not value.strip():
            self.wrong(key, "应为引号中的文字，不能为空")
            return ""
        return value.strip()

    def slug(self, key: str) -> str:
        value = self.text(key)
        if value and not SLUG.fullmatch(value):
            self.wrong(key, "应由小写字母、数字和连字符组成")
        return value

    def whole(self, key: str, lowest: int, highest: int) -> int:
        value = self._value(key)
        if type(value) is not int or not lowest <= value <= highest:
            self.wrong(key, f"应为 {lowest} 到 {highest} 的整数")
            return lowest
        return value

    def day(self, key: str) -> date:
        value = self._value(key)
        if type(value) is not date:
            self.wrong(key, "应为 2024-04-30 这样的日期，不加引号")
            return date.min
        return value

    def month(self, key: str) -> date:
        value = self._value(key)
        try:
            return date.fromisoformat(f"{value}-01")
        except ValueError:
            self.wrong(key, "应为引号中的月份，例如 2023-08")
            return date.min

    def zone(self, key: str) -> str:
        value = self.text(key)
        try:
            return ZoneInfo(value).key if value else value
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.wrong(key, f"没有时区“{value}”；例如 Asia/Shanghai")
            return value

    def name(self, key: str, book: NameBook[str]) -> str:
        value = self.text(key)
        return self._find(key, value, book) if value else value

    def names(self, key: str, book: NameBook[str]) -> Names:
        value = self._value(key)
        if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
            self.wrong(key, "应为方括号中的单位或集合名称")
            return ()
        return tuple(self._find(key, part, book) for part in value)

    def _find(self, key: str, name: str, book: NameBook[str]) -> str:
        try:
            return book.find(name)
        except UnknownUnitError as error:
            self.wrong(key, str(error))
            return name

    def _value(self, key: str) -> Any:
        value: Any = self.data
        for part in key.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        return value

    def _line(self, key: str) -> int | None:
        """The line on which the key, or else its table, stands."""
        table, _, name = key.rpartition(".")
        inside = ""
        for number, line in enumerate(self.lines, 1):
            if heading := re.match(r"\s*\[([^]]+)]", line):
                inside = heading[1].strip()
            if inside == table and re.match(rf"\s*{re.escape(name)}\s*=", line):
                return number
        headings = [
            n for n, line in enumerate(self.lines, 1) if table and line.strip().startswith(f"[{table}]")
        ]
        return headings[0] if headings else None
