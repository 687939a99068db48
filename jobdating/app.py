"""The composition root: settings, clock and database become a running application."""

import gc
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from contextlib import AbstractAsyncContextManager as Running

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.body_limit import BodyLimitMiddleware  # type: ignore[import-not-found]

from jobdating.clock import Clock, WallClock
from jobdating.db.engine import Database, Unavailable, open_database
from jobdating.db.migrations import migrate
from jobdating.domain.errors import DomainError
from jobdating.settings import Settings
from jobdating.web import refusals
from jobdating.web.headers import Headers
from jobdating.web.house import House
from jobdating.web.routes import routes

Worker = Callable[[House], Running[None]]


def create_app(settings: Settings, *, clock: Clock | None = None, workers: Sequence[Worker] = ()) -> Starlette:
    """An application ready to serve. `workers` run beside it (the demo's crowd)."""
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

    return Starlette(
        routes=routes(demo=settings.demo),
        lifespan=lifespan,
        middleware=[Middleware(Headers, public_url=settings.public_url)],
        exception_handlers={
            DomainError: refusals.refuse,
            HTTPException: refusals.refuse,
            Unavailable: refusals.refuse,
            Exception: refusals.unexpected,
        },
    )


def _own_workers() -> list[Worker]:
    """What every server runs beside its requests: relay, timekeeper, outbox."""
    return []


__all__ = ["Database", "create_app"]
