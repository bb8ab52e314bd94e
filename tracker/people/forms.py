"""What is typed into the pages of sign-in and people."""

from typing import Any

from wtforms import DateField, HiddenField, PasswordField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from tracker.forms import ChineseForm
from tracker.people.actions import Contact
from tracker.people.models import User
from tracker.people.rules import (
    Role,
    clean_phone,
    clean_username,
    email_problem,
)
from tracker.people.rules import phone_problem as find_phone_problem
from tracker.people.rules import username_problem as find_username_problem
from tracker.people.rules.managing import reason_not_to_sit
from tracker.people.rules.passwords import LONGEST_PASSWORD, RULE_WORDS
from tracker.units.models import Unit
from tracker.units.rules import UnitKind


def _clean_phone(raw: str | None) -> str | None:
    return clean_phone(raw) if raw else raw


class SignInForm(ChineseForm):
    """登录."""

    username = StringField(
        "用户名",
        [InputRequired("请填写用户名"), Length(max=100)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        "密码",
        [InputRequired("请填写密码"), Length(max=1000)],
        render_kw={"autocomplete": "current-password"},
    )


class CodeForm(ChineseForm):
    """动态口令."""

    code = StringField(
        "动态口令",
        [InputRequired("请填写动态口令"), Length(max=100)],
        description="手机验证器上的 6 位数字；手机不在身边的，填一个恢复码",
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"},
    )


class NewPasswordForm(ChineseForm):
    """重设密码: the new one, twice."""

    new_password = PasswordField(
        "新密码",
        [InputRequired("请填写新密码"), Length(max=LONGEST_PASSWORD)],
        description=RULE_WORDS,
        render_kw={"autocomplete": "new-password"},
    )
    new_password_again = PasswordField(
        "再输一次新密码", [InputRequired("请再输一次新密码")], render_kw={"autocomplete": "new-password"}
    )

    def validate_new_password_again(self, field: Any) -> None:
        if field.data != self.new_password.data:
            raise ValidationError("两次输入的新密码不一样")


class PasswordForm(NewPasswordForm):
    """修改密码."""

    old_password = PasswordField(
        "原密码", [InputRequired("请填写原密码")], render_kw={"autocomplete": "current-password"}
    )


class ContactForm(ChineseForm):
    """How a person is reached."""

    name = StringField("姓名", [DataRequired("姓名不能为空"), Length(max=30)])
    title = StringField("职务", [Length(max=50)])
    phone = StringField(
        "手机", [Optional(), Length(max=30)], filters=[_clean_phone], render_kw={"type": "tel"}
    )
    email = StringField(
        "邮箱", [Optional(), Length(max=100)], description="提醒邮件发到这里", render_kw={"type": "email"}
    )
    valid_until = DateField("有效期至", [Optional()], description="评审员必填；过后不能登录")

    def validate_phone(self, field: Any) -> None:
        _raise(find_phone_problem(field.data))

    def validate_email(self, field: Any) -> None:
        _raise(email_problem(field.data))

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = bool(super().validate(extra_validators))
        if (
            self._chosen_role == Role.REVIEWER
            and self.valid_until.data is None
            and not self.valid_until.errors
        ):
            self.valid_until.errors = ["评审员须填写有效期"]
            return False
        return is_valid

    @property
    def _chosen_role(self) -> str:
        raise NotImplementedError

    def contact(self) -> Contact:
        """The contact data that was typed."""
        return Contact(
            name=self.name.data or "",
            title=self.title.data or "",
            phone=self.phone.data or "",
            email=self.email.data or "",
            valid_until=self.valid_until.data,
        )


class EditForm(ContactForm):
    """修改联系方式 of one person."""

    def __init__(self, user: User, **kwargs: Any) -> None:
        self._user = user
        super().__init__(obj=user, **kwargs)

    @property
    def _chosen_role(self) -> str:
        return self._user.role.value


class AddForm(ContactForm):
    """新增人员."""

    unit_id = SelectField("单位", [InputRequired("请选择单位")], coerce=int)
    role = SelectField("角色", [InputRequired("请选择角色")])
    username = StringField("用户名", [Optional()], description="留空则按单位简称的拼音自动编")

    def __init__(self, units: list[Unit], roles: tuple[Role, ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._units = {unit.id: unit for unit in units}
        self.unit_id.choices = [(unit.id, unit.short) for unit in units]
        self.role.choices = [(role.value, role.label) for role in roles]

    def validate_role(self, field: Any) -> None:
        unit = self._units.get(self.unit_id.data)
        if unit and field.data in set(Role):
            _raise(reason_not_to_sit(Role(field.data), unit.kind))

    def validate_username(self, field: Any) -> None:
        _raise(find_username_problem(clean_username(field.data)))

    @property
    def _chosen_role(self) -> str:
        return str(self.role.data)


class UnitForm(ChineseForm):
    """改名 of a unit."""

    name = StringField("全称", [DataRequired("全称不能为空"), Length(max=60)])
    short = StringField(
        "简称",
        [DataRequired("简称不能为空"), Length(max=20)],
        description="各页面显示的名称，如 市农业农村局",
    )
    seen = HiddenField()


class NewUnitForm(UnitForm):
    """新增单位."""

    kind = SelectField("类别", [InputRequired("请选择类别")])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        kinds = [kind for kind in UnitKind if kind is not UnitKind.OFFICE]
        self.kind.choices = [(kind.value, kind.label) for kind in kinds]


class RoleForm(ChineseForm):
    """更改角色."""

    role = SelectField("新角色", [InputRequired("请选择角色")])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.role.choices = [(role.value, role.label) for role in Role]


def _raise(problem: str | None) -> None:
    if problem:
        raise ValidationError(problem)
