"""The documents of the demonstration: what the units of the first accounts filed before they ticked."""

from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from random import Random

from sqlalchemy.orm import Session

from tracker.demo import papers
from tracker.evidence import actions
from tracker.evidence.actions import Description
from tracker.evidence.queries import Slot, slots_by_task
from tracker.evidence.rules import span
from tracker.files.actions import receive
from tracker.files.store import Store
from tracker.milestones.models import Milestone
from tracker.people.models import User
from tracker.plan.models import Campaign, Task
from tracker.plan.rules import Gate, MaterialKind
from tracker.uploads import MB

FILING = frozenset({"市农业农村局", "市市场监管局", "市教育局", "卡若区", "芒康县"})
"""Units that file their documents here; the others bring theirs on paper."""
CARE = 0.85
"""How often a unit has the document that is asked for."""
NUMBERED = frozenset({MaterialKind.DOCUMENT, MaterialKind.MEETING})
COLUMNS = ["序号", "乡镇（街道）", "名称", "数量", "备注"]


class Filing:
    """Files what a milestone asks for, the same every time."""

    def __init__(self, session: Session, campaign: Campaign, store: Store) -> None:
        self.session, self.campaign, self.store = session, campaign, store
        self.slots = slots_by_task(session, campaign)

    def prepare(self, milestone: Milestone, task: Task, *, by: User, at: datetime, today: date) -> None:
        """Put the unit's documents for a milestone of the self-assessment into its shelf."""
        if milestone.unit.short not in FILING or milestone.deadline.gate is not Gate.SELF_ASSESSMENT:
            return
        chance = Random(f"{task.code} {milestone.unit.short} 材料")  # noqa: S311  # a story
        asked = span(self.campaign.starts_on, milestone.deadline.due_on)
        for slot in self.slots.get(task.id, ()):
            for year in asked.years if slot.is_per_year else [asked.last]:
                if chance.random() < CARE:
                    self._file(milestone, task, slot, year, by=by, at=at, today=today)

    def _file(
        self, milestone: Milestone, task: Task, slot: Slot, year: int, *, by: User, at: datetime, today: date
    ) -> None:
        unit = milestone.unit.short
        title = f"{unit}{year}年{slot.name}"
        is_table = slot.kind in (MaterialKind.LEDGER, MaterialKind.STATISTICS)
        content = _table(title) if is_table else papers.page(title, _lines(unit, task, slot, year))
        name = f"{title}.{'xlsx' if is_table else 'pdf'}"
        received = receive(self.store, name, BytesIO(content), most_bytes=MB)
        added = actions.add(self.session, milestone.assignment, received, [slot], by=by, at=at, today=today)
        if not added.is_reused:
            number = f"{unit}发〔{year}〕{slot.id % 60 + 1}号" if slot.kind in NUMBERED else ""
            about = Description(title, number, unit, date(year, slot.id % 12 + 1, 15), year, 1, "")
            about = replace(about, page_count=None if is_table else 1)
            actions.describe(self.session, added.evidence, about, by=by, at=at, version=None)


def _lines(unit: str, task: Task, slot: Slot, year: int) -> list[str]:
    return [
        f"{unit}：",
        f"　　按照创建国家食品安全示范城市任务 {task.code} 的要求，现报送 {year} 年{slot.name}。",
        f"　　{task.text}",
        "　　（演示材料，不是真实文件）",
        f"　　{unit}",
        f"　　{year} 年 12 月",
    ]


def _table(title: str) -> bytes:
    rows = [[str(number), "（演示）", title, str(number * 3), "演示材料"] for number in range(1, 6)]
    return papers.sheet(title, COLUMNS, rows)
