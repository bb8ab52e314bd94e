"""`dev.py soak`: twelve simulated months with `--kills 200`, then rounds of kills for `--minutes 30`; or
`--load`: 50 people at work for `--minutes 10`."""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from tests import world
from tests.databases import PostgresStock, SqliteStock, Stock
from tests.evidence import flow
from tests.outbox.mailroom import open_mailroom
from tests.postgres import running_server
from tests.soak import uploads
from tests.soak.kills import Yard, killed_again_and_again, several_at_once
from tests.soak.months import Months, twelve_months
from tests.soak.rush import rush
from tests.soak.town import Town
from tracker.people import passwords

REPORTS_A_DAY = 6
PAUSE = (5.0, 10.0)
"""Seconds between two clicks of one person."""


def main() -> None:
    options = _options()
    if options.load:
        sys.exit(_load(options.minutes or 10.0, options.users))
    passwords.make_cheap()
    with tempfile.TemporaryDirectory() as folder, running_server() as server:
        stocks: dict[str, Stock] = {
            "sqlite": SqliteStock(world.fill, Path(folder)),
            "postgres": PostgresStock(world.fill, server),
        }
        chosen = [stock for kind, stock in stocks.items() if options.db in (kind, "both")]
        if options.kills:
            for stock in chosen:
                _twelve_months(stock, _seed(options), options.kills)
        rounds, end = 0, time.monotonic() + (30.0 if options.minutes is None else options.minutes) * 60
        while time.monotonic() < end:
            seed = _seed(options)
            for stock in chosen:
                _one_round(stock, seed)
            rounds += 1
            print(f"soak: {rounds} rounds of kills, of four schedulers at once and of random steps")


def _twelve_months(stock: Stock, seed: int, kill_count: int) -> None:
    print(f"soak: twelve months on {type(stock).__name__}, {kill_count} kills, seed {seed}", flush=True)
    with stock.seeded() as database, tempfile.TemporaryDirectory() as folder:
        with database.session() as session:
            days = twelve_months(session)
        tally = Months(Town(database, Path(folder)), seed, days, REPORTS_A_DAY).run(kill_count)
    print(f"soak: {tally.words()}", flush=True)


def _one_round(stock: Stock, seed: int) -> None:
    chance = random.Random(seed)
    print(f"soak: {type(stock).__name__}, seed {seed}", flush=True)
    with stock.seeded() as database, open_mailroom() as mailroom:
        mailroom.delay = chance.choice((0.0, 0.002, 0.02))
        killed_again_and_again(Yard(database, mailroom), chance, mail_count=300, kill_count=20)
    with stock.seeded() as database, open_mailroom() as mailroom:
        several_at_once(Yard(database, mailroom), mail_count=200, process_count=4)
    with stock.seeded() as database, tempfile.TemporaryDirectory() as folder:
        uploads.killed_again_and_again(uploads.Quay(database, Path(folder)), chance, kill_count=20)
    with tempfile.TemporaryDirectory() as folder:
        flow.run(stock, Path(folder), examples=100, steps=50)


def _load(minutes: float, users: int) -> int:
    """People at work on the day of the reports; returns the exit code."""
    print(f"soak: {users} people at work for {minutes:g} minutes", flush=True)
    with (
        running_server() as server,
        tempfile.TemporaryDirectory() as folder,
        PostgresStock(world.fill, server).seeded() as database,
    ):
        done = rush(database, Path(folder), minutes=minutes, users=users, pause=PAUSE)
    print(done.table())
    print("\n".join(f"soak: {fault}" for fault in done.faults) or "soak: all as it should be")
    return 1 if done.faults else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev.py soak", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="in the twelve months; 0 leaves them out")
    parser.add_argument("--minutes", type=float, help="of rounds after them (30), of load (10)")
    parser.add_argument("--load", action="store_true", help="instead: people at work (PostgreSQL)")
    parser.add_argument("--users", type=int, default=50, help="how many of them")
    parser.add_argument("--db", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--seed", type=int, default=None, help="of the random moments; always told")
    return parser.parse_args()


def _seed(options: argparse.Namespace) -> int:
    return random.getrandbits(32) if options.seed is None else int(options.seed)


if __name__ == "__main__":
    main()
