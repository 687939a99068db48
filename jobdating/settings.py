"""The only reader of the environment: where the database is, who we are to the world, and our secret."""

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
    return Settings(url, public_url, secret, demo, environment)


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
