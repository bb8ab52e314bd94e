"""Making a month's summary, changing and finalising it, and writing down where it was sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from tracker.errors import Refused, check_version, enforce
from tracker.events.actions import record
from tracker.milestones.rules import Day
from tracker.numbering.actions import number
from tracker.numbering.rules import Series
from tracker.people.models import User
from tracker.plan.models import Campaign
from tracker.reports.models import ReportPeriod
from tracker.summaries.collecting import Collected, Found, collect
from tracker.summaries.models import Summary, SummaryItem, SummarySending
from tracker.summaries.rules import Step, SummaryState, Way, composed, refuse_step

NOTHING = "这个月还没有单位报送月报，没有可以汇总的内容"


@dataclass(frozen=True)
class Words:
    """What the office changes in a draft; `texts` are the indicators' words by the id of their row."""

    title: str
    addressee: str
    opening: str
    closing: str
    texts: Mapping[int, str]


@dataclass(frozen=True)
class Sending:
    """One sending upwards."""

    recipient: str
    sent_on: date
    way: Way
    reference: str = ""
    note: str = ""


def draft(
    session: Session, campaign: Campaign, month: ReportPeriod, *, by: User, at: datetime, day: Day
) -> Summary:
    """生成汇总 from what the units have submitted at this moment.

    Raises:
        Refused: `by` may not, or nobody has reported.
    """
    enforce(refuse_step(SummaryState.DRAFT, Step.DRAFT, by))
    found = _collected(session, campaign, month, day)
    city = campaign.jurisdiction.name
    summary = Summary(
        campaign_id=campaign.id, campaign=campaign, period_id=month.id, period=month,
        title=found.title, addressee=f"自治区食安办，{city}人民政府", opening=found.opening,
        closing=found.closing, figures=found.figures, as_of=at, drafted_by_id=by.id,
        state=SummaryState.DRAFT, items=[_item(n, one) for n, one in enumerate(found.items)],
    )  # fmt: skip
    session.add(summary)
    session.flush()
    _record(session, summary, Step.DRAFT, by=by, at=at)
    return summary


def refresh(
    session: Session, summary: Summary, *, by: User, at: datetime, day: Day, version: int | None = None
) -> int:
    """重新取数: take what was submitted since. Words that the office changed stay, those that it did not
    follow the reports; returns of how many indicators the lines are others.

    Raises:
        Refused: it is final, or nobody has reported. Stale: somebody changed it.
    """
    _check(summary, Step.REFRESH, by, version)
    found = _collected(session, summary.campaign, summary.period, day)
    there = {item.item_id: item for item in summary.items}
    changed_count = 0
    for position, one in enumerate(found.items):
        item = there.pop(one.item_id, None)
        if item is None:
            summary.items.append(_item(position, one))
        else:
            item.position = position
            if item.lines == one.entries:
                continue
            if item.text == composed(item.lines):
                item.text = composed(one.entries)
            item.entries = _stored(one)
        changed_count += 1
    for gone in there.values():
        summary.items.remove(gone)
    summary.figures, summary.as_of = found.figures, at
    session.flush()
    _record(session, summary, Step.REFRESH, by=by, at=at)
    return changed_count + len(there)


def edit(
    session: Session, summary: Summary, words: Words, *, by: User, at: datetime, version: int | None = None
) -> None:
    """修改 the words of a draft, as a whole and of each indicator.

    Raises:
        Refused: it is final. Stale: somebody changed it.
    """
    _check(summary, Step.EDIT, by, version)
    summary.title, summary.addressee = words.title, words.addressee
    summary.opening, summary.closing = words.opening, words.closing
    for item in summary.items:
        item.text = words.texts.get(item.id, item.text)
    flag_modified(summary, "title")  # the summary's version counts the changes of its indicators
    session.flush()
    _record(session, summary, Step.EDIT, by=by, at=at)


def finalise(
    session: Session,
    summary: Summary,
    reference: str = "",
    *,
    by: User,
    at: datetime,
    version: int | None = None,
) -> None:
    """定稿: nothing of it changes any more; it gets its number, the next one or the one that was typed.

    Raises:
        Refused: it is final. Stale: somebody changed it.
    """
    _check(summary, Step.FINALISE, by, version)
    summary.reference = reference.strip()
    if not summary.reference:
        number(session, summary, Series.SUMMARY, at=at)
    summary.state, summary.finalised_at, summary.finalised_by_id = SummaryState.FINAL, at, by.id
    session.flush()
    _record(session, summary, Step.FINALISE, by=by, at=at)


def discard(
    session: Session, summary: Summary, *, by: User, at: datetime, version: int | None = None
) -> None:
    """删除 a draft.

    Raises:
        Refused: it is final. Stale: somebody changed it.
    """
    _check(summary, Step.DISCARD, by, version)
    _record(session, summary, Step.DISCARD, by=by, at=at)
    session.delete(summary)
    session.flush()


def send(
    session: Session, summary: Summary, sending: Sending, *, by: User, at: datetime, today: date
) -> SummarySending:
    """登记报送: to whom it was sent, when, by what and under which number.

    Raises:
        Refused: it is not final, or the day is to come.
    """
    enforce(refuse_step(summary.state, Step.SEND, by))
    if sending.sent_on > today:
        raise Refused(f"报送日期不能晚于今天（{today}）")
    row = SummarySending(
        recipient=sending.recipient, sent_on=sending.sent_on, way=sending.way,
        reference=sending.reference or summary.reference, note=sending.note, at=at, by_id=by.id, by=by,
    )  # fmt: skip
    summary.sendings.append(row)
    session.flush()
    note = f"{summary.name}：{sending.recipient}，{sending.sent_on}，{sending.way.label}，{row.reference}"
    record(session, "summary", summary.id, Step.SEND.value, by=by, at=at, note=note)
    return row


def _collected(session: Session, campaign: Campaign, month: ReportPeriod, day: Day) -> Collected:
    found = collect(session, campaign, month, day)
    if not found.items:
        raise Refused(NOTHING)
    return found


def _item(position: int, found: Found) -> SummaryItem:
    return SummaryItem(
        item_id=found.item_id, position=position, number=found.number, name=found.name,
        heading=found.heading, content=found.content, text=composed(found.entries), entries=_stored(found),
    )  # fmt: skip


def _stored(found: Found) -> dict[str, object]:
    return {"lines": [entry.as_json() for entry in found.entries]}


def _check(summary: Summary, step: Step, by: User, seen: int | None) -> None:
    check_version(seen, summary.version)
    enforce(refuse_step(summary.state, step, by))


def _record(session: Session, summary: Summary, step: Step, *, by: User, at: datetime) -> None:
    record(session, "summary", summary.id, step.value, by=by, at=at, note=summary.name)
