"""Filling a template with words: the only module that knows docxtpl.

Whoever needs it imports it when a document is wanted: it takes half a second to read.
"""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import IO, Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docxtpl import DocxTemplate
from jinja2 import TemplateError

from tracker.documents.elements import clean
from tracker.documents.grammar import NotAllowed, TemplateEnvironment
from tracker.documents.placeholders import Entry, Words


class Unfilled(Exception):
    """A template that cannot be filled, with what its library says."""


def fill(template: IO[bytes], entries: Sequence[Entry], words: Words, *, at: datetime) -> BytesIO:
    """The document that a template becomes.

    Args:
        template: one in which `checking.faults` found nothing.
        entries: what it may name.
        words: what each name stands for.
        at: the moment that the file's properties name.

    Raises:
        Unfilled: it says what no template may say, or is no whole document afterwards.
    """
    document, target = DocxTemplate(template), BytesIO()
    document.init_docx()
    _find_properties(document)
    try:
        document.render(_clean(words), TemplateEnvironment(entries), autoescape=True)
    except (NotAllowed, TemplateError, SyntaxError, KeyError, ValueError, AttributeError, TypeError) as error:
        raise Unfilled(str(error) or type(error).__name__) from error
    about = document.docx.core_properties  # get_docx() would read the template again
    about.created = about.modified = at.replace(tzinfo=None)
    about.title, about.last_modified_by = "".join(about.title.split()), about.author
    document.save(target)
    target.seek(0)
    return target


def _find_properties(document: DocxTemplate) -> None:
    """Let the file's properties be found: LibreOffice names their relation otherwise, and a second part
    of the same name would be written beside them."""
    for relation in document.docx.part.package.rels.values():
        if relation.reltype.endswith("/metadata/core-properties"):
            relation._reltype = RELATIONSHIP_TYPE.CORE_PROPERTIES


def _clean(value: Any) -> Any:
    """The same without signs that a document cannot hold."""
    if isinstance(value, dict):
        return {name: _clean(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_clean(each) for each in value]
    return clean(value)
