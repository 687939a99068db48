"""Proving an address: once, within ten minutes, by the browser that asked or by the code."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, func, select

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain.errors import TooMany
from jobdating.services import sign_in
from jobdating.services.sign_in import Asking, Device, LinkElsewhere, LinkExpired, Newcomer, SignedIn
from tests.factories import make_account

KEY = "a key that only these tests know, long enough"
NOW = datetime(2027, 6, 1, 8, tzinfo=UTC)
PHONE = Device("Firefox on a phone", None)
EMAIL = "ines@candidat.example"


async def asked(db: Database, email: str = EMAIL, *, network: str = "192.0.2.1", now: datetime = NOW) -> str:
    """Ask, and give back the browser's secret."""
    return await db.write(sign_in.ask, Asking(email, network, "fr", ""), key=KEY, now=now, due_at=now)


async def nonce(db: Database) -> str:
    """Of the last request: what the mail's link and code are made from."""
    query = select(t.sign_ins.c.nonce).order_by(t.sign_ins.c.id.desc()).limit(1)
    return await db.read(lambda tx: tx.execute(query).scalar_one())


async def link(db: Database) -> str:
    return sign_in.link_of(await nonce(db), key=KEY)


async def code(db: Database) -> str:
    return sign_in.code_of(await nonce(db), key=KEY)


async def typed(
    db: Database, code: str, *, email: str = EMAIL, network: str = "198.51.100.7", now: datetime = NOW
) -> SignedIn | Newcomer | None:
    return await db.write(sign_in.with_code, code, email=email, network=network, device=PHONE, key=KEY, now=now)


def sessions(tx: Connection) -> int:
    return tx.execute(select(func.count()).select_from(t.sessions)).scalar_one()


async def test_link_signs_in_the_browser_that_asked(db: Database) -> None:
    account_id = await db.write(make_account, email=EMAIL)
    browser = await asked(db)
    outcome = await db.write(sign_in.with_link, await link(db), browser=browser, device=PHONE, now=NOW)
    assert isinstance(outcome, SignedIn) and outcome.account_id == account_id


async def test_link_opened_elsewhere_is_refused_and_stays_good(db: Database) -> None:
    await db.write(make_account, email=EMAIL)
    browser = await asked(db)
    for stranger in (None, "", "another browser"):
        with pytest.raises(LinkElsewhere):
            await db.write(sign_in.with_link, await link(db), browser=stranger, device=PHONE, now=NOW)
    assert await db.write(sign_in.with_link, await link(db), browser=browser, device=PHONE, now=NOW)


async def test_fifty_tabs_with_one_link_open_one_session(db: Database) -> None:
    await db.write(make_account, email=EMAIL)
    browser, secret = await asked(db), await link(db)
    outcomes = await asyncio.gather(
        *(db.write(sign_in.with_link, secret, browser=browser, device=PHONE, now=NOW) for _ in range(50)),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, SignedIn) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, LinkExpired) for outcome in outcomes) == 49
    assert await db.read(sessions) == 1


async def test_fifty_browsers_with_one_code_open_one_session(db: Database) -> None:
    await db.write(make_account, email=EMAIL)
    await asked(db)
    outcomes = await asyncio.gather(*(typed(db, digits) for digits in [await code(db)] * 50))
    assert sum(isinstance(outcome, SignedIn) for outcome in outcomes) == 1
    assert await db.read(sessions) == 1


async def test_link_and_code_end_after_ten_minutes(db: Database) -> None:
    await db.write(make_account, email=EMAIL)
    browser = await asked(db)
    late = NOW + timedelta(minutes=10)
    with pytest.raises(LinkExpired):
        await db.write(sign_in.with_link, await link(db), browser=browser, device=PHONE, now=late)
    assert await typed(db, await code(db), now=late) is None
    assert await typed(db, await code(db), now=late - timedelta(seconds=1)) is not None


async def test_code_used_after_the_link_is_refused(db: Database) -> None:
    await db.write(make_account, email=EMAIL)
    browser = await asked(db)
    await db.write(sign_in.with_link, await link(db), browser=browser, device=PHONE, now=NOW)
    assert await typed(db, await code(db)) is None


async def test_sixth_guess_is_not_even_looked_at(db: Database) -> None:
    await db.write(make_account, email=EMAIL)
    browser = await asked(db)
    right = await code(db)
    wrong = f"{(int(right) + 1) % 10**8:08d}"
    assert await asyncio.gather(*(typed(db, wrong) for _ in range(5))) == [None] * 5
    assert await typed(db, right) is None
    # The link of the same mail is not guessable, and still works.
    assert await db.write(sign_in.with_link, await link(db), browser=browser, device=PHONE, now=NOW)


async def test_code_of_another_address_is_refused(db: Database) -> None:
    await asked(db)
    assert await typed(db, await code(db), email="hugo@candidat.example") is None


