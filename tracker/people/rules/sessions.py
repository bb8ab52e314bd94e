"""How long a session lasts, and how its browser is called.

Source: GB/T 22239-2019, L3-CES1-02 (session end, idle timeout, limit of concurrent sessions).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

SEEN_STEP = timedelta(minutes=1)
"""How often at most it is written down that a session is in use."""
BROWSERS = (
    ("MicroMessenger", "微信"), ("DingTalk", "钉钉"), ("qaxbrowser", "奇安信浏览器"), ("360EE", "360 浏览器"),
    ("360SE", "360 浏览器"), ("QQBrowser", "QQ 浏览器"), ("UBrowser", "UOS 浏览器"), ("Edg", "Edge"),
    ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
"""What stands in the name that a browser gives itself; most also say that they are the ones below."""
SYSTEMS = (
    ("Android", "安卓"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("Mac OS X", "macOS"), ("UOS", "统信 UOS"), ("Kylin", "麒麟"), ("Linux", "Linux"),
)  # fmt: skip


@dataclass(frozen=True)
class SessionPolicy:
    """Idle minutes and hours after which a session ends, and how many a person may have at once."""

    idle_minutes: int
    hours: int
    most: int

    @property
    def idle(self) -> timedelta:
        return timedelta(minutes=self.idle_minutes)

    @property
    def seen_step(self) -> timedelta:
        """How often it is written down that a session is in use: it must not run out in between."""
        return min(SEEN_STEP, self.idle / 3)


def is_over(seen_at: datetime, ends_at: datetime, policy: SessionPolicy, at: datetime) -> bool:
    """Whether a session has ended by itself: nobody used it for too long, or it is too old."""
    return at > seen_at + policy.idle or at >= ends_at


def key_of(token: str) -> str:
    """What is stored of a session's id: nobody gets from the table into a session."""
    return sha256(token.encode()).hexdigest()


def browser_words(agent: str) -> str:
    """A browser as a person knows it: Chrome（Windows）."""
    name = next((words for sign, words in BROWSERS if sign in agent), "其他浏览器")
    system = next((words for sign, words in SYSTEMS if sign in agent), "")
    return f"{name}（{system}）" if system else name
