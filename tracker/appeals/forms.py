"""What a unit writes when it asks, and the office when it answers."""

from collections.abc import Mapping

from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import AnyOf, DataRequired, InputRequired

from tracker.appeals.queries import Filter
from tracker.appeals.rules import AppealKind, AppealState, Ground
from tracker.forms import ChineseForm, at_most, whole_number

LONGEST_REASON = 500
_SHORT_ENOUGH = at_most(LONGEST_REASON)
_ROOM = {"rows": 2, "maxlength": LONGEST_REASON}


class WaiverForm(ChineseForm):
    """申请合理缺项."""

    reason = TextAreaField("原因", [DataRequired("请写明原因"), _SHORT_ENOUGH], render_kw=_ROOM)
    proof = StringField("证明材料")

    @property
    def proof_id(self) -> int | None:
        """The document chosen, if any; 0, which nobody has, for what is none."""
        return (whole_number(self.proof.data) or 0) if self.proof.data else None


class ExtensionForm(ChineseForm):
    """申请延期."""

    new_day = DateField("新期限", [InputRequired("请填写新的期限，例如 2024-05-20")])
    reason = TextAreaField("原因", [DataRequired("请写明原因"), _SHORT_ENOUGH], render_kw=_ROOM)


class ObjectionForm(ChineseForm):
    """提出异议."""

    ground = StringField("事由", [AnyOf(list(Ground), "请选择事由")])
    reason = TextAreaField("说明", [DataRequired("请写明原因"), _SHORT_ENOUGH], render_kw=_ROOM)


class GrantForm(ChineseForm):
    """同意, with words where there are any."""

    answer = TextAreaField("答复意见", [_SHORT_ENOUGH], render_kw=_ROOM)


class RefusalForm(ChineseForm):
    """不同意."""

    answer = TextAreaField("答复意见", [DataRequired("不同意须写明原因"), _SHORT_ENOUGH], render_kw=_ROOM)


def read_filter(arguments: Mapping[str, str], *, unit_id: int | None) -> Filter:
    """The filter that an address asks for; words that mean nothing are as good as none."""
    state, kind = arguments.get("state", ""), arguments.get("kind", "")
    return Filter(
        state=AppealState(state) if state in set(AppealState) else None,
        kind=AppealKind(kind) if kind in set(AppealKind) else None,
        unit_id=unit_id,
    )
