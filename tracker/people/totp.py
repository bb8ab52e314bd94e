"""Codes of an authenticator application: the one place that knows pyotp, segno and cryptography.

The secret must be readable to check a code, so it is stored encrypted (Fernet: AES-128-CBC and HMAC-SHA256)
with a key made from the installation's secret key: whoever has the database alone cannot make codes.
"""

from base64 import urlsafe_b64encode
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from hmac import new as keyed
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

SECONDS = 30
"""How long a code is shown (RFC 6238)."""
NEIGHBOURS = (0, -1, 1)
"""Codes beside the present one that are taken too: clocks differ, and people type slowly."""
ISSUER = "任务跟踪"


def new_secret() -> str:
    """A secret as applications take it: 32 letters and figures."""
    import pyotp

    return pyotp.random_base32()


def sealed(secret: str, key: str) -> str:
    """The secret as it is stored."""
    return _box(key).encrypt(secret.encode()).decode()


def opened(stored: str, key: str) -> str | None:
    """The secret of what `sealed` made; None when the installation has another key by now."""
    from cryptography.fernet import InvalidToken

    try:
        return _box(key).decrypt(stored.encode()).decode()
    except InvalidToken:
        return None


def matching_step(secret: str, code: str, at: datetime) -> int | None:
    """The number of the half minute whose code `code` is, near `at`; None when it is of none."""
    import pyotp

    now, maker = int(at.timestamp()) // SECONDS, pyotp.TOTP(secret, interval=SECONDS)
    steps = (now + neighbour for neighbour in NEIGHBOURS)
    return next((step for step in steps if compare_digest(maker.generate_otp(step), code)), None)


def address(secret: str, username: str) -> str:
    """The otpauth address that an application on the same telephone opens."""
    import pyotp

    return pyotp.TOTP(secret, interval=SECONDS).provisioning_uri(name=username, issuer_name=ISSUER)


def picture(address: str) -> str:
    """The address as a QR code that applications scan, as the address of an image."""
    import segno

    return segno.make(address, error="m").png_data_uri(scale=5, border=4)


def in_groups(secret: str) -> str:
    """The secret in groups of four, to be typed."""
    return " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))


def _box(key: str) -> "Fernet":
    from cryptography.fernet import Fernet

    return Fernet(urlsafe_b64encode(keyed(key.encode(), b"second factor", sha256).digest()))
