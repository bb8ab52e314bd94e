"""Shapes of what is typed into monthly reports and of the office's decisions."""

from collections.abc import Iterable
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from tracker.forms import ChineseForm, clean_text, whole_number
from tracker.reports.rules import LineText, percent_of, with_common_reason

LONGEST_REASON = 500


class ReturnForm(ChineseForm):
    """退回: why the report goes back."""

    reason = TextAreaField("退回原因", [DataRequired("退回须写明原因"), Length(max=LONGEST_REASON)])


class CorrectionForm(ChineseForm):
    """更正: why an accepted report is taken up again."""

    correction = TextAreaField("更正原因", [DataRequired("更正须写明原因"), Length(max=LONGEST_REASON)])


class HeadForm(ChineseForm):
    """退回修改: what the unit's head wants changed."""

    words = TextAreaField("修改意见", [DataRequired("退回修改须写明意见"), Length(max=LONGEST_REASON)])


@dataclass(frozen=True)
class Mark:
    """One line that the office marks to be done again, as it was typed."""

    is_marked: bool = False
    reason: str = ""

    @property
    def fault(self) -> str:
        """What it lacks, or nothing."""
        if self.is_marked and not self.reason:
            return "勾选了退回的，须写明这一条的原因"
        return f"不能超过 {LONGEST_REASON} 字" if len(self.reason) > LONGEST_REASON else ""


def typed_marks(form: MultiDict[str, str]) -> dict[int, Mark]:
    """The lines that the office marked or wrote a reason for, by item; writing one is marking it."""
    names = (name.partition("-") for name in form if name.startswith(("mark-", "why-")))
    item_ids = {item_id for item_id in (whole_number(rest) for _, _, rest in names) if item_id}
    marks = {item_id: Mark(f"mark-{item_id}" in form, _text(form, f"why-{item_id}")) for item_id in item_ids}
    return {item_id: mark for item_id, mark in marks.items() if mark != Mark()}


@dataclass(frozen=True)
class TypedReport:
    """A report's form as it was typed; its fields are named after their line's item: progress-17.

    `version` is that of the report which the person saw, 0 when nobody had begun it.
    """

    version: int
    lines: dict[int, LineText]
    common_reason: str
    fills_empty: bool
    is_nil: bool = False

    @property
    def nil_reason(self) -> str | None:
        """Why it is 零报告, None when it is not."""
        return self.common_reason if self.is_nil else None

    @property
    def filled_lines(self) -> dict[int, LineText]:
        """The lines with the common reason put where it belongs."""
        return with_common_reason(self.lines, self.common_reason, fills_empty=self.fills_empty)


def typed_report(form: MultiDict[str, str]) -> TypedReport:
    """Read the form of a report; its lines are those whose progress it holds."""
    names = (name.removeprefix("progress-") for name in form if name.startswith("progress-"))
    item_ids = [item_id for item_id in map(whole_number, names) if item_id is not None]
    return TypedReport(
        version=whole_number(form.get("version")) or 0,
        lines={item_id: _line(form, item_id) for item_id in item_ids},
        common_reason=_text(form, "common_reason"),
        fills_empty="fills_empty" in form,
        is_nil="is_nil" in form,
    )


def chosen_reports(values: Iterable[str]) -> dict[int, int]:
    """The ticked rows of a list, report id to version; written 17.3."""
    parts = (value.partition(".") for value in values)
    pairs = ((whole_number(report_id), whole_number(version)) for report_id, _, version in parts)
    return {report_id: version for report_id, version in pairs if report_id and version}


def _line(form: MultiDict[str, str], item_id: int) -> LineText:
    return LineText(
        progress=_text(form, f"progress-{item_id}"),
        problems=_text(form, f"problems-{item_id}"),
        next_steps=_text(form, f"next_steps-{item_id}"),
        has_no_progress=f"has_no_progress-{item_id}" in form,
        reason=_text(form, f"reason-{item_id}"),
        percent=percent_of(_text(form, f"percent-{item_id}")),
        figures=_text(form, f"figures-{item_id}"),
        evidence_ids=_numbers(form.getlist(f"evidence-{item_id}")),
    )


def _numbers(values: Iterable[str]) -> tuple[int, ...]:
    return tuple(sorted({number for number in map(whole_number, values) if number}))


def _text(form: MultiDict[str, str], name: str) -> str:
    return str(clean_text(form.get(name, "")))
