"""The plan as data, held against the document it was taken from.

The reading of the source below is deliberately its own: it folds a whole chapter into one string
and cuts that, so that it shares nothing with what wrote the CSV files.
"""

import calendar
import csv
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

SEED = Path(__file__).parents[2] / "seed"
PLAN = SEED / "changdu-2023"
COUNTIES = "各县（区）"
MEMBERS = "各成员单位"
OFFICE = "市食品药品安全委员会办公室"
HAN_DIGITS = "一二三四五六七"
Row = dict[str, str]


# ---------------------------------------------------------------- the CSV files


@cache
def table(name: str) -> list[Row]:
    with (PLAN / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def cell_list(cell: str) -> list[str]:
    return cell.split("；") if cell else []


@cache
def unit_by_name() -> dict[str, str]:
    """The canonical name behind every name, short name and alias of units and groups."""
    known: dict[str, str] = {}
    for row in table("units") + table("groups"):
        for name in [row["name"], row.get("short", ""), *cell_list(row["aliases"])]:
            if name:
                known[fold(name)] = row["name"]
    return known


def tasks_of(indicator: str) -> list[Row]:
    return [row for row in table("tasks") if row["indicator"] == indicator]


def task(code: str) -> Row:
    indicator, number = code.split("-")
    return tasks_of(indicator)[int(number) - 1]


# ---------------------------------------------------------------- the source


def fold(text: str) -> str:
    """One spelling for comparing: no tags, no bold marks, no spaces, half-width punctuation."""
    bare = re.sub(r"<[^>]*>", "", text).replace("**", "")
    return "".join(unicodedata.normalize("NFKC", bare).split())


@cache
def source() -> str:
    (path,) = (SEED / "sources").glob("001*.txt")
    return path.read_text(encoding="utf-8")


def chapter(start: str, end: str) -> str:
    """The folded text between two headings; page breaks vanish with the line breaks."""
    return fold(source()).split(fold(start), 1)[1].split(fold(end), 1)[0]


@dataclass(frozen=True)
class AnnexRow:
    section: int
    point: str
    text: str
    method: str
    responsible: str
    tasks: str

    @property
    def number(self) -> str:
        found = re.match(r"\((\d+)\)", fold(self.text))
        assert found
        return found[1]


@cache
def annex() -> list[AnnexRow]:
    rows, section = [], 0
    for line in source().splitlines():
        cells = line.split("\t")
        if len(cells) != 5 or cells[0] == "评价要点":
            continue
        if any(cell.strip() for cell in cells[1:]):
            rows.append(AnnexRow(section, *cells))
        else:
            section += 1
    return rows


def numbered(text: str) -> list[tuple[int, str]]:
    """`1.…2.…` cut into (number, rest); text before the first number is dropped."""
    parts = re.split(r"(?<![\dA-Z])(\d{1,2})\.(?=\D)", text)
    return [(int(number), rest) for number, rest in zip(parts[1::2], parts[2::2], strict=True)]


def source_tasks(row: AnnexRow) -> list[str]:
    cell = fold(row.tasks)
    return [text for _, text in numbered(cell)] or [cell]


@dataclass(frozen=True)
class SourceInitiative:
    kind: str
    number: int
    title: str
    text: str
    lead: str
    responsible: str


def source_initiatives() -> Iterator[SourceInitiative]:
    chapters = {
        "project": chapter("（一）实施12项食品安全治理提升工程", "（二）开展12个专项整治行动"),
        "action": chapter("（二）开展12个专项整治行动", "六、实施步骤"),
    }
    for kind, text in chapters.items():
        for number, rest in numbered(text):
            found = re.fullmatch(r"(.+?)。(.+)牵头单位:(.+)责任单位:(.+)", rest)
            assert found, rest
            title, body, lead, responsible = found.groups()
            yield SourceInitiative(kind, number, title, body, lead, responsible)


def source_phases() -> list[tuple[str, str, list[tuple[int, str]]]]:
    """Title, months and numbered tasks of each phase."""
    text = chapter("六、实施步骤", "七、工作要求")
    parts = re.split(r"\([一二三四五六七]\)([^()]+阶段)\(([^()]+)\)", text)
    return [
        (title, months, numbered(rest))
        for title, months, rest in zip(parts[1::3], parts[2::3], parts[3::3], strict=True)
    ]


def resolve(written: str) -> list[str]:
    """The units of a written list; 市 stands once before several names, and counts for each."""
    bare = re.sub("等(食品安全监管)?部门", "", fold(written))
    names = re.split(r"[、,;](?![^()]*\))", bare)  # not inside 各县(市、区)
    known = unit_by_name()
    return [known.get(name) or known[f"市{name}"] for name in names]


# ---------------------------------------------------------------- counts


def test_every_file_opens_in_a_spreadsheet() -> None:
    for path in PLAN.glob("*.csv"):
        assert path.read_bytes().startswith(b"\xef\xbb\xbf"), path.name
        with path.open(encoding="utf-8-sig", newline="") as file:
            widths = {len(row) for row in csv.reader(file)}
        assert len(widths) == 1, path.name


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("sections", 6),
        ("points", 36),
        ("indicators", 94),
        ("tasks", 217),
        ("initiatives", 24),
        ("phases", 7),
        ("phase_tasks", 20),
    ],
)
def test_the_plan_is_there_completely(name: str, count: int) -> None:
    assert len(table(name)) == count


