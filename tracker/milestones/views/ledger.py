"""任务台账: the list with its filter, and its workbook."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, abort, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import web
from tracker.downloads import send_workbook
from tracker.forms import clean_text
from tracker.milestones import choices
from tracker.milestones.bulk import ALL_ROWS, offered_steps, unit_steps
from tracker.milestones.forms import OPENED, RETURNED, number, read_filter
from tracker.milestones.ledger import HEADERS, SHEET, WIDTHS, ledger_rows
from tracker.milestones.queries import SORTS, Filter, LedgerRow, ledger, ledger_count, whole_ledger
from tracker.milestones.rules import Day, Light, Step, light, light_words
from tracker.paging import PAGE_SIZE, Page, page_number
from tracker.people.rules import Role
from tracker.plan.rules import PartyRole, told

blueprint = Blueprint("milestones", __name__)

MOST_WORDS, MOST_ABOUT = 34, 24
"""Characters of a task's sentence in a row, and of what a bare one is about."""
ARGUMENTS = ("unit", "deadline", "section", "item", "light", "role", "text", "sort", "page")


@dataclass(frozen=True)
class Line:
    """A row of the list with its light, and what its task is about."""

    row: LedgerRow
    text: str
    light: Light
    words: str


@blueprint.get("/milestones")
@web.business_only
def index() -> str:
    """The ledger."""
    return ledger_page(wanted_filter())


@blueprint.get("/milestones.xlsx")
@web.business_only
def export() -> Response:
    """The ledger as a workbook, with the filter of the page."""
    from tracker.workbook.writing import write

    day = web.day()
    file = BytesIO()
    with web.core().database.session() as streaming:
        rows = whole_ledger(streaming, web.campaign(), wanted_filter(), day)
        write(file, SHEET, HEADERS, ledger_rows(rows, day), widths=WIDTHS)
    return send_workbook(file, f"{SHEET}-{day.today:%Y%m%d}", f"milestones-{day.today:%Y%m%d}")


def wanted_filter() -> Filter:
    """The filter of the address; people of a unit see their own rows only."""
    arguments = {name: clean_text(value) for name, value in request.args.items()}
    place = choices.place_named(web.db(), web.campaign(), arguments.get("item", ""))
    return read_filter(arguments, unit_id=_unit_id(arguments.get("unit", "")), place=place)


def _unit_id(asked: str) -> int | None:
    """The unit asked for by id or by name; of another unit, its people are told that it is not there."""
    own = web.me().unit_id if web.me().role.is_unit else None
    found = number(asked)
    if asked and not asked.isdigit():
        found = choices.unit_named(web.db(), web.campaign(), asked)
    if own is not None and found not in (None, own):
        abort(404)
    return found if own is None else own


def ledger_page(wanted: Filter, **typed: Any) -> str:
    """The list; `typed` is what a bulk form held that could not be taken."""
    session, campaign, day = web.db(), web.campaign(), web.day()
    number_wanted = page_number(request.args.get("page"))
    offset = (number_wanted - 1) * PAGE_SIZE
    rows = ledger(session, campaign, wanted, day, offset=offset)
    is_last = 0 < len(rows) < PAGE_SIZE  # then the length is known without counting
    total = offset + len(rows) if is_last else ledger_count(session, campaign, wanted, day)
    offered = web.kept(f"ledger filter {campaign.id}", lambda: choices.choices_of(session, campaign))
    lines = [_line(row, offered, day) for row in rows]
    page = Page(lines, total, number_wanted, url_for("milestones.index"), _arguments())
    steps = _steps(wanted, lines)
    given = {"return_form": None, "day_form": None, "ticked": (), **typed}
    return render_template(
        "milestones/index.html",
        page=page,
        wanted=wanted,
        units=offered.units,
        is_filtered=bool(_arguments().keys() - {"sort", "page"}),
        desk_unit=_desk_unit(wanted.unit_id),
        unit_name=_unit_name(wanted.unit_id) if offered.units is None else "",
        deadlines=offered.deadlines,
        sections=offered.sections,
        lights=list(Light),
        roles=(PartyRole.LEAD, PartyRole.SUPPORT),
        opened=OPENED,
        returned=RETURNED,
        sorts={name: ledger_url("milestones.index", sort=name) for name in SORTS},
        address=ledger_url,
        tasks_url=url_for("desk.task", task_id=0).removesuffix("0"),  # one address built, not fifty
        may_decide=bool(steps),
        steps=steps,
        all_rows=[step for step in ALL_ROWS if step in steps],
        Step=Step,
        **given,
    )


def _line(row: LedgerRow, offered: choices.Choices, day: Day) -> Line:
    text = told(row.text, offered.abouts.get(row.task_id, ""), MOST_WORDS, MOST_ABOUT)
    return Line(row, text, light(row, day.today, day.near_through), light_words(row, day))


def _steps(wanted: Filter, lines: list[Line]) -> frozenset[Step]:
    """What the signed-in person may do to many rows of the list at once."""
    role = web.me().role
    if role.is_office:
        return offered_steps(wanted, {line.light for line in lines}) | unit_steps(wanted)
    return unit_steps(wanted) if role is Role.LIAISON else frozenset()


def _unit_name(unit_id: int | None) -> str:
    return choices.unit_short(web.db(), web.campaign(), unit_id) if unit_id else ""


def _desk_unit(unit_id: int | None) -> str:
    """The unit whose desk the office may open from its rows, by name."""
    is_other = web.me().role.is_office and unit_id != web.me().unit_id
    return _unit_name(unit_id) if is_other else ""


def ledger_url(endpoint: str, **changed: str) -> str:
    """An address of the ledger with the filter of the present one."""
    arguments = _arguments()
    if changed:
        arguments.pop("page", None)
    query = urlencode(arguments | {name: [value] for name, value in changed.items()}, doseq=True)
    return f"{url_for(endpoint)}?{query}" if query else url_for(endpoint)


def _arguments() -> dict[str, list[str]]:
    """The arguments of the present address that the ledger knows."""
    given = request.args
    return {name: given.getlist(name) for name in ARGUMENTS if given.get(name)} if given else {}
