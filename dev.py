#!/usr/bin/env python3
"""Every command of a developer: `python3 dev.py demo|test|check|bench|soak|bundle|setup|lock`.

Standard library only, so that a bare Debian with python3 and python3-venv is enough:
everything else comes from the lock files into `.venv` and `node_modules`.
"""

import hashlib
import importlib.util
import io
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON_INPUTS = ("requirements-dev.lock", "pyproject.toml")
NODE_INPUTS = ("package-lock.json", ".npmrc")
LOCKS = {"requirements.lock": (), "requirements-dev.lock": ("--group", "dev")}
COMPILE = (
    *("pip", "compile", "--quiet", "--universal", "--python-version", "3.11"),
    *("--generate-hashes", "--no-header", "--all-extras"),
)

ALL_TESTS = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
"""Both cores, the longest files first (tests/conftest.py), so that both end together. One test or one folder
is quicker in one process."""

CHECKS: dict[str, tuple[str, ...]] = {
    "ruff": ("ruff", "check", "--quiet", "."),
    "ruff format": ("ruff", "format", "--check", "--quiet", "."),
    "mypy": ("mypy", "tracker", "tests", "migrations", "dev.py"),
    "import-linter": ("lint-imports", "--no-cache", "--no-logo"),
    "djlint": ("djlint", "--lint", "--quiet", "tracker/templates"),
}


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] not in COMMANDS:
        print(__doc__)
        for name, command in COMMANDS.items():
            print(f"  {name:<6} {command.__doc__}")
        return 0 if arguments in (["-h"], ["--help"], ["help"]) else 2
    os.chdir(ROOT)
    return COMMANDS[arguments[0]](arguments[1:])


def setup(_arguments: list[str]) -> int:
    """Install what the lock files name into .venv and node_modules (nothing to do: at once)."""
    set_up_python()
    set_up_node()
    return 0


def demo(arguments: list[str]) -> int:
    """Show the real plan at work: fresh database, accounts, web and scheduler (--port, --today ...)."""
    set_up_python()
    replace_process([str(BIN / "tracker"), "demo", *arguments])


def test(arguments: list[str]) -> int:
    """Run the tests on SQLite, on PostgreSQL and in a browser; arguments go on to pytest."""
    setup([])
    replace_process([str(BIN / "python"), "-m", "pytest", *(arguments or ALL_TESTS)])


def check(_arguments: list[str]) -> int:
    """Lint, formatting, types, import contracts, templates, lock files."""
    set_up_python()
    checks: dict[str, Callable[[], bool]] = {name: runner(command) for name, command in CHECKS.items()}
    checks["lock guard"] = locks_are_clean
    failed = [name for name, passes in checks.items() if not told(name, passes)]
    print(f"check: {', '.join(failed)} failed" if failed else "check: all passed", flush=True)
    return 1 if failed else 0


def bench(arguments: list[str]) -> int:
    """Measure pages and jobs beside a bare page, or the search (--search); table and JSON."""
    set_up_python()
    replace_process([str(BIN / "python"), "-m", "tests.bench", *arguments])


def soak(arguments: list[str]) -> int:
    """The long runs: kills, simulated years, load."""
    set_up_python()
    replace_process([str(BIN / "python"), "-m", "tests.soak", *arguments])


def bundle(arguments: list[str]) -> int:
    """Write an archive with all that an installation without a network needs into dist (--check)."""
    set_up_python()
    with tempfile.TemporaryDirectory() as folder:
        fetch_wheels(Path(folder))
        archive = pack_bundle(Path(folder), ROOT / "dist")
    say(f"{archive.relative_to(ROOT)} ({archive.stat().st_size / 1e6:.1f} MB)")
    if "--check" in arguments:
        check_bundle(archive)
    return 0


def lock(arguments: list[str]) -> int:
    """Write the lock files anew from pyproject.toml and package.json (--upgrade: newest versions)."""
    set_up_python()
    for name, group in LOCKS.items():
        run([str(BIN / "uv"), *COMPILE, *group, *arguments, "-o", name, "pyproject.toml"])
    run([str(BIN / "npm"), "install", "--package-lock-only"])
    setup([])
    return 0 if locks_are_clean() else 1


