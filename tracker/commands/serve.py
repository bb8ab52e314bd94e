"""`tracker serve`: the production web server."""

import gc
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from shutil import rmtree
from tempfile import mkdtemp

import click
from flask import Flask

from tracker import create_app, logs
from tracker.config import Config
from tracker.console import Console, pass_console

log = logging.getLogger("tracker.serve")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="监听的地址。")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="监听的端口。")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1), help="进程数。")
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1), help="每个进程的线程数。")
@pass_console
def serve(console: Console, host: str, port: int, workers: int, threads: int) -> None:
    """启动网站：SQLite 用一个进程，PostgreSQL 用多个进程。"""
    console.require_schema()
    logs.configure(console.config.log)
    log.info("网站在 http://%s:%s，按 Ctrl-C 结束。", host, port)
    if console.database.url.startswith("sqlite"):
        serve_sqlite(console, host, port, threads)
    else:
        console.database.engine.dispose()
        _serve_postgresql(host, port, workers, threads)


def serve_sqlite(console: Console, host: str, port: int, threads: int) -> None:
    """One process with threads: SQLite has one writer anyway."""
    import waitress  # gunicorn's workers go without

    app = create_app(console.config, console.database, console.clock)
    settle()
    behind_proxy = console.config.trusted_proxies > 0
    waitress.serve(
        app, host=host, port=port, threads=threads, ident=None, clear_untrusted_proxy_headers=not behind_proxy
    )


def application() -> Flask:
    """What gunicorn serves; made once, before the workers are forked, so that they share its memory."""
    app = create_app(Config.from_env(os.environ))
    settle()
    return app


def settle() -> None:
    """Take what stays for ever out of the garbage collector's way: shorter stalls, shared memory."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def gunicorn_arguments(workers: int, threads: int, application: str) -> list[str]:
    """The server's settings, but for its address; the bench serves a bare page with the same."""
    return [
        "--preload", "--no-control-socket", "--worker-class", "gthread",
        "--workers", str(workers), "--threads", str(threads), application,
    ]  # fmt: skip


def _serve_postgresql(host: str, port: int, workers: int, threads: int) -> None:
    """gunicorn reads its command line; it forks its workers from this very process, and they add up their
    figures in a folder that is gone with it."""
    arguments = gunicorn_arguments(workers, threads, "tracker.commands.serve:application()")
    logger = ("--logger-class", "tracker.commands.gunicorn_log.Logger")
    sys.argv = ["gunicorn", "--bind", f"{host}:{port}", *logger, *arguments]
    with _folder_of_workers() as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        import_module("gunicorn.app.wsgiapp").run()


@contextmanager
def _folder_of_workers() -> Iterator[str]:
    """A folder that goes with this process; a worker leaves the block as well when it ends."""
    folder, own = mkdtemp(prefix="tracker-metrics-"), os.getpid()
    try:
        yield folder
    finally:
        if os.getpid() == own:
            rmtree(folder, ignore_errors=True)
