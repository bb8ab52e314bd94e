"""Whatever is typed into a form or an address, the answer is a page, and shows nothing of it raw."""

import random
import re
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

import tracker
from tests import test_routes
from tests.databases import RolledBackDatabase
from tests.test_routes import ROUTES, Doors
from tracker.people.rules import Role

HERE = Path(tracker.__file__).parent
MARK = "<b id=hostile>"
"""What must never come back as it was typed."""
HOSTILE = (
    "", " ", "0", "-1", "99999999999999999999", "1e9", "NaN", "１２", "on", "x" * 3000, "\x00", "\ufffe",
    "\u202eabc",
    "👨‍👩‍👧", "'", '"; DROP TABLE event; --', MARK, "{{ 7*7 }}", "%s%n%d", "../../etc/passwd",
    "=cmd|' /C calc'!A0", "https://evil.example/", "//evil.example", "2024-02-30", "0001-01-01",
    "9999-12-31", "2024-03-22", "[]",
)  # fmt: skip
WORDS = re.compile(r"""\bname="([a-z_]+)"|\.(?:form|args)(?:\.get|\.getlist)?[\[(]["']([a-z_]+)["']""")
FIELDS = re.compile(r"^    ([a-z_]+) = [A-Za-z]*Field\(", re.MULTILINE)
ENDS_THE_SESSION = {"people.sign_out", "people.change_password"}


def field_names() -> list[str]:
    """Every name under which a form or an address of the house carries something."""
    found: set[str] = set()
    for path in [*HERE.rglob("*.py"), *HERE.rglob("*.html")]:
        text = path.read_text()
        found |= {name for pair in WORDS.findall(text) for name in pair if name} | set(FIELDS.findall(text))
    return sorted(found - {"csrf_token"})


NAMES = field_names()
things = test_routes.things
"""The fixture."""


def test_the_names_are_those_of_the_forms() -> None:
    assert {"username", "old_password", "reason", "office_phone", "text", "page", "back"} <= set(NAMES)


def test_nothing_that_is_typed_breaks_a_page(
    app: Flask, database: RolledBackDatabase, things: dict[str, dict[str, Any]], db_kind: str
) -> None:
    """Every address once on each database, with other words on each."""
    chance, doors = random.Random(db_kind), Doors(app, database, things)
    for rule in app.url_map.iter_rules():
        row = ROUTES.get(rule.endpoint)
        if row and row.may and rule.endpoint not in ENDS_THE_SESSION:
            typed = {name: _words(chance) for name in NAMES if chance.random() < 0.8}
            status, page = doors.send(rule, _somebody(rule, chance), typed)
            assert status < 500, (rule.endpoint, typed)
            assert MARK not in page, (rule.endpoint, typed)


def _words(chance: random.Random) -> str:
    """Something hostile, or characters of any script."""
    anything = "".join(chr(chance.randrange(1, 0xD800)) for _ in range(chance.randrange(40)))
    return chance.choice((*HOSTILE, anything))


def _somebody(rule: Rule, chance: random.Random) -> Role:
    """Somebody who may come in."""
    return chance.choice(sorted(ROUTES[rule.endpoint].may))
