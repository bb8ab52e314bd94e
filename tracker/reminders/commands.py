"""`tracker remind`: who is told what, or would be."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from tracker.console import Console, pass_console
from tracker.reminders.items import Due, Item
from tracker.reminders.jobs import Round, plan_round
from tracker.reminders.jobs import remind as run
from tracker.reminders.posting import GroupLetter
from tracker.reminders.rules import NoticeKind
from tracker.reminders.rules.ladder import Channel


def iso_moment(raw: str) -> datetime:
    """A moment as ISO 8601; without a zone it is the city's time."""
    try:
        return datetime.fromisoformat(raw)
    except ValueError:
        raise click.BadParameter(f"“{raw}”不是 2024-03-26T09:00 这样的时间") from None


@click.command()
@click.option(
    "--at", type=iso_moment, metavar="ISO", help="当作这个时刻运行，如 2024-03-26T09:00；缺省为现在。"
)
@click.option("--dry-run", is_flag=True, help="只列出会提醒谁什么，不写入。")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
@pass_console
def remind(console: Console, at: datetime | None, dry_run: bool, as_json: bool) -> None:
    """提醒：把今天该说而没有说过的事项写进提醒发件箱；重复运行不会重复提醒。"""
    clock = console.clock
    if at is not None:
        clock = replace(clock, fixed=at if at.tzinfo else at.replace(tzinfo=ZoneInfo(clock.zone)))
    base_url = console.config.base_url
    if dry_run:
        with console.database.session() as session:
            told = plan_round(session, clock, base_url=base_url)
    else:
        told = run(console.database, clock, base_url=base_url)
    for refusal in told.refusals:
        click.echo(refusal, err=True)
    if as_json:
        click.echo(json.dumps(as_data(told, base_url), ensure_ascii=False, indent=2))
    else:
        _print(told)


def as_data(told: Round, base_url: str) -> list[dict[str, Any]]:
    """Who is told what, in the shape that other tools read; what goes by no mail has no subject. After the
    people come the chat groups: `group` is the robot's kind, and they have no unit."""
    people = [
        {
            "to": due.recipient.to,
            "unit": due.recipient.unit,
            "subject": subject,
            "items": [_item(item, item.key(due.recipient.id), base_url) for item in due.all_items],
        }
        for due, subject in _told(told)
    ]
    return people + [_group(letter, base_url) for letter in told.groups]


def _group(letter: GroupLetter, base_url: str) -> dict[str, Any]:
    kind = letter.post.kind
    return {
        "to": f"{kind.label}群",
        "unit": "",
        "subject": letter.post.title,
        "group": kind.value,
        "items": [_item(item, item.key("group"), base_url) for item in letter.items],
    }


def _told(told: Round) -> list[tuple[Due, str]]:
    by_mail = [(letter.due, letter.mail.subject) for letter in told.letters]
    return by_mail + [(due, "") for due in told.in_app]


def _item(item: Item, key: str, base_url: str) -> dict[str, Any]:
    return {
        "key": key,
        "kind": item.kind.ladder,
        "rung": "digest" if item.kind is NoticeKind.DIGEST else item.rung,
        "object": item.name,
        "text": item.text,
        "url": f"{base_url}{item.path}",
    }


def _print(told: Round) -> None:
    for due, subject in _told(told):
        recipient = due.recipient
        click.echo(f"{recipient.unit} {recipient.name} <{recipient.to}>：{subject or Channel.APP.label}")
        for item in due.all_items:
            click.echo(f"  {item.text}")
    for letter in told.groups:
        click.echo(f"{letter.post.kind.label}群：{letter.post.title}")
    click.echo(f"共 {told.count} 人")
