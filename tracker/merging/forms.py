"""Into which unit another one is merged."""

from collections.abc import Sequence
from typing import Any

from wtforms import SelectField
from wtforms.validators import ValidationError

from tracker.forms import ChineseForm
from tracker.units.models import Unit


class MergeForm(ChineseForm):
    """并入; `chosen` is the unit that was chosen, None as long as none was."""

    into = SelectField("并入", choices=[], validate_choice=False)

    def __init__(self, units: Sequence[Unit], **kwargs: Any) -> None:
        self._units = {str(unit.id): unit for unit in units}
        super().__init__(**kwargs)
        self.into.choices = [("", "请选择"), *((key, unit.short) for key, unit in self._units.items())]

    @property
    def chosen(self) -> Unit | None:
        return self._units.get(self.into.data or "")

    def validate_into(self, _field: Any) -> None:
        if self.chosen is None:
            raise ValidationError("请选择并入哪个市级部门")
