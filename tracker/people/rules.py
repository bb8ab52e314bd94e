"""Roles and what each of them may do, as reasons for refusing."""

from tracker.labels import LabelledEnum


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
    def reads_all(self) -> bool:
        """Sees every unit's work of the jurisdiction."""
        return self.is_office or self in (Role.LEADER, Role.REVIEWER)

    @property
    def is_admin(self) -> bool:
        """One of the three separated administrators, who see no business data."""
        return self in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
