"""The offline bundle: complete, checked, installed without a network (in full by `dev.py bundle --check`)."""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pip
import pytest

import dev

ROOT = dev.ROOT
TOLD = "import stone\ndef main():\n    print(stone.SAID)\n"


def wheel(folder: Path, name: str, version: str, files: dict[str, str], *, script: str = "") -> Path:
    """A small wheel made by hand."""
    about = f"{name}-{version}.dist-info"
    files = files | {
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    if script:
        files[f"{about}/entry_points.txt"] = f"[console_scripts]\n{name} = {script}\n"
    record = "".join(f"{path},{_digest(text)},{len(text.encode())}\n" for path, text in files.items())
    target = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(target, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
        archive.writestr(f"{about}/RECORD", f"{record}{about}/RECORD,,\n")
    return target


def _digest(text: str) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
    return f"sha256={digest}"


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    """A tracker that says what its one dependency, stone, tells it."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    wheel(folder, "stone", "1.0", {"stone.py": "SAID = '9.9'\n"})
    wheel(folder, "tracker", "9.9", {"tracker.py": TOLD}, script="tracker:main")
    return folder


@pytest.fixture
def unpacked(wheels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The bundle of these wheels, unpacked as an operator does."""
    root = tmp_path / "root"
    root.mkdir()
    for name in ("docs", "deploy", "CHANGELOG.md", "LICENSE"):
        (root / name).symlink_to(ROOT / name)
    hashed = hashlib.sha256((wheels / "stone-1.0-py3-none-any.whl").read_bytes()).hexdigest()
    (root / "requirements.lock").write_text(f"stone==1.0 --hash=sha256:{hashed}\n")
    monkeypatch.setattr(dev, "ROOT", root)
    archive = dev.pack_bundle(wheels, tmp_path / "dist")
    assert archive == tmp_path / "dist" / "tracker-9.9-offline.tar.gz"
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path, filter="data")
    return tmp_path / "tracker-9.9-offline"


def install(unpacked: Path, target: Path) -> "subprocess.CompletedProcess[str]":
    """As the operator types it; an index that is not there shows whoever asks one. The environment is made
    without its pip, which takes longest, and uses ours."""
    borrowed = unpacked.parent / "borrowed"
    borrowed.mkdir()
    (borrowed / "pip").symlink_to(Path(pip.__file__).parent)
    quick = borrowed / "python"
    quick.write_text(f'#!/bin/sh\nshift 2\nexec "{sys.executable}" -m venv --without-pip "$@"\n')
    quick.chmod(0o755)
    environment = {
        "PATH": os.environ["PATH"], "PYTHON": str(quick), "PYTHONPATH": str(borrowed),
        "PIP_INDEX_URL": "http://127.0.0.1:1/",
    }  # fmt: skip
    command = ["sh", str(unpacked / "install.sh"), str(target)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_the_bundle_is_installed_without_a_network(unpacked: Path, tmp_path: Path) -> None:
    target = tmp_path / "with a space"
    result = install(unpacked, target)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == f"已安装 tracker 9.9：{target}\n"


@pytest.mark.parametrize("name", ["wheels/stone-1.0-py3-none-any.whl", "requirements.lock", "install.sh"])
def test_a_damaged_bundle_installs_nothing(unpacked: Path, tmp_path: Path, name: str) -> None:
    with (unpacked / name).open("ab") as file:
        file.write(b"\n")
    result = install(unpacked, tmp_path / "target")
    assert result.returncode != 0
    assert name in result.stdout
    assert not (tmp_path / "target").exists()


def test_the_bundle_has_all_that_the_texts_and_the_image_name(unpacked: Path) -> None:
    there = {str(path.relative_to(unpacked)) for path in unpacked.rglob("*") if path.is_file()}
    assert {"install.sh", "SHA256SUMS", "requirements.lock", "docs/deploy.md", "docs/manual.md"} <= there
    assert {f"deploy/{path.name}" for path in ROOT.glob("deploy/*")} - there == {"deploy/install.sh"}
    copied = [
        source
        for line in (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8").splitlines()
        if line.startswith("COPY ")
        for source in line.split()[1:-1]
    ]
    assert copied
    assert not [source for source in copied if not (unpacked / source).exists()]


def test_wheels_are_fetched_by_the_lock_files_hashes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr(dev, "run", ran.append)
    dev.fetch_wheels(tmp_path)
    fetch, build = ran
    assert {"download", "--require-hashes", "--only-binary=:all:", "requirements.lock"} <= set(fetch)
    assert "hatchling" in build
    assert shutil.which(build[0])
