"""Reading a campaign's plan."""

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from tracker.plan.models import (
    Campaign,
    ItemParty,
    Material,
    Phase,
    PlanItem,
    Task,
    TaskParty,
)
from tracker.plan.rules import ItemKind


def campaign_by_slug(session: Session, slug: str) -> Campaign | None:
    """The campaign of this name."""
    return session.scalars(select(Campaign).where(Campaign.slug == slug)).one_or_none()


def campaigns(session: Session) -> list[Campaign]:
    """All campaigns, the oldest first."""
    return list(session.scalars(select(Campaign).order_by(Campaign.id)))


def phases_of(session: Session, campaign: Campaign) -> list[Phase]:
    """The campaign's phases by number."""
    return list(session.scalars(select(Phase).where(Phase.campaign_id == campaign.id).order_by(Phase.number)))


def items_by_kind(session: Session, campaign: Campaign) -> dict[ItemKind, list[PlanItem]]:
    """All items of the plan in its order, with parents, and with parties and tasks by name."""
    query = (
        select(PlanItem)
        .where(PlanItem.campaign_id == campaign.id)
        .order_by(PlanItem.position)
        .options(
            selectinload(PlanItem.parties).options(joinedload(ItemParty.unit), joinedload(ItemParty.group)),
            selectinload(PlanItem.tasks)
            .selectinload(Task.parties)
            .options(joinedload(TaskParty.unit), joinedload(TaskParty.group)),
        )
    )
    found: dict[ItemKind, list[PlanItem]] = defaultdict(list)
    for item in session.scalars(query):
        found[item.kind].append(item)
    return found


def campaign_id_of_task(session: Session, task_id: int) -> int | None:
    """The campaign to which a task belongs."""
    return session.scalar(select(Task.campaign_id).where(Task.id == task_id))


def campaigns_of(session: Session, jurisdiction_id: int) -> list[Campaign]:
    """The campaigns of one jurisdiction, the newest first."""
    own = select(Campaign).where(Campaign.jurisdiction_id == jurisdiction_id)
    return list(session.scalars(own.order_by(Campaign.id.desc())))


def task_with_materials(session: Session, task_id: int) -> Task:
    """A task with its slots and its sister tasks."""
    return session.get_one(
        Task,
        task_id,
        options=[selectinload(Task.materials), joinedload(Task.item).selectinload(PlanItem.tasks)],
    )


def material_by_id(session: Session, material_id: int) -> Material | None:
    """A slot with its task."""
    return session.get(Material, material_id, options=[joinedload(Material.task)])
