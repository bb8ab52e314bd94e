"""tracker: the task-assignment and progress-tracking system of a food-safety campaign."""

from importlib import import_module

from flask import Flask
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from tracker import frame, gate, uploads, web
from tracker.clock import Clock
from tracker.config import Config
from tracker.db import Database
from tracker.files.store import Store

FEATURES = (
    "people",
    "handover",
    "forgotten",
    "desk",
    "assignments",
    "evidence",
    "milestones",
    "appeals",
    "comments",
    "reports",
    "supervision",
    "circulars",
    "summaries",
    "merging",
    "reminders",
    "audit",
    "months",
    "board",
    "outbox",
    "plan",
    "numbering",
    "stationery",
    "search",
    "manual",
    "operations",
)
"""The packages that have pages."""

csrf = CSRFProtect()


def create_app(config: Config, database: Database | None = None, clock: Clock | None = None) -> Flask:
    """The web application of one installation.

    Args:
        config: its settings.
        database: an open database; by default the one that the settings name.
        clock: another clock than the machine's, for tests.
    """
    app = Flask(__name__)
    app.request_class = uploads.ReceivingRequest
    core = web.Core(
        config=config,
        database=database or Database(config.database),
        clock=clock or Clock(zone=config.timezone, pretended=config.today),
        store=Store(config.data_dir),
    )
    app.extensions["tracker"] = core
    app.config.update(
        SECRET_KEY=config.session_key(),
        SESSION_COOKIE_NAME="tracker",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.cookie_secure,
        MAX_CONTENT_LENGTH=16 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        WTF_I18N_ENABLED=False,
        WTF_CSRF_TIME_LIMIT=None,
    )
    if config.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask's documented way
            app.wsgi_app, x_for=config.trusted_proxies, x_proto=config.trusted_proxies
        )
    from tracker import watching  # the figures begin here, once the server has said where they add up

    watching.install(app)
    csrf.init_app(app)
    gate.install(app)
    web.install(app)
    frame.install(app)
    uploads.install(app)
    _install_features(app)
    return app


def _install_features(app: Flask) -> None:
    for name in FEATURES:
        app.register_blueprint(import_module(f"tracker.{name}.views").blueprint)
