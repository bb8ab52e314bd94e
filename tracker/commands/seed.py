"""`tracker seed`: load a plan, open its report months, give every unit its tasks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from tracker.console import Console, pass_console, progress_bar
from tracker.errors import Refused
from tracker.milestones.fanout import FanOut, fan_out
from tracker.plan.models import Campaign
from tracker.plan.queries import campaign_by_slug
from tracker.plan.seed.loading import Loaded, load_plan
from tracker.plan.seed.reading import read_plan
from tracker.plan.seed.rows import Plan
from tracker.plan.seed.settings import SLUG
from tracker.plan.seed.shift import months_between, shift_plan
from tracker.reports.planning import plan_periods
from tracker.shipped import SEED

FIRST_YEAR, LAST_YEAR = 2000, 2099


@dataclass(frozen=True)
class Started:
    """What starting a campaign did."""

    loaded: Loaded
    periods_added: int
    fan_out: FanOut

    @property
    def campaign(self) -> Campaign:
        return self.loaded.campaign


@click.command()
@click.argument("plan")
@click.option("--start", metavar="YYYY-MM", help="方案的第一个月改为这个月，所有日期按整月平移。")
@click.option("--slug", help="创建的代号；同一方案可用不同代号装入多次。默认用方案自己的代号。")
@click.option("--live-on", metavar="YYYY-MM-DD", help="上线日；默认是今天，创建期外则是印发日。")
@pass_console
def seed(console: Console, plan: str, start: str | None, slug: str | None, live_on: str | None) -> None:
    """装入方案 PLAN：seed 目录下的文件夹名，或一个文件夹的路径。再装一次，只改不同之处。"""
    first_month, live = month_of(start), _day(live_on)
    if slug is not None and not SLUG.fullmatch(slug):
        raise Refused("--slug 应由小写字母、数字和连字符组成")
    document = read_plan(plan_folder(plan))
    clock = console.clock
    with progress_bar(document.row_count, "装入方案") as bar, console.database.transaction() as session:
        started = start_campaign(
            session, document, slug=slug, start=first_month, live_on=live,
            at=clock.now(), today=clock.today(), tick=bar.update,
        )  # fmt: skip
    click.echo(words_of(started))


def start_campaign(
    session: Session,
    plan: Plan,
    *,
    slug: str | None = None,
    start: date | None = None,
    live_on: date | None = None,
    at: datetime,
    today: date,
    tick: Callable[[], object] = lambda: None,
) -> Started:
    """Load `plan` as a campaign with its report months and everybody's milestones; a second run
    changes only what differs.

    Args:
        slug: name of the campaign; by default the plan's own.
        start: the month that the plan's first month becomes.
        live_on: see `load_plan`.
    """
    slug = slug or plan.settings.slug
    plan = _moved(plan, campaign_by_slug(session, slug), start)
    loaded = load_plan(session, plan, slug=slug, at=at, today=today, live_on=live_on, tick=tick)
    periods_added = plan_periods(session, loaded.campaign)
    return Started(loaded, periods_added, fan_out(session, loaded.campaign, at=at, today=today))


def _moved(plan: Plan, there: Campaign | None, start: date | None) -> Plan:
    """The plan at its time; a campaign that is there keeps its own."""
    first = plan.settings.starts_on
    if there is None:
        return shift_plan(plan, months_between(first, start or first))
    if start and months_between(there.starts_on, start):
        raise Refused(
            f"“{there.slug}”已经从 {there.starts_on:%Y-%m} 开始，不能改为 {start:%Y-%m}；可用 --slug 另起代号"
        )
    return shift_plan(plan, months_between(first, there.starts_on))


def plan_folder(plan: str) -> Path:
    """The folder of a plan that is shipped under this name, or that lies at this path.

    Raises:
        Refused: there is none.
    """
    for folder in (SEED / plan, Path(plan)):
        if (folder / "campaign.toml").is_file():
            return folder
    known = sorted(path.parent.name for path in SEED.glob("*/campaign.toml"))
    raise Refused(f"没有名为“{plan}”的方案；可用的方案：{'、'.join(known)}")


def month_of(text: str | None) -> date | None:
    """2024-03 as its first day; None stays None.

    Raises:
        Refused: it is no month of a plan.
    """
    if text is None:
        return None
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        month = date.min
    if not FIRST_YEAR <= month.year <= LAST_YEAR:
        raise Refused(f"--start 应为 {FIRST_YEAR}-01 到 {LAST_YEAR}-12 的月份，现在是“{text}”")
    return month


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text is not None else None
    except ValueError:
        raise Refused(f"--live-on 应为 2024-03-22 这样的日期，现在是“{text}”") from None


def words_of(started: Started) -> str:
    """What starting a campaign did, in a line or two."""
    loaded, shared = started.loaded, started.fan_out
    counts = {
        "新增 {} 行": loaded.added,
        "更改 {} 行": loaded.changed,
        "月报期 {} 个": started.periods_added,
        "任务分工 {} 份": shared.assignments_added,
        "节点 {} 个": shared.milestones_added,
        "退出分工 {} 份": shared.assignments_left,
        "恢复分工 {} 份": shared.assignments_back,
    }
    parts = [text.format(count) for text, count in counts.items() if count] or ["0 项变化"]
    lines = [f"{loaded.campaign.slug}：{'，'.join(parts)}。"]
    if loaded.retired:
        lines.append(f"文件中已没有的任务 {'、'.join(loaded.retired)}：记录保留，不再要求落实。")
    return "\n".join(lines)