async def test_nothing_that_is_mailed_is_in_the_database(db: Database) -> None:
    browser = await asked(db)
    secrets = (browser, await link(db), await code(db))

    def everything(tx: Connection) -> str:
        return repr([tx.execute(select(table)).all() for table in (t.sign_ins, t.outbox)])

    kept = await db.read(everything)
    assert not [secret for secret in secrets if secret in kept]


async def test_unknown_address_proves_itself_and_is_a_newcomer(db: Database) -> None:
    browser = await asked(db)
    outcome = await db.write(sign_in.with_link, await link(db), browser=browser, device=PHONE, now=NOW)
    assert isinstance(outcome, Newcomer)
    assert await db.read(sign_in.proved_by, outcome.proof, now=NOW) == EMAIL
    assert await db.read(sign_in.proved_by, browser, now=NOW) is None
    assert await db.write(sign_in.spend_proof, outcome.proof, now=NOW) == EMAIL
    assert await db.write(sign_in.spend_proof, outcome.proof, now=NOW) is None


async def test_signing_in_ends_the_session_the_browser_had(db: Database) -> None:
    await db.write(make_account, email=EMAIL)
    await asked(db)
    first = await typed(db, await code(db))
    assert isinstance(first, SignedIn)
    old = await db.read(lambda tx: tx.execute(select(t.sessions.c.id)).scalar_one())
    browser = await asked(db)
    again = Device("Firefox on a phone", old)
    second = await db.write(sign_in.with_link, await link(db), browser=browser, device=again, now=NOW)
    assert isinstance(second, SignedIn) and second.secret != first.secret
    assert await db.read(sessions) == 1


async def test_one_person_asks_five_times_in_ten_minutes_and_is_told_when_to_come_back(db: Database) -> None:
    for minute in range(5):
        await asked(db, now=NOW + timedelta(minutes=minute))
    with pytest.raises(TooMany) as refusal:
        await asked(db, now=NOW + timedelta(minutes=5))
    assert refusal.value.params["retry_after"] == 5 * 60
    await asked(db, now=NOW + timedelta(minutes=10, seconds=1))


async def test_a_stranger_elsewhere_does_not_lock_a_person_out(db: Database) -> None:
    for _ in range(5):
        await asked(db, network="203.0.113.9")
    with pytest.raises(TooMany):
        await asked(db, network="203.0.113.9")
    await asked(db, network="192.0.2.1")


async def test_school_behind_one_address_signs_in_together(db: Database) -> None:
    def everybody(tx: Connection) -> None:
        for n in range(sign_in.PER_NETWORK.count):
            asking = Asking(f"eleve{n}@lycee.example", "192.0.2.1", "fr", "")
            sign_in.ask(tx, asking, key=KEY, now=NOW, due_at=NOW)

    await db.write(everybody)
    with pytest.raises(TooMany):
        await asked(db, "un.de.trop@lycee.example")
    await asked(db, "ailleurs@lycee.example", network="198.51.100.1")


async def test_who_guesses_is_stopped_wherever_the_mails_were_asked_for(db: Database) -> None:
    """[6.3.1] A mail is asked for from a school; wrong codes come from elsewhere: there they end, and nowhere else."""

    def guess(tx: Connection) -> None:
        for n in range(sign_in.GUESSES_PER_NETWORK.count):
            sign_in.with_code(
                tx, "00000000", email=f"eleve{n}@lycee.example", network="203.0.113.9", device=PHONE, key=KEY, now=NOW
            )

    await asked(db)
    await db.write(guess)
    with pytest.raises(TooMany) as told:
        await typed(db, await code(db), network="203.0.113.9")
    assert told.value.params == {"retry_after": 3600}
    await db.write(make_account, email=EMAIL)
    assert isinstance(await typed(db, await code(db), network="192.0.2.1"), SignedIn)
    later = NOW + sign_in.GUESSES_PER_NETWORK.window
    await asked(db, now=later)
    assert isinstance(await typed(db, await code(db), network="203.0.113.9", now=later), SignedIn)


async def test_guesses_elsewhere_do_not_keep_a_school_out(db: Database) -> None:
    """Five wrong codes at each of fifty pupils who have just asked from school: the school still signs in."""

    def rush(tx: Connection) -> None:
        for n in range(60):
            email = f"eleve{n}@lycee.example"
            sign_in.ask(tx, Asking(email, "192.0.2.1", "fr", ""), key=KEY, now=NOW, due_at=NOW)
            for stranger in range(sign_in.GUESSES):
                sign_in.with_code(
                    tx, "00000000", email=email, network=f"203.0.113.{stranger}", device=PHONE, key=KEY, now=NOW
                )

    await db.write(rush)
    await asked(db)
    assert await typed(db, await code(db), network="192.0.2.1")
