"""The parts of the load: who comes, what they find on the pages, and how the figures are read."""

from collections.abc import Callable
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.soak.pages import forms, links, typed
from tests.soak.rush import ROLES, people_the_city, read, shared_out
from tests.world import MovableClock
from tracker.milestones.models import Milestone
from tracker.milestones.rules import State
from tracker.people.models import User
from tracker.plan.models import Campaign
from tracker.reports.queries import reporting_units

SignIn = Callable[[str], FlaskClient]


def test_every_reporting_unit_has_somebody_who_works(session: Session) -> None:
    people = people_the_city(session)
    campaign = session.scalars(select(Campaign)).one()
    names = [name for name, how in people if how == "liaison"]
    units = set(session.scalars(select(User.unit_id).where(User.username.in_(names))))
    assert units >= {unit.id for unit in reporting_units(session, campaign)}
    shared = shared_out(people, 2 * len(people))
    assert sorted(shared) == sorted(set(ROLES.values()))
    assert sum(map(len, shared.values())) == 2 * len(people)


def test_a_liaison_finds_a_task_its_tick_and_its_shelves(sign_in: SignIn, session: Session) -> None:
    client = sign_in("nongye")
    page = client.get(links(client.get("/desk").text, r"/tasks/\d+[^\"]*")[0]).text
    where, fields = forms(page, r"/milestones/\d+/submission")[0]
    shelf, placed = forms(page, r"/tasks/\d+/evidence")[0]
    assert "material" in placed
    assert client.post(where, data=fields).status_code == 303
    milestone = session.get_one(Milestone, int(where.split("/")[2]))
    assert milestone.state is State.SUBMITTED
    assert shelf.startswith("/tasks/")


def test_a_liaison_finds_the_report_and_fills_it(sign_in: SignIn, clock: MovableClock) -> None:
    client = sign_in("nongye")
    path = links(client.get("/reports").text, r"/reports/\d+")[-1]
    page = client.get(path).text
    ((where, fields),) = forms(page, r"/reports/\d+/draft")
    assert where == f"{path}/draft"
    filled = fields | dict.fromkeys(typed(page), "已部署")
    assert client.post(f"{path}/submission", data=filled).status_code == 303
    assert forms(client.get(path).text, r"/reports/\d+/draft") == []


def test_the_figures_are_those_of_the_files(tmp_path: Path) -> None:
    head = "Type,Name,Request Count,Failure Count,Median Response Time,Max Response Time,95%\n"
    (tmp_path / "rush_stats.csv").write_text(
        f"{head}GET,desk,90,0,40,100.5,80\nPOST,tick,10,1,60,900,500\n,Aggregated,100,1,45,900,310\n"
    )
    (tmp_path / "rush_failures.csv").write_text(
        "Method,Name,Error,Occurrences\nPOST,tick,503 Server Error,1\n"
    )
    (tmp_path / "rush_exceptions.csv").write_text("Count,Message,Traceback,Nodes\n")
    done = read(tmp_path / "rush")
    assert [page.name for page in done.pages] == ["desk", "tick", "Aggregated"]
    assert done.whole.count == 100
    assert done.faults == ["tick: 503 Server Error (1)", "p95 is 310 ms, not under 300 ms"]
    assert "| tick | 10 | 1 | 60 | 500 | 900 |" in done.table()
