"""What a unit may ask of the office, and what becomes of it."""

from tracker.labels import LabelledEnum, SignEnum


class AppealKind(LabelledEnum):
    """申请种类."""

    WAIVER = "waiver", "合理缺项"
    EXTENSION = "extension", "延期"
    OBJECTION = "objection", "异议"


class AppealState(SignEnum):
    """申请状态."""

    PENDING = "pending", "待答复", "near", "▲"
    GRANTED = "granted", "同意", "ok", "✓"
    REFUSED = "refused", "不同意", "late", "■"
    WITHDRAWN = "withdrawn", "已撤回", "idle", "－"
