"""States of a monthly report, and whether it came on time."""

from tracker.labels import LabelledEnum


class ReportState(LabelledEnum):
    """月报状态, as stored; what a page shows is derived from it and from today."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "已报"
    RETURNED = "returned", "退回"
    ACCEPTED = "accepted", "已采信"
