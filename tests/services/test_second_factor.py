"""Confirming a second time: codes once, wrong ones counted, ways that come and go. Ids are those of OWASP ASVS 5.0."""

import asyncio
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain import authenticator as app
from jobdating.domain.errors import NotFound, SecondFactorNeeded, SignInNeeded, TooMany
from jobdating.domain.policy import SYSTEM, Actor
from jobdating.queries import second_factor as query
from jobdating.services import authenticator, second_factor, sessions, tokens
from jobdating.services.second_factor import Added
from jobdating.services.sessions import Session
from tests.factories import make_account, make_fair, make_organiser, make_recruiter, make_stand

KEY = "a key that only these tests know, long enough"
NOW = datetime(2027, 6, 1, 8, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)


async def opened(db: Database, account_id: int, *, now: datetime = NOW) -> Session:
    """A session as the mail opens it."""
    secret, _ = await db.write(sessions.open, account_id, now=now)
    return await resolved(db, secret, now=now)


async def resolved(db: Database, secret: str, *, now: datetime = NOW) -> Session:
    found: Session | None = await db.read(sessions.resolve, secret, now=now)
    assert found is not None
    return found


async def with_app(db: Database, session: Session, *, now: datetime = NOW) -> tuple[pyotp.TOTP, Added]:
    """Add the app that the session is offered."""
    totp = pyotp.TOTP(app.offer(session.id, email="", key=KEY).key)
    added: Added | None = await db.write(authenticator.add, session, totp.at(now), key=KEY, now=now)
    assert added is not None
    return totp, added


async def confirmed(db: Database, session: Session, code: str, *, now: datetime = LATER) -> str | None:
    return await db.write(authenticator.confirm, session, code, key=KEY, now=now)


@pytest.fixture
async def account_id(db: Database) -> int:
    return await db.write(make_account)


async def test_adding_an_app_confirms_and_gives_ten_codes(db: Database, account_id: int) -> None:
    session = await opened(db, account_id)
    _, added = await with_app(db, session)
    assert len(set(added.codes)) == 10
    held = await resolved(db, added.secret)
    assert held.second_factor_at == NOW and held.account_id == account_id


async def test_an_app_that_shows_another_code_is_not_added(db: Database, account_id: int) -> None:
    session = await opened(db, account_id)
    assert await db.write(authenticator.add, session, "000000", key=KEY, now=NOW) is None
    assert not (await db.read(query.ways, account_id)).any


async def test_session_is_another_one_once_it_holds_the_factor(db: Database, account_id: int) -> None:
    """[7.2.4] The cookie that was there before confirming opens nothing afterwards."""
    secret, csrf = await db.write(sessions.open, account_id, now=NOW)
    _, added = await with_app(db, await resolved(db, secret))
    assert await db.read(sessions.resolve, secret, now=NOW) is None
    held = await resolved(db, added.secret)
    assert held.csrf != csrf
    assert held.expires_at == NOW + sessions.LASTS


async def test_a_code_confirms_once(db: Database, account_id: int) -> None:
    """[6.5.1] Whoever looks over a shoulder is too late."""
    totp, _ = await with_app(db, await opened(db, account_id))
    first, second = await opened(db, account_id), await opened(db, account_id)
    assert await confirmed(db, first, totp.at(LATER)) is not None
    assert await confirmed(db, second, totp.at(LATER)) is None
    assert await confirmed(db, second, totp.at(LATER - timedelta(seconds=30))) is None
    later = LATER + timedelta(seconds=30)
    assert await confirmed(db, second, totp.at(later), now=later) is not None


async def test_of_twenty_devices_with_one_code_one_confirms(db: Database, account_id: int) -> None:
    totp, _ = await with_app(db, await opened(db, account_id))
    devices = [await opened(db, account_id) for _ in range(20)]
    codes = await asyncio.gather(*(confirmed(db, device, totp.at(LATER)) for device in devices), return_exceptions=True)
    assert sum(isinstance(code, str) for code in codes) == 1


