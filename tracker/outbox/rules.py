"""States of a mail on its way, and when a failed one is tried again."""

from datetime import datetime, timedelta

from tracker.labels import LabelledEnum

GAPS = (1, 5, 15, 60, 240, 720, 1440)
"""Minutes to the next try after each failed one; after the last gap one more try, then no more."""
MAX_ATTEMPTS = len(GAPS) + 1
LEASE = timedelta(minutes=10)
"""How long a claim holds; far longer than a sending can take, because its process may be sending yet."""


class MailState(LabelledEnum):
    """邮件状态."""

    WAITING = "waiting", "待发"
    SENDING = "sending", "发送中"
    SENT = "sent", "已发"
    FAILED = "failed", "发送失败"
    NO_ADDRESS = "no_address", "无邮箱"

    @property
    def colour(self) -> str:
        """The style sheet's word."""
        return _LOOKS[self][0]

    @property
    def shape(self) -> str:
        """A sign of its own, so that colour is never the only difference."""
        return _LOOKS[self][1]


_LOOKS = {
    MailState.WAITING: ("idle", "○"),
    MailState.SENDING: ("idle", "◎"),
    MailState.SENT: ("ok", "✓"),
    MailState.FAILED: ("late", "■"),
    MailState.NO_ADDRESS: ("near", "▲"),
}


def next_try(attempt_count: int, at: datetime) -> datetime | None:
    """When to try again after the `attempt_count`-th try failed; None when it was the last."""
    if attempt_count >= MAX_ATTEMPTS:
        return None
    return at + timedelta(minutes=GAPS[attempt_count - 1])


def refuse_resend(state: MailState, address: str) -> str | None:
    """Why a mail may not be sent again, or None; `address` is the person's present one."""
    if state in (MailState.WAITING, MailState.SENDING):
        return f"邮件{state.label}，不需要重发"
    if not address:
        return "收件人还没有登记邮箱，请先在“单位与人员”中填写"
    return None
