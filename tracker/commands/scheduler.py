"""`tracker scheduler`: the timetable as a process of its own."""

import logging
import signal

import click

from tracker import logs
from tracker.console import Console, pass_console
from tracker.scheduler import background

ENDING = (signal.SIGTERM, signal.SIGINT)

log = logging.getLogger("tracker.timetable")


@click.command()
@pass_console
def scheduler(console: Console) -> None:
    """按时间表运行：工作日 09:00 提醒，每分钟发送待发邮件；可以同时运行几个。"""
    console.require_schema()
    logs.configure(console.config.log)
    if not console.config.smtp_url:
        log.warning("没有设置 TRACKER_SMTP_URL：邮件只留在提醒发件箱里")
    # Waited for, not handled: what a handler raises while a job is started, APScheduler logs and forgets.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    timetable = background(console.config, console.database, console.clock)
    timetable.start()
    signal.sigwait(ENDING)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)  # who asks twice does not wait for the mail
    timetable.shutdown()  # a mail that is on its way is brought to its end
