"""Every setting of the system: its environment variable, its default and what it means."""

import contextlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfoNotFoundError

from tracker import values
from tracker.networks import Network
from tracker.values import SettingError

OIDC_NEEDED = ("oidc_issuer", "oidc_client_id", "oidc_client_secret")
"""What a sign-in at an identity platform cannot do without."""


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
        if not values.is_writable(self.data_dir):
            raise SettingError(f"设置 TRACKER_DATA_DIR 的值“{self.data_dir}”不对：{values.FOLDER_EXPECTED}")

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


_PARSERS: dict[str, Callable[[str], object]] = {
    "data_dir": values.folder,
    "database_url": values.database,
    "base_url": values.address("http", "https"),
    "timezone": values.zone,
    "today": values.day,
    "smtp_url": values.address("smtp", "smtps", "smtp+starttls"),
    "mail_from": values.sender,
    "cookie_secure": values.boolean,
    "trusted_proxies": values.whole(0),
    "hosts": values.several(values.host),
    "hsts": values.boolean,
    "admin_networks": values.several(values.network),
    "requests_per_minute": values.whole(0),
    "log": values.one_of("text", "json"),
    "metrics_networks": values.several(values.network),
    "upload_mb": values.whole(1),
    "totp_roles": values.words,
    "oidc_issuer": values.issuer,
    "oidc_client_id": values.plain_word,
    "oidc_client_secret": values.secret,
    "oidc_claim": values.plain_word,
    "oidc_name": values.button_words,
    "office_manages_people": values.boolean,
    "idle_minutes": values.whole(1),
    "session_hours": values.whole(1),
    "sessions_per_person": values.whole(1),
    "password_days": values.whole(0),
    "lock_after": values.whole(1),
    "lock_minutes": values.whole(1),
    "address_lock_after": values.whole(0),
    "address_lock_minutes": values.whole(1),
}
