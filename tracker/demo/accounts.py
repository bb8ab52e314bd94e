"""What waits for the security administrator of the demonstration: a new account, and a forgotten password."""

from collections.abc import Iterator

from sqlalchemy import select

from tracker.demo.story import Scene, Story
from tracker.forgotten.actions import ask
from tracker.people import actions
from tracker.people.actions import Contact
from tracker.people.models import User
from tracker.people.queries import user_named
from tracker.people.rules import Role

NEWCOMER = Contact("扎某某", "联络员（新）", "13900009001", "jiangda2@changdu.example")


def account_scenes(story: Story) -> Iterator[Scene]:
    """On the last working day an account was added, and a unit's head could not sign in."""
    day = story.calendar.add_working_days(story.calendar.on_or_before(story.today), -1)
    added_at, asked_at = story.moment(day, 16, 1), story.moment(day, 17, 2)

    def add() -> None:
        admin = user_named(story.session, "admin")
        unit = story.session.scalars(select(User).where(User.username == "jiangda")).one().unit
        actions.add(story.session, unit, NEWCOMER, Role.LIAISON, by=admin, at=added_at, username="jiangda2")

    def forget() -> None:
        ask(story.session, "mangkang-head", can_mail=False, at=asked_at, today=day, origin="192.0.2.17")

    yield Scene(added_at, add)
    yield Scene(asked_at, forget)
