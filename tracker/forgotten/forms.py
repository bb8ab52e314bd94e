"""What is typed by who cannot sign in."""

from typing import Any

from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from tracker.forms import ChineseForm
from tracker.people.rules.passwords import LONGEST_PASSWORD, RULE_WORDS


class AskForm(ChineseForm):
    """忘记密码."""

    username = StringField(
        "用户名",
        [InputRequired("请填写用户名"), Length(max=100)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )


class NewPasswordForm(ChineseForm):
    """重设密码."""

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
