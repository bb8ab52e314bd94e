"""What the office changes in a summary, and what it writes down of a sending."""

from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired

from tracker.forms import ChineseForm, at_most, clean_text, whole_number
from tracker.summaries.rules import LONGEST_REFERENCE, LONGEST_TEXT, LONGEST_TITLE, Way


class SummaryForm(ChineseForm):
    """月度汇总; the indicators' words are fields named text-17."""

    title = TextAreaField(
        "标题", [DataRequired("请填写标题"), at_most(LONGEST_TITLE)], description="分行的地方，公文里也分行。"
    )
    addressee = StringField("主送机关", [DataRequired("请填写主送机关"), at_most(LONGEST_TITLE)])
    opening = TextAreaField(
        "总体情况", [DataRequired("请填写总体情况"), at_most(LONGEST_TEXT)], render_kw={"rows": 4}
    )
    closing = TextAreaField("存在问题和下一步工作", [at_most(LONGEST_TEXT)], render_kw={"rows": 4})


class FinalForm(ChineseForm):
    """定稿."""

    reference = StringField(
        "文号",
        [at_most(LONGEST_REFERENCE)],
        description="留空由系统编号；已在公文系统里编过号的，填那个文号。",
        render_kw={"maxlength": LONGEST_REFERENCE},
    )


class SendingForm(ChineseForm):
    """报送记录."""

    recipient = StringField(
        "报送对象",
        [DataRequired("请填写报送对象"), at_most(60)],
        description="例如：自治区食安办、市政府。",
        render_kw={"maxlength": 60, "list": "recipients"},
    )
    sent_on = DateField("报送日期", [InputRequired("请填写报送日期，例如 2024-03-29")])
    sent_by = SelectField("报送方式")
    sent_reference = StringField(
        "报送文号",
        [at_most(LONGEST_REFERENCE)],
        description="留空用汇总的文号。",
        render_kw={"maxlength": LONGEST_REFERENCE},
    )
    remark = StringField("备注", [at_most(200)], render_kw={"maxlength": 200})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sent_by.choices = [(one.value, one.label) for one in Way]


def typed_texts(form: MultiDict[str, str]) -> dict[int, str]:
    """The indicators' words by the id of their row, as they were typed."""
    numbers = ((name, whole_number(name.removeprefix("text-"))) for name in form if name.startswith("text-"))
    return {number: str(clean_text(form[name])) for name, number in numbers if number}


def text_faults(texts: dict[int, str]) -> dict[int, str]:
    """What is wrong with them, by the id of their row."""
    return {
        number: f"不能超过 {LONGEST_TEXT} 字" for number, text in texts.items() if len(text) > LONGEST_TEXT
    }