async def test_clock_that_is_half_a_minute_off_is_forgiven_and_a_minute_is_not(db: Database, account_id: int) -> None:
    totp, _ = await with_app(db, await opened(db, account_id))
    early = LATER - timedelta(seconds=30)
    assert await confirmed(db, await opened(db, account_id), totp.at(LATER - timedelta(minutes=1))) is None
    assert await confirmed(db, await opened(db, account_id), totp.at(early)) is not None
    assert await confirmed(db, await opened(db, account_id), totp.at(LATER + timedelta(minutes=1))) is None


async def test_sixth_guess_waits_whatever_it_is(db: Database, account_id: int) -> None:
    """[6.3.1] Guesses of all devices count together, sent at once or one by one."""
    totp, added = await with_app(db, await opened(db, account_id))
    devices = [await opened(db, account_id) for _ in range(5)]
    assert await asyncio.gather(*(confirmed(db, device, "000000") for device in devices)) == [None] * 5
    for right in (totp.at(LATER), added.codes[0]):
        with pytest.raises(TooMany) as refusal:
            await confirmed(db, devices[0], right)
        assert refusal.value.params["retry_after"] == 15 * 60
    later = LATER + timedelta(minutes=15)
    assert await confirmed(db, devices[0], totp.at(later), now=later) is not None


async def test_right_code_forgets_the_wrong_ones(db: Database, account_id: int) -> None:
    totp, _ = await with_app(db, await opened(db, account_id))
    device = await opened(db, account_id)
    for _ in range(4):
        assert await confirmed(db, device, "000000") is None
    assert await confirmed(db, device, totp.at(LATER)) is not None
    device = await opened(db, account_id)
    for _ in range(4):
        assert await confirmed(db, device, "000000") is None


async def test_code_on_paper_works_once_however_it_is_typed(db: Database, account_id: int) -> None:
    """[6.5.1]"""
    _, added = await with_app(db, await opened(db, account_id))
    typed = f" {added.codes[3].upper().replace('-', ' ')} "
    assert await confirmed(db, await opened(db, account_id), typed) is not None
    assert await confirmed(db, await opened(db, account_id), added.codes[3]) is None
    assert (await db.read(query.ways, account_id)).codes == 9


async def test_codes_of_another_account_are_worth_nothing(db: Database, account_id: int) -> None:
    other = await db.write(make_account)
    totp, added = await with_app(db, await opened(db, account_id))
    await with_app(db, await opened(db, other))
    device = await opened(db, other)
    assert await confirmed(db, device, added.codes[0]) is None
    assert await confirmed(db, device, totp.at(LATER)) is None


async def test_neither_key_nor_codes_can_be_read_in_the_database(db: Database, account_id: int) -> None:
    """[6.5.2]"""
    session = await opened(db, account_id)
    totp, added = await with_app(db, session)

    def everything(tx: Connection) -> str:
        return repr([tx.execute(select(table)).all() for table in t.metadata.sorted_tables])

    kept = await db.read(everything)
    plain = [code.replace("-", "") for code in added.codes]
    assert not [secret for secret in (totp.secret, added.secret, *added.codes, *plain) if secret in kept]


async def test_second_way_is_added_only_by_who_holds_the_first(db: Database, account_id: int) -> None:
    """Who reads the mailbox alone adds nothing, removes nothing and gets no codes."""
    _, added = await with_app(db, await opened(db, account_id))
    thief = await opened(db, account_id)
    for attempt in (
        db.write(authenticator.add, thief, "000000", key=KEY, now=NOW),
        db.write(authenticator.remove, thief, now=NOW),
        db.write(second_factor.renew_codes, thief, key=KEY, now=NOW),
    ):
        with pytest.raises(SecondFactorNeeded):
            await attempt
    owner = await resolved(db, added.secret)
    codes = await db.write(second_factor.renew_codes, owner, key=KEY, now=NOW)
    assert await confirmed(db, thief, added.codes[0]) is None
    assert await confirmed(db, thief, codes[0]) is not None


