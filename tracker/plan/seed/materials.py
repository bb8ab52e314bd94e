"""Expected materials: their sheet checked against the sentences of the tasks, and put into the database."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import select

from tracker.plan.models import Campaign, Material, Task
from tracker.plan.rules import WINDOW_WORDS, MaterialKind
from tracker.plan.seed.rows import MaterialRow
from tracker.plan.seed.sheet import Row
from tracker.plan.seed.writing import Writer

KEY = "task number"
MORE = "name kind per_year window_years words inherited_from default note"


def read_materials(rows: Iterable[Row], texts: Mapping[str, str]) -> Iterator[MaterialRow]:
    """The rows of materials.csv, each held against its sentence.

    Args:
        texts: the sentences of the tasks by code.
    """
    names: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        material = MaterialRow(
            task=row.filled("task"),
            number=row.whole("number"),
            name=row.filled("name"),
            kind=row.word("kind", MaterialKind),
            is_per_year=row.yes("per_year"),
            window_years=row.whole_or_none("window_years"),
            words=row.text("words"),
            inherited_from=row.text("inherited_from"),
            is_default=row.yes("default"),
            note=row.text("note"),
        )
        if _has_a_task(row, material, texts):
            _check_place(row, material, names[material.task])
            _check_source(row, material, texts)
        names[material.task].append(material.name)
        yield material


def _has_a_task(row: Row, material: MaterialRow, texts: Mapping[str, str]) -> bool:
    """Whether tasks.csv has the task; without any the file itself is at fault, and that is told."""
    if texts and material.task and material.task not in texts:
        row.wrong("task", f"tasks.csv 中没有任务“{material.task}”")
    return material.task in texts


def _check_place(row: Row, material: MaterialRow, before: list[str]) -> None:
    """Numbers run from 1 without a gap, and a name stands once in its task."""
    if material.number != len(before) + 1:
        row.wrong("number", f"任务 {material.task} 的材料要从 1 起连续编号，这里应为 {len(before) + 1}")
    if material.name and material.name in before:
        row.wrong("name", f"任务 {material.task} 已有“{material.name}”")
    if material.window_years not in (None, *WINDOW_WORDS):
        row.wrong("window_years", "应为 2（近两年）、3（近三年），或者留空")


def _check_source(row: Row, material: MaterialRow, texts: Mapping[str, str]) -> None:
    """A material is asked for by words of its task or of a sister task; only the default one by none."""
    source = material.inherited_from or material.task
    if material.is_default:
        for column in ("words", "inherited_from"):
            if row.text(column):
                row.wrong(column, "默认材料（default 为 yes）不出自原文，应留空")
    elif source == material.task and material.inherited_from:
        row.wrong("inherited_from", "承自本任务的，应留空")
    elif source not in texts:
        row.wrong("inherited_from", f"tasks.csv 中没有任务“{source}”")
    elif source.split("-")[0] != material.task.split("-")[0]:
        row.wrong("inherited_from", f"任务 {source} 属于另一项指标，只能承自同一指标的任务")
    elif row.filled("words") and material.words not in texts[source]:
        row.wrong("words", f"任务 {source} 的原文中没有“{material.words}”")


def load_materials(
    writer: Writer, rows: list[MaterialRow], campaign: Campaign, tasks: Mapping[str, Task]
) -> None:
    """Give every task its slots, and one default slot to a task that the sheet does not name.

    A slot is known by its number within the task, hence new ones belong at the end. One that the office
    renamed, dropped or restored stays as it is. One that has left the sheet is dropped and not deleted:
    files may hang on it, and it is back when the sheet names it again.
    """
    there = _materials_there(writer, campaign)
    named = {row.task for row in rows}
    defaults = [_default_slot(code) for code in tasks if code not in named]
    owed = [row for row in rows if row.task in tasks] + defaults
    wanted = {(tasks[row.task].id, row.number): row for row in owed}
    for (task_id, number), row in wanted.items():
        slot = there.get((task_id, number))
        if slot is None or not slot.is_edited:
            values = {name: value for name, value in vars(row).items() if name != "task"}
            writer.put(Material, slot, task_id=task_id, position=number, **values, is_dropped=False)
    for key, slot in there.items():
        if key not in wanted and not slot.is_edited:
            writer.put(Material, slot, is_dropped=True)


def _default_slot(code: str) -> MaterialRow:
    return MaterialRow(
        task=code,
        number=1,
        name="工作成效资料",
        kind=MaterialKind.SUMMARY,
        is_per_year=False,
        window_years=None,
        words="",
        inherited_from="",
        is_default=True,
        note="",
    )


def _materials_there(writer: Writer, campaign: Campaign) -> dict[tuple[int, int], Material]:
    """The slots that came from a sheet; those that the office added have no number."""
    query = select(Material).join(Task).where(Task.campaign_id == campaign.id, Material.number.is_not(None))
    return {(row.task_id, row.number): row for row in writer.session.scalars(query) if row.number is not None}
