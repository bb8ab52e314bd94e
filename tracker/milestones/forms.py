"""What the office types when it decides, and what a list is asked to show."""

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from tracker.forms import ChineseForm, whole_number
from tracker.milestones.choices import Place
from tracker.milestones.queries import SORTS, Filter
from tracker.milestones.rules import Light
from tracker.plan.rules import PartyRole
from tracker.units.models import Unit
from tracker.units.rules import NameBook, UnknownUnitError

LONGEST_REASON = 500
OPENED = "opened"
RETURNED = "returned"
"""应办 and 退回, the choices of the light that are no lights."""


class ReturnForm(ChineseForm):
    """退回."""

    reason = TextAreaField(
        "退回原因",
        [
            DataRequired("退回须写明原因"),
            Length(max=LONGEST_REASON, message=f"原因不能超过 {LONGEST_REASON} 字"),
        ],
        render_kw={"rows": 2, "maxlength": LONGEST_REASON},
    )


class EarlierDayForm(ChineseForm):
    """提前期限."""

    day = DateField("新期限", [InputRequired("请填写新的期限，例如 2024-04-15")])


class ReassignForm(ChineseForm):
    """改派; `chosen` is the unit that the typed name means."""

    unit = StringField("改派给", [InputRequired("请填写改派给哪个单位"), Length(max=100)])
    reason = TextAreaField(
        "改派原因",
        [
            DataRequired("改派须写明原因"),
            Length(max=LONGEST_REASON, message=f"原因不能超过 {LONGEST_REASON} 字"),
        ],
        render_kw={"rows": 2, "maxlength": LONGEST_REASON},
    )

    def __init__(self, book: NameBook[Unit], **kwargs: Any) -> None:
        self._book = book
        self.chosen: Unit | None = None
        super().__init__(**kwargs)

    def validate_unit(self, field: Any) -> None:
        try:
            self.chosen = self._book.find(field.data)
        except UnknownUnitError as error:
            raise ValidationError(str(error)) from error


def number(raw: str) -> int | None:
    """A number from an address; nothing when it is empty, and 0, which nobody has, when it is none."""
    if not raw.strip():
        return None
    return whole_number(raw) or 0


def read_filter(arguments: Mapping[str, str], *, unit_id: int | None, place: Place) -> Filter:
    """The filter that an address asks for; words that mean nothing are as good as none.

    Args:
        unit_id: the unit, already looked up.
        place: what the field 条目 means.
    """
    shown = arguments.get("light", "")
    role = arguments.get("role", "")
    sort = arguments.get("sort", "")
    return Filter(
        unit_id=unit_id,
        deadline_id=number(arguments.get("deadline", "")),
        section=number(arguments.get("section", "")),
        item_id=place.item_id,
        task_id=place.task_id,
        light=Light(shown) if shown in set(Light) else None,
        is_opened=shown == OPENED,
        is_returned=shown == RETURNED,
        role=PartyRole(role) if role in (PartyRole.LEAD, PartyRole.SUPPORT) else None,
        text=arguments.get("text", "")[:100],
        sort=sort if sort in SORTS else "due",
    )


def chosen(raw: Iterable[str]) -> dict[int, int | None]:
    """The ticked rows, written `17` or `17.3` with the version that the person saw."""
    found: dict[int, int | None] = {}
    for value in raw:
        first, _, version = value.partition(".")
        if (row_id := whole_number(first)) is not None:
            found[row_id] = whole_number(version)
    return found
