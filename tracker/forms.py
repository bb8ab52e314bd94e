"""The parent of all forms: Chinese messages, clean texts, and the names under which fields are known."""

import re
from collections.abc import Iterable
from typing import Any

from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.fields.core import UnboundField

_LABELS: dict[str, str] = {}
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


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
            if isinstance(field, UnboundField):
                _LABELS[name] = str((*field.args, field.kwargs.get("label", name))[0])


def clean_text(raw: Any) -> Any:
    """A typed text without control characters and without spaces around."""
    return _CONTROLS.sub("", raw).replace("\r\n", "\n").strip() if isinstance(raw, str) else raw


def label_of(name: str) -> str:
    """What the screens call a field, for showing what was posted: lines-2-text is 第 3 行·说明."""
    known = (_LABELS.get(part) for part in _parts(name))
    words = [word for word in known if word]
    rows = [f"第 {int(part) + 1} 行" for part in _parts(name) if part.isdigit() and len(part) < 6]
    return "·".join([*rows, *words[-1:]]) or name


def _parts(name: str) -> Iterable[str]:
    return name.split("-")
