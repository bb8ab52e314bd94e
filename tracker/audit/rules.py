"""Who reads which events, how they are worded, and what of them is covered.

Source: GB/T 22239-2019, L3-CES1-08 (separated administrators) and L3-CES1-13: the audit administrator
sees every event, the security administrator those of the users and of the auditor; neither sees
business data, only which of it changed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.appeals import rules as appeals
from tracker.assignments import rules as assignments
from tracker.circulars import rules as circulars
from tracker.comments import rules as comments
from tracker.events.rules import Outcome
from tracker.evidence import rules as evidence
from tracker.labels import LabelledEnum
from tracker.milestones import rules as milestones
from tracker.people.rules import Role
from tracker.reports import rules as reports
from tracker.summaries import rules as summaries
from tracker.supervision import rules as supervision

COVERED = "●●●"
DAYS = 30
"""Days that the page looks back unless it is asked otherwise."""
MOBILE = re.compile(r"(?<!\d)(1\d{2})\d{4}(\d{4})(?!\d)")
MAIL = re.compile(r"([A-Za-z0-9])[A-Za-z0-9._%+-]*@")


def _steps(steps: type[LabelledEnum], **others: str) -> dict[str, str]:
    return {step.value: step.label for step in steps} | others


@dataclass(frozen=True)
class Subject:
    """对象: what a kind of row is called, and what is done with it; `is_open` where the audit may read
    the values: accounts and the system's own steps, no business."""

    label: str
    verbs: Mapping[str, str]
    is_open: bool = False


SUBJECTS: dict[str, Subject] = {
    "user": Subject(
        "账号",
        {
            "sign_in": "登录", "sign_out": "退出", "sign_in_refused": "登录被拒",
            "sign_in_locked": "锁定期间登录", "change_password": "修改密码", "reset_password": "重置密码",
            "add": "新增", "edit": "修改资料", "move": "调换单位", "enable": "恢复使用", "disable": "停用",
            "hand_over": "交接", "change_role": "调整角色", "code_refused": "动态口令被拒",
            "second_factor_on": "启用动态口令", "second_factor_off": "取消动态口令",
            "recovery_codes": "更换恢复码", "end_sign_in": "结束一处登录", "end_sign_ins": "结束登录",
            "sign_in_oidc": "统一身份登录", "oidc_refused": "统一身份登录被拒",
            "forgot": "申请找回密码", "dismiss_request": "驳回找回申请", "set_by_link": "凭链接设密码",
        },
        is_open=True,
    ),
    "address": Subject("网络地址", {"lock": "锁定"}, is_open=True),
    "page": Subject("页面", {"refuse": "越权访问"}, is_open=True),
    "audit": Subject("操作记录", {"verify": "核对", "export": "导出"}, is_open=True),
    "campaign": Subject(
        "创建设置",
        {
            "seed": "载入方案", "set_phone": "修改电话", "set_acceptance": "修改办结方式",
            "set_webhook": "修改群机器人",
            "try_webhook": "测试群机器人",
            "set_template": "更换公文模板",
            "drop_template": "恢复内置公文模板",
            "set_ladder": "修改提醒阶梯", "set_reporting": "修改月报设置",
            "set_reporters": "修改月报单位", "move_live_on": "修改启用日期",
            "set_number_pattern": "修改文号格式",
        },
    ),
    "jurisdiction": Subject("工作日历", {"set_days": "修改"}, is_open=True),
    "unit": Subject(
        "单位",
        {
            "add": "新增", "rename": "改名", "enable": "恢复", "disable": "停用", "merge": "合并",
            "put_in_charge": "设分管领导",
        },
        is_open=True,
    ),
    "unit_group": Subject("单位集合", {"set_members": "调整成员"}),
    "material": Subject("应备材料", {"add": "增加", "rename": "改名", "drop": "取消", "restore": "恢复"}),
    "milestone": Subject("节点", _steps(milestones.Step)),
    "assignment": Subject("任务分工", _steps(assignments.Step)),
    "evidence": Subject("佐证材料", _steps(evidence.Step)),
    "appeal": Subject("申请", _steps(appeals.Step)),
    "comment": Subject("留言", _steps(comments.Step)),
    "report": Subject("月报", _steps(reports.Step, open="建立", scan="上传盖章件")),
    "period": Subject("报送月份", {"urge": "催报"}),
    "order": Subject("督办单", _steps(supervision.Step)),
    "summary": Subject("月度汇总", _steps(summaries.Step)),
    "circular": Subject("通报", _steps(circulars.Step)),
    "contact": Subject("催办记录", {"contact": "登记"}),
    "outbox_message": Subject("邮件", {"resend": "重发"}),
    "calendar_feed": Subject("日历订阅", {"renew": "更换地址"}),
}  # fmt: skip
"""Every kind of row that has events, by the name under which they are written."""


