"""What the office sets for its campaign."""

from collections.abc import Iterable
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    Field,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Regexp, ValidationError

from tracker.forms import ChineseForm
from tracker.plan.rules import MaterialKind, OffDay

PHONE = r"\+?[0-9][0-9 ()（）\-、转]*"
LONGEST_NAME = 60
MONTH = r"^20\d\d-(0[1-9]|1[0-2])$"


class SettingsForm(ChineseForm):
    """创建设置: what pages and mails say of the office."""

    office_phone = StringField(
        "市食安办电话",
        [Length(max=40), Regexp(rf"^({PHONE})?$", message="只能有数字、空格、横线和“转”，例如 0895-4821234")],
        description="显示在每个页面的下方和每封邮件中。",
        render_kw={"autocomplete": "tel"},
    )


class AcceptanceForm(ChineseForm):
    """办结方式: who accepts what was submitted."""

    is_accepted_by_system = BooleanField("材料齐全的节点，提交后由系统直接办结；不齐的仍由市食安办审核")


class LiveForm(ChineseForm):
    """上线日期."""

    live_on = DateField(
        "上线日期",
        [InputRequired("请填写日期，例如 2024-03-01")],
        description="期限在这一天以前或以后 30 天以内的节点算作“待补录”：不催办、不算逾期，由市食安办"
        "批量办结；截止日在这一天以前的月报不要求报送。",
    )


class ReportingForm(ChineseForm):
    """月报报送时间: by which day of the month, in which months."""

    report_day = IntegerField(
        "每月几日前报送", [InputRequired("请填写 1 至 28"), NumberRange(1, 28, message="应为 1 至 28 的整数")]
    )
    is_report_day_inclusive = SelectField("是否含当日", [InputRequired("请选择")])
    report_off_day = SelectField("报送日逢非工作日", [InputRequired("请选择")])
    report_resend_days = IntegerField(
        "退回后重报期限（工作日）",
        [InputRequired("请填写 1 至 30"), NumberRange(1, 30, message="应为 1 至 30 的整数")],
    )
    is_report_approved = BooleanField("单位负责人审签后报送（审签的时间就是报送时间）")
    report_first_month = StringField("第一个月", [Regexp(MONTH, message="应为 2023-08 这样的月份")])
    report_last_month = StringField("最后一个月", [Regexp(MONTH, message="应为 2025-08 这样的月份")])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_report_day_inclusive.choices = [("1", "含当日"), ("0", "不含当日")]
        self.report_off_day.choices = [(choice.value, choice.label) for choice in OffDay]

    def validate_report_last_month(self, field: Field) -> None:
        if (self.report_first_month.data or "") > (field.data or ""):
            raise ValidationError("不能早于第一个月")

    def validate_is_report_day_inclusive(self, field: Field) -> None:
        if field.data == "0" and self.report_day.data == 1:
            raise ValidationError("1 日前报送的，须含当日")


class ReportersForm(ChineseForm):
    """月报单位: which groups, and which units that the plan leaves open, report."""

    report_groups = SelectMultipleField("集合", coerce=int)
    report_units = SelectMultipleField("单位", coerce=int)


class MembersForm(ChineseForm):
    """集合成员: the units of a group."""

    units = SelectMultipleField("成员单位", coerce=int)


class MaterialNameForm(ChineseForm):
    """材料改名; `taken` are the names of the other materials of its task."""

    material = StringField(
        "材料名称",
        [DataRequired("请填写材料名称"), Length(max=LONGEST_NAME, message=f"名称不能超过 {LONGEST_NAME} 字")],
        render_kw={"maxlength": LONGEST_NAME},
    )

    def __init__(self, *args: Any, taken: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.taken = frozenset(taken)

    def validate_material(self, field: Field) -> None:
        if field.data in self.taken:
            raise ValidationError(f"这项任务已经有“{field.data}”")


class MaterialForm(MaterialNameForm):
    """增加材料."""

    material_kind = SelectField("类别", [InputRequired("请选择类别")])
    is_per_year = BooleanField("分年度")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.material_kind.choices = [(kind.value, kind.label) for kind in MaterialKind]
