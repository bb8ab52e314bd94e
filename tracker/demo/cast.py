"""Who plays in the demonstration: every unit's liaison and head, the office, a leader, the administrators.

All persons are made up: 某某 is what a Chinese document writes where no name is meant.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.people import actions, passwords
from tracker.people.actions import Contact
from tracker.people.leading import put_in_charge
from tracker.people.models import User
from tracker.people.queries import user_named
from tracker.people.rules import Role
from tracker.plan.models import Campaign
from tracker.units.models import Unit

PASSWORD = "Demo-2024"  # noqa: S105  # the demonstration's own, printed at its start
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
OFFICE_PEOPLE = (
    ("office", "高某某", "综合科科长", Role.OFFICE_ADMIN),
    ("office2", "林某某", "综合科干部", Role.OFFICE),
    ("leader", "罗某某", "分管领导", Role.LEADER),
    ("admin", "梁某某", "系统管理员", Role.SYSTEM_ADMIN),
    ("security", "邓某某", "安全管理员", Role.SECURITY_ADMIN),
    ("audit", "贺某某", "审计管理员", Role.AUDIT_ADMIN),
)
LED_UNITS = ("市农业农村局", "市市场监管局", "市卫生健康委", "芒康县")
USERNAMES = {
    "市纪委监委": "jiwei",
    "市委组织部": "zuzhi",
    "市委政法委": "zhengfa",
    "市委网信办": "wangxin",
    "市委巡察办": "xuncha",
    "市委督查室": "shiwei-ducha",
    "市政府督查室": "zhengfu-ducha",
    "市发展改革委": "fagai",
    "市经信局": "jingxin",
    "市教育局": "jiaoyu",
    "市科技局": "keji",
    "市公安局": "gongan",
    "市民政局": "minzheng",
    "市司法局": "sifa",
    "市财政局": "caizheng",
    "市生态环境局": "shengtai",
    "市住房城乡建设局": "zhujian",
    "市城管执法局": "chengguan",
    "市农业农村局": "nongye",
    "市商务局": "shangwu",
    "市旅游发展局": "lvyou",
    "市卫生健康委": "weijian",
    "市林草局": "lincao",
    "市市场监管局": "shijian",
    "卡若区": "karuo",
    "江达县": "jiangda",
    "贡觉县": "gongjue",
    "类乌齐县": "leiwuqi",
    "丁青县": "dingqing",
    "察雅县": "chaya",
    "八宿县": "basu",
    "左贡县": "zuogong",
    "芒康县": "mangkang",
    "洛隆县": "luolong",
    "边坝县": "bianba",
    "新区管委会": "xinqu",
}


def add_people(session: Session, campaign: Campaign, *, at: datetime) -> None:
    """Give everybody an account with the one password that needs no change."""
    stored = passwords.hash_password(PASSWORD)
    units = session.scalars(
        select(Unit).where(Unit.jurisdiction_id == campaign.jurisdiction_id).order_by(Unit.position)
    )
    for number, unit in enumerate(units):
        for username, name, title, role in _people_of(unit, number, campaign):
            contact = Contact(name, title, _phone(unit, role), f"{username}@changdu.example")
            user, _ = actions.add(session, unit, contact, role, by=None, at=at, username=username)
            _open_account(user, stored)
    _put_leader_in_charge(session, campaign, at=at)


def _put_leader_in_charge(session: Session, campaign: Campaign, *, at: datetime) -> None:
    """The one leader is in charge of the units that work on farms and food."""
    leader, office = (user_named(session, name) for name in ("leader", "office"))
    units = session.scalars(
        select(Unit).where(Unit.jurisdiction_id == campaign.jurisdiction_id, Unit.short.in_(LED_UNITS))
    )
    if leader and office:
        put_in_charge(session, campaign.jurisdiction, dict.fromkeys(units, leader), by=office, at=at, seen="")


def _people_of(unit: Unit, number: int, campaign: Campaign) -> tuple[tuple[str, str, str, Role], ...]:
    if unit.id == campaign.office_unit_id:
        return OFFICE_PEOPLE
    username = USERNAMES.get(unit.short, f"unit{number}")
    surname = SURNAMES[number % len(SURNAMES)]
    other = SURNAMES[(number + 7) % len(SURNAMES)]
    return (
        (username, f"{surname}某某", "联络员", Role.LIAISON),
        (f"{username}-head", f"{other}某某", "分管负责人", Role.UNIT_HEAD),
    )


def _phone(unit: Unit, role: Role) -> str:
    return f"1390000{unit.position:02d}{list(Role).index(role):02d}"


def _open_account(user: User, stored: str) -> None:
    user.password_hash = stored
    user.must_change_password = False
