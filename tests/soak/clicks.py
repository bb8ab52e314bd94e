"""What one person clicks, as locust runs it: `tests/soak/rush.py` starts it with the accounts in SOAK_PEOPLE
and the seconds between two clicks in SOAK_PAUSE."""

import json
import os
import random
from typing import Any

from locust import HttpUser, between, task

from tests.files.samples import PDF
from tests.soak.pages import forms, links, typed
from tests.world import PASSWORD

PEOPLE: dict[str, list[str]] = json.loads(os.environ["SOAK_PEOPLE"])
PAUSE: tuple[float, float] = json.loads(os.environ["SOAK_PAUSE"])
SIGN_IN = "/sign-in"
LATE = 409
"""Somebody of the same unit was quicker: the page says so, and it is no fault."""
WORDS = ("应急预案", "台账", "食用农产品", "培训", "耕地")


class Person(HttpUser):
    """Somebody who is signed in, and thinks between two clicks."""

    abstract = True
    wait_time = between(*PAUSE)
    how = ""

    def on_start(self) -> None:
        """Sign in."""
        username = PEOPLE[self.how].pop()
        ((_, fields),) = forms(self.client.get(SIGN_IN, name="sign-in page").text, SIGN_IN)
        self.send("sign in", SIGN_IN, fields | {"username": username, "password": PASSWORD})

    def look(self, name: str, path: str) -> str:
        """Open a page, and read it."""
        with self.client.get(path, name=name, catch_response=True) as answer:
            if answer.url.endswith(SIGN_IN):
                answer.failure("not signed in")
        self.think()
        return str(answer.text)

    def send(self, name: str, path: str, fields: dict[str, str], **others: Any) -> None:
        """Send a form, and see the page to which it leads."""
        with self.client.post(path, data=fields, name=name, catch_response=True, **others) as answer:
            if answer.status_code == LATE:
                answer.success()
        self.think()

    def think(self) -> None:
        """Read what is there, and decide what to do next."""
        self.wait()  # type: ignore[no-untyped-call]

    @task(2)
    def look_something_up(self) -> None:
        self.look("search", f"/search?q={random.choice(WORDS)}")

    @task(1)
    def see_the_ledger(self) -> None:
        self.look("ledger", "/milestones")
        self.look("ledger, late", "/milestones?light=late")


class Liaison(Person):
    """联络员: ticks, files, writes the month's report."""

    how = "liaison"
    fixed_count = len(PEOPLE["liaison"])

    @task(5)
    def do_a_task(self) -> None:
        """From the desk to a task: tick it, or take the tick back, and file a document."""
        tasks = links(self.look("desk", "/desk"), r"/tasks/\d+[^\"]*")
        if not tasks:
            return
        page = self.look("task page", random.choice(tasks))
        for where, fields in forms(page, r"/milestones/\d+/(?:submission|withdrawal)")[:1]:
            self.send("tick", where, fields)
        shelves = forms(page, r"/tasks/\d+/evidence")
        if shelves and random.random() < 0.5:
            where, fields = random.choice(shelves)
            content = PDF + random.randbytes(20_000)
            name = f"材料{random.randrange(1000)}.pdf"
            self.send("upload", where, fields, files={"file": (name, content, "application/pdf")})

    @task(3)
    def write_the_report(self) -> None:
        """The draft saves itself while one types, is saved, and goes in the end."""
        own = links(self.look("own months", "/reports"), r"/reports/\d+")
        if not own:
            return
        path = own[-1]
        for name, step, headers in (
            ("report, autosave", "draft", {"HX-Request": "true"}),
            ("report, autosave", "draft", {"HX-Request": "true"}),
            ("report, save", "draft", {}),
            ("report, submit", "submission", {}),
        ):
            page = self.look("report", path)
            found = forms(page, r"/reports/\d+/draft")
            if not found:
                return  # it has gone
            fields = found[0][1] | dict.fromkeys(typed(page), f"已部署 {random.randrange(100)}")
            self.send(name, f"{path}/{step}", fields, headers=headers)


class Office(Person):
    """市食安办: sees who has reported, and how the units are getting on."""

    how = "office"
    fixed_count = len(PEOPLE["office"])

    @task(4)
    def see_the_month(self) -> None:
        self.look("matrix", "/reports")
        reports = links(self.look("month", "/reports/month/2024-03"), r"/reports/\d+/units/\d+")
        if reports:
            self.look("report, read", random.choice(reports))

    @task(3)
    def see_the_board(self) -> None:
        self.look("board", "/board")
        tasks = links(self.look("ledger, to review", "/milestones?light=review"), r"/tasks/\d+[^\"]*")
        if tasks:
            self.look("task page (office)", random.choice(tasks))


class Reader(Person):
    """Leaders, heads of units, reviewers: read."""

    how = "reader"
    fixed_count = len(PEOPLE["reader"])

    @task(4)
    def read(self) -> None:
        self.look("first page", "/")
        self.look("reports", "/reports")
