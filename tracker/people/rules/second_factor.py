"""二次验证: a code of an authenticator application, or a recovery code, after the password.

Source: GB/T 22239-2019, L3-CES1-04 (two factors, one of them cryptographic).
"""

import unicodedata
from hashlib import sha256

RECOVERY_CODES = 10
"""How many recovery codes a person gets; each is good for one sign-in."""
HALF_SECONDS = 5 * 60
"""How long after the right password the code may be typed."""
WRONG_CODE = "动态口令或恢复码不正确，或已经用过"


def clean_code(raw: str) -> str:
    """A code as it is compared: half-width, small letters, no spaces."""
    return "".join(unicodedata.normalize("NFKC", raw).lower().split())


def is_totp(code: str) -> bool:
    """Whether it looks like a code of the application; everything else may be a recovery code."""
    return len(code) == 6 and code.isascii() and code.isdigit()


def recovery_key(code: str) -> str:
    """What is stored of a recovery code; with 59 random bits it needs no slow hash."""
    return sha256(clean_code(code).replace("-", "").encode()).hexdigest()
