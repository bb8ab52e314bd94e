"""The leaders' page: the same figures as the board, what is late and who, what comes next."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.browser import HtmlChecker
from tests.world import MovableClock
from tracker.board.brief import MOST_COMING, MOST_NAMES, Brief, MonthLine, brief_of
from tracker.board.queries import count_milestones
from tracker.milestones.rules import Day, Light
from tracker.plan.models import Campaign
from tracker.reports.models import ReportPeriod
from tracker.reports.overview import MonthCounts
from tracker.workdays.queries import calendar_of

SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def brief(session: Session) -> Brief:
    """22 March 2024: the reports of March are due on the 25th, the self-assessment on 30 April."""
    day = Day(date(2024, 3, 22), calendar_of(session, 1))
    return brief_of(session, session.scalars(select(Campaign)).one(), day)


def test_the_figures_are_those_of_the_board(session: Session, brief: Brief) -> None:
    day = Day(date(2024, 3, 22), calendar_of(session, 1))
    counts = count_milestones(session, session.scalars(select(Campaign)).one(), day)
    assert brief.counts == counts
    assert [line.gate.label for line in brief.gates] == ["准备", "自评", "初评", "验收"]
    assert [row.tally for row in brief.late_units] == list(counts.only(Light.LATE).by_unit.values())[:8]
    assert brief.oldest[0].late_from == counts.all.late_from


def test_what_comes_next_is_in_the_order_of_days(brief: Brief) -> None:
    days = [one.day for one in brief.coming]
    assert days == sorted(days)
    assert len(days) <= MOST_COMING
    assert brief.coming[0].words == "3 月月报截止，还有 35 个单位没有报送"
    assert any(one.words.startswith("“自评”节点到期，还有 ") for one in brief.coming)


def test_reports_name_those_that_are_missing_until_there_is_no_room(brief: Brief) -> None:
    assert brief.past is not None
    assert (brief.past.period.name, brief.past.counts.missing) == ("2024-02", 35)
    assert brief.past.lacking_words.endswith("等 35 个单位")
    few = MonthLine(ReportPeriod(), MonthCounts(3, 1, 1, 0, 2), ["卡若区", "芒康县"])
    assert few.lacking_words == "卡若区、芒康县"
    many = MonthLine(ReportPeriod(), few.counts, [str(n) for n in range(MOST_NAMES + 1)])
    assert many.lacking_words.count("、") == MOST_NAMES - 1


def test_a_campaign_that_is_over_has_a_brief_all_the_same(sign_in: SignIn, clock: MovableClock) -> None:
    clock.move_to("2026-03-22T09:00")
    page = sign_in("leader").get("/board/brief").text
    assert "60 天内没有到期的事项。" in page


def test_the_board_leads_to_the_brief_and_the_brief_to_the_lists(sign_in: SignIn) -> None:
    leader = sign_in("leader")
    assert 'href="/board/brief"' in leader.get("/board").text
    page = leader.get("/board/brief").text
    total = re.findall(r"逾期 (\d+) 项，涉及", page)[0]
    assert f"共 {total} " in leader.get("/milestones?light=late").text
    checker = HtmlChecker()
    found = checker.violations(page)
    checker.close()
    assert not found


def test_only_who_reads_all_has_the_brief(sign_in: SignIn) -> None:
    assert sign_in("mangkang").get("/board/brief").status_code == 403
