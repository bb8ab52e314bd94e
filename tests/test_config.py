"""Settings come from the environment; a wrong one stops the start with one line."""

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from tracker import create_app
from tracker.cli import main
from tracker.config import Config
from tracker.values import SettingError


def test_nothing_has_to_be_set() -> None:
    config = Config.from_env({"PATH": "/usr/bin"})
    assert config == Config()
    assert config.database == "sqlite:///data/tracker.sqlite3"


def test_empty_values_are_as_good_as_none() -> None:
    assert Config.from_env({"TRACKER_SMTP_URL": "", "TRACKER_TODAY": " "}) == Config()


def test_each_setting_is_read_as_its_kind(tmp_path: Path) -> None:
    config = Config.from_env(
        {
            "TRACKER_DATA_DIR": str(tmp_path),
            "TRACKER_DATABASE_URL": "postgresql://tracker@db/tracker",
            "TRACKER_BASE_URL": "https://shian.example.test/",
            "TRACKER_TODAY": "2024-03-22",
            "TRACKER_COOKIE_SECURE": "yes",
            "TRACKER_IDLE_MINUTES": "45",
            "TRACKER_LOG": "json",
            "TRACKER_METRICS_NETWORKS": "10.1.2.0/24, 10.1.3.7",
        }
    )
    assert config.data_dir == tmp_path
    assert config.database == "postgresql://tracker@db/tracker"
    assert config.base_url == "https://shian.example.test", "links are put together with one slash"
    assert config.log == "json"
    assert [str(network) for network in config.metrics_networks] == ["10.1.2.0/24", "10.1.3.7/32"]
    assert (config.today, config.cookie_secure, config.idle_minutes) == (date(2024, 3, 22), True, 45)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("TRACKER_TODAY", "22.03.2024", "2024-03-22 这样的日期"),
        ("TRACKER_COOKIE_SECURE", "maybe", "1 或 0"),
        ("TRACKER_IDLE_MINUTES", "0", "不小于 1"),
        ("TRACKER_LOCK_AFTER", "-5", "不小于 1"),
        ("TRACKER_LOCK_MINUTES", "1.5", "整数"),
        ("TRACKER_ADDRESS_LOCK_AFTER", "-1", "不小于 0"),
        ("TRACKER_SESSIONS_PER_PERSON", "0", "不小于 1"),
        ("TRACKER_PASSWORD_DAYS", "x", "不小于 0"),
        ("TRACKER_TRUSTED_PROXIES", "one", "不小于 0"),
        ("TRACKER_TIMEZONE", "Asia/Changdu", "时区名"),
        ("TRACKER_TIMEZONE", "../etc/passwd", "时区名"),
        ("TRACKER_BASE_URL", "shian.example.test", "http://"),
        ("TRACKER_SMTP_URL", "mail.example.test:25", "smtp://"),
        ("TRACKER_BASE_URL", "https://shian example.test", "不含空格"),
        ("TRACKER_BASE_URL", "https://[shian.example.test", "https://"),
        ("TRACKER_SMTP_URL", "smtp://mail.example.test:99999", "端口应为 1 到 65535"),
        ("TRACKER_SMTP_URL", "smtp://mail.example.test:abc", "端口应为 1 到 65535"),
        ("TRACKER_SMTP_URL", "smtp://mail.example.test:0", "端口应为 1 到 65535"),
        ("TRACKER_MAIL_FROM", "市食安办", "应为一个邮箱地址"),
        ("TRACKER_MAIL_FROM", "shian@example.cn\nBcc: all@example.cn", "应为一个邮箱地址"),
        ("TRACKER_MAIL_FROM", "a@example.cn, b@example.cn", "应为一个邮箱地址"),
        ("TRACKER_DATABASE_URL", "mysql://db/tracker", "postgresql://"),
        ("TRACKER_DATABASE_URL", "postgresql://db:99999/tracker", "端口应为 1 到 65535"),
        ("TRACKER_DATABASE_URL", "postgresql://db:abc/tracker", "端口为 1 到 65535"),
        ("TRACKER_DATABASE_URL", "postgresql://@@:::/", "postgresql://用户:密码@主机:端口/库名"),
        ("TRACKER_DATABASE_URL", "sqlite:////dev/null/tracker.sqlite3", "可以写入的文件夹"),
        ("TRACKER_LOG", "xml", "应为 text 或 json"),
        ("TRACKER_METRICS_NETWORKS", "10.1.2.0/24, office", "10.1.0.0/16 这样的网段或一个地址"),
        ("TRACKER_METRICS_NETWORKS", "10.1.2.3/24", "10.1.0.0/16 这样的网段或一个地址"),
        ("TRACKER_DATA_DIR", "/dev/null", "可以写入的文件夹"),
        ("TRACKER_DATA_DIR", "/dev/null/data", "可以写入的文件夹"),
        ("TRACKER_DATA_DIR", "~nobody-of-this-name/data", "可以写入的文件夹"),
        ("TRACKER_SECRET_KEY", "short", "至少 32 个字符"),
        ("TRACKER_DATABSE_URL", "sqlite:///x", "TRACKER_DATABASE_URL"),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_it(name: str, value: str, said: str) -> None:
    with pytest.raises(SettingError) as error:
        Config.from_env({name: value})
    assert name in str(error.value)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "value", ["shian@example.cn", "市食安办 <shian@example.cn>", '"A, B" <a.b@localhost>']
)
def test_a_sender_has_an_address_and_perhaps_a_name(value: str) -> None:
    assert Config.from_env({"TRACKER_MAIL_FROM": value}).mail_from == value


def test_a_data_folder_that_takes_no_files_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: False)  # root may write everywhere
    with pytest.raises(SettingError, match="TRACKER_DATA_DIR"):
        Config.from_env({"TRACKER_DATA_DIR": str(tmp_path)})


def test_an_application_without_its_data_folder_does_not_start(tmp_path: Path) -> None:
    occupied = tmp_path / "data"
    occupied.write_text("a file")
    with pytest.raises(SettingError, match=r"TRACKER_DATA_DIR .*应为可以写入的文件夹"):
        create_app(Config(data_dir=occupied))


def test_a_wrong_setting_stops_the_start() -> None:
    result = CliRunner().invoke(main, ["db", "upgrade"], env={"TRACKER_IDLE_MINUTES": "soon"})
    assert result.exit_code == 1
    assert result.output.count("\n") == 1
    assert "TRACKER_IDLE_MINUTES" in result.output


NAMES = [
    "TODAY", "COOKIE_SECURE", "IDLE_MINUTES", "TIMEZONE", "BASE_URL", "SMTP_URL", "MAIL_FROM", "DATABASE_URL",
    "DATA_DIR",
]  # fmt: skip


@given(st.sampled_from(NAMES), st.text(max_size=30).filter(lambda text: "\x00" not in text))
def test_any_text_is_taken_or_refused_and_never_crashes(name: str, value: str) -> None:
    try:
        Config.from_env({f"TRACKER_{name}": value})
    except SettingError as error:
        refusal = str(error)
    else:
        return
    assert f"TRACKER_{name}" in refusal


def test_the_key_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    config = Config(data_dir=tmp_path / "data")
    key = config.session_key()
    assert len(key) >= 32
    assert config.session_key() == key
    assert stat.S_IMODE((tmp_path / "data" / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret.key"]


def test_many_first_starts_at_once_agree_on_one_key(tmp_path: Path) -> None:
    config = Config(data_dir=tmp_path / "data")
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: config.session_key(), range(32)))) == 1
