"""群机器人, a page of 创建设置."""

from typing import Any

from flask import current_app, flash, render_template, url_for

from tracker import web
from tracker.errors import Refused
from tracker.outbox.hooks import say
from tracker.outbox.rules import HookKind
from tracker.outbox.webhook import NotPostedError, post
from tracker.reminders.forms import WebhookForm
from tracker.reminders.posting import record_trial, set_webhook, trial_post
from tracker.reminders.queries.hooks import posts, webhook_of
from tracker.reminders.rules.posts import DEFAULT_TEMPLATE
from tracker.reminders.views.inbox import blueprint


@blueprint.get("/plan/settings/webhook")
@web.administrators_only
def webhook() -> str:
    """The campaign's robot, and what became of its last messages."""
    hook = webhook_of(web.db(), web.campaign())
    words: dict[str, Any] = {"hook_template": DEFAULT_TEMPLATE, "hook_is_on": True}
    if hook:
        words |= {"hook_kind": hook.kind.value, "hook_url": hook.url}
        words |= {"hook_template": hook.template, "hook_is_on": hook.is_on}
    return _page(WebhookForm(None, **words))


@blueprint.post("/plan/settings/webhook")
@web.administrators_only
def save_webhook() -> web.Answer:
    """Where to post from the next run on."""
    form = WebhookForm(may_be_loopback=current_app.testing)
    if not form.validate():
        return _page(form), 422
    set_webhook(
        web.db(), web.campaign(), HookKind(form.hook_kind.data), form.hook_url.data or "",
        form.hook_template.data or "", is_on=bool(form.hook_is_on.data), by=web.me(), at=web.clock().now(),
        secret=form.secret,
    )  # fmt: skip
    web.db().commit()
    flash("群机器人已保存，从下一次提醒起生效", "ok")
    return web.see_other(url_for("reminders.webhook"))


@blueprint.post("/plan/settings/webhook/trial")
@web.administrators_only
def try_webhook() -> web.Answer:
    """测试消息: have the robot say something now, and show its answer. No transaction waits for the robot."""
    hook = webhook_of(web.db(), web.campaign())
    if hook is None:
        raise Refused("请先保存群机器人，再发测试消息")
    said = trial_post(web.campaign(), hook, base_url=web.core().config.base_url, today=web.day().today)
    web.db().commit()
    try:
        outcome, category = f"测试消息已发出，机器人答复：{say(post, said, at=web.clock().now())}", "ok"
    except NotPostedError as trouble:
        outcome, category = f"测试消息没有发出：{trouble}", "error"
    record_trial(web.db(), web.campaign(), outcome, by=web.me(), at=web.clock().now())
    web.db().commit()
    flash(outcome, category)
    return web.see_other(url_for("reminders.webhook"))


def _page(form: WebhookForm) -> str:
    campaign = web.campaign()
    return render_template(
        "reminders/webhook.html",
        campaign=campaign,
        form=form,
        posts=posts(web.db(), campaign),
        hook=webhook_of(web.db(), campaign),
    )
