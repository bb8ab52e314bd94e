"""What is asked for: each page and each step as the load's job."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from tests.bench.browser import Browser
from tests.bench.growth import LIAISON, OFFICE, TODAY, UNIT
from tests.bench.load import WARM_UP, Job
from tests.bench.processes import Running
from tracker.assignments.models import Assignment
from tracker.db import Database
from tracker.milestones.models import Milestone
from tracker.milestones.rules import State
from tracker.plan.rules import PartyRole
from tracker.units.models import Unit

BARE_PAGE, BARE_UPDATE = "bare page", "bare update"
SIGN_IN, DESK, OVERDUE, TASK = "sign-in page", "desk", "overdue list", "task page"
TASK_OFFICE, BOARD, TICK = "task page (office)", "board", "tick"
MEASURED_AGAINST = {
    SIGN_IN: BARE_PAGE, DESK: BARE_PAGE, OVERDUE: BARE_PAGE, TASK: BARE_PAGE, TICK: BARE_UPDATE,
}  # fmt: skip
PAGED = (DESK, OVERDUE)
ROWS = {DESK: 'class="task"', OVERDUE: 'href="/tasks/'}
"""What each of the 50 rows of a page holds exactly once."""
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Pace:
    """How long one measurement lasts at most, and how many requests it makes at most."""

    seconds: float
    most_requests: int


Maker = Callable[[int, Pace], Job]
"""Makes the job for so many connections."""


def cases(database: Database, bare: Running, ours: Running) -> dict[str, Maker]:
    """Every case by its name, in the order of the table."""
    liaison, office = Browser(ours.port, LIAISON), Browser(ours.port, OFFICE)
    task = _first_task(liaison)
    return {
        BARE_PAGE: _page(bare.port, "/page", None),
        SIGN_IN: _page(ours.port, "/sign-in", None),
        DESK: _page(ours.port, _with_rows(liaison, "/desk", ROWS[DESK]), liaison),
        OVERDUE: _page(ours.port, _with_rows(office, "/milestones?light=late", ROWS[OVERDUE]), office),
        TASK: _page(ours.port, task, liaison),
        TASK_OFFICE: _page(ours.port, task, office),
        BOARD: _page(ours.port, "/board", office),
        BARE_UPDATE: lambda connections, pace: _updates(database, bare.port, connections, pace),
        TICK: lambda connections, pace: _ticks(database, ours.port, liaison, connections, pace),
    }


def workbook(ours: Running) -> Job:
    """The whole ledger as XLSX, once."""
    headers = Browser(ours.port, OFFICE).headers()
    return Job(ours.port, [[("GET", "/milestones.xlsx", "")]], headers, 200, 0, 1, warm_up=0)


def _page(port: int, path: str, reader: Browser | None) -> Maker:
    def make(connections: int, pace: Pace) -> Job:
        headers = reader.headers() if reader else {}
        return Job(port, [[("GET", path, "")]] * connections, headers, 200, pace.seconds, pace.most_requests)

    return make


def _updates(database: Database, port: int, connections: int, pace: Pace) -> Job:
    with database.session() as session:
        others = session.scalars(
            select(Milestone.id)
            .where(Milestone.state == State.ACCEPTED)
            .order_by(Milestone.id)
            .limit(connections)
        ).all()
    targets = [[("POST", f"/update/{number}", "")] for number in others]
    return Job(port, targets, FORM, 303, pace.seconds, pace.most_requests)


def _ticks(database: Database, port: int, liaison: Browser, connections: int, pace: Pace) -> Job:
    """Each connection ticks a milestone of its own, and takes the tick back."""
    with database.session() as session:
        rows = _tickable(session, connections)
    count = WARM_UP + pace.most_requests // connections
    targets = [_turns(row, liaison.token, count) for row in rows]
    return Job(port, targets, liaison.headers(), 303, pace.seconds, pace.most_requests)


def _tickable(session: Session, count: int) -> list[Row[int, State, int]]:
    """The first milestones that the unit has ticked and may take back, or may tick."""
    found = session.execute(
        select(Milestone.id, Milestone.state, Milestone.version)
        .join(Assignment, Assignment.id == Milestone.assignment_id)
        .join(Unit, Unit.id == Milestone.unit_id)
        .where(
            Unit.short == UNIT,
            Assignment.role == PartyRole.LEAD,
            Milestone.state.in_((State.OPEN, State.SUBMITTED)),
            Milestone.opens_on <= TODAY,
            Milestone.due_on > TODAY,
            Milestone.is_waiting.is_(False),
        )
        .order_by(Milestone.id)
        .limit(count)
    ).all()
    if len(found) < count:
        raise RuntimeError(f"the unit has only {len(found)} milestones to tick")
    return list(found)


def _turns(row: Row[int, State, int], token: str, count: int) -> list[tuple[str, str, str]]:
    number, state, version = row
    is_ticked = state is State.SUBMITTED
    turns = []
    for turn in range(count):
        step = "withdrawal" if is_ticked else "submission"
        form = {"csrf_token": token, "version": version + turn, "back": "/desk"}
        turns.append(("POST", f"/milestones/{number}/{step}", urlencode(form)))
        is_ticked = not is_ticked
    return turns


def _with_rows(reader: Browser, path: str, row: str) -> str:
    """`path`, once it is certain that the page shows 50 rows."""
    count = reader.get(path).count(row)
    if count != 50:
        raise RuntimeError(f"{path} shows {count} rows, not 50")
    return path


def _first_task(liaison: Browser) -> str:
    found = re.search(r"/tasks/\d+", liaison.get("/desk"))
    if found is None:
        raise RuntimeError("no task on the desk")
    return found[0]
