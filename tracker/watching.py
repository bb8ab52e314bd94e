"""Around every request: its number, its line in the log, its place in the figures."""

import logging
import re
import secrets
import time
from typing import Any, cast

from flask import Flask, g, request
from werkzeug.wrappers import Response

from tracker import web
from tracker.operations import metrics

HEADER = "X-Request-ID"
GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
"""What a proxy may call a request; anything else is not believed."""
NOWHERE = "-"
"""The endpoint of an address that leads nowhere."""

log = logging.getLogger("tracker.requests")
errors = logging.getLogger("tracker.errors")


def install(app: Flask) -> None:
    """Before everything else that looks at a request."""
    app.before_request(_begin)
    app.after_request(_end)
    app.log_exception = lambda exc_info: errors.error("页面出错", exc_info=exc_info, extra=_facts())  # type: ignore[method-assign]  # its own tells the path
    app.jinja_env.globals["request_number"] = request_number


def request_number() -> str:
    """编号 of the request in hand, by which the log finds it."""
    return cast(str, g.get("request_number", ""))


def _begin() -> None:
    g.began = time.monotonic()
    given = request.headers.get(HEADER, "")
    is_believed = web.core().config.trusted_proxies > 0 and "X-Forwarded-For" in request.headers
    g.request_number = given if is_believed and GIVEN.fullmatch(given) else secrets.token_hex(8)


def _end(answer: Response) -> Response:
    seconds = time.monotonic() - g.get("began", time.monotonic())
    metrics.count(request.endpoint or NOWHERE, request.method, answer.status_code, seconds)
    answer.headers[HEADER] = request_number()
    log.info("请求", extra={**_facts(), "status": answer.status_code, "ms": round(seconds * 1000, 1)})
    return answer


def _facts() -> dict[str, Any]:
    """Which page, by its pattern: addresses may hold secrets, and words that somebody searched for."""
    return {
        "request_id": request_number(),
        "method": request.method,
        "route": request.url_rule.rule if request.url_rule else NOWHERE,
    }
