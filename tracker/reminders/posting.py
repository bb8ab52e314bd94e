"""Telling the chat group of a campaign, and setting its robot."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.events.actions import record
from tracker.outbox.hooks import Post, queue_post
from tracker.outbox.models import HookMessage
from tracker.outbox.rules import HookKind, MailState
from tracker.people.models import User
from tracker.plan.models import Campaign
from tracker.reminders.items import Item
from tracker.reminders.models import PostedLine, Webhook
from tracker.reminders.queries.hooks import is_posted
from tracker.reminders.rules.posts import post_text

TRIAL = "这是一条测试消息，收到即表示群机器人设置正确"


@dataclass(frozen=True)
class GroupLetter:
    """What the group of a campaign is told on a day."""

    key: str
    jurisdiction_id: int
    items: list[Item]
    post: Post


def group_letter(
    campaign: Campaign, hook: Webhook, items: list[Item], *, base_url: str, today: date
) -> GroupLetter:
    """The message around the lines of a day."""
    lines = [(item.text, f"{base_url}{item.path}") for item in items]
    text = post_text(hook.template, campaign.title, today, lines, most_bytes=hook.kind.most_bytes)
    post = Post(hook.kind, hook.url, f"{campaign.title}：{len(items)} 项", text, hook.secret)
    return GroupLetter(f"hook:{campaign.id}:{today}", campaign.jurisdiction_id, items, post)


def trial_post(campaign: Campaign, hook: Webhook, *, base_url: str, today: date) -> Post:
    """测试消息: what the robot says when somebody tries whether it can be reached, in the same template."""
    lines = [(TRIAL, base_url)]
    text = post_text(hook.template, campaign.title, today, lines, most_bytes=hook.kind.most_bytes)
    return Post(hook.kind, hook.url, f"{campaign.title}：测试消息", text, hook.secret)


def tell_group(session: Session, letter: GroupLetter, *, at: datetime) -> bool:
    """Queue the message and note what it tells; False when somebody else wrote it meanwhile.

    Raises:
        IntegrityError: something else than the message's key is in the way.
    """
    try:
        with session.begin_nested():
            message = queue_post(
                session, letter.key, letter.post, jurisdiction_id=letter.jurisdiction_id, at=at
            )
    except IntegrityError:
        if not is_posted(session, letter.key):
            raise
        return False
    failed = select(HookMessage.id).where(HookMessage.state == MailState.FAILED)
    session.execute(delete(PostedLine).where(PostedLine.message_id.in_(failed)))
    session.execute(insert(PostedLine), [_row(item, message.id) for item in letter.items])
    return True


def record_trial(session: Session, campaign: Campaign, outcome: str, *, by: User, at: datetime) -> None:
    """测试消息 was said or not, as `outcome` tells."""
    record(session, "campaign", campaign.id, "try_webhook", by=by, at=at, note=outcome)
    session.flush()


def set_webhook(
    session: Session,
    campaign: Campaign,
    kind: HookKind,
    url: str,
    template: str,
    *,
    is_on: bool,
    by: User,
    at: datetime,
    secret: str | None = None,
) -> None:
    """群机器人: where the campaign posts from the next run on. The record leaves out the address and the
    secret.

    Args:
        secret: what messages are signed with from now on; None keeps what there is. WeCom has none.
    """
    hook = session.get(Webhook, campaign.id, with_for_update=True) or Webhook(campaign_id=campaign.id)
    hook.kind, hook.url, hook.template, hook.is_on = kind, url, template, is_on
    hook.secret = (hook.secret or "" if secret is None else secret) if kind is HookKind.DINGTALK else ""
    session.add(hook)
    after = {"kind": kind.value, "template": template, "is_on": is_on, "is_signed": bool(hook.secret)}
    record(session, "campaign", campaign.id, "set_webhook", by=by, at=at, after=after)
    session.flush()


def _row(item: Item, message_id: int) -> dict[str, object]:
    return {
        "campaign_id": item.campaign_id,
        "kind": item.kind,
        "object_id": item.object_id,
        "late_from": item.late_from,
        "rung": item.rung,
        "message_id": message_id,
    }
