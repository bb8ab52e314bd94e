"""Locks after wrong passwords: of an account, and of an address that tries many.

Source: GB/T 22239-2019, L3-CES1-02 (login-failure handling).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network


@dataclass(frozen=True)
class LockPolicy:
    """How many wrong passwords in a row lock an account, and for how long; how many from one address
    within how many minutes lock the address for as long (0: never)."""

    attempts: int
    minutes: int
    address_attempts: int = 0
    address_minutes: int = 15

    @property
    def address_window(self) -> timedelta:
        return timedelta(minutes=self.address_minutes)


def is_locked(locked_until: datetime | None, at: datetime) -> bool:
    """Whether wrong passwords have closed the account or the address for the moment."""
    return locked_until is not None and at < locked_until


def counted_origin(address: str) -> str:
    """The address under which wrong passwords are counted, empty for one that is never locked.

    A person with IPv6 has a whole /64. The machine itself is everybody when a proxy stands in front that
    the settings do not know (`TRACKER_TRUSTED_PROXIES`): locking it would lock all.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is None:
            return "" if found.is_loopback else str(ip_network((int(found), 64), strict=False))
        found = found.ipv4_mapped
    return "" if found.is_loopback else str(found)
