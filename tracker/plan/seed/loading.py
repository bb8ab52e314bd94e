"""Loading a plan that was read and checked: its jurisdiction, the campaign, its tree, its materials."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.events.actions import record
from tracker.plan.models import Campaign, Deadline, Phase, Reporter
from tracker.plan.rules import DeadlineKind
from tracker.plan.seed.materials import load_materials
from tracker.plan.seed.registry import Party, load_jurisdiction, parties_by_name
from tracker.plan.seed.rows import Plan, Settings
from tracker.plan.seed.tree import Tree
from tracker.plan.seed.writing import Writer
from tracker.units.models import Jurisdiction


@dataclass(frozen=True)
class Loaded:
    """What loading a plan did. `retired` are tasks that no file names any more: nobody owes them now."""

    campaign: Campaign
    added: int
    changed: int
    retired: list[str]


def load_plan(
    session: Session,
    plan: Plan,
    *,
    slug: str,
    at: datetime,
    today: date,
    live_on: date | None = None,
    tick: Callable[[], object] = lambda: None,
) -> Loaded:
    """Put `plan` into the database as the campaign `slug`; loaded again, it changes what differs.

    Args:
        live_on: the day from which the campaign is watched; by default today if the campaign runs,
            else the day on which the plan was issued. A campaign that is there keeps its day.
        tick: called for each row.
    """
    writer = Writer(session, tick)
    jurisdiction = load_jurisdiction(writer, plan)
    parties = parties_by_name(writer, jurisdiction)
    campaign = _load_campaign(writer, plan.settings, slug, jurisdiction, parties, live_on, today)
    _load_reporters(writer, plan.settings, campaign, parties)
    phases = _load_phases(writer, plan, campaign)
    deadlines = _load_deadlines(writer, plan, campaign)
    tree = Tree(writer, plan, campaign, parties, phases, deadlines)
    retired = tree.load()
    load_materials(writer, plan.materials, campaign, tree.seen)
    session.flush()
    if writer.added or writer.changed:
        counts = {"added": writer.added, "changed": writer.changed}
        record(session, "campaign", campaign.id, "seed", by=None, at=at, after=counts)
        jurisdiction.edition += 1
    return Loaded(campaign, writer.added, writer.changed, retired)


def _load_campaign(
    writer: Writer,
    settings: Settings,
    slug: str,
    jurisdiction: Jurisdiction,
    parties: dict[str, Party],
    live_on: date | None,
    today: date,
) -> Campaign:
    there = writer.session.scalars(select(Campaign).where(Campaign.slug == slug)).one_or_none()
    if there is None and live_on is None:
        live_on = today if settings.starts_on <= today <= settings.ends_on else settings.issued_on
    campaign = writer.put(
        Campaign,
        there,
        jurisdiction_id=jurisdiction.id,
        office_unit_id=parties[settings.office]["unit_id"],
        slug=slug,
        title=settings.title,
        plan_title=settings.plan_title,
        issued_on=settings.issued_on,
        starts_on=settings.starts_on,
        ends_on=settings.ends_on,
        notice_days=settings.notice_days,
        **({} if there is not None and there.is_reporting_edited else _reporting(settings)),
        **({"live_on": live_on} if live_on else {}),
    )
    writer.session.flush()
    return campaign


def _reporting(settings: Settings) -> dict[str, Any]:
    """The months and the day of the reports, the office's own once it has set them."""
    return {
        "report_first_month": settings.report_first_month,
        "report_last_month": settings.report_last_month,
        "report_day": settings.report_day,
    }


def _load_reporters(
    writer: Writer, settings: Settings, campaign: Campaign, parties: dict[str, Party]
) -> None:
    """Who reports is added when missing; whether one is switched on is the office's own."""
    there = {(row.unit_id, row.group_id) for row in campaign.reporters}
    on = [(name, True) for name in settings.reporting_groups]
    off = [(name, False) for name in settings.optional_reporters]
    for name, is_on in on + off:
        party = parties[name]
        if (party["unit_id"], party["group_id"]) not in there:
            writer.put(Reporter, None, campaign_id=campaign.id, is_on=is_on, **party)
    writer.session.flush()
    writer.session.expire(campaign, ["reporters"])


def _load_phases(writer: Writer, plan: Plan, campaign: Campaign) -> dict[int, Phase]:
    there = select(Phase).where(Phase.campaign_id == campaign.id)
    phases = {phase.number: phase for phase in writer.session.scalars(there)}
    for row in plan.phases:
        phases[row.number] = writer.put(
            Phase,
            phases.get(row.number),
            campaign_id=campaign.id,
            number=row.number,
            title=row.title,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            gate=row.gate,
            note=row.note,
        )
    writer.session.flush()
    return phases


def _load_deadlines(writer: Writer, plan: Plan, campaign: Campaign) -> dict[str, Deadline]:
    there = select(Deadline).where(Deadline.campaign_id == campaign.id)
    deadlines = {deadline.code: deadline for deadline in writer.session.scalars(there)}
    for position, row in enumerate(plan.deadlines, 1):
        deadlines[row.code] = writer.put(
            Deadline,
            deadlines.get(row.code),
            campaign_id=campaign.id,
            code=row.code,
            kind=row.kind,
            gate=row.gate,
            label=f"{row.due_on.year}年" if row.kind is DeadlineKind.YEAR_END else row.label,
            title=row.title,
            opens_on=row.opens_on,
            due_on=row.due_on,
            position=position,
            note=row.note,
        )
    writer.session.flush()
    return deadlines
