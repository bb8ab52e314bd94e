"""催报 over HTTP: from the matrix, from a month's list, or from a unit's page."""

from collections import defaultdict

from flask import flash, request, url_for

from tracker import web
from tracker.forms import whole_number
from tracker.reminders import mails
from tracker.reminders.urging import Outcome, urge_reports
from tracker.reminders.views.inbox import blueprint
from tracker.reports.models import ReportPeriod
from tracker.reports.queries import periods, terms_of

MOST_NAMED = 6
"""Reports that the message names; of more it gives the number."""


@blueprint.post("/reports/urges")
@web.office_only
def urge_many() -> web.Answer:
    """催报 the units that the form names, each with its month: 12.34 12.35."""
    chosen, outcome = _chosen(), Outcome()
    for period, unit_ids in chosen.items():
        found = _urge(period, unit_ids)
        outcome.urged += found.urged
        outcome.refused += found.refused
    web.db().commit()
    _tell(outcome)
    return web.see_other(web.back_to(url_for("reports.index")))


def _urge(period: ReportPeriod, unit_ids: set[int]) -> Outcome:
    campaign, day = web.campaign(), web.day()
    head = mails.letterhead([campaign], web.core().config.base_url, day.today)
    return urge_reports(
        web.db(), campaign, period, unit_ids,
        by=web.me(), at=web.clock().now(), terms=terms_of(campaign, day), head=head,
    )  # fmt: skip


def _chosen() -> dict[ReportPeriod, set[int]]:
    """Units by month; what is no month of the campaign is left out."""
    months = {month.id: month for month in periods(web.db(), web.campaign())}
    found: dict[ReportPeriod, set[int]] = defaultdict(set)
    for pair in " ".join(request.form.getlist("owing")).split():
        period_id, unit_id = map(whole_number, pair.partition(".")[::2])
        if period_id in months and unit_id:
            found[months[period_id]].add(unit_id)
    return found


def _tell(outcome: Outcome) -> None:
    if outcome.urged:
        names = [f"{one.unit.short} {one.period.name}" for one in outcome.urged]
        flash(f"已催报：{names_or_count(names)}；邮件写入提醒发件箱", "ok")
    for owing, reason in outcome.refused:
        flash(f"{owing.unit.short} {owing.period.name} 没有催报：{reason}", "error")
    if not outcome.urged and not outcome.refused:
        flash("没有选中要催报的单位", "error")


def names_or_count(names: list[str]) -> str:
    """A few names one by one; of many the first, and how many reports they are."""
    return "、".join(names) if len(names) <= MOST_NAMED else f"{names[0]} 等 {len(names)} 份"
