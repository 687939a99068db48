"""What another house says is believed only when it is signed, for us, for this sign-in, and now. [ASVS 6.8, 10.5]"""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import Connection, func, select

from jobdating.clock import SteppedClock
from jobdating.db import tables as t
from tests.factories import make_account
from tests.local_site import answering
from tests.provider import CLIENT_ID, CLIENT_SECRET
from tests.site import Site, insert, running_site

KEY, OTHER_KEY = (RSAKey.generate_key(2048, {"kid": "one"}) for _ in range(2))
MANON = "manon@firme.example"


@dataclass
class Provider:
    """A house that says whatever a test wants it to. `claims` change what is right; `token` replaces the whole."""

    url: str = ""
    nonce: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "RS256", "kid": "one"})
    key: Any = field(default_factory=lambda: KEY, repr=False)
    token: str | None = None
    redeemed: list[dict[str, str]] = field(default_factory=list)

    def answer(self, path: str, body: str) -> tuple[int, Any]:
        match path:
            case "/.well-known/openid-configuration":
                ends = {
                    "authorization_endpoint": f"{self.url}/auth",
                    "token_endpoint": f"{self.url}/token",
                    "jwks_uri": f"{self.url}/keys",
                }
                return 200, {"issuer": self.url, **ends, **self.metadata}
            case "/keys":
                return 200, {"keys": [KEY.as_dict(private=False)]}
            case "/token":
                self.redeemed.append({name: values[0] for name, values in parse_qs(body).items()})
                return 200, {"access_token": "x", "token_type": "Bearer", "id_token": self.token or self.signed()}
        return 404, {}

    def signed(self) -> str:
        now = int(time.time())
        right = {
            "iss": self.url, "sub": "manon", "aud": CLIENT_ID, "nonce": self.nonce, "iat": now, "exp": now + 300,
            "email": MANON, "email_verified": True,
        }  # fmt: skip
        said = {name: value for name, value in (right | self.claims).items() if value is not None}
        return jwt.encode(self.header, said, self.key)


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    provider = Provider()
    async with answering(provider.answer) as provider.url:
        yield provider


@pytest.fixture
async def site(sqlite_url: str, clock: SteppedClock, provider: Provider) -> AsyncIterator[Site]:
    settings: dict[str, Any] = {
        "oidc_issuer": provider.url,
        "oidc_client_id": CLIENT_ID,
        "oidc_client_secret": CLIENT_SECRET,
    }
    async with running_site(sqlite_url, clock, **settings) as site:
        await insert(site, make_account, email=MANON)
        yield site


@asynccontextmanager
async def leaving(site: Site, provider: Provider) -> AsyncIterator[tuple[httpx2.AsyncClient, dict[str, str]]]:
    """A browser on its way to the provider, and what it was sent with."""
    async with httpx2.AsyncClient(base_url=site.url, headers={"accept-language": "fr"}) as client:
        went = await client.get("/sign-in/provider?back=/help")
        sent = {name: values[0] for name, values in parse_qs(urlsplit(went.headers["location"]).query).items()}
        provider.nonce = sent["nonce"]
        yield client, sent


async def comes_back(site: Site, provider: Provider) -> httpx2.Response:
    async with leaving(site, provider) as (client, sent):
        return await client.get("/sign-in/provider/back", params={"code": "c", "state": sent["state"]})


def sessions(tx: Connection) -> int:
    return tx.execute(select(func.count()).select_from(t.sessions)).scalar_one()


async def test_what_is_right_opens_a_session_and_proves_who_began(site: Site, provider: Provider) -> None:
    """The positive control of what follows; the code is redeemed with what only the asking browser's server knows."""
    came = await comes_back(site, provider)
    assert came.headers["location"] == "/help" and "session=" in came.headers["set-cookie"]
    assert await site.db.read(sessions) == 1
    assert provider.redeemed[0]["code_verifier"] and provider.redeemed[0]["redirect_uri"].endswith("/provider/back")


