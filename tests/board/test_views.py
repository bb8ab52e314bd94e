"""The board as its readers see it."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tests.world import MovableClock, city_moment
from tracker.milestones import actions
from tracker.milestones.models import Milestone
from tracker.people.models import User
from tracker.plan.models import Task
from tracker.units.models import Jurisdiction, Unit
from tracker.workdays.models import SpecialDay

SignIn = Callable[[str], FlaskClient]
Person = Callable[[str], User]
CARD = re.compile(
    r'<a class="(?:card[^"]*|whole)" href="([^"]+)">\s*<small>([^<]+)</small><span class="n">(\d+)'
)


def cards(html: str) -> dict[str, tuple[str, int]]:
    """Address and number of each card by its words."""
    return {
        words: (address.replace("&amp;", "&"), int(number)) for address, words, number in CARD.findall(html)
    }


def rows_of(html: str) -> int:
    """How many rows a list says it has."""
    found = re.findall(r"<span>共 (\d+) 条</span>", html)
    return int(found[0]) if found else 0


@pytest.fixture
def busy(session: Session, person: Person) -> None:
    """Something submitted, something late, something due soon."""
    own = select(Milestone).join(Task).join(Unit, Unit.id == Milestone.unit_id).where(Unit.short == "芒康县")
    rows = list(session.scalars(own.where(Milestone.opens_on <= date(2024, 3, 22), ~Milestone.is_backfill)))
    for row in rows[:9]:
        row.due_on = row.planned_on = date(2024, 3, 18)
        row.late_from = date(2024, 3, 19)
    for row in rows[9:20]:
        row.due_on = row.planned_on = date(2024, 3, 28)
        row.late_from = date(2024, 3, 29)
    session.flush()
    for row in rows[20:25]:
        actions.submit(
            session, row, by=person("mangkang"), at=city_moment("2024-03-19T10:00"), today=date(2024, 3, 19)
        )


def test_every_card_equals_the_list_behind_it(sign_in: SignIn, busy: None) -> None:
    client = sign_in("leader")
    found = cards(client.get("/board").text)
    assert list(found)[:3] == ["逾期节点", "7 个工作日内到期", "待审核"]
    assert found["逾期节点"][1] >= 9
    assert found["7 个工作日内到期"][1] >= 11
    assert found["待审核"][1] == 5
    for address, number in found.values():
        assert rows_of(client.get(address).text) == number


def test_the_units_of_a_card_are_the_list_behind_them(sign_in: SignIn, busy: None) -> None:
    client = sign_in("leader")
    found = re.findall(r'涉及 <a href="([^"]+)">(\d+) 个单位</a>', client.get("/board").text)
    assert len(found) == 2
    for address, number in found:
        html = client.get(address).text
        assert rows_of(html) == int(number)
        assert html.count('<svg class="progress"') == int(number)
    assert client.get("/board/units?light=x").status_code == 200


def test_every_number_of_a_cell_equals_the_list_behind_it(sign_in: SignIn, busy: None) -> None:
    client = sign_in("leader")
    html = client.get("/board").text
    cells = re.findall(r'<a href="([^"]+light=(?:late|near))">(?:逾期|临期) (\d+)</a>', html)
    assert cells
    for address, number in cells:
        assert "deadline=" in address
        assert rows_of(client.get(address.replace("&amp;", "&")).text) == int(number)


def test_every_number_of_a_unit_equals_the_list_behind_it(sign_in: SignIn, busy: None) -> None:
    client = sign_in("office")
    html = client.get("/board").text
    row = html[html.index(">芒康县</a></th>") :].split("</tr>")[0]
    numbers = re.findall(r'href="([^"]+)">(\d+)</a>', row)
    assert len(numbers) == 4
    for address, number in numbers:
        assert rows_of(client.get(address.replace("&amp;", "&")).text) == int(number)


def test_the_oldest_waiting_share_is_told_in_working_days(sign_in: SignIn, busy: None) -> None:
    assert "最久 3 个工作日" in sign_in("office").get("/board").text


def test_the_line_below_the_title_names_the_phases(sign_in: SignIn) -> None:
    html = sign_in("office").get("/board").text
    assert "第四阶段 自查自评自纠 · 截止 2024-04-30，还有 27 个工作日" in html
    assert "第三阶段 组织实施 · 截止 2025-08-31" in html
    assert "数据截至 10:00" in html
    assert "公示最迟 2024-05-16 开始" in html


def test_the_office_is_warned_of_a_year_that_nobody_entered(sign_in: SignIn, session: Session) -> None:
    assert "还没有录入" not in sign_in("office").get("/board").text
    session.execute(delete(SpecialDay).where(SpecialDay.day >= date(2025, 1, 1)))
    session.execute(update(Jurisdiction).values(edition=Jurisdiction.edition + 1))
    assert "2025 年的放假和调休安排还没有录入" in sign_in("office").get("/board").text
    assert "还没有录入" not in sign_in("leader").get("/board").text


@pytest.mark.parametrize(
    "moment", ["2022-08-01T09:00", "2023-07-31T23:59", "2025-08-31T12:00", "2027-01-04T09:00"]
)
def test_the_board_has_an_answer_on_every_day(sign_in: SignIn, clock: MovableClock, moment: str) -> None:
    clock.move_to(moment)
    assert sign_in("office").get("/board").status_code == 200


def test_the_tables_show_ten_units_and_link_to_all(sign_in: SignIn, session: Session) -> None:
    client = sign_in("reviewer")
    html = client.get("/board").text
    assert html.count('<svg class="progress"') == 10
    assert 'href="/board/units"' in html
    every = client.get("/board/units").text
    count = len(session.scalars(select(Milestone.unit_id).distinct()).all())
    assert every.count('<svg class="progress"') == count


def test_leaders_see_all_and_change_nothing(sign_in: SignIn, busy: None) -> None:
    html = sign_in("leader").get("/board").text
    forms = re.findall(r"<form[^>]*>", html)
    actions_of_forms = {re.search(r'action="([^"]*)"', form) for form in forms if 'method="post"' in form}
    assert [found and found[1] for found in actions_of_forms] == ["/sign-out"]
    assert not re.search(r"hx-(post|put|patch|delete)", html)


@pytest.mark.parametrize("name", ["nongye", "mangkang-head", "admin", "security", "audit"])
def test_the_board_is_for_readers(sign_in: SignIn, name: str) -> None:
    client = sign_in(name)
    assert client.get("/board").status_code == 403
    assert client.get("/board/units").status_code == 403
