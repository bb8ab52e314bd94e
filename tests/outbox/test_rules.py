"""When a failed mail is tried again, and which may be sent once more."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.world import CITY
from tracker.outbox.rules import (
    GAPS,
    MAX_ATTEMPTS,
    OPENS_AT,
    MailState,
    goes_at,
    is_mail_time,
    next_try,
    refuse_resend,
)
from tracker.workdays.rules import Calendar

AT = datetime(2024, 3, 26, 1, tzinfo=UTC)


def test_the_gaps_grow() -> None:
    tries = [next_try(count, AT) for count in range(1, MAX_ATTEMPTS + 1)]
    assert tries[0] == AT + timedelta(minutes=1)
    assert tries[:-1] == sorted(tries[:-1], key=lambda moment: moment or AT)
    assert len(set(GAPS)) == len(GAPS)


def test_after_eight_tries_it_is_given_up() -> None:
    assert MAX_ATTEMPTS == 8
    assert next_try(7, AT) is not None
    assert next_try(8, AT) is None
    assert next_try(8, AT, is_down=True) == AT + timedelta(minutes=GAPS[-1])


def test_all_tries_of_a_mail_fall_on_its_own_day() -> None:
    assert OPENS_AT.hour * 60 + sum(GAPS) < 24 * 60


@pytest.mark.parametrize(
    ("moment", "goes"),
    [
        (datetime(2024, 3, 26, 9, tzinfo=CITY), True),
        (datetime(2024, 3, 26, 23, 59, tzinfo=CITY), True),
        (datetime(2024, 3, 26, 8, 59, tzinfo=CITY), False),
        (datetime(2024, 3, 24, 10, tzinfo=CITY), False),
    ],
)
def test_mail_goes_from_nine_on_working_days(moment: datetime, goes: bool) -> None:
    assert is_mail_time(moment, Calendar()) is goes


@pytest.mark.parametrize(
    ("written", "belongs_to"),
    [
        (datetime(2024, 3, 26, 8, tzinfo=CITY), datetime(2024, 3, 26, 8, tzinfo=CITY)),
        (datetime(2024, 3, 26, 22, tzinfo=CITY), datetime(2024, 3, 26, 22, tzinfo=CITY)),
        (datetime(2024, 3, 23, 10, tzinfo=CITY), datetime(2024, 3, 25, 9, tzinfo=CITY)),
        (datetime(2024, 3, 24, 23, tzinfo=CITY), datetime(2024, 3, 25, 9, tzinfo=CITY)),
    ],
)
def test_a_mail_of_a_day_off_belongs_to_the_next_working_day(written: datetime, belongs_to: datetime) -> None:
    assert goes_at(written, Calendar()) == belongs_to


@pytest.mark.parametrize("state", MailState)
def test_only_what_is_not_on_its_way_is_sent_again(state: MailState) -> None:
    may = refuse_resend(state, "a@example.test", is_active=True) is None
    assert may == (state in (MailState.SENT, MailState.FAILED, MailState.NO_ADDRESS))
    assert refuse_resend(state, "", is_active=True) is not None
    assert refuse_resend(state, "a@example.test", is_active=False) is not None
