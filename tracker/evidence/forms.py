"""The forms of documents."""

from wtforms import DateField, IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from tracker.evidence.rules import FIRST_YEAR, LAST_YEAR
from tracker.forms import ChineseForm


class DescriptionForm(ChineseForm):
    """What a document is."""

    title = StringField("标题", [DataRequired("请填写标题"), Length(max=200, message="标题最多 200 字")])
    document_number = StringField("文号", [Length(max=60, message="文号最多 60 字")])
    issuer = StringField("发文单位", [Length(max=100, message="发文单位最多 100 字")])
    dated_on = DateField("材料日期", [Optional()], description="文件上写的日期，不是上传日期")
    proves_year = IntegerField(
        "证明年度",
        [
            InputRequired("请填写这份材料证明哪一年的工作"),
            NumberRange(FIRST_YEAR, LAST_YEAR, message=f"年度应在 {FIRST_YEAR} 至 {LAST_YEAR} 之间"),
        ],
    )
    page_count = IntegerField(
        "页数", [Optional(), NumberRange(1, 100_000, message="页数应为 1 至 100000 的整数")]
    )
    note = TextAreaField("备注", [Length(max=1000, message="备注最多 1000 字")])


class EvidenceReturnForm(ChineseForm):
    """Why a document is returned."""

    reason = TextAreaField(
        "原因", [DataRequired("请写明退回原因"), Length(max=500, message="原因最多 500 字")]
    )
