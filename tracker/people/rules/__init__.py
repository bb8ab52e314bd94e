"""Roles and what each of them may do, and who may come in."""

import re
import unicodedata
from datetime import date
from hashlib import sha256

from tracker.labels import LabelledEnum

USERNAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,38}[a-z0-9])")
MOBILE = re.compile(r"(?:\+86)?(1[0-9]{10})")
FIXED = re.compile(r"\(?(010|02[0-9]|0[3-9][0-9]{2})[)-]?([0-9]{7,8})(?:[-转]([0-9]{1,6}))?")
DASHES = re.compile("[‐‑‒–—―−]")


class Role(LabelledEnum):
    """角色."""

    OFFICE_ADMIN = "office_admin", "食安办管理员"
    OFFICE = "office", "食安办"
    LIAISON = "liaison", "联络员"
    UNIT_HEAD = "unit_head", "单位负责人"
    LEADER = "leader", "领导"
    REVIEWER = "reviewer", "评审员"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDIT_ADMIN = "audit_admin", "审计管理员"

    @property
    def is_office(self) -> bool:
        """May accept, return, set days."""
        return self in (Role.OFFICE, Role.OFFICE_ADMIN)

    @property
    def is_unit(self) -> bool:
        """Sees the work of the own unit only."""
        return self in (Role.LIAISON, Role.UNIT_HEAD)

    @property
    def handles_tasks(self) -> bool:
        """Does the own unit's tasks: liaisons, and office people those of 市食安办."""
        return self is Role.LIAISON or self.is_office

    @property
    def reads_all(self) -> bool:
        """Sees every unit's work of the jurisdiction."""
        return self.is_office or self in (Role.LEADER, Role.REVIEWER)

    @property
    def is_admin(self) -> bool:
        """One of the three separated administrators, who see no business data."""
        return self in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)

    @property
    def sees_contacts(self) -> bool:
        """Calls and writes to people, or keeps their numbers; everybody else sees them masked."""
        return self not in (Role.REVIEWER, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)


def reason_not_to_enter(*, is_active: bool, valid_until: date | None, today: date) -> str | None:
    """Why an account with the right password is refused all the same."""
    if not is_active:
        return "该账号已停用，如需恢复请联系市食安办"
    if valid_until is not None and today > valid_until:
        return f"该账号的有效期至 {valid_until} 已届满，如需延长请联系市食安办"
    return None


def reason_not_to_enter_by_oidc(role: Role) -> str | None:
    """Why somebody who signed in at the city's identity platform is refused here all the same: whoever
    runs the platform does not become one of the three administrators (GB/T 22239-2019, L3-CES1-08)."""
    if role.is_admin:
        return f"{role.label}只用本系统的密码和动态口令登录"
    return None


def oidc_username(claimed: str) -> str:
    """The user name that the platform's word for a person stands for. Letters outside ASCII are not
    folded into it, unlike those that a person types: 'ａｄｍｉｎ' there may be somebody else."""
    return claimed.lower() if claimed.isascii() else ""


def clean_username(raw: str) -> str:
    """A user name as it is stored and looked up: half-width, small letters, no spaces around."""
    return unicodedata.normalize("NFKC", raw).strip().lower()


def trace_of(username: str) -> str:
    """How the ledger remembers a name that nobody has: it may be a password in the wrong field, so only
    a short hash of it is kept, which tells no more than that it was typed again."""
    return f"没有的用户名 {sha256(clean_username(username).encode()).hexdigest()[:8]}"


def username_problem(username: str) -> str | None:
    """Why a given user name cannot be used."""
    if USERNAME.fullmatch(username) is None:
        return "用户名为 2 至 40 位小写字母、数字，中间可用点、横线、下划线"
    return None


def clean_phone(raw: str) -> str:
    """A telephone number as it is stored: 13908950001, 0895-4821234, 0895-4821234转802; what is
    none stays as it was typed."""
    dense = "".join(DASHES.sub("-", unicodedata.normalize("NFKC", raw)).split())
    if mobile := MOBILE.fullmatch(dense.replace("-", "")):
        return mobile[1]
    if fixed := FIXED.fullmatch(dense):
        area, number, extension = fixed.groups()
        return f"{area}-{number}" + (f"转{extension}" if extension else "")
    return raw


def phone_problem(phone: str) -> str | None:
    """Why a telephone number cannot be right; mobile and fixed numbers both pass."""
    phone = clean_phone(phone)
    if MOBILE.fullmatch(phone) or FIXED.fullmatch(phone):
        return None
    return "手机应为 11 位号码，或带区号的座机"


def email_problem(email: str) -> str | None:
    """Why a mail address cannot be right."""
    from email_validator import EmailNotValidError, validate_email  # not for every start

    try:
        validate_email(email, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return "不是有效的邮箱地址"
    return None
