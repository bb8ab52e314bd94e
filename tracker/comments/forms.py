"""What is typed as a comment."""

from typing import Any

from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from tracker.comments.rules import LONGEST, called, unknown_words
from tracker.forms import ChineseForm
from tracker.units.models import Unit
from tracker.units.rules import NameBook


class CommentForm(ChineseForm):
    """留言; `called` are the units that its text calls upon."""

    text = TextAreaField(
        "留言", [DataRequired("请写留言内容"), Length(max=LONGEST, message=f"留言不能超过 {LONGEST} 字")]
    )

    def __init__(self, book: NameBook[Unit], **kwargs: Any) -> None:
        self._book = book
        self.called: list[Unit] = []
        super().__init__(**kwargs)

    def validate_text(self, field: Any) -> None:
        self.called, unknown = called(field.data, self._book)
        if unknown:
            raise ValidationError(unknown_words(unknown, self._book))
