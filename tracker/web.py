"""Between HTTP and the packages: guards, the request's transaction, domain errors as answers."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache, wraps
from typing import Any, ParamSpec, TypeVar, cast
from zoneinfo import ZoneInfo

from flask import (
    Flask,
    abort,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_login import current_user
from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response

from tracker.clock import Clock
from tracker.config import Config
from tracker.db import Database
from tracker.errors import Refused, Stale
from tracker.events.actions import ORIGIN, record
from tracker.events.rules import Outcome
from tracker.files.rules import size_words
from tracker.files.store import Store
from tracker.forms import whole_number
from tracker.labels import shortened
from tracker.milestones.rules import Day, light, light_words, planned_words
from tracker.networks import is_within
from tracker.people.models import User
from tracker.people.queries.sign_ins import OF_SESSION
from tracker.people.rules import Role
from tracker.people.rules.contacts import masked_email, masked_phone
from tracker.plan.models import Campaign
from tracker.reminders.queries.inbox import UNREAD_COUNT
from tracker.units.models import Unit
from tracker.workdays.queries import calendar_of

P = ParamSpec("P")
T = TypeVar("T")
ERROR_PAGES = {
    400: ("请求不完整", "页面可能已经过期，请返回上一页刷新后重试。"),
    403: ("无权访问", "您的角色不能打开这个页面。如需开通，请联系市食安办。"),
    404: ("没有找到", "没有这一条，或者它不属于您的单位。"),
    405: ("不支持的操作", "请从页面上的按钮进入。"),
    413: ("内容太大", "一次提交的内容超过了上限，请分几次提交。"),
    500: ("系统出错了", "不能确定刚才的操作是否已经保存，请刷新页面核对；多次出现请联系市食安办。"),
}
FROM_ELSEWHERE = "管理页面只能从指定的网络打开，请在单位内网的电脑上操作。"
OWN_PATH = re.compile(r"/(?:[^/\\\x00-\x20][^\\\x00-\x20]*)?")
"""A path, and nothing that a browser could take for the address of another host."""
Answer = str | Response | tuple[str, int]


@dataclass(frozen=True)
class Core:
    """What every request works with: settings, database, clock and files of this installation."""

    config: Config
    database: Database
    clock: Clock
    store: Store
    kept: dict[tuple[int, str], tuple[int, Any]] = field(default_factory=dict)
    """What `kept` holds, by jurisdiction and name, with the edition it was made from."""


def core() -> Core:
    """The core of the running application."""
    return cast(Core, current_app.extensions["tracker"])


def clock() -> Clock:
    """The clock; pages ask it once and hand the day down."""
    return core().clock


def db() -> Session:
    """The request's session; a writing one for every method that may change something.

    The view commits; what is not committed at the end of the request is rolled back.
    """
    if "db" not in g:
        is_reading = request.method in ("GET", "HEAD", "OPTIONS")
        g.db = core().database.glance() if is_reading else core().database.session(write=True)
        g.db.info[ORIGIN] = request.remote_addr or ""
    return cast(Session, g.db)


def afterwards(step: Callable[[], object]) -> None:
    """Do `step` once the request's own transaction is over; it must not need the request."""
    g.setdefault("afterwards", []).append(step)


def me() -> User:
    """Who is signed in; only behind the sign-in guard."""
    return cast(User, current_user._get_current_object())  # the proxy looks it up for every attribute


def campaign() -> Campaign:
    """The campaign in hand: the one that the address names, else the one chosen in this session, else
    the newest of the jurisdiction.

    Raises:
        NotFound: the jurisdiction runs no campaign.
    """
    if "campaign" not in g:
        own = {"jurisdiction_id": me().unit.jurisdiction_id, "slug": wanted_campaign()}
        g.campaign = db().scalar(_IN_HAND, own)
    return cast(Campaign, g.campaign) if g.campaign else abort(404)


def wanted_campaign() -> str:
    """The name of the campaign that was chosen, if one was."""
    return request.args.get("campaign") or session.get("campaign") or ""


