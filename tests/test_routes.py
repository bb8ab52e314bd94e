"""Every address, as every role and as nobody, with things of the own unit and of another: one table.

A new route needs a row here. `may` opens it at all, everybody else gets 403, or 409 with a reason (`told`),
or 404 because they have no such thing (`without`); `others` may do so with a thing of another unit too, the
rest of `may` get 404: for them it does not exist.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http.client import (
    BAD_REQUEST,
    CONFLICT,
    FORBIDDEN,
    FOUND,
    NOT_FOUND,
    OK,
    SEE_OTHER,
    UNPROCESSABLE_ENTITY,
)
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest
from docx import Document
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from tests.databases import RolledBackDatabase
from tests.files.samples import pdf
from tests.world import PASSWORD, PEOPLE, MovableClock
from tracker.appeals.actions import ask_waiver
from tracker.circulars.actions import draft as draft_circular
from tracker.circulars.actions import issue as issue_circular
from tracker.circulars.models import Circular
from tracker.config import Config
from tracker.db import Database
from tracker.evidence.actions import add as file_document
from tracker.evidence.actions import hand_in
from tracker.evidence.queries import slots_of
from tracker.files.actions import receive
from tracker.files.store import Store
from tracker.forgotten.actions import ask as ask_for_password
from tracker.forgotten.models import PasswordRequest
from tracker.milestones.models import Milestone
from tracker.milestones.rules import Day
from tracker.outbox.actions import queue
from tracker.outbox.mails import Mail
from tracker.people.models import User
from tracker.people.rules import Role
from tracker.plan.models import Campaign, Material
from tracker.reminders.models import Notice
from tracker.reminders.reading import renew_feed
from tracker.reminders.rules import NoticeKind
from tracker.reports.models import MonthlyReport, ReportPeriod, ReportScan, ReportVersion
from tracker.reports.rules import SentReport
from tracker.stationery.actions import set_template
from tracker.stationery.rules import DocumentKind
from tracker.summaries.actions import finalise as finalise_summary
from tracker.summaries.models import Summary
from tracker.supervision.actions import Words, draft, issue
from tracker.supervision.models import Order
from tracker.supervision.overdue import OverdueItem
from tracker.supervision.rules import Urgency
from tracker.units.models import Unit, UnitGroup
from tracker.workdays.queries import calendar_of

Roles = frozenset[Role]
EVERYBODY: Roles = frozenset(Role)
NOBODY: Roles = frozenset()
OFFICE: Roles = frozenset({Role.OFFICE, Role.OFFICE_ADMIN})
OFFICE_ADMIN: Roles = frozenset({Role.OFFICE_ADMIN})
READERS: Roles = OFFICE | {Role.LEADER, Role.REVIEWER}
UNITS: Roles = frozenset({Role.LIAISON, Role.UNIT_HEAD})
BUSINESS: Roles = READERS | UNITS
WRITERS: Roles = frozenset({Role.LIAISON})
FILERS: Roles = OFFICE | WRITERS
"""Liaisons for their own unit, the office for every one (代办)."""
HEADS: Roles = frozenset({Role.UNIT_HEAD})
LOOKERS_ON: Roles = HEADS | {Role.LEADER, Role.REVIEWER}
TOLD: Roles = frozenset({Role.LIAISON, Role.OFFICE})
"""Whose own notice, and nobody else's, is there."""
AUDITORS: Roles = frozenset({Role.AUDIT_ADMIN, Role.SECURITY_ADMIN})
MANAGERS: Roles = frozenset({Role.OFFICE_ADMIN, Role.SYSTEM_ADMIN})
"""Who makes, edits and stops accounts."""
GUARDS: Roles = frozenset({Role.OFFICE_ADMIN, Role.SECURITY_ADMIN})
"""Who gives passwords and ends sessions."""
SECURITY: Roles = frozenset({Role.SECURITY_ADMIN})


DONE = {OK, FOUND, SEE_OTHER, CONFLICT, UNPROCESSABLE_ENTITY}
"""The door was open; whether the form was complete or the state allowed it is another matter."""


