"""Two cities in one installation: whoever belongs to one can neither open nor touch a thing of the other."""

from dataclasses import replace
from http.client import FORBIDDEN, NOT_FOUND
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import test_routes
from tests.databases import RolledBackDatabase
from tests.test_routes import ROUTES, Doors
from tests.world import PEOPLE, SEED, MovableClock
from tracker.milestones.fanout import fan_out
from tracker.people.models import User
from tracker.plan.seed.loading import load_plan
from tracker.plan.seed.reading import read_plan
from tracker.units.models import Unit

Things = dict[str, dict[str, Any]]
things = test_routes.things
"""The fixture: what the units of the first city have."""


@pytest.fixture
def doors(
    app: Flask, database: RolledBackDatabase, session: Session, things: Things, clock: MovableClock
) -> Doors:
    """The people of the second city, signed in; the things are those of the first."""
    plan = read_plan(SEED)
    settings = replace(plan.settings, slug="linzhi", jurisdiction_code="540400", jurisdiction_name="林芝市")
    loaded = load_plan(
        session, replace(plan, settings=settings), slug="linzhi", at=clock.now(), today=clock.today()
    )
    fan_out(session, loaded.campaign, at=clock.now(), today=clock.today())
    city = loaded.campaign.jurisdiction_id
    units = {
        unit.short: unit.id for unit in session.scalars(select(Unit).where(Unit.jurisdiction_id == city))
    }
    for username, unit, role in PEOPLE:
        first = session.scalars(select(User).where(User.username == username)).one()
        first.username = f"first-{username}"
        session.flush()
        session.add(
            User(
                unit_id=units[unit],
                username=username,
                name=f"林芝{role.label}",
                role=role,
                password_hash=first.password_hash,
                must_change_password=False,
            )
        )
    session.commit()
    return Doors(app, database, things)


def test_nobody_opens_a_thing_of_another_city(app: Flask, doors: Doors, things: Things) -> None:
    wrong = []
    rules = [rule for rule in app.url_map.iter_rules() if any("_id" in name for name in rule.arguments)]
    assert len(rules) > 60
    for rule in rules:
        for role in sorted(ROUTES[rule.endpoint].may):
            for unit in ("市农业农村局", "市食安办"):
                status, _ = doors._try(rule, things[unit], role)
                if status not in (FORBIDDEN, NOT_FOUND):
                    wrong.append(f"{rule.endpoint} as {role} with {unit}'s: {status}")
    assert not wrong, "\n".join(wrong)
