"""Filing, renewing, handing in, accepting, returning: what changes, and what is refused."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.evidence.conftest import AT, FRIDAY, Person, Take, Upload, add, share, slot
from tests.world import MovableClock, find_milestone
from tracker.errors import Refused, Stale
from tracker.events.models import Event
from tracker.evidence import actions
from tracker.evidence.actions import Description
from tracker.evidence.models import Evidence, EvidenceVersion, Placement
from tracker.evidence.rules import EvidenceState
from tracker.files.models import StoredFile
from tracker.milestones import actions as milestones
from tracker.milestones.models import Milestone
from tracker.milestones.rules import State
from tracker.people.models import User
from tracker.plan.models import Campaign

Tick = Callable[..., Milestone]
DESCRIPTION = Description(
    title="2023年耕地土壤污染台账", document_number="昌农〔2023〕8号", issuer="市农业农村局",
    dated_on=date(2023, 11, 5), proves_year=2023, page_count=12, note="",
)  # fmt: skip


@pytest.fixture
def tick(session: Session) -> Tick:
    """Ticks a share at a deadline: `tick("11-1", nongye)`."""

    def tick(code: str, by: User, deadline: str = "G2", *, unit: str = "", on: date = FRIDAY) -> Milestone:
        milestone = find_milestone(session, code, unit or by.unit.short, deadline)
        milestones.submit(session, milestone, by=by, at=AT, today=on)
        return milestone

    return tick


def state(evidence: Evidence) -> EvidenceState:
    """The state as it is now; a type checker believes that it has not changed since last time."""
    return evidence.state


def decide(session: Session, evidence: Evidence, by: User) -> None:
    actions.accept(session, evidence, by=by, at=AT, version=None)


def renew(
    session: Session, evidence: Evidence, take: Take, by: User, name: str = "耕地台账（新）.pdf"
) -> None:
    actions.add_version(session, evidence, take(name), by=by, at=AT, version=None)


def verbs(session: Session, evidence: Evidence) -> list[str]:
    query = select(Event.verb).where(Event.subject == "evidence", Event.subject_id == evidence.id)
    return list(session.scalars(query.order_by(Event.id)))


def test_a_document_is_filed_as_a_draft_with_what_its_name_tells(
    session: Session, person: Person, upload: Upload
) -> None:
    evidence = upload("11-1", person("nongye"), "2023年耕地台账.pdf")
    assert (evidence.title, evidence.file_name) == ("2023年耕地台账", "2023年耕地台账.pdf")
    assert (evidence.state, evidence.proves_year) == (EvidenceState.DRAFT, 2023)
    assert (evidence.unit.short, evidence.created_by.username) == ("市农业农村局", "nongye")
    event = session.scalars(select(Event).where(Event.subject == "evidence")).one()
    assert (event.verb, event.note) == ("add", "2023年耕地台账 → 工作部署资料")
    assert event.task_id == share(session, "11-1", "市农业农村局").task_id


@pytest.mark.parametrize("name", ["nongye-head", "mangkang", "leader", "shijian"])
def test_only_the_units_liaison_and_the_office_file(person: Person, upload: Upload, name: str) -> None:
    with pytest.raises(Refused, match="只有本单位联络员可以上传材料"):
        upload("11-1", person(name), unit="市农业农村局")


def test_the_office_files_in_a_units_name(person: Person, upload: Upload) -> None:
    evidence = upload("11-2", person("office"), unit="芒康县")
    assert (evidence.unit.short, evidence.created_by.unit.short) == ("芒康县", "市食安办")


def test_a_unit_that_left_the_task_files_nothing_more(
    session: Session, person: Person, upload: Upload
) -> None:
    share(session, "11-2", "芒康县").left_on = FRIDAY
    with pytest.raises(Refused, match="已退出这项任务"):
        upload("11-2", person("mangkang"))


def test_the_same_content_is_one_document_under_many_tasks(
    session: Session, person: Person, take: Take
) -> None:
    nongye, received = person("nongye"), take("食品安全通报.pdf")
    first = add(session, share(session, "11-1", "市农业农村局"), received, nongye)
    second = add(session, share(session, "12-1", "市农业农村局"), received, nongye)
    again = add(session, share(session, "12-1", "市农业农村局"), received, nongye)
    assert (first.is_reused, second.is_reused, again.is_reused) == (False, True, True)
    assert first.evidence is second.evidence is again.evidence
    assert [place.material.task.code for place in first.evidence.placements] == ["11-1", "12-1"]
    assert session.scalar(select(func.count()).select_from(StoredFile)) == 1


def test_another_units_equal_content_is_a_document_of_its_own(
    session: Session, person: Person, take: Take
) -> None:
    received = take("食品安全通报.pdf")
    mine = add(session, share(session, "11-2", "芒康县"), received, person("mangkang"))
    theirs = add(session, share(session, "11-2", "卡若区"), received, person("karuo"))
    assert (theirs.is_reused, theirs.evidence is mine.evidence) == (False, False)
    assert theirs.evidence.file is mine.evidence.file


def test_what_was_returned_is_not_reused(
    session: Session, person: Person, upload: Upload, tick: Tick
) -> None:
    first = upload("11-1", person("nongye"))
    tick("11-1", person("nongye"))
    actions.send_back(session, first, "看不清", by=person("office"), at=AT, version=None)
    assert upload("11-1", person("nongye")) is not first


def test_a_tick_hands_the_drafts_in_and_taking_it_back_brings_them_back(
    session: Session, person: Person, upload: Upload, tick: Tick
) -> None:
    nongye = person("nongye")
    evidence, other = upload("11-1", nongye), upload("12-1", nongye, "部署文件.pdf")
    milestone = tick("11-1", nongye)
    assert (state(evidence), state(other)) == (EvidenceState.SUBMITTED, EvidenceState.DRAFT)
    milestones.take_back(session, milestone, by=nongye, at=AT)
    assert state(evidence) is EvidenceState.DRAFT
    assert verbs(session, evidence) == ["add", "hand_in", "take_back"]


def test_what_stands_under_another_task_as_well_does_not_come_back(
    session: Session, person: Person, upload: Upload, tick: Tick
) -> None:
    nongye = person("nongye")
    evidence = upload("11-1", nongye)
    actions.file_under(session, evidence, slot(session, "12-1", "部署文件"), by=nongye, at=AT)
    milestones.take_back(session, tick("11-1", nongye), by=nongye, at=AT)
    assert state(evidence) is EvidenceState.SUBMITTED


def test_what_another_deadline_is_judged_by_does_not_come_back(
    session: Session, person: Person, upload: Upload, tick: Tick
) -> None:
    nongye, july = person("nongye"), date(2024, 7, 1)
    evidence = upload("11-1", nongye)
    tick("11-1", nongye, "G2")
    last = tick("11-1", nongye, "G4", on=july)
    milestones.take_back(session, last, by=nongye, at=AT)
    assert state(evidence) is EvidenceState.SUBMITTED
    milestones.take_back(session, find_milestone(session, "11-1", "市农业农村局", "G2"), by=nongye, at=AT)
    assert state(evidence) is EvidenceState.DRAFT


def test_an_accepted_milestone_accepts_what_proves_it(
    session: Session, person: Person, upload: Upload, tick: Tick
) -> None:
    evidence = upload("11-1", person("nongye"))
    milestones.accept(session, tick("11-1", person("nongye")), by=person("office"), at=AT)
    assert state(evidence) is EvidenceState.ACCEPTED
    assert evidence.versions[0].accepted_at == AT
    assert evidence.decided_by_id == person("office").id


def test_what_somebody_of_the_office_uploaded_another_accepts(
    session: Session, person: Person, upload: Upload, tick: Tick
) -> None:
    office, other = person("office"), person("office-admin")
    own, units = upload("11-2", office, unit="芒康县"), upload("11-2", person("mangkang"), "工作总结.pdf")
    milestones.accept(session, tick("11-2", person("mangkang")), by=office, at=AT)
    assert (state(own), state(units)) == (EvidenceState.SUBMITTED, EvidenceState.ACCEPTED)
    with pytest.raises(Refused, match="自己上传的材料须由食安办另一位同志采信"):
        decide(session, own, office)
    decide(session, own, other)
    assert state(own) is EvidenceState.ACCEPTED


def test_who_uploaded_the_newest_version_counts(
    session: Session, person: Person, upload: Upload, take: Take
) -> None:
    office, mangkang = person("office"), person("mangkang")
    evidence = upload("11-2", mangkang)
    renew(session, evidence, take, office)
    actions.hand_in(session, evidence, by=mangkang, at=AT, version=None)
    with pytest.raises(Refused, match="另一位同志采信"):
        decide(session, evidence, office)
    renew(session, evidence, take, mangkang, "耕地台账（第三版）.pdf")
    decide(session, evidence, office)
    assert state(evidence) is EvidenceState.ACCEPTED


def test_what_was_accepted_is_locked(session: Session, person: Person, upload: Upload, tick: Tick) -> None:
    nongye = person("nongye")
    evidence = upload("11-1", nongye)
    actions.file_under(session, evidence, slot(session, "12-1", "部署文件"), by=nongye, at=AT)
    milestones.accept(session, tick("11-1", nongye), by=person("office"), at=AT)
    with pytest.raises(Refused, match="当前是“已采信”，不能修改材料说明"):
        actions.describe(session, evidence, DESCRIPTION, by=nongye, at=AT, version=None)
    with pytest.raises(Refused, match="不能移出材料"):
        actions.take_out(session, evidence, evidence.placements[0], by=nongye, at=AT)
    with pytest.raises(Refused, match="不能删除材料"):
        actions.delete(session, evidence, by=nongye, at=AT, version=None)
    actions.file_under(session, evidence, slot(session, "11-1", "工作总结"), by=nongye, at=AT)
    assert len(evidence.placements) == 3


def test_a_new_version_of_what_was_accepted_is_submitted_and_the_old_one_stays_accepted(
    session: Session, person: Person, upload: Upload, take: Take, tick: Tick
) -> None:
    nongye, office = person("nongye"), person("office")
    evidence = upload("11-1", nongye)
    milestone = tick("11-1", nongye)
    milestones.accept(session, milestone, by=office, at=AT)
    first = evidence.file
    renew(session, evidence, take, nongye)
    assert state(evidence) is EvidenceState.SUBMITTED
    assert [(each.number, each.accepted_at) for each in evidence.versions] == [(2, None), (1, AT)]
    assert evidence.versions[1].file is first
    assert evidence.file is evidence.versions[0].file is not first
    actions.send_back(session, evidence, "缺一页", by=office, at=AT, version=None)
    assert evidence.versions[1].accepted_at == AT
    renew(session, evidence, take, nongye, "耕地台账（第三版）.pdf")
    with pytest.raises(Refused, match="较早的版本已被采信，不能删除"):
        actions.delete(session, evidence, by=nongye, at=AT, version=None)


def test_what_was_returned_goes_with_the_next_tick_once_it_was_renewed(
    session: Session, person: Person, upload: Upload, take: Take, tick: Tick
) -> None:
    nongye = person("nongye")
    evidence, milestone = upload("11-1", nongye), tick("11-1", nongye)
    with pytest.raises(Refused, match="请写明退回原因"):
        actions.send_back(session, evidence, " ", by=person("office"), at=AT, version=None)
    actions.send_back(session, evidence, " 缺公章 ", by=person("office"), at=AT, version=None)
    assert (state(evidence), evidence.reason) == (EvidenceState.RETURNED, "缺公章")
    milestones.take_back(session, milestone, by=nongye, at=AT)
    assert state(evidence) is EvidenceState.RETURNED
    renew(session, evidence, take, nongye)
    assert state(evidence) is EvidenceState.DRAFT
    tick("11-1", nongye)
    assert state(evidence) is EvidenceState.SUBMITTED


def test_what_was_accepted_can_be_returned(
    session: Session, person: Person, upload: Upload, tick: Tick
) -> None:
    evidence = upload("11-1", person("nongye"))
    milestones.accept(session, tick("11-1", person("nongye")), by=person("office"), at=AT)
    actions.send_back(session, evidence, "数据有误", by=person("office"), at=AT, version=None)
    assert state(evidence) is EvidenceState.RETURNED


def test_one_document_is_handed_in_by_itself(session: Session, person: Person, upload: Upload) -> None:
    evidence = upload("11-1", person("nongye"))
    actions.hand_in(session, evidence, by=person("nongye"), at=AT, version=None)
    assert state(evidence) is EvidenceState.SUBMITTED
    decide(session, evidence, person("office"))
    task_ids = session.scalars(select(Event.task_id).where(Event.subject == "evidence")).all()
    assert set(task_ids) == {evidence.placements[0].task_id}, "each stands on the task's timeline"


def test_the_very_same_content_is_no_new_version(
    session: Session, person: Person, upload: Upload, take: Take
) -> None:
    evidence = upload("11-1", person("nongye"))
    with pytest.raises(Refused, match="内容与现在的版本完全相同"):
        renew(session, evidence, take, person("nongye"), "耕地台账.pdf")
    assert evidence.version_count == 1


def test_what_changed_of_a_description_is_recorded(session: Session, person: Person, upload: Upload) -> None:
    evidence = upload("11-1", person("nongye"))
    actions.describe(session, evidence, DESCRIPTION, by=person("nongye"), at=AT, version=None)
    assert (evidence.title, evidence.dated_on) == (DESCRIPTION.title, date(2023, 11, 5))
    event = session.scalars(select(Event).where(Event.verb == "describe")).one()
    assert (event.before["proves_year"], event.after["proves_year"]) == ("2024", "2023")
    assert "note" not in event.after
    actions.describe(session, evidence, DESCRIPTION, by=person("nongye"), at=AT, version=None)
    assert verbs(session, evidence) == ["add", "describe"]


def test_a_document_is_taken_out_of_all_places_but_the_last(
    session: Session, person: Person, upload: Upload
) -> None:
    nongye = person("nongye")
    evidence = upload("11-1", nongye)
    ledger = slot(session, "11-1", "耕地台账")
    with pytest.raises(Refused, match="已经归入“耕地台账”"):
        actions.file_under(session, evidence, ledger, by=nongye, at=AT)
    actions.file_under(session, evidence, slot(session, "12-1", "部署文件"), by=nongye, at=AT)
    actions.take_out(session, evidence, evidence.placements[0], by=nongye, at=AT)
    assert [place.material.name for place in evidence.placements] == ["部署文件"]
    with pytest.raises(Refused, match="最后一个位置"):
        actions.take_out(session, evidence, evidence.placements[0], by=nongye, at=AT)


def test_a_deleted_draft_leaves_its_event_alone(session: Session, person: Person, upload: Upload) -> None:
    evidence = upload("11-1", person("nongye"))
    number = evidence.id
    actions.delete(session, evidence, by=person("nongye"), at=AT, version=None)
    for table in (Evidence, EvidenceVersion, Placement):
        assert session.scalar(select(func.count()).select_from(table)) == 0
    query = select(Event.verb).where(Event.subject == "evidence", Event.subject_id == number)
    assert list(session.scalars(query.order_by(Event.id))) == ["add", "delete"]


def test_what_somebody_changed_meanwhile_is_stale(
    session: Session, person: Person, upload: Upload, take: Take
) -> None:
    nongye, office = person("nongye"), person("office")
    evidence = upload("11-1", nongye)
    seen = evidence.version
    actions.hand_in(session, evidence, by=nongye, at=AT, version=seen)
    with pytest.raises(Stale):
        actions.describe(session, evidence, DESCRIPTION, by=nongye, at=AT, version=seen)
    with pytest.raises(Stale):
        actions.add_version(session, evidence, take("新.pdf"), by=nongye, at=AT, version=seen)
    with pytest.raises(Stale):
        actions.accept(session, evidence, by=office, at=AT, version=seen)
    with pytest.raises(Stale):
        actions.send_back(session, evidence, "缺页", by=office, at=AT, version=seen)
    with pytest.raises(Stale):
        actions.delete(session, evidence, by=nongye, at=AT, version=seen)


def test_the_system_accepts_what_has_all_its_materials(
    session: Session, person: Person, campaign: Campaign, upload: Upload, tick: Tick
) -> None:
    campaign.is_accepted_by_system = True
    nongye = person("nongye")
    papers = [upload("11-1", nongye, f"{name}.pdf") for name in ("工作部署资料", "耕地台账")]
    milestone = tick("11-1", nongye)
    assert milestone.state is State.SUBMITTED, "工作总结 is missing"
    milestones.take_back(session, milestone, by=nongye, at=AT)
    papers.append(upload("11-1", nongye, "工作总结.pdf"))
    assert tick("11-1", nongye).state is State.ACCEPTED
    assert {state(paper) for paper in papers} == {EvidenceState.ACCEPTED}
    event = session.scalars(select(Event).where(Event.subject == "milestone", Event.verb == "accept")).one()
    assert (event.by_id, milestone.decided_by_id, milestone.decided_at) == (None, None, AT)


def test_by_hand_nothing_is_accepted_by_the_system(person: Person, upload: Upload, tick: Tick) -> None:
    for name in ("工作部署资料", "耕地台账", "工作总结"):
        upload("11-1", person("nongye"), f"{name}.pdf")
    assert tick("11-1", person("nongye")).state is State.SUBMITTED


@pytest.mark.parametrize(
    ("deadline", "years", "on"),
    [
        ("G2", (2022, 2023), FRIDAY),
        ("G3", (2022, 2023), date(2024, 5, 6)),
        ("G4", (2022, 2023, 2024, 2025), date(2025, 8, 1)),
    ],
)
def test_the_system_asks_for_every_year_of_the_gate(
    session: Session, person: Person, campaign: Campaign, upload: Upload, tick: Tick,
    deadline: str, years: tuple[int, ...], on: date,
) -> None:  # fmt: skip
    campaign.is_accepted_by_system = True
    mangkang = person("mangkang")
    for name in ("体系检查计划", "计划完成情况", "问题整改台账"):
        for year in years[:-1]:
            evidence = upload("24-2", mangkang, f"{name}.pdf", words=f"{name}{year}")
            evidence.proves_year = year
    milestone = tick("24-2", mangkang, deadline, on=on)
    assert milestone.state is State.SUBMITTED, f"{years[-1]} is missing"
    milestones.take_back(session, milestone, by=mangkang, at=AT)
    for name in ("体系检查计划", "计划完成情况", "问题整改台账"):
        upload("24-2", mangkang, f"{name}.pdf", words=f"{name}{years[-1]}").proves_year = years[-1]
    assert tick("24-2", mangkang, deadline, on=on).state is State.ACCEPTED


@pytest.mark.parametrize(("year", "expected"), [(2022, State.SUBMITTED), (2023, State.ACCEPTED)])
def test_the_system_asks_for_a_year_of_the_window(
    person: Person, campaign: Campaign, upload: Upload, tick: Tick, clock: MovableClock,
    year: int, expected: State,
) -> None:  # fmt: skip
    campaign.is_accepted_by_system = True
    for name in ("粮食监管规定", "专项检查方案及资料", "大排查方案及资料", "收购资格企业名册"):
        upload("17-2", person("mangkang"), f"{name}.pdf").proves_year = year
    assert tick("17-2", person("mangkang"), "G4", on=date(2025, 8, 1)).state is expected
