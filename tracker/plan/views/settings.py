"""创建设置."""

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, render_template, url_for
from werkzeug.wrappers import Response

from tracker import web
from tracker.plan import actions
from tracker.plan.forms import (
    AcceptanceForm,
    LiveForm,
    MembersForm,
    ReporterForm,
    ReportingForm,
    SettingsForm,
)
from tracker.plan.models import Campaign, Reporter
from tracker.plan.queries import (
    campaigns_of,
    reporter_of,
)
from tracker.plan.rules import may_move_live_on
from tracker.plan.views.plan import blueprint
from tracker.units.models import Unit, UnitGroup
from tracker.units.queries import groups_of, units_of


@blueprint.get("/plan/settings")
@web.administrators_only
def settings() -> str:
    """创建设置."""
    return settings_page()


@blueprint.post("/plan/settings")
@web.administrators_only
def save_settings() -> web.Answer:
    """The office's telephone."""
    form = SettingsForm()
    if not form.validate():
        return settings_page(form=form), 422
    actions.set_office_phone(
        web.db(), web.campaign(), form.office_phone.data or "", by=web.me(), at=web.clock().now()
    )
    return _saved("电话已保存")


@blueprint.post("/plan/acceptance")
@web.administrators_only
def set_acceptance() -> Response:
    """Who accepts: the office by hand, or the system when all materials are there."""
    is_by_system = bool(AcceptanceForm().is_accepted_by_system.data)
    actions.set_acceptance(web.db(), web.campaign(), is_by_system, by=web.me(), at=web.clock().now())
    return _saved("材料齐全的节点提交后由系统办结" if is_by_system else "节点由市食安办人工办结")


@blueprint.post("/plan/reporters/<int:reporter_id>")
@web.administrators_only
def switch_reporter(reporter_id: int) -> web.Answer:
    """Whether a unit that the plan leaves open reports every month."""
    reporter = reporter_of(web.db(), web.campaign(), reporter_id) or abort(404)
    is_on = bool(ReporterForm().is_on.data)
    now, today = web.clock().now(), web.day().today
    actions.switch_reporter(web.db(), reporter, is_on, by=web.me(), at=now, today=today)
    name = reporter.unit.short if reporter.unit else ""
    return _saved(f"{name}{'从现在起报送月报' if is_on else '不再报送月报'}")


def _saved(words: str) -> Response:
    web.db().commit()
    flash(words, "ok")
    return web.see_other(url_for("plan.settings"))


@dataclass(frozen=True)
class GroupBox:
    """A presumed group on the page, with its form as it stands or as it was typed."""

    group: UnitGroup
    form: MembersForm

    @property
    def seen(self) -> str:
        """The members that the person saw, so that somebody else's change is noticed."""
        return members_seen(self.group)


def members_seen(group: UnitGroup) -> str:
    """The ids of a group's members as one word."""
    return ".".join(str(unit.id) for unit in group.members)


def members_form(group: UnitGroup, units: list[Unit], *, typed: bool = False) -> MembersForm:
    """The form of a group's members: as they are, or as they were typed."""
    form = MembersForm() if typed else MembersForm(None, units=[unit.id for unit in group.members])
    form.units.choices = [(unit.id, unit.short) for unit in units]
    return form


def settings_page(
    *,
    form: SettingsForm | None = None,
    live_form: LiveForm | None = None,
    reporting_form: ReportingForm | None = None,
    typed: dict[int, MembersForm] | None = None,
    problem: str = "",
) -> str:
    """The page with its forms as things stand, but for the one that was typed and not taken."""
    db, campaign = web.db(), web.campaign()
    units = units_of(db, campaign.jurisdiction_id)
    groups = [group for group in groups_of(db, campaign.jurisdiction_id) if group.is_presumed]
    return render_template(
        "plan/settings.html",
        campaign=campaign,
        campaigns=campaigns_of(db, campaign.jurisdiction_id),
        form=form or SettingsForm(None, office_phone=campaign.office_phone),
        acceptance_form=AcceptanceForm(None, obj=campaign),
        live_form=live_form or LiveForm(None, live_on=campaign.live_on),
        reporting_form=reporting_form or _reporting_form(campaign),
        may_move_live_on=may_move_live_on(campaign.live_on, web.day().today),
        reporters=_open_reporters(campaign),
        groups=[
            GroupBox(group, (typed or {}).get(group.id) or members_form(group, units)) for group in groups
        ],
        problem=problem,
    )


def _reporting_form(campaign: Campaign) -> ReportingForm:
    return ReportingForm(
        None,
        report_day=campaign.report_day,
        is_report_day_inclusive=str(int(campaign.is_report_day_inclusive)),
        report_off_day=campaign.report_off_day.value,
        is_report_approved=campaign.is_report_approved,
        report_resend_days=campaign.report_resend_days,
        report_first_month=f"{campaign.report_first_month:%Y-%m}",
        report_last_month=f"{campaign.report_last_month:%Y-%m}",
    )


def _open_reporters(campaign: Campaign) -> list[tuple[Reporter, Any]]:
    """The single units of which the plan does not say whether they report."""
    return [
        (reporter, ReporterForm(None, is_on=reporter.is_on))
        for reporter in campaign.reporters
        if reporter.unit is not None
    ]
