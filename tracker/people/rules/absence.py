"""Accounts that nobody uses, to be stopped (清理多余的、过期的账号).

Source: GB/T 22239-2019, L3-CES1-07 (remove or stop stale accounts in time); 90 days are usual.
"""

from datetime import timedelta

from tracker.labels import LabelledEnum

LONG = timedelta(days=90)
SIGNED_IN = "sign_in"
"""The event of coming in."""
BEGINNINGS = (SIGNED_IN, "add", "enable", "reset_password")
"""Events from which the days are counted: who has just got an account or a password has not been away."""


class Absence(LabelledEnum):
    """登录情况."""

    LONG = "long", f"长期未登录（{LONG.days} 天以上）"
    NEVER = "never", "从未登录"