def fetch_wheels(folder: Path) -> None:
    """The wheels of the lock file, for this kind of machine and this Python, and our own."""
    pip = [str(BIN / "python"), "-m", "pip", "--disable-pip-version-check", "download", *quietly()]
    run([*pip, "--require-hashes", "--only-binary=:all:", "-r", "requirements.lock", "-d", str(folder)])
    run([str(BIN / "python"), "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)])


def pack_bundle(wheels: Path, target: Path) -> Path:
    """One archive of wheels, lock file, installer, service files and the texts for operators, with the
    sum of each."""
    (own,) = wheels.glob("tracker-*.whl")
    name = f"tracker-{own.name.split('-')[1]}-offline"
    members = {f"wheels/{path.name}": path for path in sorted(wheels.glob("*.whl"))}
    members |= {path: ROOT / path for path in ("requirements.lock", "CHANGELOG.md", "LICENSE")}
    members |= {f"docs/{path.name}": path for path in sorted(ROOT.glob("docs/*.md"))}
    members |= {f"deploy/{path.name}": path for path in sorted(ROOT.glob("deploy/*"))}
    members["install.sh"] = members.pop("deploy/install.sh")
    sums = "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {member}\n" for member, path in members.items()
    )
    target.mkdir(parents=True, exist_ok=True)
    archive = target / f"{name}.tar.gz"
    with tarfile.open(archive, "w:gz", dereference=True) as tar:
        for member, path in members.items():
            tar.add(path, f"{name}/{member}", filter=of_root)
        about = tarfile.TarInfo(f"{name}/SHA256SUMS")
        about.size = len(sums.encode())
        tar.addfile(about, io.BytesIO(sums.encode()))
    return archive


def of_root(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Nobody need know who packed it."""
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    return member


def check_bundle(archive: Path) -> None:
    """Install it as an operator does, without a network, and let it make its tables."""
    with tempfile.TemporaryDirectory() as folder:
        run(["tar", "xzf", str(archive), "-C", folder])
        (unpacked,) = Path(folder).iterdir()
        run(["sh", str(unpacked / "install.sh"), f"{folder}/installed"])
        settings = {"TRACKER_DATA_DIR": f"{folder}/data", "PATH": os.environ["PATH"]}
        for command in ("init --no-input", "backup " + f"{folder}/backup.tar"):
            tracker = [f"{folder}/installed/bin/tracker", *command.split()]
            subprocess.run(tracker, env=settings, cwd=folder, check=True)
    say("it installs and works without a network")


def set_up_python() -> None:
    """Make `.venv` hold what requirements-dev.lock names, and the project itself."""
    stamp = VENV / "installed.sha256"
    if is_current(stamp, python_digest()):
        return
    require_python()
    say("installing the Python packages into .venv (half a minute the first time)")
    if not works(BIN / "python"):
        run([sys.executable, "-m", "venv", "--clear", str(VENV)])
    pip = [str(BIN / "python"), "-m", "pip", "install", "--disable-pip-version-check", *quietly()]
    run([*pip, "--require-hashes", "--only-binary=:all:", "-r", "requirements-dev.lock"])
    run([*pip, "--no-deps", "--no-build-isolation", "-e", "."])
    stamp.write_text(python_digest())


def set_up_node() -> None:
    """Fill `node_modules` (the tests' browser and page checkers) with the npm that .venv brings."""
    stamp, wanted = ROOT / "node_modules" / "installed.sha256", digest(NODE_INPUTS)
    if is_current(stamp, wanted):
        return
    say("installing the tests' browser and page checkers into node_modules")
    run([str(BIN / "npm"), "ci", "--loglevel=error"])
    stamp.write_text(wanted)


def require_python() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036  # whoever starts it with an older one is told so
        sys.exit(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}")
    if not all(importlib.util.find_spec(module) for module in ("venv", "ensurepip")):
        sys.exit("the Python module venv is missing; on Debian: apt install python3-venv")


def works(python: Path) -> bool:
    """Whether .venv's interpreter still starts, finds its pip and is new enough."""
    asked = "import pip, sys; sys.exit(sys.version_info < (3, 11))"
    return (
        python.exists() and subprocess.run([python, "-c", asked], stderr=subprocess.DEVNULL).returncode == 0
    )


def python_digest() -> str:
    """Of the lock file, the project's own settings, and the interpreter that .venv stands on."""
    return digest(PYTHON_INPUTS, str((BIN / "python").resolve()))


def digest(names: tuple[str, ...], extra: str = "") -> str:
    content = b"\0".join((ROOT / name).read_bytes() for name in names)
    return hashlib.sha256(content + extra.encode() + str(ROOT).encode()).hexdigest()


def is_current(stamp: Path, wanted: str) -> bool:
    return stamp.is_file() and stamp.read_text() == wanted


def quietly() -> list[str]:
    """pip shows its progress on a terminal only."""
    return [] if sys.stdout.isatty() else ["--quiet"]


def runner(command: tuple[str, ...]) -> Callable[[], bool]:
    program = [str(BIN / command[0]), *command[1:]]
    return lambda: subprocess.run(program, env=environment(), check=False).returncode == 0


def told(name: str, passes: Callable[[], bool]) -> bool:
    """Run one check and print how it went."""
    started = time.monotonic()
    passed = passes()
    print(f"{'ok  ' if passed else 'FAIL'} {name} ({time.monotonic() - started:.1f} s)", flush=True)
    return passed


def locks_are_clean() -> bool:
    """No lock file names a host, a local path or an index, so that every registry can serve it."""
    pip_sources = re.compile(r"(https?|file):|--(index|extra-index|find-links|trusted)")
    patterns = dict.fromkeys(LOCKS, pip_sources)
    patterns["package-lock.json"] = re.compile(r'"resolved"')
    found = [
        f"{name}:{number}: {line.strip()}"
        for name, pattern in patterns.items()
        for number, line in enumerate((ROOT / name).read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
    print("\n".join(found), end="\n" if found else "")
    return not found


def run(command: list[str]) -> None:
    """Run a step; when it fails, end with its name and not with a traceback."""
    result = subprocess.run(command, env=environment(), check=False)
    if result.returncode:
        sys.exit(f"dev.py: failed ({result.returncode}): {Path(command[0]).name} {' '.join(command[1:4])}")


def replace_process(command: list[str]) -> NoReturn:
    """Hand over to the command, so that Ctrl-C and the exit code are its own."""
    sys.stdout.flush()
    os.execve(command[0], command, environment())  # noqa: S606  # no shell is wanted


def environment() -> dict[str, str]:
    return {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}", "PYTHONUTF8": "1"}


def say(text: str) -> None:
    print(f"dev.py: {text}", flush=True)


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "demo": demo, "test": test, "check": check, "bench": bench, "soak": soak,
    "bundle": bundle, "setup": setup, "lock": lock,
}  # fmt: skip

if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
