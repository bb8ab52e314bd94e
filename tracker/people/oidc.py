"""统一身份登录: the one place that knows Authlib, and that speaks with the city's identity platform.

Source: OpenID Connect Core 1.0, 3.1 (authorization code flow, what is checked of an ID token); Discovery 1.0;
RFC 7636 (PKCE); RFC 9207 (the issuer in the answer). Authlib is an extra and is loaded by the first sign-in.
"""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from http.client import HTTPException, HTTPResponse
from importlib.util import find_spec
from time import monotonic
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from tracker.values import is_guarded

TIMEOUT = 5
"""Seconds within which each answer of the platform must be there."""
LARGEST = 1024 * 1024
LEEWAY = 60
"""Seconds by which the platform's clock may differ from ours."""
KEPT_SECONDS, DOWN_SECONDS = 300, 5
"""How long its addresses are kept, and for how long it is not asked again after it gave none."""
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
"""Signatures that only the platform can make; never `none`, nor one made with the shared secret."""
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
CODE_WORD = re.compile(r"[a-z_]{1,40}")


class NotReachedError(Exception):
    """The platform gave no answer that can be used; the message is for the log."""


class NotProvedError(Exception):
    """The platform did not say who it is, or not as it must; the message is the reason in Chinese."""


@dataclass(frozen=True)
class Provider:
    """统一身份平台: where it is, as whom this installation asks it, and where it sends people back."""

    issuer: str
    client_id: str
    client_secret: str
    claim: str
    redirect_url: str


@dataclass(frozen=True)
class Errand:
    """What the browser remembers while its person is at the platform."""

    state: str
    nonce: str
    verifier: str


def is_installed() -> bool:
    """Whether the extra is there."""
    return find_spec("authlib") is not None


def set_out() -> Errand:
    """An errand that nobody can guess."""
    return Errand(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))


def address(provider: Provider, errand: Errand) -> str:
    """Where the person signs in.

    Raises:
        NotReachedError: the platform does not tell.
    """
    from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
    from authlib.oauth2.rfc7636 import create_s256_code_challenge

    found = _metadata(provider)
    offered = found.get("scopes_supported") or ["profile", "email"]
    return str(
        prepare_grant_uri(
            found["authorization_endpoint"], provider.client_id, "code", provider.redirect_url,
            ["openid", *(scope for scope in ("profile", "email") if scope in offered)],
            errand.state, nonce=errand.nonce,
            code_challenge=create_s256_code_challenge(errand.verifier), code_challenge_method="S256",
        )
    )  # fmt: skip


def is_answer_to(errand: Errand, answer: Mapping[str, str]) -> bool:
    """Whether what came back belongs to this browser's errand."""
    return compare_digest(errand.state.encode(), answer.get("state", "").encode())


def named_person(provider: Provider, errand: Errand, answer: Mapping[str, str], *, at: datetime) -> str:
    """Whom the platform vouches for: the value of the claim that the settings name.

    Args:
        answer: what came with the browser, once `is_answer_to` holds.
        at: the real moment, whatever date is pretended.

    Raises:
        NotReachedError: the platform gives no answer.
        NotProvedError: it vouches for nobody, or not as it must.
    """
    if "error" in answer:
        raise NotProvedError(_denial(answer["error"]))
    if answer.get("iss", provider.issuer) != provider.issuer:
        raise NotProvedError("答复不是所设的统一身份平台发出的")
    token = _redeemed(provider, errand, answer.get("code", ""))
    claims = _verified(provider, errand, token, at)
    if provider.claim not in claims:
        claims = {**_more_about(provider, claims, token), **claims}
    if provider.claim == "email" and claims.get("email_verified", True) not in (True, "true"):
        raise NotProvedError("邮箱在统一身份平台上没有验证")
    value = claims.get(provider.claim)
    if not isinstance(value, str) or not value.strip() or len(value) > 200:
        raise NotProvedError(f"统一身份平台没有给出 {provider.claim}")
    return value.strip()


def _denial(code: str) -> str:
    if code == "access_denied":
        return "在统一身份平台上取消了登录，或平台没有同意"
    return f"统一身份平台没有完成登录（{_code_words(code)}）"


def _code_words(code: object) -> str:
    return code if isinstance(code, str) and CODE_WORD.fullmatch(code) else "原因不明"


def _redeemed(provider: Provider, errand: Errand, code: str) -> dict[str, Any]:
    """What the platform gives for the code."""
    from authlib.oauth2.auth import ClientAuth
    from authlib.oauth2.rfc6749.parameters import prepare_token_request

    if not code:
        raise NotProvedError("统一身份平台的答复不完整")
    found = _metadata(provider)
    ways = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    way = "client_secret_basic" if "client_secret_basic" in ways else "client_secret_post"
    body = prepare_token_request(
        "authorization_code", code=code, redirect_uri=provider.redirect_url, code_verifier=errand.verifier
    )
    auth = ClientAuth(provider.client_id, provider.client_secret, way)
    url, headers, body = auth.prepare("POST", found["token_endpoint"], {}, body)
    return _fetch(url, body, headers)


