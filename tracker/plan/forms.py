"""What the office sets for its campaign."""

from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, DateField, Field, SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, Regexp, ValidationError

from tracker.forms import ChineseForm
from tracker.plan.rules import MaterialKind

PHONE = r"\+?[0-9][0-9 ()（）\-、转]*"
LONGEST_NAME = 60


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


class ReporterForm(ChineseForm):
    """月报单位: whether a unit that the plan leaves open reports."""

    is_on = BooleanField("每月 25 日前报送月报")


class MembersForm(ChineseForm):
    """集合成员: the units of a presumed group."""

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
