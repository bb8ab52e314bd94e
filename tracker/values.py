"""How the value of a setting is read: what it cannot be is told by a ValueError, in Chinese."""

import contextlib
import os
import re
from collections.abc import Callable
from datetime import date
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from tracker.networks import LOOPBACK, Network

_WORD = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = rf"{_WORD}(?:\.{_WORD})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*"
SENDER = re.compile(rf'{_ADDRESS}|(?:"[^"\\]*"|[^"\\<>()\[\],:;@]*) *<{_ADDRESS}>')
"""name@host, or 名称 <name@host>."""

HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*|[0-9a-f:]*:[0-9a-f:]+")
"""A name or an address of a machine, without its port."""

FOLDER_EXPECTED = "应为可以写入的文件夹"


class SettingError(Exception):
    """A setting has a value that the system cannot work with; the message is one Chinese line."""


def boolean(raw: str) -> bool:
    values = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if raw.lower() not in values:
        raise ValueError("应为 1 或 0")
    return values[raw.lower()]


def whole(lowest: int) -> Callable[[str], int]:
    def parse(raw: str) -> int:
        if not raw.isascii() or not raw.isdigit() or int(raw) < lowest:
            raise ValueError(f"应为不小于 {lowest} 的整数")
        return int(raw)

    return parse


def words(raw: str) -> tuple[str, ...]:
    return tuple(word for word in raw.replace(" ", "").split(",") if word)


def day(raw: str) -> date:
    try:
        return date.fromisoformat(raw)
    except ValueError:
        raise ValueError("应为 2024-03-22 这样的日期") from None


def zone(raw: str) -> str:
    try:
        return ZoneInfo(raw).key
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("应为 Asia/Shanghai 这样的时区名") from None


def address(*schemes: str) -> Callable[[str], str]:
    expected = f"应以 {'、'.join(f'{scheme}://' for scheme in schemes)} 开头并写明主机，不含空格"

    def parse(raw: str) -> str:
        try:
            parts = urlsplit(raw)
        except ValueError:
            raise ValueError(expected) from None
        if parts.scheme not in schemes or not parts.hostname or not is_one_word(raw):
            raise ValueError(expected)
        check_port(lambda: parts.port)
        return raw.rstrip("/")

    return parse


def is_guarded(url: str) -> bool:
    """Whether secrets may go to an address: over HTTPS, or within the machine itself."""
    try:
        parts = urlsplit(url)
        check_port(lambda: parts.port)
    except ValueError:
        return False
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    return is_safe and bool(parts.hostname) and is_one_word(url)


def issuer(raw: str) -> str:
    """Kept sign by sign, a slash at the end too: it must be what the platform writes into its tokens."""
    if not is_guarded(raw) or "?" in raw or "#" in raw or "@" in raw:
        raise ValueError("应以 https:// 开头并写明主机（本机可用 http://），不含空格、? 和 #")
    return raw


def plain_word(raw: str) -> str:
    if not raw.isascii() or not is_one_word(raw):
        raise ValueError("应为不含空格的字母、数字、符号")
    return raw


def secret(raw: str) -> str:
    try:
        return plain_word(raw)
    except ValueError as error:
        raise SettingError(f"TRACKER_OIDC_CLIENT_SECRET 不对：{error}") from None


def button_words(raw: str) -> str:
    if not raw.isprintable() or len(raw) > 20:
        raise ValueError("应为不超过 20 个字的一行")
    return raw


def database(raw: str) -> str:
    if not raw.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise ValueError("应以 sqlite:/// 或 postgresql:// 开头")
    try:
        url = make_url(raw)
    except (ArgumentError, ValueError):
        raise ValueError("应写成 postgresql://用户:密码@主机:端口/库名，端口为 1 到 65535 的整数") from None
    check_port(lambda: url.port)
    if url.drivername == "sqlite" and url.database and not is_writable(Path(url.database).parent):
        raise ValueError("数据库文件应在可以写入的文件夹里")
    return raw


def check_port(read: Callable[[], int | None]) -> None:
    try:
        port = read()
    except ValueError:
        port = 0
    if port is not None and not 0 < port < 65536:
        raise ValueError("端口应为 1 到 65535 的整数")


def several(parse: Callable[[str], object]) -> Callable[[str], tuple[object, ...]]:
    """Values with commas between."""
    return lambda raw: tuple(parse(part) for part in raw.replace("，", ",").replace(",", " ").split())


def network(raw: str) -> Network:
    try:
        return ip_network(raw)
    except ValueError:
        raise ValueError(f"“{raw}”应为 10.1.0.0/16 这样的网段或一个地址") from None


def host(raw: str) -> str:
    if HOST.fullmatch(raw.lower()) is None:
        raise ValueError(f"“{raw}”应为主机名或地址，不含 http:// 和端口")
    return raw.lower()


def sender(raw: str) -> str:
    if not raw.isprintable() or SENDER.fullmatch(raw) is None:
        raise ValueError("应为一个邮箱地址，如 shian@example.cn 或 市食安办 <shian@example.cn>")
    return raw


def one_of(*values: str) -> Callable[[str], str]:
    def parse(raw: str) -> str:
        if raw not in values:
            raise ValueError(f"应为 {' 或 '.join(values)}")
        return raw

    return parse


def folder(raw: str) -> Path:
    with contextlib.suppress(RuntimeError):  # the home of somebody unknown
        path = Path(raw).expanduser().resolve()
        if is_writable(path):
            return path
    raise ValueError(FOLDER_EXPECTED)


def is_writable(folder: Path) -> bool:
    """Whether the folder takes files, or can be made where it is still missing."""
    folder = folder.absolute()
    there = next(path for path in (folder, *folder.parents) if os.path.exists(path))
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)


def is_one_word(raw: str) -> bool:
    return not any(sign.isspace() or not sign.isprintable() for sign in raw)
