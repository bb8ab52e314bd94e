"""Words of the plan: kinds of items, methods, duties, gates, kinds of materials."""

from datetime import date, timedelta

from tracker.labels import LabelledEnum, shortened

BARE = 24
"""A sentence of a task with no more characters than this does not say what it is about."""
GRACE_DAYS = 30
"""Calendar days after going live within which a deadline is born 待补录."""
WINDOW_WORDS = {2: "近两年", 3: "近三年"}
"""How the plan says that a material covers the last years."""


class ItemKind(LabelledEnum):
    """条目类别."""

    SECTION = "section", "部分"
    POINT = "point", "评价要点"
    INDICATOR = "indicator", "评价内容"
    PROJECT = "project", "提升工程"
    ACTION = "action", "专项行动"
    PHASE_TASK = "phase_task", "阶段任务"
    REQUIREMENT = "requirement", "工作要求"


class OffDay(LabelledEnum):
    """报送日逢非工作日: what becomes of a report's day that nobody works on."""

    KEEP = "keep", "不变"
    BEFORE = "before", "提前到前一个工作日"
    AFTER = "after", "顺延到后一个工作日"


class Choice(LabelledEnum):
    """必选、自选."""

    REQUIRED = "required", "必选项"
    OPTIONAL = "optional", "自选项"


class Method(LabelledEnum):
    """评价方式."""

    DOCUMENTS = "documents", "资料审查"
    INTERVIEW = "interview", "党政领导访谈"
    ON_SITE = "on_site", "现场检查"
    PLATFORM = "platform", "查看平台"
    SURVEY = "survey", "第三方测评"
    AUTHORITY = "authority", "主管部门评价"
    SAMR_PANEL = "samr_panel", "市场监管总局验收组评审"
    STATE_PANEL = "state_panel", "国务院食品安全办验收组评审"


class Duty(LabelledEnum):
    """任务方式: how a unit carries a task out."""

    EXECUTE = "execute", "具体落实"
    MIRROR = "mirror", "参照落实"
    URGE = "urge", "督促落实"


class PartyRole(LabelledEnum):
    """在条目或任务中的角色."""

    LEAD = "lead", "牵头"
    SUPPORT = "support", "配合"
    RESPONSIBLE = "responsible", "责任"


class Gate(LabelledEnum):
    """节点关口: the four gates of the plan."""

    PREPARATION = "preparation", "准备"
    SELF_ASSESSMENT = "self_assessment", "自评"
    PRELIMINARY_REVIEW = "preliminary_review", "初评"
    NATIONAL_ACCEPTANCE = "national_acceptance", "验收"


class MaterialKind(LabelledEnum):
    """材料类别."""

    DOCUMENT = "document", "发文"
    LEDGER = "ledger", "台账"
    MEETING = "meeting", "会议"
    PHOTO = "photo", "图片"
    STATISTICS = "statistics", "统计表"
    SUMMARY = "summary", "总结报告"
    PROOF = "proof", "证明"
    OTHER = "other", "其他"


class DeadlineKind(LabelledEnum):
    """期限类别."""

    GATE = "gate", "关口"
    PHASE_END = "phase_end", "阶段末"
    DATE = "date", "定日"
    YEAR_END = "year_end", "年度"


def is_bare(text: str, about: str) -> bool:
    """Whether a task (各县（区）参照落实) says nothing without the text of its item."""
    return len(text) <= BARE and bool(about) and not about.startswith(text)


def told(text: str, about: str, most: int = 72, most_about: int = 40) -> str:
    """A task as a list tells it: a bare duty with the beginning of its item."""
    if is_bare(text, about):
        return f"{shortened(text)}：{shortened(about, most_about)}"
    return shortened(text, most)


def may_move_live_on(live_on: date, today: date) -> bool:
    """Whether 上线日期 may still be corrected: later on it would rewrite what was overdue."""
    return today <= live_on + timedelta(days=GRACE_DAYS)


def span_words(is_per_year: bool, window_years: int | None) -> str:
    """The time that a material has to cover, in the words of the plan; empty where it says nothing."""
    words = ["分年度"] if is_per_year else []
    return "、".join(words + ([WINDOW_WORDS[window_years]] if window_years else []))


def refuse_rename(is_dropped: bool) -> str | None:
    """Why the office may not rename a material."""
    return "这项材料已经停用，请先恢复再改名" if is_dropped else None


def refuse_drop(is_dropped: bool, kept_count: int) -> str | None:
    """Why the office may not drop a material of a task that now asks for `kept_count`."""
    if is_dropped:
        return "这项材料已经停用"
    return "每项任务至少要有一项材料，请先增加别的再停用这一项" if kept_count < 2 else None


def refuse_restore(is_dropped: bool) -> str | None:
    """Why the office may not take a material up again."""
    return None if is_dropped else "这项材料没有停用，不用恢复"
