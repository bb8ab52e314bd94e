"""`tracker serve` and `tracker scheduler` as real processes."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

from tracker.db import Database

TRACKER = str(Path(sys.executable).with_name("tracker"))
PATIENCE = 30.0


@dataclass
class Running:
    """A server and what it wrote to the standard error."""

    url: str
    process: "subprocess.Popen[bytes]"
    log: Path

    def get(self, path: str) -> str:
        with urlopen(Request(f"{self.url}{path}"), timeout=PATIENCE) as answer:  # noqa: S310  # of our own
            return str(answer.read().decode())


def environment(database: Database, folder: Path, **more: str) -> dict[str, str]:
    """Of an installation's processes."""
    own = {"TRACKER_DATABASE_URL": database.url, "TRACKER_DATA_DIR": str(folder)}
    return {"PATH": os.environ["PATH"], **own, **more}


@contextmanager
def started(command: list[str], environ: dict[str, str], log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A process, ended as a service manager does; it ends by itself then."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environ, stdout=output, stderr=output, cwd=log.parent)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)


@contextmanager
def serving(database: Database, folder: Path, *options: str, **more: str) -> Iterator[Running]:
    """`tracker serve`, once it is ready."""
    port = _free_port()
    command = [TRACKER, "serve", "--port", str(port), *options]
    log = folder / "serve.log"
    with started(command, environment(database, folder, **more), log) as process:
        running = Running(f"http://127.0.0.1:{port}", process, log)
        _wait_until_ready(running)
        yield running


def _wait_until_ready(running: Running) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert running.process.poll() is None, running.log.read_text()
        try:
            running.get("/readyz")
        except URLError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(running.log.read_text())


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
