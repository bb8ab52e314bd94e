"""Whatever people do in whatever order, the design's invariants hold (longer in `dev.py soak`)."""

from pathlib import Path

from tests.databases import Stock
from tests.evidence import flow


def test_any_sequence_of_steps_keeps_the_invariants(stock: Stock, tmp_path: Path) -> None:
    flow.run(stock, tmp_path, examples=12, steps=40)
