"""What the office writes in an order, the unit in its reply, and the office in its answer."""

from collections.abc import Mapping
from typing import Any

from wtforms import DateField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired

from tracker.forms import ChineseForm, at_most, whole_number
from tracker.supervision.queries import Filter
from tracker.supervision.rules import LONGEST_TEXT, LONGEST_TITLE, OrderState, Urgency, Way

LONGEST_REASON = 500


class OrderForm(ChineseForm):
    """督办单."""

    title = StringField(
        "督办事项", [DataRequired("请填写督办事项"), at_most(LONGEST_TITLE)], render_kw={"maxlength": 100}
    )
    source = StringField("来源", [at_most(LONGEST_TITLE)], description="例如：逾期未办、月报未报、领导批示。")
    requirement = TextAreaField(
        "办理要求", [DataRequired("请填写办理要求"), at_most(LONGEST_TEXT)], render_kw={"rows": 4}
    )
    due_on = DateField("办结时限", [InputRequired("请填写办结时限，例如 2024-03-29")])
    urgency = SelectField("紧急程度")
    signer = StringField(
        "签发人", [DataRequired("请填写签发人"), at_most(20)], render_kw={"maxlength": 20, "list": "signers"}
    )
    items = SelectMultipleField("逾期事项", [DataRequired("请至少选一项逾期事项")], validate_choice=False)
    supporters = SelectMultipleField("协办单位", coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.urgency.choices = [(one.value, one.label) for one in Urgency]


class ReplyForm(ChineseForm):
    """反馈."""

    text = TextAreaField("办理情况", [DataRequired("请写明办理情况"), at_most(LONGEST_TEXT)])
    proofs = SelectMultipleField("佐证材料", validate_choice=False)

    @property
    def proof_ids(self) -> list[int]:
        """The documents chosen; 0, which nobody has, for what is none."""
        return [whole_number(one) or 0 for one in self.proofs.data or ()]


class AnswerForm(ChineseForm):
    """意见, with words where there are any."""

    answer = TextAreaField("意见", [at_most(LONGEST_REASON)])


class ReasonForm(ChineseForm):
    """退办 or 不同意, which need a reason."""

    answer = TextAreaField("意见", [DataRequired("须写明原因"), at_most(LONGEST_REASON)])


class NewDayForm(ChineseForm):
    """申请延期."""

    new_day = DateField("新时限", [InputRequired("请填写新的时限，例如 2024-05-20")])
    reason = TextAreaField("原因", [DataRequired("请写明原因"), at_most(LONGEST_REASON)])


class ContactForm(ChineseForm):
    """催办记录."""

    way = SelectField("方式")
    person = StringField("联系人", [DataRequired("请填写联系了谁"), at_most(60)], render_kw={"maxlength": 60})
    about = StringField("催办事项", [DataRequired("请填写催办事项"), at_most(LONGEST_REASON)])
    reply = TextAreaField("答复情况", [DataRequired("请填写对方的答复"), at_most(LONGEST_REASON)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.way.choices = [(one.value, one.label) for one in Way]


def read_filter(arguments: Mapping[str, str], *, unit_id: int | None, has_drafts: bool) -> Filter:
    """The filter that an address asks for; words that mean nothing are as good as none.

    Args:
        unit_id: whose orders alone may be seen, if not all.
    """
    state = arguments.get("state", "")
    return Filter(
        state=OrderState(state) if state in set(OrderState) else None,
        is_late=state == "late",
        unit_id=unit_id or whole_number(arguments.get("unit")),
        has_drafts=has_drafts,
    )
