"""What a circular is about, and who may take which step with it."""

from tracker.assignments.rules import Actor
from tracker.labels import LabelledEnum, SignEnum

LONGEST_TITLE, LONGEST_TEXT = 100, 4000
MOST_PRAISED = 5
"""Units that a draft about a gate proposes for praise."""


class CircularKind(LabelledEnum):
    """通报种类: by the reports of a month, or by the milestones at a gate."""

    MONTH = "month", "月报报送"
    GATE = "gate", "节点办理"


class CircularState(SignEnum):
    """通报状态."""

    DRAFT = "draft", "草稿", "idle", "□"
    FINAL = "final", "已印发", "ok", "✓"


class Step(LabelledEnum):
    """通报办理动作."""

    DRAFT = "draft", "起草通报"
    EDIT = "edit", "修改通报"
    DISCARD = "discard", "删除草稿"
    ISSUE = "issue", "印发"


def refuse_step(state: CircularState, step: Step, actor: Actor) -> str | None:
    """Why `actor` may not take the step, or None; what was issued is not changed any more."""
    if not actor.role.is_office:
        return f"只有市食安办可以{step.label}"
    if state is not CircularState.DRAFT:
        return f"通报已经印发，不能{step.label}"
    return None