def follow(campaign_id: int) -> None:
    """Turn to the campaign of the row that the address names.

    Raises:
        NotFound: it belongs to another jurisdiction.
    """
    if campaign().id != campaign_id:
        own = {"jurisdiction_id": me().unit.jurisdiction_id, "campaign_id": campaign_id}
        g.campaign = db().scalar(_BY_ID, own) or abort(404)


def day() -> Day:
    """Today with the working calendar of the signed-in person's jurisdiction."""
    if "day" not in g:
        calendar = kept("calendar", lambda: calendar_of(db(), me().unit.jurisdiction_id))
        g.day = Day(clock().day_of(clock().now(), me().unit.jurisdiction.timezone), calendar)
    return cast(Day, g.day)


def kept(name: str, make: Callable[[], T]) -> T:
    """What hardly ever changes, made once in each process and again in each edition of the signed-in
    person's jurisdiction; nothing that depends on a person or on the state of the work."""
    jurisdiction = me().unit.jurisdiction
    place = jurisdiction.id, name
    edition, value = core().kept.get(place, (None, None))
    if edition != jurisdiction.edition:
        value = make()
        core().kept[place] = jurisdiction.edition, value
    return cast(T, value)


def newest_campaign() -> Campaign | None:
    """The newest campaign of the installation, for pages that nobody is signed in to."""
    if "newest_campaign" not in g:
        g.newest_campaign = db().scalar(_LATEST)
    return cast(Campaign | None, g.newest_campaign)


def unread_count() -> int:
    """How many notices the signed-in person has not read."""
    return cast(int, g.get("unread_count", 0))


def is_htmx() -> bool:
    """Whether htmx asks, so that a fragment is the answer."""
    asked = request.headers
    return asked.get("HX-Request") == "true" and "HX-History-Restore-Request" not in asked


def see_other(url: str) -> Response:
    """The answer to a form that succeeded: 303, so that reload does not send it again."""
    return redirect(url, code=303)


def pattern(endpoint: str, argument: str) -> str:
    """The address of an endpoint with `%d` for its number: a list asks `url_for` once, not in each row."""
    mark: dict[str, Any] = {argument: 9999999999}
    return url_for(endpoint, **mark).replace("%", "%%").replace(str(mark[argument]), "%d")


def seen_version() -> int | None:
    """The version of the row that the person saw, when the form tells it."""
    return whole_number(request.form.get("version"))


def back_to(default: str) -> str:
    """The page of our own from which the form came (field `back`), else `default`."""
    target = request.form.get("back") or request.args.get("back") or ""
    return target if is_own_path(target) else default


def is_own_path(target: str) -> bool:
    """Whether an address that came with a request leads to a page of our own."""
    return OWN_PATH.fullmatch(target) is not None


