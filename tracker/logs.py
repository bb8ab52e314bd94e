"""The log: lines of text or of JSON, without what people are called and where they are reached.

Messages are our own words. What an exception says may quote what somebody typed, so that only its kind and
its place are told, but for the kinds that speak of the program and the machine.
"""

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.exc import OperationalError, ProgrammingError

TELLING = (OSError, ImportError, AttributeError, NameError, TypeError, OperationalError, ProgrammingError)
"""Exceptions whose words are about the program or the machine."""
CONTACTS = (
    (re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)*"), "[邮箱]"),
    (re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d{9}(?!\d)"), "[手机]"),
)
_BARE = logging.makeLogRecord({}).__dict__.keys() | {"message", "asctime", "taskName"}


def configure(form: str) -> None:
    """Log to the standard error, as `text` or `json`; one handler for all of the process."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else TextLines("%(asctime)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("waitress").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("tracker.requests").disabled = form != "json"


def without_contacts(text: str) -> str:
    """The text without addresses of mail and numbers of mobile phones."""
    for pattern, words in CONTACTS:
        text = pattern.sub(words, text)
    return text


class TextLines(logging.Formatter):
    """A line for people."""

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None
        return without_contacts(super().format(record))

    def formatException(self, ei: Any) -> str:
        return exception_words(ei[1]) if ei[1] else ""


class JsonLines(logging.Formatter):
    """A line for programs: an object with what the message came with."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **{name: value for name, value in record.__dict__.items() if name not in _BARE},
        }
        if record.exc_info and record.exc_info[1]:
            line["exception"] = exception_words(record.exc_info[1])
        plain = {name: _plain(value) for name, value in line.items()}
        return json.dumps(plain, ensure_ascii=False)


def exception_words(error: BaseException) -> str:
    """The way to an exception and its kind, with its words where they quote nobody."""
    frames = traceback.format_tb(error.__traceback__)
    words = f"{type(error).__name__}: {error}" if isinstance(error, TELLING) else type(error).__name__
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = f"{exception_words(cause)}\n" if cause else ""
    return f"{before}{''.join(frames)}{words}"


def _plain(value: object) -> object:
    is_number = isinstance(value, int | float) or value is None
    return value if is_number else without_contacts(str(value))
