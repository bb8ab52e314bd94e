"""搜索 over HTTP: a page with a box, and for every pause in typing its results alone."""

from functools import partial
from typing import Any

from flask import Blueprint, render_template, request, url_for

from tracker import web
from tracker.forms import clean_text
from tracker.paging import page_number
from tracker.search import queries
from tracker.search.queries import LAST_PAGE, SHOWN
from tracker.search.rules import LONGEST, asked_words, excerpt, likeliest, marked

blueprint = Blueprint("search", __name__)

TASKS, EVIDENCE = "tasks", "evidence"
"""The groups of results by the name in the address of one of them alone."""


@blueprint.get("/search")
@web.business_only
def show() -> str:
    """Both groups of results, or the wanted page of one."""
    typed = clean_text(request.args.get("q", ""))[:LONGEST]
    words = asked_words(typed)
    return render_template(
        "search/_results.html" if web.is_htmx() else "search/show.html",
        is_fragment=web.is_htmx(),
        typed=typed,
        words=words,
        longest=LONGEST,
        found=_found(words, request.args.get("group", "")) if words else {},
        shown=SHOWN,
        address=partial(url_for, "search.show", q=typed),
        marked=lambda text: marked(text, words),
        excerpt=lambda text: excerpt(text, words),
        likeliest=lambda texts, most: likeliest(texts, words, most),
    )


def _found(words: tuple[str, ...], group: str) -> dict[str, Any]:
    number = min(page_number(request.args.get("page")), LAST_PAGE) if group else 1
    finders = {TASKS: queries.tasks, EVIDENCE: queries.evidence}
    asked = {group: finders[group]} if group in finders else finders
    return {
        name: find(web.db(), web.campaign(), words, web.me(), number if group in finders else 1)
        for name, find in asked.items()
    }