def test_there_are_12_projects_and_12_actions() -> None:
    assert Counter(row["kind"] for row in table("initiatives")) == {"project": 12, "action": 12}


def test_the_points_of_a_section_add_up_as_printed() -> None:
    printed = {row["number"]: int(row["points"]) for row in table("sections")}
    assert list(printed.values()) == [30, 15, 15, 20, 40, 0]
    counted: Counter[str] = Counter()
    for row in table("points"):
        counted[row["section"]] += 0 if row["kind"] == "optional" else int(row["points"])
    counted["5"] += 15
    assert counted == Counter({number: points for number, points in printed.items() if points})


def test_seven_optional_points_list_35_and_two_of_point_29_are_chosen() -> None:
    optional = [row for row in table("points") if row["kind"] == "optional"]
    assert [row["number"] for row in optional] == [str(number) for number in range(30, 37)]
    assert sum(int(row["points"]) for row in optional) == 35
    assert {row["number"]: row["choose"] for row in table("points") if row["choose"]} == {"29": "2"}


# ---------------------------------------------------------------- the annex


def test_points_are_those_of_the_annex() -> None:
    titles: dict[int, tuple[int, str, int]] = {}
    for row in annex():
        if row.point.strip():
            found = re.fullmatch(r"(\d+)\.(.+?)\(?(?:必选项,)?(?:任选2项,)?(\d+)分\)", fold(row.point))
            assert found, row.point
            titles[int(found[1])] = (row.section, found[2], int(found[3]))
    seeded = {
        int(row["number"]): (int(row["section"]), fold(row["title"]), int(row["points"]))
        for row in table("points")
    }
    assert seeded == titles


def test_indicators_are_those_of_the_annex() -> None:
    seeded = [(row["number"], f"({row['number']}){fold(row['text'])}") for row in table("indicators")]
    assert seeded == [(row.number, fold(row.text)) for row in annex()]


def test_raw_cells_are_kept_as_printed() -> None:
    for row, printed in zip(table("indicators"), annex(), strict=True):
        assert row["text_raw"] == printed.text
        assert row["method_raw"] == printed.method
        assert row["responsible_raw"] == printed.responsible
        raw_tasks = "".join(found["text_raw"] for found in tasks_of(row["number"]))
        assert "".join(raw_tasks.split()) == "".join(printed.tasks.split())


def test_indicators_stand_under_their_section_and_point() -> None:
    point = ""
    for row, printed in zip(table("indicators"), annex(), strict=True):
        point = printed.point.split(".")[0].strip() or point
        is_veto = printed.section == 6
        assert int(row["section"]) == printed.section
        assert row["point"] == ("" if is_veto else point)
        assert row["veto"] == ("yes" if is_veto else "no")


def test_methods_are_those_of_the_annex() -> None:
    words = {
        "documents": "资料审查",
        "interview": "党政领导访谈",
        "on_site": "现场检查",
        "platform": "查看",
        "survey": "委托第三方机构开展测评",
        "authority": "评价",
        "samr_panel": "市场监管总局组织验收组评审",
        "state_panel": "国务院食品安全办组织验收组评审",
    }
    for row, printed in zip(table("indicators"), annex(), strict=True):
        methods, written = cell_list(row["methods"]), fold(printed.method).split("、")
        for method, part in zip(methods, written, strict=True):
            assert words[method] in part


def test_tasks_are_those_of_the_annex_in_order() -> None:
    for printed in annex():
        seeded = tasks_of(printed.number)
        assert [fold(row["text"]) for row in seeded] == source_tasks(printed)
        assert [int(row["number"]) for row in seeded] == list(range(1, len(seeded) + 1))


def test_texts_are_tidy() -> None:
    for name in ("indicators", "tasks", "initiatives", "phase_tasks", "requirements"):
        for row in table(name):
            assert not re.search(r"[\s,;:()<>*]", row["text"]), row["text"]


def test_flags_follow_the_words_of_the_tasks() -> None:
    for row, printed in zip(table("indicators"), annex(), strict=True):
        words = fold(printed.tasks)
        assert (row["on_site_check"] == "yes") == ("现场可查" in words), printed.number
        assert (row["online_check"] == "yes") == bool(re.search("(平台|确保)在线可查", words)), printed.number


