"""When mail goes, what is news, and how a distance is told: no database."""

from datetime import date, datetime, time, timedelta

import pytest

from tracker.reminders.rules import digest_holds, due_words, refuse_telling
from tracker.workdays.rules import Calendar

PLAIN = Calendar()


def test_the_digest_is_news_from_the_working_day_after_the_25th() -> None:
    friday = date(2024, 10, 25)
    news = [
        day for day in (friday + timedelta(days=n) for n in range(40)) if digest_holds(friday, day, PLAIN)
    ]
    assert news[0] == date(2024, 10, 28)
    assert len(news) == 10


def test_mail_goes_from_nine_on_working_days() -> None:
    assert refuse_telling(datetime.combine(date(2024, 3, 26), time(9)), PLAIN) is None  # city time
    early = refuse_telling(datetime.combine(date(2024, 3, 26), time(8, 59)), PLAIN)
    assert early == "2024-03-26 08:59 还不到 09:00，不发提醒"
    sunday = refuse_telling(datetime.combine(date(2024, 3, 24), time(10)), PLAIN)
    assert sunday == "2024-03-24（星期日）不是工作日，不发提醒"


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (date(2024, 8, 19), "还有 4 个工作日"),
        (date(2024, 8, 23), "星期日到期，今天是到期前最后一个工作日"),
        (date(2024, 8, 25), "今天到期"),
        (date(2024, 8, 27), "逾期 2 个工作日"),
    ],
)
def test_the_distance_is_told_in_working_days(today: date, words: str) -> None:
    assert due_words(date(2024, 8, 25), today, PLAIN) == words
