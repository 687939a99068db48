"""`jobdating token`, `organiser add` and `organiser reset-factor`, as processes: what they print, what they leave."""

import subprocess
import sys

import httpx2
import pytest
from sqlalchemy import Connection

from jobdating.clock import WallClock
from jobdating.db.engine import open_database
from jobdating.queries import identity
from jobdating.services import accounts, sessions
from tests import factories as make
from tests.server import running_server


def jobdating(*arguments: str, database_url: str, within: float = 60) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "jobdating", *arguments, "--database-url", database_url]
    return subprocess.run(command, capture_output=True, text=True, timeout=within)


def a_fair(tx: Connection) -> None:
    make.make_fair(tx, slug="juin-2027")
    make.make_account(tx, email="ines@candidat.example")


@pytest.fixture
async def url(sqlite_url: str) -> str:
    db = open_database(sqlite_url)
    await db.write(a_fair)
    await db.close()
    return sqlite_url


async def test_the_last_word_of_token_opens_the_api_of_a_running_server(url: str) -> None:
    async with running_server("--database-url", url) as server, httpx2.AsyncClient(base_url=server.url) as client:
        made = jobdating("token", " Ines@candidat.example", database_url=url)
        secret = made.stdout.split()[-1]
        mine = await client.get("/api/v1/bookings", headers={"authorization": f"Bearer {secret}"})
        stranger = await client.get("/api/v1/bookings", headers={"authorization": f"Bearer {secret}x"})
    assert (made.returncode, mine.status_code, stranger.status_code) == (0, 200, 401)


async def test_an_organiser_is_added_once_and_may_organise(url: str) -> None:
    for _ in range(2):
        added = jobdating("organiser", "add", "claire@centre.example", "--fair", "juin-2027", database_url=url)
        assert added.returncode == 0
    db = open_database(url)

    def organises(tx: Connection) -> bool:
        actor = identity.actor(tx, accounts.by_email(tx, "claire@centre.example"))
        return actor.fairs == {fair.id for fair in identity.fairs(tx)}

    assert await db.read(organises)
    await db.close()


@pytest.mark.parametrize(
    "arguments",
    [
        ("token", "nobody@candidat.example"),
        ("organiser", "add", "claire", "--fair", "juin-2027"),
        ("organiser", "add", "claire@centre.example", "--fair", "juin-1999"),
        ("organiser", "reset-factor", "nobody@centre.example"),
    ],
)
async def test_what_cannot_be_done_is_said_in_a_line(url: str, arguments: tuple[str, ...]) -> None:
    refused = jobdating(*arguments, database_url=url)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("jobdating: ")
    assert refused.stderr.count("\n") == 1


async def test_who_lost_their_device_begins_anew(url: str) -> None:
    """[ASVS 6.4.4] An organiser of a fair has nobody above who could do it in a page."""
    db = open_database(url)
    account_id = await db.write(make.make_account, email="claire@centre.example")
    held, _ = await db.write(sessions.open, account_id, now=WallClock().now(), second_factor=True)
    done = jobdating("organiser", "reset-factor", "Claire@centre.example", database_url=url)
    assert (done.returncode, done.stdout.count("\n")) == (0, 1)
    assert await db.read(sessions.resolve, held, now=WallClock().now()) is None
    await db.close()
