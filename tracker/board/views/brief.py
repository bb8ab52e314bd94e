"""The leaders' page on one sheet of A4."""

from flask import render_template

from tracker import web
from tracker.board.brief import brief_of
from tracker.board.rail import numeral
from tracker.board.views.finding import blueprint
from tracker.milestones.choices import abouts_of
from tracker.milestones.rules import Light, delay
from tracker.people.queries import liaisons
from tracker.plan.rules import told


@blueprint.get("/board/brief")
@web.readers_only
def brief() -> str:
    """一页简报, to read and to print."""
    session, campaign, day = web.db(), web.campaign(), web.day()
    found = brief_of(session, campaign, day)
    return render_template(
        "board/brief.html",
        brief=found,
        campaign=campaign,
        day=day,
        now=web.clock().now(),
        numeral=numeral,
        liaisons=liaisons(session, [row.id for row in found.late_units]),
        delay=lambda first: delay(first, day),
        days_left=lambda last: day.calendar.working_days_between(day.today, last),
        told=told,
        abouts=abouts_of(session, campaign),
        Light=Light,
    )
