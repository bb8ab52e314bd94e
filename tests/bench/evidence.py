"""`dev.py bench --evidence`: a unit with much to prove: its desk, 10,000 uploads, a download of 200 MB."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.bench import growth, load, processes
from tests.bench.browser import Browser
from tests.bench.figures import Figure, Verdict
from tests.bench.freight import CONNECTIONS, MB, Freighter, watched
from tests.bench.full_desk import DOCUMENTS, MILESTONES, grow
from tests.bench.processes import Running
from tests.postgres import Server
from tracker.db import Database

DESK_SECONDS = 0.080
MOST_GROWTH = 40e6
"""Bytes that the server may take more after many uploads, or while a large file goes through it: waitress
keeps some 8 MB for each that is downloaded, however large it is."""
DESK, DESK_ALL, TASK = "desk", "desk, all rows", "task page"
WARM_UP = 200
"""Uploads after which the server has its caches and its pools."""
READERS = 3


@dataclass(frozen=True)
class Amount:
    """How much is asked for."""

    requests: int = 300
    uploads: int = 10_000
    upload_bytes: int = 100_000
    large_mb: int = 200


QUICK = Amount(requests=30, uploads=300, large_mb=20)


@dataclass
class Proof:
    """Everything measured on one kind of database, with one server process; rates in bytes a second."""

    kind: str
    pages: dict[str, Figure] = field(default_factory=dict)
    uploads: Figure = field(default_factory=Figure)
    memory_before: float = 0.0
    memory_after: float = 0.0
    large_up: float = 0.0
    large_down: float = 0.0
    growth_up: float = 0.0
    growth_down: float = 0.0


def measure(server: Server, amount: Amount, say: Callable[[str], None]) -> list[Proof]:
    """The same on SQLite and on PostgreSQL."""
    name = "tracker_bench_evidence"
    server.drop(name)
    with tempfile.TemporaryDirectory(prefix="tracker-bench-") as folder:
        sqlite = Path(folder) / "tracker.sqlite3"
        try:
            return [
                _measure(Proof("SQLite"), f"sqlite:///{sqlite}", Path(folder), amount, say),
                _measure(Proof("PostgreSQL"), server.create(name), Path(folder), amount, say),
            ]
        finally:
            server.drop(name)


def as_table(proofs: list[Proof]) -> str:
    """A block for each database, then the targets."""
    blocks = [line for proof in proofs for line in (*_block(proof), "")]
    targets = [
        f"{'met    ' if one.is_met else 'NOT MET'}  {one.target}: {one.measured}" for one in verdicts(proofs)
    ]
    return "\n".join([*blocks, *targets])


def as_data(proofs: list[Proof]) -> dict[str, Any]:
    """The same, with times in seconds and memory in bytes."""
    return {
        "evidence": [
            asdict(proof)
            | {"uploads": _figure(proof.uploads)}
            | {"pages": {name: _figure(figure) for name, figure in proof.pages.items()}}
            for proof in proofs
        ],
        "evidence_targets": [asdict(verdict) for verdict in verdicts(proofs)],
    }


def verdicts(proofs: list[Proof]) -> Iterator[Verdict]:
    """Every target against the worst that was measured for it."""
    desk = max(proof.pages[name].p50 for proof in proofs for name in (DESK, DESK_ALL))
    what = f"desk of {MILESTONES} milestones and {DOCUMENTS:,} documents"
    target = f"{what}: p50 under {DESK_SECONDS * 1000:.0f} ms on one process"
    yield Verdict(target, f"{desk * 1000:.1f} ms", desk < DESK_SECONDS)
    grown = {
        "many uploads": [proof.memory_after - proof.memory_before for proof in proofs],
        "a large upload": [proof.growth_up for proof in proofs],
        "large downloads": [proof.growth_down for proof in proofs],
    }
    for name, sizes in grown.items():
        target = f"memory flat over {name}: at most {MOST_GROWTH / 1e6:.0f} MB more"
        yield Verdict(target, f"{max(sizes) / 1e6:+.1f} MB", max(sizes) <= MOST_GROWTH)


def _measure(proof: Proof, url: str, folder: Path, amount: Amount, say: Callable[[str], None]) -> Proof:
    database = Database(url)
    say(f"{proof.kind}: growing a unit with {MILESTONES} milestones and {DOCUMENTS:,} documents")
    tasks = grow(database)
    database.engine.dispose()
    with processes.product(url, folder, workers=1) as server:
        liaison = Browser(server.port, growth.LIAISON)
        say(f"{proof.kind}: pages")
        for name, path in ((DESK, "/desk"), (DESK_ALL, "/desk?view=all"), (TASK, f"/tasks/{tasks[0]}")):
            proof.pages[name] = _page(server, liaison, path, amount)
        freighter = Freighter(server, liaison)
        say(f"{proof.kind}: {amount.uploads:,} uploads")
        _many(proof, freighter, tasks, amount)
        say(f"{proof.kind}: {amount.large_mb} MB up, and down {READERS} times at once")
        _large(proof, freighter, tasks[0], amount.large_mb * MB)
    return proof


def _page(server: Running, reader: Browser, path: str, amount: Amount) -> Figure:
    figure = Figure()
    target, headers = ("GET", path, ""), reader.headers()
    figure.add(load.run(load.Job(server.port, [[target]], headers, 200, 60.0, amount.requests, warm_up=10)))
    return figure


def _many(proof: Proof, freighter: Freighter, tasks: list[int], amount: Amount) -> None:
    freighter.send_many(tasks, WARM_UP, amount.upload_bytes)
    proof.memory_before = freighter.server.memory()
    proof.uploads.add(freighter.send_many(tasks, amount.uploads, amount.upload_bytes))
    proof.memory_after = freighter.server.memory()


def _large(proof: Proof, freighter: Freighter, task: int, size: int) -> None:
    with watched(freighter.server) as up:
        seconds, number = freighter.send_large(task, size)
    proof.large_up, proof.growth_up = size / seconds, up.growth
    with watched(freighter.server) as down:
        seconds = freighter.fetch(number, size, readers=READERS)
    proof.large_down, proof.growth_down = READERS * size / seconds, down.growth


def _block(proof: Proof) -> Iterator[str]:
    yield f"{proof.kind}, one process"
    for name, figure in proof.pages.items():
        yield f"{name:<20}  p50 {figure.p50 * 1000:>6.1f} ms  p95 {figure.p95 * 1000:>6.1f} ms"
    uploads = proof.uploads
    yield (
        f"{len(uploads.times):,} uploads, {CONNECTIONS} connections: {uploads.rate:.1f} a second, "
        f"p50 {uploads.p50 * 1000:.1f} ms, p95 {uploads.p95 * 1000:.1f} ms"
    )
    before, after = proof.memory_before / 1e6, proof.memory_after / 1e6
    yield f"memory: {before:.0f} MB before them, {after:.0f} MB after (PSS)"
    for way, rate, grown in (
        ("up", proof.large_up, proof.growth_up),
        (f"down, {READERS} at once", proof.large_down, proof.growth_down),
    ):
        yield f"a large file {way}: {rate / 1e6:.0f} MB/s, memory {grown / 1e6:+.1f} MB at most"


def _figure(figure: Figure) -> dict[str, float]:
    return {"requests": len(figure.times), "rate": figure.rate, "p50": figure.p50, "p95": figure.p95}
