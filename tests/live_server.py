"""The application behind a real web server on 127.0.0.1, which remembers the HTML that it served."""

import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

from tests.world import MovableClock
from tracker.db import Database

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


@dataclass
class LiveServer:
    """A running server: its address, its database, its clock and the pages it has served."""

    url: str
    database: Database
    clock: MovableClock
    pages: dict[str, str] = field(default_factory=dict)
    """HTML by path; the last one served."""


class _Remembering:
    """Keeps the HTML of every answer in `pages`."""

    def __init__(self, application: "WSGIApplication", pages: dict[str, str]) -> None:
        self._application = application
        self._pages = pages

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        kinds: list[str] = []

        def start(status: str, headers: list[tuple[str, str]], *rest: object) -> object:
            # the few words in a redirect are Werkzeug's, and nobody sees them
            kinds.append("" if status.startswith("3") else dict(headers).get("Content-Type", ""))
            return start_response(status, headers, *rest)  # type: ignore[arg-type]  # exc_info or nothing

        answer = self._application(environ, start)  # type: ignore[arg-type]
        if not kinds or not kinds[0].startswith("text/html"):
            return answer
        body = b"".join(answer)
        name = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} {'htmx' * ('HTTP_HX_REQUEST' in environ)}"
        if body:
            self._pages[name.strip()] = body.decode()
        return [body]


@contextmanager
def serving(app: Flask, database: Database, clock: MovableClock) -> Iterator[LiveServer]:
    """Serve `app` on a free port until the end of the block."""
    pages: dict[str, str] = {}
    open_sockets: dict[int, Any] = {}
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = create_server(_Remembering(app, pages), map=open_sockets, sockets=[listener], threads=4)
        stop = threading.Event()
        thread = threading.Thread(target=_loop, args=(open_sockets, stop))
        thread.start()
        try:
            yield LiveServer(f"http://127.0.0.1:{listener.getsockname()[1]}", database, clock, pages)
        finally:
            stop.set()
            thread.join()
            server.task_dispatcher.shutdown()
            wasyncore.close_all(open_sockets)


def _loop(open_sockets: dict[int, Any], stop: threading.Event) -> None:
    while not stop.is_set():
        wasyncore.loop(timeout=0.1, map=open_sockets, count=1)
