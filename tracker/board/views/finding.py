"""The blueprint, and the units that a person may see."""

from flask import Blueprint, abort

from tracker import web
from tracker.units.models import Unit

blueprint = Blueprint("board", __name__)


def find_unit(unit_id: int) -> Unit:
    """The own unit; for who reads all any of the jurisdiction, or 404."""
    me = web.me()
    unit = web.db().get(Unit, unit_id) if me.role.reads_all or unit_id == me.unit_id else None
    if unit is None or unit.jurisdiction_id != me.unit.jurisdiction_id:
        abort(404)
    return unit
