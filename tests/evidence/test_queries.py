"""Which slots are filled in whose eyes, what a reader finds, where a content stands already."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from tests.evidence.conftest import AT, FRIDAY, Person, Take, Upload, add, share, slot
from tracker.evidence import actions
from tracker.evidence.models import Evidence
from tracker.evidence.queries import (
    Filing,
    covered_years,
    filings_of_task,
    find,
    papers_of_task,
    places_of_content,
    slots_by_task,
    slots_of,
    slots_of_unit,
    twin_of_unit,
)
from tracker.evidence.shelf import asked_span, lacking, others_shelves, own_shelf
from tracker.people.models import User
from tracker.plan.models import Campaign, Material
from tracker.units.models import Jurisdiction

G2 = date(2024, 4, 30)


def hand_in(session: Session, evidence: Evidence, by: User) -> None:
    actions.hand_in(session, evidence, by=by, at=AT, version=None)


def filing(session: Session, campaign: Campaign, code: str, unit: str, *, is_own: bool) -> str:
    """材料 1/3（缺：...） of a unit's share at the self-assessment."""
    own = share(session, code, unit)
    covered = covered_years(session, own.unit_id, [own.task_id], is_own=is_own)
    return Filing(slots_by_task(session, campaign), covered, campaign.starts_on).of(own.task_id, G2).words


def test_a_draft_fills_its_slot_for_its_unit_and_what_is_handed_in_for_all(
    session: Session, person: Person, campaign: Campaign, upload: Upload
) -> None:
    nongye, nothing = person("nongye"), "材料 0/3（缺：工作部署资料、耕地台账、工作总结）"
    assert filing(session, campaign, "11-1", "市农业农村局", is_own=True) == nothing
    evidence, one = upload("11-1", nongye), "材料 1/3（缺：工作部署资料、工作总结）"
    assert filing(session, campaign, "11-1", "市农业农村局", is_own=True) == one
    assert filing(session, campaign, "11-1", "市农业农村局", is_own=False) == nothing
    hand_in(session, evidence, nongye)
    assert filing(session, campaign, "11-1", "市农业农村局", is_own=False) == one
    actions.send_back(session, evidence, "缺页", by=person("office"), at=AT, version=None)
    assert filing(session, campaign, "11-1", "市农业农村局", is_own=True) == nothing


def test_each_year_is_asked_for_by_its_number(
    session: Session, person: Person, campaign: Campaign, upload: Upload
) -> None:
    for name, year in (("体系检查计划", 2022), ("体系检查计划", 2023), ("计划完成情况", 2023)):
        upload("24-2", person("mangkang"), f"{name}.pdf", words=f"{name}{year}").proves_year = year
    session.flush()
    words = filing(session, campaign, "24-2", "芒康县", is_own=True)
    assert words == "材料 1/3（缺：计划完成情况（2022年）、问题整改台账）"


def test_a_dropped_slot_is_asked_of_nobody(session: Session, person: Person, campaign: Campaign) -> None:
    session.get_one(Material, slot(session, "11-1", "工作总结").id).is_dropped = True
    session.flush()
    words = filing(session, campaign, "11-1", "市农业农村局", is_own=True)
    assert words == "材料 0/2（缺：工作部署资料、耕地台账）"
    task_id = share(session, "11-1", "市农业农村局").task_id
    assert [each.name for each in slots_of(session, task_id)] == ["工作部署资料", "耕地台账"]


def test_the_shelf_shows_each_slot_with_its_documents_and_what_is_missing(
    session: Session, person: Person, upload: Upload
) -> None:
    upload("11-1", person("nongye"))
    shelf = own_shelf(session, share(session, "11-1", "市农业农村局"), person("nongye"), FRIDAY)
    assert [(place.slot.name, len(place.papers), place.gap) for place in shelf.places] == [
        ("工作部署资料", 0, "工作部署资料"), ("耕地台账", 1, None), ("工作总结", 0, "工作总结"),
    ]  # fmt: skip
    assert (shelf.drafts, shelf.may_file, shelf.is_behalf, shelf.years) == (1, True, False, "2022、2023")
    for name, may_file, is_behalf in (("office", True, True), ("nongye-head", False, False)):
        shelf = own_shelf(session, share(session, "11-1", "市农业农村局"), person(name), FRIDAY)
        assert (shelf.may_file, shelf.is_behalf, shelf.drafts) == (may_file, is_behalf, 1)


@pytest.mark.parametrize(
    ("today", "years"),
    [
        (date(2023, 7, 1), [2022, 2023]),
        (FRIDAY, [2022, 2023]),
        (date(2024, 7, 1), [2022, 2023, 2024, 2025]),
        (date(2026, 1, 1), [2022, 2023, 2024, 2025]),
    ],
)
def test_the_next_deadline_says_which_years_are_asked_for(
    session: Session, today: date, years: list[int]
) -> None:
    task_id = share(session, "24-2", "芒康县").task_id
    assert list(asked_span(session, task_id, today).years) == years


