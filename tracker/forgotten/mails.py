"""The mail with the link. It goes past the outbox: what stands there can be read by the office, and waits
for office hours."""

import logging
from dataclasses import dataclass
from datetime import datetime

from tracker.forgotten.rules import LINK_MINUTES
from tracker.outbox.mails import Mail, render
from tracker.outbox.smtp import NotSentError, Sender, as_email

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Head:
    """What stands around the mail."""

    title: str
    office_phone: str


@dataclass(frozen=True)
class Recipient:
    """Whom it addresses."""

    unit: str
    name: str


def password_link(recipient: Recipient, address: str, head: Head) -> Mail:
    """重设密码: the link, how long it is good, and what to do when one did not ask."""
    return render("password_link", recipient=recipient, address=address, minutes=LINK_MINUTES, head=head)


@dataclass(frozen=True)
class Envelope:
    """Where a mail goes from and to, and its number."""

    to: str
    sender: str
    sent_at: datetime
    number: str


def send(mail: Mail, envelope: Envelope, sender: Sender) -> None:
    """Send it now, once; whoever gets none asks again."""
    try:
        sender(
            as_email(
                mail.subject, mail.text, mail.html, to=envelope.to, sender=envelope.sender,
                sent_at=envelope.sent_at, number=envelope.number,
            )
        )  # fmt: skip
    except NotSentError as error:
        LOG.warning("重设密码的邮件没有发出：%s", error)
