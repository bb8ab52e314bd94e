"""What signing in costs a real server."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.bench.browser import Browser
from tests.bench.processes import product
from tests.databases import Stock
from tests.world import PEOPLE

MOST_BYTES = 400 * 1024 * 1024
NAMES = [name for name, _, _ in PEOPLE][:8]


def test_eight_who_sign_in_at_once_at_full_cost_take_less_than_400_mb(stock: Stock, tmp_path: Path) -> None:
    with stock.seeded() as database, product(database.url, tmp_path) as server:
        Browser(server.port, NAMES[0])  # whatever is read once is read
        highest, is_over = [server.memory()], threading.Event()

        def watch() -> None:
            while not is_over.is_set():
                highest.append(server.memory())
                time.sleep(0.005)

        watcher = threading.Thread(target=watch)
        watcher.start()
        with ThreadPoolExecutor(len(NAMES)) as pool:
            list(pool.map(lambda name: Browser(server.port, name), NAMES))
        is_over.set()
        watcher.join()
    assert len(highest) > 20
    assert max(highest) - highest[0] > 32 * 1024 * 1024, "the hashes were made at full cost"
    assert max(highest) < MOST_BYTES, f"{max(highest) / 1024**2:.0f} MB"