def _verified(provider: Provider, errand: Errand, token: dict[str, Any], at: datetime) -> dict[str, Any]:
    """The claims of the ID token: signed by the platform, for us, for this errand, still good."""
    from authlib.oidc.core import CodeIDToken
    from joserfc import jwt
    from joserfc.errors import ClaimError, ExpiredTokenError, JoseError
    from joserfc.jwk import KeySet
    from joserfc.jws import JWSRegistry

    keys = _fetch(_metadata(provider)["jwks_uri"])
    wanted = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
    }
    about = {
        "nonce": errand.nonce, "client_id": provider.client_id, "access_token": token.get("access_token"),
    }  # fmt: skip
    try:
        registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        read = jwt.decode(str(token.get("id_token", "")), KeySet.import_key_set(keys), registry=registry)  # type: ignore[arg-type]
        claims = CodeIDToken(read.claims, read.header, wanted, about)
        claims.validate(now=int(at.timestamp()), leeway=LEEWAY)
    except ExpiredTokenError as error:
        raise NotProvedError("身份凭证已过期") from error
    except ClaimError as error:
        raise NotProvedError(f"身份凭证的 {error.claim} 不对") from error
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise NotProvedError("身份凭证的签名或格式不对") from error
    return dict(claims)


def _more_about(provider: Provider, claims: dict[str, Any], token: dict[str, Any]) -> dict[str, Any]:
    """What the platform says of the same person only when asked once more."""
    url, access = _metadata(provider).get("userinfo_endpoint"), token.get("access_token")
    if not isinstance(url, str) or not is_guarded(url) or not isinstance(access, str):
        return {}
    said = _fetch(url, headers={"Authorization": f"Bearer {access}"})
    return said if said.get("sub") == claims["sub"] else {}


def _metadata(provider: Provider) -> dict[str, Any]:
    """The platform's own addresses, kept for a while; so is that it does not answer."""
    until, found = _known.get(provider.issuer, (0.0, {}))
    if monotonic() > until:
        found = {}
        try:
            found = _discovered(provider)
        finally:
            _known[provider.issuer] = monotonic() + (KEPT_SECONDS if found else DOWN_SECONDS), found
    if not found:
        raise NotReachedError("it did not answer a moment ago")
    return found


_known: dict[str, tuple[float, dict[str, Any]]] = {}


def _discovered(provider: Provider) -> dict[str, Any]:
    found = _fetch(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    if found.get("issuer") != provider.issuer:
        raise NotReachedError("its discovery names another issuer")
    wrong = [name for name in ENDPOINTS if not is_guarded(str(found.get(name, "")))]
    if wrong:
        raise NotReachedError(f"its discovery has no good {wrong[0]}")
    return found


def _fetch(url: str, body: str | None = None, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    data = body.encode() if body is not None else None
    request = Request(url, data, {"Accept": "application/json", **(headers or {})})  # noqa: S310  # see is_guarded
    until = monotonic() + TIMEOUT
    try:
        with _opener.open(request, timeout=TIMEOUT) as answer:
            said = json.loads(_read(answer, until))
    except HTTPError as error:
        with error:
            raise _refusal(error) from error
    except (OSError, HTTPException, ValueError) as error:
        raise NotReachedError(f"{type(error).__name__}: {getattr(error, 'reason', error)}") from error
    if not isinstance(said, dict):
        raise NotReachedError("its answer is no object")
    return said


def _read(answer: HTTPResponse, until: float) -> bytes:
    """The whole answer, however slowly it drips, or none."""
    found = bytearray()
    while part := answer.read1(65536):
        found += part
        if len(found) > LARGEST or monotonic() > until:
            raise TimeoutError("the answer is too long or too slow")
    return bytes(found)


def _refusal(error: HTTPError) -> NotProvedError | NotReachedError:
    """A platform that refuses says why in the body (RFC 6749, 5.2); anything else is out of order."""
    try:
        said = json.loads(error.read(LARGEST))
    except (OSError, HTTPException, ValueError):
        said = None
    if error.code < 500 and isinstance(said, dict) and "error" in said:
        return NotProvedError(f"统一身份平台没有接受登录凭据（{_code_words(said['error'])}）")
    return NotReachedError(f"{error.code} {error.reason}")


class _StayHere(HTTPRedirectHandler):
    """A platform that sends elsewhere is not followed: the secret goes to the address of the settings."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


_opener = build_opener(_StayHere)
