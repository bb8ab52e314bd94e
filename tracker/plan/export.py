"""The plan as JSON, in the shape that other tools read."""

import json
from typing import IO, Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from tracker.plan.models import Campaign, ItemParty, Phase, PlanItem, Task, TaskParty
from tracker.plan.queries import items_by_kind, phases_of
from tracker.plan.rules import ItemKind, PartyRole
from tracker.units.models import Unit

Json = dict[str, Any]


def write_plan(session: Session, campaign: Campaign, stream: IO[bytes]) -> None:
    """Write the plan as UTF-8 JSON."""
    text = json.dumps(plan_document(session, campaign), ensure_ascii=False, indent=1)
    stream.write(f"{text}\n".encode())


def plan_document(session: Session, campaign: Campaign) -> Json:
    """The whole plan; units and groups stand by canonical name, texts without their numbering."""
    items = items_by_kind(session, campaign)
    initiatives = items[ItemKind.PROJECT] + items[ItemKind.ACTION]
    phase_tasks = items[ItemKind.PHASE_TASK]
    return {
        "sections": [_section(item) for item in items[ItemKind.SECTION]],
        "points": [_point(item) for item in items[ItemKind.POINT]],
        "indicators": [_indicator(item) for item in items[ItemKind.INDICATOR]],
        "initiatives": [_initiative(item) for item in initiatives],
        "phases": [_phase(phase, phase_tasks) for phase in phases_of(session, campaign)],
        "units": [_unit(unit) for unit in _units(session, campaign)],
    }


def _section(item: PlanItem) -> Json:
    return {"number": item.number, "title": item.title, "points": item.points}


def _point(item: PlanItem) -> Json:
    return {
        "number": item.number,
        "section": item.parent.number if item.parent else None,
        "title": item.title,
        "points": item.points,
        "kind": item.choice,
        "choose": item.choose_count,
    }


def _indicator(item: PlanItem) -> Json:
    point = item.parent if item.parent and item.parent.kind is ItemKind.POINT else None
    section = point.parent if point else item.parent
    return {
        "number": item.number,
        "point": point.number if point else None,
        "section": section.number if section else None,
        "text": item.text,
        "methods": item.methods,
        "method_raw": item.method_raw,
        "veto": item.is_veto,
        "on_site_check": item.is_on_site_check,
        "online_check": item.is_online_check,
        "responsible": _names(item.parties, PartyRole.RESPONSIBLE),
        "tasks": [_task(task) for task in item.tasks if task.parties],
    }


def _task(task: Task) -> Json:
    return {
        "number": task.number,
        "text": task.text,
        "lead": _names(task.parties, PartyRole.LEAD)[0],
        "supporting": _names(task.parties, PartyRole.LEAD)[1:] + _names(task.parties, PartyRole.SUPPORT),
        "duty": task.duty,
    }


def _initiative(item: PlanItem) -> Json:
    return {
        "kind": item.kind,
        "number": item.number,
        "title": item.title,
        "text": item.text,
        "lead": _names(item.parties, PartyRole.LEAD),
        "responsible": _names(item.parties, PartyRole.RESPONSIBLE),
    }


def _phase(phase: Phase, tasks: list[PlanItem]) -> Json:
    return {
        "number": phase.number,
        "title": phase.title,
        "starts_on": phase.starts_on.isoformat(),
        "ends_on": phase.ends_on.isoformat(),
        "gate": phase.gate,
        "tasks": [{"number": task.number, "text": task.text} for task in tasks if task.phase_id == phase.id],
    }


def _unit(unit: Unit) -> Json:
    return {
        "name": unit.name,
        "short": unit.short,
        "kind": unit.kind,
        "aliases": [alias.name for alias in unit.aliases],
        "groups": [group.name for group in unit.groups],
    }


def _units(session: Session, campaign: Campaign) -> list[Unit]:
    query = select(Unit).where(Unit.jurisdiction_id == campaign.jurisdiction_id).order_by(Unit.position)
    return list(session.scalars(query.options(selectinload(Unit.aliases), selectinload(Unit.groups))))


def _names(parties: list[ItemParty] | list[TaskParty], role: PartyRole) -> list[str]:
    owners = [party.unit or party.group for party in parties if party.role is role]
    return [owner.name for owner in owners if owner]
