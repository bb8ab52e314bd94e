"""创建设置."""

from dataclasses import dataclass

from flask import flash, render_template, url_for
from werkzeug.wrappers import Response

from tracker import web
from tracker.errors import Refused
from tracker.plan import actions
from tracker.plan.forms import (
    AcceptanceForm,
    LiveForm,
    MembersForm,
    ReportersForm,
    ReportingForm,
    SettingsForm,
)
from tracker.plan.models import Campaign
from tracker.plan.queries import campaigns_of
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


@blueprint.post("/plan/reporters")
@web.administrators_only
def set_reporters() -> web.Answer:
    """Which groups and units report every month."""
    groups, units = _party_choices(web.campaign())
    form = reporters_form(groups, units, typed=True)
    if not form.validate():
        return settings_page(reporters=form), 422
    chosen = set(form.report_groups.data or ()), set(form.report_units.data or ())
    parties: list[Unit | UnitGroup] = [one for one in groups if one.id in chosen[0]]
    parties += [one for one in units if one.id in chosen[1]]
    try:
        changed_count = actions.set_reporters(
            web.db(), web.campaign(), parties, by=web.me(), at=web.clock().now(), today=web.day().today
        )
    except Refused as refusal:
        web.db().rollback()
        return settings_page(reporters=form, problem=str(refusal)), 422
    return _saved(f"月报单位已保存，{changed_count} 项有变动" if changed_count else "月报单位没有变动")


def _saved(words: str) -> Response:
    web.db().commit()
    flash(words, "ok")
    return web.see_other(url_for("plan.settings"))


@dataclass(frozen=True)
class GroupBox:
    """A group on the page, with its form as it stands or as it was typed."""

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
    reporters: ReportersForm | None = None,
    typed: dict[int, MembersForm] | None = None,
    problem: str = "",
) -> str:
    """The page with its forms as things stand, but for the one that was typed and not taken."""
    db, campaign = web.db(), web.campaign()
    units = units_of(db, campaign.jurisdiction_id)
    groups = [group for group in groups_of(db, campaign.jurisdiction_id) if not group.acts_through_id]
    return render_template(
        "plan/settings.html",
        campaign=campaign,
        campaigns=campaigns_of(db, campaign.jurisdiction_id),
        form=form or SettingsForm(None, office_phone=campaign.office_phone),
        acceptance_form=AcceptanceForm(None, obj=campaign),
        live_form=live_form or LiveForm(None, live_on=campaign.live_on),
        reporting_form=reporting_form or _reporting_form(campaign),
        may_move_live_on=may_move_live_on(campaign.live_on, web.day().today),
        reporters=reporters or reporters_form(*_party_choices(campaign)),
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


def _party_choices(campaign: Campaign) -> tuple[list[UnitGroup], list[Unit]]:
    """Groups of the city, and single units of which the plan does not say whether they report."""
    rows = [row.unit for row in campaign.reporters if row.unit is not None and row.unit.is_active]
    units = {unit.id: unit for unit in rows}
    return groups_of(web.db(), campaign.jurisdiction_id), list(units.values())


def reporters_form(groups: list[UnitGroup], units: list[Unit], *, typed: bool = False) -> ReportersForm:
    """Who reports, as it stands or as it was typed."""
    on = [row for row in web.campaign().reporters if row.is_on]
    form = ReportersForm() if typed else ReportersForm(
        None,
        report_groups=[row.group_id for row in on if row.group_id],
        report_units=[row.unit_id for row in on if row.unit_id],
    )  # fmt: skip
    form.report_groups.choices = [(one.id, f"{one.name}（{len(one.members)} 个单位）") for one in groups]
    form.report_units.choices = [(one.id, one.short) for one in units]
    return form
