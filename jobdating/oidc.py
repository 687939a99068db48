"""Speaks to another house that signs people in (OpenID Connect): where to send them, and whom it vouches for.

Authorization code with PKCE. What the house says counts once its signature, issuer, audience, nonce and times are
checked. Keeps nothing: state, nonce and verifier are derived from a secret that the browser holds.
"""

import asyncio
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2
from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ValidationError

from jobdating.domain.errors import DomainError
from jobdating.services.identities import LENGTH, NotVouched, Vouched
from jobdating.settings import LOOPBACK, Environment

SECONDS = 5  # for one answer
ALL_SECONDS = 15  # for the three of a sign-in
ANSWER_BYTES = 500_000
LEEWAY = 60  # seconds between two clocks
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA"]


class ProviderUnavailable(DomainError):
    """The other house does not answer, or says what nobody can understand."""

    code = "provider_unavailable"


@dataclass(frozen=True)
class Provider:
    """A house as the settings name it. `second_factor`: words of its `amr` or `acr` that count as one here."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str
    second_factor: frozenset[str]


@dataclass(frozen=True)
class Asked:
    """What one sign-in is recognised by on its way back."""

    state: str
    nonce: str
    verifier: str = field(repr=False)


class Metadata(BaseModel):
    """What a house says of itself: OpenID Connect Discovery 1.0, section 3."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""


def provider(environment: Environment) -> Provider | None:
    """The house that the settings name; None for none."""
    if not environment.oidc_issuer:
        return None
    words = {word.strip() for word in environment.oidc_second_factor.split(",")} - {""}
    return Provider(
        environment.oidc_issuer,
        environment.oidc_client_id,
        environment.oidc_client_secret or "",
        environment.oidc_name,
        frozenset(words),
    )


def asked(browser: str, *, key: str) -> Asked:
    """Of the sign-in that the browser with this secret began."""

    def derived(word: str) -> str:
        return hmac.digest(key.encode(), f"oidc {word} {browser}".encode(), "sha256").hex()

    return Asked(derived("state"), derived("nonce"), derived("verifier"))


async def discover(house: Provider) -> Metadata:
    """What the house says of itself. Raises ProviderUnavailable."""
    async with _speaking() as client:
        answer = await _json(client, "GET", house.issuer.rstrip("/") + "/.well-known/openid-configuration")
    try:
        found = Metadata.model_validate(answer)
    except ValidationError as error:
        raise ProviderUnavailable() from error
    addresses = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri, found.userinfo_endpoint)
    if found.issuer != house.issuer or not all(_is_safe(address) for address in addresses if address):
        raise ProviderUnavailable()
    return found


def address(house: Provider, metadata: Metadata, asked: Asked, *, back_to: str, language: str) -> str:
    """Where the browser goes to sign in there."""
    query = {
        "response_type": "code",
        "client_id": house.client_id,
        "redirect_uri": back_to,
        "scope": "openid email",
        "state": asked.state,
        "nonce": asked.nonce,
        "code_challenge": create_s256_code_challenge(asked.verifier),
        "code_challenge_method": "S256",
        "ui_locales": language,
    }
    joint = "&" if urlsplit(metadata.authorization_endpoint).query else "?"
    return f"{metadata.authorization_endpoint}{joint}{urlencode(query)}"


async def vouched(
    house: Provider, metadata: Metadata, asked: Asked, *, code: str, back_to: str, now: datetime
) -> Vouched:
    """Whom the code stands for. Raises NotVouched, ProviderUnavailable."""
    async with _speaking() as client:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back_to,
            "code_verifier": asked.verifier,
        }
        tokens = await _json(
            client, "POST", metadata.token_endpoint, data=form, auth=(house.client_id, house.client_secret)
        )
        keys = await _json(client, "GET", metadata.jwks_uri)
        claims = _claims(house, asked, tokens, keys, now=now)
        person = dict(claims)
        if "email" not in claims and metadata.userinfo_endpoint:
            bearer = {"authorization": f"Bearer {tokens.get('access_token', '')}"}
            person = await _json(client, "GET", metadata.userinfo_endpoint, headers=bearer)
    return _understood(house, claims, person)


def _claims(
    house: Provider, asked: Asked, tokens: dict[str, Any], keys: dict[str, Any], *, now: datetime
) -> CodeIDToken:
    """The id_token's claims, once all that can be checked was. Raises NotVouched."""
    try:
        token = jwt.decode(str(tokens.get("id_token", "")), KeySet.import_key_set(keys), algorithms=ALGORITHMS)  # type: ignore[arg-type]
        claims = CodeIDToken(
            token.claims,
            token.header,
            options={
                "iss": {"essential": True, "value": house.issuer},
                "aud": {"essential": True, "value": house.client_id},
            },
            params={
                "nonce": asked.nonce,
                "client_id": house.client_id,
                "access_token": str(tokens.get("access_token", "")),
            },
        )
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
    except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotVouched() from error
    return claims


def _understood(house: Provider, claims: CodeIDToken, person: dict[str, Any]) -> Vouched:
    subject, said = str(claims["sub"]), claims.get("amr")
    if not 0 < len(subject) <= LENGTH or person.get("sub") != claims["sub"]:
        raise NotVouched()
    proved = person.get("email_verified") in (True, "true")
    words = {str(word) for word in said} if isinstance(said, list) else set()
    words.add(str(claims.get("acr", "")))
    email = str(person.get("email", "")) if proved else ""
    return Vouched(house.issuer, subject, email, bool(words & house.second_factor))


@asynccontextmanager
async def _speaking() -> AsyncIterator[httpx2.AsyncClient]:
    """A client that follows nobody elsewhere, and a bound to all that is said."""
    try:
        async with (
            asyncio.timeout(ALL_SECONDS),
            httpx2.AsyncClient(timeout=SECONDS, follow_redirects=False, trust_env=False) as client,
        ):
            yield client
    except (httpx2.HTTPError, TimeoutError) as error:
        raise ProviderUnavailable() from error


async def _json(client: httpx2.AsyncClient, method: str, url: str, **options: Any) -> dict[str, Any]:
    """A bounded answer. Raises NotVouched where the house refuses, ProviderUnavailable where it makes no sense."""
    async with client.stream(method, url, **options) as answer:
        body = b""
        async for chunk in answer.aiter_bytes():
            body += chunk
            if len(body) > ANSWER_BYTES:
                raise ProviderUnavailable()
    if 400 <= answer.status_code < 500:
        raise NotVouched()
    try:
        found = answer.status_code == 200 and httpx2.Response(200, content=body).json()
    except ValueError as error:
        raise ProviderUnavailable() from error
    if not isinstance(found, dict):
        raise ProviderUnavailable()
    return found


def _is_safe(address: str) -> bool:
    """https; or this machine, where a provider is tried out."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
