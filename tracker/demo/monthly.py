"""The monthly reports of the demonstration: most in time, some late, some missing, this month's begun."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from tracker.demo.story import DILIGENCE, USUAL_DILIGENCE, Scene, Story
from tracker.milestones.rules import Day
from tracker.people.models import User
from tracker.reports import actions, queries
from tracker.reports.models import MonthlyReport, ReportPeriod
from tracker.reports.rules import LineText, ReportState, Terms
from tracker.units.models import Unit

NO_PROGRESS = "按年度计划推进，本月没有新的节点"
NEXT_STEPS = "对照基本任务继续收集部署文件、工作成效资料，按期提交节点"
PROBLEMS = (
    "个别乡镇台账更新不及时，正在督促补齐",
    "基层监管人员不足，部分检查记录填写不规范",
    "部分佐证材料尚未盖章",
)


def report_scenes(story: Story) -> Iterator[Scene]:
    """What every reporting unit did about every month up to today."""
    units = queries.reporting_units(story.session, story.campaign)
    for period in queries.periods(story.session, story.campaign):
        if story.campaign.live_on <= period.due_on and period.month <= story.today:
            for unit in units:
                yield from _scenes_of(story, period, unit)


def _scenes_of(story: Story, period: ReportPeriod, unit: Unit) -> Iterator[Scene]:
    chance = Random(f"{unit.short} {period.month:%m}")  # noqa: S311  # a story
    day = _day_of_submission(story, period, unit, chance)
    writer = story.liaisons.get(unit.id)
    if day is None or writer is None:
        return
    begun = max(period.month, day - timedelta(days=chance.randint(2, 7)))
    if begun > story.today:
        return
    yield _write(story, period, unit, writer, begun, chance)
    if day > story.today:
        return
    yield _submit(story, period, unit, writer, day)
    review_day = story.calendar.add_working_days(day, chance.randint(1, 3))
    if review_day < story.today - timedelta(days=2):
        yield _accept(story, period, unit, review_day)


def _day_of_submission(story: Story, period: ReportPeriod, unit: Unit, chance: Random) -> date | None:
    luck = chance.random()
    diligence = DILIGENCE.get(unit.short, USUAL_DILIGENCE)
    if luck < diligence:
        day = story.calendar.on_or_after(period.due_on - timedelta(days=chance.randint(0, 6)))
        return min(day, period.due_on)
    if luck < diligence + (1 - diligence) * 0.6:
        return period.due_on + timedelta(days=chance.randint(1, 6))
    return None


def _write(story: Story, period: ReportPeriod, unit: Unit, writer: User, day: date, chance: Random) -> Scene:
    at = story.moment(day, 10, unit.id)
    terms = _terms(story, day)

    def act() -> None:
        report = actions.open_draft(story.session, period, unit, by=writer, at=at, terms=terms)
        texts = {line.item_id: _filled(line.text, chance) for line in report.lines}
        actions.save_draft(story.session, report, texts, by=writer, at=at, terms=terms)

    return Scene(at, act)


def _filled(prefilled: LineText, chance: Random) -> LineText:
    if not prefilled.progress:
        return LineText(has_no_progress=True, reason=NO_PROGRESS)
    problems = chance.choice(PROBLEMS) if chance.random() < 0.15 else ""
    return LineText(progress=prefilled.progress, problems=problems, next_steps=NEXT_STEPS)


def _submit(story: Story, period: ReportPeriod, unit: Unit, writer: User, day: date) -> Scene:
    at = story.moment(day, 17, unit.id)

    def act() -> None:
        if report := _draft(story, period, unit):
            terms = _terms(story, day)
            actions.submit(story.session, report, by=writer, at=at, terms=terms)

    return Scene(at, act)


def _accept(story: Story, period: ReportPeriod, unit: Unit, day: date) -> Scene:
    at = story.moment(day, 11, unit.id)

    def act() -> None:
        report = queries.report_of(story.session, period, unit.id)
        if report and report.state is ReportState.SUBMITTED:
            actions.accept(story.session, report, by=story.colleague, at=at)

    return Scene(at, act)


def _draft(story: Story, period: ReportPeriod, unit: Unit) -> MonthlyReport | None:
    report = queries.report_of(story.session, period, unit.id)
    return report if report and report.state is ReportState.DRAFT else None


def _terms(story: Story, day: date) -> Terms:
    return queries.terms_of(story.campaign, Day(day, story.calendar))
