"""The only reader of the environment: where the database is, who we are to the world, and our secret."""

import ipaddress
import os
import secrets
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from jobdating.db.engine import path_of

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class SettingsError(Exception):
    """The environment asks for something that would not be safe or cannot work."""


class Environment(BaseSettings):
    """Variables as they are set, `JOBDATING_…`."""

    model_config = SettingsConfigDict(env_prefix="JOBDATING_", extra="ignore")

    database_url: str = Field(default="sqlite:///jobdating.db", repr=False)  # may hold a password
    public_url: str | None = None
    secret: str | None = Field(default=None, repr=False)
    smtp_url: str | None = Field(default=None, repr=False)  # smtp://user:password@host:port
    mail_from: str = "job-dating@localhost"
    jitsi_domain: str = ""
    jitsi_app_id: str = ""
    jitsi_secret: str | None = Field(default=None, repr=False)
    bigbluebutton_url: str = ""
    bigbluebutton_secret: str | None = Field(default=None, repr=False)
    bigbluebutton_hash: Literal["sha256", "sha1", "sha384", "sha512"] = "sha256"  # as the server is set
    insecure: bool = False  # plain http beyond loopback, said out loud
    access_log: bool = False  # a line in the log for each request
    second_factor: Literal["required", "optional"] | None = None  # of who works here; None: required beyond loopback
    oidc_issuer: str = ""  # another house that signs people in: docs/sign-in.md
    oidc_client_id: str = ""
    oidc_client_secret: str | None = Field(default=None, repr=False)
    oidc_name: str = "OpenID"  # what the button calls it
    oidc_second_factor: str = ""  # words of `amr` or `acr` that count as a second factor, separated by commas


@dataclass(frozen=True)
class Settings:
    """What the product runs with. `secret` signs; `demo` opens the doors that only a demo has."""

    database_url: str = field(repr=False)  # may hold a password
    public_url: str
    secret: str = field(repr=False)
    demo: bool
    environment: Environment

    @property
    def secure(self) -> bool:
        return self.public_url.startswith("https:")

    @property
    def host(self) -> str:
        return urlsplit(self.public_url).netloc

    @property
    def second_factor_required(self) -> bool:
        """Whether who works here must have a second factor. Who has one is always asked for it."""
        if self.environment.second_factor is not None:
            return self.environment.second_factor == "required"
        return not self.demo and urlsplit(self.public_url).hostname not in LOOPBACK

    @property
    def passkey_host(self) -> str:
        """The name that passkeys are bound to; "" where the address is a number, which none can be bound to."""
        name = urlsplit(self.public_url).hostname or ""
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return name
        return ""


def load(*, port: int = 8000, database_url: str | None = None, demo: bool = False) -> Settings:
    """Read the environment; what is not set gets a value that is safe on this machine alone.

    Raises SettingsError where production would be unsafe: plain http beyond loopback, a demo in public.
    """
    environment = Environment()
    url = database_url or environment.database_url
    public_url = (environment.public_url or f"http://127.0.0.1:{port}").rstrip("/")
    parts = urlsplit(public_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path:
        raise SettingsError("JOBDATING_PUBLIC_URL is a scheme and a host, for example https://jobdating.example")
    local = parts.hostname in LOOPBACK
    if parts.scheme == "http" and not local and not environment.insecure:
        raise SettingsError("plain http beyond this machine: use https, or say JOBDATING_INSECURE=true")
    if demo and not local:
        raise SettingsError("the demo lets anybody in: it is served on this machine only")
    secret = environment.secret or _own_secret(url)
    if len(secret) < 32:
        raise SettingsError("JOBDATING_SECRET is shorter than 32 characters")
    _ensure_oidc(environment)
    return Settings(url, public_url, secret, demo, environment)


def _ensure_oidc(environment: Environment) -> None:
    """What another house vouches for reaches us unread and unchanged."""
    if not environment.oidc_issuer:
        return
    parts = urlsplit(environment.oidc_issuer)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise SettingsError("JOBDATING_OIDC_ISSUER is an https address")
    if not environment.oidc_client_id or not environment.oidc_client_secret:
        raise SettingsError("with JOBDATING_OIDC_ISSUER, JOBDATING_OIDC_CLIENT_ID and _CLIENT_SECRET are set too")


def _own_secret(url: str) -> str:
    """A secret made once and kept beside the database, readable by its owner only."""
    path = path_of(url)
    if path is None:
        raise SettingsError("with PostgreSQL, JOBDATING_SECRET must be set: every process signs with the same one")
    file = path.with_name(path.name + ".secret")
    if file.exists():
        if file.stat().st_mode & 0o077:
            raise SettingsError(f"{file.name} can be read by others: set its mode to 600")
        return file.read_text().strip()
    secret = secrets.token_urlsafe(48)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(secret)
    return secret
