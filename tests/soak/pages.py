"""What somebody finds on a page: its forms, the fields of a report, the links that lead on."""

import re
from html import unescape

FORM = re.compile(r'<form[^>]* action="([^"]+)"[^>]*>(.*?)</form>', re.DOTALL)
FIELD = re.compile(r'<input(?=[^>]* type="hidden")[^>]* name="([^"]+)"[^>]* value="([^"]*)"')
TYPED = re.compile(r'<textarea id="[^"]*" name="((?:progress|next_steps)-\d+)"')


def forms(page: str, action: str) -> list[tuple[str, dict[str, str]]]:
    """The forms of a page whose address matches, each with what it sends unseen."""
    return [
        (where, {name: unescape(value) for name, value in FIELD.findall(inside)})
        for where, inside in FORM.findall(page)
        if re.fullmatch(action, where)
    ]


def typed(page: str) -> list[str]:
    """The fields of a report in which everybody writes something."""
    return TYPED.findall(page)


def links(page: str, to: str) -> list[str]:
    """The addresses on a page that match."""
    return [unescape(found) for found in sorted(set(re.findall(rf'href="({to})"', page)))]
