"""`tracker deliver` and `tracker testmail`: sending what waits, and trying the mail server."""

import click

from tracker.console import Console, pass_console
from tracker.errors import Refused
from tracker.outbox import jobs
from tracker.outbox.smtp import NotSentError, SmtpSender, as_email
from tracker.outbox.webhook import post
from tracker.people.rules import email_problem

NOTHING = "没有现在可以发送的邮件（工作日 9:00 以后发送）"
NO_SERVER = "没有设置 TRACKER_SMTP_URL：邮件留在提醒发件箱里，没有发出"


@click.command()
@pass_console
def deliver(console: Console) -> None:
    """发送：把提醒发件箱里待发的邮件发出去，把待发的群消息发到群里。"""
    if posted := jobs.deliver_posts(console.database, console.clock, post).words:
        click.echo(f"群消息{posted}")
    done = jobs.deliver(console.database, console.clock, _sender(console), mail_from=console.config.mail_from)
    click.echo(done.words or NOTHING)


@click.command()
@click.argument("address")
@pass_console
def testmail(console: Console, address: str) -> None:
    """试发一封邮件到 ADDRESS，检查邮件服务器的设置。"""
    click.echo(f"已发出：{send_test(console, address)}")


def send_test(console: Console, address: str) -> str:
    """Send the test mail; returns the server's answer.

    Raises:
        Refused: it has not gone.
    """
    send = _sender(console)
    if problem := email_problem(address):
        raise Refused(f"没有发出：“{address}”{problem}")
    words = "这是一封测试邮件，收到即表示邮件服务器设置正确。"
    try:
        mail = as_email(
            "【任务跟踪】测试邮件",
            f"{words}\n",
            f"<p>{words}</p>\n",
            to=address,
            sender=console.config.mail_from,
            sent_at=console.clock.now(),
            number=f"testmail-{console.clock.now():%Y%m%d%H%M%S%f}",
        )
        return send(mail)
    except NotSentError as trouble:
        raise Refused(f"没有发出：{trouble}") from trouble


def _sender(console: Console) -> SmtpSender:
    if not console.config.smtp_url:
        raise Refused(NO_SERVER)
    return SmtpSender(console.config.smtp_url)
