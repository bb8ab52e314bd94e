"""`tracker doctor`: is the installation sound, and if not, what is to be done. The checks of the uploaded
files stand here, the others in `checks.py`."""

import json
import shutil
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tracker.commands import checks
from tracker.commands.findings import Check, Finding, Visit
from tracker.console import Console, pass_console, progress_bar
from tracker.evidence.models import Evidence, EvidenceVersion
from tracker.files.models import StoredFile
from tracker.files.queries import known_contents, unused_files, used_files
from tracker.files.rules import size_words
from tracker.files.store import digest
from tracker.units.models import Unit

LEAST_FREE = 2 * 1024**3
CLEAN = "运行 tracker doctor --clean 清除"


def examine(visit: Visit, topics: Collection[str]) -> Iterator[Finding]:
    """All findings; what stands in the tables is looked at only where the tables are in order."""
    for topic, check in CHECKS:
        if topic in topics:
            yield from check(visit)
    trouble = list(check_tables(visit))
    yield from trouble
    for topic, check in () if trouble else CHECKS_OF_TABLES:
        if topic in topics:
            yield from check(visit)


def check_tables(visit: Visit) -> Iterator[Finding]:
    """Whether the schema is that of this version."""
    try:
        if not visit.console.database.is_current():
            yield Finding("数据库", "表不是这个版本的", "运行 tracker db upgrade")
    except OperationalError as error:
        words = " ".join(str(error.orig).split())
        yield Finding("数据库", f"连不上：{words}", "检查数据库服务和 TRACKER_DATABASE_URL")


def check_folder(visit: Visit) -> Iterator[Finding]:
    """Whether the data folder can be written to and has room."""
    folder = _that_exists(visit.store.folder)
    try:
        visit.store.require_writable()
    except OSError as error:
        yield Finding("数据目录", f"{folder} 不能写入：{error.strerror}", "检查磁盘和目录的权限")
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE:
        problem = f"磁盘只剩 {size_words(free)}（至少应有 {size_words(LEAST_FREE)}）"
        yield Finding("数据目录", problem, "清理磁盘或扩容")


def check_unused(visit: Visit) -> Iterator[Finding]:
    """Rows of contents that nothing refers to any more: of drafts that were deleted."""
    with visit.console.database.transaction() as session:
        unused = [file for file in unused_files(session) if _is_on_nobodys_way(file, visit)]
        for file in unused if visit.is_cleaning else ():
            session.delete(file)
    if unused:
        size = size_words(sum(file.size for file in unused))
        yield Finding("文件", f"{len(unused)} 个文件已经没有材料用到（{size}）", CLEAN, visit.is_cleaning)


def check_strays(visit: Visit) -> Iterator[Finding]:
    """Contents without a row: of uploads that were broken off, or of rows that were cleaned away."""
    paths = list(visit.store.all())  # first the files: a row comes after its file
    with visit.console.database.session() as session:
        known = known_contents(session)
    yield from _thrown_away("没有登记", (path for path in paths if path.name not in known), visit)


def check_left_over(visit: Visit) -> Iterator[Finding]:
    """What a killed process was writing."""
    yield from _thrown_away("没有写完", visit.store.left_over(), visit)


def check_contents(visit: Visit) -> Iterator[Finding]:
    """Whether every content that is used is there, and still the one that was uploaded."""
    with visit.console.database.session() as session:
        files = used_files(session)
        with progress_bar(len(files), "核对文件", unit="个") as bar:
            for file in files:
                path = visit.store.path(file.sha256)
                if problem := _trouble_of(file, path):
                    place = path.relative_to(visit.store.folder.parent)
                    yield Finding("文件", f"{_whose(session, file)}{problem}", f"从备份恢复 {place}")
                bar.update()


def _thrown_away(what: str, paths: Iterable[Path], visit: Visit) -> Iterator[Finding]:
    """Files that nobody needs, once they are old enough."""
    sizes = [size for path in paths if (size := _size_of_old(path, visit)) is not None]
    if sizes:
        problem = f"{len(sizes)} 个文件{what}（{size_words(sum(sizes))}）"
        yield Finding("文件", problem, CLEAN, visit.is_cleaning)


def _size_of_old(path: Path, visit: Visit) -> int | None:
    """The size of a file that is old enough, which is gone then if that is wanted; None of any other."""
    try:
        size = path.stat().st_size
        if not _is_old(path, visit):
            return None
        is_gone = not visit.is_cleaning or visit.store.discard(path, before=visit.yesterday)
    except FileNotFoundError:  # it has just come to its place, or gone
        return None
    return size if is_gone else None


def _trouble_of(file: StoredFile, path: Path) -> str:
    """What is wrong with a content, in words, or nothing."""
    try:
        if path.stat().st_size == file.size and digest(path) == file.sha256:
            return ""
    except FileNotFoundError:
        return "缺失"
    except OSError as error:
        return f"读不出来（{error.strerror}）"
    return "的内容变了"


def _is_on_nobodys_way(file: StoredFile, visit: Visit) -> bool:
    """Whether nobody is about to refer to the row: whoever is has just taken its content in."""
    path = visit.store.path(file.sha256)
    return not path.exists() or _is_old(path, visit)


def _whose(session: Session, file: StoredFile) -> str:
    """市农业农村局《耕地台账》."""
    query = (
        select(Unit.short, Evidence.title)
        .select_from(EvidenceVersion)
        .join(Evidence, Evidence.id == EvidenceVersion.evidence_id)
        .join(Unit, Unit.id == Evidence.unit_id)
        .where(EvidenceVersion.file_id == file.id)
        .distinct()
    )
    names = [f"{unit}《{title}》" for unit, title in session.execute(query)]
    return "、".join(names) or file.sha256[:12]


def _is_old(path: Path, visit: Visit) -> bool:
    """Whether a file was last taken in more than a day ago."""
    return path.stat().st_mtime < visit.yesterday


def _that_exists(folder: Path) -> Path:
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())


CHECKS: tuple[tuple[str, Check], ...] = (
    ("settings", checks.check_settings),
    ("folder", check_folder),
    ("mail", checks.check_mail_server),
)
CHECKS_OF_TABLES: tuple[tuple[str, Check], ...] = (
    ("clock", checks.check_clock),
    ("calendar", checks.check_calendar),
    ("scheduler", checks.check_scheduler),
    ("mail", checks.check_outbox),
    ("accounts", checks.check_accounts),
    ("audit", checks.check_events),
    ("files", check_contents),
    ("files", check_unused),
    ("files", check_strays),
    ("files", check_left_over),
)
"""In this order: what is no longer used becomes a stray. One more check is one more line, with its topic."""
TOPICS = tuple(dict.fromkeys(topic for topic, _ in (*CHECKS, *CHECKS_OF_TABLES)))


@click.command()
@click.option("--clean", is_flag=True, help="清除没有登记、没有用到且超过一天的文件。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
@click.option(
    "--only", type=click.Choice(TOPICS), multiple=True, help="只检查这一类，可以写几次；缺省为全部。"
)
@click.pass_context
@pass_console
def doctor(
    console: Console, context: click.Context, clean: bool, as_json: bool, only: tuple[str, ...]
) -> None:
    """检查设置、数据库、邮件、定时任务和上传的文件；发现问题时告诉怎么办，并以 1 结束。"""
    findings = list(examine(Visit(console, clean), only or TOPICS))
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(finding.line for finding in findings) or "检查完成，没有发现问题。")
    context.exit(0 if all(finding.is_cleaned for finding in findings) else 1)
