"""Every setting of the system: its environment variable, its default and what it means."""

import contextlib
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from ipaddress import ip_network
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from tracker.networks import Network

_WORD = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = rf"{_WORD}(?:\.{_WORD})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*"
SENDER = re.compile(rf'{_ADDRESS}|(?:"[^"\\]*"|[^"\\<>()\[\],:;@]*) *<{_ADDRESS}>')
"""name@host, or 名称 <name@host>."""

HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*|[0-9a-f:]*:[0-9a-f:]+")
"""A name or an address of a machine, without its port."""

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
OIDC_NEEDED = ("oidc_issuer", "oidc_client_id", "oidc_client_secret")
"""What a sign-in at an identity platform cannot do without."""

FOLDER_EXPECTED = "应为可以写入的文件夹"


class SettingError(Exception):
    """A setting has a value that the system cannot work with; the message is one Chinese line."""


@dataclass(frozen=True)
class Config:
    """The settings of one installation, read once at the start.

    Each field is the environment variable `TRACKER_<NAME>`.
    """

    data_dir: Path = Path("data")
    """Folder of the database (SQLite), the secret key and the uploaded files."""
    database_url: str = ""
    """SQLAlchemy address; empty means SQLite in the data folder."""
    secret_key: str = ""
    """Key of the session cookie; empty means a key kept in the data folder."""
    base_url: str = "http://127.0.0.1:8000"
    """Address under which people reach the system; links in mails begin with it."""
    timezone: str = "Asia/Shanghai"
    """Zone in which the clock is read before a jurisdiction is known."""
    today: date | None = None
    """Pretended date for demonstrations and tests; the time of day runs on."""
    smtp_url: str = ""
    """smtp://user:password@host:25, smtps:// or smtp+starttls://; empty keeps mails in 提醒发件箱."""
    mail_from: str = "tracker@localhost"
    """Sender of every mail."""
    cookie_secure: bool = False
    """Send the session cookie over HTTPS only; switch on behind an HTTPS proxy."""
    trusted_proxies: int = 0
    """How many reverse proxies stand in front and set X-Forwarded-For/-Proto."""
    hosts: tuple[str, ...] = ()
    """Other names, besides that of `base_url`, under which people reach the system, with commas between."""
    hsts: bool = False
    """Tell browsers to come by HTTPS only, for a year; switch on when HTTPS will stay."""
    admin_networks: tuple[Network, ...] = ()
    """Networks from which the pages of administration open (10.1.0.0/16,127.0.0.1); empty: everywhere."""
    requests_per_minute: int = 600
    """Requests in a minute, to one process, of one person or of one address that is not signed in; 0: any."""
    log: str = "text"
    """text or json: how serve and scheduler write their log; json has a line for each request."""
    metrics_networks: tuple[Network, ...] = ()
    """Networks, besides the machine itself, that may read /metrics: 10.1.2.0/24, 10.1.3.7."""
    upload_mb: int = 200
    """Largest file that may be uploaded, in MB."""
    totp_roles: tuple[str, ...] = ()
    """Roles that must set up a second factor (动态口令), by commas: office_admin,system_admin."""
    oidc_issuer: str = ""
    """Issuer of the city's identity platform (OpenID Connect), where people may sign in; empty: none."""
    oidc_client_id: str = ""
    """As whom this installation is registered there."""
    oidc_client_secret: str = ""
    """The secret that goes with it."""
    oidc_claim: str = "preferred_username"
    """What of the platform's word about a person is the user name, or the mail address, of the account."""
    oidc_name: str = "用统一身份平台登录"
    """Words of the button on the sign-in page."""
    office_manages_people: bool = True
    """The office's administrator manages the people of units and office too; off: only the three do."""
    idle_minutes: int = 30
    """Minutes without a request after which a session ends."""
    session_hours: int = 12
    """Hours after which a session ends however busy it is."""
    sessions_per_person: int = 3
    """Browsers in which a person may be signed in at once; with one more the oldest ends."""
    password_days: int = 90
    """Days after which a password must be changed; 0 for never."""
    lock_after: int = 5
    """Wrong passwords in a row after which an account is locked."""
    lock_minutes: int = 15
    """Minutes for which it stays locked."""
    address_lock_after: int = 50
    """Wrong passwords from one address after which nobody signs in from there for a while; 0 for never."""
    address_lock_minutes: int = 15
    """Minutes within which they are counted, and for which the address stays locked."""

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Read `TRACKER_*` from `environ`.

        Raises:
            SettingError: a value is not of its kind, or an unknown `TRACKER_*` name is set.
        """
        known = {f"TRACKER_{field.name.upper()}": field.name for field in fields(cls)}
        for name in environ:
            if name.startswith("TRACKER_") and name not in known:
                raise SettingError(f"不认识的设置 {name}；可用的设置：{'、'.join(sorted(known))}")
        values = {
            field: _parse(name, field, environ[name].strip())
            for name, field in known.items()
            if environ.get(name, "").strip()
        }
        config = cls(**values)  # type: ignore[arg-type]  # _parse gives each field its own type
        config._check_together()
        return config

    @property
    def database(self) -> str:
        """The SQLAlchemy address in force."""
        if not self.database_url:
            self._require_folder()
        return self.database_url or f"sqlite:///{self.data_dir / 'tracker.sqlite3'}"

    def session_key(self) -> str:
        """The key of the session cookie: the setting, else one made once in the data folder."""
        if self.secret_key:
            return self.secret_key
        self._require_folder()
        path = self.data_dir / "secret.key"
        if not path.exists():
            self.data_dir.mkdir(parents=True, exist_ok=True)
            made = self.data_dir / f".secret.{secrets.token_hex(4)}"
            made.write_text(secrets.token_urlsafe(48))
            made.chmod(0o600)
            with contextlib.suppress(FileExistsError):
                path.hardlink_to(made)  # two first starts at once agree on one key
            made.unlink()
        return path.read_text()

    def _require_folder(self) -> None:
        if not _is_writable(self.data_dir):
            raise SettingError(f"设置 TRACKER_DATA_DIR 的值“{self.data_dir}”不对：{FOLDER_EXPECTED}")

    def _check_together(self) -> None:
        if self.secret_key and len(self.secret_key) < 32:
            raise SettingError("TRACKER_SECRET_KEY 太短：至少 32 个字符")
        begun = any(getattr(self, one.name) != one.default for one in fields(self) if one.name[:5] == "oidc_")
        if begun and (missing := [name for name in OIDC_NEEDED if not getattr(self, name)]):
            names = "、".join(f"TRACKER_{name.upper()}" for name in missing)
            raise SettingError(f"统一身份登录的设置不全：还缺 {names}")


def _parse(name: str, field: str, raw: str) -> object:
    try:
        return _PARSERS.get(field, str)(raw)
    except (ValueError, ZoneInfoNotFoundError) as error:
        raise SettingError(f"设置 {name} 的值“{' '.join(raw.split())}”不对：{error}") from None


def _boolean(raw: str) -> bool:
    values = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if raw.lower() not in values:
        raise ValueError("应为 1 或 0")
    return values[raw.lower()]


def _whole(lowest: int) -> Callable[[str], int]:
    def parse(raw: str) -> int:
        if not raw.isascii() or not raw.isdigit() or int(raw) < lowest:
            raise ValueError(f"应为不小于 {lowest} 的整数")
        return int(raw)

    return parse


def _words(raw: str) -> tuple[str, ...]:
    return tuple(word for word in raw.replace(" ", "").split(",") if word)


def _day(raw: str) -> date:
    try:
        return date.fromisoformat(raw)
    except ValueError:
        raise ValueError("应为 2024-03-22 这样的日期") from None


def _zone(raw: str) -> str:
    try:
        return ZoneInfo(raw).key
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("应为 Asia/Shanghai 这样的时区名") from None


def _address(*schemes: str) -> Callable[[str], str]:
    expected = f"应以 {'、'.join(f'{scheme}://' for scheme in schemes)} 开头并写明主机，不含空格"

    def parse(raw: str) -> str:
        try:
            parts = urlsplit(raw)
        except ValueError:
            raise ValueError(expected) from None
        if parts.scheme not in schemes or not parts.hostname or not _is_one_word(raw):
            raise ValueError(expected)
        _check_port(lambda: parts.port)
        return raw.rstrip("/")

    return parse


def is_guarded(url: str) -> bool:
    """Whether secrets may go to an address: over HTTPS, or within the machine itself."""
    try:
        parts = urlsplit(url)
        _check_port(lambda: parts.port)
    except ValueError:
        return False
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    return is_safe and bool(parts.hostname) and _is_one_word(url)


def _issuer(raw: str) -> str:
    """Kept sign by sign, a slash at the end too: it must be what the platform writes into its tokens."""
    if not is_guarded(raw) or "?" in raw or "#" in raw or "@" in raw:
        raise ValueError("应以 https:// 开头并写明主机（本机可用 http://），不含空格、? 和 #")
    return raw


def _plain_word(raw: str) -> str:
    if not raw.isascii() or not _is_one_word(raw):
        raise ValueError("应为不含空格的字母、数字、符号")
    return raw


def _secret(raw: str) -> str:
    try:
        return _plain_word(raw)
    except ValueError as error:
        raise SettingError(f"TRACKER_OIDC_CLIENT_SECRET 不对：{error}") from None


def _button_words(raw: str) -> str:
    if not raw.isprintable() or len(raw) > 20:
        raise ValueError("应为不超过 20 个字的一行")
    return raw


def _database(raw: str) -> str:
    if not raw.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise ValueError("应以 sqlite:/// 或 postgresql:// 开头")
    try:
        url = make_url(raw)
    except (ArgumentError, ValueError):
        raise ValueError("应写成 postgresql://用户:密码@主机:端口/库名，端口为 1 到 65535 的整数") from None
    _check_port(lambda: url.port)
    if url.drivername == "sqlite" and url.database and not _is_writable(Path(url.database).parent):
        raise ValueError("数据库文件应在可以写入的文件夹里")
    return raw


def _check_port(read: Callable[[], int | None]) -> None:
    try:
        port = read()
    except ValueError:
        port = 0
    if port is not None and not 0 < port < 65536:
        raise ValueError("端口应为 1 到 65535 的整数")


def _several(parse: Callable[[str], object]) -> Callable[[str], tuple[object, ...]]:
    """Values with commas between."""
    return lambda raw: tuple(parse(part) for part in raw.replace("，", ",").replace(",", " ").split())


def _network(raw: str) -> Network:
    try:
        return ip_network(raw)
    except ValueError:
        raise ValueError(f"“{raw}”应为 10.1.0.0/16 这样的网段或一个地址") from None


def _host(raw: str) -> str:
    if HOST.fullmatch(raw.lower()) is None:
        raise ValueError(f"“{raw}”应为主机名或地址，不含 http:// 和端口")
    return raw.lower()


def _sender(raw: str) -> str:
    if not raw.isprintable() or SENDER.fullmatch(raw) is None:
        raise ValueError("应为一个邮箱地址，如 shian@example.cn 或 市食安办 <shian@example.cn>")
    return raw


def _one_of(*values: str) -> Callable[[str], str]:
    def parse(raw: str) -> str:
        if raw not in values:
            raise ValueError(f"应为 {' 或 '.join(values)}")
        return raw

    return parse


def _folder(raw: str) -> Path:
    with contextlib.suppress(RuntimeError):  # the home of somebody unknown
        path = Path(raw).expanduser().resolve()
        if _is_writable(path):
            return path
    raise ValueError(FOLDER_EXPECTED)


def _is_writable(folder: Path) -> bool:
    """Whether the folder takes files, or can be made where it is still missing."""
    folder = folder.absolute()
    there = next(path for path in (folder, *folder.parents) if os.path.exists(path))
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)


def _is_one_word(raw: str) -> bool:
    return not any(sign.isspace() or not sign.isprintable() for sign in raw)


_PARSERS: dict[str, Callable[[str], object]] = {
    "data_dir": _folder,
    "database_url": _database,
    "base_url": _address("http", "https"),
    "timezone": _zone,
    "today": _day,
    "smtp_url": _address("smtp", "smtps", "smtp+starttls"),
    "mail_from": _sender,
    "cookie_secure": _boolean,
    "trusted_proxies": _whole(0),
    "hosts": _several(_host),
    "hsts": _boolean,
    "admin_networks": _several(_network),
    "requests_per_minute": _whole(0),
    "log": _one_of("text", "json"),
    "metrics_networks": _several(_network),
    "upload_mb": _whole(1),
    "totp_roles": _words,
    "oidc_issuer": _issuer,
    "oidc_client_id": _plain_word,
    "oidc_client_secret": _secret,
    "oidc_claim": _plain_word,
    "oidc_name": _button_words,
    "office_manages_people": _boolean,
    "idle_minutes": _whole(1),
    "session_hours": _whole(1),
    "sessions_per_person": _whole(1),
    "password_days": _whole(0),
    "lock_after": _whole(1),
    "lock_minutes": _whole(1),
    "address_lock_after": _whole(0),
    "address_lock_minutes": _whole(1),
}
