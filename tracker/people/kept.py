"""What a person had typed when the session ended, carried through the sign-in page.

It travels in the page itself, signed, with the person's id: nothing is stored on the server, and nobody
else gets to see it after signing in. Passwords, codes and files are never kept.
"""

from dataclasses import asdict, dataclass

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from tracker.forms import label_of, words_of

LONGEST_AGE = 12 * 60 * 60
LARGEST = 1024 * 1024


@dataclass(frozen=True)
class Kept:
    """A form as it was posted: by whom, to which address, with which fields."""

    user_id: int
    path: str
    fields: list[tuple[str, str]]

    @property
    def shown(self) -> list[tuple[str, str]]:
        """What the person typed, by the labels of the screens."""
        labelled = ((label_of(name), words_of(name, value)) for name, value in self.fields)
        return [(label, words) for label, words in labelled if label and words]

    def sealed(self) -> str:
        """The form as a signed text."""
        return _signer().dumps(asdict(self))


def posted(user_id: int) -> Kept | None:
    """The form of the present request, where it holds anything that a person typed."""
    fields = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in ("csrf_token", "code") and "password" not in name
    ]
    kept = Kept(user_id, request.full_path.rstrip("?"), fields)
    fits = sum(len(value) for _, value in fields) <= LARGEST
    return kept if kept.shown and fits and request.method == "POST" else None


def opened(sealed: str) -> Kept | None:
    """The form that `Kept.sealed` made; None when it is empty, changed or too old."""
    try:
        raw = _signer().loads(sealed, max_age=LONGEST_AGE)
    except BadSignature:
        return None
    return Kept(raw["user_id"], raw["path"], [(name, value) for name, value in raw["fields"]])


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="kept form")
