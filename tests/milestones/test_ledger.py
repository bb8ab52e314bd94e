"""The ledger as a table, for people and for other tools."""

from datetime import date, datetime
from io import BytesIO

from sqlalchemy.orm import Session

from tests.milestones.conftest import Find
from tracker.milestones.commands import ledger_table, milestone_table
from tracker.milestones.ledger import DATA_HEADERS, HEADERS, WIDTHS, data_rows, ledger_rows
from tracker.milestones.queries import Filter, ledger, ledger_count
from tracker.milestones.rules import Day, State
from tracker.plan.models import Campaign
from tracker.workbook.reading import read
from tracker.workbook.writing import write
from tracker.workdays.queries import calendar_of


def the_day(session: Session) -> Day:
    return Day(date(2024, 3, 22), calendar_of(session, 1))


def test_a_row_says_what_the_page_says(session: Session, campaign: Campaign, find: Find) -> None:
    row = find("11-1", "市农业农村局")
    row.planned_on = row.due_on = date(2024, 3, 20)
    row.late_from = date(2024, 3, 21)
    session.flush()
    day = the_day(session)
    rows = ledger(session, campaign, Filter(unit_id=row.unit_id, task_id=row.task_id), day)
    table = [dict(zip(HEADERS, line, strict=True)) for line in ledger_rows(rows, day)]
    late = next(line for line in table if line["节点"] == "自评")
    assert (late["编号"], late["单位"], late["角色"]) == ("11-1", "市农业农村局", "牵头")
    assert (late["计划期限"], late["状态"], late["进展"]) == (date(2024, 3, 20), "逾期", "逾期 2 个工作日")


def test_data_rows_hold_stored_values(session: Session, campaign: Campaign, find: Find) -> None:
    row = find("11-1", "市农业农村局")
    row.state, row.missing, row.submitted_on = State.SUBMITTED, "市科技局", date(2024, 3, 21)
    session.flush()
    day = the_day(session)
    rows = ledger(session, campaign, Filter(task_id=row.task_id, unit_id=row.unit_id), day)
    table = [dict(zip(DATA_HEADERS, line, strict=True)) for line in data_rows(rows, day)]
    found = next(line for line in table if line["id"] == row.id)
    assert (found["task"], found["deadline"], found["state"]) == ("11-1", "G2", "submitted")
    assert (found["light"], found["missing"], found["submitted_on"]) == (
        "review", "市科技局", date(2024, 3, 21),
    )  # fmt: skip


def test_exports_hold_every_milestone_once(session: Session, campaign: Campaign) -> None:
    day = the_day(session)
    count = ledger_count(session, campaign, Filter(), day)
    headers, rows = ledger_table(session, campaign, day)
    assert len(headers) == len(WIDTHS)
    assert {len(row) for row in rows} == {len(headers)}
    _, data = milestone_table(session, campaign, day)
    ids = [row[0] for row in data]
    assert len(ids) == len(set(ids)) == count


def test_the_workbook_opens_again(session: Session, campaign: Campaign, find: Find) -> None:
    day = the_day(session)
    task_id = find("11-1", "市农业农村局").task_id
    rows = ledger(session, campaign, Filter(task_id=task_id), day)
    stream = BytesIO()
    write(stream, "任务台账", HEADERS, ledger_rows(rows, day), widths=WIDTHS)
    stream.seek(0)
    lines = list(read(stream))
    assert [cell.text for cell in lines[0]] == list(HEADERS)
    assert len(lines) == len(rows) + 1
    assert isinstance(lines[1][6].value, datetime | date)
