"""A mail server as a process of its own, which may be killed: `python -m tests.soak.sink PORT FILE DELAY`.

It writes each mail down before its 250, as a mail server must, and after it that the 250 has gone out.
"""

import asyncio
import hashlib
import json
import os
import sys
from dataclasses import asdict, dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, AnyStr

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True)
class Taken:
    """A mail as it arrived; `is_answered` tells of the line that its 250 has gone out."""

    message_id: str
    to: str
    digest: str
    is_answered: bool = False


def digest(text: str) -> str:
    """Of a mail's plain text."""
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()


def read(file: Path) -> list[Taken]:
    """What the server wrote down, in its order."""
    lines = file.read_text().splitlines() if file.exists() else []
    return [Taken(**json.loads(line)) for line in lines]


class Sink(SMTP):
    """One connection; what is written down survives the process."""

    def __init__(self, file: int, delay: float, **options: Any) -> None:
        super().__init__(self, enable_SMTPUTF8=True, **options)
        self._file = file
        self._delay = delay
        self._taken: Taken | None = None

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(self._delay)
        mail = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        body = mail.get_body(("plain",))
        assert isinstance(body, EmailMessage)
        self._taken = Taken(str(mail["Message-ID"]), str(mail["To"]), digest(body.get_content()))
        self._write(self._taken)
        return "250 2.0.0 queued"

    async def push(self, status: AnyStr) -> None:
        await super().push(status)
        if self._taken is not None:
            self._write(Taken(**{**asdict(self._taken), "is_answered": True}))
            self._taken = None

    def _write(self, taken: Taken) -> None:
        os.write(self._file, json.dumps(asdict(taken)).encode() + b"\n")


async def _serve(port: int, path: str, delay: float) -> None:
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Sink(file, delay, loop=loop), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), sys.argv[2], float(sys.argv[3])))
