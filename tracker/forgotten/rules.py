"""How long a link is good, and how often somebody may ask."""

from collections.abc import Sequence
from datetime import datetime, timedelta

LINK_MINUTES = 30
"""Minutes for which a link may be used, once."""
PAUSE = timedelta(minutes=5)
"""Between two requests for one account; what comes sooner is answered the same and does nothing."""
MOST_A_DAY = 5
SAME_ANSWER = (
    f"已受理。用户名无误、登记了邮箱的，重设密码的链接已发到邮箱，{LINK_MINUTES} 分钟内有效，只能用一次；"
    "没有收到邮件的，由安全管理员核实后重置，急用请直接联系。"
)
"""The same for every name that is typed: nobody learns from it who has an account."""
BY_HAND = "已受理。用户名无误的，由安全管理员核实本人后重置，一次性密码当面或打电话交给您；急用请直接联系。"
"""The same where no mail server is set."""
VOID = "链接已失效：已经用过、超过 30 分钟，或后来又申请过。请重新申请。"


def is_too_often(earlier: Sequence[datetime], at: datetime) -> bool:
    """Whether another request for an account does nothing.

    Args:
        earlier: when it was asked for within the last day.
    """
    return len(earlier) >= MOST_A_DAY or any(at - moment < PAUSE for moment in earlier)
