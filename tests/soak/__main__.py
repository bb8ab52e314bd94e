"""`dev.py soak`: the long runs. `--minutes 30` sets how long."""

import argparse
import random
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
from tracker.people import passwords


def main() -> None:
    parser = argparse.ArgumentParser(prog="dev.py soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=None, help="of the random moments; told when it fails")
    arguments = parser.parse_args()
    passwords.make_cheap()
    end = time.monotonic() + arguments.minutes * 60
    with tempfile.TemporaryDirectory() as folder, running_server() as server:
        stocks = (SqliteStock(world.fill, Path(folder)), PostgresStock(world.fill, server))
        rounds = 0
        while time.monotonic() < end:
            seed = random.getrandbits(32) if arguments.seed is None else arguments.seed
            for stock in stocks:
                _one_round(stock, seed)
            rounds += 1
            print(f"soak: {rounds} rounds of kills, of four schedulers at once and of random steps, on both")


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


if __name__ == "__main__":
    main()
