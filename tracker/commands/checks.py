"""The doctor's checks of everything but the uploaded files (`tracker.commands.doctor` has those)."""

import stat
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from sqlalchemy import text

from tracker.clock import Clock
from tracker.commands.findings import Finding, Visit
from tracker.config import Config
from tracker.events.queries import verify
from tracker.operations import queries
from tracker.operations.rules import SCHEDULER, is_alive
from tracker.outbox.smtp import NotSentError, SmtpSender
from tracker.people.queries.absence import absent_count
from tracker.people.rules.absence import LONG
from tracker.workdays.rules import years_to_know

MOST_APART = timedelta(seconds=10)
"""By how much the clocks of two machines may differ; with NTP they are within a second."""
LOCAL = ("127.0.0.1", "localhost", "::1")


def check_settings(visit: Visit) -> Iterator[Finding]:
    """Settings that are allowed, but surely not meant."""
    for problem, advice in _odd_settings(visit.console.config):
        yield Finding("设置", problem, advice)
    key = visit.console.config.data_dir / "secret.key"
    if key.exists() and stat.S_IMODE(key.stat().st_mode) & 0o077:
        yield Finding("设置", f"{key} 别的账号也能读", f"运行 chmod 600 {key}")


def check_mail_server(visit: Visit) -> Iterator[Finding]:
    """Whether the mail server, if there is one, lets us in."""
    url = visit.console.config.smtp_url
    if not url:
        return
    try:
        SmtpSender(url).knock()
    except NotSentError as trouble:
        advice = "检查 TRACKER_SMTP_URL 和邮件服务器，再运行 tracker testmail 邮箱"
        yield Finding("邮件", f"邮件服务器不能用：{trouble}", advice)


def check_clock(visit: Visit) -> Iterator[Finding]:
    """Whether the database's machine has our time; SQLite has our machine's."""
    if visit.console.database.engine.dialect.name == "sqlite":
        return
    with visit.console.database.session() as session:
        theirs = session.scalar(text("SELECT clock_timestamp()"))
    apart = abs(theirs - Clock().now())
    if apart > MOST_APART:
        problem = f"与数据库服务器的时间相差 {apart.total_seconds():.0f} 秒"
        yield Finding("时钟", problem, "在两台机器上启用时间同步（NTP）")


def check_calendar(visit: Visit) -> Iterator[Finding]:
    """Whether the holidays are known of the years that deadlines are counted in."""
    with visit.console.database.session() as session:
        found = queries.calendars(session)
    for city, calendar in found.items():
        for year in years_to_know(visit.console.clock.today()):
            if not calendar.is_known([year]):
                problem = f"{city} {year} 年的放假和调休还没有录入，暂按周一至周五计算"
                advice = "国务院办公厅的通知发布后，由食安办管理员在“创建设置”的工作日历里粘贴录入"
                yield Finding("工作日历", problem, advice)


def check_scheduler(visit: Visit) -> Iterator[Finding]:
    """Whether a scheduler is at work: without one nobody is reminded."""
    with visit.console.database.session() as session:
        age = queries.age_of(session, SCHEDULER, Clock().now())
    if age is None:
        yield Finding("定时任务", "从来没有运行过", "启动 tracker scheduler：提醒和邮件都靠它")
    elif not is_alive(age):
        minutes = int(age.total_seconds() // 60)
        yield Finding(
            "定时任务", f"已经 {minutes} 分钟没有动静", "查看 tracker scheduler 的进程和日志，重新启动它"
        )


def check_outbox(visit: Visit) -> Iterator[Finding]:
    """Mail that should have gone, and mail that was given up."""
    at = visit.console.clock.now()
    with visit.console.database.session() as session:
        stuck = queries.stuck_count(session, at) if visit.console.config.smtp_url else 0
        failed = queries.failed_count(session, since=at - timedelta(days=7))
    if stuck:
        advice = "查看 tracker scheduler 的进程和日志；也可以运行 tracker deliver 马上发送"
        yield Finding("邮件", f"{stuck} 封到点的邮件没有发出", advice)
    if failed:
        problem = f"最近 7 天有 {failed} 封邮件发送失败"
        yield Finding("邮件", problem, "在“提醒发件箱”查看原因，改正邮箱以后点“重发”")


def check_events(visit: Visit) -> Iterator[Finding]:
    """Whether the audit table is still what was written."""
    with visit.console.database.session() as session:
        chain = verify(session)
    if chain.problem:
        yield Finding("操作记录", f"被改动过：{chain.problem}", "立即保全数据库和备份，报告网络安全负责人")


def check_accounts(visit: Visit) -> Iterator[Finding]:
    """Accounts in use that nobody has used for long (GB/T 22239-2019, L3-CES1-07)."""
    with visit.console.database.session() as session:
        count = absent_count(session, visit.console.clock.now())
    if count:
        problem = f"{count} 个在用的账号 {LONG.days} 天以上没有登录"
        advice = "在“单位与人员”里按“长期未登录”筛选，核实后停用不再需要的账号"
        yield Finding("账号", problem, advice)


def _odd_settings(config: Config) -> Iterator[tuple[str, str]]:
    base = urlsplit(config.base_url)
    if config.today:
        yield f"TRACKER_TODAY 把今天假定为 {config.today}", "只用于演示；正式使用时去掉它"
    if config.smtp_url and base.hostname in LOCAL:
        yield (
            f"邮件里的链接以 {config.base_url} 开头，别人打不开",
            "把 TRACKER_BASE_URL 设为大家打开系统的网址",
        )
    if config.smtp_url and config.mail_from == Config.mail_from:
        yield f"发件人是 {config.mail_from}", "把 TRACKER_MAIL_FROM 设为单位的邮箱"
    if base.scheme == "https" and not config.cookie_secure:
        yield "网址是 https，登录凭据在 http 下也会发送", "设置 TRACKER_COOKIE_SECURE=1"
    if base.scheme == "https" and not config.trusted_proxies:
        yield "网址是 https，却没有写明前面有几层代理", "设置 TRACKER_TRUSTED_PROXIES，一般是 1"