WRONG: dict[str, dict[str, Any]] = {
    "another issuer": {"claims": {"iss": "https://elsewhere.example"}},
    "another audience": {"claims": {"aud": "another-client"}},
    "several audiences without a party": {"claims": {"aud": [CLIENT_ID, "another-client"]}},
    "another party": {"claims": {"azp": "another-client"}},
    "another nonce": {"claims": {"nonce": "of another sign-in"}},
    "no nonce": {"claims": {"nonce": None}},
    "yesterday's": {"claims": {"iat": int(time.time()) - 86_400, "exp": int(time.time()) - 86_100}},
    "without an end": {"claims": {"exp": None}},
    "tomorrow's": {"claims": {"nbf": int(time.time()) + 86_400}},
    "no subject": {"claims": {"sub": None}},
    "an endless subject": {"claims": {"sub": "x" * 300}},
    "an address nobody verified": {"claims": {"email_verified": False}},
    "an address of unknown standing": {"claims": {"email_verified": None}},
    "no address": {"claims": {"email": ""}},
    "an address that is none": {"claims": {"email": "manon"}},
    "signed with another key": {"key": OTHER_KEY},
    "signed with our own secret": {"header": {"alg": "HS256"}, "key": OctKey.import_key(CLIENT_SECRET)},
    "not signed": {"token": "eyJhbGciOiJub25lIn0.eyJzdWIiOiJtYW5vbiJ9."},
    "no token": {"token": "nonsense"},
}


@pytest.mark.parametrize("said", WRONG.values(), ids=WRONG)
async def test_what_is_wrong_opens_nothing(site: Site, provider: Provider, said: dict[str, Any]) -> None:
    for name, value in said.items():
        setattr(provider, name, value)
    came = await comes_back(site, provider)
    assert came.status_code == 422 and "n’a pas abouti" in came.text
    assert await site.db.read(sessions) == 0


@pytest.mark.parametrize(
    "metadata",
    [{"issuer": "https://elsewhere.example"}, {"token_endpoint": "http://elsewhere.example/token"}, {"jwks_uri": None}],
)
async def test_a_house_that_says_it_is_another_is_not_gone_to(site: Site, provider: Provider, metadata: Any) -> None:
    provider.metadata = metadata
    async with httpx2.AsyncClient(base_url=site.url, headers={"accept-language": "fr"}) as client:
        stays = await client.get("/sign-in/provider")
    assert stays.status_code == 422 and "ne répond pas" in stays.text


async def test_only_the_browser_that_went_comes_back(site: Site, provider: Provider) -> None:
    """[10.1.2] A link that signs somebody in as another is worth nothing."""
    async with leaving(site, provider) as (client, sent), leaving(site, provider) as (other, _):
        good = {"code": "c", "state": sent["state"]}
        async with httpx2.AsyncClient(base_url=site.url) as stranger:
            assert (await stranger.get("/sign-in/provider/back", params=good)).status_code == 422
        assert (await other.get("/sign-in/provider/back", params=good)).status_code == 422
        for wrong in ({"state": ""}, {"state": "é"}, {"code": ""}, {"iss": "https://elsewhere.example"}):
            assert (await client.get("/sign-in/provider/back", params=good | wrong)).status_code == 422
            client.cookies.set("left", "forgotten", domain="127.0.0.1")
    assert await site.db.read(sessions) == 0
    assert provider.redeemed == []


async def test_without_settings_there_is_no_such_door(sqlite_url: str, clock: SteppedClock) -> None:
    async with running_site(sqlite_url, clock) as site, site.client() as client:
        for path in ("/sign-in/provider", "/sign-in/provider/back?code=c&state=s"):
            assert (await client.get(path)).status_code == 404
        assert "Continuer avec" not in (await client.get("/sign-in")).text


def test_the_secret_is_in_no_description() -> None:
    assert CLIENT_SECRET not in json.dumps(repr(Provider()))
