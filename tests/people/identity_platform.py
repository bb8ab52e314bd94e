"""A real identity platform for tests, in a process of its own: it signs with RS256 and can misbehave.

`python -m tests.people.identity_platform MOMENT REDIRECT` takes MOMENT (seconds) for now, sends people back
to REDIRECT and nowhere else, and prints its port. `running_platform` does all that.
"""

import base64
import hashlib
import hmac
import html
import json
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

CLIENT, SECRET = "tracker-test", "a-secret:of+the%platform"
SLOW_SECONDS = 3
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Platform:
    """A running platform: its address, which is its issuer."""

    url: str

    def sign_in(self, address: str, person: str, how: str = "") -> str:
        """Do at `address` what a person does there, and return where the browser is sent; `how` is how the
        platform then misbehaves."""
        parts = urlsplit(address)
        connection = HTTPConnection(parts.netloc, timeout=10)
        body = urlencode({"person": person, "how": how})
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", f"{parts.path}?{parts.query}", body, headers)
        answer = connection.getresponse()
        words = answer.read().decode()
        connection.close()
        assert answer.status == 303, words
        return answer.headers["Location"]


@contextmanager
def running_platform(at: float, redirect: str) -> Iterator[Platform]:
    """A platform until the end of the block."""
    command = [sys.executable, "-m", "tests.people.identity_platform", str(int(at)), redirect]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Platform(f"http://127.0.0.1:{int(process.stdout.readline())}")
        finally:
            process.terminate()


class _Office:
    """What the platform knows: its key, and the codes and tokens that it gave out."""

    def __init__(self, now: int, redirect: str) -> None:
        self.now, self.redirect = now, redirect
        self.key = rsa.generate_private_key(65537, 2048)
        self.foreign_key = rsa.generate_private_key(65537, 2048)
        self.codes: dict[str, dict[str, str]] = {}
        self.people: dict[str, str] = {}

    def fault(self, asked: dict[str, str]) -> str:
        """What is wrong with a request to sign somebody in."""
        wanted = {
            "client_id": CLIENT, "redirect_uri": self.redirect, "response_type": "code",
            "code_challenge_method": "S256",
        }  # fmt: skip
        wrong = [name for name, value in wanted.items() if asked.get(name) != value]
        wrong += [name for name in ("state", "nonce", "code_challenge") if len(asked.get(name, "")) < 32]
        return ", ".join(wrong if "openid" in asked.get("scope", "").split() else [*wrong, "scope"])

    def way_back(self, asked: dict[str, str], person: str, how: str) -> str:
        said = {"state": asked["state"]}
        if how in ("access_denied", "<script>"):
            said["error"] = how
        else:
            said["code"] = secrets.token_urlsafe(16)
            self.codes[said["code"]] = {**asked, "person": person, "how": how}
        if how == "wrong_state":
            said["state"] = "x" * 32
        if how == "iss_of_another":
            said["iss"] = "https://evil.example"
        return f"{self.redirect}?{urlencode(said)}"

    def redeemed(self, form: dict[str, str], authorization: str, issuer: str) -> dict[str, Any]:
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if authorization != f"Basic {basic}":
            return {"error": "invalid_client"}
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = _text(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            asked is None
            or form.get("redirect_uri") != asked["redirect_uri"]
            or challenge != asked["code_challenge"]
        ):
            return {"error": "invalid_grant"}
        access = secrets.token_urlsafe(16)
        self.people[access] = asked["person"]
        return {
            "access_token": access,
            "token_type": "Bearer",
            "id_token": self._id_token(asked, access, issuer),
        }

    def _id_token(self, asked: dict[str, str], access: str, issuer: str) -> str:
        how, person = asked["how"], asked["person"]
        half = hashlib.sha256(access.encode()).digest()[:16]
        claims: dict[str, Any] = {
            "iss": issuer, "sub": f"id-{person}", "aud": CLIENT, "iat": self.now, "exp": self.now + 300,
            "nonce": asked["nonce"], "at_hash": _text(half), "preferred_username": person,
            "email": person, "email_verified": how != "unverified",
        }  # fmt: skip
        wrong: dict[str, dict[str, Any]] = {
            "wrong_nonce": {"nonce": "another"},
            "wrong_audience": {"aud": "another"},
            "wrong_issuer": {"iss": "https://evil.example"},
            "expired": {"iat": self.now - 900, "exp": self.now - 600},
            "wrong_access": {"at_hash": "another"},
            "no_word": {"preferred_username": ["nongye"]},
        }
        claims |= wrong.get(how, {})
        for gone in {"no_nonce": ["nonce"], "userinfo": ["preferred_username"]}.get(how, []):
            del claims[gone]
        return self._signed(claims, how)

    def _signed(self, claims: dict[str, Any], how: str) -> str:
        method = {"unsigned": "none", "shared_secret": "HS256"}.get(how, "RS256")
        parts = {"alg": method, "typ": "JWT", "kid": "1"}, claims
        text = ".".join(_text(json.dumps(part).encode()) for part in parts)
        if method == "none":
            return f"{text}."
        if method == "HS256":
            return f"{text}.{_text(hmac.digest(SECRET.encode(), text.encode(), 'sha256'))}"
        key = self.foreign_key if how == "wrong_signature" else self.key
        return f"{text}.{_text(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"

    def keys(self) -> dict[str, Any]:
        numbers = self.key.public_key().public_numbers()
        return {
            "keys": [
                {
                    "kty": "RSA", "kid": "1", "use": "sig", "alg": "RS256", "e": _text(b"\1\0\1"),
                    "n": _text(numbers.n.to_bytes(256, "big")),
                }
            ]
        }  # fmt: skip


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


