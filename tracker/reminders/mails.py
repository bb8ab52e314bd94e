"""The mails of this package: one typed function each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.outbox.mails import Mail, render
from tracker.plan.models import Campaign
from tracker.reminders.items import Due, Item, Recipient, by_group
from tracker.reminders.rules import counted


@dataclass(frozen=True)
class Urger:
    """Who urges, in the name of which unit."""

    unit: str
    name: str


@dataclass(frozen=True)
class Letterhead:
    """What stands around every mail of a city: whose it is, where its links lead, whom to ring up."""

    title: str
    office_phone: str
    base_url: str
    today: date


def letterhead(campaigns: Sequence[Campaign], base_url: str, today: date) -> Letterhead:
    """The head and foot of the mails of a city, which may run several campaigns at once."""
    title = campaigns[0].title if len(campaigns) == 1 else f"{campaigns[0].title}等 {len(campaigns)} 项创建"
    phone = next((campaign.office_phone for campaign in campaigns if campaign.office_phone), "")
    return Letterhead(title, phone, base_url, today)


def reminder(due: Due, head: Letterhead) -> Mail:
    """提醒: what the person's unit owes, grouped by how urgent it is."""
    groups = by_group(due.mailed, head.today)
    return render("reminder", summary=_summary(groups), **_words(due, groups, head))


def digest(due: Due, head: Letterhead) -> Mail:
    """月报汇总: how the units reported, and below it what else the person is told today."""
    groups = by_group(due.mailed, head.today)
    months = [f"{found.month} 月报汇总：{found.counts}" for found in due.digests]
    summary = "；".join([*months, _summary(groups)]).removesuffix("；")
    return render("digest", summary=summary, digests=due.digests, **_words(due, groups, head))


def nudge(recipient: Recipient, items: list[Item], urger: Urger, head: Letterhead) -> Mail:
    """催办: somebody of another unit urges what the person's unit owes."""
    return render("nudge", recipient=recipient, groups={"催办事项": items}, urger=urger, head=head)


def _summary(groups: dict[str, list[Item]]) -> str:
    return counted({heading: len(items) for heading, items in groups.items()})


def _words(due: Due, groups: dict[str, list[Item]], head: Letterhead) -> dict[str, Any]:
    return {"recipient": due.recipient, "late_count": due.late_count, "groups": groups, "head": head}