@dataclass(frozen=True)
class Row:
    """Who may: at all, and with a thing of another unit (None: the address names no unit's thing)."""

    may: Roles
    others: Roles | None = None
    told: Roles = NOBODY
    without: Roles = NOBODY

    def expected(self, role: Role) -> set[int]:
        """What `role` gets with a thing of the own unit."""
        for roles, answers in ((self.may, DONE), (self.told, {CONFLICT}), (self.without, {NOT_FOUND})):
            if role in roles:
                return set(answers)
        return {FORBIDDEN}

    def expected_with_others(self, role: Role) -> set[int]:
        """What `role` gets with a thing of another unit."""
        if role in BUSINESS - (self.others or NOBODY):
            return {NOT_FOUND, FORBIDDEN} - ({FORBIDDEN} if role in self.may else set())
        return self.expected(role)


ASKING = Row(OFFICE | {Role.LIAISON}, others=OFFICE, told=LOOKERS_ON)
"""What a unit says of its own share of a task, or the office in its name."""
ORDERED = Row(OFFICE | {Role.LIAISON}, others=READERS, told=LOOKERS_ON)
"""What a unit does about an order, or the office in its name."""
ROUTES = {
    "appeals.acknowledge_all": Row(OFFICE | {Role.LIAISON}, told=HEADS),
    "appeals.acknowledge_one": ASKING,
    "appeals.ask_extension": ASKING,
    "appeals.ask_waiver": ASKING,
    "appeals.grant": Row(OFFICE, others=OFFICE),
    "appeals.grant_many": Row(OFFICE),
    "appeals.index": Row(BUSINESS),
    "appeals.new": ASKING,
    "appeals.object_to": ASKING,
    "appeals.refuse": Row(OFFICE, others=OFFICE),
    "appeals.refuse_many": Row(OFFICE),
    "appeals.show": Row(BUSINESS, others=READERS),
    "appeals.withdraw": ASKING,
    "assignments.hand_to": Row(OFFICE | WRITERS, others=READERS, told=LOOKERS_ON),
    "audit.check": Row(frozenset({Role.AUDIT_ADMIN})),
    "audit.export": Row(AUDITORS),
    "audit.index": Row(AUDITORS),
    "board.brief": Row(READERS),
    "board.show": Row(READERS),
    "board.unit": Row(BUSINESS, others=READERS),
    "board.units": Row(READERS),
    "circulars.create": Row(OFFICE),
    "circulars.discard": Row(OFFICE),
    "circulars.document": Row(BUSINESS),
    "circulars.edit": Row(OFFICE),
    "circulars.index": Row(BUSINESS),
    "circulars.issue": Row(OFFICE),
    "circulars.show": Row(BUSINESS),
    "circulars.update": Row(OFFICE),
    "comments.write": Row(OFFICE | UNITS, others=READERS, told=READERS - OFFICE),
    "desk.home": Row(EVERYBODY),
    "desk.row": Row(UNITS | OFFICE, others=OFFICE),
    "desk.show": Row(UNITS | OFFICE),
    "desk.task": Row(BUSINESS, others=READERS),
    "desk.submit": Row(FILERS, others=OFFICE, told=LOOKERS_ON),
    "desk.take_back": Row(FILERS, others=OFFICE, told=LOOKERS_ON),
    "evidence.accept": Row(OFFICE, others=OFFICE),
    "evidence.add": Row(FILERS, others=OFFICE, told=LOOKERS_ON),
    "evidence.add_version": Row(FILERS, others=READERS, told=LOOKERS_ON),
    "evidence.delete": Row(FILERS, others=READERS, told=LOOKERS_ON),
    "evidence.describe": Row(FILERS, others=READERS, told=LOOKERS_ON),
    "evidence.download": Row(BUSINESS, others=READERS),
    "evidence.hand_in": Row(FILERS, others=READERS, told=LOOKERS_ON),
    "evidence.place": Row(FILERS, others=READERS, told=LOOKERS_ON),
    "evidence.preview": Row(BUSINESS, others=READERS),
    "evidence.send_back": Row(OFFICE, others=OFFICE),
    "evidence.show": Row(BUSINESS, others=READERS),
    "evidence.take_out": Row(FILERS, others=READERS, told=LOOKERS_ON),
    "forgotten.answer": Row(GUARDS),
    "forgotten.dismiss": Row(GUARDS),
    "forgotten.index": Row(GUARDS),
    "handover.ask": Row(MANAGERS, others=MANAGERS),
    "handover.disable": Row(MANAGERS, others=MANAGERS),
    "handover.start_unit": Row(MANAGERS, others=MANAGERS),
    "handover.stop_unit": Row(MANAGERS, others=MANAGERS),
    "manual.show": Row(EVERYBODY),
    "merging.ask": Row(MANAGERS, others=MANAGERS),
    "merging.merge": Row(MANAGERS, others=MANAGERS),
    "milestones.accept": Row(OFFICE, others=OFFICE),
    "milestones.accept_many": Row(OFFICE),
    "milestones.close_backfills": Row(OFFICE),
    "milestones.export": Row(BUSINESS),
    "milestones.index": Row(BUSINESS),
    "milestones.move_live_on": Row(OFFICE_ADMIN),
    "milestones.reassign": Row(OFFICE, others=OFFICE),
    "milestones.return_many": Row(OFFICE),
    "milestones.send_back": Row(OFFICE, others=OFFICE),
    "milestones.submit_many": Row(FILERS),
    "milestones.take_back_many": Row(FILERS),
    "milestones.set_earlier_days": Row(OFFICE),
    "milestones.set_members": Row(OFFICE_ADMIN),
    "months.accept_many": Row(OFFICE),
    "months.export": Row(READERS),
    "months.export_lines": Row(READERS),
    "months.return_many": Row(OFFICE),
    "months.show": Row(READERS),
    "outbox.index": Row(OFFICE),
    "outbox.resend": Row(OFFICE_ADMIN, others=OFFICE_ADMIN),
    "outbox.show": Row(OFFICE, others=OFFICE),
    "people.account": Row(EVERYBODY),
    "people.begin_factor": Row(EVERYBODY),
    "people.confirm_factor": Row(EVERYBODY),
    "people.change_role": Row(SECURITY, others=SECURITY),
    "people.change_password": Row(EVERYBODY),
    "people.create_unit": Row(MANAGERS),
    "people.edit_unit": Row(MANAGERS, others=MANAGERS),
    "people.new_unit": Row(MANAGERS),
    "people.rename_unit": Row(MANAGERS, others=MANAGERS),
    "people.create": Row(MANAGERS),
    "people.edit": Row(MANAGERS | GUARDS, others=MANAGERS | GUARDS),
    "people.enable_waiting": Row(GUARDS),
    "people.end_others": Row(EVERYBODY),
    "people.end_sign_in": Row(NOBODY, without=EVERYBODY),
    "people.end_sign_ins": Row(GUARDS, others=GUARDS),
    "people.enable": Row(GUARDS, others=GUARDS),
    "people.import_check": Row(MANAGERS),
    "people.import_confirm": Row(MANAGERS),
    "people.import_form": Row(MANAGERS),
    "people.import_template": Row(MANAGERS),
    "people.index": Row(MANAGERS | GUARDS),
    "people.leaders": Row(MANAGERS),
    "people.new": Row(MANAGERS),
    "people.put_leaders": Row(MANAGERS),
    "people.password": Row(EVERYBODY),
    "people.remove_factor": Row(EVERYBODY),
    "people.remove_factor_of": Row(GUARDS, others=GUARDS),
    "people.renew_codes": Row(EVERYBODY),
    "people.second_factor": Row(EVERYBODY),
    "people.reset": Row(GUARDS, others=GUARDS),
    "people.sign_out": Row(EVERYBODY),
    "people.units": Row(MANAGERS | GUARDS),
    "people.update": Row(MANAGERS, others=MANAGERS),
    "plan.add_material": Row(OFFICE, others=OFFICE),
    "plan.breakdown": Row(BUSINESS),
    "plan.breakdown_document": Row(BUSINESS),
    "plan.choose": Row(BUSINESS),
    "plan.drop_material": Row(OFFICE, others=OFFICE),
    "plan.index": Row(BUSINESS),
    "plan.materials": Row(OFFICE, others=OFFICE),
    "plan.rename_material": Row(OFFICE, others=OFFICE),
    "plan.restore_material": Row(OFFICE, others=OFFICE),
    "plan.save_settings": Row(OFFICE_ADMIN),
    "plan.set_acceptance": Row(OFFICE_ADMIN),
    "plan.set_reporters": Row(OFFICE_ADMIN),
    "plan.settings": Row(OFFICE_ADMIN),
    "reminders.ladder": Row(OFFICE_ADMIN),
    "reminders.notices": Row(BUSINESS),
    "reminders.nudge": Row(OFFICE | WRITERS, others=READERS, told=LOOKERS_ON),
    "reminders.nudge_many": Row(OFFICE),
    "reminders.open_notice": Row(TOLD, others=NOBODY, without=BUSINESS - TOLD),
    "reminders.read_all": Row(BUSINESS),
    "reminders.renew_calendar": Row(BUSINESS),
    "reminders.urge_many": Row(OFFICE),
    "reminders.save_ladder": Row(OFFICE_ADMIN),
    "numbering.index": Row(OFFICE_ADMIN),
    "numbering.set_pattern": Row(OFFICE_ADMIN),
    "stationery.index": Row(OFFICE_ADMIN),
    "stationery.upload": Row(OFFICE_ADMIN),
    "stationery.download": Row(OFFICE_ADMIN),
    "stationery.drop": Row(OFFICE_ADMIN),
    "supervision.template": Row(OFFICE_ADMIN),
    "supervision.sample": Row(OFFICE_ADMIN),
    "circulars.template": Row(OFFICE_ADMIN),
    "circulars.sample": Row(OFFICE_ADMIN),
    "reports.template": Row(OFFICE_ADMIN),
    "reports.sample": Row(OFFICE_ADMIN),
    "reminders.save_webhook": Row(OFFICE_ADMIN),
    "reminders.try_webhook": Row(OFFICE_ADMIN),
    "reminders.webhook": Row(OFFICE_ADMIN),
    "search.show": Row(BUSINESS),
    "reports.drop_day": Row(OFFICE_ADMIN),
    "reports.enter_days": Row(OFFICE_ADMIN),
    "reports.enter_notice": Row(OFFICE_ADMIN),
    "reports.read_pasted": Row(OFFICE_ADMIN),
    "reports.working_days": Row(OFFICE_ADMIN),
    "reports.abandon": Row(WRITERS, told=HEADS, without=READERS),
    "reports.accept": Row(OFFICE, others=OFFICE),
    "reports.add_scan": Row(WRITERS, told=HEADS, without=READERS),
    "reports.approve": Row(HEADS, told=WRITERS, without=READERS),
    "reports.correct": Row(WRITERS, told=HEADS, without=READERS),
    "reports.export_matrix": Row(READERS),
    "reports.index": Row(BUSINESS),
    "reports.offline_form": Row(WRITERS, told=HEADS, without=READERS),
    "reports.offline_upload": Row(WRITERS, told=HEADS, without=READERS),
    "reports.own": Row(BUSINESS),
    "reports.paper": Row(BUSINESS, others=READERS),
    "reports.paper_workbook": Row(BUSINESS, others=READERS),
    "reports.paper_document": Row(BUSINESS, others=READERS),
    "reports.save": Row(WRITERS, told=HEADS, without=READERS),
    "reports.scan": Row(BUSINESS, others=READERS),
    "reports.send_back": Row(OFFICE, others=OFFICE),
    "reports.send_down": Row(HEADS, told=WRITERS, without=READERS),
    "reports.set_reporting": Row(OFFICE_ADMIN),
    "reports.show": Row(BUSINESS, others=READERS),
    "reports.take_back": Row(WRITERS, told=HEADS, without=READERS),
    "reports.submit": Row(WRITERS, told=HEADS, without=READERS),
    "summaries.add_sending": Row(OFFICE),
    "summaries.create": Row(OFFICE),
    "summaries.discard": Row(OFFICE),
    "summaries.document": Row(READERS),
    "summaries.edit": Row(OFFICE),
    "summaries.finalise": Row(OFFICE),
    "summaries.index": Row(READERS),
    "summaries.refresh": Row(OFFICE),
    "summaries.show": Row(READERS),
    "summaries.update": Row(OFFICE),
    "summaries.workbook": Row(READERS),
    "supervision.acknowledge": ORDERED,
    "supervision.add_contact": Row(OFFICE),
    "supervision.ask_extension": ORDERED,
    "supervision.choose": Row(OFFICE),
    "supervision.close": Row(OFFICE, others=OFFICE),
    "supervision.create": Row(OFFICE),
    "supervision.discard": Row(OFFICE, others=OFFICE),
    "supervision.document": Row(BUSINESS, others=READERS),
    "supervision.edit": Row(OFFICE, others=OFFICE),
    "supervision.grant_extension": Row(OFFICE, others=OFFICE),
    "supervision.index": Row(BUSINESS),
    "supervision.issue": Row(OFFICE, others=OFFICE),
    "supervision.new": Row(OFFICE),
    "supervision.overdue": Row(BUSINESS),
    "supervision.refuse_extension": Row(OFFICE, others=OFFICE),
    "supervision.reply": ORDERED,
    "supervision.send_back": Row(OFFICE, others=OFFICE),
    "supervision.show": Row(BUSINESS, others=READERS),
    "supervision.update": Row(OFFICE, others=OFFICE),
}
OPEN = {
    "static", "people.healthz", "people.sign_in", "people.enter", "people.enter_code", "reminders.calendar",
    "forgotten.ask_form", "forgotten.ask", "forgotten.new_password", "forgotten.set_password",
    "operations.readyz", "operations.figures", "people.oidc_start", "people.oidc_return",
}  # fmt: skip
"""The only addresses that ask nobody to sign in."""

