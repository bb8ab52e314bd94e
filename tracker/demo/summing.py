"""The summary of the demonstration: that of the month before last, sent upwards; last month's is a draft."""

from collections.abc import Iterator

from tracker.demo.story import Scene, Story
from tracker.milestones.rules import Day
from tracker.reports.models import ReportPeriod
from tracker.reports.queries import periods
from tracker.summaries import actions
from tracker.summaries.actions import Sending
from tracker.summaries.rules import Way

WORKING_DAYS = 4


def summary_scenes(story: Story) -> Iterator[Scene]:
    """One for each of the last two months that are over."""
    over = [month for month in periods(story.session, story.campaign) if month.due_on < story.today]
    for n, month in enumerate(reversed(over[-2:])):
        yield _make(story, month, is_sent=n > 0)


def _make(story: Story, month: ReportPeriod, *, is_sent: bool) -> Scene:
    day = story.calendar.add_working_days(month.due_on, WORKING_DAYS)
    at = story.moment(day, 16, month.id)

    def act() -> None:
        session, by = story.session, story.office
        summary = actions.draft(session, story.campaign, month, by=by, at=at, day=Day(day, story.calendar))
        if is_sent:
            actions.finalise(session, summary, by=by, at=at)
            for recipient, way in (("自治区食安办", Way.EXCHANGE), ("市政府", Way.HAND)):
                actions.send(session, summary, Sending(recipient, day, way), by=by, at=at, today=day)

    return Scene(at, act)
