"""The deadlines, gates and working days of the plan as data fit together."""

import tomllib
from datetime import date
from itertools import pairwise

from tests.plan.printed import PLAN, cell_list, table


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