def only(
    may: Callable[[Role], bool], *, is_administration: bool = False
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Guard of a view: the signed-in role must satisfy `may`, otherwise 403.

    Args:
        is_administration: the page opens only from the networks of TRACKER_ADMIN_NETWORKS, if any are set.
    """

    def guard(view: Callable[P, T]) -> Callable[P, T]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
            if not may(me().role):
                abort(403)
            if is_administration and not is_within(request.remote_addr, core().config.admin_networks):
                abort(403, FROM_ELSEWHERE)
            return view(*args, **kwargs)

        return guarded

    return guard


def office_only(view: Callable[P, T]) -> Callable[P, T]:
    """Guard: people of the food-safety office."""
    return only(lambda role: role.is_office)(view)


def administrators_only(view: Callable[P, T]) -> Callable[P, T]:
    """Guard: the office's administrator, who sets up the campaign."""
    return only(lambda role: role is Role.OFFICE_ADMIN, is_administration=True)(view)


def readers_only(view: Callable[P, T]) -> Callable[P, T]:
    """Guard: the office, leaders and reviewers, who read every unit."""
    return only(lambda role: role.reads_all)(view)


def business_only(view: Callable[P, T]) -> Callable[P, T]:
    """Guard: everybody but the three administrators, who see no business data."""
    return only(lambda role: not role.is_admin)(view)


class RowId(IntegerConverter):
    """The number of a row in an address; one that no database column holds is an unknown id (404)."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=2**31 - 1)


def install(app: Flask) -> None:
    """Hook the frame of every request into the application."""
    app.url_map.converters["int"] = RowId
    app.teardown_appcontext(_close_session)
    app.jinja_env.globals["light_of"] = lambda milestone: light(milestone, day().today, day().near_through)
    app.jinja_env.globals["light_words"] = lambda milestone: light_words(milestone, day())
    app.jinja_env.globals["planned_words"] = planned_words
    app.jinja_env.globals["lasting"] = cache(lru_cache(maxsize=1024))  # a macro, with what it wrote last
    app.jinja_env.filters["day"] = lambda value: value.isoformat() if value else ""
    app.jinja_env.filters["moment"] = moment_words
    app.jinja_env.filters["phone"] = phone_words
    app.jinja_env.filters["email"] = email_words
    app.jinja_env.filters["short"] = shortened
    app.jinja_env.filters["size"] = size_words
    app.register_error_handler(HTTPException, _show_http_error)
    app.register_error_handler(Refused, _show_refusal)
    app.register_error_handler(StaleDataError, lambda _: _show_refusal(Stale()))
    app.register_error_handler(IntegrityError, lambda _: _show_refusal(Stale()))


def phone_words(phone: str) -> str:
    """A person's telephone number as the signed-in person may see it."""
    return phone if me().role.sees_contacts else masked_phone(phone)


def email_words(email: str) -> str:
    """A person's mail address as the signed-in person may see it."""
    return email if me().role.sees_contacts else masked_email(email)


def show_error(code: int, title: str, text: str) -> Response:
    """An error page, or for htmx its message alone, put where messages go."""
    template = "parts/message.html" if is_htmx() else "error.html"
    answer = make_response(render_template(template, code=code, title=title, text=text), code)
    if is_htmx():
        answer.headers["HX-Retarget"] = "#message"
        answer.headers["HX-Reswap"] = "innerHTML"
    return answer


def moment_words(moment: datetime | None) -> str:
    """A moment in the city's time: 2024-03-22 10:00."""
    zone = me().unit.jurisdiction.timezone if current_user.is_authenticated else clock().zone
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M") if moment else ""


_CHOSEN_ELSE_NEWEST = (Campaign.slug == bindparam("slug")).desc(), Campaign.id.desc()
_OF_JURISDICTION = select(Campaign).where(Campaign.jurisdiction_id == bindparam("jurisdiction_id"))
_IN_HAND = _OF_JURISDICTION.order_by(*_CHOSEN_ELSE_NEWEST).limit(1)
_BY_ID = _OF_JURISDICTION.where(Campaign.id == bindparam("campaign_id"))
_LATEST = select(Campaign).order_by(Campaign.id.desc()).limit(1)
WITH_CAMPAIGN = (
    OF_SESSION.add_columns(Campaign, UNREAD_COUNT)
    .outerjoin(Campaign, Campaign.jurisdiction_id == Unit.jurisdiction_id)
    .order_by(*_CHOSEN_ELSE_NEWEST)
    .limit(1)
)
"""The person of a session with the campaign in hand and the number of their unread notices."""


def _close_session(_error: BaseException | None) -> None:
    opened = g.pop("db", None)
    if opened is not None:
        opened.close()
    for step in g.pop("afterwards", ()):
        step()


def _show_http_error(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    _undo()
    if error.code == 403 and current_user.is_authenticated:
        _record_refusal()
    title, text = ERROR_PAGES.get(error.code, (error.name, "请返回上一页重试。"))
    text = error.description or "" if error.description == FROM_ELSEWHERE else text
    return show_error(error.code, title, text)


def _record_refusal() -> None:
    """Whoever asks for what their role may not do is written down, whatever becomes of the request."""
    with core().database.transaction() as session:
        session.info[ORIGIN] = request.remote_addr or ""
        note = f"{request.method} {request.endpoint}"
        record(session, "page", 0, "refuse", by=me(), at=clock().now(), note=note, outcome=Outcome.REFUSED)


def _undo() -> None:
    """Give up what the request has not committed, so that the error page can read again."""
    if "db" in g:
        g.db.rollback()


def _show_refusal(error: Refused) -> Response:
    _undo()
    return show_error(409, "现在不能这样做", str(error))
