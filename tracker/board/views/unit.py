"""A unit's page: its months and rates, its orders, what it has overdue."""

from flask import render_template

from tracker import web
from tracker.board.queries import gates, unit_row
from tracker.board.views.finding import blueprint, find_unit
from tracker.milestones.forms import OPENED
from tracker.milestones.rules import Light
from tracker.people.queries import liaisons
from tracker.reports.overview import MatrixRow, OwnMonth, own_months
from tracker.reports.queries import periods, reporting_unit, terms_of, urged_today
from tracker.reports.rules import Terms, refuse_urge
from tracker.reports.views.finding import months_asked_for
from tracker.supervision.queries import Filter, order_count, orders
from tracker.supervision.rules import is_late
from tracker.units.models import Unit

MOST_ORDERS = 10
"""Orders that the page lists; the others are on their own list."""


@blueprint.get("/units/<int:unit_id>")
@web.business_only
def unit(unit_id: int) -> str:
    """One unit, over the months `from` .. `to`."""
    found = find_unit(unit_id)
    session, campaign, day, me = web.db(), web.campaign(), web.day(), web.me()
    all_months = periods(session, campaign)
    asked = months_asked_for(all_months)
    present = terms_of(campaign, day)
    months = _months(found, {month.id for month in asked}, present)
    shown = [month.period for month in months]
    wanted = Filter(unit_id=found.id, has_drafts=me.role.is_office)
    late = Filter(unit_id=found.id, is_late=True)
    urged = {key[0] for key in urged_today(session, shown, present) if key[1] == found.id}
    return render_template(
        "board/unit.html",
        unit=found,
        liaisons=liaisons(session, [found.id]).get(found.id, []),
        row=unit_row(session, campaign, found, day),
        gates=gates(session, campaign),
        all_months=all_months,
        asked=asked,
        months=months,
        rates=MatrixRow(found, [month.status for month in months]),
        orders=orders(session, campaign, wanted, day.today, limit=MOST_ORDERS),
        order_count=order_count(session, campaign, wanted, day.today),
        late_order_count=order_count(session, campaign, late, day.today),
        is_late=lambda order: is_late(order, day.today),
        urged=urged if me.role.is_office else set(),
        to_urge={
            month.period.id
            for month in months
            if refuse_urge(month.status, me, is_urged=month.period.id in urged) is None
        },
        ledger={} if me.role.is_unit else {"unit": found.id},
        Light=Light,
        opened=OPENED,
    )


def _months(unit: Unit, asked: set[int], terms: Terms) -> list[OwnMonth]:
    """The unit's months among those asked for, the newest first; none where it owes no reports."""
    session, campaign = web.db(), web.campaign()
    if reporting_unit(session, campaign, unit.id) is None:
        return []
    return [month for month in own_months(session, campaign, unit, terms) if month.period.id in asked]
