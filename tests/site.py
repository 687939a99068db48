"""The product on a real port, in this process: what web, realtime and browser tests speak to."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from sqlalchemy import Connection
from starlette.applications import Starlette

from jobdating.app import Worker, create_app
from jobdating.clock import Clock, WallClock  # sessions and tokens live by wall time
from jobdating.db.engine import Database
from jobdating.domain.policy import Actor
from jobdating.services import sessions, tokens
from jobdating.serving import server_for
from jobdating.settings import Environment, Settings
from jobdating.web.visit import COOKIE

PATIENCE = 30.0  # seconds that an answer may take on a busy machine
SECRET = "a secret that only the tests know, long enough"


@dataclass(frozen=True)
class Site:
    """A running product. `db` is the server's own."""

    url: str
    app: Starlette
    clock: Clock

    @property
    def db(self) -> Database:
        found: Database = self.app.state.house.db
        return found

    async def sign_in(self, actor: Actor) -> dict[str, str]:
        """Cookies of a new session of the actor's account."""
        secret, _ = await self._open(actor)
        return {COOKIE: secret}

    async def token(self, actor: Actor) -> str:
        """A bearer token of the actor's account."""
        made: str = await self.db.write(tokens.make, _account(actor), name="tests", now=WallClock().now())
        return made

    @asynccontextmanager
    async def client(self, actor: Actor | None = None, **options: Any) -> AsyncIterator[httpx2.AsyncClient]:
        """A client with the actor's session, and its form token in every request."""
        options.setdefault("timeout", PATIENCE)
        headers: dict[str, str] = {"accept-language": "fr"}
        cookies: dict[str, str] = {}
        if actor is not None:
            secret, csrf = await self._open(actor)
            cookies, headers["x-csrf-token"] = {COOKIE: secret}, csrf
        async with httpx2.AsyncClient(base_url=self.url, cookies=cookies, headers=headers, **options) as client:
            yield client

    async def _open(self, actor: Actor) -> tuple[str, str]:
        """A session that holds the second factor, as its owner has it once they have confirmed."""
        now = WallClock().now()
        opened: tuple[str, str] = await self.db.write(
            sessions.open, _account(actor), agent="tests", now=now, second_factor=True
        )
        return opened


def settings_for(database_url: str, url: str, **environment: Any) -> Settings:
    """Settings as a test wants them, without reading the environment."""
    values = Environment.model_construct(**{**_defaults(), "database_url": database_url, **environment})
    return Settings(database_url, url, SECRET, bool(environment.get("demo", False)), values)


@asynccontextmanager
async def running_site(
    database_url: str,
    clock: Clock,
    *,
    workers: Sequence[Worker] = (),
    public_url: str | None = None,
    host: str = "127.0.0.1",
    **environment: Any,
) -> AsyncIterator[Site]:
    """Start the product on a free port and stop it at the end.

    `public_url` is another address it is known by, `host` another name of this machine.
    """
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        url = f"http://{host}:{listener.getsockname()[1]}"
        app = create_app(settings_for(database_url, public_url or url, **environment), clock=clock, workers=workers)
        app.state.server = server = server_for(app, "127.0.0.1", listener.getsockname()[1])
        task = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:
            if task.done():
                await task
            await asyncio.sleep(0.005)
        try:
            yield Site(url, app, clock)
        finally:
            server.should_exit = True
            await task


def _account(actor: Actor) -> int:
    assert actor.account_id is not None
    return actor.account_id


def _defaults() -> dict[str, Any]:
    return {name: field.default for name, field in Environment.model_fields.items()}


async def insert(site: Site, make: Any, *args: Any, **values: Any) -> Any:
    """Run a factory on the site's database."""

    def run(tx: Connection) -> Any:
        return make(tx, *args, **values)

    return await site.db.write(run)
