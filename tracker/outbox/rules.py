"""States of a mail on its way."""

from tracker.labels import LabelledEnum


class MailState(LabelledEnum):
    """邮件状态."""

    WAITING = "waiting", "待发"
    SENDING = "sending", "发送中"
    SENT = "sent", "已发"
    FAILED = "failed", "发送失败"
