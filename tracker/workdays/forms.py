"""Days and notices as the office enters them."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from wtforms import DateField, Field, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, Regexp, ValidationError

from tracker.forms import ChineseForm
from tracker.workdays.notice import LONGEST
from tracker.workdays.rules import DayKind

MOST_LETTERS = 5000
YEAR = re.compile(r"2[01][0-9]{2}\Z")


class SpanForm(ChineseForm):
    """一段日子: from a day to a day, both included."""

    name = StringField("名称", [DataRequired("请填写名称，如 藏历新年"), Length(max=20)])
    first = DateField("从", [InputRequired("请填写第一天，如 2025-02-27")])
    last = DateField("到", [InputRequired("请填写最后一天，如 2025-03-04")])
    kind = SelectField("种类", default=DayKind.HOLIDAY.value)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [(kind.value, kind.label) for kind in DayKind]

    def validate_last(self, field: Field) -> None:
        if self.first.data and field.data and not 0 <= (field.data - self.first.data).days < LONGEST:
            raise ValidationError(f"应在第一天或以后，一次不超过 {LONGEST} 天")

    def days(self) -> Iterator[date]:
        """Every day of the span; only of a form that is valid."""
        first, last = self.first.data, self.last.data
        if first and last:
            yield from (first + timedelta(days=step) for step in range((last - first).days + 1))


class NoticeForm(ChineseForm):
    """放假通知, pasted as it was printed."""

    text = TextAreaField(
        "通知原文",
        [DataRequired("请粘贴通知原文"), Length(max=MOST_LETTERS, message=f"不超过 {MOST_LETTERS} 字")],
        render_kw={"rows": 10},
    )
    year = StringField(
        "年份（通知里没有写明时填）", [Optional(), Regexp(YEAR, message="年份为四位数字，如 2027")],
        render_kw={"maxlength": 4, "inputmode": "numeric"},
    )  # fmt: skip

    @property
    def wanted_year(self) -> int | None:
        """The year that the person wrote; only of a form that is valid."""
        return int(self.year.data) if self.year.data else None
