"""States of a mail on its way, when mail goes, and when a failed one is tried again."""

from base64 import b64encode
from datetime import datetime, time, timedelta
from hmac import digest
from typing import Any
from urllib.parse import urlencode, urlsplit

from tracker.labels import LabelledEnum, SignEnum
from tracker.workdays.rules import Calendar

OPENS_AT = time(9)
"""City time from which a working day's mail goes out."""
GAPS = (1, 5, 15, 30, 60, 120, 180)
"""Minutes to the next try after each failed one, all within the mail's own day; after the last gap one
more try, then no more."""
MAX_ATTEMPTS = len(GAPS) + 1
LEASE = timedelta(minutes=10)
"""How long a claim holds; far longer than a sending can take, because its process may be sending yet."""


class MailState(SignEnum):
    """邮件状态."""

    WAITING = "waiting", "待发", "idle", "○"
    SENDING = "sending", "发送中", "idle", "◎"
    SENT = "sent", "已发", "ok", "✓"
    FAILED = "failed", "发送失败", "late", "■"
    NO_ADDRESS = "no_address", "无邮箱", "near", "▲"
    EXPIRED = "expired", "已过时", "idle", "–"


class HookKind(LabelledEnum):
    """群机器人."""

    WECOM = "wecom", "企业微信"
    DINGTALK = "dingtalk", "钉钉"

    @property
    def most_bytes(self) -> int:
        """How long a text the robot takes."""
        return 4096 if self is HookKind.WECOM else 20000


def hook_body(kind: HookKind, title: str, text: str) -> dict[str, Any]:
    """What the robot wants to be sent: Markdown, for DingTalk with a title for the list of messages."""
    if kind is HookKind.WECOM:
        return {"msgtype": "markdown", "markdown": {"content": text}}
    return {"msgtype": "markdown", "markdown": {"title": title, "text": text}}


def signed_url(url: str, secret: str, at: datetime) -> str:
    """The address for a message that goes at this moment: a DingTalk robot with a secret (加签) takes it for
    an hour when it carries the moment in milliseconds and its HMAC-SHA256, as DingTalk's manual of custom
    robots has it; without a secret the address as it is."""
    if not secret:
        return url
    stamp = str(int(at.timestamp() * 1000))
    sign = b64encode(digest(secret.encode(), f"{stamp}\n{secret}".encode(), "sha256")).decode()
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode({'timestamp': stamp, 'sign': sign})}"


def hook_secret_fault(kind: HookKind, secret: str) -> str | None:
    """Why a robot cannot have this secret."""
    if secret and kind is not HookKind.DINGTALK:
        return "企业微信的机器人没有加签，请留空"
    if not secret.isascii() or any(sign <= " " for sign in secret):
        return "密钥里不能有空格和汉字，请从钉钉的安全设置复制"
    return None


def hook_url_fault(url: str, *, may_be_loopback: bool = False) -> str | None:
    """Why a robot cannot be reached at this address; the address is a secret, so it goes by https."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        return "不是有效的网址"
    if parts.scheme == "http" and may_be_loopback and host == "127.0.0.1":
        return None
    if parts.scheme != "https" or not host or any(sign <= " " for sign in url):
        return "应为以 https:// 开头的网址"
    return None


def is_mail_time(at: datetime, calendar: Calendar) -> bool:
    """Whether mail goes at this city time: on working days from nine o'clock on."""
    return calendar.is_working_day(at.date()) and at.time() >= OPENS_AT


def goes_at(at: datetime, calendar: Calendar) -> datetime:
    """The city time to which a mail written now belongs. A mail is given up at the end of its day, so
    what is written on a day off belongs to the next working day's opening."""
    if calendar.is_working_day(at.date()):
        return at
    return datetime.combine(calendar.on_or_after(at.date()), OPENS_AT, at.tzinfo)


def state_words(state: MailState, *, has_server: bool) -> str:
    """A state as a page calls it: what waits for a mail server that is not there has not been sent."""
    return state.label if has_server or state is not MailState.WAITING else "未发送（没有邮件服务器）"


def next_try(attempt_count: int, at: datetime, *, is_down: bool = False) -> datetime | None:
    """When to try again after the `attempt_count`-th try failed; None when it was the last. A server
    that is down says nothing about the mail, which waits on until its day is over."""
    if attempt_count >= MAX_ATTEMPTS and not is_down:
        return None
    return at + timedelta(minutes=GAPS[min(attempt_count, len(GAPS)) - 1])


def refuse_resend(state: MailState, address: str, *, is_active: bool) -> str | None:
    """Why a mail may not be sent again, or None; `address` is the person's present one."""
    if state in (MailState.WAITING, MailState.SENDING):
        return f"邮件{state.label}，不需要重发"
    if state is MailState.EXPIRED:
        return "邮件已过时，不再发送；仍须办理的事项由以后的提醒说明"
    if not is_active:
        return "收件人的账号已停用，不能重发"
    if not address:
        return "收件人还没有登记邮箱，请先在“单位与人员”中填写"
    return None
