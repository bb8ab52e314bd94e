"""The circulars of the demonstration: last month's, which went out on the third working day after its day."""

from collections.abc import Iterator

from tracker.circulars import actions
from tracker.demo.story import Scene, Story
from tracker.milestones.rules import Day
from tracker.reports.models import ReportPeriod
from tracker.reports.queries import periods

WORKING_DAYS = 3


def circular_scenes(story: Story) -> Iterator[Scene]:
    """One circular for each of the last two months that are over."""
    over = [month for month in periods(story.session, story.campaign) if month.due_on < story.today]
    for month in over[-2:]:
        yield _issue(story, month)


def _issue(story: Story, month: ReportPeriod) -> Scene:
    day = story.calendar.add_working_days(month.due_on, WORKING_DAYS)
    at = story.moment(day, 15, month.id)

    def act() -> None:
        seen = Day(day, story.calendar)
        circular = actions.draft(story.session, story.campaign, month, by=story.office, at=at, day=seen)
        actions.issue(story.session, circular, by=story.office, at=at)

    return Scene(at, act)
