"""帮助: the manual in the system, with a table of contents."""

import re
from dataclasses import dataclass
from functools import cache
from itertools import count

from flask import Blueprint, render_template
from markupsafe import Markup

from tracker.shipped import shipped

blueprint = Blueprint("manual", __name__)
_WIDE = '<div class="wide" tabindex="0" role="group" aria-label="{}表 {}"><table>'


@dataclass(frozen=True)
class Chapter:
    """A chapter of the manual: its title, its anchor and its text as HTML."""

    title: str
    anchor: str
    body: Markup


@blueprint.get("/help")
def show() -> str:
    """The whole manual on one page."""
    introduction, chapters = manual()
    return render_template("manual/show.html", introduction=introduction, chapters=chapters)


@cache
def manual() -> tuple[Markup, list[Chapter]]:
    """docs/manual.md as its introduction and its chapters, read once."""
    text = (shipped("docs") / "manual.md").read_text(encoding="utf-8")
    introduction, *chapters = text.split("\n## ")
    return _html(introduction.partition("\n")[2]), [
        _chapter(number, chapter) for number, chapter in enumerate(chapters, 1)
    ]


def _chapter(number: int, text: str) -> Chapter:
    title, _, body = text.partition("\n")
    return Chapter(title.strip(), f"chapter-{number}", _html(body, title.strip()))


def _html(text: str, title: str = "") -> Markup:
    """Our own file, escaped all the same; tables are scrolled on small screens."""
    import mistune  # for the first reader, not for every start

    render = mistune.create_markdown(escape=True, plugins=["table"])
    html = str(render(text)).replace("<th>", '<th scope="col">')
    tables = count(1)
    html = re.sub("<table>", lambda _: _WIDE.format(title, next(tables)), html)
    html = html.replace("</table>", "</table></div>")
    return Markup(html)  # noqa: S704  # mistune has escaped it
