"""Addresses and the networks that they lie in."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Network = IPv4Network | IPv6Network
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def address_of(raw: str | None) -> IPv4Address | IPv6Address | None:
    """The address of a client; ::ffff:10.1.2.3, as a server on both kinds sees it, is 10.1.2.3."""
    try:
        found = ip_address(raw or "")
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def is_within(raw: str | None, networks: tuple[Network, ...]) -> bool:
    """Whether an address lies in one of the networks; everywhere when none is named."""
    found = address_of(raw)
    return not networks or (found is not None and any(found in network for network in networks))


def is_near(raw: str) -> bool:
    """Whether an address is this machine, or one that is reached without a router; 169.254.169.254, where
    clouds keep their secrets, is such a one."""
    found = address_of(raw)
    return found is None or any(
        (found.is_loopback, found.is_link_local, found.is_unspecified, found.is_multicast)
    )
