"""Who does what with accounts: the three separated administrators, and the office where it manages people.

Source: GB/T 22239-2019, L3-CES1-05 to 08 (accounts and rights, least privilege, separated administrators):
the system administrator makes and stops accounts, the security administrator gives roles and passwords, the
audit administrator reads what both do; none of them is two of the three.
"""

from collections.abc import Iterable
from datetime import date
from enum import Enum, auto

from tracker.people.rules import Role
from tracker.units.rules import UnitKind


class Power(Enum):
    """What somebody may do with an account."""

    SEE = auto()
    ADD = auto()
    EDIT = auto()
    STOP = auto()
    LET_IN = auto()
    RESET = auto()
    GIVE_ROLE = auto()
    END_SIGN_INS = auto()
    REMOVE_FACTOR = auto()


POWERS = {
    Role.OFFICE_ADMIN: frozenset(Power) - {Power.GIVE_ROLE},
    Role.SYSTEM_ADMIN: frozenset({Power.SEE, Power.ADD, Power.EDIT, Power.STOP}),
    Role.SECURITY_ADMIN: frozenset(
        {
            Power.SEE,
            Power.LET_IN,
            Power.RESET,
            Power.GIVE_ROLE,
            Power.END_SIGN_INS,
            Power.REMOVE_FACTOR,
        }
    ),
}
"""Whoever is not here does nothing with accounts."""


def reason_not_to_manage(manager: Role, power: Power, role: Role | None = None) -> str | None:
    """Why `manager` may not do this with an account of `role` (with any, where none is named)."""
    if power not in POWERS.get(manager, ()):
        others = [one.label for one, powers in POWERS.items() if power in powers]
        return f"这一步由{'或'.join(others)}办理"
    if manager is Role.OFFICE_ADMIN and role is not None and role.is_admin:
        return f"{role.label}的账号由系统管理员和安全管理员管理"
    return None


def powers_over(manager: Role, role: Role) -> frozenset[Power]:
    """Everything that `manager` may do with an account of `role`."""
    return frozenset(power for power in Power if reason_not_to_manage(manager, power, role) is None)


def assignable_roles(manager: Role) -> tuple[Role, ...]:
    """The roles with which `manager` may add people, in the order of the enum."""
    return tuple(role for role in Role if reason_not_to_manage(manager, Power.ADD, role) is None)


def reason_not_to_sit(role: Role, kind: UnitKind) -> str | None:
    """Why nobody of a unit of `kind` may have `role`; None when somebody may."""
    if role.is_office and kind is not UnitKind.OFFICE:
        return f"“{role.label}”这个角色只给食安办本单位的人员"
    return None


def reason_not_to_become(old: Role, new: Role, valid_until: date | None) -> str | None:
    """Why a person of `old` cannot be given the role `new` instead."""
    if new is old:
        return f"现在的角色就是{new.label}"
    if new is Role.REVIEWER and valid_until is None:
        return "评审员须有有效期；请系统管理员先填写有效期"
    if old.handles_tasks and not new.handles_tasks:
        return f"{old.label}经办着任务：请停用并交接，再以{new.label}的角色新增账号"
    return None


def reason_not_to_lose(role: Role, *, has_other: bool) -> str | None:
    """Why an administrator in service cannot be stopped, limited in time or given another role.

    Args:
        has_other: there is another of the same role in service without an end.
    """
    if not role.is_admin or has_other:
        return None
    return f"这是唯一长期在用的{role.label}，不能停用、设有效期或改任其他角色；请先启用另一位{role.label}"


def reason_not_to_hold_both(role: Role, held: Iterable[tuple[Role, str]]) -> str | None:
    """Why a person who holds other accounts cannot be one more of the three administrators.

    Args:
        held: role and user name of the person's other accounts.
    """
    if not role.is_admin:
        return None
    for other, username in held:
        if other.is_admin and other is not role:
            return (
                f"系统管理员、安全管理员、审计管理员须由三个人分别担任：此人已是{other.label}（{username}）；"
                "如是重名，请填写各自的手机和邮箱"
            )
    return None
