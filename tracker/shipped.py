"""Folders that stand at the top of the checkout and travel inside the wheel."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def shipped(name: str) -> Path:
    """`migrations`, `seed` or `docs`, wherever this installation has them."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name
