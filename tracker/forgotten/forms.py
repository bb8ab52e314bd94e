"""What is typed by who cannot sign in."""

from wtforms import StringField
from wtforms.validators import InputRequired, Length

from tracker.forms import ChineseForm


class AskForm(ChineseForm):
    """忘记密码."""

    username = StringField(
        "用户名",
        [InputRequired("请填写用户名"), Length(max=100)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
