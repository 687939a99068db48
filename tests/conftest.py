"""What tests stand on: real databases, a real server, a real browser; time only moves when a test moves it."""

import os
import shutil
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.async_api import Browser, Page, async_playwright, expect
from sqlalchemy import make_url

from jobdating.clock import SteppedClock
from jobdating.db.engine import Database, open_database
from jobdating.db.migrations import migrate
from tests.canaries import watched_log
from tests.factories import BEFORE
from tests.postgresql import running_postgresql
from tests.site import Site, running_site

OpenPage = Callable[..., Awaitable[Page]]

PATIENCE = 20_000  # milliseconds that a page may take on a busy machine
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that take long go first, so that none of them is left when the other processes have nothing more to do."""
    items.sort(key=lambda item: item.get_closest_marker("timeout") is None)


@pytest.fixture(scope="session", autouse=True)
def log_that_names_nobody() -> Iterator[None]:
    """Whatever the tests do, the product's log never names anybody; the run fails at its end where it did."""
    with watched_log():
        yield


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL whose database `template` is migrated and empty; one for each test process."""
    with running_postgresql() as server:
        name = f"template_{uuid.uuid4().hex}"
        _run(server, f"CREATE DATABASE {name}")
        url = _with_database(server, name)
        migrate(url)
        yield url
        _run(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(sqlite: Path, tmp_path: Path) -> str:
    """A fresh SQLite database."""
    return f"sqlite:///{shutil.copy(sqlite, tmp_path / 'fair.db')}"


@pytest.fixture
def postgresql_url(postgresql: str) -> Iterator[str]:
    """A fresh PostgreSQL database."""
    name = f"test_{uuid.uuid4().hex}"
    _run(postgresql, f"CREATE DATABASE {name} TEMPLATE {make_url(postgresql).database}", database="postgres")
    yield _with_database(postgresql, name)
    _run(postgresql, f"DROP DATABASE {name} WITH (FORCE)", database="postgres")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database, on each of the two kinds."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    """An open database, on each of the two kinds."""
    opened = open_database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> SteppedClock:
    """The fair's time: before its first day, while booking is open."""
    return SteppedClock(BEFORE)


@pytest.fixture
async def site(sqlite_url: str, clock: SteppedClock) -> AsyncIterator[Site]:
    """The product on a real port, on SQLite, with `clock` as its time."""
    async with running_site(sqlite_url, clock) as site:
        yield site


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium, once for each test process."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
            args=[
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--no-first-run",
                "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
            ],
        )  # fmt: skip
        yield browser
        await browser.close()


@pytest.fixture
async def open_page(browser: Browser, site: Site) -> AsyncIterator[OpenPage]:
    """`await open_page("/path", actor, width=390, …)`: a page of its own browser context, signed in as `actor`.

    A fault in a script or a 5xx answer fails the test at its end.
    """
    faults: list[str] = []
    async with AsyncExitStack() as stack:

        async def open_(
            path: str = "/",
            actor: Any = None,
            *,
            width: int = 390,
            height: int = 844,
            base: str | None = None,
            **options: Any,
        ) -> Page:
            context = await browser.new_context(
                base_url=base or site.url, viewport={"width": width, "height": height}, locale="fr-FR", **options
            )
            stack.push_async_callback(context.close)
            context.set_default_timeout(PATIENCE)
            if actor is not None:
                cookies = await site.sign_in(actor)
                await context.add_cookies(
                    [{"name": n, "value": v, "url": base or site.url} for n, v in cookies.items()]
                )
            page = await context.new_page()
            page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
            page.on(
                "response",
                lambda answer: faults.append(f"{answer.url}: {answer.status}") if answer.status >= 500 else None,
            )
            await page.goto(path)
            return page

        yield open_
    assert not faults


def _run(url: str, statement: str, database: str | None = None) -> None:
    with psycopg.connect(_with_database(url, database) if database else url, autocommit=True) as connection:
        connection.execute(statement.encode())


def _with_database(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)
