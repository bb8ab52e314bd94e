"""Who may read the figures, and when a sign of life is too old."""

from datetime import timedelta
from ipaddress import ip_network

import pytest

from tracker.operations.rules import OLDEST_BEAT, is_alive, may_read_figures

OFFICE = (ip_network("10.1.2.0/24"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("127.0.0.1", True), ("127.5.5.5", True), ("::1", True), ("::ffff:127.0.0.1", True),
        ("10.1.2.3", True), ("::ffff:10.1.2.3", True), ("fd00::1", True),
        ("10.1.3.3", False), ("192.168.1.1", False), ("2001:db8::1", False), ("::ffff:10.1.3.3", False),
        ("", False), (None, False), ("unix", False), ("10.1.2.3, 127.0.0.1", False),
    ],
)  # fmt: skip
def test_the_machine_itself_and_the_networks_read_the_figures(address: str | None, may: bool) -> None:
    assert may_read_figures(address, OFFICE) is may


def test_without_networks_only_the_machine_itself_does() -> None:
    assert may_read_figures("127.0.0.1", ())
    assert not may_read_figures("10.1.2.3", ())


@pytest.mark.parametrize(
    ("age", "alive"),
    [(None, False), (timedelta(0), True), (OLDEST_BEAT, True), (OLDEST_BEAT + timedelta(seconds=1), False)],
)
def test_a_beat_grows_too_old(age: timedelta | None, alive: bool) -> None:
    assert is_alive(age) is alive
