"""文号格式, a part of 创建设置."""

from dataclasses import dataclass

from flask import Blueprint, abort, flash, render_template, url_for

from tracker import web
from tracker.numbering import actions
from tracker.numbering.forms import PatternForm
from tracker.numbering.queries import pattern_of
from tracker.numbering.rules import Series, written

blueprint = Blueprint("numbering", __name__)


@dataclass(frozen=True)
class Box:
    """A kind of document with the form of its pattern, and what its first number of the year looks like."""

    series: Series
    form: PatternForm
    example: str


@blueprint.get("/plan/settings/numbers")
@web.administrators_only
def index() -> str:
    """How each kind of document is numbered."""
    return _page()


@blueprint.post("/plan/settings/numbers/<series>")
@web.administrators_only
def set_pattern(series: str) -> web.Answer:
    """How a kind of document is numbered from now on."""
    if series not in set(Series):
        abort(404)
    form, found = PatternForm(), Series(series)
    if not form.validate():
        return _page(found, form), 422
    actions.set_pattern(
        web.db(), web.campaign(), found, form.pattern.data or "", by=web.me(), at=web.clock().now()
    )
    web.db().commit()
    flash(f"{found.label}的文号格式已保存，已编的文号不变", "ok")
    return web.see_other(url_for("numbering.index"))


def _page(typed_for: Series | None = None, typed: PatternForm | None = None) -> str:
    return render_template(
        "numbering/index.html",
        boxes=[_box(series, typed if series is typed_for else None) for series in Series],
    )


def _box(series: Series, typed: PatternForm | None) -> Box:
    pattern = pattern_of(web.db(), web.campaign(), series)
    form = typed or PatternForm(None, pattern=pattern)
    return Box(series, form, written(pattern, web.day().today.year, 1))