def test_responsible_units_are_those_of_the_annex_in_order() -> None:
    for row, printed in zip(table("indicators"), annex(), strict=True):
        assert cell_list(row["responsible"]) == resolve(printed.responsible)


# ---------------------------------------------------------------- the body


def test_initiatives_are_those_of_the_plan() -> None:
    seeded = [
        SourceInitiative(
            row["kind"],
            int(row["number"]),
            *(fold(row[key]) for key in ("title", "text", "lead_raw", "responsible_raw")),
        )
        for row in table("initiatives")
    ]
    assert seeded == list(source_initiatives())


def test_units_of_an_initiative_are_those_written_beneath_it() -> None:
    for row in table("initiatives"):
        assert cell_list(row["lead"]) == resolve(row["lead_raw"])
        assert cell_list(row["responsible"]) == resolve(row["responsible_raw"])


def test_phases_are_those_of_the_plan() -> None:
    def last_day(year: int, month: int) -> date:
        return date(year, month, calendar.monthrange(year, month)[1])

    for row, (title, months, _) in zip(table("phases"), source_phases(), strict=True):
        stretch = [(int(y), int(m)) for y, m in re.findall(r"(\d+)年(\d+)月", months)]
        assert fold(row["title"]) == title
        assert row["starts_on"] == date(*stretch[0], 1).isoformat()
        assert row["ends_on"] == last_day(*stretch[-1]).isoformat()


def test_phase_tasks_are_those_of_the_plan() -> None:
    printed = [
        (phase, number, text)
        for phase, (_, _, tasks) in enumerate(source_phases(), 1)
        for number, text in tasks
    ]
    seeded = [(int(r["phase"]), int(r["number"]), fold(r["text"])) for r in table("phase_tasks")]
    assert seeded == printed
    assert all(row["text"].startswith(row["title"]) for row in table("phase_tasks"))


def test_requirements_are_sentences_of_the_plan() -> None:
    body = chapter("七、工作要求", "附件:").replace("and", "和")
    for row in table("requirements"):
        heading = f"({' 一二三四五六七八九'[int(row['number'])]}){row['title']}。"
        assert fold(row["text"]) in body.split(fold(heading), 1)[1]


# ---------------------------------------------------------------- units


def test_a_name_belongs_to_one_unit_or_group() -> None:
    names = [
        fold(name)
        for row in table("units") + table("groups")
        for name in {row["name"], row.get("short") or row["name"], *cell_list(row["aliases"])}
    ]
    assert [name for name, count in Counter(names).items() if count > 1] == []


def test_the_city_has_an_office_24_departments_11_counties_and_a_zone() -> None:
    assert Counter(row["kind"] for row in table("units")) == {
        "office": 1,
        "department": 24,
        "county": 11,
        "zone": 1,
    }


def test_departments_are_known_without_their_leading_city() -> None:
    for row in table("units"):
        if row["kind"] == "department" and not row["name"].startswith(("市委", "市政府")):
            assert unit_by_name()[row["name"].removeprefix("市")] == row["name"]
            assert unit_by_name()[row["short"].removeprefix("市")] == row["name"]


def test_every_acting_unit_is_known_by_its_canonical_name() -> None:
    known = {row["name"] for row in table("units") + table("groups")}
    for name in ("indicators", "tasks", "initiatives", "phase_tasks", "requirements"):
        for row in table(name):
            for column in ("lead", "supporting", "responsible"):
                assert set(cell_list(row.get(column, ""))) <= known, row


def test_every_city_unit_written_in_the_annex_is_known() -> None:
    written = set()
    for printed in annex():
        words = fold(f"{printed.responsible};{printed.tasks}")
        written |= set(re.findall(r"市(?!场开办者)[^市,、;。():]{2,7}?[局委办室]", words))
    assert {name for name in written if name not in unit_by_name()} == set()


def test_members_of_groups_are_units_and_no_office() -> None:
    kinds = {row["name"]: row["kind"] for row in table("units")}
    groups = {row["name"]: cell_list(row["members"]) for row in table("groups")}
    for name, members in groups.items():
        expected = {"county"} if name == COUNTIES else {"department"}
        assert {kinds[member] for member in members} <= expected
    for name, kind in ((COUNTIES, "county"), (MEMBERS, "department"), ("有关成员单位", "department")):
        assert groups[name] == [unit for unit in kinds if kinds[unit] == kind]
    busy = {unit for row in tasks_of("28") for unit in [row["lead"], *cell_list(row["supporting"])]}
    assert set(groups["其他有关成员单位"]) == set(groups[MEMBERS]) - busy


# ---------------------------------------------------------------- who does what