FIELDS = {
    "state": "状态", "due_on": "期限", "planned_on": "计划期限", "handler_id": "经办人", "version": "版本",
    "is_resubmitted_late": "重报超期", "lines": "各条", "is_nil": "零报告", "title": "职务",
    "issuer": "制发单位", "document_number": "文号", "dated_on": "日期", "year": "年度",
    "page_count": "页数", "kind": "类别", "username": "用户名", "role": "角色", "unit": "单位",
    "name": "姓名（名称）", "phone": "手机", "email": "邮箱", "valid_until": "有效期至",
    "successor": "接任人", "shares": "任务", "mail_count": "邮件数", "count": "条数", "first": "起",
    "last": "止", "added": "新增", "changed": "改动", "joined": "加入", "left": "退出",
    "office_phone": "市食安办电话", "is_accepted_by_system": "系统办结", "is_on": "启用", "pattern": "格式",
    "rungs": "各级", "template": "模板", "live_on": "启用日期", "first_month": "首月", "last_month": "末月",
    "day": "报送日", "is_inclusive": "含当日", "off_day": "遇休息日", "resend_days": "重报工作日",
    "months": "月数", "is_approved": "审签", "to_address": "收件地址", "leader": "分管领导",
    "origin": "地址", "browser": "浏览器", "is_signed": "加签", "reporters": "月报单位",
}  # fmt: skip
"""What the fields of the events are called; one that has no name here is shown by its own."""


@dataclass(frozen=True)
class Filter:
    """What the list of events is cut down to; both days are in it."""

    first: date
    last: date
    subject: str = ""
    outcome: Outcome | None = None
    who: str = ""
    origin: str = ""

    @property
    def is_turned(self) -> bool:
        """Whether the days stand the wrong way round."""
        return self.first > self.last


def may_audit(role: Role) -> bool:
    """Who opens 审计."""
    return role in (Role.AUDIT_ADMIN, Role.SECURITY_ADMIN)


def hidden_roles(reader: Role) -> frozenset[Role]:
    """Whose events `reader` does not see: the security administrator's and the system administrator's
    are for the auditor alone."""
    return frozenset() if reader is Role.AUDIT_ADMIN else frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN})


def subject_words(subject: str) -> str:
    """节点; a name that is not known is shown as it is."""
    return SUBJECTS[subject].label if subject in SUBJECTS else subject


def verb_words(subject: str, verb: str) -> str:
    """提交; a name that is not known is shown as it is."""
    return SUBJECTS[subject].verbs.get(verb, verb) if subject in SUBJECTS else verb


def change_words(subject: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Which fields changed: 状态：●●● → ●●●; of accounts with their values, telephones and mails covered."""
    names = dict.fromkeys((*before, *after))
    return "；".join(_change(subject, name, before, after) for name in names)


def note_words(subject: str, note: str) -> str:
    """The words that belong to an event, covered where they are business."""
    return _shown(subject, note) if note else ""


def _change(subject: str, name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    values = [_shown(subject, side[name]) for side in (before, after) if name in side]
    return f"{FIELDS.get(name, name)}：{' → '.join(values)}"


def _shown(subject: str, value: Any) -> str:
    if subject not in SUBJECTS or not SUBJECTS[subject].is_open:
        return COVERED
    words = "空" if value in ("", None) else str(value)
    return MAIL.sub(r"\1***@", MOBILE.sub(r"\1****\2", words))
