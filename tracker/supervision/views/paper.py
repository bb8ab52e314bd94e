"""The order on paper, the template that its built-in layout is, and a sample of the template in use."""

from werkzeug.wrappers import Response

from tracker import web
from tracker.downloads import send_document
from tracker.stationery.rules import DocumentKind
from tracker.stationery.views.sending import document_on, letter_writer, send_sample, send_template
from tracker.supervision import queries
from tracker.supervision.paper import letter_of, template_letter, words_of
from tracker.supervision.views.finding import blueprint, find_order


@blueprint.get("/orders/<int:order_id>.docx")
@web.business_only
def document(order_id: int) -> Response:
    """The order as it goes out on paper."""
    order, today = find_order(order_id), web.day().today
    words, built_in = words_of(order, today), letter_writer(letter_of(order, today))
    file = document_on(DocumentKind.ORDER, words, built_in, order.issued_at)
    return send_document(file, f"督办单-{order.name}", f"order-{order.id}")


@blueprint.get("/orders/template.docx")
@web.administrators_only
def template() -> Response:
    """The built-in layout as a template to begin with."""
    return send_template(DocumentKind.ORDER, letter_writer(template_letter(web.campaign())))


@blueprint.get("/orders/sample.docx")
@web.administrators_only
def sample() -> Response:
    """The most pressing order on the template in use."""
    today, everything = web.day().today, queries.Filter(has_drafts=True)
    order = next(iter(queries.orders(web.db(), web.campaign(), everything, today, limit=1)), None)
    words = words_of(order, today) if order else None
    return send_sample(DocumentKind.ORDER, words, letter_writer(template_letter(web.campaign())))
