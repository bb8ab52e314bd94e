"""Somebody who signs in and reads pages, to find out what the load asks for."""

import re
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from tests.world import PASSWORD

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Browser:
    """One person's session; `token` is the CSRF token of its forms."""

    def __init__(self, port: int, username: str) -> None:
        self._port = port
        self._cookie = ""
        page = self.get("/sign-in")
        form = {"csrf_token": _token(page), "username": username, "password": PASSWORD}
        self._ask("POST", "/sign-in", urlencode(form), expected=303)
        self.token = _token(self.get("/help"))

    def get(self, path: str, headers: dict[str, str] | None = None) -> str:
        return self._ask("GET", path, "", expected=200, more=headers)

    def post(self, path: str, fields: dict[str, str]) -> None:
        """Send a form that is answered with the way to another page."""
        self._ask("POST", path, urlencode({**fields, "csrf_token": self.token}), expected=303)

    def headers(self) -> dict[str, str]:
        """What the load sends with each request: a session that has just been used, and form data."""
        self.get("/help")
        return {"Cookie": self._cookie, "Content-Type": "application/x-www-form-urlencoded"}

    def _ask(
        self, method: str, path: str, body: str, *, expected: int, more: dict[str, str] | None = None
    ) -> str:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=30)
        headers = {
            "Cookie": self._cookie,
            "Content-Type": "application/x-www-form-urlencoded",
            **(more or {}),
        }
        try:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
            self._keep(answer.headers.get_all("Set-Cookie") or [])
        finally:
            connection.close()
        if answer.status != expected:
            raise RuntimeError(f"{method} {path} answers {answer.status}: {text[:500]}")
        return text

    def _keep(self, set_cookies: list[str]) -> None:
        for line in set_cookies:
            self._cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in SimpleCookie(line).items())


def _token(page: str) -> str:
    found = TOKEN.search(page)
    if found is None:
        raise RuntimeError("no form with a CSRF token on the page")
    return found[1]
