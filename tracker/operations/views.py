"""What the machines around ask: is it ready, and what does it measure."""

from collections.abc import Iterator

from flask import Blueprint, Response, abort, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError

from tracker import web
from tracker.operations import metrics
from tracker.operations.rules import Part, may_read_figures

blueprint = Blueprint("operations", __name__)
WELL = "ok"


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Whether people can be let in: 200, or 503 with what fails."""
    parts = {part.value: words for part, words in _parts()}
    return jsonify(parts), 200 if set(parts.values()) == {WELL} else 503


@blueprint.get("/metrics")
def figures() -> Response:
    """The figures, for this machine and the networks of the setting; for others there is no such page."""
    core = web.core()
    is_relayed = "X-Forwarded-For" in request.headers and not core.config.trusted_proxies
    if is_relayed or not may_read_figures(request.remote_addr, core.config.metrics_networks):
        abort(404)
    return Response(metrics.exposition(core.database, core.clock), content_type=CONTENT_TYPE_LATEST)


def _parts() -> Iterator[tuple[Part, str]]:
    """Each part with what is wrong; no address and no path, since anybody may ask."""
    core = web.core()
    try:
        is_current = core.database.is_current()
    except SQLAlchemyError:
        yield Part.DATABASE, "连不上"
    else:
        yield Part.DATABASE, WELL
        yield Part.SCHEMA, WELL if is_current else "不是这个版本的"
    try:
        core.store.require_writable()
    except OSError:
        yield Part.FILES, "不能写入"
    else:
        yield Part.FILES, WELL