# Tasks whose sentence names its actors otherwise: no subject, 各责任部门, 各级各部门.
NAMED_OTHERWISE = {(29, 2), (45, 1), (73, 2), (91, 2), (93, 2), (94, 1)}


def names_of(unit: str) -> list[str]:
    return [name for name, owner in unit_by_name().items() if owner == unit]


def test_the_first_unit_named_leads_and_supporters_are_named() -> None:
    for row in table("tasks"):
        if (int(row["indicator"]), int(row["number"])) in NAMED_OTHERWISE:
            continue
        text = fold(row["text"])
        assert text.startswith(tuple(names_of(row["lead"]))), text
        for unit in cell_list(row["supporting"]):
            assert any(name in text for name in names_of(unit)), (unit, text)


def test_units_named_side_by_side_at_the_head_of_a_task_all_act() -> None:
    names = sorted(unit_by_name(), key=len, reverse=True)
    name = f"(?:{'|'.join(map(re.escape, names))})"
    for row in table("tasks"):
        head = re.match(f"{name}(?:、{name})+", fold(row["text"]))
        if head:
            assert [row["lead"], *cell_list(row["supporting"])] == resolve(head[0])


@pytest.mark.parametrize(
    ("code", "lead", "supporting"),
    [
        ("1-1", OFFICE, ["市委巡察办", "市委督查室", "市政府督查室"]),
        ("2-1", OFFICE, []),
        ("27-1", "市市场监督管理局", ["市教育局"]),
        ("28-5", "其他有关成员单位", []),
        ("34-1", "市农业农村局", ["市公安局"]),
        ("34-2", "市公安局", ["市市场监督管理局"]),
        ("66-1", "市教育局", []),
        ("71-2", "各承保公司", []),
        ("73-2", MEMBERS, [COUNTIES]),
        ("74-1", OFFICE, [MEMBERS]),
        ("81-1", OFFICE, ["市委政法委", "市纪委监委"]),
        ("89-2", MEMBERS, [COUNTIES]),
        ("94-1", "市市场监督管理局", [COUNTIES]),
    ],
)
def test_hard_sentences_are_read_as_decided(code: str, lead: str, supporting: list[str]) -> None:
    assert (task(code)["lead"], cell_list(task(code)["supporting"])) == (lead, supporting)


@pytest.mark.parametrize("code", ["29-2", "45-1"])
def test_without_a_subject_the_departments_of_the_indicator_act(code: str) -> None:
    (indicator,) = [r for r in table("indicators") if r["number"] == code.split("-")[0]]
    departments = [unit for unit in cell_list(indicator["responsible"]) if unit != COUNTIES]
    assert [task(code)["lead"], *cell_list(task(code)["supporting"])] == departments


def test_counties_mirror_or_urge_only_where_the_words_say_so() -> None:
    for row in table("tasks"):
        expected = "execute"
        if row["lead"] == COUNTIES and re.search("参照(落实|执行)", row["text"]):
            expected = "mirror"
        elif row["lead"] == COUNTIES and "督促落实" in row["text"]:
            expected = "urge"
        assert row["duty"] == expected, row["text"]


# ---------------------------------------------------------------- days


def test_every_deadline_used_exists_and_every_deadline_is_used() -> None:
    used = {
        code
        for name in ("initiatives", "phase_tasks", "requirements")
        for row in table(name)
        for code in cell_list(row["deadlines"])
    }
    assert used == {row["code"] for row in table("deadlines")}


def test_a_gate_opens_the_day_after_the_one_before() -> None:
    gates = [row for row in table("deadlines") if row["kind"] == "gate"]
    ends = {row["gate"]: row["ends_on"] for row in table("phases") if row["gate"]}
    assert {row["gate"]: row["due_on"] for row in gates} == ends
    for before, after in pairwise(gates):
        opened, closed = (date.fromisoformat(d) for d in (after["opens_on"], before["due_on"]))
        assert (opened - closed).days == 1


def test_deadlines_lie_inside_the_campaign() -> None:
    campaign = tomllib.loads((PLAN / "campaign.toml").read_text(encoding="utf-8"))
    for row in table("deadlines"):
        opens_on, due_on = (date.fromisoformat(row[key]) for key in ("opens_on", "due_on"))
        assert campaign["starts_on"] <= opens_on <= due_on <= campaign["ends_on"]
        assert 0 < len(row["label"]) <= 4


def test_make_up_days_are_weekend_days_and_no_day_stands_twice() -> None:
    days = [(date.fromisoformat(row["day"]), row["kind"]) for row in table("working_days")]
    assert len({day for day, _ in days}) == len(days)
    assert all(day.weekday() >= 5 for day, kind in days if kind == "workday")
    assert {day.year for day, _ in days} == set(range(2022, 2027))
