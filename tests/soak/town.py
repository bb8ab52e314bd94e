"""The processes of an installation, all of which may be killed: web, four schedulers, mail server."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import IO

from tests.soak.kills import TRACKER, noon_zone
from tests.soak.sink import Taken, read
from tracker.db import Database

SCHEDULERS = tuple(f"scheduler {number}" for number in range(1, 5))
NAMES = ("mail server", "web", *SCHEDULERS)
ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0
ENDING = 60.0
SECRET = "a key for the soak alone, 32 characters or more"


@dataclass
class Town:
    """An installation in `folder`, on a day that can be moved while nothing but the mail server runs."""

    database: Database
    folder: Path
    mail_delay: float = 0.02
    today: date = date(2023, 8, 1)
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    log: IO[bytes] = field(default_factory=tempfile.TemporaryFile)
    """What the processes say; told when something goes wrong."""
    web_port: int = field(default_factory=lambda: _free_port())
    mail_port: int = field(default_factory=lambda: _free_port())

    def start(self, name: str) -> None:
        """Start one of NAMES; the mail server listens when this returns."""
        self.processes[name] = subprocess.Popen(
            ["nice", *self._command(name)], cwd=ROOT, env=self._environment(), stdout=self.log,
            stderr=self.log, start_new_session=True,
        )  # fmt: skip
        if name == "mail server":
            self.wait_until(lambda: _answers(self.mail_port))

    def kill(self, name: str) -> None:
        """kill -9, the workers of a web server included."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def end(self, names: Iterable[str]) -> None:
        """Ask them to end, as an operator does; a scheduler brings the mail on its way to its end."""
        ending = {name: self.processes.pop(name) for name in names}
        for process in ending.values():
            process.send_signal(signal.SIGTERM)
        for name, process in ending.items():
            try:
                process.wait(ENDING)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGABRT)  # says where each thread is
                process.wait()
                raise AssertionError(f"{name} does not end\n{self.said()}") from None

    def close(self) -> None:
        """Kill what still runs."""
        for name in list(self.processes):
            self.kill(name)
        self.log.close()

    def run(self, command: str) -> None:
        """One of the timetable's jobs as a command: `remind`, `deliver`."""
        done = subprocess.run([TRACKER, command], env=self._environment(), stdout=self.log, stderr=self.log)
        assert done.returncode == 0, self.said()

    def taken(self) -> list[Taken]:
        """What the mail server wrote down since the beginning."""
        return read(self.folder / "mails")

    def line_count(self) -> int:
        """How many lines that are, two a mail."""
        file = self.folder / "mails"
        return file.read_bytes().count(b"\n") if file.exists() else 0

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        """Look again and again until it is so."""
        end = time.monotonic() + PATIENCE
        while not is_so():
            assert time.monotonic() < end, self.said()
            time.sleep(0.05)

    def said(self) -> str:
        self.log.seek(0)
        return self.log.read().decode(errors="replace")[-6000:]

    def _command(self, name: str) -> list[str]:
        if name == "mail server":
            return [
                sys.executable, "-m", "tests.soak.sink", str(self.mail_port), str(self.folder / "mails"),
                str(self.mail_delay),
            ]  # fmt: skip
        if name == "web":
            return [str(TRACKER), "serve", "--workers", "1", "--port", str(self.web_port)]
        return [str(TRACKER), "scheduler"]

    def _environment(self) -> dict[str, str]:
        others = {name: value for name, value in os.environ.items() if not name.startswith("TRACKER_")}
        return others | {
            "PYTHONFAULTHANDLER": "1",
            "TRACKER_DATABASE_URL": self.database.url,
            "TRACKER_DATA_DIR": str(self.folder),
            "TRACKER_SECRET_KEY": SECRET,
            "TRACKER_SMTP_URL": f"smtp://127.0.0.1:{self.mail_port}",
            "TRACKER_TIMEZONE": noon_zone(),
            "TRACKER_TODAY": self.today.isoformat(),
        }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
