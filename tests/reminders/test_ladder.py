"""提醒阶梯 as the office sets it, and what the next run makes of it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.reminders.conftest import BASE, Run
from tests.world import MovableClock, city_moment
from tracker.errors import Refused, Stale
from tracker.events.models import Event
from tracker.outbox.models import OutboxMessage
from tracker.people.models import User
from tracker.plan.models import Campaign
from tracker.reminders.actions import tell, tell_in_app
from tracker.reminders.items import Due, Item, Recipient
from tracker.reminders.jobs import Round, plan_round
from tracker.reminders.models import Notice
from tracker.reminders.queries.ladder import ladders_of
from tracker.reminders.rules import NoticeKind
from tracker.reminders.rules.ladder import (
    DEFAULT_LADDER,
    Audience,
    Channel,
    Ladder,
    LadderKind,
    Rung,
)
from tracker.reminders.settings import set_ladder

SignIn = Callable[[str], FlaskClient]
Person = Callable[[str], User]
SetLadder = Callable[..., None]
AT = city_moment("2024-03-15T10:00")
LIAISON, HEAD, LEADER, OFFICE = (frozenset({one}) for one in Audience)


@pytest.fixture
def set_reports(session: Session, campaign: Campaign, person: Person) -> SetLadder:
    """The office sets the ladder of monthly reports."""

    def change(*rungs: Rung) -> None:
        seen = ladders_of(session, campaign)[LadderKind.REPORT].mark
        by = person("office-admin")
        set_ladder(session, campaign, LadderKind.REPORT, rungs, by=by, at=AT, seen=seen)

    return change


def reports(run: Run, moment: str) -> dict[str, set[int]]:
    """Who is told of the report by mail, and on which rungs."""
    found = {}
    for name, letter in run(moment).items():
        kinds = (NoticeKind.REPORT, NoticeKind.MISSING_REPORTS)
        found[name] = {item.rung for item in letter.due.items if item.kind in kinds}
    return {name: rungs for name, rungs in found.items() if rungs}


def test_the_next_run_climbs_the_ladder_that_was_set(run: Run, set_reports: SetLadder) -> None:
    set_reports(
        Rung(-8, LIAISON), Rung(-2, LIAISON | HEAD), Rung(0, LIAISON, is_on=False), Rung(2, HEAD | OFFICE)
    )
    assert set(reports(run, "2024-03-13T09:00")) == {"nongye", "shijian", "karuo", "mangkang"}
    assert reports(run, "2024-03-18T09:00") == {}
    assert reports(run, "2024-03-21T09:00")["mangkang-head"] == {-2}
    assert reports(run, "2024-03-25T09:00") == {}
    assert reports(run, "2024-03-26T09:00") == {}
    told = reports(run, "2024-03-27T09:00")
    assert set(told) == {"nongye-head", "shijian-head", "mangkang-head", "office", "office-admin"}
    assert set.union(*told.values()) == {2}
    assert reports(run, "2024-04-03T09:00") == {}


def test_a_rung_is_told_again_as_often_as_the_office_set_and_each_time_once(
    run: Run, session: Session, set_reports: SetLadder, person: Person
) -> None:
    set_reports(Rung(1, LIAISON, every=2, times=3), Rung(6, HEAD | OFFICE, every=1, times=1))
    days = ("03-26", "03-26", "03-27", "03-28", "04-01", "04-02", "04-03", "04-03", "04-07", "04-08")
    told = [reports(run, f"2024-{day}T{9 + place:02}:00") for place, day in enumerate(days)]
    assert [found.get("mangkang", set()) for found in told] == [
        {1}, set(), set(), {3}, {5}, set(), set(), set(), set(), set(),
    ]  # fmt: skip
    assert [found.get("office", set()) for found in told[4:]] == [set(), {6}, {7}, set(), set(), set()]
    own = Notice.user_id == person("mangkang").id, Notice.kind == NoticeKind.REPORT
    assert session.scalars(select(Notice.rung).where(*own).order_by(Notice.id)).all() == [1, 3, 5]


def test_of_two_schedulers_one_tells_the_repetition(
    run: Run, session: Session, set_reports: SetLadder, clock: MovableClock, person: Person
) -> None:
    set_reports(Rung(1, LIAISON, every=2, times=3))
    run("2024-03-26T09:00")
    clock.move_to("2024-03-28T09:00")
    one, other = (plan_round(session, clock, base_url=BASE).letters for _ in range(2))
    assert len(one) == len(other) > 0
    assert tell(session, one, at=clock.now()) == one
    assert tell(session, other, at=clock.now()) == []
    own = Notice.user_id == person("mangkang").id, Notice.kind == NoticeKind.REPORT
    assert session.scalars(select(Notice.rung).where(*own).order_by(Notice.id)).all() == [1, 3]


def test_a_repetition_that_was_missed_is_not_made_up_and_who_is_new_hears_what_holds(
    run: Run, set_reports: SetLadder, newcomer: Callable[..., User]
) -> None:
    set_reports(Rung(1, LIAISON, every=2, times=3))
    assert reports(run, "2024-03-26T09:00")["mangkang"] == {1}
    newcomer("dawa", beside="mangkang")
    told = reports(run, "2024-04-02T09:00")
    assert (told["mangkang"], told["dawa"]) == ({5}, {5})
    assert reports(run, "2024-04-03T09:00")["mangkang"] == {7}
    assert reports(run, "2024-04-15T09:00") == {}


def test_what_is_late_is_counted_whatever_is_told(run: Run, set_reports: SetLadder) -> None:
    set_reports(Rung(0, LIAISON))
    run("2024-05-06T09:00")
    letter = run("2024-05-08T09:00")["mangkang"]
    assert {item.kind for item in letter.due.items} == {NoticeKind.MILESTONE}
    assert letter.due.late_count == len(letter.due.items) + 2  # the reports of March and April


def test_a_far_rung_of_a_milestone_is_told_before_its_light_turns_yellow(
    run: Run, session: Session, campaign: Campaign, person: Person
) -> None:
    rungs, by = [*DEFAULT_LADDER.rungs, Rung(-15, LIAISON)], person("office-admin")
    seen = DEFAULT_LADDER.mark
    set_ladder(session, campaign, LadderKind.MILESTONE, rungs, by=by, at=AT, seen=seen)
    letter = run("2024-04-11T09:00")["mangkang"]
    assert {(item.kind, item.rung) for item in letter.due.items} == {
        (NoticeKind.MILESTONE, -15), (NoticeKind.REPORT, 7),
    }  # fmt: skip


def test_what_goes_in_the_system_alone_is_no_mail_and_told_once(
    run_round: Callable[[str], Round], session: Session, set_reports: SetLadder, sign_in: SignIn
) -> None:
    set_reports(Rung(0, LIAISON, Channel.APP), Rung(1, LIAISON, Channel.MAIL))
    told = run_round("2024-03-25T09:00")
    assert told.letters == []
    assert {due.recipient.username for due in told.in_app} == {"nongye", "shijian", "karuo", "mangkang"}
    assert session.scalars(select(OutboxMessage)).all() == []
    assert run_round("2024-03-25T15:00").count == 0
    assert "2024-03 月报：期限 2024-03-25，今天到期" in sign_in("mangkang").get("/notices").text
    told = run_round("2024-03-26T09:00")
    assert "逾期 1 个工作日" in {x.due.recipient.username: x for x in told.letters}["mangkang"].mail.text
    page = sign_in("mangkang").get("/notices").text
    assert "逾期 1 个工作日" not in page
    assert "未读 1 条" in page


def test_a_mail_lists_what_goes_by_mail(
    run: Run, session: Session, set_reports: SetLadder, person: Person
) -> None:
    set_reports(Rung(25, LIAISON, Channel.APP))
    letter = run("2024-04-30T09:00")["mangkang"]
    assert NoticeKind.REPORT in {item.kind for item in letter.due.items}
    assert "2024-03 月报" not in letter.mail.text
    own = Notice.user_id == person("mangkang").id, Notice.kind == NoticeKind.REPORT
    (notice,) = session.scalars(select(Notice).where(*own))
    assert (notice.message_id, notice.is_in_app) == (None, True)


def test_what_another_run_noted_meanwhile_is_passed_by_and_any_other_conflict_is_not(
    session: Session, campaign: Campaign, person: Person
) -> None:
    user = person("mangkang")
    who = Recipient(user.id, user.username, user.name, "", user.role, user.unit_id, "芒康县")
    item = Item(NoticeKind.REPORT, 1, AT.date(), 0, campaign.id, "2024-03", "…", "/", Channel.APP)
    assert tell_in_app(session, Due(who, [item]), at=AT)
    assert not tell_in_app(session, Due(who, [item]), at=AT)
    other = Item(NoticeKind.REPORT, 2, AT.date(), 0, campaign.id, "2024-03", "…", "/", Channel.APP)
    with pytest.raises(IntegrityError), session.begin_nested():
        tell_in_app(session, Due(who, [other, other]), at=AT)


def test_a_change_is_recorded_and_each_kind_has_its_own(
    session: Session, campaign: Campaign, set_reports: SetLadder
) -> None:
    set_reports(*DEFAULT_LADDER.rungs)
    assert session.scalars(select(Event).where(Event.verb == "set_ladder")).all() == []
    again = Rung(1, HEAD, every=5, times=3)
    set_reports(again, Rung(-3, LIAISON))
    ladders = ladders_of(session, campaign)
    assert ladders[LadderKind.REPORT] == Ladder.of([Rung(-3, LIAISON), again])
    assert ladders[LadderKind.MILESTONE] == DEFAULT_LADDER
    event = session.scalars(select(Event).where(Event.verb == "set_ladder")).one()
    assert event.after == {"rungs": "-3:liaison:both:on 1:head:both:on:5x3"}


def test_what_cannot_be_is_refused_and_an_older_view_is_told(
    session: Session, campaign: Campaign, person: Person, set_reports: SetLadder
) -> None:
    with pytest.raises(Refused, match="至少保留一级"):
        set_reports()
    with pytest.raises(Refused, match="一起填"):
        set_reports(Rung(1, HEAD, every=5))
    with pytest.raises(Refused, match="同一天"):
        set_reports(Rung(1, HEAD), Rung(1, LIAISON))
    with pytest.raises(Stale):
        set_ladder(
            session, campaign, LadderKind.REPORT, [Rung(1, HEAD)], by=person("office-admin"), at=AT, seen="x"
        )


def form_of(ladder: Ladder) -> dict[str, Any]:
    """What the page posts of a ladder."""
    data: dict[str, Any] = {"seen": ladder.mark}
    for place, rung in enumerate(ladder.rungs):
        data |= {f"rungs-{place}-days": rung.days, f"rungs-{place}-channel": rung.channel.value}
        data |= {f"rungs-{place}-every": rung.every or "", f"rungs-{place}-times": rung.times or ""}
        data |= {f"rungs-{place}-to_{one.value}": "1" for one in rung.to}
        data |= {f"rungs-{place}-is_on": "1"} if rung.is_on else {}
    return data


def test_the_office_changes_adds_and_drops_rungs(
    sign_in: SignIn, session: Session, campaign: Campaign
) -> None:
    client = sign_in("office-admin")
    assert "/plan/settings/ladder" in client.get("/plan/settings").text
    page = client.get("/plan/settings/ladder").text
    assert page.count("到期前 5 个工作日</label>") == 2
    data = form_of(DEFAULT_LADDER)
    data |= {"rungs-0-days": "-10", "rungs-1-is_dropped": "1", "rungs-6-channel": "app"}
    data |= {"rungs-6-days": "12", "rungs-6-to_head": "1", "rungs-6-is_on": "1"}
    data |= {"rungs-6-every": "5", "rungs-6-times": "3"}
    data |= {"rungs-7-days": "", "rungs-7-channel": "both", "rungs-7-is_on": "1"}
    del data["rungs-2-is_on"]
    answer = client.post("/plan/settings/ladder/report", data=data)
    assert (answer.status_code, answer.location) == (303, "/plan/settings/ladder")
    assert "月报的提醒阶梯已保存，从下一次提醒起生效" in client.get("/plan/settings/ladder").text
    changed = ladders_of(session, campaign)[LadderKind.REPORT].rungs
    assert changed[:2] == (Rung(-10, LIAISON), Rung(0, LIAISON, is_on=False))
    assert changed[2:] == (*DEFAULT_LADDER.rungs[3:], Rung(12, HEAD, Channel.APP, every=5, times=3))
    again = client.post("/plan/settings/ladder/report", data=data)
    assert again.status_code == 409
    assert 'value="12"' in again.text
    assert client.post("/plan/settings/ladder/other").status_code == 404


def test_what_was_typed_wrongly_is_told_at_its_rung_and_kept(sign_in: SignIn) -> None:
    client = sign_in("office-admin")
    data = form_of(DEFAULT_LADDER) | {"rungs-0-days": "-31", "rungs-1-days": "bald", "rungs-2-to_office": "1"}
    data |= {"rungs-3-days": "3", "rungs-4-every": "5"}
    answer = client.post("/plan/settings/ladder/milestone", data=data)
    assert answer.status_code == 422
    for words in (
        "应在 -30 到 30 之间",
        "市食安办只在逾期以后告知",
        "与另一级是同一天",
        "间隔和次数要一起填",
        'value="bald"',
    ):
        assert words in answer.text
    nothing = {"seen": DEFAULT_LADDER.mark}
    assert client.post("/plan/settings/ladder/milestone", data=nothing).status_code == 409
