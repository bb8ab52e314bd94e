"""Posting one message to a robot; the one place that makes requests to other servers.

Whoever sets a robot chooses its address, so that it must lead nowhere else: not to this machine, not to what
stands beside it without a router, and nothing but a robot's own words comes back (OWASP Server Side Request
Forgery Prevention Cheat Sheet). A robot in the office's own network is reached.
"""

import json
import socket
from http.client import HTTPException, HTTPSConnection
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener

from tracker.networks import is_near

TIMEOUT = 15
"""Seconds to wait for the robot's answer."""
LONGEST_ANSWER = 300


class NotPostedError(Exception):
    """The robot did not take it; the message is what it, or the line to it, said."""


class Poster(Protocol):
    """Whoever posts a body to an address and says what was answered."""

    def __call__(self, url: str, body: dict[str, Any]) -> str: ...


def post(url: str, body: dict[str, Any]) -> str:
    """Post it as JSON and return the robot's answer.

    Raises:
        NotPostedError: it was not taken.
    """
    data = json.dumps(body, ensure_ascii=False).encode()
    request = Request(url, data, {"Content-Type": "application/json; charset=utf-8"})  # noqa: S310  # see hook_url_fault
    try:
        with _opener.open(request, timeout=TIMEOUT) as answer:
            words = str(answer.read(LONGEST_ANSWER), "utf-8", "replace")
    except HTTPError as error:
        with error:
            raise NotPostedError(f"{error.code} {error.reason}") from error
    except (OSError, HTTPException, ValueError) as error:
        raise NotPostedError(f"无法连接群机器人：{getattr(error, 'reason', error)}") from error
    return _taken(words)


def _taken(answer: str) -> str:
    """A robot's answer that it took the message; robots say in the body whether they did."""
    try:
        said = json.loads(answer)
    except ValueError:
        said = None
    if not isinstance(said, dict) or "errcode" not in said:
        raise NotPostedError("没有答复" if not answer else "对方的答复不是群机器人的格式，请核对网址")
    if said["errcode"] != 0:
        raise NotPostedError(answer)
    return answer


class _StayHere(HTTPRedirectHandler):
    """A robot that sends elsewhere is not followed."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


class _Away(HTTPSConnection):
    """A line to another machine; through a proxy it is the proxy that decides where it leads."""

    _tunnel_host: str | None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._create_connection = self._connect_away

    def _connect_away(self, *args: Any, **kwargs: Any) -> socket.socket:
        """Looked at once it stands, and before anything is said: a name cannot mean another machine then."""
        line = socket.create_connection(*args, **kwargs)
        if not self._tunnel_host and is_near(line.getpeername()[0]):
            line.close()
            raise OSError("网址指向本机或本机旁的地址，不能用")
        return line


class _AwayHandler(HTTPSHandler):
    def https_open(self, req: Request) -> Any:
        return self.do_open(_Away, req)


_opener = build_opener(_StayHere, _AwayHandler)