FORM = """<!doctype html><html lang="zh-CN"><title>测试用统一身份平台</title>
<form method="post"><label>账号 <input name="person"></label><input name="how" type="hidden">
<button>同意登录</button></form>{asked}"""


def _handler(office: _Office) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        @property
        def port(self) -> int:
            return int(self.connection.getsockname()[1])

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            mode, _, place = parts.path.strip("/").rpartition("/")
            if place == "openid-configuration":
                self._discovery(mode.removesuffix(".well-known").strip("/"))
            elif place == "jwks":
                self._say(office.keys())
            elif place == "userinfo":
                person = office.people[self.headers["Authorization"].removeprefix("Bearer ")]
                self._say({"sub": f"id-{person}", "preferred_username": person})
            elif place == "authorize":
                self._show(FORM.format(asked=html.escape(parts.query)), office.fault(_fields(parts.query)))
            else:
                self.send_error(404)

        def do_POST(self) -> None:
            parts, form = urlsplit(self.path), _fields(self.rfile.read(self._length()).decode())
            if parts.path == "/token":
                self._token(form)
                return
            asked = _fields(parts.query)
            if fault := office.fault(asked):
                self._show("", fault)
                return
            self.send_response(303)
            self.send_header("Location", office.way_back(asked, form["person"], form.get("how", "")))
            self.end_headers()

        def _token(self, form: dict[str, str]) -> None:
            how = office.codes.get(form.get("code", ""), {}).get("how")
            if how == "slow":
                time.sleep(SLOW_SECONDS)
            if how == "dripping":
                self._drip()
            elif how == "broken":
                self.send_error(500)
            else:
                said = office.redeemed(form, self.headers.get("Authorization", ""), self._url())
                self._say(said, 400 if "error" in said else 200)

        def _discovery(self, mode: str) -> None:
            if mode == "slow":
                time.sleep(SLOW_SECONDS)
            if mode == "garbled":
                self._show("<p>维护中", "")
                return
            if mode == "moved":
                self.send_response(302)
                self.send_header("Location", f"{self._url()}/.well-known/openid-configuration")
                self.end_headers()
                return
            issuer = f"{self._url()}/{mode}".rstrip("/") if mode != "another" else self._url()
            token = "http://10.1.2.3/token" if mode == "unguarded" else f"{self._url()}/token"
            self._say(
                {
                    "issuer": issuer, "authorization_endpoint": f"{self._url()}/authorize",
                    "token_endpoint": token, "jwks_uri": f"{self._url()}/jwks",
                    "userinfo_endpoint": f"{self._url()}/userinfo",
                }
            )  # fmt: skip

        def _drip(self) -> None:
            self.send_response(200)
            self.end_headers()
            try:
                for _ in range(SLOW_SECONDS * 10):
                    self.wfile.write(b" ")
                    time.sleep(0.1)
            except OSError:
                return  # nobody waits any more

        def _say(self, said: dict[str, Any], status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        def _show(self, page: str, fault: str) -> None:
            self.send_response(400 if fault else 200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write((fault or page).encode())

        def _url(self) -> str:
            return f"http://127.0.0.1:{self.port}"

        def _length(self) -> int:
            return int(self.headers.get("Content-Length", "0"))

        def log_message(self, *_args: Any) -> None:
            """Keep quiet."""

    return Handler


def _fields(text: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(text).items()}


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(_Office(int(sys.argv[1]), sys.argv[2])))
    print(server.server_address[1], flush=True)
    server.serve_forever()
