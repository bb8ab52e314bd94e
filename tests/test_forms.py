"""What addresses and forms say, read without trust."""

import pytest

from tracker.forms import whole_number


@pytest.mark.parametrize("raw", [None, "", "x", "-1", "1.5", "²", "１２", "9" * 10])
def test_what_is_no_row_number_is_none(raw: str | None) -> None:
    assert whole_number(raw) is None


def test_a_row_number_is_read() -> None:
    assert whole_number("17") == 17
