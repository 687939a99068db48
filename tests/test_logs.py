"""What a server's log holds of people after a morning of theirs: nothing. [ASVS 16.2.5]"""

import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from jobdating.db import tables as t
from jobdating.db.engine import Database, open_database
from jobdating.logs import Lines
from jobdating.services import sessions, tokens
from tests import factories as make
from tests.canaries import CANARIES, Watch
from tests.server import running_server

EMAIL, NOTE, NAME = "canari.adresse@candidat.example", "canari-de-la-note", "Canari-Prénom"


class World:
    """A fair that is running now, by the wall's clock, which a real server has."""

    def __init__(self, tx: Connection) -> None:
        now = datetime.now(UTC)
        fair = make.make_fair(
            tx, slug="ici", first_day=now.date(), last_day=now.date() + timedelta(days=9),
            opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=8),
        )  # fmt: skip
        stand = make.make_stand(tx, fair)
        self.slot = make.make_slots(tx, stand, start=now + timedelta(days=2))[0]
        ines, recruiter = make.make_candidate(tx, fair), make.make_recruiter(tx, stand)
        mine = t.accounts.c.id == ines.account_id
        tx.execute(t.accounts.update().where(mine).values(email=EMAIL, first_name=NAME))
        self.token = tokens.make(tx, ines.account_id or 0, name="robot", now=now)
        self.session, self.csrf = sessions.open(tx, ines.account_id or 0, now=now)
        self.staff, self.staff_csrf = sessions.open(tx, recruiter.account_id or 0, now=now)


async def test_log_names_nobody_and_gives_no_secret_away(sqlite_url: str, tmp_path: Path) -> None:
    db = open_database(sqlite_url)
    world = await db.write(World)
    log = tmp_path / "log"
    with log.open("wb") as stderr:
        async with running_server("--database-url", sqlite_url, stderr=stderr, JOBDATING_ACCESS_LOG="true") as server:
            await _morning(server.url, world)
    browsers = await db.read(lambda tx: [str(row) for row in tx.execute(select(t.sign_ins.c.email))])
    await db.close()
    assert EMAIL in browsers[0]
    said = log.read_text()
    lines = [json.loads(line) for line in said.splitlines()]
    assert "JOBDATING_SMTP_URL is not set" in said  # it is the log
    requests = [line for line in lines if line["logger"] == "jobdating.access"]
    assert {"method": "POST", "route": "/bookings/{booking:int}/{step}", "status": 303}.items() <= {
        **next(line for line in requests if "review" in str(line) or line["route"].startswith("/bookings/"))
    }.items()
    assert {line["route"] for line in requests} >= {"", "/account", "/sign-in/link", "/fairs/{fair}/cockpit"}
    secrets = (EMAIL, NOTE, NAME, world.token, world.session, world.csrf, world.staff, "canari-du-lien", "31415926")
    assert not [secret for secret in secrets if secret in said]


async def _morning(url: str, world: World) -> None:
    async with httpx2.AsyncClient(base_url=url) as nobody:
        assert (await nobody.post("/sign-in", data={"email": EMAIL})).status_code == 303
        assert (await nobody.post("/sign-in/code", data={"email": EMAIL, "code": "31415926"})).status_code == 422
        assert (await nobody.post("/sign-in/link", data={"link": "canari-du-lien"})).status_code == 422
        assert (await nobody.get(f"/account?email={EMAIL}&token={world.token}")).status_code == 303
        assert (await nobody.get(f"/nothing/{EMAIL}")).status_code == 404
    async with httpx2.AsyncClient(base_url=url, headers={"authorization": f"Bearer {world.token}"}) as robot:
        made = await robot.post(f"/api/v1/slots/{world.slot}/bookings")
        assert made.status_code == 201
    cookies, headers = {"session": world.staff}, {"x-csrf-token": world.staff_csrf}
    async with httpx2.AsyncClient(base_url=url, cookies=cookies, headers=headers) as recruiter:
        review = {"note": NOTE, "rating": "3", "next_step": "undecided"}
        assert (await recruiter.post(f"/bookings/{made.json()['id']}/review", data=review)).status_code == 303
        for path in ("/fairs/ici/cockpit", "/bookings/1/nonsense", "/account"):
            await recruiter.get(path)


async def test_a_statement_that_fails_does_not_tell_what_it_was_given(db: Database) -> None:
    def twice(tx: Connection) -> None:
        for _ in range(2):
            make.make_account(tx, email=EMAIL, first_name=NAME)

    with pytest.raises(DBAPIError) as refused:
        await db.write(twice)
    fault = refused.value
    said = Lines().formatException((type(fault), fault, fault.__traceback__))
    assert "INSERT INTO accounts" in said
    assert EMAIL not in said and NAME not in said


def test_what_an_error_repeats_is_not_in_the_log() -> None:
    """Built-in errors say what they were given; their places in the code are enough to find them."""
    try:
        try:
            int(EMAIL)
        except ValueError as error:
            raise KeyError(NAME) from error
    except KeyError as fault:
        raised = (type(fault), fault, fault.__traceback__)
    record = logging.LogRecord("jobdating", logging.ERROR, __file__, 1, "a round failed", None, raised)
    line = json.loads(Lines().format(record))
    assert line["message"] == "a round failed" and line["level"] == "error" and line["at"].endswith("Z")
    assert "KeyError" in line["fault"] and "ValueError" in line["fault"] and "test_logs.py:" in line["fault"]
    assert EMAIL not in line["fault"] and NAME not in line["fault"]


def test_the_watch_over_the_whole_run_sees_a_leak() -> None:
    """What stands in conftest fails the run: here it is shown each kind of leak, and a plain line."""
    watch = Watch()
    for message in (EMAIL, "appelle le 06 39 98 12 34", "jd_" + "a" * 30, CANARIES.note, "mail 12 did not leave"):
        watch.handle(logging.LogRecord("jobdating.outbox", logging.WARNING, __file__, 1, message, None, None))
    watch.handle(logging.LogRecord("httpx2", logging.WARNING, __file__, 1, EMAIL, None, None))  # the tests' own
    assert len(watch.leaks) == 4 and watch.lines == 5
