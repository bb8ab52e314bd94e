"""How events are worded and what of them is covered."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import tracker
from tracker.audit.rules import (
    COVERED,
    SUBJECTS,
    change_words,
    hidden_roles,
    may_audit,
    note_words,
    subject_words,
    verb_words,
)
from tracker.people.rules import Role
from tracker.reports.queries import URGED

SOURCES = Path(tracker.__file__).parent


def recorded() -> Iterator[tuple[str, str | None]]:
    """The subjects, and where they are written out the verbs, of every `record(...)` of the house."""
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "record":
                subject, verb = node.args[1], node.args[3]
                if isinstance(subject, ast.Constant):  # all are written out but URGED
                    yield str(subject.value), verb.value if isinstance(verb, ast.Constant) else None  # type: ignore[misc]


def test_every_step_of_the_house_has_words() -> None:
    found = {*recorded(), URGED}
    assert len(found) > 25
    assert {subject for subject, _ in found} <= set(SUBJECTS)
    unworded = {(subject, verb) for subject, verb in found if verb and verb_words(subject, verb) == verb}
    assert unworded == set()


def test_nothing_has_words_that_is_never_written() -> None:
    assert {subject for subject, _ in recorded()} | {URGED[0]} == set(SUBJECTS)


def test_business_is_covered_and_its_fields_are_named() -> None:
    words = change_words("milestone", {"state": "submitted"}, {"state": "returned", "due_on": "2024-03-28"})
    assert words == f"状态：{COVERED} → {COVERED}；期限：{COVERED}"
    assert note_words("milestone", "台账缺 2023 年数据，请补齐") == COVERED
    assert note_words("milestone", "") == ""


def test_what_is_not_known_is_covered_too() -> None:
    assert change_words("new kind", {}, {"words": "投诉人"}) == f"words：{COVERED}"
    assert subject_words("new kind") == "new kind"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("13908950001", "139****0001"),
        ("zhaxi.duoji@changdu.example", "z***@changdu.example"),
        ("0895-4821234", "0895-4821234"),
        ("", "空"),
        (None, "空"),
        ("liaison", "liaison"),
    ],
)
def test_accounts_show_their_values_without_telephones_and_mails(value: object, shown: str) -> None:
    assert change_words("user", {}, {"field": value}) == f"field：{shown}"


def test_the_two_auditors_watch_each_other() -> None:
    assert {role for role in Role if may_audit(role)} == {Role.AUDIT_ADMIN, Role.SECURITY_ADMIN}
    assert hidden_roles(Role.AUDIT_ADMIN) == frozenset()
    assert Role.AUDIT_ADMIN not in hidden_roles(Role.SECURITY_ADMIN)
    assert hidden_roles(Role.SECURITY_ADMIN) == {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN}
