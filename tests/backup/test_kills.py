"""A restore that is killed leaves an empty place, in which the next one succeeds."""

import random
import shutil
import subprocess
import time
from pathlib import Path

from tests.backup.conftest import Place
from tests.operations.server import TRACKER, environment


def test_a_killed_restore_leaves_all_or_nothing(backup: Path, target: Place) -> None:
    chance = random.Random()
    command = [TRACKER, "restore", str(backup)]
    for _ in range(3):
        environ = environment(target.database, target.folder)
        process = subprocess.Popen(command, env=environ, cwd=target.folder, stdout=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.3, 1.6))  # it checks the archive, makes tables, fills them, ends
        process.kill()
        if process.wait() == 0:
            break  # it was quicker
        target.database.engine.dispose()
        if not target.database.is_empty():
            break  # it was killed after its commit: then all is there
        shutil.rmtree(target.store.folder, ignore_errors=True)  # had it come to the very last step
    else:
        assert target.run("restore", str(backup)).exit_code == 0
    assert target.run("doctor", "--only", "files").exit_code == 0
    assert len(target.hashes()) == target.rows()["stored_file"][-1][0] == 3
