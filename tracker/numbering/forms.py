"""How the office writes its numbers."""

from wtforms import Field, StringField
from wtforms.validators import DataRequired, ValidationError

from tracker.forms import ChineseForm, at_most
from tracker.numbering.rules import LONGEST_PATTERN, pattern_problem


class PatternForm(ChineseForm):
    """文号格式."""

    pattern = StringField(
        "文号格式",
        [DataRequired("请填写文号格式"), at_most(LONGEST_PATTERN)],
        render_kw={"maxlength": LONGEST_PATTERN},
    )

    def validate_pattern(self, field: Field) -> None:
        if problem := pattern_problem(field.data or ""):
            raise ValidationError(problem)
