"""统一身份登录: whom the city's identity platform vouched for, held against the accounts."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from tracker.events.actions import record
from tracker.events.rules import Outcome
from tracker.people.actions.entering import Answer
from tracker.people.models import User
from tracker.people.queries.sign_ins import users_claimed
from tracker.people.rules import reason_not_to_enter, reason_not_to_enter_by_oidc


def enter_by_oidc(session: Session, claimed: str, *, at: datetime, today: date) -> Answer:
    """Sign in whom the platform named, or say why not; locks of passwords do not count, since none was
    typed. Whoever has a second factor here still shows it. Either way the transaction is to be committed.

    Args:
        claimed: the user name or the mail address that the platform gave.
    """
    found = users_claimed(session, claimed)
    found = [one for one in found if not _reason_against(one, today)] or found
    if len(found) != 1:
        words = f"“{claimed}”在本系统没有账号" if not found else f"邮箱“{claimed}”登记在多个账号上"
        advice = "请找市食安办开通" if not found else "请用密码登录，或找市食安办改正"
        refuse_oidc(session, words, at=at)
        return Answer(reason=f"{words}，{advice}")
    user = found[0]
    if reason := _reason_against(user, today):
        refuse_oidc(session, reason, user=user, at=at)
        return Answer(reason=reason)
    if user.has_second_factor:
        return Answer(user, is_half=True)
    record(session, "user", user.id, "sign_in_oidc", by=user, at=at)
    return Answer(user)


def refuse_oidc(session: Session, reason: str, *, user: User | None = None, at: datetime) -> None:
    """Take down a sign-in at the platform that led to nothing."""
    record(
        session, "user", user.id if user else 0, "oidc_refused", by=user, at=at, note=reason,
        outcome=Outcome.REFUSED,
    )  # fmt: skip


def _reason_against(user: User, today: date) -> str | None:
    return reason_not_to_enter_by_oidc(user.role) or reason_not_to_enter(
        is_active=user.is_active, valid_until=user.valid_until, today=today
    )
