"""The only reader of the machine's clock. Moments are aware UTC; days are days of the city's zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

CITY_ZONE = "Asia/Shanghai"


@dataclass(frozen=True)
class Clock:
    """Tells the moment and the day.

    `pretended` replaces today's date (TRACKER_TODAY) while the time of day runs on;
    `fixed` is one moment that does not move (commands with `--at`, tests).
    """

    zone: str = CITY_ZONE
    pretended: date | None = None
    fixed: datetime | None = None

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        if self.fixed is not None:
            return self.fixed.astimezone(UTC)
        real = datetime.now(UTC)
        if self.pretended is None:
            return real
        return real + timedelta(days=(self.pretended - self.day_of(real)).days)

    def real_now(self) -> datetime:
        """The present moment whatever date is pretended, for codes that a telephone makes."""
        return self.fixed.astimezone(UTC) if self.fixed is not None else datetime.now(UTC)

    def today(self) -> date:
        """The present day in the city's zone."""
        return self.day_of(self.now())

    def day_of(self, moment: datetime, zone: str = "") -> date:
        """The calendar day of an aware moment, in the city's zone or in another one."""
        return moment.astimezone(ZoneInfo(zone or self.zone)).date()

    def moment(self, day: date, at: time = time(0)) -> datetime:
        """The UTC moment of a city day and a city time of day."""
        return datetime.combine(day, at, ZoneInfo(self.zone)).astimezone(UTC)
