"""The plan as JSON has exactly the shape that other tools read."""

import io
import json
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.plan.export import plan_document, write_plan
from tracker.plan.models import Campaign
from tracker.units.rules import UnitKind

Json = dict[str, Any]
METHODS = {
    "documents", "interview", "on_site", "platform", "survey", "authority", "samr_panel", "state_panel",
}  # fmt: skip
GROUPS = ["各县（区）", "各成员单位", "有关成员单位", "其他有关成员单位", "各承保公司"]

SHAPE: dict[str, dict[str, type | tuple[type, ...]]] = {
    "sections": {"number": int, "title": str, "points": int},
    "points": {
        "number": int, "section": int, "title": str, "points": int,
        "kind": (str, type(None)), "choose": (int, type(None)),
    },
    "indicators": {
        "number": int, "point": (int, type(None)), "section": int, "text": str, "methods": list,
        "method_raw": str, "veto": bool, "on_site_check": bool, "online_check": bool,
        "responsible": list, "tasks": list,
    },
    "initiatives": {
        "kind": str, "number": int, "title": str, "text": str, "lead": list, "responsible": list,
    },
    "phases": {
        "number": int, "title": str, "starts_on": str, "ends_on": str, "gate": (str, type(None)),
        "tasks": list,
    },
    "units": {"name": str, "short": str, "kind": str, "aliases": list, "groups": list},
}  # fmt: skip
TASK_SHAPE = {"number": int, "text": str, "lead": str, "supporting": list, "duty": str}


@pytest.fixture
def document(session: Session) -> Json:
    campaign = session.scalars(select(Campaign).where(Campaign.slug == "changdu-2023")).one()
    stream = io.BytesIO()
    write_plan(session, campaign, stream)
    assert json.loads(stream.getvalue()) == plan_document(session, campaign)
    read: Json = json.loads(stream.getvalue().decode("utf-8"))
    return read


def assert_shape(row: Json, shape: dict[str, Any]) -> None:
    assert list(row) == list(shape)
    for name, kinds in shape.items():
        possible = kinds if isinstance(kinds, tuple) else (kinds,)
        assert type(row[name]) in possible, (name, row[name])


def test_every_row_has_exactly_the_agreed_fields(document: Json) -> None:
    assert list(document) == list(SHAPE)
    for name, shape in SHAPE.items():
        for row in document[name]:
            assert_shape(row, shape)
    for indicator in document["indicators"]:
        for task in indicator["tasks"]:
            assert_shape(task, TASK_SHAPE)
    for phase in document["phases"]:
        for task in phase["tasks"]:
            assert_shape(task, {"number": int, "text": str})


def test_the_plan_is_whole(document: Json) -> None:
    counts = {name: len(rows) for name, rows in document.items()}
    assert (counts["sections"], counts["points"], counts["indicators"]) == (6, 36, 94)
    assert (counts["initiatives"], counts["phases"]) == (24, 7)
    assert sum(len(indicator["tasks"]) for indicator in document["indicators"]) == 217
    assert sum(len(phase["tasks"]) for phase in document["phases"]) == 20
    assert [row["number"] for row in document["indicators"]] == list(range(1, 95))
    assert [section["points"] for section in document["sections"][:5]] == [30, 15, 15, 20, 40]


def test_words_are_of_the_agreed_lists(document: Json) -> None:
    assert {row["kind"] for row in document["points"]} == {"required", "optional", None}
    assert {method for row in document["indicators"] for method in row["methods"]} == METHODS
    duties = {task["duty"] for row in document["indicators"] for task in row["tasks"]}
    assert duties == {"execute", "mirror", "urge"}
    assert {row["kind"] for row in document["initiatives"]} == {"project", "action"}
    assert {row["kind"] for row in document["units"]} <= {kind.value for kind in UnitKind}


def test_points_outside_section_five_have_no_kind(document: Json) -> None:
    assert {row["kind"] for row in document["points"] if row["section"] != 5} == {None}
    assert document["points"][28] == {
        "number": 29, "section": 5, "title": "机制创新", "points": 5, "kind": "required", "choose": 2,
    }  # fmt: skip


def test_veto_items_have_no_point(document: Json) -> None:
    veto = [row["number"] for row in document["indicators"] if row["veto"]]
    assert veto == [90, 91, 92, 93, 94]
    assert veto == [row["number"] for row in document["indicators"] if row["point"] is None]


def test_gates_belong_to_their_phases(document: Json) -> None:
    gates = {row["number"]: row["gate"] for row in document["phases"] if row["gate"]}
    assert gates == {
        1: "preparation", 4: "self_assessment", 6: "preliminary_review", 7: "national_acceptance",
    }  # fmt: skip
    assert (document["phases"][3]["starts_on"], document["phases"][3]["ends_on"]) == (
        "2023-07-01", "2024-04-30",
    )  # fmt: skip


def test_units_and_groups_stand_by_canonical_name(document: Json) -> None:
    known = {unit["name"] for unit in document["units"]} | set(GROUPS)
    named = [name for row in document["indicators"] for name in row["responsible"]]
    named += [name for row in document["initiatives"] for name in row["lead"] + row["responsible"]]
    for indicator in document["indicators"]:
        for task in indicator["tasks"]:
            named += [task["lead"], *task["supporting"]]
    assert set(named) <= known
    assert document["indicators"][2]["responsible"] == [
        "市食品药品安全委员会办公室", "各成员单位", "市纪委监委", "各县（区）",
    ]  # fmt: skip


def test_a_unit_tells_its_names_and_groups(document: Json) -> None:
    units = {unit["name"]: unit for unit in document["units"]}
    assert units["卡若区"]["groups"] == ["各县（区）"]
    assert "市城管局" in units["市城市管理和综合执法局"]["aliases"] + [
        units["市城市管理和综合执法局"]["short"]
    ]
    assert units["市食品药品安全委员会办公室"]["kind"] == "office"
    assert "领导小组办公室" in units["市食品药品安全委员会办公室"]["aliases"]


def test_texts_come_without_their_numbering(document: Json) -> None:
    first = document["indicators"][0]
    assert first["text"].startswith("落实《地方党政领导干部食品安全责任制规定》")
    assert first["tasks"][1] == {
        "number": 2, "text": "各县（区）参照落实。", "lead": "各县（区）", "supporting": [], "duty": "mirror",
    }  # fmt: skip
