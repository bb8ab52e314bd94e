"""The flow of a supervision order, and who may take which step."""

from datetime import date
from typing import Protocol

from tracker.assignments.rules import Actor, may_act_for
from tracker.labels import LabelledEnum, SignEnum

LONGEST_TITLE, LONGEST_TEXT = 100, 2000


class OrderState(SignEnum):
    """督办单状态."""

    DRAFT = "draft", "草稿", "idle", "□"
    ISSUED = "issued", "已交办", "near", "▲"
    ACKNOWLEDGED = "acknowledged", "已签收", "idle", "●"
    REPLIED = "replied", "已反馈", "idle", "◎"
    RETURNED = "returned", "退办", "late", "▽"
    CLOSED = "closed", "办结", "ok", "✓"


class Step(LabelledEnum):
    """督办办理动作."""

    DRAFT = "draft", "起草督办单"
    EDIT = "edit", "修改督办单"
    DISCARD = "discard", "删除草稿"
    ISSUE = "issue", "交办"
    ACKNOWLEDGE = "acknowledge", "签收"
    REPLY = "reply", "反馈"
    CLOSE = "close", "办结"
    RETURN = "return", "退办"
    ASK_EXTENSION = "ask_extension", "申请延期"
    GRANT_EXTENSION = "grant_extension", "同意延期"
    REFUSE_EXTENSION = "refuse_extension", "不同意延期"


class Urgency(LabelledEnum):
    """紧急程度."""

    NORMAL = "normal", "一般"
    URGENT = "urgent", "急件"
    MOST_URGENT = "most_urgent", "特急"


class Verdict(LabelledEnum):
    """答复: what became of a reply or of an extension that was asked for."""

    PENDING = "pending", "待答复"
    GRANTED = "granted", "同意"
    REFUSED = "refused", "不同意"


class Way(LabelledEnum):
    """催办方式: by what the office got in touch with a unit."""

    PHONE = "phone", "电话"
    MAIL = "mail", "邮件"
    VISIT = "visit", "上门"


OWING = frozenset({OrderState.ISSUED, OrderState.ACKNOWLEDGED, OrderState.RETURNED})
"""The unit has it in hand."""
OPEN = OWING | {OrderState.REPLIED}
"""It is issued, and not closed."""
TRANSITIONS: dict[Step, tuple[frozenset[OrderState], OrderState | None]] = {
    Step.EDIT: (frozenset({OrderState.DRAFT}), None),
    Step.DISCARD: (frozenset({OrderState.DRAFT}), None),
    Step.ISSUE: (frozenset({OrderState.DRAFT}), OrderState.ISSUED),
    Step.ACKNOWLEDGE: (frozenset({OrderState.ISSUED}), OrderState.ACKNOWLEDGED),
    Step.REPLY: (frozenset({OrderState.ACKNOWLEDGED, OrderState.RETURNED}), OrderState.REPLIED),
    Step.CLOSE: (frozenset({OrderState.REPLIED}), OrderState.CLOSED),
    Step.RETURN: (frozenset({OrderState.REPLIED}), OrderState.RETURNED),
    Step.ASK_EXTENSION: (OWING, None),
    Step.GRANT_EXTENSION: (OWING, None),
    Step.REFUSE_EXTENSION: (OWING, None),
}
"""From which states a step may start, and to which one it leads (None: it stays)."""
UNIT_STEPS = frozenset({Step.ACKNOWLEDGE, Step.REPLY, Step.ASK_EXTENSION})
"""What the unit does itself, the office in its name; all else is the office's."""


class Facts(Protocol):
    """What a rule needs to know of an order."""

    @property
    def state(self) -> OrderState: ...
    @property
    def unit_id(self) -> int: ...
    @property
    def due_on(self) -> date: ...


def refuse_step(order: Facts, step: Step, actor: Actor) -> str | None:
    """Why `actor` may not take the step with the order, or None."""
    if step in UNIT_STEPS and not may_act_for(order.unit_id, actor):
        return f"只有承办单位联络员可以{step.label}"
    if step not in UNIT_STEPS and not actor.role.is_office:
        return f"只有市食安办可以{step.label}"
    if order.state not in TRANSITIONS[step][0]:
        return f"督办单已经是“{order.state.label}”，不能{step.label}"
    return None


def refuse_check(order: Facts, step: Step, actor: Actor, *, replied_by_id: int | None) -> str | None:
    """Why `actor` may not close or return what `replied_by_id` replied, or None."""
    if reason := refuse_step(order, step, actor):
        return reason
    return "自己代为反馈的，须由食安办另一位同志核查" if replied_by_id == actor.id else None


def refuse_ask_extension(order: Facts, actor: Actor, today: date, *, is_pending: bool) -> str | None:
    """Why `actor` may not ask for a later day today, whatever the new day, or None."""
    if reason := refuse_step(order, Step.ASK_EXTENSION, actor):
        return reason
    if is_pending:
        return "上一次延期申请正在等待市食安办答复"
    if today >= order.due_on:
        return f"延期须在办结时限 {order.due_on} 以前申请"
    return None


def refuse_answer_extension(order: Facts, step: Step, actor: Actor, *, asked_by_id: int) -> str | None:
    """Why `actor` may not answer what `asked_by_id` asked, or None."""
    if reason := refuse_step(order, step, actor):
        return reason
    return "自己代为申请的，须由食安办另一位同志答复" if asked_by_id == actor.id else None


def refuse_new_day(order: Facts, new_day: date, last_day: date) -> str | None:
    """Why the order may not be due on `new_day`, or None."""
    if new_day <= order.due_on:
        return f"新时限须晚于现行时限 {order.due_on}"
    if new_day > last_day:
        return f"新时限不能晚于创建结束日 {last_day}"
    return None


def is_late(order: Facts, today: date) -> bool:
    """Whether the unit has let the day pass."""
    return order.state in OWING and today > order.due_on
