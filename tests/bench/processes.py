"""The processes under test: the product as operators start it, and the bare pages behind the same server."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import IO

import psutil

from tests.bench.growth import TODAY
from tracker.commands.serve import gunicorn_arguments

WORKERS, THREADS = 2, 4
TRACKER = Path(sys.executable).parent / "tracker"
PATIENCE = 30.0


@dataclass(frozen=True)
class Running:
    """A server that answers; `first_answer` is how many seconds after its start it did so first."""

    port: int
    pid: int
    first_answer: float

    def worker_memory(self) -> int:
        """Bytes that the workers take, pages that several share counted by their part (PSS)."""
        workers = psutil.Process(self.pid).children()
        assert len(workers) == WORKERS, workers
        return sum(worker.memory_full_info().pss for worker in workers)

    def memory(self) -> int:
        """The same of the whole server, whatever processes it has."""
        first = psutil.Process(self.pid)
        return sum(each.memory_full_info().pss for each in (first, *first.children(recursive=True)))


def environment(url: str, folder: Path, **others: str) -> dict[str, str]:
    """The settings of the installation under test, those named in `others` as they say."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("TRACKER_")},
        "TRACKER_DATABASE_URL": url,
        "TRACKER_DATA_DIR": str(folder),
        "TRACKER_SECRET_KEY": "a key for the bench alone, 32 characters or more",
        "TRACKER_TODAY": TODAY.isoformat(),
        "TRACKER_REQUESTS_PER_MINUTE": "0",
        **others,
    }


@contextmanager
def product(url: str, folder: Path, workers: int = WORKERS, **others: str) -> Iterator[Running]:
    """`tracker serve`, with `others` as in `environment`."""
    command = [str(TRACKER), "serve", "--workers", str(workers), "--threads", str(THREADS)]
    with _running([*command, "--port"], "/sign-in", environment(url, folder, **others)) as running:
        yield running


@contextmanager
def bare(url: str, folder: Path) -> Iterator[Running]:
    """The pages of `tests.bench.bare` behind the product's own server settings."""
    arguments = gunicorn_arguments(WORKERS, THREADS, "tests.bench.bare:application()")
    with _running(
        [sys.executable, "-m", "gunicorn", *arguments, "--bind"], "/page", environment(url, folder)
    ) as running:
        yield running


@contextmanager
def _running(command: list[str], path: str, settings: dict[str, str]) -> Iterator[Running]:
    port = _free_port()
    address = f"127.0.0.1:{port}" if command[-1] == "--bind" else str(port)
    started = time.perf_counter()
    with tempfile.TemporaryFile() as said:  # a pipe that nobody reads would stop a server that warns much
        process = subprocess.Popen(
            [*command, address],
            env=settings,
            cwd=Path(__file__).resolve().parents[2],
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
        try:
            _wait_for(process, port, path, said)
            yield Running(port, process.pid, time.perf_counter() - started)
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE)


def _wait_for(process: subprocess.Popen[bytes], port: int, path: str, said: IO[bytes]) -> None:
    ends = time.perf_counter() + PATIENCE
    while time.perf_counter() < ends:
        if process.poll() is not None:
            said.seek(0)
            raise RuntimeError(f"the server ended: {said.read().decode()}")
        if _answers(port, path):
            return
        time.sleep(0.01)
    raise RuntimeError(f"no answer from {path} within {PATIENCE:.0f} s")


def _answers(port: int, path: str) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
    except ConnectionError:
        return False
    finally:
        connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{path} answers {answer.status}")
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
