"""The ladder as the office types it."""

from collections.abc import Iterator
from typing import Any

from wtforms import BooleanField, FieldList, Form, FormField, IntegerField, SelectField
from wtforms.validators import Optional

from tracker.forms import ChineseForm
from tracker.reminders.rules.ladder import FARTHEST, Audience, Channel, Ladder, Rung, ladder_faults


class RungForm(Form):
    """一级提醒; the last one of a page is empty and adds one."""

    class Meta:
        """Messages of the fields in Chinese."""

        locales = ("zh",)

    days = IntegerField(
        "工作日", [Optional()], render_kw={"min": -FARTHEST, "max": FARTHEST, "autocomplete": "off"}
    )
    to_liaison = BooleanField(Audience.LIAISON.label)
    to_head = BooleanField(Audience.HEAD.label)
    to_office = BooleanField(Audience.OFFICE.label)
    channel = SelectField("方式", default=Channel.BOTH.value)
    is_on = BooleanField("启用")
    is_dropped = BooleanField("删除")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.channel.choices = [(one.value, one.label) for one in Channel]

    @property
    def rung(self) -> Rung:
        """As it was typed; a way that does not exist has its fault at the field."""
        to = frozenset(one for one in Audience if self[f"to_{one.value}"].data)
        channel = Channel(self.channel.data) if self.channel.data in set(Channel) else Channel.BOTH
        return Rung(self.days.data or 0, to, channel, bool(self.is_on.data))

    @property
    def is_kept(self) -> bool:
        """Whether it is a rung, and stays."""
        return self.days.data is not None and not self.is_dropped.data


class LadderForm(ChineseForm):
    """提醒阶梯: all rungs of a kind."""

    rungs = FieldList(FormField(RungForm), "提醒阶梯")

    @classmethod
    def of(cls, ladder: Ladder) -> "LadderForm":
        """The form of a ladder as it stands."""
        return cls(None, rungs=[_values(rung) for rung in ladder.rungs])

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Each row by itself, then all of them together."""
        is_valid = super().validate(*args, **kwargs)
        rows = list(self._kept())
        faults = ladder_faults([row.rung for row in rows])
        for place, fault in faults.items():
            rows[place].days.errors = [*rows[place].days.errors, fault]
        return is_valid and not faults

    @property
    def kept(self) -> list[Rung]:
        """The ladder that was typed."""
        return [row.rung for row in self._kept()]

    def _kept(self) -> Iterator[RungForm]:
        return (entry.form for entry in self.rungs if entry.form.is_kept)


def _values(rung: Rung) -> dict[str, Any]:
    return {
        "days": rung.days,
        **{f"to_{one.value}": one in rung.to for one in Audience},
        "channel": rung.channel.value,
        "is_on": rung.is_on,
    }
