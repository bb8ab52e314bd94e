"""The command line: a table of contents. A command's module is read only when it is asked for."""

from importlib import import_module

import click

from tracker.console import Console, Program

COMMANDS = {
    "init": "tracker.commands.init",
    "db": "tracker.commands.db",
    "seed": "tracker.commands.seed",
    "export": "tracker.commands.export",
    "serve": "tracker.commands.serve",
    "scheduler": "tracker.commands.scheduler",
    "user": "tracker.handover.commands",
    "remind": "tracker.reminders.commands",
    "deliver": "tracker.outbox.commands",
    "testmail": "tracker.outbox.commands",
    "audit": "tracker.audit.commands",
    "doctor": "tracker.commands.doctor",
    "backup": "tracker.backup.commands",
    "restore": "tracker.backup.commands",
    "demo": "tracker.demo.commands",
}
"""Where each command lives; in its module it has its own name."""


class Contents(Program):
    """The commands of the table."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command = getattr(import_module(COMMANDS[name]), name)
        return command if isinstance(command, click.Command) else None


@click.group(cls=Contents, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tracker", message="%(version)s", help="显示版本。")
@click.pass_context
def main(context: click.Context) -> None:
    """食品安全示范城市创建责任分解与进度跟踪系统。设置见环境变量 TRACKER_*。"""
    context.obj = Console.from_env()
    context.call_on_close(context.obj.close)
