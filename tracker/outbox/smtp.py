"""Sending one mail by SMTP; the one place that knows smtplib."""

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from functools import cached_property
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

TIMEOUT = 30
"""Seconds to wait for each answer of the mail server."""
PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}


class NotSentError(Exception):
    """The mail was not taken; the message is what the server, or the line to it, said.

    `is_down` tells that the server could not be reached at all, so that other mails need not try.
    """

    def __init__(self, answer: str, *, is_down: bool = False) -> None:
        super().__init__(answer)
        self.is_down = is_down


class Sender(Protocol):
    """Whoever takes a mail and says what the server answered."""

    def __call__(self, mail: EmailMessage) -> str: ...


@dataclass(frozen=True)
class SmtpSender:
    """Sends by the server of TRACKER_SMTP_URL, one connection a mail.

    Args:
        url: smtp://user:password@host:port, smtps:// or smtp+starttls://.
    """

    url: str

    def __call__(self, mail: EmailMessage) -> str:
        """Send it and return the server's answer.

        Raises:
            NotSentError: it was not taken.
        """
        with _told(), self._connected() as smtp:
            smtp.send_message(mail)
            return _words(*smtp.data_answer)

    def knock(self) -> None:
        """Come in and go, without a mail.

        Raises:
            NotSentError: one cannot.
        """
        with _told(), self._connected() as smtp:
            smtp.noop()

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Read once for all mails of a run, and only if they are encrypted: it takes longer than a mail."""
        return ssl.create_default_context()

    def _connected(self) -> "_Smtp | _SmtpOverTls":
        try:
            parts = urlsplit(self.url)
            host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        except (ValueError, KeyError) as error:
            raise NotSentError(f"TRACKER_SMTP_URL 不能使用：{error}", is_down=True) from error
        smtp: _Smtp | _SmtpOverTls
        if parts.scheme == "smtps":
            smtp = _SmtpOverTls(host, port, timeout=TIMEOUT, context=self._tls)
        else:
            smtp = _Smtp(host, port, timeout=TIMEOUT)
        try:
            if parts.scheme == "smtp+starttls":
                smtp.starttls(context=self._tls)
            if parts.username:
                smtp.login(unquote(parts.username), unquote(parts.password or ""))
        except BaseException:
            smtp.close()
            raise
        return smtp


@contextmanager
def _told() -> Iterator[None]:
    """Whatever goes wrong on the line is a NotSentError with what was said."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        raise NotSentError("；".join(_words(*answer) for answer in error.recipients.values())) from error
    except (smtplib.SMTPConnectError, smtplib.SMTPAuthenticationError) as error:
        raise NotSentError(_words(error.smtp_code, error.smtp_error), is_down=True) from error
    except smtplib.SMTPResponseException as error:
        raise NotSentError(_words(error.smtp_code, error.smtp_error)) from error
    except smtplib.SMTPServerDisconnected as error:
        raise NotSentError(f"连接中断：{error}") from error
    except smtplib.SMTPException as error:
        raise NotSentError(f"邮件服务器不接受：{error}") from error
    except UnicodeError as error:
        raise NotSentError(f"邮箱地址不能使用：{error}") from error
    except OSError as error:
        raise NotSentError(f"无法连接邮件服务器：{error}", is_down=True) from error


def as_email(
    subject: str, text: str, html: str, *, to: str, sender: str, sent_at: datetime, number: str
) -> EmailMessage:
    """The mail as it goes over the wire.

    Args:
        number: the same for every try of one sending, so that a repeated one is recognisable.

    Raises:
        NotSentError: the address cannot stand in a mail.
    """
    mail = EmailMessage(policy=WIRE)
    headers = {
        "Subject": subject,
        "From": sender,
        "To": to,
        "Date": sent_at,
        "Message-ID": f"<{number}@{_domain(sender)}>",
        "Auto-Submitted": "auto-generated",
    }
    try:
        for name, value in headers.items():
            mail[name] = value
    except ValueError as error:
        raise NotSentError(f"邮箱地址不能使用：{error}") from error
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    return mail


def _domain(sender: str) -> str:
    return Address(addr_spec=sender.rpartition("<")[2].rstrip("> ")).domain or "localhost"


def _words(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{code} {text}".strip()


class _RemembersData:
    """What smtplib forgets: the server's answer to the mail itself, often the name of its queue."""

    data_answer: tuple[int, bytes] = (0, b"")

    def data(self, msg: Any) -> tuple[int, bytes]:
        data: Callable[[Any], tuple[int, bytes]] = super().data  # type: ignore[misc]  # smtplib's, beside us
        self.data_answer = data(msg)
        return self.data_answer


class _Smtp(_RemembersData, smtplib.SMTP):
    """A plain connection, perhaps with STARTTLS."""


class _SmtpOverTls(_RemembersData, smtplib.SMTP_SSL):
    """A connection that is encrypted from its first byte."""
