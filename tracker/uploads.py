"""Receiving files: large ones are let in where they are expected, straight onto the store's own disk."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import IO, Any

from flask import Flask, Request, request, session
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from tracker import web
from tracker.errors import Refused
from tracker.files.actions import Received, receive
from tracker.files.store import FULL, DiskFull

MB = 1024 * 1024
ENDPOINTS = frozenset({"evidence.add", "evidence.add_version", "reports.add_scan"})
"""The only addresses that take more than a form."""
SLACK = 16 * MB
"""What a request may hold besides the one largest file: fields, boundaries, small companions."""
MOST_HEARD = 1024 * MB
"""Bytes of a request that is too large that are listened to, so that its sender hears the answer."""


class Fields(ImmutableMultiDict[str, Any]):
    """The fields of a form or an address without NUL, which no column of a database holds."""

    def __init__(self, given: Iterable[tuple[str, Any]] = ()) -> None:
        super().__init__(
            [(name, value.replace("\0", "") if isinstance(value, str) else value) for name, value in given]
        )


class ReceivingRequest(Request):
    """A request whose files land in the store's folder for what comes in, and not in memory."""

    parameter_storage_class = Fields

    @property
    def max_content_length(self) -> int | None:
        if self.endpoint in ENDPOINTS and "_user_id" in session:  # a form is read before the guard asks who
            return web.core().config.upload_mb * MB + SLACK
        return super().max_content_length

    @max_content_length.setter
    def max_content_length(self, value: int | None) -> None:
        Request.max_content_length.fset(self, value)  # type: ignore[attr-defined]  # Flask's own property

    def _get_file_stream(self, *args: Any, **kwargs: Any) -> IO[bytes]:
        if self.endpoint not in ENDPOINTS:
            return super()._get_file_stream(*args, **kwargs)
        file = web.core().store.open_incoming()
        self._incoming.append(file)
        return file

    @cached_property
    def _incoming(self) -> list[IO[bytes]]:
        return []

    def close(self) -> None:
        """Give the room back at once, also of what was cut in the middle."""
        super().close()
        for file in self._incoming:
            file.close()


@dataclass
class Delivery:
    """What came with a form: the files that lie in the store now, and why the others do not."""

    received: list[Received] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def taken_in(name: str) -> Delivery:
    """Put the files of a field into the store. It may take a while, so the transaction is ended first:
    nobody else waits for it."""
    web.db().rollback()
    delivery = Delivery()
    for raw_name, content in _files(name):
        try:
            most = web.core().config.upload_mb * MB
            delivery.received.append(receive(web.core().store, raw_name, content, most_bytes=most))
        except Refused as refusal:
            delivery.problems.append(str(refusal))
    if not delivery.received and not delivery.problems:
        delivery.problems.append("请先选择文件")
    return delivery


def install(app: Flask) -> None:
    """Tell a full disk from a fault, and the pages how large a file may be."""
    app.register_error_handler(OSError, _show_full_disk)
    app.after_request(_hear_out)
    app.jinja_env.globals["upload_mb"] = app.extensions["tracker"].config.upload_mb


def _files(name: str) -> Iterator[tuple[str, IO[bytes]]]:
    for file in request.files.getlist(name):
        if file.filename:
            yield file.filename, file.stream


def _hear_out(answer: Response) -> Response:
    """Read what is sent in vain: a browser that is cut off while it sends shows no answer at all."""
    is_upload = request.endpoint in ENDPOINTS and "_user_id" in session
    if is_upload and answer.status_code == RequestEntityTooLarge.code:
        left = MOST_HEARD
        while left > 0 and (block := request.environ["wsgi.input"].read(MB)):
            left -= len(block)
    return answer


def _show_full_disk(error: OSError) -> Response:
    if error.errno not in FULL:
        raise error
    return web.show_error(507, "磁盘已满", str(DiskFull()))
