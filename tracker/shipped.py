"""Folders that stand at the top of the checkout and travel inside the wheel."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def shipped(name: str) -> Path:
    """The folder of this name, wherever this installation has it."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name


DOCS = shipped("docs")
MIGRATIONS = shipped("migrations")
SEED = shipped("seed")
