"""A real robot on 127.0.0.1 for tests: it keeps what was posted, and can refuse."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any


@dataclass
class Robot:
    """What was posted, in the order of arrival; `status` and `answer` are what it says to it."""

    status: int = 200
    answer: str = '{"errcode": 0, "errmsg": "ok"}'
    bodies: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    url: str = ""


@contextmanager
def open_robot() -> Iterator[Robot]:
    """A robot on a free port until the end of the block."""
    robot = Robot()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Content-Type"] == "application/json; charset=utf-8"
            robot.bodies.append(json.loads(body))
            robot.paths.append(self.path)
            self.send_response(robot.status)
            if robot.status == 302:
                self.send_header("Location", f"{robot.url}/elsewhere")
            self.end_headers()
            self.wfile.write(robot.answer.encode())

        def log_message(self, *_args: Any) -> None:
            """Keep quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    robot.url = f"http://127.0.0.1:{server.server_port}/send?key=secret"
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield robot
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
