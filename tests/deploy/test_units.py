"""What stands in deploy/ works: the commands of the units are started, the settings are known, the
containers' commands are ours."""

import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

import dev
from tests.operations.conftest import of, read
from tests.operations.server import PATIENCE, TRACKER, environment, serving, started
from tracker.cli import main
from tracker.config import Config
from tracker.db import Database

DEPLOY = dev.ROOT / "deploy"
INSTALLED = "/srv/tracker/bin/tracker"
BACKUPS = "/var/backups/tracker"


def unit(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[method-assign,assignment]  # names have capitals
    parser.read(DEPLOY / name, encoding="utf-8")
    return parser


def command_of(name: str, key: str = "ExecStart", **replaced: str) -> list[str]:
    """What systemd starts, with our program in place of the installed one."""
    line = unit(name)["Service"][key].replace("%%", "%")
    for old, new in {INSTALLED: TRACKER, **replaced}.items():
        line = line.replace(old, new)
    return shlex.split(line)


def settings_of(name: str) -> dict[str, str]:
    lines = (DEPLOY / name).read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def compose() -> dict[str, Any]:
    found = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def test_the_units_of_web_and_scheduler_run_an_installation(own_database: Database, tmp_path: Path) -> None:
    web = command_of("tracker-web.service")
    assert web[:2] == [TRACKER, "serve"]
    options = web[web.index("--workers") :]
    settings = {**settings_of("tracker.env"), **environment(own_database, tmp_path)}
    scheduler = command_of("tracker-scheduler.service")
    with (
        serving(own_database, tmp_path, *options, **_own(settings)) as server,
        started(scheduler, settings, tmp_path / "scheduler.log") as process,
    ):
        _wait(lambda: of(read(server.get("/metrics")), "tracker_scheduler_age_seconds") > 0)
        assert process.poll() is None
    log = (tmp_path / "scheduler.log").read_text()
    assert process.returncode == 0, log
    messages = [json.loads(line)["message"] for line in log.splitlines()]
    assert messages[0] == "没有设置 TRACKER_SMTP_URL：邮件只留在提醒发件箱里"


def test_the_unit_of_the_backup_makes_one_and_drops_the_old(own_database: Database, tmp_path: Path) -> None:
    settings = {**settings_of("tracker.env"), **environment(own_database, tmp_path / "data")}
    old, other = tmp_path / "tracker-20240101-023000.tar", tmp_path / "notes.txt"
    for path in (old, other):
        path.touch()
        os.utime(path, (0, 0))
    for key in ("ExecStart", "ExecStartPost"):
        command = command_of("tracker-backup.service", key, **{BACKUPS: str(tmp_path)})
        subprocess.run(command, env=settings, cwd=tmp_path, check=True, capture_output=True)
    (made,) = tmp_path.glob("*.tar")
    assert re.fullmatch(r"tracker-\d{8}-\d{6}\.tar", made.name)
    assert made.stat().st_size > 10_000
    assert other.exists()


def test_the_unit_of_the_doctor_looks_at_the_installation(own_database: Database, tmp_path: Path) -> None:
    settings = {**settings_of("tracker.env"), **environment(own_database, tmp_path)}
    command = command_of("tracker-doctor.service")
    found = subprocess.run(command, env=settings, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert found.returncode == 1
    assert "定时任务：从来没有运行过" in found.stdout
    assert "设置：" not in found.stdout, "the settings that we ship are sound"


@pytest.mark.parametrize("path", sorted(DEPLOY.glob("*.service")), ids=lambda path: path.name)
def test_units_run_as_their_own_user_with_the_settings_of_one_file(path: Path) -> None:
    service = unit(path.name)["Service"]
    assert (service["User"], service["EnvironmentFile"]) == ("tracker", "/etc/tracker/tracker.env")
    assert (service["ProtectSystem"], service["NoNewPrivileges"]) == ("strict", "yes")
    assert service["StateDirectory"] == "tracker", "the one place besides backups that it writes to"


def test_every_timer_has_its_unit() -> None:
    for path in DEPLOY.glob("*.timer"):
        assert path.with_suffix(".service").exists()
        assert unit(path.name)["Timer"]["Persistent"] == "yes"


def test_systemd_understands_the_units(tmp_path: Path) -> None:
    """Where it is installed; elsewhere the sections and keys are looked at alone."""
    for path in (*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")):
        text = path.read_text(encoding="utf-8")
        (tmp_path / path.name).write_text(text.replace(INSTALLED, TRACKER), encoding="utf-8")
        assert set(unit(path.name).sections()) <= {"Unit", "Service", "Timer", "Install"}
    if analyze := shutil.which("systemd-analyze"):
        verify = [analyze, "verify", *map(str, tmp_path.iterdir())]
        said = subprocess.run(verify, capture_output=True, text=True, check=False).stderr
        assert not [line for line in said.splitlines() if str(tmp_path) in line or "tracker-" in line], said


def test_the_settings_that_we_ship_are_known() -> None:
    settings = settings_of("tracker.env") | {"TRACKER_DATA_DIR": ""}
    config = Config.from_env(settings)
    assert (config.cookie_secure, config.trusted_proxies, config.log) == (True, 1, "json")


def test_the_containers_start_our_commands_with_known_settings() -> None:
    ours = {
        name: service for name, service in compose()["services"].items() if service.get("image") == "tracker"
    }
    assert {name: service.get("deploy", {}).get("replicas", 1) for name, service in ours.items()} == {
        "tables": 1, "web": 2, "scheduler": 2,
    }  # fmt: skip
    for service in ours.values():
        result = CliRunner().invoke(main, [*service["command"], "--help"], env={}, prog_name="tracker")
        assert result.exit_code == 0, result.output
        values = {name: re.sub(r"\$\{.*?\}", "", value) for name, value in service["environment"].items()}
        values |= {"TRACKER_BASE_URL": "https://a.example.test", "TRACKER_MAIL_FROM": "a@example.test"}
        Config.from_env(values | {"TRACKER_DATA_DIR": ""})


def test_every_variable_of_the_containers_is_explained() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", (DEPLOY / "compose.yaml").read_text(encoding="utf-8")))
    assert asked == set(settings_of("compose.env.example"))


def test_the_image_starts_what_it_installs() -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    command = re.search(r"^CMD \[(.*)\]$", dockerfile, re.MULTILINE)
    assert command
    words = re.findall(r'"([^"]+)"', command[1])
    assert CliRunner().invoke(main, [*words, "--help"], env={}).exit_code == 0
    assert 'ENTRYPOINT ["tracker"]' in dockerfile


def test_the_texts_for_operators_name_only_what_there_is() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(dev.ROOT.glob("docs/*.md")))
    for name in re.findall(r"(?<!tests/)deploy/([\w.-]+\.\w+)", text):
        assert (DEPLOY / name).exists(), name
    for name in set(re.findall(r"(?:`|bin/|=\S+ )tracker ([a-z]+)", text)):
        assert main.get_command(None, name), name  # type: ignore[arg-type]  # the table needs no context
    known = {f"TRACKER_{name.upper()}" for name in Config.__dataclass_fields__}
    assert set(re.findall(r"TRACKER_[A-Z_]+", text)) <= known


def _own(settings: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in settings.items() if name.startswith("TRACKER_")}


def _wait(is_there: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_there():
        assert time.monotonic() < end
        time.sleep(0.1)
