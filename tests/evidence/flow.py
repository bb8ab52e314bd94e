"""Anybody does anything in any order: the machine behind `test_flow.py`, which `dev.py soak` runs longer."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import ColumnElement, func, select

from tests.databases import Stock, rolled_back
from tests.files.samples import pdf
from tests.world import city_moment
from tracker.assignments.models import Assignment
from tracker.assignments.rules import may_act_for
from tracker.desk.queries import View, desk, plan_of
from tracker.errors import Refused
from tracker.events.models import Event
from tracker.evidence import actions as evidence_actions
from tracker.evidence.actions import Description
from tracker.evidence.models import Evidence, EvidenceVersion, Placement
from tracker.evidence.queries import slots_of
from tracker.evidence.rules import EvidenceState
from tracker.files.actions import Received, receive
from tracker.files.models import StoredFile
from tracker.files.store import Store, digest
from tracker.milestones import actions
from tracker.milestones.models import Milestone
from tracker.milestones.rules import DONE, OWING, Day, Light, State, light
from tracker.people.models import User
from tracker.people.rules import Role
from tracker.plan.models import Campaign, Task
from tracker.plan.rules import ItemKind, PartyRole
from tracker.units.models import Unit
from tracker.workdays.queries import calendar_of

T = TypeVar("T")
SHARES = {
    "34-1": ("市农业农村局", "市公安局"),  # whose lead waits for the unit that the task names
    "11-1": ("市农业农村局",),
    "11-2": ("芒康县", "卡若区"),
    "24-2": ("芒康县",),  # each material for every year
    "工程1": ("市农业农村局", "芒康县"),  # whose lead waits for nobody
}
ACTORS = ("nongye", "nongye-head", "gongan", "mangkang", "karuo", "office", "office-admin", "leader")
OFFICE = ("office", "office-admin")
FIRST_DAY = date(2024, 7, 1)
"""The last gate has opened."""
SAMPLE = st.sampled_from(range(1000))
"""Which of those that there are, by chance."""
WHO = st.sampled_from(range(1000))
"""Mostly somebody whose business it is, sometimes anybody."""
SEEN = st.sampled_from((None, None, None, 0, 0, 0, -1))
"""Which version of the row a person saw: nobody asks, the present one, one before."""


def run(stock: Stock, folder: Path, *, examples: int, steps: int) -> None:
    """Let so many campaigns live for so many steps each."""
    run_state_machine_as_test(
        lambda: Flow(stock, folder),  # type: ignore[arg-type]  # a maker will do
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@dataclass(frozen=True)
class Picture:
    """How everything under test stands at a moment."""

    milestones: dict[int, dict[str, Any]]
    documents: dict[int, dict[str, Any]]
    versions: dict[tuple[int, int], tuple[str, str, datetime | None]]
    places: set[tuple[int, int]]
    events: int


class Flow(RuleBasedStateMachine):
    """One campaign, some shares of it, and the people who work on them."""

    def __init__(self, stock: Stock, folder: Path) -> None:
        super().__init__()
        self.stack, self.store = ExitStack(), Store(folder)
        database = self.stack.enter_context(rolled_back(stock.shared))
        self.session = self.stack.enter_context(database.session(write=True))
        self.calendar = calendar_of(self.session, 1)
        self.today = FIRST_DAY
        self.campaign = self.session.scalars(select(Campaign)).one()
        self.plan = plan_of(self.session, self.campaign)
        self.people = self._find_people()
        self.assignments = self._find_assignments()
        self.milestones = [each for one in self.assignments for each in one.milestones]
        self.before = self.picture()
        for which in range(len(self.assignments)):
            self._file(which, self._of_unit(self.assignments[which].unit_id, 1), content=which, place=0)

    @rule(days=st.integers(1, 150))
    def time_passes(self, days: int) -> None:
        self.today = min(self.today + timedelta(days), date(2025, 12, 31))

    @rule(is_on=st.booleans())
    def the_office_changes_how_is_accepted(self, is_on: bool) -> None:
        self.campaign.is_accepted_by_system = is_on

    @rule(which=SAMPLE, who=WHO, seen=SEEN)
    def tick(self, which: int, who: int, seen: int | None) -> None:
        row = self._milestone(which, State.OPEN, State.RETURNED)
        by = self._of_unit(row.unit_id, who)
        named = self._named(row, by, seen)
        self._do(
            lambda: actions.submit(self.session, row, today=self.today, **named),
            may=may_act_for(row.unit_id, by) and seen != -1,
        )

    @rule(which=SAMPLE, who=WHO, seen=SEEN)
    def take_back(self, which: int, who: int, seen: int | None) -> None:
        row = self._milestone(which, State.SUBMITTED)
        by = self._of_unit(row.unit_id, who)
        named = self._named(row, by, seen)
        self._do(
            lambda: actions.take_back(self.session, row, **named),
            may=may_act_for(row.unit_id, by) and seen != -1,
        )

    @rule(which=SAMPLE, who=WHO, seen=SEEN)
    def accept(self, which: int, who: int, seen: int | None) -> None:
        row = self._milestone(which, State.SUBMITTED)
        by = self._of_office(who)
        named = self._named(row, by, seen)
        self._do(
            lambda: actions.accept(self.session, row, **named),
            may=by.role.is_office and seen != -1,
        )

    @rule(which=SAMPLE, who=WHO, reason=st.sampled_from(("缺公章", "台账不全", "缺附件", " ")), seen=SEEN)
    def send_back(self, which: int, who: int, reason: str, seen: int | None) -> None:
        row = self._milestone(which, State.SUBMITTED, State.ACCEPTED)
        by = self._of_office(who)
        named = self._named(row, by, seen)
        self._do(
            lambda: actions.send_back(self.session, row, reason, day=self.day, **named),
            may=by.role.is_office and reason != " " and seen != -1,
        )

    @rule(which=SAMPLE, who=WHO, days=st.integers(-5, 60))
    def set_earlier(self, which: int, who: int, days: int) -> None:
        row, day, by = self._milestone(which), self.today + timedelta(days), self.people[_pick(OFFICE, who)]
        self._do(lambda: actions.set_earlier_day(self.session, row, day, by=by, at=self.now, day=self.day))

    @rule(which=SAMPLE, who=WHO)
    def close_backfill(self, which: int, who: int) -> None:
        row, by = self._milestone(which), self.people[_pick(OFFICE, who)]
        self._do(lambda: actions.close_backfill(self.session, row, by=by, at=self.now))

    @rule(which=SAMPLE, who=WHO, content=st.integers(1, 5), place=SAMPLE)
    def upload(self, which: int, who: int, content: int, place: int) -> None:
        unit_id = _pick(self.assignments, which).unit_id
        self._file(which, self._of_unit(unit_id, who), content, place)

    @rule(which=SAMPLE, who=WHO, content=st.integers(1, 5), seen=SEEN)
    def renew(self, which: int, who: int, content: int, seen: int | None) -> None:
        if row := self._document(which, EvidenceState.RETURNED, EvidenceState.ACCEPTED):
            by = self._of_unit(row.unit_id, who)
            received, named = self._received(content), self._named(row, by, seen)
            self._do(
                lambda: evidence_actions.add_version(self.session, row, received, **named),
                may=may_act_for(row.unit_id, by) and seen != -1,
            )

    @rule(which=SAMPLE, who=WHO, year=st.integers(2021, 2025), seen=SEEN)
    def describe(self, which: int, who: int, year: int, seen: int | None) -> None:
        if row := self._document(which):
            by = self._of_unit(row.unit_id, who)
            named = self._named(row, by, seen)
            description = Description(f"台账{year}", "", "", None, year, None, "")
            self._do(
                lambda: evidence_actions.describe(self.session, row, description, **named),
                may=may_act_for(row.unit_id, by) and seen != -1,
            )

    @rule(which=SAMPLE, who=WHO, is_deleted=st.booleans(), seen=SEEN)
    def hand_in_or_delete(self, which: int, who: int, is_deleted: bool, seen: int | None) -> None:
        if row := self._document(which, EvidenceState.DRAFT, EvidenceState.RETURNED):
            by = self._of_unit(row.unit_id, who)
            step = evidence_actions.delete if is_deleted else evidence_actions.hand_in
            named = self._named(row, by, seen)
            self._do(
                lambda: step(self.session, row, **named),
                may=may_act_for(row.unit_id, by) and seen != -1,
            )

    @rule(which=SAMPLE, who=WHO, is_good=st.booleans(), seen=SEEN)
    def accept_or_return(self, which: int, who: int, is_good: bool, seen: int | None) -> None:
        if row := self._document(which, EvidenceState.SUBMITTED, EvidenceState.ACCEPTED):
            by = self._of_office(who)
            named = self._named(row, by, seen)

            def decide() -> None:
                if is_good:
                    evidence_actions.accept(self.session, row, **named)
                else:
                    evidence_actions.send_back(self.session, row, "看不清", **named)

            self._do(decide, may=by.role.is_office and seen != -1)

    @rule(which=SAMPLE, who=WHO, place=SAMPLE)
    def file_elsewhere(self, which: int, who: int, place: int) -> None:
        if row := self._document(which):
            by = self._of_unit(row.unit_id, who)
            own = [one for one in self.assignments if one.unit_id == row.unit_id]
            slots = [slot for one in own for slot in slots_of(self.session, one.task_id)]
            slot = _pick(slots, place)
            self._do(
                lambda: evidence_actions.file_under(self.session, row, slot, by=by, at=self.now),
                may=may_act_for(row.unit_id, by),
            )

    @rule(which=SAMPLE, who=WHO, place=SAMPLE)
    def take_out(self, which: int, who: int, place: int) -> None:
        if row := self._document(which):
            by = self._of_unit(row.unit_id, who)
            placement = _pick(row.placements, place)
            self._do(
                lambda: evidence_actions.take_out(self.session, row, placement, by=by, at=self.now),
                may=may_act_for(row.unit_id, by),
            )

    @invariant()
    def each_share_has_one_milestone_a_deadline(self) -> None:
        query = select(Milestone.assignment_id, Milestone.deadline_id).where(self._of_shares())
        places = self.session.execute(query).all()
        assert len(places) == len(set(places)) == len(self.milestones)

    @invariant()
    def a_lead_waits_while_a_named_unit_owes(self) -> None:
        owed = self._owed_shares()
        for row in self.milestones:
            if row.assignment.role is PartyRole.LEAD:
                assert row.is_waiting == ((row.task_id, row.deadline_id) in owed), row.task.code

    @invariant()
    def the_desk_counts_what_there_is(self) -> None:
        unit_id = _pick(self.assignments, self.before.events).unit_id
        query = select(*Milestone.__table__.c).where(Milestone.unit_id == unit_id)
        rows = self.session.execute(query).all()
        lights = Counter(light(row, self.today, self.day.near_through) for row in rows)
        shown = desk(
            self.session, self.campaign, View.TO_DO, 1, self.plan,
            unit_id=unit_id, has_papers=True, has_orders=True, reader=self.people["office"], day=self.day,
        ).counts  # fmt: skip
        assert shown.by_light == lights
        assert lights[Light.DONE] == sum(row.state in DONE for row in rows)
        assert shown.total == len(rows) - lights[Light.LEFT]

    @invariant()
    def what_is_owed_is_not_submitted_and_nobody_judges_themselves(self) -> None:
        for row in self.before.milestones.values():
            assert (row["state"] in OWING) <= (row["submitted_at"] is None)
            if row["state"] is State.ACCEPTED and row["submitted_by_id"]:
                assert row["decided_by_id"] != row["submitted_by_id"]
        for document in self.session.scalars(select(Evidence)):
            if document.state is EvidenceState.ACCEPTED:
                assert document.decided_by_id != document.uploader_id
                assert document.versions[0].accepted_at

    @invariant()
    def a_document_is_its_newest_version_and_stands_somewhere(self) -> None:
        for number, row in self.before.documents.items():
            numbers = sorted(version for document, version in self.before.versions if document == number)
            assert numbers == list(range(1, row["version_count"] + 1))
            sha256, name, _ = self.before.versions[number, numbers[-1]]
            assert (row["sha256"], row["file_name"]) == (sha256, name)
            assert any(document == number for document, _ in self.before.places)

    def teardown(self) -> None:
        try:
            self._assert_events_tell_the_whole_story()
            for sha256, _, _ in self.before.versions.values():
                assert digest(self.store.path(sha256)) == sha256
        finally:
            self.stack.close()

    @property
    def now(self) -> datetime:
        return city_moment(f"{self.today}T10:00")

    @property
    def day(self) -> Day:
        return Day(self.today, self.calendar)

    def picture(self) -> Picture:
        """How everything stands, by the tables."""
        self.session.flush()
        milestones = select(*Milestone.__table__.c).where(self._of_shares())
        documents = select(*Evidence.__table__.c, StoredFile.sha256).join(StoredFile)
        versions = select(
            EvidenceVersion.evidence_id, EvidenceVersion.number, StoredFile.sha256,
            EvidenceVersion.file_name, EvidenceVersion.accepted_at,
        ).join(StoredFile)  # fmt: skip
        return Picture(
            {row["id"]: dict(row) for row in self.session.execute(milestones).mappings()},
            {row["id"]: dict(row) for row in self.session.execute(documents).mappings()},
            {(row[0], row[1]): (row[2], row[3], row[4]) for row in self.session.execute(versions)},
            {
                (row[0], row[1])
                for row in self.session.execute(select(Placement.evidence_id, Placement.material_id))
            },
            self.session.scalar(select(func.max(Event.id))) or 0,
        )

    def _do(self, step: Callable[[], object], *, may: bool = True) -> None:
        """Do a step. A refused one changes nothing; one that is done was allowed, and is told by events."""
        try:
            step()
        except Refused:
            assert self.picture() == self.before
            return
        before, self.before = self.before, self.picture()
        assert may, "this should have been refused"
        assert before == self.before or self.before.events > before.events
        self._assert_states_are_told(before)
        self._assert_nothing_accepted_is_lost(before)

    def _assert_states_are_told(self, before: Picture) -> None:
        told = {
            (event.subject, event.subject_id): event.after.get("state")
            for event in self.session.scalars(
                select(Event).where(Event.id > before.events).order_by(Event.id)
            )
            if event.after.get("state")
        }
        for subject, old, new in (
            ("milestone", before.milestones, self.before.milestones),
            ("evidence", before.documents, self.before.documents),
        ):
            for number in old.keys() & new.keys():
                if old[number]["state"] is not new[number]["state"] and (subject, number) in told:
                    assert told[subject, number] == new[number]["state"].value
                elif old[number]["state"] is not new[number]["state"]:
                    assert old[number]["version_count"] < new[number]["version_count"], (
                        "told as a new version"
                    )

    def _assert_nothing_accepted_is_lost(self, before: Picture) -> None:
        now = self.before
        for key, (sha256, name, accepted_at) in before.versions.items():
            if key not in now.versions:
                assert accepted_at is None
                assert before.documents[key[0]]["state"] is EvidenceState.DRAFT
            else:
                assert now.versions[key][:2] == (sha256, name)
                assert now.versions[key][2] or not accepted_at
        for number, row in before.documents.items():
            if row["state"] is EvidenceState.ACCEPTED:
                assert {place for place in before.places if place[0] == number} <= now.places
                assert {name: row[name] for name in DESCRIBED} == {
                    name: now.documents[number][name] for name in DESCRIBED
                }

    def _assert_events_tell_the_whole_story(self) -> None:
        """Each milestone's events lead from open to where it is, without a gap."""
        for row in self.milestones:
            query = select(Event).where(Event.subject == "milestone", Event.subject_id == row.id)
            state = State.OPEN.value
            for event in self.session.scalars(query.order_by(Event.id)):
                assert event.before.get("state", state) == state
                state = event.after.get("state", state)
            assert state == row.state.value

    def _owed_shares(self) -> set[tuple[int, int]]:
        """Where a unit that a basic task names for support has not handed in: (task, deadline)."""
        query = (
            select(Milestone.task_id, Milestone.deadline_id)
            .join(Assignment, Assignment.id == Milestone.assignment_id)
            .join(Task, Task.id == Milestone.task_id)
            .where(
                Task.code.in_(SHARES),
                Task.item.has(kind=ItemKind.INDICATOR),
                Milestone.state.in_(OWING),
                Assignment.role == PartyRole.SUPPORT,
                Assignment.group_id.is_(None),
            )
        )
        return {(row[0], row[1]) for row in self.session.execute(query)}

    def _of_shares(self) -> ColumnElement[bool]:
        return Milestone.assignment_id.in_([each.id for each in self.assignments])

    def _find_people(self) -> dict[str, User]:
        police = self.session.scalars(select(Unit).where(Unit.short == "市公安局")).one()
        self.session.add(User(unit_id=police.id, username="gongan", name="公安局联络员", role=Role.LIAISON))
        self.session.flush()
        people = self.session.scalars(select(User).where(User.username.in_(ACTORS)))
        return {person.username: person for person in people}

    def _find_assignments(self) -> list[Assignment]:
        return [
            self.session.scalars(
                select(Assignment).join(Task).join(Unit, Unit.id == Assignment.unit_id)
                .where(Task.code == code, Unit.short == unit)
            ).one()
            for code, units in SHARES.items()
            for unit in units
        ]  # fmt: skip

    def _milestone(self, which: int, *states: State) -> Milestone:
        """One of the milestones, of these states where there is one."""
        wanted = [row for row in self.milestones if row.state in states and row.opens_on <= self.today]
        opened = [row for row in self.milestones if row.opens_on <= self.today]
        return _pick((wanted or opened) if which % 5 else self.milestones, which)

    def _document(self, which: int, *states: EvidenceState) -> Evidence | None:
        """One of the documents, mostly of these states where there is one."""
        there = self.session.scalars(select(Evidence).order_by(Evidence.id)).all()
        wanted = [row for row in there if row.state in states] if which % 5 else []
        return _pick(wanted or there, which) if there else None

    def _received(self, content: int) -> Received:
        return receive(self.store, f"台账{content}.pdf", BytesIO(pdf(str(content))), most_bytes=1024)

    def _file(self, which: int, by: User, content: int, place: int) -> None:
        assignment, received = _pick(self.assignments, which), self._received(content)
        if slots := slots_of(self.session, assignment.task_id):
            named: dict[str, Any] = {"by": by, "at": self.now, "today": self.today}
            wanted = [_pick(slots, place)]
            self._do(
                lambda: evidence_actions.add(self.session, assignment, received, wanted, **named),
                may=may_act_for(assignment.unit_id, by),
            )

    def _named(self, row: Evidence | Milestone, by: User, seen: int | None) -> dict[str, Any]:
        """Who does it when, and which version of the row they saw."""
        version = None if seen is None else row.version + seen
        return {"by": by, "at": self.now, "version": version}

    def _of_unit(self, unit_id: int, who: int) -> User:
        """Mostly the unit's liaison, often the office in its name, sometimes anybody."""
        liaisons = [
            one for one in self.people.values() if one.unit_id == unit_id and one.role is Role.LIAISON
        ]
        return (
            self._anybody(who)
            if who % 6 == 0
            else self._of_office(who)
            if who % 3 == 0
            else _pick(liaisons, 0)
        )

    def _of_office(self, who: int) -> User:
        """Mostly one of the office, sometimes anybody."""
        return self._anybody(who) if who % 7 == 0 else self.people[_pick(OFFICE, who)]

    def _anybody(self, who: int) -> User:
        return self.people[_pick(ACTORS, who // 42)]


DESCRIBED = ("title", "document_number", "issuer", "dated_on", "proves_year", "page_count", "note")


def _pick(things: Sequence[T], which: int) -> T:
    return things[which % len(things)]
