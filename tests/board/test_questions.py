"""How often the office's pages ask the database: seldom, and no more often for more units."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.world import find_milestone

SignIn = Callable[[str], FlaskClient]
MOST = {"/reports": 7, "/reports/month/2024-02": 10, "/units/{unit}": 14, "/board/brief": 18}
"""The most queries of each page, who asks and in which campaign among them."""


@pytest.mark.parametrize("path", MOST)
def test_a_page_of_the_office_asks_seldom(
    sign_in: SignIn, session: Session, questions: list[str], path: str
) -> None:
    office = sign_in("office")
    address = path.format(unit=find_milestone(session, "11-2", "芒康县").unit_id)
    office.get(address)
    questions.clear()
    assert office.get(address).status_code == 200
    assert len(questions) <= MOST[path]
