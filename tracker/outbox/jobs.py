"""Sending what waits. Safe in any number of processes: a mail is claimed and the claim committed first."""

from dataclasses import dataclass
from email.message import EmailMessage

from tracker.clock import Clock
from tracker.db import Database
from tracker.outbox import actions, hooks
from tracker.outbox.models import HookMessage, OutboxMessage
from tracker.outbox.queries import open_cities
from tracker.outbox.smtp import NotSentError, Sender, as_email
from tracker.outbox.webhook import NotPostedError, Poster


@dataclass
class Delivery:
    """What a run did: mails sent, and tries that failed."""

    sent_count: int = 0
    failed_count: int = 0
    trouble: str = ""

    @property
    def words(self) -> str:
        """已发 3 封，失败 1 封（550 no such user); empty when there was nothing to do."""
        if not self.sent_count and not self.failed_count:
            return ""
        failed = f"，失败 {self.failed_count} 封（{self.trouble}）" if self.failed_count else ""
        return f"已发 {self.sent_count} 封{failed}"


def deliver(database: Database, clock: Clock, sender: Sender, *, mail_from: str) -> Delivery:
    """Send every mail that may go now; end early when the mail server cannot be reached."""
    done = Delivery()
    with database.transaction() as session:
        actions.expire(session, at=clock.now())
    while True:
        message = _claim(database, clock)
        if message is None:
            return done
        try:
            answer = _send(sender, message, clock, mail_from)
        except NotSentError as trouble:
            with database.transaction() as session:
                actions.mark_failed(session, message, str(trouble), at=clock.now(), is_down=trouble.is_down)
            done.failed_count += 1
            done.trouble = str(trouble)
            if trouble.is_down:
                return done
        else:
            with database.transaction() as session:
                actions.mark_sent(session, message, answer, at=clock.now())
            done.sent_count += 1


def deliver_posts(database: Database, clock: Clock, poster: Poster) -> Delivery:
    """Post every message to a robot that may go now, at the hours of mail; one that fails stops no other."""
    done = Delivery()
    while (message := _claim_post(database, clock)) is not None:
        try:
            answer = hooks.say(poster, hooks.post_of(message), at=clock.now())
        except NotPostedError as trouble:
            with database.transaction() as session:
                hooks.mark_unposted(session, message, str(trouble), at=clock.now())
            done.failed_count += 1
            done.trouble = str(trouble)
        else:
            with database.transaction() as session:
                hooks.mark_posted(session, message, answer, at=clock.now())
            done.sent_count += 1
    return done


def _claim_post(database: Database, clock: Clock) -> HookMessage | None:
    at = clock.now()
    with database.session() as session:
        cities = open_cities(session, at)
    with database.transaction() as session:
        return hooks.claim_post(session, cities, at=at)


def _claim(database: Database, clock: Clock) -> OutboxMessage | None:
    at = clock.now()
    with database.session() as session:
        cities = open_cities(session, at)
    with database.transaction() as session:
        return actions.claim(session, cities, at=at)


def _send(sender: Sender, message: OutboxMessage, clock: Clock, mail_from: str) -> str:
    """The mail server's answer; whatever goes wrong is the mail's trouble and leaves it to be tried again.

    Raises:
        NotSentError: it was not taken.
    """
    try:
        return sender(_email(message, clock, mail_from))
    except NotSentError:
        raise
    except Exception as error:
        raise NotSentError(f"程序出错：{type(error).__name__} {error}".strip()) from error


def _email(message: OutboxMessage, clock: Clock, mail_from: str) -> EmailMessage:
    return as_email(
        message.subject,
        message.body_text,
        message.body_html,
        to=message.to_address,
        sender=mail_from,
        sent_at=clock.now(),
        number=f"outbox-{message.id}-{message.resend_count}",
    )
