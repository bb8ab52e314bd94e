"""What every request passes before anything looks at it, and what every answer carries.

Source: OWASP Secure Headers; GB/T 22239-2019, L3-CES1-19 (管理终端的网络地址限制).
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from urllib.parse import urlsplit

from flask import Flask, current_app, request, session
from werkzeug.wrappers import Response

from tracker import web
from tracker.config import Config
from tracker.networks import LOOPBACK

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), payment=(), usb=()",
}
HSTS = "max-age=31536000; includeSubDomains"
FREE = frozenset({"static", "people.healthz", "operations.readyz", "operations.figures"})
"""What is not counted: files of the pages, and what a load balancer asks."""


@dataclass
class Pace:
    """次数: how often each person or address has asked in the present minute, in this process."""

    minute: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)

    def is_within(self, who: str, at: datetime, most: int) -> bool:
        """Count one more, and tell whether that is still allowed."""
        minute = int(at.timestamp()) // 60
        with self.lock:
            if minute != self.minute:
                self.minute = minute
                self.counts.clear()
            self.counts[who] += 1
            return self.counts[who] <= most


def install(app: Flask) -> None:
    """Put the gate in front of the application."""
    app.extensions["pace"] = Pace()
    app.before_request(_check_host)
    app.before_request(_check_pace)
    app.after_request(_add_headers)


def known_hosts(config: Config) -> frozenset[str] | None:
    """The names under which this installation answers; None, every one, until it is told its address."""
    own = urlsplit(config.base_url).hostname or ""
    if own in LOOPBACK and not config.hosts:
        return None
    return LOOPBACK | {own, *config.hosts}


def _check_host() -> Response | None:
    """A request for another name is no request for us: a link made from it would lead elsewhere."""
    known = known_hosts(web.core().config)
    asked = urlsplit(f"//{request.host}").hostname or ""
    if known is None or asked in known:
        return None
    return Response("没有这个网站：请核对网址，或由运维人员设置 TRACKER_HOSTS。", 421, mimetype="text/plain")


def _check_pace() -> Response | None:
    most, at = web.core().config.requests_per_minute, web.clock().now()
    if not most or request.endpoint in FREE:
        return None
    who = (
        f"person {session['_user_id'].partition(':')[0]}"
        if "_user_id" in session
        else f"address {request.remote_addr}"
    )
    if current_app.extensions["pace"].is_within(who, at, most):
        return None
    answer = web.show_error(429, "操作太频繁", "一分钟内的请求太多，请稍等一分钟再试；刚才的操作没有执行。")
    answer.headers["Retry-After"] = str(60 - int(at.timestamp()) % 60)
    return answer


def _add_headers(answer: Response) -> Response:
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    if web.core().config.hsts and request.is_secure:
        answer.headers.setdefault("Strict-Transport-Security", HSTS)
    if not request.path.startswith("/static/"):
        answer.headers.setdefault("Cache-Control", "no-store")
    return answer
