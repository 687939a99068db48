"""The composition root: settings, clock and database become a running application."""

import gc
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager as Running
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp

from jobdating.clock import Clock, WallClock
from jobdating.db.engine import Database, Unavailable, open_database
from jobdating.db.migrations import migrate
from jobdating.domain.errors import DomainError
from jobdating.outbox import worker
from jobdating.outbox.transport import Mailbox, Smtp, Transport
from jobdating.realtime import collector, presence, relay, timekeeping
from jobdating.rendering import mail
from jobdating.settings import Settings
from jobdating.web import refusals
from jobdating.web.access import Access
from jobdating.web.guards import ensure_guarded
from jobdating.web.headers import Headers
from jobdating.web.house import House
from jobdating.web.routes import WITHOUT_GUARD, routes
from jobdating.web.too_large import TooLarge

MAX_BODY = 1_000_000  # bytes; routes that take a file allow more

Worker = Callable[[House], Running[None]]


class Application(Starlette):
    """An application whose every answer has our headers: those to faults and unknown paths too."""

    def __init__(self, public_url: str, *, access_log: bool = False, **options: Any) -> None:
        self._public_url = public_url
        self._access_log = access_log
        super().__init__(**options)

    def build_middleware_stack(self) -> ASGIApp:
        inner = Headers(super().build_middleware_stack(), public_url=self._public_url)
        return Access(inner) if self._access_log else inner


def create_app(settings: Settings, *, clock: Clock | None = None, workers: Sequence[Worker] = ()) -> Starlette:
    """An application ready to serve. `workers` run beside it (the demo's crowd). Raises Unguarded."""
    served = routes(demo=settings.demo)
    ensure_guarded(served, but=WITHOUT_GUARD)
    migrate(settings.database_url)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        home = House(settings, clock or WallClock(), open_database(settings.database_url))
        app.state.house = home
        async with AsyncExitStack() as running:
            running.push_async_callback(home.db.close)
            for worker in (*_own_workers(), *workers):
                await running.enter_async_context(worker(home))
            gc.collect()
            gc.freeze()
            yield

    return Application(
        settings.public_url,
        access_log=settings.environment.access_log,
        routes=served,
        lifespan=lifespan,
        middleware=[Middleware(TooLarge), Middleware(RequestBodyLimitMiddleware, max_body_size=MAX_BODY)],
        exception_handlers={
            DomainError: refusals.refuse,
            HTTPException: refusals.refuse,
            Unavailable: refusals.refuse,
            ClientDisconnect: refusals.gone,
            Exception: refusals.unexpected,
        },
    )


def _own_workers() -> list[Worker]:
    """What every server runs beside its requests: relay, timekeeper, outbox."""
    return [_live, _timekeeper, _outbox]


@asynccontextmanager
async def _live(home: House) -> AsyncIterator[None]:
    """What happened reaches open pages; who is connected is known; the collector leaves open connections alone."""
    async with relay.running(home.db) as home.relay, presence.running(home.db, home.clock) as home.presence:
        home.relay.listeners.append(home.presence.heard)
        async with collector.running(home.relay.hub.__len__):
            yield


@asynccontextmanager
async def _timekeeper(home: House) -> AsyncIterator[None]:
    """What becomes due is done: offers expire, places are passed on, estimates move."""
    async with timekeeping.running(home.db, home.clock):
        yield


@asynccontextmanager
async def _outbox(home: House) -> AsyncIterator[None]:
    """Mail leaves over SMTP; in a demo it stays in a mailbox that can be read; without either it waits."""
    settings = home.settings
    if not settings.demo and not settings.environment.smtp_url:
        logging.getLogger(__name__).warning("JOBDATING_SMTP_URL is not set: mail is written down and waits")
        yield
        return
    transport: Transport = Mailbox() if settings.demo else Smtp(settings.environment.smtp_url or "")
    home.extras["mailbox"] = transport if settings.demo else None
    sender = settings.environment.mail_from
    frame = mail.Frame(settings.public_url, settings.host, sender, settings.secret, home.clock)
    compose = partial(mail.compose, frame=frame)
    async with worker.running(home.db, home.clock, transport, compose=compose, sender=sender):
        yield


__all__ = ["Database", "create_app"]
