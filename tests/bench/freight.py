"""Files to and from a server: many small ones, and a large one; what the server's memory does meanwhile."""

import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection
from itertools import cycle, islice

from tests.bench import load
from tests.bench.browser import Browser
from tests.bench.processes import Running
from tests.files.samples import PDF

CONNECTIONS = 4
MB = 1024 * 1024
BOUNDARY = "a-boundary-that-is-in-no-file"
EVIDENCE = re.compile(r'href="/evidence/(\d+)"')


@dataclass
class Watch:
    """The server's memory when the watch began, and the most that it was since."""

    before: float
    most: float

    @property
    def growth(self) -> float:
        return self.most - self.before


@dataclass(frozen=True)
class Freighter:
    """Somebody who sends and fetches files."""

    server: Running
    person: Browser

    def send_many(self, tasks: Sequence[int], count: int, size: int) -> load.Result:
        """Send so many files, each another, all over the tasks; every connection one after the other."""
        result, filler, headers = load.Result(), secrets.token_bytes(size), self._headers()

        def send(first: int) -> None:
            connection = self._connection()
            for task in islice(cycle(tasks), first, count, CONNECTIONS):
                started = time.perf_counter()
                content = PDF + secrets.token_bytes(32) + filler
                connection.request("POST", f"/tasks/{task}/evidence", self._form(content), headers)
                _answer(connection)
                result.times.append(time.perf_counter() - started)
            connection.close()

        result.seconds = _together([partial(send, first) for first in range(CONNECTIONS)])
        return result

    def send_large(self, task: int, size: int) -> tuple[float, int]:
        """Send one file of so many bytes; returns how long it took, and the number of the document."""
        block = secrets.token_bytes(MB)
        content = PDF + block * (size // MB - 1) + block[: MB - len(PDF)]
        connection, started = self._connection(), time.perf_counter()
        connection.request("POST", f"/tasks/{task}/evidence", self._form(content), self._headers())
        page = _answer(connection)
        connection.close()
        return time.perf_counter() - started, max(map(int, EVIDENCE.findall(page)))

    def fetch(self, evidence_id: int, size: int, *, readers: int) -> float:
        """Download a document, several at once; returns how long it took."""

        def read() -> None:
            connection = self._connection()
            connection.request("GET", f"/evidence/{evidence_id}/file", headers=self._headers())
            answer, length = connection.getresponse(), 0
            while block := answer.read(MB):
                length += len(block)
            connection.close()
            if (answer.status, length) != (200, size):
                raise RuntimeError(f"a download ended with {answer.status} and {length} of {size} bytes")

        return _together([read] * readers)

    def _form(self, content: bytes) -> bytes:
        start = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name="
        token = f'{start}"csrf_token"\r\n\r\n{self.person.token}\r\n'
        file = f'{start}"file"; filename="材料.pdf"\r\n\r\n'
        return b"".join(((token + file).encode(), content, f"\r\n--{BOUNDARY}--\r\n".encode()))

    def _headers(self) -> dict[str, str]:
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        return self.person.headers() | {"Content-Type": kind, "HX-Request": "true"}

    def _connection(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.server.port, timeout=load.PATIENCE)


@contextmanager
def watched(server: Running) -> Iterator[Watch]:
    """Look at the server's memory again and again until the end of the block."""
    watch, is_over = Watch(server.memory(), 0.0), threading.Event()

    def look() -> None:
        while not is_over.wait(0.05):
            watch.most = max(watch.most, server.memory())

    looker = threading.Thread(target=look)
    looker.start()
    try:
        yield watch
    finally:
        is_over.set()
        looker.join()
        watch.most = max(watch.most, server.memory())


def _answer(connection: HTTPConnection) -> str:
    answer = connection.getresponse()
    page = answer.read().decode()
    if answer.status != 200:
        raise RuntimeError(f"an upload was answered with {answer.status}: {page[:300]}")
    return page


def _together(jobs: Sequence[Callable[[], None]]) -> float:
    """Do all jobs at once; returns how long they took. The first trouble is raised."""
    trouble: list[Exception] = []

    def do(job: Callable[[], None]) -> None:
        try:
            job()
        except Exception as error:
            trouble.append(error)

    threads = [threading.Thread(target=do, args=(job,)) for job in jobs]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if trouble:
        raise trouble[0]
    return time.perf_counter() - started
