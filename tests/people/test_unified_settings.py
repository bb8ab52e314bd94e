"""统一身份登录: its settings, and an installation without them."""

import subprocess
import sys

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.people.identity_platform import Platform
from tracker.config import Config
from tracker.people import oidc
from tracker.people.views import sessions
from tracker.values import SettingError


def test_without_settings_there_is_no_button_and_the_addresses_lead_to_the_password(
    client: FlaskClient,
) -> None:
    assert "oidc" not in client.get("/sign-in").text
    for path in ("/sign-in/oidc", "/sign-in/oidc/return?code=x&state=y"):
        assert client.get(path).headers["Location"] == "/sign-in"
    assert "没有开通统一身份登录" in client.get("/sign-in").text


def test_without_settings_nothing_of_it_is_loaded() -> None:
    code = (
        "import sys; from tracker import create_app; from tracker.config import Config;"
        "from pathlib import Path; import tempfile; create_app(Config(data_dir=Path(tempfile.mkdtemp())));"
        "print([name for name in sys.modules if name.startswith(('authlib', 'joserfc'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"


SET = {
    "TRACKER_OIDC_ISSUER": "https://id.example.test/realms/city/",
    "TRACKER_OIDC_CLIENT_ID": "tracker",
    "TRACKER_OIDC_CLIENT_SECRET": "secret",
}


def test_the_issuer_is_kept_sign_by_sign() -> None:
    read = Config.from_env(SET)
    assert read.oidc_issuer == "https://id.example.test/realms/city/"
    assert (read.oidc_claim, read.oidc_name) == ("preferred_username", "用统一身份平台登录")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({**SET, "TRACKER_OIDC_CLIENT_SECRET": ""}, "还缺 TRACKER_OIDC_CLIENT_SECRET"),
        ({"TRACKER_OIDC_CLAIM": "email"}, "还缺 TRACKER_OIDC_ISSUER、TRACKER_OIDC_CLIENT_ID、"),
        ({**SET, "TRACKER_OIDC_ISSUER": "http://id.example.test"}, "设置 TRACKER_OIDC_ISSUER .*https://"),
        ({**SET, "TRACKER_OIDC_ISSUER": "https://id.example.test/?a=b"}, "TRACKER_OIDC_ISSUER"),
        ({**SET, "TRACKER_OIDC_ISSUER": "https://id.example.test:0"}, "TRACKER_OIDC_ISSUER"),
        ({**SET, "TRACKER_OIDC_ISSUER": "id.example.test"}, "TRACKER_OIDC_ISSUER"),
        ({**SET, "TRACKER_OIDC_CLIENT_ID": "a b"}, "TRACKER_OIDC_CLIENT_ID .*不含空格"),
        ({**SET, "TRACKER_OIDC_NAME": "长" * 21}, "TRACKER_OIDC_NAME .*不超过 20 个字"),
    ],
)
def test_wrong_and_half_settings_are_one_line(settings: dict[str, str], said: str) -> None:
    with pytest.raises(SettingError, match=said) as error:
        Config.from_env(settings)
    assert "\n" not in str(error.value)


def test_a_wrong_secret_is_not_shown() -> None:
    with pytest.raises(SettingError, match="TRACKER_OIDC_CLIENT_SECRET") as error:
        Config.from_env({**SET, "TRACKER_OIDC_CLIENT_SECRET": "geheim wort"})
    assert "geheim" not in str(error.value)


def test_within_the_machine_the_issuer_may_do_without_https() -> None:
    assert Config.from_env({**SET, "TRACKER_OIDC_ISSUER": "http://127.0.0.1:9000"}).oidc_issuer


def test_settings_without_the_extra_stop_the_start(
    app: Flask, city: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oidc, "find_spec", lambda _name: None)
    with pytest.raises(SettingError, match=r"pip install 'tracker\[oidc\]'"):
        sessions.install(app)
