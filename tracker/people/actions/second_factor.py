"""二次验证: set it up, confirm it, prove a code, take it away."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tracker.errors import Refused, enforce
from tracker.events.actions import record
from tracker.events.rules import Outcome
from tracker.people import passwords, totp
from tracker.people.models import RecoveryCode, SecondFactor, User
from tracker.people.rules.locks import LockPolicy, is_locked
from tracker.people.rules.managing import Power, reason_not_to_manage
from tracker.people.rules.second_factor import (
    RECOVERY_CODES,
    WRONG_CODE,
    clean_code,
    is_totp,
    recovery_key,
)


def begin_factor(session: Session, user: User, *, key: str) -> None:
    """Make a secret that counts once it is confirmed; one that was never confirmed is replaced.

    Raises:
        Refused: it is in use already.
    """
    if user.has_second_factor:
        raise Refused("动态口令已经启用")
    stored = totp.sealed(totp.new_secret(), key)
    factor = session.get(SecondFactor, user.id)
    if factor is None:
        session.add(SecondFactor(user_id=user.id, secret=stored))
    else:
        factor.secret, factor.last_step = stored, 0


def secret_of(session: Session, user: User, *, key: str) -> str | None:
    """The secret that a person is setting up."""
    factor = session.get(SecondFactor, user.id)
    return totp.opened(factor.secret, key) if factor else None


def confirm_factor(
    session: Session, user: User, code: str, *, key: str, at: datetime, code_at: datetime
) -> list[str] | None:
    """Switch the second factor on with a first code; returns the recovery codes, None for a wrong one.

    Args:
        code_at: the real moment, whatever date is pretended: telephones do not pretend.

    Raises:
        Refused: it is in use already.
    """
    if user.has_second_factor:
        raise Refused("动态口令已经启用")
    if not is_totp(clean_code(code)) or not take_code(session, user, code, key=key, at=at, code_at=code_at):
        return None
    user.has_second_factor = True
    record(session, "user", user.id, "second_factor_on", by=user, at=at)
    return renew_codes(session, user, at=at)


def renew_codes(session: Session, user: User, *, at: datetime) -> list[str]:
    """Ten new recovery codes in place of all there were; they are shown once."""
    codes = [passwords.one_time_password() for _ in range(RECOVERY_CODES)]
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    session.add_all(RecoveryCode(user_id=user.id, key_hash=recovery_key(code)) for code in codes)
    session.flush()
    record(session, "user", user.id, "recovery_codes", by=user, at=at)
    return codes


def take_code(session: Session, user: User, code: str, *, key: str, at: datetime, code_at: datetime) -> bool:
    """Whether a code is good; it is used up with that, so that nobody who saw it can use it again."""
    code = clean_code(code)
    if is_totp(code):
        return _take_totp(session, user, code, key, code_at)
    own = RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None)
    good = *own, RecoveryCode.key_hash == recovery_key(code)
    found = session.scalars(select(RecoveryCode).where(*good).with_for_update()).first()
    if found is None:
        return False
    found.used_at = at
    session.flush()
    return True


def prove(
    session: Session,
    user: User,
    code: str,
    *,
    key: str,
    policy: LockPolicy,
    at: datetime,
    code_at: datetime,
) -> str | None:
    """Ask somebody who is signed in for a code; returns what is wrong with it. Either way the
    transaction is to be committed: wrong ones count as at the sign-in."""
    if wait := reason_to_wait(user, policy=policy, at=at):
        return wait
    if take_code(session, user, code, key=key, at=at, code_at=code_at):
        user.failed_count = 0
        return None
    count_wrong(session, user, "code_refused", policy=policy, at=at)
    return WRONG_CODE


def reason_to_wait(user: User, *, policy: LockPolicy, at: datetime) -> str | None:
    """Why somebody who is signed in may not try a code or the old password just now."""
    is_shut = is_locked(user.locked_until, at)
    return f"连续输错 {policy.attempts} 次，请 {policy.minutes} 分钟后再试" if is_shut else None


def count_wrong(session: Session, user: User, verb: str, *, policy: LockPolicy, at: datetime) -> None:
    """Whoever took over a session does not guess on: a wrong secret counts as at the sign-in."""
    record(session, "user", user.id, verb, by=user, at=at, outcome=Outcome.REFUSED)
    user.failed_count += 1
    if user.failed_count >= policy.attempts:
        user.failed_count, user.locked_until = 0, at + timedelta(minutes=policy.minutes)


def remove_factor(session: Session, user: User, *, by: User | None, at: datetime) -> None:
    """Take the second factor away: of one's own, or of somebody who lost the telephone.

    Raises:
        Refused: `by` may not, or there is none.
    """
    if by is not None and by.id != user.id:
        enforce(reason_not_to_manage(by.role, Power.REMOVE_FACTOR, user.role))
    if not user.has_second_factor:
        raise Refused("没有启用动态口令")
    user.has_second_factor = False
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    session.execute(delete(SecondFactor).where(SecondFactor.user_id == user.id))
    record(session, "user", user.id, "second_factor_off", by=by, at=at)


def _take_totp(session: Session, user: User, code: str, key: str, code_at: datetime) -> bool:
    """One statement marks the half minute as used: of two who send the same code at once one is late."""
    factor = session.get(SecondFactor, user.id)
    secret = totp.opened(factor.secret, key) if factor else None
    step = totp.matching_step(secret, code, code_at) if secret else None
    if step is None:
        return False
    fresh = update(SecondFactor).where(SecondFactor.user_id == user.id, SecondFactor.last_step < step)
    taken = session.execute(fresh.values(last_step=step).returning(SecondFactor.user_id)).first()
    return taken is not None
