"""What is told and when mail may go; who may urge whom. The ladder stands beside it."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from tracker.assignments.rules import DEPARTMENTS, Actor
from tracker.labels import LabelledEnum, shortened
from tracker.milestones.rules import Facts, State, Step, is_open, refuse_step
from tracker.outbox.rules import OPENS_AT, is_mail_time
from tracker.people.rules import Role
from tracker.plan.rules import PartyRole
from tracker.units.rules import UnitKind
from tracker.workdays.rules import Calendar

DIGEST_DAYS = 10
"""Working days within which the digest of a month still matters."""
MENTION_DAYS = 5
"""Working days within which a comment that calls upon a unit is still told."""
MOST_QUOTED = 60
"""Characters of a reason or a comment in a line."""
FEED_TOKEN = re.compile(r"([1-9][0-9]{0,8})-[A-Za-z0-9_-]{43}")
"""The secret address of a calendar: whose it is, and 32 random bytes."""
WEEKDAYS = "一二三四五六日"


class NoticeKind(LabelledEnum):
    """提醒种类: what the ledger's object is: a milestone, a month; a unit or a month that the office
    is told of; a month whose digest it gets; an appeal that waits for the office, or was answered; a
    comment that calls upon the unit; a milestone that somebody urged, a month about which the office
    did; a milestone, a month or a document that was returned, a unit or a month of which it did not come
    back; an order that waits for the unit, or for the office; a month whose report waits for the unit's
    head."""

    MILESTONE = "milestone", "节点"
    REPORT = "report", "月报"
    UNIT_MILESTONES = "unit_milestones", "单位逾期节点"
    MISSING_REPORTS = "missing_reports", "未报月报"
    DIGEST = "digest", "月报汇总"
    APPEAL = "appeal", "待答复申请"
    APPEAL_ANSWER = "appeal_answer", "申请答复"
    RETURNED_MILESTONE = "returned_milestone", "退回节点"
    RETURNED_REPORT = "returned_report", "退回月报"
    RETURNED_DOCUMENT = "returned_document", "退回材料"
    UNIT_RETURNED = "unit_returned", "单位退回节点逾期"
    UNSENT_AGAIN = "unsent_again", "退回月报未重报"
    MENTION = "mention", "留言"
    NUDGE = "nudge", "催办"
    REPORT_NUDGE = "report_nudge", "催报"
    ORDER = "order", "督办"
    APPROVAL = "approval", "待审签月报"

    @property
    def ladder(self) -> str:
        """Of which ladder it is a rung: milestone, report; or digest."""
        return _LADDERS.get(self, self).value


_LADDERS = {
    NoticeKind.UNIT_MILESTONES: NoticeKind.MILESTONE,
    NoticeKind.UNIT_RETURNED: NoticeKind.MILESTONE,
    NoticeKind.MISSING_REPORTS: NoticeKind.REPORT,
    NoticeKind.UNSENT_AGAIN: NoticeKind.REPORT,
}


class Urged(NamedTuple):
    """Whose share is urged, and in which role the unit has it."""

    unit_id: int
    kind: UnitKind
    role: PartyRole


class Ties(NamedTuple):
    """How the unit of the one who urges stands to a share: whether it leads its task, and whether it
    has a share in the task's item itself."""

    leads_task: bool
    is_in_item: bool


def digest_holds(due_on: date, today: date, calendar: Calendar) -> bool:
    """Whether the digest of a month due on `due_on` is told today: from the working day after the
    due day on, while it is news."""
    if today <= due_on or not calendar.is_working_day(today):
        return False
    return calendar.working_days_between(due_on, today) <= DIGEST_DAYS


def mentions_from(today: date, calendar: Calendar) -> date:
    """The first day whose comments are still told today; the last one is yesterday."""
    return calendar.add_working_days(today, -MENTION_DAYS)


def refuse_telling(at: datetime, calendar: Calendar) -> str | None:
    """Why no reminder goes out at this city time, or None."""
    day = at.date()
    if not calendar.is_working_day(day):
        return f"{day}（星期{WEEKDAYS[day.weekday()]}）不是工作日，不发提醒"
    if not is_mail_time(at, calendar):
        return f"{at:%Y-%m-%d %H:%M} 还不到 {OPENS_AT:%H:%M}，不发提醒"
    return None


def refuse_nudge(
    milestone: Facts, urged: Urged, actor: Actor, actor_kind: UnitKind, ties: Ties, today: date
) -> str | None:
    """Why `actor` may not urge (催办) a unit's milestone today, or None."""
    if reason := _refuse_urging(urged, actor, actor_kind, ties) or refuse_step(milestone, Step.NUDGE):
        return reason
    if milestone.is_backfill and milestone.state is State.OPEN:
        return "待补录的节点由市食安办统一办结，不用催办"
    if not is_open(milestone, today):
        return f"本节点 {milestone.opens_on:%Y-%m-%d} 才开始，现在不用催办"
    return "该单位在等配合单位提交，请催办配合单位" if milestone.is_waiting else None


def _refuse_urging(urged: Urged, actor: Actor, actor_kind: UnitKind, ties: Ties) -> str | None:
    if not (actor.role.is_office or actor.role is Role.LIAISON):
        return "只有联络员和市食安办可以催办"
    if actor.unit_id == urged.unit_id:
        return "本单位的节点不用催办"
    is_supporter = ties.leads_task and urged.role is PartyRole.SUPPORT
    is_county = ties.is_in_item and actor_kind in DEPARTMENTS and urged.kind not in DEPARTMENTS
    if actor.role.is_office or is_supporter or is_county:
        return None
    return "只能催办本单位牵头任务的配合单位，部门可以催办本指标的县（区）"


def nudge_key(user_id: int, first_milestone_id: int, today: date) -> str:
    """The outbox key of a mail that urges: a milestone is urged once a day, so its first one tells it."""
    return f"nudge:{today}:user:{user_id}:milestone:{first_milestone_id}"


def report_nudge_key(user_id: int, first_period_id: int, today: date) -> str:
    """The outbox key of a mail that urges about months; a month is urged once a day."""
    return f"nudge:{today}:user:{user_id}:month:{first_period_id}"


def mail_key(user_id: int, today: date) -> str:
    """The outbox key of a person's one mail of a day."""
    return f"{mail_keys(today)}{user_id}"


def mail_keys(today: date) -> str:
    """What the keys of all these mails of a day begin with."""
    return f"reminder:{today}:user:"


def due_words(due_on: date, today: date, calendar: Calendar) -> str:
    """How far away the day is: 今天到期, 还有 3 个工作日, 逾期 2 个工作日."""
    left = calendar.working_days_between(today, due_on)
    if due_on < today:
        return f"逾期 {-left} 个工作日"
    if due_on == today:
        return "今天到期"
    if left == 0:
        return f"星期{WEEKDAYS[due_on.weekday()]}到期，今天是到期前最后一个工作日"
    return f"还有 {left} 个工作日"


def feed_owner(token: str) -> int | None:
    """Whose calendar a secret address claims to open."""
    found = FEED_TOKEN.fullmatch(token)
    return int(found[1]) if found else None


def quoted(text: str) -> str:
    """What somebody wrote, as a line of a mail has room for it."""
    return shortened(text, MOST_QUOTED)


def counted(words: Mapping[str, int]) -> str:
    """{"逾期": 3, "今天到期": 0} as a mail's subject says it: 逾期 3 项."""
    return "、".join(f"{word} {count} 项" for word, count in words.items() if count)
