"""The flow of a monthly report: which step starts from which state, and who may do it."""

from collections.abc import Collection, Iterable

from tracker.assignments.rules import Actor, is_on_behalf, may_act_for
from tracker.labels import LabelledEnum
from tracker.people.rules import Role
from tracker.reports.rules.lines import LineText, line_faults
from tracker.reports.rules.status import Facts, Period, ReportState, Shown, Status, Terms, is_owed

WRITING = frozenset({ReportState.DRAFT, ReportState.RETURNED, ReportState.CORRECTING})
"""The unit has it in hand."""


class Step(LabelledEnum):
    """办理动作."""

    SAVE = "save", "保存"
    SUBMIT = "submit", "提交"
    HAND_UP = "hand_up", "送审签"
    APPROVE = "approve", "审签"
    SEND_DOWN = "send_down", "退回修改"
    TAKE_BACK = "take_back", "撤回"
    ACCEPT = "accept", "采信"
    RETURN = "return", "退回"
    CORRECT = "correct", "更正"
    ABANDON = "abandon", "放弃更正"


TRANSITIONS: dict[Step, frozenset[ReportState]] = {
    Step.SAVE: WRITING,
    Step.SUBMIT: WRITING,
    Step.HAND_UP: WRITING,
    Step.APPROVE: frozenset({ReportState.PENDING}),
    Step.SEND_DOWN: frozenset({ReportState.PENDING}),
    Step.TAKE_BACK: frozenset({ReportState.PENDING}),
    Step.ACCEPT: frozenset({ReportState.SUBMITTED}),
    Step.RETURN: frozenset({ReportState.SUBMITTED, ReportState.ACCEPTED}),
    Step.CORRECT: frozenset({ReportState.ACCEPTED}),
    Step.ABANDON: frozenset({ReportState.CORRECTING}),
}
"""From which states a step may start."""


def refuse_write(
    report: Facts | None, period: Period, unit_id: int, actor: Actor, terms: Terms
) -> str | None:
    """Why `actor` may not write the report of `unit_id`, or None."""
    if not may_act_for(unit_id, actor):
        return "只有本单位联络员可以填写月报"
    if not is_owed(period, terms.of(unit_id)) and (report is None or report.first_submitted_at is None):
        return _not_owed(period, terms)
    if terms.today < period.month:
        return f"{period.month:%Y-%m} 的月报从 {period.month:%Y-%m-%d} 起填写"
    return refuse_step(report, Step.SAVE) if report else None


def _not_owed(period: Period, terms: Terms) -> str:
    if period.due_on < terms.live_on:
        return "这个月在开始报送之前，不需要报送"
    return "本单位这个月不在月报单位之列，不需要报送"


def refuse_submit(
    report: Facts, period: Period, unit_id: int, lines: Iterable[LineText], actor: Actor, terms: Terms
) -> str | None:
    """Why `actor` may not submit the report, or None."""
    if reason := refuse_write(report, period, unit_id, actor, terms) or refuse_step(report, Step.SUBMIT):
        return reason
    faulty_count = sum(1 for line in lines if line_faults(line))
    return f"还有 {faulty_count} 条没有填完整，不能提交" if faulty_count else None


def refuse_decide(report: Facts, sender_ids: Collection[int], actor: Actor, step: Step) -> str | None:
    """Why `actor` may not accept or return the report, or None."""
    if not actor.role.is_office:
        return "只有市食安办可以审核月报"
    if reason := refuse_step(report, step):
        return reason
    if step is Step.ACCEPT and actor.id in sender_ids:
        return "自己提交的月报须由食安办另一位同志审核"
    return None


def refuse_approve(report: Facts, unit_id: int, actor: Actor, step: Step) -> str | None:
    """Why `actor` may not approve the report of `unit_id`, or give it back, or None: the unit's head
    may, and the office in its name."""
    is_head = actor.role is Role.UNIT_HEAD and actor.unit_id == unit_id
    if not is_head and not is_on_behalf(unit_id, actor):
        return "只有本单位负责人可以审签月报"
    return refuse_step(report, step)


def refuse_take_back(report: Facts, unit_id: int, actor: Actor) -> str | None:
    """Why `actor` may not take the report of `unit_id` back from the unit's head, or None."""
    if not may_act_for(unit_id, actor):
        return "只有本单位联络员可以撤回送审签的月报"
    return refuse_step(report, Step.TAKE_BACK)


def refuse_correct(report: Facts, unit_id: int, actor: Actor, step: Step) -> str | None:
    """Why `actor` may not begin a correction of an accepted report, or give it up, or None."""
    if not may_act_for(unit_id, actor):
        return "只有本单位联络员可以更正月报"
    return refuse_step(report, step)


def refuse_scan(unit_id: int, actor: Actor, *, is_submitted: bool) -> str | None:
    """Why `actor` may not add the stamped form of the report of `unit_id`, or None."""
    if not may_act_for(unit_id, actor):
        return "只有本单位联络员可以上传盖章扫描件"
    return None if is_submitted else "月报还没有报送，报送以后再上传盖章扫描件"


def refuse_urge(found: Status, actor: Actor, *, is_urged: bool = False) -> str | None:
    """Why `actor` may not urge (催报) a report that stands like this today, or None; `is_urged`:
    somebody of the office did today."""
    if not actor.role.is_office:
        return "只有市食安办可以催报"
    if found.is_reported:
        return "已经报送，不用催报"
    if found.shown in (Shown.NOT_OWED, Shown.NOT_STARTED):
        return "这个月现在不需要报送，不用催报"
    return "今天已经催过" if is_urged else None


def refuse_step(report: Facts, step: Step) -> str | None:
    """Why the state does not allow `step`, or None."""
    if report.state in TRANSITIONS[step]:
        return None
    return f"当前状态是“{report.state.label}”，不能{step.label}"
