"""How an indicator's words begin, and who may take which step."""

import pytest

from tracker.people.models import User
from tracker.people.rules import Role
from tracker.summaries.rules import Entry, Step, SummaryState, about, composed, numeral, refuse_step


def test_an_indicator_begins_with_a_line_a_unit_and_names_who_had_no_progress() -> None:
    entries = [
        Entry("市农业农村局", progress="已部署；\n已检查 20 家。", percent="60"),
        Entry("卡若区", progress="已开会", problems="缺经费"),
        Entry("芒康县", has_no_progress=True, reason="没有安排"),
        Entry("边坝县", has_no_progress=True),
    ]
    assert composed(entries) == (
        "市农业农村局：已部署；已检查 20 家（累计完成 60%）。\n"
        "卡若区：已开会。存在问题：缺经费。\n"
        "芒康县、边坝县本月无进展。"
    )
    assert composed([]) == ""
    silent = [Entry(f"单位{n}", has_no_progress=True) for n in range(9)]
    assert composed(silent) == "本月无进展。"
    assert composed([*entries[:1], *silent]).endswith(
        "\n单位0、单位1、单位2、单位3、单位4、单位5等9个单位本月无进展。"
    )


def test_a_heading_takes_the_first_clause() -> None:
    assert about("落实《责任制规定》要求，将食品安全\n纳入督查") == "落实《责任制规定》要求"


@pytest.mark.parametrize(
    ("number", "words"), [(1, "一"), (10, "十"), (12, "十二"), (30, "三十"), (94, "九十四")]
)
def test_headings_are_numbered_in_chinese(number: int, words: str) -> None:
    assert numeral(number) == words


@pytest.mark.parametrize("step", Step)
def test_only_the_office_and_only_in_the_right_state(step: Step) -> None:
    office, leader = User(role=Role.OFFICE), User(role=Role.LEADER)
    allowed = {state for state in SummaryState if refuse_step(state, step, office) is None}
    assert allowed == ({SummaryState.FINAL} if step is Step.SEND else {SummaryState.DRAFT})
    assert all(refuse_step(state, step, leader) == f"只有市食安办可以{step.label}" for state in SummaryState)


def test_what_is_stored_is_read_again() -> None:
    entry = Entry("卡若区", "已开会", "50", "3 次", "通知", "缺人", "补人", "推进中")
    assert Entry(**entry.as_json()) == entry