SHORT = {"text": "没有哪一项任务写着这些字"}
"""Keeps lists and exports short: this is about doors."""
NAMES_ITS_UNIT = {"evidence.add", "supervision.create", "supervision.new"}
"""Addresses that name no unit: the one that is meant comes with the form."""
FIRST_OF_ROLE = {role: name for name, _, role in reversed(PEOPLE)}
STRANGERS = "芒康县"
UNIT_NAMES = {"市食安办", "市农业农村局", STRANGERS}


@pytest.fixture
def things(session: Session, clock: MovableClock, config: Config) -> dict[str, dict[str, Any]]:
    """By unit: what the addresses name."""
    campaign = session.scalars(select(Campaign)).one()
    period = session.scalars(
        select(ReportPeriod).where(ReportPeriod.month == campaign.report_first_month)
    ).one()
    anything = {
        "filename": "tracker.css",
        "sign_in_id": 2**30,  # nobody has another's
        "request_id": _request(session, clock).id,
        "slug": campaign.slug,
        "kind": "report",
        "month": f"{period.month:%Y-%m}",
        "period_id": period.id,
        "circular_id": _circular(session, campaign, period, clock).id,
        "summary_id": _summary(session, campaign, period, clock).id,
        "group_id": session.scalars(select(UnitGroup.id).limit(1)).one(),
    }
    _set_template(session, campaign, Store(config.data_dir), clock.now())
    units = session.scalars(select(Unit).where(Unit.short.in_(UNIT_NAMES))).all()
    found = {unit.short: {**anything, **_things_of(session, unit, period, clock.now())} for unit in units}
    for own in found.values():
        ids = own["milestone_id"], own["user_id"], own["report_id"]
        own |= _document_of(session, Store(config.data_dir), *ids, clock.now())
    for name in ("unit_id", "scan_id"):  # the office owes no report
        found["市食安办"][name] = found["市农业农村局"][name]
    session.commit()
    return found


