"""When a sign of life is too old, who may read the figures, and what counts as ready."""

from datetime import timedelta

from tracker.labels import LabelledEnum
from tracker.networks import Network, address_of

SCHEDULER = "scheduler"
OLDEST_BEAT = timedelta(minutes=10)
"""The scheduler beats every minute; a long round of mails may keep it from it for a while."""


class Part(LabelledEnum):
    """What must be there before people are let in."""

    DATABASE = "database", "数据库"
    SCHEMA = "schema", "数据库的表"
    FILES = "files", "数据目录"


def may_read_figures(address: str | None, networks: tuple[Network, ...]) -> bool:
    """Whether a client at this address is the machine itself, or in one of the networks."""
    client = address_of(address)
    return client is not None and (client.is_loopback or any(client in network for network in networks))


def is_alive(age: timedelta | None) -> bool:
    """Whether a beat so long ago, None for never, tells that somebody is at work."""
    return age is not None and age <= OLDEST_BEAT
