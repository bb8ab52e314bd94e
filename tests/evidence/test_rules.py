"""The flow of a document, which years a deadline asks for, and what a file's name tells."""

from dataclasses import dataclass
from datetime import date
from itertools import product

import pytest

from tracker.evidence.rules import (
    COUNTS,
    HANDED_IN,
    OFFICE_STEPS,
    TRANSITIONS,
    EvidenceState,
    Step,
    gap,
    guessed_place,
    guessed_year,
    refuse_step,
    span,
)
from tracker.people.rules import Role

START = date(2022, 8, 1)
GATES = {"G1": date(2023, 7, 31), "G2": date(2024, 4, 30), "G3": date(2024, 6, 30), "G4": date(2025, 8, 31)}


@dataclass(frozen=True)
class Person:
    id: int
    role: Role
    unit_id: int


@dataclass(frozen=True)
class Document:
    state: EvidenceState
    unit_id: int = 11
    uploader_id: int = 1


@dataclass(frozen=True)
class Wanted:
    name: str = "抽检计划"
    is_per_year: bool = False
    window_years: int | None = None


LIAISON = Person(1, Role.LIAISON, 11)
HEAD = Person(2, Role.UNIT_HEAD, 11)
STRANGER = Person(3, Role.LIAISON, 12)
OFFICE = Person(4, Role.OFFICE, 1)
OTHER_OFFICE = Person(5, Role.OFFICE_ADMIN, 1)
LEADER = Person(6, Role.LEADER, 1)


def test_each_step_starts_from_its_states_alone() -> None:
    for step, states in TRANSITIONS.items():
        actor = OFFICE if step in OFFICE_STEPS else LIAISON
        allowed = {state for state in EvidenceState if refuse_step(Document(state), step, actor) is None}
        assert allowed == states, step


def test_what_the_office_accepted_is_locked_but_for_a_new_version() -> None:
    accepted = Document(EvidenceState.ACCEPTED)
    refused = {step for step in TRANSITIONS if refuse_step(accepted, step, LIAISON)}
    assert {Step.DESCRIBE, Step.DELETE, Step.DISPLACE, Step.TAKE_BACK, Step.HAND_IN} <= refused
    assert not {Step.ADD_VERSION, Step.PLACE} & refused
    assert refuse_step(accepted, Step.DELETE, LIAISON) == "材料当前是“已采信”，不能删除材料"


@pytest.mark.parametrize("actor", [HEAD, STRANGER, LEADER])
def test_only_the_units_liaison_and_the_office_work_on_it(actor: Person) -> None:
    for step, state in product(TRANSITIONS, EvidenceState):
        assert refuse_step(Document(state), step, actor)
    for step in TRANSITIONS.keys() - OFFICE_STEPS:
        state = next(iter(TRANSITIONS[step]))
        assert refuse_step(Document(state), step, OFFICE) is None, "代办"


def test_only_the_office_accepts_and_never_what_the_same_person_uploaded() -> None:
    submitted = Document(EvidenceState.SUBMITTED, uploader_id=OFFICE.id)
    assert refuse_step(submitted, Step.ACCEPT, LIAISON) == "只有市食安办可以采信或退回材料"
    assert refuse_step(submitted, Step.ACCEPT, OFFICE) == "自己上传的材料须由食安办另一位同志采信"
    assert refuse_step(submitted, Step.ACCEPT, OTHER_OFFICE) is None
    assert refuse_step(submitted, Step.RETURN, OFFICE) is None


def test_a_draft_fills_its_place_for_its_own_unit_alone_and_what_was_returned_for_nobody() -> None:
    assert set(EvidenceState) - HANDED_IN == {EvidenceState.DRAFT, EvidenceState.RETURNED}
    assert set(EvidenceState) - COUNTS == {EvidenceState.RETURNED}


@pytest.mark.parametrize(
    ("gate", "years"),
    [
        ("G1", [2022, 2023]),
        ("G2", [2022, 2023]),
        ("G3", [2022, 2023]),
        ("G4", [2022, 2023, 2024, 2025]),
    ],
)
def test_a_gate_asks_for_each_year_up_to_the_last_with_material_of_its_own(
    gate: str, years: list[int]
) -> None:
    asked = span(START, GATES[gate])
    assert list(asked.years) == years
    material = Wanted(is_per_year=True)
    assert gap(material, years, asked) is None
    assert gap(material, [], asked) == "抽检计划"
    assert gap(material, [2019, 2030], asked) == "抽检计划"
    for year in years:
        others = [each for each in years if each != year]
        assert gap(material, others, asked) == f"抽检计划（{year}年）"


def test_a_campaign_that_has_just_begun_asks_for_its_first_year() -> None:
    assert list(span(date(2024, 2, 1), date(2024, 3, 31)).years) == [2024]


def test_several_years_that_lack_are_told_together() -> None:
    asked = span(START, GATES["G4"])
    assert gap(Wanted(is_per_year=True), [2023], asked) == "抽检计划（2022、2024、2025年）"


@pytest.mark.parametrize(
    ("gate", "window", "oldest"), [("G1", 2, 2021), ("G2", 2, 2022), ("G3", 3, 2021), ("G4", 2, 2023)]
)
def test_a_window_asks_for_one_of_its_years(gate: str, window: int, oldest: int) -> None:
    asked = span(START, GATES[gate])
    assert gap(Wanted(window_years=window), [oldest], asked) is None
    assert gap(Wanted(window_years=window), [oldest - 1], asked) == "抽检计划"
    assert gap(Wanted(window_years=window), [], asked) == "抽检计划"


def test_a_plain_material_asks_for_any_document() -> None:
    asked = span(START, GATES["G4"])
    assert gap(Wanted(), [2010], asked) is None
    assert gap(Wanted(), [], asked) == "抽检计划"


@pytest.mark.parametrize(
    ("name", "year"),
    [
        ("2023年工作总结.pdf", 2023),
        ("总结2022.docx", 2022),
        ("昌食安办〔2021〕14号.pdf", 2021),
        ("20231105_台账.xlsx", 2024),
        ("1998年文件.pdf", 2024),
        ("13800202312.jpg", 2024),
        ("工作总结.pdf", 2024),
    ],
)
def test_the_year_is_that_of_the_name_else_this_one(name: str, year: int) -> None:
    assert guessed_year(name, date(2024, 3, 22)) == year


def test_a_file_goes_where_its_name_says_else_where_something_is_missing() -> None:
    deploy, ledger, summary = Wanted("工作部署资料"), Wanted("耕地台账"), Wanted("工作总结")
    every = [deploy, ledger, summary]
    assert guessed_place("2023年耕地台账（芒康）.xlsx", every, [deploy]) is ledger
    assert guessed_place("年度工作总结.docx", every, every) is summary
    assert guessed_place("IMG_0001.jpg", every, [summary]) is summary
    assert guessed_place("IMG_0001.jpg", every, []) is deploy
    assert guessed_place("IMG_0001.jpg", [], []) is None
