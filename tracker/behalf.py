"""代办: whose work is in hand: one's own unit's, or for the office the unit that the address names."""

from flask import abort, g, request
from sqlalchemy import select

from tracker import web
from tracker.forms import whole_number
from tracker.units.models import Unit


def unit_in_hand() -> Unit:
    """The unit for which the signed-in person works on this page.

    Raises:
        NotFound: the address or the form names a unit that is not theirs to act for.
    """
    if "unit_in_hand" not in g:
        g.unit_in_hand = _find(whole_number(request.values.get("unit")))
    unit: Unit = g.unit_in_hand
    return unit


def is_on_behalf() -> bool:
    """Whether that is another unit than one's own."""
    return unit_in_hand().id != web.me().unit_id


def _find(unit_id: int | None) -> Unit:
    me = web.me()
    if unit_id in (None, me.unit_id):
        return me.unit
    if not me.role.is_office:
        abort(404)
    wanted = select(Unit).where(Unit.id == unit_id, Unit.jurisdiction_id == me.unit.jurisdiction_id)
    return web.db().scalar(wanted) or abort(404)
