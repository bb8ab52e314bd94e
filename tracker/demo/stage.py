"""Setting the stage: an empty database becomes the demonstration, the same every time."""

from datetime import date, time

from sqlalchemy.orm import Session
from tqdm import tqdm

from tracker.clock import Clock
from tracker.db import Database
from tracker.demo.cast import add_people
from tracker.demo.monthly import report_scenes
from tracker.demo.story import Story, play
from tracker.milestones.fanout import fan_out
from tracker.plan.models import Campaign
from tracker.plan.seed.loading import load_plan
from tracker.plan.seed.reading import read_plan
from tracker.plan.seed.shift import months_between, shift_plan
from tracker.reports.actions import plan_periods
from tracker.shipped import shipped

PLAN = "changdu-2023"
MONTH_OF_THE_STORY = date(2024, 3, 1)
"""The month of the plan, in its self-assessment phase, that becomes the present one."""
OFFICE_PHONE = "0895-4820000（演示）"


def set_stage(database: Database, clock: Clock, *, is_rebased: bool) -> None:
    """Schema, plan, people and everything that happened until today.

    Args:
        is_rebased: the plan is moved so that today falls in the middle of its self-assessment.
    """
    database.upgrade()
    with database.transaction() as session:
        campaign = _load(session, clock, is_rebased=is_rebased)
        add_people(session, campaign, at=clock.moment(campaign.live_on, time(9)))
        session.expire_all()
        story = Story(session, campaign, clock)
        scenes = [*story.scenes(), *report_scenes(story)]
        with tqdm(total=len(scenes), desc="演示数据", unit="步", disable=None) as bar:
            play(scenes, bar.update)


def _load(session: Session, clock: Clock, *, is_rebased: bool) -> Campaign:
    plan = read_plan(shipped("seed") / PLAN)
    if is_rebased:
        plan = shift_plan(plan, months_between(MONTH_OF_THE_STORY, clock.today()))
    live_on = plan.settings.issued_on
    at = clock.moment(live_on, time(8, 30))
    loaded = load_plan(session, plan, slug=PLAN, at=at, today=live_on, live_on=live_on)
    loaded.campaign.office_phone = OFFICE_PHONE
    fan_out(session, loaded.campaign, at=at, today=live_on)
    plan_periods(session, loaded.campaign)
    return loaded.campaign
