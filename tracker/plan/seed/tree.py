"""Loading the plan's tree: items with those who answer for them, and tasks with their units and deadlines."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from tracker.plan.models import Campaign, Deadline, ItemParty, Phase, PlanItem, Task, TaskParty
from tracker.plan.rules import DeadlineKind, Duty, ItemKind, PartyRole
from tracker.plan.seed.registry import Party
from tracker.plan.seed.rows import DutyRow, Names, Plan
from tracker.plan.seed.writing import Writer

Parties = list[dict[str, Any]]
PREFIXES = {ItemKind.PROJECT: "工程", ItemKind.ACTION: "行动"}


class Tree:
    """One load of the tree; items and tasks are known by their codes within the campaign."""

    def __init__(
        self,
        writer: Writer,
        plan: Plan,
        campaign: Campaign,
        parties: dict[str, Party],
        phases: dict[int, Phase],
        deadlines: dict[str, Deadline],
    ) -> None:
        self.writer, self.plan, self.campaign = writer, plan, campaign
        self.parties, self.phases, self.deadlines = parties, phases, deadlines
        self.gates = [row.code for row in plan.deadlines if row.kind is DeadlineKind.GATE]
        self.items = _items_there(writer.session, campaign)
        self.item_parties = _item_parties_there(writer.session, campaign)
        self.tasks = _tasks_there(writer.session, campaign)
        self.task_parties = _task_parties_there(writer.session, campaign)
        self.seen: dict[str, Task] = {}
        self.item_position = 0

    def load(self) -> list[str]:
        """Load everything; returns the codes of the tasks that the files no longer name."""
        self._load_sections()
        self._load_points()
        self._load_indicators()
        self._load_tasks()
        self._load_initiatives()
        self._load_duties(self.plan.phase_tasks, ItemKind.PHASE_TASK, "阶段")
        self._load_duties(self.plan.requirements, ItemKind.REQUIREMENT, "要求")
        return self._retire_tasks()

    def _load_sections(self) -> None:
        for row in self.plan.sections:
            self._item(ItemKind.SECTION, f"部分{row.number}", row.number, title=row.title, points=row.points)
        self.writer.session.flush()

    def _load_points(self) -> None:
        for row in self.plan.points:
            self._item(
                ItemKind.POINT,
                f"要点{row.number}",
                row.number,
                parent_id=self.items[f"部分{row.section}"].id,
                title=row.title,
                points=row.points,
                choice=row.choice,
                choose_count=row.choose_count,
                note=row.note,
            )
        self.writer.session.flush()

    def _load_indicators(self) -> None:
        for row in self.plan.indicators:
            parent = f"部分{row.section}" if row.point is None else f"要点{row.point}"
            self._item(
                ItemKind.INDICATOR,
                str(row.number),
                row.number,
                parent_id=self.items[parent].id,
                text=row.text,
                text_raw=row.text_raw,
                methods=[method.value for method in row.methods],
                method_raw=row.method_raw,
                is_veto=row.is_veto,
                is_on_site_check=row.is_on_site_check,
                is_online_check=row.is_online_check,
                responsible_raw=row.responsible_raw,
                note=row.note,
            )
        self.writer.session.flush()
        for row in self.plan.indicators:
            self._answer_for(str(row.number), self._parties(PartyRole.RESPONSIBLE, row.responsible))

    def _load_tasks(self) -> None:
        sections = {row.number: row.section for row in self.plan.indicators}
        for row in self.plan.tasks:
            self._task(
                f"{row.indicator}-{row.number}",
                self.items[str(row.indicator)],
                self.gates,
                number=row.number,
                section=sections[row.indicator],
                text=row.text,
                text_raw=row.text_raw,
                duty=row.duty,
                note=row.note,
            )
        self.writer.session.flush()
        for row in self.plan.tasks:
            self._share_out(f"{row.indicator}-{row.number}", row.lead, row.supporting)

    def _load_initiatives(self) -> None:
        """An initiative is carried by one task of its own text."""
        for row in self.plan.initiatives:
            self._item(
                row.kind,
                f"{PREFIXES[row.kind]}{row.number}",
                row.number,
                title=row.title,
                text=row.text,
                lead_raw=row.lead_raw,
                responsible_raw=row.responsible_raw,
                note=row.note,
            )
        self.writer.session.flush()
        for row in self.plan.initiatives:
            code = f"{PREFIXES[row.kind]}{row.number}"
            lead = self._parties(PartyRole.LEAD, row.lead)
            self._answer_for(code, lead + self._parties(PartyRole.RESPONSIBLE, row.responsible))
            self._own_task(code, row.deadlines)
        self.writer.session.flush()
        for row in self.plan.initiatives:
            self._share_out(f"{PREFIXES[row.kind]}{row.number}", row.lead, row.responsible)

    def _load_duties(self, rows: list[DutyRow], kind: ItemKind, prefix: str) -> None:
        """Phase tasks and requirements; a duty without a deadline is an item and no task."""
        by_code = {f"{prefix}{row.chapter}-{row.number}": row for row in rows}
        for code, row in by_code.items():
            phase = self.phases[int(row.chapter)] if kind is ItemKind.PHASE_TASK else None
            values = {"phase_id": phase.id if phase else None, "title": row.title, "text": row.text}
            self._item(kind, code, row.number, note=row.note, **values)
        self.writer.session.flush()
        for code, row in by_code.items():
            lead = self._parties(PartyRole.LEAD, row.lead)
            self._answer_for(code, lead + self._parties(PartyRole.SUPPORT, row.supporting))
            if row.deadlines:
                self._own_task(code, row.deadlines)
        self.writer.session.flush()
        for code, row in by_code.items():
            if row.deadlines:
                self._share_out(code, row.lead, row.supporting)

    def _item(self, kind: ItemKind, code: str, number: int, **values: Any) -> None:
        self.item_position += 1
        self.items[code] = self.writer.put(
            PlanItem,
            self.items.get(code),
            campaign_id=self.campaign.id,
            kind=kind,
            code=code,
            number=number,
            position=self.item_position,
            **values,
        )

    def _own_task(self, code: str, deadlines: Names) -> None:
        """The one task of an initiative, a phase task or a requirement: title and text together."""
        item = self.items[code]
        text = item.text if item.text.startswith(item.title) else f"{item.title}。{item.text}"
        self._task(code, item, deadlines, number=1, section=None, text=text, duty=Duty.EXECUTE)

    def _task(self, code: str, item: PlanItem, deadlines: list[str] | Names, **values: Any) -> None:
        wanted = sorted((self.deadlines[name] for name in deadlines), key=lambda row: row.position)
        self.seen[code] = self.tasks[code] = self.writer.put(
            Task,
            self.tasks.get(code),
            campaign_id=self.campaign.id,
            item_id=item.id,
            code=code,
            position=len(self.seen) + 1,
            deadlines=wanted,
            **values,
        )

    def _parties(self, role: PartyRole, names: Names) -> Parties:
        return [
            {"role": role, "position": position, **self.parties[name]}
            for position, name in enumerate(names, 1)
        ]

    def _answer_for(self, code: str, parties: Parties) -> None:
        item = self.items[code]
        wanted = [{**party, "item_id": item.id} for party in each_once(parties, "role")]
        self.writer.replace(ItemParty, self.item_parties.get(item.id, ()), wanted)

    def _share_out(self, code: str, lead: Names, supporting: Names) -> None:
        """Lead units in their order, then those that support; who leads does not support as well."""
        task = self.tasks[code]
        parties = self._parties(PartyRole.LEAD, lead)
        parties += self._parties(PartyRole.SUPPORT, tuple(name for name in supporting if name not in lead))
        wanted = [
            {**party, "task_id": task.id, "position": position} for position, party in enumerate(parties, 1)
        ]
        wanted = each_once(wanted)
        self.writer.replace(TaskParty, self.task_parties.get(task.id, ()), wanted)

    def _retire_tasks(self) -> list[str]:
        """Tasks that no file names any more keep their row and their history; nobody owes them."""
        retired = [task for code, task in self.tasks.items() if code not in self.seen]
        for task in retired:
            self.writer.replace(TaskParty, self.task_parties.get(task.id, ()), [])
        return [task.code for task in retired]


def each_once(parties: Parties, *more: str) -> Parties:
    """The parties, each of them once and where it stands first: two units of the plan are one after a
    merger (合并). The others keep their positions.

    Args:
        more: what else tells two rows apart.
    """
    first: dict[tuple[Any, ...], dict[str, Any]] = {}
    for party in parties:
        first.setdefault(tuple(party[name] for name in ("unit_id", "group_id", *more)), party)
    return list(first.values())


def _items_there(session: Session, campaign: Campaign) -> dict[str, PlanItem]:
    query = select(PlanItem).where(PlanItem.campaign_id == campaign.id)
    return {row.code: row for row in session.scalars(query)}


def _tasks_there(session: Session, campaign: Campaign) -> dict[str, Task]:
    query = select(Task).where(Task.campaign_id == campaign.id).options(selectinload(Task.deadlines))
    return {row.code: row for row in session.scalars(query)}


def _item_parties_there(session: Session, campaign: Campaign) -> dict[int, list[ItemParty]]:
    query = select(ItemParty).join(PlanItem).where(PlanItem.campaign_id == campaign.id).order_by(ItemParty.id)
    found: dict[int, list[ItemParty]] = {}
    for row in session.scalars(query):
        found.setdefault(row.item_id, []).append(row)
    return found


def _task_parties_there(session: Session, campaign: Campaign) -> dict[int, list[TaskParty]]:
    query = select(TaskParty).join(Task).where(Task.campaign_id == campaign.id).order_by(TaskParty.position)
    found: dict[int, list[TaskParty]] = {}
    for row in session.scalars(query):
        found.setdefault(row.task_id, []).append(row)
    return found
