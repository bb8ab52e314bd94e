"""What the office changes in a circular."""

from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired

from tracker.circulars.rules import LONGEST_TEXT, LONGEST_TITLE
from tracker.forms import ChineseForm, at_most


class CircularForm(ChineseForm):
    """通报; the lists are one unit a line."""

    title = TextAreaField(
        "标题", [DataRequired("请填写标题"), at_most(LONGEST_TITLE)], description="分行的地方，公文里也分行。"
    )
    opening = TextAreaField(
        "基本情况", [DataRequired("请填写基本情况"), at_most(LONGEST_TEXT)], render_kw={"rows": 4}
    )
    praised = TextAreaField(
        "表扬", [at_most(LONGEST_TEXT)], description="一行一个单位；不表扬的留空。", render_kw={"rows": 8}
    )
    criticized = TextAreaField(
        "通报批评", [at_most(LONGEST_TEXT)], description="一行一个单位；不批评的留空。", render_kw={"rows": 8}
    )
    closing = TextAreaField("有关要求", [at_most(LONGEST_TEXT)], render_kw={"rows": 4})


class AboutForm(ChineseForm):
    """新通报: a month written 2024-02, or the number of a gate."""

    month = StringField("月份")
    gate = StringField("节点")


def lines(words: str | None) -> list[str]:
    """The lines of a text that are not empty."""
    return [line.strip() for line in (words or "").splitlines() if line.strip()]
