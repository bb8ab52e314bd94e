"""Coming in and going out: attempts, and the sessions that come of them."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tracker.errors import enforce
from tracker.events.actions import record
from tracker.events.rules import Outcome
from tracker.people.actions.second_factor import take_code
from tracker.people.models import SignIn, SignInMiss, User
from tracker.people.queries import user_named
from tracker.people.queries.locks import address_closed_until, closed_until
from tracker.people.queries.sign_ins import is_running
from tracker.people.rules import reason_not_to_enter, trace_of
from tracker.people.rules.locks import LockPolicy, counted_origin, is_locked
from tracker.people.rules.managing import Power, reason_not_to_manage
from tracker.people.rules.sessions import SessionPolicy, key_of


@dataclass(frozen=True)
class Attempt:
    """A try to sign in: what was typed, whether the password was right, and when it happened."""

    username: str
    is_right: bool
    at: datetime
    today: date
    address: str = ""
    is_by_oidc: bool = False
    """The identity platform vouched for the person, instead of a password."""


@dataclass(frozen=True)
class Answer:
    """What came of it: the person (with `is_half` a code is still to come), or why not, or until when the
    account or the whole address is locked."""

    user: User | None = None
    reason: str = ""
    is_half: bool = False
    locked_until: datetime | None = None
    address_locked_until: datetime | None = None


def try_to_enter(session: Session, attempt: Attempt, *, policy: LockPolicy) -> Answer:
    """Sign in, or count the wrong password. Either way the transaction is to be committed."""
    user = user_named(session, attempt.username, lock=True)
    refused = _closed(session, user, attempt, policy) or _refused(session, user, attempt, policy)
    if refused is not None or user is None:
        return refused or Answer()
    return Answer(user, is_half=True) if user.has_second_factor else _come_in(session, user, attempt)


def try_code(
    session: Session, attempt: Attempt, code: str, *, key: str, policy: LockPolicy, code_at: datetime
) -> Answer:
    """The second step, after the right password: wrong codes count like wrong passwords. Either way the
    transaction is to be committed.

    Args:
        code_at: the real moment, whatever date is pretended.
    """
    user = user_named(session, attempt.username, lock=True)
    refused = _closed(session, user, attempt, policy)
    if refused is not None or user is None:
        return refused or Answer()
    is_right = take_code(session, user, code, key=key, at=attempt.at, code_at=code_at)
    refused = _refused(session, user, replace(attempt, is_right=is_right), policy)
    return refused or _come_in(session, user, attempt)


@dataclass(frozen=True)
class Device:
    """Where somebody signs in: the secret id of the new session, the address, the browser in words."""

    token: str
    origin: str = ""
    browser: str = ""


def begin(session: Session, user: User, device: Device, *, policy: SessionPolicy, at: datetime) -> SignIn:
    """Begin a session; what ran out goes, and of too many the oldest end."""
    running = session.scalars(
        select(SignIn)
        .where(SignIn.user_id == user.id, is_running(policy, at))
        .order_by(SignIn.made_at.desc(), SignIn.id.desc())
    ).all()
    for one in running[policy.most - 1 :]:
        _note_end(session, one, by=user, at=at, note=f"同时登录超过 {policy.most} 处，最早的一处自动退出")
    kept = [one.id for one in running[: policy.most - 1]]
    session.execute(delete(SignIn).where(SignIn.user_id == user.id, SignIn.id.not_in(kept)))
    made = SignIn(
        key_hash=key_of(device.token), user_id=user.id, made_at=at, seen_at=at,
        ends_at=at + timedelta(hours=policy.hours), origin=device.origin, browser=device.browser,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def drop(session: Session, token: str) -> None:
    """The browser is given another session, or none: the one that it had is dead."""
    session.execute(delete(SignIn).where(SignIn.key_hash == key_of(token)))


def note_seen(session: Session, sign_in_id: int, *, at: datetime) -> None:
    """Remember that a session is in use."""
    own = update(SignIn).where(SignIn.id == sign_in_id, SignIn.seen_at < at)
    session.execute(own.values(seen_at=at))


def leave(session: Session, user: User, sign_in_id: int, *, at: datetime) -> None:
    """Sign out: the session is dead from now on, whoever has its id."""
    session.execute(delete(SignIn).where(SignIn.id == sign_in_id))
    record(session, "user", user.id, "sign_out", by=user, at=at)


def end(session: Session, sign_in: SignIn, *, by: User, at: datetime) -> None:
    """End one session of one's own."""
    _note_end(session, sign_in, by=by, at=at)
    session.delete(sign_in)