def test_only_what_was_handed_in_is_not_lacking(session: Session, person: Person, upload: Upload) -> None:
    own = share(session, "11-1", "市农业农村局")
    papers = [
        upload("11-1", person("nongye"), f"{name}.pdf") for name in ("工作部署资料", "耕地台账", "工作总结")
    ]
    asked = asked_span(session, own.task_id, FRIDAY)
    assert lacking(session, own.task_id, own.unit_id, asked).filled == 0
    for paper in papers:
        hand_in(session, paper, person("nongye"))
    assert lacking(session, own.task_id, own.unit_id, asked).is_complete


def test_a_task_lists_the_documents_that_the_reader_may_see(
    session: Session, person: Person, campaign: Campaign, upload: Upload
) -> None:
    mangkang, karuo = person("mangkang"), person("karuo")
    upload("11-2", mangkang)
    hand_in(session, upload("11-2", karuo), karuo)
    task_id = share(session, "11-2", "芒康县").task_id
    seen = {
        name: [(paper.unit, paper.state.value) for paper in papers_of_task(session, task_id, person(name))]
        for name in ("mangkang", "karuo", "nongye", "shijian", "leader", "office")
    }
    theirs, draft = ("卡若区", "submitted"), ("芒康县", "draft")
    assert seen == {
        "mangkang": [draft], "karuo": [theirs], "nongye": [theirs], "shijian": [], "leader": [theirs],
        "office": [theirs, draft],
    }  # fmt: skip
    shelves = others_shelves(papers_of_task(session, task_id, person("office")), karuo.unit_id)
    assert [(each.unit, len(each.papers)) for each in shelves] == [("芒康县", 1)]
    for reader, filled in (("mangkang", 1), ("nongye", 0), ("leader", 0)):
        slots = slots_by_task(session, campaign)
        filings = filings_of_task(
            session, task_id, person(reader), slots, campaign.starts_on, has_papers=True
        )
        assert filings[mangkang.unit_id].of(task_id, G2).filled == filled, reader
        assert filings[karuo.unit_id].of(task_id, G2).filled == 1
    assert filings[person("shijian").unit_id].of(task_id, G2).total == 3


def test_a_document_under_two_indicators_is_seen_by_the_departments_of_both(
    session: Session, person: Person, upload: Upload
) -> None:
    mangkang = person("mangkang")
    evidence = upload("11-2", mangkang)
    hand_in(session, evidence, mangkang)
    assert find(session, evidence.id, person("shijian")) is None
    actions.file_under(session, evidence, slot(session, "24-2", "体系检查计划"), by=mangkang, at=AT)
    assert find(session, evidence.id, person("shijian")) is evidence
    assert find(session, evidence.id, person("karuo")) is None


def test_another_citys_documents_do_not_exist(session: Session, person: Person, upload: Upload) -> None:
    evidence = upload("11-1", person("nongye"))
    other = Jurisdiction(code="540000", name="另一个市", timezone="Asia/Shanghai")
    session.add(other)
    session.flush()
    office = person("office")
    assert find(session, evidence.id, office) is evidence
    office.unit.jurisdiction_id = other.id
    session.flush()
    assert find(session, evidence.id, office) is None
    assert places_of_content(session, evidence.file_id, office) == []


def test_where_a_content_stands_is_told_of_what_the_reader_may_see(
    session: Session, person: Person, take: Take
) -> None:
    mangkang, nongye, received = person("mangkang"), person("nongye"), take("通报.pdf")
    theirs = add(session, share(session, "11-2", "芒康县"), received, mangkang).evidence
    mine = add(session, share(session, "11-1", "市农业农村局"), received, nongye).evidence
    add(session, share(session, "12-1", "市农业农村局"), received, nongye)
    file_id = mine.file_id
    assert places_of_content(session, file_id, nongye) == ["11-1", "12-1"]
    hand_in(session, theirs, mangkang)
    assert places_of_content(session, file_id, nongye) == ["11-1", "芒康县 11-2", "12-1"]
    assert places_of_content(session, file_id, mangkang) == ["11-2"]
    assert places_of_content(session, file_id, person("karuo")) == []
    assert places_of_content(session, file_id, person("leader")) == ["芒康县 11-2"]
    twin = twin_of_unit(session, mine.campaign_id, nongye.unit_id, file_id)
    assert twin is mine
    assert twin_of_unit(session, mine.campaign_id, person("karuo").unit_id, file_id) is None


def test_a_document_can_go_to_every_slot_of_its_units_tasks(
    session: Session, person: Person, upload: Upload
) -> None:
    evidence = upload("11-1", person("nongye"))
    slots = slots_of_unit(session, evidence)
    assert {"11-1", "12-1", "29-3"} <= {code for code, _ in slots}
    assert "11-2" not in {code for code, _ in slots}
    assert len({slot.id for _, slot in slots}) == len(slots)
    share(session, "12-1", "市农业农村局").left_on = FRIDAY
    session.flush()
    assert "12-1" not in {code for code, _ in slots_of_unit(session, evidence)}