def test_every_route_opens_to_those_of_the_table_alone(
    app: Flask, database: RolledBackDatabase, things: dict[str, dict[str, Any]]
) -> None:
    routes = {rule.endpoint: rule for rule in app.url_map.iter_rules()}
    assert set(ROUTES) | OPEN == set(routes), "each route has a row in the table above, each row a route"
    doors = Doors(app, database, things)
    wrong = [line for name, rule in routes.items() for line in doors.wrong_answers(name, rule)]
    assert not wrong, "\n".join(wrong)


def test_no_form_is_taken_without_its_token(
    app: Flask, database: RolledBackDatabase, things: dict[str, dict[str, Any]]
) -> None:
    doors = Doors(app, database, things)
    app.config["WTF_CSRF_ENABLED"] = True
    posts = {rule.endpoint: rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    answers = {name: doors.answer_without_token(rule) for name, rule in posts.items()}
    assert len(answers) > 20
    for name in ("people.enter", "people.enter_code"):
        assert answers.pop(name) == SEE_OTHER, "an old sign-in page is shown afresh"
    assert set(answers.values()) == {BAD_REQUEST}, answers


class Doors:
    """Tries addresses as somebody, and undoes what came of it."""

    def __init__(self, app: Flask, database: RolledBackDatabase, things: dict[str, dict[str, Any]]) -> None:
        self._app, self._database, self._things = app, database, things
        self._units = {name: unit for name, unit, _ in PEOPLE}
        self._cookies = {role: self._sign_in(name) for role, name in FIRST_OF_ROLE.items()}

    def wrong_answers(self, endpoint: str, rule: Rule) -> Iterator[str]:
        status, goes_to = self._try(rule, self._things[STRANGERS], None)
        if endpoint in OPEN:
            if status not in DONE:
                yield f"{endpoint} as nobody: {status}"
            return
        if status != SEE_OTHER or not goes_to.startswith("/sign-in"):
            yield f"{endpoint} as nobody: {status}, expected the way to the sign-in page"
        for role in Role:
            yield from self._wrong_answers_for(role, endpoint, rule)

    def answer_without_token(self, rule: Rule) -> int:
        """What a form of no page of ours gets, sent by somebody who may come in."""
        role = next(
            (role for role in Role if rule.endpoint in ROUTES and role in ROUTES[rule.endpoint].may), None
        )
        status, _ = self._try(
            rule, self._things[self._units[FIRST_OF_ROLE[role]] if role else STRANGERS], role
        )
        return status

    def send(self, rule: Rule, role: Role, typed: dict[str, str]) -> tuple[int, str]:
        """What `role` gets for a form, or an address, with their own things and these words in it."""
        values = self._things[self._units[FIRST_OF_ROLE[role]]]
        method, built = self._address(rule, values)
        if method == "GET":
            built += f"{'&' if '?' in built else '?'}{urlencode(typed)}"
        client = self._app.test_client()
        client.set_cookie("tracker", self._cookies[role])
        with _undone(self._database):
            answer = client.open(built, method=method, data=typed if method == "POST" else None)
            page = answer.get_data().decode(errors="replace")
        answer.close()
        return answer.status_code, page

    def _wrong_answers_for(self, role: Role, endpoint: str, rule: Rule) -> Iterator[str]:
        row, own = ROUTES[endpoint], self._things[self._units[FIRST_OF_ROLE[role]]]
        cases = [("the own", own, row.expected(role))]
        if row.others is not None:
            cases.append(("another unit's", self._things[STRANGERS], row.expected_with_others(role)))
        for whose, values, expected in cases:
            status, _ = self._try(rule, values, role, is_fragment=role not in row.may)
            if status not in expected:
                yield f"{endpoint} as {role} with {whose}: {status}, expected {sorted(map(int, expected))}"

    def _try(
        self, rule: Rule, values: dict[str, Any], role: Role | None, *, is_fragment: bool = False
    ) -> tuple[int, str]:
        """What comes of a request: its status, and where it leads.

        Args:
            is_fragment: htmx asks; a refusal then is a sentence, and not a page of its own.
        """
        method, built = self._address(rule, values)
        client = self._app.test_client()
        if role:
            client.set_cookie("tracker", self._cookies[role])
        with _undone(self._database):
            answer = client.open(built, method=method, headers={"HX-Request": "true"} if is_fragment else {})
            answer.get_data()
        answer.close()
        return answer.status_code, answer.headers.get("Location", "")

    def _address(self, rule: Rule, values: dict[str, Any]) -> tuple[str, str]:
        """How a route is asked, and at which address for these things."""
        method = "POST" if "POST" in (rule.methods or ()) else "GET"
        unit = {"unit": values["whose_id"]} if rule.endpoint in NAMES_ITS_UNIT else {}
        with self._app.test_request_context():
            arguments = {name: values[name] for name in rule.arguments} | SHORT | unit
            return method, self._app.url_map.bind("localhost").build(rule.endpoint, arguments, method)

    def _sign_in(self, username: str) -> str:
        client = self._app.test_client()
        answer = client.post("/sign-in", data={"username": username, "password": PASSWORD})
        cookie = client.get_cookie("tracker")
        assert answer.status_code == SEE_OTHER
        assert cookie is not None
        return cookie.value


@contextmanager
def _undone(database: RolledBackDatabase) -> Iterator[Database]:
    savepoint = database._connection.begin_nested()
    try:
        yield database
    finally:
        savepoint.rollback()


def _things_of(session: Session, unit: Unit, period: ReportPeriod, at: datetime) -> dict[str, Any]:
    """What a unit has: a share of a task (of no other unit here), a person, a mail, a report, an appeal."""
    shared = select(Milestone.task_id).join(Unit).where(Unit.short != unit.short, Unit.short.in_(UNIT_NAMES))
    milestone = session.scalars(
        select(Milestone)
        .where(Milestone.unit_id == unit.id, Milestone.task_id.not_in(shared))
        .order_by(Milestone.id)
        .limit(1)
    ).first()
    user = session.scalars(
        select(User).where(User.unit_id == unit.id, User.role.in_(UNITS | OFFICE)).order_by(User.id)
    ).first()
    assert milestone is not None, unit.short
    assert user is not None
    message = queue(
        session, f"test:{unit.id}", Mail("提醒", "正文", "<p>正文</p>"), user_id=user.id,
        address=user.email, jurisdiction_id=unit.jurisdiction_id, at=at,
    )  # fmt: skip
    report = MonthlyReport(period_id=period.id, unit_id=unit.id)
    sent = SentReport(unit.name, period.name, user.name, user.phone, ())
    report.versions.append(ReportVersion(number=1, at=at, by_id=user.id, content=sent.as_json()))
    session.add(report)
    appeal = ask_waiver(session, milestone, "没有这样的业态", by=user, at=at)
    order = _order_to(session, unit, milestone, at)
    session.flush()
    return {
        "series": "order",
        "day": "2024-05-01",
        "order_id": order.id,
        "milestone_id": milestone.id,
        "assignment_id": milestone.assignment_id,
        "appeal_id": appeal.id,
        "task_id": milestone.task_id,
        "material_id": session.scalars(
            select(Material.id).where(Material.task_id == milestone.task_id).limit(1)
        ).one(),
        "unit_id": unit.id,
        "whose_id": unit.id,
        "user_id": user.id,
        "message_id": message.id,
        "notice_id": _notice_of(session, milestone, user, at).id,
        "token": renew_feed(session, user, at=at).token,
        "report_id": report.id,
    }


def _notice_of(session: Session, milestone: Milestone, user: User, at: datetime) -> Notice:
    """What the person was told of the milestone."""
    notice = Notice(
        campaign_id=milestone.campaign_id, kind=NoticeKind.MILESTONE, object_id=milestone.id,
        late_from=milestone.late_from, rung=0, user_id=user.id, at=at, text="今天到期", url="/tasks/1",
    )  # fmt: skip
    session.add(notice)
    session.flush()
    return notice


def _request(session: Session, clock: MovableClock) -> PasswordRequest:
    """Somebody cannot sign in."""
    ask_for_password(session, "karuo", can_mail=False, at=clock.now(), today=clock.today())
    return session.scalars(select(PasswordRequest)).one()


def _circular(session: Session, campaign: Campaign, period: ReportPeriod, clock: MovableClock) -> Circular:
    """A circular that everybody may read."""
    office, at = session.scalars(select(User).where(User.role == Role.OFFICE)).first(), clock.now()
    assert office is not None
    day = Day(at.date(), calendar_of(session, campaign.jurisdiction_id))
    circular = draft_circular(session, campaign, period, by=office, at=at, day=day)
    issue_circular(session, circular, by=office, at=at)
    return circular


def _set_template(session: Session, campaign: Campaign, store: Store, at: datetime) -> None:
    """The office's own layout of the report's form."""
    content = BytesIO()
    Document().save(content)
    by = session.scalars(select(User).where(User.role == Role.OFFICE_ADMIN)).one()
    received = receive(store, "月报表.docx", content, most_bytes=10**6)
    set_template(session, campaign, DocumentKind.REPORT, received, by=by, at=at)


def _summary(session: Session, campaign: Campaign, period: ReportPeriod, clock: MovableClock) -> Summary:
    """A summary that all who read everything may read."""
    office = session.scalars(select(User).where(User.role == Role.OFFICE)).first()
    assert office is not None
    summary = Summary(
        campaign=campaign, period=period, title="报告", addressee="市政府", opening="情况如下", items=[],
        figures={"reported": [], "lacking": []}, as_of=clock.now(), drafted_by_id=office.id,
    )  # fmt: skip
    session.add(summary)
    session.flush()
    finalise_summary(session, summary, by=office, at=clock.now())
    return summary


def _order_to(session: Session, unit: Unit, milestone: Milestone, at: datetime) -> Order:
    """An order that the unit has to answer."""
    office = session.scalars(select(User).where(User.role == Role.OFFICE).order_by(User.id)).first()
    campaign = session.get_one(Campaign, milestone.campaign_id)
    assert office is not None
    words = Words("逾期事项", "", "请抓紧办理", Urgency.NORMAL, "高某某", at.date())
    item = OverdueItem("逾期", at.date(), 1, milestone_id=milestone.id)
    order = draft(session, campaign, unit, words, [item], by=office, at=at, today=at.date())
    issue(session, order, by=office, at=at)
    return order


def _document_of(
    session: Session, store: Store, milestone_id: int, user_id: int, report_id: int, at: datetime
) -> dict[str, Any]:
    """A document that the unit has handed in under its share."""
    milestone, user = session.get_one(Milestone, milestone_id), session.get_one(User, user_id)
    received = receive(store, "台账.pdf", BytesIO(pdf(milestone.unit.short)), most_bytes=1024)
    slots = slots_of(session, milestone.task_id)[:1]
    evidence = file_document(
        session, milestone.assignment, received, slots, by=user, at=at, today=at.date()
    ).evidence
    hand_in(session, evidence, by=user, at=at, version=None)
    return {
        "scan_id": _scan_of(session, evidence.file_id, report_id, user_id, at),
        "evidence_id": evidence.id,
        "placement_id": evidence.placements[0].id,
        "assignment_id": milestone.assignment_id,
    }


def _scan_of(session: Session, file_id: int, report_id: int, user_id: int, at: datetime) -> int:
    """The stamped form of the unit's report."""
    scan = ReportScan(
        report_id=report_id, number=1, file_id=file_id, file_name="月报表.pdf", at=at, by_id=user_id
    )
    session.add(scan)
    session.flush()
    return scan.id