def end_others(session: Session, user: User, kept_id: int, *, at: datetime) -> int:
    """End all sessions of one's own but the one in hand; returns how many."""
    others = session.scalars(select(SignIn).where(SignIn.user_id == user.id, SignIn.id != kept_id)).all()
    for one in others:
        end(session, one, by=user, at=at)
    return len(others)


def end_all(session: Session, user: User, *, by: User, at: datetime) -> None:
    """End every session of somebody else."""
    enforce(reason_not_to_manage(by.role, Power.END_SIGN_INS, user.role))
    forget_sign_ins(session, user)
    record(session, "user", user.id, "end_sign_ins", by=by, at=at)


def forget_sign_ins(session: Session, user: User) -> None:
    """Every session of a person is dead from now on."""
    session.execute(delete(SignIn).where(SignIn.user_id == user.id))


def _closed(session: Session, user: User | None, attempt: Attempt, policy: LockPolicy) -> Answer | None:
    """The answer where account or address is locked."""
    shut = address_closed_until(session, attempt.address, policy=policy, at=attempt.at)
    if shut is not None:
        _note_refusal(session, user, attempt, verb="sign_in_locked")
        return Answer(address_locked_until=shut)
    until = (
        user.locked_until if user else closed_until(session, attempt.username, policy=policy, at=attempt.at)
    )
    if not is_locked(until, attempt.at):
        return None
    if not attempt.is_right:
        _count_for_address(session, attempt, policy)
    _note_refusal(session, user, attempt, verb="sign_in_locked")
    return Answer(locked_until=until)


def _refused(session: Session, user: User | None, attempt: Attempt, policy: LockPolicy) -> Answer | None:
    """The answer to what is wrong, and to a right password of a stopped account."""
    if user is None or not attempt.is_right:
        _count_for_address(session, attempt, policy)
        return _count_miss(session, user, attempt, policy)
    reason = reason_not_to_enter(is_active=user.is_active, valid_until=user.valid_until, today=attempt.today)
    if not reason:
        return None
    record(
        session, "user", user.id, "sign_in_refused", by=user, at=attempt.at, note=reason,
        outcome=Outcome.REFUSED,
    )  # fmt: skip
    return Answer(reason=reason)


def _come_in(session: Session, user: User, attempt: Attempt) -> Answer:
    user.failed_count, user.locked_until = 0, None
    if attempt.is_by_oidc:
        record(session, "user", user.id, "sign_in_oidc", by=user, at=attempt.at)
    else:
        record(session, "user", user.id, "sign_in", by=user, at=attempt.at)
    return Answer(user)


def _count_miss(session: Session, user: User | None, attempt: Attempt, policy: LockPolicy) -> Answer:
    _note_refusal(session, user, attempt, verb="sign_in_refused")
    session.flush()
    if user is None:
        return Answer(locked_until=closed_until(session, attempt.username, policy=policy, at=attempt.at))
    user.locked_until = None
    user.failed_count += 1
    if user.failed_count >= policy.attempts:
        user.failed_count = 0
        user.locked_until = attempt.at + timedelta(minutes=policy.minutes)
    return Answer(locked_until=user.locked_until)


def _count_for_address(session: Session, attempt: Attempt, policy: LockPolicy) -> None:
    origin = counted_origin(attempt.address)
    if not origin or not policy.address_attempts:
        return
    session.execute(delete(SignInMiss).where(SignInMiss.at <= attempt.at - policy.address_window))
    session.add(SignInMiss(origin=origin, at=attempt.at))
    session.flush()
    if address_closed_until(session, attempt.address, policy=policy, at=attempt.at):
        record(
            session, "address", 0, "lock", by=None, at=attempt.at, note=origin, outcome=Outcome.REFUSED
        )  # fmt: skip


def _note_refusal(session: Session, user: User | None, attempt: Attempt, *, verb: str) -> None:
    note = user.username if user else trace_of(attempt.username)
    record(
        session, "user", user.id if user else 0, verb, by=None, at=attempt.at, note=note,
        outcome=Outcome.REFUSED,
    )  # fmt: skip


def _note_end(session: Session, sign_in: SignIn, *, by: User, at: datetime, note: str = "") -> None:
    before = {"origin": sign_in.origin, "browser": sign_in.browser}
    record(session, "user", sign_in.user_id, "end_sign_in", by=by, at=at, before=before, note=note)
