"""What is told: one line of a reminder, and the lines of one person."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from tracker.people.rules import Role
from tracker.reminders.rules import NoticeKind
from tracker.reminders.rules.ladder import Channel

NEWS = (
    NoticeKind.APPROVAL,
    NoticeKind.RETURNED_REPORT,
    NoticeKind.RETURNED_MILESTONE,
    NoticeKind.ORDER,
    NoticeKind.APPEAL,
    NoticeKind.APPEAL_ANSWER,
    NoticeKind.RETURNED_DOCUMENT,
    NoticeKind.MENTION,
)
"""What has no day and no ladder: told once, under a heading of its own."""
OF_UNITS = frozenset(
    {
        NoticeKind.UNIT_MILESTONES,
        NoticeKind.UNIT_RETURNED,
        NoticeKind.MISSING_REPORTS,
        NoticeKind.UNSENT_AGAIN,
    }
)
"""What others are told of units that are late."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person who may be told something, in the post that they hold today."""

    id: int
    username: str
    name: str
    email: str
    role: Role
    unit_id: int
    unit: str

    @property
    def to(self) -> str:
        """The mail address, or the user name of who has none."""
        return self.email or self.username


def by_unit(people: Iterable[Recipient]) -> defaultdict[int, list[Recipient]]:
    """The people of each unit, by its id."""
    found: defaultdict[int, list[Recipient]] = defaultdict(list)
    for person in people:
        found[person.unit_id].append(person)
    return found


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a person is told on a rung of the ladder; `name` is what the object is called."""

    kind: NoticeKind
    object_id: int
    late_from: date
    rung: int
    campaign_id: int
    name: str
    text: str
    path: str
    channel: Channel = Channel.BOTH

    @property
    def due_on(self) -> date:
        """The day that the ladder counts from."""
        return self.late_from - timedelta(days=1)

    @property
    def identity(self) -> tuple[int, NoticeKind, int, date]:
        """What the ledger knows it by, whoever is told and on whichever rung."""
        return self.campaign_id, self.kind, self.object_id, self.late_from

    def key(self, reader: int | str) -> str:
        """The ledger's unique key as text; `reader` is a person's number, or the group."""
        return f"{self.campaign_id}:{self.kind}:{self.object_id}:{self.late_from}:{self.rung}:{reader}"


def news(
    kind: NoticeKind, campaign_id: int, object_id: int, happened_on: date, *, name: str, text: str, path: str
) -> Item:
    """The line of what happened on a day and is told once, from the day after on."""
    return Item(kind, object_id, happened_on + timedelta(days=1), 0, campaign_id, name, text, path)


@dataclass(frozen=True)
class DigestGroup:
    """Units of a month that stand alike: 未报, 迟报 and so on; each with its own words."""

    word: str
    units: list[str]

    @property
    def counted(self) -> str:
        """按时 40 个单位."""
        return f"{self.word} {len(self.units)} 个单位"


@dataclass(frozen=True)
class Digest:
    """月报汇总: how the units reported in a month."""

    item: Item
    month: str
    total: int
    groups: list[DigestGroup]

    @property
    def counts(self) -> str:
        """按时 40 个单位、迟报 5 个单位、未报 12 个单位."""
        return "、".join(group.counted for group in self.groups)


@dataclass
class Due:
    """Everything that one person is to be told today; `late_count` is what the unit has late in all,
    told of before or not."""

    recipient: Recipient
    items: list[Item] = field(default_factory=list)
    digests: list[Digest] = field(default_factory=list)
    late_count: int = 0

    @property
    def all_items(self) -> list[Item]:
        return [digest.item for digest in self.digests] + self.items

    @property
    def mailed(self) -> list[Item]:
        """The items that the mail lists beside the digests."""
        return [item for item in self.items if item.channel.is_mail]

    @property
    def is_mailed(self) -> bool:
        """Whether there is a mail to write; an empty one never is."""
        return bool(self.digests or self.mailed)


def by_group(items: Iterable[Item], today: date) -> dict[str, list[Item]]:
    """The lines under the headings of a mail, without empty ones."""
    headings = ("逾期", "今天到期", "将到期", "单位逾期", *(kind.label for kind in NEWS))
    groups: dict[str, list[Item]] = {heading: [] for heading in headings}
    for item in items:
        groups[_heading(item, today)].append(item)
    return {heading: lines for heading, lines in groups.items() if lines}


def _heading(item: Item, today: date) -> str:
    if item.kind in NEWS:
        return item.kind.label
    if item.kind in OF_UNITS:
        return "单位逾期"
    if item.rung > 0:
        return "逾期"
    return "今天到期" if item.due_on == today else "将到期"
