"""公文模板, a part of 创建设置: each kind of document with its template and what the template may name."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from flask import Blueprint, abort, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import web
from tracker.documents.placeholders import Entry, Listing
from tracker.downloads import send_document
from tracker.errors import Refused
from tracker.files.actions import receive
from tracker.files.rules import FileKind, NotTaken, clean_name, kind_of, size_words
from tracker.stationery import actions
from tracker.stationery.models import DocumentTemplate
from tracker.stationery.queries import template_of
from tracker.stationery.rules import LARGEST, DocumentKind

blueprint = Blueprint("stationery", __name__)

MAKERS = {
    DocumentKind.ORDER: "supervision", DocumentKind.CIRCULAR: "circulars", DocumentKind.REPORT: "reports",
}  # fmt: skip
"""The package that makes each kind: it gives the built-in template and the sample."""
MOST_TOLD = 20
"""Faults of a template that are told at once."""


@dataclass(frozen=True)
class Line:
    """A line of the table of placeholders: what is written, what it stands for, an example."""

    written: str
    meaning: str
    example: str


@dataclass(frozen=True)
class Box:
    """A kind of document as the page shows it."""

    kind: DocumentKind
    template: DocumentTemplate | None
    lines: list[Line]
    problems: Sequence[str] = ()

    @property
    def template_url(self) -> str:
        """The built-in template."""
        return url_for(f"{MAKERS[self.kind]}.template")

    @property
    def sample_url(self) -> str:
        """A document on the template in use."""
        return url_for(f"{MAKERS[self.kind]}.sample")


@blueprint.get("/plan/settings/templates")
@web.administrators_only
def index() -> str:
    """The kinds of documents with their templates."""
    return _page()


@blueprint.post("/plan/settings/templates/<kind>")
@web.administrators_only
def upload(kind: str) -> web.Answer:
    """Take the office's own template; one with a fault is not kept, and the one before stays in use."""
    found, file = _kind(kind), request.files.get("file")
    name = clean_name(file.filename or "") if file else ""
    content = file.stream.read(LARGEST + 1) if file and file.filename else b""
    if problems := _problems(found, name, content):
        return _page(found, problems), 422
    web.db().rollback()  # nobody waits while the file is written
    received = receive(web.core().store, name, BytesIO(content), most_bytes=LARGEST)
    actions.set_template(web.db(), web.campaign(), found, received, by=web.me(), at=web.clock().now())
    web.db().commit()
    flash(f"{found.label}从现在起按“{name}”生成；请点“看样张”核对一遍", "ok")
    # The browser carries the fragment of the form, its box, over to an address without one.
    return web.see_other(url_for("stationery.index", _anchor="message"))


@blueprint.get("/plan/settings/templates/<kind>.docx")
@web.administrators_only
def download(kind: str) -> Response:
    """The office's own template as it was uploaded."""
    found = _kind(kind)
    row = template_of(web.db(), web.campaign(), found) or abort(404)
    file = web.core().store.open(row.file.sha256)
    return send_document(file, row.file_name.removesuffix(".docx"), f"own-template-{found.value}")


@blueprint.post("/plan/settings/templates/<kind>/deletion")
@web.administrators_only
def drop(kind: str) -> web.Answer:
    """Go back to the built-in layout."""
    found = _kind(kind)
    try:
        actions.drop_template(web.db(), web.campaign(), found, by=web.me(), at=web.clock().now())
    except Refused as refusal:
        return _page(found, [str(refusal)]), 409
    web.db().commit()
    flash(f"{found.label}从现在起按内置版式生成", "ok")
    return web.see_other(url_for("stationery.index"))


def _kind(text: str) -> DocumentKind:
    return DocumentKind(text) if text in set(DocumentKind) else abort(404)


def _problems(kind: DocumentKind, name: str, content: bytes) -> list[str]:
    """Why the file is no template of the kind, a line each."""
    from tracker.documents.checking import faults  # python-docx takes half a second to read

    if not content:
        return ["请选择 .docx 模板文件"]
    if len(content) > LARGEST:
        return [f"“{name}”超过 {size_words(LARGEST)}，没有保存"]
    try:
        is_docx = kind_of(BytesIO(content), name) is FileKind.DOCX
    except NotTaken:
        is_docx = False
    if not is_docx or name.lower().endswith(".docm"):
        return [f"“{name}”不是 .docx 文件（按内容识别，不看扩展名），没有保存；请用 Word 或 WPS 另存为 .docx"]
    return [str(fault) for fault in faults(content, kind.entries)]


def _page(kind: DocumentKind | None = None, problems: Sequence[str] = ()) -> str:
    told = [
        *problems[:MOST_TOLD],
        *([f"还有 {len(problems) - MOST_TOLD} 处"] if problems[MOST_TOLD:] else []),
    ]
    boxes = [_box(each, told if each is kind else ()) for each in DocumentKind]
    return render_template("stationery/index.html", boxes=boxes, largest=size_words(LARGEST))


def _box(kind: DocumentKind, problems: Sequence[str]) -> Box:
    return Box(kind, template_of(web.db(), web.campaign(), kind), _lines(kind.entries), problems)


def _lines(entries: Sequence[Entry], owner: str = "") -> list[Line]:
    """The table of placeholders: a list, then what a row of it holds."""
    lines = []
    for entry in entries:
        if isinstance(entry, Listing):
            lines.append(Line(f"{entry.begun(owner)} … {entry.ended}", f"循环：{entry.meaning}", ""))
            lines += _lines(entry.fields, f"{entry.item}.")
        else:
            lines.append(Line(f"{{{{ {owner}{entry.name} }}}}", entry.meaning or entry.name, entry.example))
    return lines
