"""A real mail server on 127.0.0.1 for tests: it keeps what it took, and can be slow or refuse."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Mailroom:
    """What arrived, in the order of arrival. `delay` is the time a mail takes; `refusal` the answer
    instead of taking it."""

    delay: float = 0.0
    refusal: str = ""
    mails: list[EmailMessage] = field(default_factory=list)
    url: str = ""

    @property
    def ids(self) -> list[str]:
        return [str(mail["Message-ID"]) for mail in self.mails]

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self.refusal:
            return self.refusal
        await asyncio.sleep(self.delay)
        content = envelope.original_content or b""
        self.mails.append(message_from_bytes(content, policy=policy.default))
        return f"250 2.0.0 queued as {len(self.mails)}"


@contextmanager
def open_mailroom() -> Iterator[Mailroom]:
    """A mail server on a free port until the end of the block."""
    room, loop = Mailroom(), asyncio.new_event_loop()
    listening = loop.create_server(lambda: SMTP(room, enable_SMTPUTF8=True, loop=loop), "127.0.0.1", 0)
    thread = threading.Thread(target=loop.run_forever)
    thread.start()  # all of it there: the main thread may hold the loop of the browser
    server = asyncio.run_coroutine_threadsafe(listening, loop).result()
    room.url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield room
    finally:
        loop.call_soon_threadsafe(_stop, loop, server)
        thread.join()
        loop.close()


def _stop(loop: asyncio.AbstractEventLoop, server: asyncio.Server) -> None:
    server.close()
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    ended = asyncio.gather(*tasks, return_exceptions=True)
    ended.add_done_callback(lambda _: loop.stop())
