"""审计 over HTTP: search, verify, take along."""

from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO

from flask import Blueprint, abort, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import frame, web
from tracker.audit import queries
from tracker.audit.queries import Line
from tracker.audit.rules import (
    DAYS,
    SUBJECTS,
    Filter,
    change_words,
    may_audit,
    note_words,
    subject_words,
    verb_words,
)
from tracker.downloads import send_workbook
from tracker.events.actions import record
from tracker.events.queries import verify
from tracker.events.rules import Outcome
from tracker.forms import clean_text
from tracker.paging import PAGE_SIZE, Page, page_number
from tracker.people.rules import Role

blueprint = Blueprint("audit", __name__)
auditors_only = web.only(may_audit, is_administration=True)
SHEET = "操作记录"
HEADERS = (
    "编号",
    "时间",
    "姓名",
    "用户名",
    "身份",
    "单位",
    "地址",
    "对象",
    "编号（对象）",
    "操作",
    "结果",
    "变更",
    "说明",
)
WIDTHS = (8, 18, 10, 16, 12, 18, 16, 12, 12, 14, 8, 50, 40)


@blueprint.get("/audit")
@auditors_only
def index() -> str | tuple[str, int]:
    """The events of a time, the newest first."""
    wanted = _wanted(request.args)
    number = page_number(request.args.get("page"))
    rows = queries.page_of(
        web.db(), web.me(), wanted, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE
    )  # fmt: skip
    total = queries.count_of(web.db(), web.me(), wanted)
    page = render_template(
        "audit/index.html",
        page=Page(rows, total, number, request.path, request.args.to_dict(flat=False)),
        wanted=wanted,
        subjects=[(name, subject.label) for name, subject in SUBJECTS.items()],
        outcomes=list(Outcome),
        role_words=role_words,
        subject_words=subject_words,
        verb_words=verb_words,
        change_words=change_words,
        note_words=_note_words,
    )
    return (page, 422) if wanted.is_turned else page


@blueprint.post("/audit/verification")
@web.only(lambda role: role is Role.AUDIT_ADMIN, is_administration=True)
def check() -> Response:
    """核对: follow the chain from its beginning."""
    with web.core().database.session() as streaming:
        chain = verify(streaming)
    record(web.db(), "audit", 0, "verify", by=web.me(), at=web.clock().now(), after={"count": chain.count})
    web.db().commit()
    if chain.problem:
        flash(
            f"操作记录被改动过：{chain.problem}。请立即保全数据库和备份，并报告单位的网络安全负责人。", "late"
        )
    else:
        flash(f"已核对 {chain.count} 条操作记录，前后相连，没有改动。末条校验值 {chain.link[:16]}。", "ok")
    return web.see_other(url_for("audit.index"))


@blueprint.post("/audit/export")
@auditors_only
def export() -> Response:
    """What the filter finds, as a workbook; taking it along is an event itself."""
    from tracker.workbook.writing import write

    wanted, day, file = _wanted(request.form), web.day().today, BytesIO()
    if wanted.is_turned:
        abort(400)
    with web.core().database.session() as streaming:
        write(file, SHEET, HEADERS, _rows(queries.all_of(streaming, web.me(), wanted)), widths=WIDTHS)
    span = {"first": wanted.first.isoformat(), "last": wanted.last.isoformat()}
    record(web.db(), "audit", 0, "export", by=web.me(), at=web.clock().now(), after=span)
    web.db().commit()
    return send_workbook(file, f"{SHEET}-{day:%Y%m%d}", f"audit-{day:%Y%m%d}")


def role_words(role: str) -> str:
    """As what somebody did it; without a role it was the system."""
    return Role(role).label if role in set(Role) else "系统"


def _rows(lines: Iterator[Line]) -> Iterator[tuple[str | int, ...]]:
    for line in lines:
        yield (
            line.id, web.moment_words(line.at), line.name or "", line.username or "",
            role_words(line.as_role), line.concerned or line.unit or "", line.origin,
            subject_words(line.subject), line.subject_id,
            verb_words(line.subject, line.verb), line.outcome.label,
            change_words(line.subject, line.before, line.after), _note_words(line.subject, line.note),
        )  # fmt: skip


def _note_words(subject: str, note: str) -> str:
    """打开 单位与人员（GET /people） for a page that was refused, which is kept as GET people.index."""
    method, _, endpoint = note.partition(" ")
    name, address = frame.page_words(endpoint) if subject == "page" else ("", "")
    if not address:
        return note_words(subject, note)
    return f"{'打开' if method == 'GET' else '办理'} {name}（{method} {address}）"


def _wanted(raw: "dict[str, str]") -> Filter:
    asked = {name: clean_text(value) for name, value in raw.items()}
    last = _day(asked.get("last")) or web.day().today
    outcome = asked.get("outcome", "")
    return Filter(
        first=_day(asked.get("first")) or last - timedelta(days=DAYS),
        last=last,
        subject=asked.get("subject", "") if asked.get("subject") in SUBJECTS else "",
        outcome=Outcome(outcome) if outcome in set(Outcome) else None,
        who=asked.get("who", "")[:100],
        origin=asked.get("origin", "")[:100],
    )


def _day(raw: str | None) -> date | None:
    """A day of the calendar of this era; what is none counts as not asked for."""
    try:
        day = date.fromisoformat(raw or "")
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None
