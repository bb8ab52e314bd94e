"""From the three files of a mail's folder to a finished mail; the one place that renders them."""

from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape


@dataclass(frozen=True)
class Mail:
    """A finished mail: one line of subject, the text, and the same as HTML."""

    subject: str
    text: str
    html: str


def render(name: str, **words: Any) -> Mail:
    """The mail of the folder `templates/mail/<name>` with these words in it."""
    subject, text, html = (
        _environment.get_template(f"{name}/{part}").render(**words)
        for part in ("subject.txt", "body.txt", "body.html")
    )
    return Mail(" ".join(subject.split()), text.strip() + "\n", html.strip() + "\n")


_environment = Environment(
    loader=PackageLoader("tracker", "templates/mail"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
