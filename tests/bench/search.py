"""The search as one types, over many documents, on SQLite and on PostgreSQL (`dev.py bench --search`)."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.bench import load, processes
from tests.bench.browser import Browser
from tests.bench.cases import Pace
from tests.bench.figures import Figure, Verdict
from tests.bench.load import Job
from tests.bench.papers import fill_with_papers
from tests.postgres import Server
from tracker.db import Database

PAPERS = 50_000
MOST_SECONDS = {"sqlite": 0.100, "postgresql": 0.200}
READERS = {"office": "office", "nongye": "department", "mangkang": "county"}
WORDS = {"many": ("台账", "台账"), "few": ("法院", "自治"), "none": ("蜜蜂", "蜜蜂")}
"""Two characters each, the second for the county, which sees less."""
COUNT = re.compile(r"材料 (\d+\+?) 份")


@dataclass
class Case:
    """Somebody who types a word; `found` is how many documents the answer speaks of."""

    database: str
    reader: str
    word: str
    path: str
    found: str
    figure: Figure


def measure(server: Server, folder: Path, papers: int, *, pace: Pace, rounds: int) -> list[Case]:
    """Every case on both databases; all cases in turn, over and over."""
    cases = []
    for kind in MOST_SECONDS:
        with _database(kind, server, folder) as database:
            print(f"bench: {papers:,} documents on {kind}", file=sys.stderr, flush=True)
            fill_with_papers(database, papers)
            with processes.product(database.url, folder) as ours:
                cases += _measured(kind, ours.port, pace, rounds)
    return cases


def as_table(cases: list[Case]) -> str:
    head = f"{'':<12}{'reader':<12}{'word':<6}{'documents':>10}{'p50 ms':>9}{'p95 ms':>9}"
    rows = [
        f"{case.database:<12}{case.reader:<12}{case.word:<6}{case.found:>10}"
        f"{case.figure.p50 * 1000:>9.1f}{case.figure.p95 * 1000:>9.1f}"
        for case in cases
    ]
    targets = [
        f"{'met    ' if verdict.is_met else 'NOT MET'}  {verdict.target}: {verdict.measured}"
        for verdict in verdicts(cases)
    ]
    return "\n".join([head, *rows, "", *targets])


def as_data(cases: list[Case]) -> dict[str, Any]:
    """The same, with times in seconds."""
    figures = [
        {
            "database": case.database, "reader": case.reader, "word": case.word, "documents": case.found,
            "requests": len(case.figure.times), "p50": case.figure.p50, "p95": case.figure.p95,
        }
        for case in cases
    ]  # fmt: skip
    return {"search": figures, "targets": [asdict(verdict) for verdict in verdicts(cases)]}


def verdicts(cases: list[Case]) -> Iterator[Verdict]:
    """Each database's slowest case against its target."""
    for kind, most in MOST_SECONDS.items():
        slowest = max((case for case in cases if case.database == kind), key=lambda case: case.figure.p50)
        p50 = slowest.figure.p50
        yield Verdict(
            f"search on {kind}: p50 under {most * 1000:.0f} ms",
            f"{p50 * 1000:.1f} ms at worst ({slowest.reader}, {slowest.word})",
            p50 < most,
        )


def _measured(kind: str, port: int, pace: Pace, rounds: int) -> list[Case]:
    browsers = {name: Browser(port, name) for name in READERS}
    cases = [_case(kind, name, word, browsers[name]) for name, word in product(READERS, WORDS)]
    for _, (case, browser) in product(range(rounds), zip(cases, _readers(browsers), strict=True)):
        headers = {**browser.headers(), "HX-Request": "true"}
        asked = [[("GET", case.path, "")]]
        case.figure.add(load.run(Job(port, asked, headers, 200, pace.seconds, pace.most_requests)))
    return cases


def _readers(browsers: dict[str, Browser]) -> list[Browser]:
    return [browsers[name] for name, _ in product(READERS, WORDS)]


def _case(kind: str, name: str, word: str, browser: Browser) -> Case:
    path = f"/search?q={quote(WORDS[word][READERS[name] == 'county'])}"
    found = COUNT.search(browser.get(path, {"HX-Request": "true"}))
    if found is None:
        raise RuntimeError(f"{path} does not say how many documents there are")
    return Case(kind, READERS[name], word, path, found[1], Figure())


@contextmanager
def _database(kind: str, server: Server, folder: Path) -> Iterator[Database]:
    name = "tracker_bench_search"
    server.drop(name)
    is_sqlite = kind == "sqlite"
    database = Database(f"sqlite:///{folder / 'search.sqlite3'}" if is_sqlite else server.create(name))
    try:
        yield database
    finally:
        database.engine.dispose()
        server.drop(name)