async def test_removing_the_last_way_begins_anew_everywhere(db: Database, account_id: int) -> None:
    totp, added = await with_app(db, await opened(db, account_id))
    elsewhere = await confirmed(db, await opened(db, account_id), totp.at(LATER))
    assert elsewhere is not None
    await db.write(authenticator.remove, await resolved(db, added.secret), now=LATER)
    assert (await db.read(query.ways, account_id)) == query.Ways((), None, 0)
    for secret in (added.secret, elsewhere):
        assert (await resolved(db, secret)).second_factor_at is None
    with pytest.raises(NotFound):
        await db.write(authenticator.remove, await resolved(db, added.secret), now=LATER)


async def test_a_session_that_is_over_cannot_come_to_hold_it(db: Database, account_id: int) -> None:
    totp, _ = await with_app(db, await opened(db, account_id))
    device = await opened(db, account_id)
    await db.write(sessions.close_all, account_id, now=LATER)
    with pytest.raises(SignInNeeded):
        await confirmed(db, device, totp.at(LATER))


class People:
    """A recruiter of a fair, one of another fair, and who may help them."""

    def __init__(self, tx: Connection) -> None:
        here, there = make_fair(tx), make_fair(tx)
        self.fair_id = here
        self.recruiter = make_recruiter(tx, make_stand(tx, here))
        self.elsewhere = make_recruiter(tx, make_stand(tx, there))
        self.organiser = make_organiser(tx, here)
        self.colleague = make_organiser(tx, here)
        self.stranger = make_organiser(tx, there)
        self.administrator = Actor(make_account(tx, administrator=True), administrator=True)


async def resets(db: Database, by: Actor, whom: Actor, fair_id: int) -> bool:
    """Whether `by` may make `whom` begin anew; done when they may."""
    assert whom.account_id is not None
    try:
        await db.write(second_factor.reset, by, account_id=whom.account_id, fair_id=fair_id, now=NOW)
    except NotFound:
        return False
    return True


async def test_lost_device_is_reset_by_who_answers_for_the_person(db: Database) -> None:
    people = await db.write(People)
    allowed = {
        (name, whom)
        for name, by in vars(people).items()
        for whom in ("recruiter", "elsewhere", "colleague", "administrator")
        if isinstance(by, Actor) and await resets(db, by, getattr(people, whom), people.fair_id)
    }
    everybody = {"recruiter", "elsewhere", "colleague", "administrator"}
    assert allowed == {("organiser", "recruiter"), ("colleague", "recruiter")} | {
        ("administrator", whom) for whom in everybody
    }
    assert await resets(db, SYSTEM, people.colleague, people.fair_id)


async def test_after_a_reset_nothing_of_before_is_good_and_it_is_written_down(db: Database) -> None:
    """[16.2]"""
    people = await db.write(People)
    account_id = people.recruiter.account_id
    assert account_id is not None
    totp, added = await with_app(db, await opened(db, account_id))
    token = await db.write(tokens.make, account_id, name="robot", now=NOW)
    assert await resets(db, people.organiser, people.recruiter, people.fair_id)
    assert await db.read(sessions.resolve, added.secret, now=NOW) is None
    assert await db.read(tokens.resolve, token, now=NOW) is None
    device = await opened(db, account_id)
    assert await confirmed(db, device, totp.at(LATER)) is None
    assert await confirmed(db, device, added.codes[0]) is None

    def written(tx: Connection) -> list[tuple[int | None, int | None, object]]:
        j = t.journal.c
        query = select(j.fair_id, j.account_id, j.data).where(j.kind == "SecondFactorChanged").order_by(j.id.desc())
        return [(row.fair_id, row.account_id, row.data["change"]) for row in tx.execute(query.limit(1))]

    assert await db.read(written) == [(people.fair_id, people.organiser.account_id, "reset")]
