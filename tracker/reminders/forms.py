"""The ladder and the robot as the office types them."""

from collections.abc import Iterator
from typing import Any

from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    FormField,
    IntegerField,
    PasswordField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from tracker.forms import ChineseForm
from tracker.outbox.rules import HookKind, hook_secret_fault, hook_url_fault
from tracker.reminders.rules.ladder import (
    FARTHEST,
    Audience,
    Channel,
    Ladder,
    Rung,
    ladder_faults,
    repeat_fault,
)
from tracker.reminders.rules.posts import LONGEST_TEMPLATE, template_fault


def _stripped(raw: str | None) -> str:
    return (raw or "").strip()


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
    to_leader = BooleanField(Audience.LEADER.label)
    to_office = BooleanField(Audience.OFFICE.label)
    every = IntegerField("间隔", [Optional()])
    times = IntegerField("次数", [Optional()])
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
        every, times = self.every.data or 0, self.times.data or 0
        return Rung(self.days.data or 0, to, channel, bool(self.is_on.data), every, times)

    @property
    def is_kept(self) -> bool:
        """Whether it is a rung, and stays."""
        return self.days.data is not None and not self.is_dropped.data


class WebhookForm(ChineseForm):
    """群机器人.

    Args:
        may_be_loopback: the robot may stand on this machine, as in tests.
    """

    hook_kind = SelectField("软件", [InputRequired("请选择软件")])
    hook_url = StringField(
        "机器人地址",
        [InputRequired("请填写机器人地址"), Length(max=500)],
        description="在群里添加机器人后得到的网址（Webhook），等于钥匙，请勿外传。钉钉的安全设置选“加签”，"
        "或选“自定义关键词”，填模板里一定有的词。",
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    hook_secret = PasswordField(
        "加签密钥（钉钉）",
        [Optional(), Length(max=200)],
        filters=[_stripped],
        description="钉钉的安全设置选“加签”时给出的密钥，SEC 开头。保存以后不再显示；空着就是不改。",
        render_kw={"autocomplete": "new-password"},
    )
    hook_drops_secret = BooleanField("删除已存的密钥，不再加签")
    hook_template = TextAreaField(
        "消息模板",
        [InputRequired("请填写模板"), Length(max=LONGEST_TEMPLATE)],
        description="{创建}、{日期}、{事项} 会换成创建名称、当天日期和逐行的事项。",
    )
    hook_is_on = BooleanField("启用")

    def __init__(self, *args: Any, may_be_loopback: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._may_be_loopback = may_be_loopback
        self.hook_kind.choices = [(kind.value, kind.label) for kind in HookKind]

    def validate_hook_url(self, field: Field) -> None:
        if fault := hook_url_fault(field.data or "", may_be_loopback=self._may_be_loopback):
            raise ValidationError(fault)

    def validate_hook_secret(self, field: Field) -> None:
        kind = self.hook_kind.data
        if kind in set(HookKind) and (fault := hook_secret_fault(HookKind(kind), field.data or "")):
            raise ValidationError(fault)

    @property
    def secret(self) -> str | None:
        """What to sign with from now on; None keeps what there is."""
        return self.hook_secret.data or ("" if self.hook_drops_secret.data else None)

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """A secret is not shown again, so what was typed with something wrong beside it is typed anew."""
        is_valid = bool(super().validate(*args, **kwargs))
        if not is_valid and self.hook_secret.data and not self.hook_secret.errors:
            self.hook_secret.errors = ["密钥不回显，请重新填写"]
        return is_valid

    def validate_hook_template(self, field: Field) -> None:
        if fault := template_fault(field.data or ""):
            raise ValidationError(fault)


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
        for row in rows:
            if fault := repeat_fault(row.rung):
                row.every.errors = [*row.every.errors, fault]
                is_valid = False
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
        "every": rung.every or None,
        "times": rung.times or None,
    }
