"""`dev.py bench [--search | --evidence | --reports] [--quick] [--json FILE]`: grow, start, load, compare."""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.bench import evidence, load, processes, reports, search
from tests.bench.cases import Pace, cases, workbook
from tests.bench.figures import Campaign, Figure
from tests.bench.growth import grow
from tests.bench.processes import Running
from tests.bench.report import as_data, as_table
from tests.postgres import Server, running_server
from tracker.db import Database

SIZES = (1_500, 15_000, 150_000)
CONNECTIONS = (1, 8)
PACE = Pace(seconds=1.0, most_requests=4_000)
QUICK_PACE = Pace(seconds=0.2, most_requests=200)
BUSIEST = "2024-07-01T09:00"
"""The day after a gate, when the reminders have most to tell."""


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    with running_server() as server, tempfile.TemporaryDirectory(prefix="tracker-bench-") as folder:
        table, data = _figures(options, server, Path(folder))
    print(table)
    if options.json:
        options.json.write_text(json.dumps(data, ensure_ascii=False, indent=2) + "\n")
    return 0


def _figures(options: argparse.Namespace, server: Server, folder: Path) -> tuple[str, dict[str, Any]]:
    """What was asked to be measured, as a table and as data."""
    pace = QUICK_PACE if options.quick else PACE
    if options.evidence:
        proofs = evidence.measure(server, evidence.QUICK if options.quick else evidence.Amount(), say)
        return evidence.as_table(proofs), evidence.as_data(proofs)
    if options.reports:
        month = reports.measure(server, folder, 500 if options.quick else reports.UNITS, say)
        return reports.as_table(month), reports.as_data(month)
    if options.search:
        papers = 5_000 if options.quick else search.PAPERS
        found = search.measure(server, folder, papers, pace=pace, rounds=options.rounds)
        return search.as_table(found), search.as_data(found)
    campaigns = [measure(server, size, folder, pace=pace, rounds=options.rounds) for size in options.sizes]
    return as_table(campaigns), as_data(campaigns)


def measure(server: Server, wanted: int, folder: Path, *, pace: Pace, rounds: int) -> Campaign:
    """Everything about a campaign of one size, in a database of its own."""
    name = f"tracker_bench_{wanted}"
    server.drop(name)
    database = Database(server.create(name))
    try:
        say(f"growing a campaign of {wanted:,} milestones")
        size = grow(database, wanted)
        campaign = Campaign(wanted, size.milestones, size.units, size.late)
        with processes.bare(database.url, folder) as bare, processes.product(database.url, folder) as ours:
            campaign.first_answer = ours.first_answer
            _load(campaign, database, bare, ours, pace, rounds)
            _export(campaign, ours)
            campaign.memory = ours.worker_memory()
        _remind(campaign, database, folder)
    finally:
        database.engine.dispose()
        server.drop(name)
    return campaign


def _load(
    campaign: Campaign, database: Database, bare: Running, ours: Running, pace: Pace, rounds: int
) -> None:
    """All cases in turn, over and over, so that a noisy minute hits the bare page and ours alike."""
    makers = cases(database, bare, ours)
    for connections in CONNECTIONS:
        for number in range(1, rounds + 1):
            say(f"{connections} connection(s), round {number} of {rounds}")
            for name, make in makers.items():
                figure = campaign.figures.setdefault((name, connections), Figure())
                figure.add(load.run(make(connections, pace)))


def _export(campaign: Campaign, ours: Running) -> None:
    say("XLSX of all")
    campaign.workbook = load.run(workbook(ours)).times[0]
    campaign.workbook_rows = campaign.milestones


def _remind(campaign: Campaign, database: Database, folder: Path) -> None:
    say("reminders")
    started = time.perf_counter()
    done = subprocess.run(
        [str(processes.TRACKER), "remind", "--at", BUSIEST, "--json"],
        env=processes.environment(database.url, folder),
        capture_output=True,
        text=True,
        check=True,
    )
    campaign.reminders = time.perf_counter() - started
    campaign.letters = len(json.loads(done.stdout))


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    parser.add_argument(
        "--quick", action="store_true", help="the smallest campaign for a moment: does it run?"
    )
    parser.add_argument(
        "--search", action="store_true", help=f"instead: the search, over {search.PAPERS:,} documents"
    )
    parser.add_argument(
        "--evidence",
        action="store_true",
        help="instead: the desk of a unit with 5,000 documents, 10,000 uploads, large files (ten minutes)",
    )
    parser.add_argument(
        "--reports",
        action="store_true",
        help=f"instead: a month of reports of {reports.UNITS:,} units: opening, reminders, delivery, matrix",
    )
    parser.add_argument("--sizes", type=int, nargs="+", help=f"milestones; by default {SIZES}")
    parser.add_argument("--rounds", type=int, help="measurements of each case; by default 5")
    options = parser.parse_args(arguments)
    options.sizes = sorted(options.sizes or (SIZES[:1] if options.quick else SIZES))
    options.rounds = options.rounds or (1 if options.quick else 5)
    return options


def say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
