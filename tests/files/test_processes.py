"""Uploading processes that are killed at random moments (long in `dev.py soak`)."""

import random
from pathlib import Path

from tests.soak.uploads import Quay, killed_again_and_again
from tracker.db import Database


def test_a_killed_upload_leaves_no_row_without_its_file_and_no_half_file(
    own_database: Database, tmp_path: Path
) -> None:
    killed_again_and_again(Quay(own_database, tmp_path), random.Random(), kill_count=2)
