"""Documents on the office's own template where it has one, for the packages that know their words."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import IO

from werkzeug.wrappers import Response

from tracker import web
from tracker.documents.letter import Letter
from tracker.documents.placeholders import Words, examples
from tracker.downloads import send_document
from tracker.stationery.queries import own_document
from tracker.stationery.rules import DocumentKind

Write = Callable[[IO[bytes]], None]


def letter_writer(letter: Letter) -> Write:
    """What writes a letter in its built-in layout."""
    from tracker.documents.writing import write  # python-docx takes half a second to read

    return lambda target: write(target, letter, at=web.clock().now())


def document_on(kind: DocumentKind, words: Words, built_in: Write, issued_at: datetime | None) -> IO[bytes]:
    """The document on the office's own template, or as `built_in` writes it.

    Args:
        issued_at: when it was issued; it looks as it looked then. A draft takes the template in use.
    """
    own = own_document(
        web.db(), web.core().store, web.campaign(), kind, words, at=web.clock().now(), issued_at=issued_at
    )
    if own is not None:
        return own
    target = BytesIO()
    built_in(target)
    return target


def send_template(kind: DocumentKind, built_in: Write) -> Response:
    """The built-in layout as a template to begin with."""
    target = BytesIO()
    built_in(target)
    return send_document(target, f"{kind.label}模板（内置）", f"template-{kind.value}")


def send_sample(kind: DocumentKind, words: Words | None, built_in: Write) -> Response:
    """What the template in use makes of real words, or of made-up ones while there are none.

    Args:
        words: of the newest document of the kind.
        built_in: writes the built-in layout as a template.
    """
    from tracker.documents.filling import fill  # python-docx takes half a second to read

    words, at = words or examples(kind.entries), web.clock().now()
    document = own_document(web.db(), web.core().store, web.campaign(), kind, words, at=at)
    if document is None:
        template = BytesIO()
        built_in(template)
        template.seek(0)
        document = fill(template, kind.entries, words, at=at)
    return send_document(document, f"{kind.label}样张", f"sample-{kind.value}")
