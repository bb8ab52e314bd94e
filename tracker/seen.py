"""What the person who acts had before them."""

from flask import request

from tracker.forms import whole_number


def seen_version() -> int | None:
    """The version of the row that the person saw, when the form tells it."""
    return whole_number(request.form.get("version"))
