"""Posting one message to a robot; the one place that makes requests to other servers."""

import json
from http.client import HTTPException
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

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
    if not _is_taken(words):
        raise NotPostedError(words or "没有答复")
    return words


def _is_taken(answer: str) -> bool:
    """Robots say in the body whether they took it."""
    try:
        said = json.loads(answer)
    except ValueError:
        return False
    return isinstance(said, dict) and said.get("errcode") == 0


class _StayHere(HTTPRedirectHandler):
    """A robot that sends elsewhere is not followed."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


_opener = build_opener(_StayHere)
