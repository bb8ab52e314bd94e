"""Setting the stage: an empty database becomes the demonstration, the same every time."""

from dataclasses import replace
from datetime import date, datetime, time

from sqlalchemy.orm import Session
from tqdm import tqdm

from tracker.clock import Clock
from tracker.commands.seed import start_campaign
from tracker.db import Database
from tracker.demo.accounts import account_scenes
from tracker.demo.asking import asking_scenes
from tracker.demo.cast import add_people
from tracker.demo.circulating import circular_scenes
from tracker.demo.monthly import report_scenes
from tracker.demo.ordering import ordering_scenes
from tracker.demo.story import Scene, Story, play
from tracker.demo.summing import summary_scenes
from tracker.files.store import Store
from tracker.plan.models import Campaign
from tracker.plan.seed.reading import read_plan
from tracker.plan.seed.shift import months_between, shift_day
from tracker.reminders.jobs import remind
from tracker.shipped import SEED

PLAN = "changdu-2023"
MONTH_OF_THE_STORY = date(2024, 3, 1)
"""The month of the plan, in its self-assessment phase, that becomes the present one."""
FIRST_HOUR = time(9)
"""When the mails of a working day are written."""
MAILED_DAYS = 6
OFFICE_PHONE = "0895-4820000（演示）"


def set_stage(database: Database, clock: Clock, store: Store, *, base_url: str, is_rebased: bool) -> None:
    """Schema, plan, people, documents, everything that happened until today, and the mails of the day.

    Args:
        base_url: where the links of the mails lead.
        is_rebased: the plan is moved so that today falls in the middle of its self-assessment.
    """
    database.upgrade()
    with database.session(write=True) as session:
        campaign = _load(session, clock, is_rebased=is_rebased)
        add_people(session, campaign, at=clock.moment(campaign.live_on, time(9)))
        session.expire_all()
        story = Story(session, campaign, clock, store)
        others = (
            report_scenes, asking_scenes, ordering_scenes, circular_scenes, summary_scenes, account_scenes,
        )  # fmt: skip
        told = [*story.scenes(), *(scene for scenes in others for scene in scenes(story))]
        scenes = _until_today(story, told)
        with tqdm(total=len(scenes), desc="演示数据", unit="步", disable=None) as bar:
            for mail_at in _mail_moments(story):
                earlier = [scene for scene in scenes if scene.at < mail_at]
                play(earlier, bar.update)
                session.commit()
                remind(database, replace(clock, pretended=None, fixed=mail_at), base_url=base_url)
                del scenes[: len(earlier)]
            play(scenes, bar.update)
        session.commit()


def _until_today(story: Story, scenes: list[Scene]) -> list[Scene]:
    """The scenes by time; today itself is the visitor's, whatever the hour."""
    midnight = story.clock.moment(story.today)
    return sorted((scene for scene in scenes if scene.at < midnight), key=lambda scene: scene.at)


def _mail_moments(story: Story) -> list[datetime]:
    """When the mails of the last working days were written, today's the last."""
    last = story.calendar.on_or_before(story.today)
    days = [story.calendar.add_working_days(last, -back) for back in reversed(range(MAILED_DAYS))]
    return [story.clock.moment(day, FIRST_HOUR) for day in days]


def _load(session: Session, clock: Clock, *, is_rebased: bool) -> Campaign:
    plan = read_plan(SEED / PLAN)
    shift = months_between(MONTH_OF_THE_STORY, clock.today()) if is_rebased else 0
    start, live_on = (shift_day(day, shift) for day in (plan.settings.starts_on, plan.settings.issued_on))
    at = clock.moment(live_on, time(8, 30))
    started = start_campaign(session, plan, start=start, live_on=live_on, at=at, today=live_on)
    started.campaign.office_phone = OFFICE_PHONE
    return started.campaign
