"""The load: a process of its own whose threads each keep one connection and ask one after the other.

It reads a `Job` as JSON from its standard input and writes a `Result` as JSON to its standard output;
`run` starts it and waits for it.
"""

import json
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from http.client import HTTPConnection
from itertools import cycle, islice
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
WARM_UP = 2
"""Requests of each connection that are made first, and not counted."""
PATIENCE = 120.0
"""Seconds after which an answer is not waited for any longer."""


@dataclass(frozen=True)
class Job:
    """What to ask, how often at most, and for how long at most.

    Args:
        targets: each connection's own requests, asked in turn and over again: (method, path, body).
    """

    port: int
    targets: list[list[tuple[str, str, str]]]
    headers: dict[str, str]
    expected: int
    seconds: float
    most_requests: int
    warm_up: int = WARM_UP


@dataclass
class Result:
    """How long each answer took, in seconds, and how long all of them took together."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def run(job: Job) -> Result:
    """Do the job in a process of its own.

    Raises:
        RuntimeError: an answer was not the expected one.
    """
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load"],
        cwd=ROOT,
        input=json.dumps(asdict(job)),
        capture_output=True,
        text=True,
        check=True,
        timeout=job.seconds + 2 * PATIENCE + 10,
    )
    result = Result(**json.loads(done.stdout))
    if result.wrong:
        raise RuntimeError(f"{len(result.wrong)} wrong answers, the first: {result.wrong[0]}")
    return result


def work(job: Job) -> Result:
    """Ask on all connections at once."""
    result = Result()
    ready = threading.Barrier(len(job.targets) + 1)
    threads = [
        threading.Thread(target=_ask, args=(job, targets, ready, result), daemon=True)
        for targets in job.targets
    ]
    for thread in threads:
        thread.start()
    ready.wait(PATIENCE)
    started = time.perf_counter()
    for thread in threads:
        thread.join(job.seconds + PATIENCE)
    result.seconds = time.perf_counter() - started
    return result


def _ask(job: Job, targets: list[tuple[str, str, str]], ready: threading.Barrier, result: Result) -> None:
    connection = HTTPConnection("127.0.0.1", job.port, timeout=PATIENCE)
    requests = cycle(targets)
    try:
        for target in islice(requests, job.warm_up):
            _once(connection, job, target, result)
        ready.wait(PATIENCE)
        ends = time.perf_counter() + job.seconds
        for target in islice(requests, max(1, job.most_requests // len(job.targets))):
            started = time.perf_counter()
            _once(connection, job, target, result)
            now = time.perf_counter()
            result.times.append(now - started)
            if now >= ends:
                break
    except OSError as error:
        result.wrong.append(f"{type(error).__name__}: {error}")
        ready.abort()
    finally:
        connection.close()


def _once(connection: HTTPConnection, job: Job, target: tuple[str, str, str], result: Result) -> None:
    method, path, body = target
    connection.request(method, path, body or None, job.headers)
    answer = connection.getresponse()
    content = answer.read()
    if answer.status != job.expected:
        result.wrong.append(f"{method} {path}: {answer.status} {content[:200].decode(errors='replace')}")


if __name__ == "__main__":
    given = json.load(sys.stdin)
    json.dump(asdict(work(Job(**given))), sys.stdout)
