"""What is found, and what only those find who may see it."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.search.conftest import File
from tests.world import SEED, MovableClock
from tracker.commands.seed import start_campaign
from tracker.desk.outline import outline
from tracker.desk.task import Attached, task_page
from tracker.evidence.models import Evidence
from tracker.evidence.queries import find
from tracker.people.models import User
from tracker.plan.models import Campaign, Material, Task
from tracker.plan.seed.reading import read_plan
from tracker.search import queries
from tracker.search.queries import MOST_COUNTED, SHOWN
from tracker.units.models import Alias, Jurisdiction, Unit

Person = Callable[[str], User]
EVERYBODY = ("office", "leader", "nongye", "nongye-head", "mangkang")


class Search:
    """Somebody who searches the campaign in hand."""

    def __init__(self, session: Session, reader: User) -> None:
        self._session, self._reader = session, reader
        self._campaign = session.scalars(select(Campaign).order_by(Campaign.id).limit(1)).one()

    def tasks(self, *words: str) -> list[str]:
        return [hit.code for hit in queries.tasks(self._session, self._campaign, words, self._reader).hits]

    def task_count(self, *words: str) -> str:
        return queries.tasks(self._session, self._campaign, words, self._reader).count

    def titles(self, *words: str, number: int = 1) -> list[str]:
        return [hit.title for hit in self.found(*words, number=number).hits]

    def found(self, *words: str, number: int = 1) -> queries.Found[queries.EvidenceHit]:
        return queries.evidence(self._session, self._campaign, words, self._reader, number)


@pytest.fixture
def search(session: Session, person: Person) -> Callable[[str], Search]:
    return lambda name: Search(session, person(name))


def test_tasks_are_found_by_number_text_material_and_unit(
    session: Session, search: Callable[[str], Search]
) -> None:
    office = search("office")
    assert office.tasks("11-1") == ["11-1"]
    task = session.scalars(select(Task).where(Task.code == "11-1")).one()
    assert "11-1" in office.tasks(task.text[:6])
    material = session.scalars(select(Material).where(Material.task_id == task.id)).first()
    assert material is not None
    assert "11-1" in office.tasks(material.name)
    assert "11-1" in office.tasks("11-", "农业农村局")
    assert office.tasks("11-1", "蜜蜂") == []


def test_a_bare_task_is_found_by_the_words_of_its_indicator(
    session: Session, search: Callable[[str], Search], person: Person
) -> None:
    task = session.scalars(select(Task).where(Task.code == "11-2")).one()
    words = task.item.text[:8]
    assert words not in task.text
    assert "11-2" in search("mangkang").tasks(words)
    hits = queries.tasks(
        session, session.get_one(Campaign, task.campaign_id), (words,), person("mangkang")
    ).hits
    assert next(hit.text for hit in hits if hit.code == "11-2").endswith(task.item.text)


def test_a_unit_is_found_by_its_other_names_too(session: Session, search: Callable[[str], Search]) -> None:
    unit = session.scalars(select(Unit).where(Unit.short == "市农业农村局")).one()
    session.add(Alias(jurisdiction_id=unit.jurisdiction_id, name="农牧水产处", unit_id=unit.id))
    session.commit()
    assert search("office").tasks("农牧水产处", "11-1") == ["11-1"]


def test_a_dropped_material_finds_no_task(session: Session, search: Callable[[str], Search]) -> None:
    task = session.scalars(select(Task).where(Task.code == "11-1")).one()
    session.add(Material(task_id=task.id, position=99, name="蜂群登记簿", kind="ledger", is_dropped=True))
    session.commit()
    assert search("office").tasks("蜂群登记簿") == []


NOTHING = Attached(has_papers=False, has_comments=False, has_appeals=False, has_orders=False, handlers=0)


@pytest.mark.parametrize("name", EVERYBODY)
def test_the_tasks_found_are_those_that_can_be_opened(
    session: Session, person: Person, today: date, name: str
) -> None:
    """The search and the task page agree on the first task of every item, which is opened with its others."""
    reader = person(name)
    campaign = session.scalars(select(Campaign)).one()
    firsts = session.scalars(select(func.min(Task.id)).group_by(Task.item_id)).all()
    openable = {
        task_id
        for task_id in firsts
        if task_page(session, outline(session, task_id), reader, reader.unit, today, NOTHING) is not None
    }
    found = set(session.scalars(select(Task.id).where(queries._may_open(campaign, reader))))
    assert found.intersection(firsts) == openable
    assert openable


def test_a_county_does_not_learn_which_other_county_has_a_share(search: Callable[[str], Search]) -> None:
    assert "11-2" in search("nongye").tasks("卡若区", "11-2")
    assert "11-2" in search("mangkang").tasks("芒康县", "11-2")
    assert search("mangkang").tasks("卡若区", "11-2") == []


def test_the_units_shown_with_a_task_are_those_that_the_reader_may_know(
    session: Session, person: Person
) -> None:
    campaign = session.scalars(select(Campaign)).one()
    found = queries.tasks(session, campaign, ("11-2",), person("mangkang"))
    assert [hit.units for hit in found.hits] == [()]
    found = queries.tasks(session, campaign, ("县", "11-2"), person("mangkang"))
    assert [hit.units for hit in found.hits] == [("芒康县",)]


def test_documents_are_found_by_title_number_file_name_unit_material_and_task(
    session: Session, file: File, search: Callable[[str], Search]
) -> None:
    document = file(
        "春季巡查", "11-1", by="nongye", document_number="昌农〔2023〕12号", file_name="Scan_0001.PDF"
    )
    office, slot = search("office"), document.placements[0].material
    for word in ("春季", "〔2023〕12号", "scan_0001", "农业农村", "11-1", slot.name, slot.task.text[:6]):
        assert office.titles("巡查", word) == ["春季巡查"], word
    assert office.titles("巡查", "冬季") == []
    hit = office.found("巡查").hits[0]
    assert hit.places == (f"11-1 {slot.name}",)
    assert (hit.unit, hit.document_number, hit.file_name) == (
        "市农业农村局", "昌农〔2023〕12号", "Scan_0001.PDF",
    )  # fmt: skip


def test_each_finds_the_documents_that_each_may_open(
    session: Session, file: File, search: Callable[[str], Search], person: Person
) -> None:
    file("蜂群甲", "11-1", by="nongye")
    file("蜂群乙", "11-2", by="mangkang")
    file("蜂群丙", "11-2", by="karuo")
    file("蜂群丁", "1-1", by="office")
    assert search("office").titles("蜂群") == ["蜂群丁", "蜂群丙", "蜂群乙", "蜂群甲"]
    assert search("leader").titles("蜂群") == ["蜂群丁", "蜂群丙", "蜂群乙", "蜂群甲"]
    assert search("nongye").titles("蜂群") == ["蜂群丙", "蜂群乙", "蜂群甲"]
    assert search("mangkang").titles("蜂群") == ["蜂群乙"]
    for name in EVERYBODY:
        openable = [
            document.title
            for document in session.scalars(select(Evidence).order_by(Evidence.id.desc()))
            if find(session, document.id, person(name)) is not None
        ]
        assert search(name).titles("蜂群") == openable


def test_a_draft_is_found_by_its_own_unit_and_who_uploaded_it(
    file: File, search: Callable[[str], Search]
) -> None:
    file("蜂群草稿", "11-2", by="mangkang", is_draft=True)
    assert search("mangkang").titles("蜂群") == ["蜂群草稿"]
    assert search("mangkang-head").titles("蜂群") == ["蜂群草稿"]
    for name in ("office", "leader", "nongye", "karuo"):
        assert search(name).titles("蜂群") == [], name
    file("蜂群代办", "11-2", by="office", unit="芒康县", is_draft=True)
    assert search("office").titles("蜂群") == ["蜂群代办"]
    assert search("office-admin").titles("蜂群") == []
    assert search("mangkang").titles("蜂群") == ["蜂群代办", "蜂群草稿"]


def test_nothing_of_another_campaign_or_jurisdiction_is_found(
    session: Session, file: File, search: Callable[[str], Search], clock: MovableClock
) -> None:
    file("蜂群甲", "11-1", by="nongye")
    before = search("office").task_count("台账")
    start_campaign(session, read_plan(SEED), slug="second", at=clock.now(), today=clock.today())
    other = Jurisdiction(code="540000", name="邻市", timezone="Asia/Shanghai")
    session.add(other)
    session.flush()
    second = session.scalars(select(Campaign).where(Campaign.slug == "second")).one()
    second.jurisdiction_id = other.id
    session.scalars(select(Evidence)).one().campaign_id = second.id
    session.commit()
    for name in EVERYBODY:
        assert search(name).titles("蜂群") == [], name
    assert search("office").task_count("台账") == before


@pytest.mark.parametrize("word", ["%", "_", "蜂%甲", "蜂_甲", "/", "\\", "'", "；--"])
def test_signs_of_a_pattern_are_letters_like_any_other(
    file: File, search: Callable[[str], Search], word: str
) -> None:
    file("蜂群甲", "11-1", by="nongye", file_name="无")
    assert search("office").titles("蜂群", word) == []
    file(f"蜂群{word}", "11-1", by="nongye", file_name="无")
    assert search("office").titles("蜂群", word) == [f"蜂群{word}"]


def test_a_long_list_is_paged_and_its_count_capped(
    session: Session, file: File, search: Callable[[str], Search]
) -> None:
    first = file("蜂群000", "11-1", by="nongye")
    fields = {
        column.key: getattr(first, column.key)
        for column in Evidence.__mapper__.column_attrs
        if column.key not in ("id", "title")
    }
    for number in range(1, MOST_COUNTED):
        session.add(Evidence(**fields, title=f"蜂群{number:03}"))
    session.commit()
    office = search("office")
    assert (office.found("蜂群").count, office.found("蜂群").has_next) == ("100", True)
    assert office.titles("蜂群", number=2)[0] == f"蜂群{99 - SHOWN:03}"
    last = office.found("蜂群", number=5)
    assert (len(last.hits), last.has_next) == (SHOWN, False)
    assert office.titles("蜂群", number=6) == []
    session.add(Evidence(**fields, title="蜂群100"))
    session.commit()
    assert (office.found("蜂群").count, office.found("蜂群", number=5).has_next) == ("100+", True)
    assert (office.found("蜂群", number=6).count, len(office.titles("蜂群", number=6))) == ("101", 1)
    assert session.scalar(select(func.count()).select_from(Evidence)) == 101
