"""The parent of all forms: Chinese messages, clean texts, and the names under which fields are known."""

import re
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, SelectField, StringField
from wtforms.fields.core import UnboundField
from wtforms.validators import Length

_LABELS: dict[str, str] = {
    "progress": "本月工作进展",
    "percent": "累计完成情况",
    "figures": "数据",
    "problems": "存在问题",
    "next_steps": "下步打算",
    "why": "这一条的退回原因",
    "is_nil": "零报告",
    "fills_empty": "没有填写进展的各条都按无进展处理",
    "has_no_progress": "无进展",
    "reason": "原因",
    "common_reason": "统一原因",
}
"""Fields by name; those written here have no form class, the others come from theirs."""
_CHOICES: dict[str, dict[str, str]] = {}
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def whole_number(raw: str | None) -> int | None:
    """A row's number or version as an address or a form gives it; None for anything else, and for what
    no column holds."""
    return int(raw) if raw and raw.isascii() and raw.isdigit() and len(raw) < 10 else None


class ChineseForm(FlaskForm):
    """A form whose built-in messages are Chinese and whose texts arrive without spaces around
    and without control characters (PostgreSQL stores no NUL)."""

    class Meta(FlaskForm.Meta):
        """How WTForms builds these forms."""

        locales = ("zh",)

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            kind = unbound_field.field_class
            if issubclass(kind, StringField) and not issubclass(kind, PasswordField):
                options = {**options, "filters": [*unbound_field.kwargs.get("filters", ()), clean_text]}
                unbound_field = UnboundField(
                    kind, *unbound_field.args,
                    **{name: value for name, value in unbound_field.kwargs.items() if name != "filters"},
                )  # fmt: skip
            return super().bind_field(form, unbound_field, options)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name, field in vars(cls).items():
            if isinstance(field, UnboundField) and not issubclass(field.field_class, HiddenField):
                _LABELS.setdefault(name, str((*field.args, field.kwargs.get("label", name))[0]))
                if issubclass(field.field_class, SelectField):
                    _CHOICES.setdefault(name, dict(field.kwargs.get("choices", ())))


def clean_text(raw: Any) -> Any:
    """A typed text without control characters and without spaces around."""
    return _CONTROLS.sub("", raw).replace("\r\n", "\n").strip() if isinstance(raw, str) else raw


def at_most(count: int) -> Length:
    """The field's text has at most so many characters."""
    return Length(max=count, message=f"不能超过 {count} 字")


def label_of(name: str) -> str | None:
    """What the screens call a posted field, None for one that nobody sees: progress-17 is 进展."""
    return _LABELS.get(name.partition("-")[0])


def words_of(name: str, value: str) -> str:
    """A posted value as a person reads it."""
    choices = _CHOICES.get(name.partition("-")[0])
    if choices is None:
        return "是" if value == "on" else value
    return str(choices.get(value, "（已选择）"))
