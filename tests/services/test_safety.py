"""Whoever owns an account is told by mail when a way to sign in to it changes, in the transaction that changes it."""

from datetime import UTC, datetime
from typing import Any

import pyotp
import pytest
from sqlalchemy import Connection, insert, select, update

from jobdating.clock import SteppedClock
from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain import authenticator as app
from jobdating.outbox.message import Written
from jobdating.outbox.rows import Row, claim
from jobdating.rendering.mail import Frame, compose
from jobdating.services import authenticator, identities, passkeys, safety, second_factor, sessions, team, tokens
from jobdating.services.identities import Vouched
from jobdating.services.safety import Change
from jobdating.services.second_factor import Added
from jobdating.services.sessions import Session
from jobdating.services.sign_in import Device
from tests import factories as make

KEY = "a key that only these tests know, long enough"
NOW = datetime(2027, 6, 1, 8, tzinfo=UTC)
PHONE = "Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0"
FRAME = Frame("https://jobdating.example", "jobdating.example", "dating@jobdating.example", KEY, SteppedClock(NOW))


class Scene:
    """A recruiter of a fair and its organiser."""

    def __init__(self, tx: Connection) -> None:
        self.fair = make.make_fair(tx)
        self.manon = make.make_recruiter(tx, make.make_stand(tx, self.fair))
        self.claire = make.make_organiser(tx, self.fair)
        self.account = self.manon.account_id or 0
        mine = t.accounts.c.id == self.account
        tx.execute(update(t.accounts).where(mine).values(email="manon@atelier.example"))
        self.recruiter = tx.execute(select(t.recruiters.c.id)).scalar_one()


@pytest.fixture
async def scene(db: Database) -> Scene:
    return await db.write(Scene)


async def opened(db: Database, account_id: int, *, agent: str = PHONE) -> Session:
    secret, _ = await db.write(sessions.open, account_id, now=NOW, agent=agent)
    return await resolved(db, secret)


async def resolved(db: Database, secret: str) -> Session:
    found: Session | None = await db.read(sessions.resolve, secret, now=NOW)
    assert found is not None
    return found


async def with_app(db: Database, session: Session) -> Added:
    totp = pyotp.TOTP(app.offer(session.id, email="", key=KEY).key)
    added: Added | None = await db.write(authenticator.add, session, totp.at(NOW), key=KEY, now=NOW)
    assert added is not None
    return added


async def told(db: Database) -> list[tuple[str, str]]:
    """What changed and whom the mails go to, in their order."""
    rows = select(t.outbox.c.context, t.outbox.c.recipient).where(t.outbox.c.kind == "safety").order_by(t.outbox.c.id)
    return await db.read(lambda tx: [(row.context["change"], row.recipient) for row in tx.execute(rows)])


async def written(db: Database) -> list[Written]:
    """The mails as the worker would send them at the fair's first minute of a past year: they are due by every clock."""

    def write(tx: Connection) -> list[Written]:
        rows = claim(tx, now=datetime(2020, 1, 1, tzinfo=UTC), wall=NOW, count=20)
        return [mail for row in rows if (mail := compose(tx, row, frame=FRAME)) is not None]

    return await db.write(write)


async def test_app_and_codes_come_and_go_and_each_time_the_owner_is_told(db: Database, scene: Scene) -> None:
    added = await with_app(db, await opened(db, scene.account))
    held = await resolved(db, added.secret)
    codes = await db.write(second_factor.renew_codes, held, key=KEY, now=NOW)
    other = await opened(db, scene.account, agent="curl/8 Visit https://evil.example")
    assert await db.write(authenticator.confirm, other, codes[0], key=KEY, now=NOW) is not None
    await db.write(authenticator.remove, held, now=NOW)
    changes = ["app_added", "codes_renewed", "code_used", "app_removed"]
    assert await told(db) == [(change, "manon@atelier.example") for change in changes]

    mails = await written(db)
    assert [mail.subject for mail in mails] == [
        "Une application de codes a été reliée à ce compte",
        "De nouveaux codes sur papier ont été faits pour ce compte",
        "Un code sur papier a servi à ouvrir ce compte",
        "L’application de codes a été retirée de ce compte",
    ]
    assert "mardi 1 juin à 10:00, depuis Firefox, Android" in mails[0].text.replace("\u00a0", " ")
    assert "https://jobdating.example/account" in mails[0].text and "https://jobdating.example/account" in mails[0].html
    assert "un appareil inconnu" in mails[2].text and "evil" not in mails[2].text + mails[2].html
    everything = " ".join(mail.subject + mail.text + mail.html for mail in mails)
    assert not any(code in everything for code in (*codes, *added.codes)) and added.secret not in everything


async def test_a_code_of_the_app_and_a_wrong_one_tell_nobody(db: Database, scene: Scene) -> None:
    await with_app(db, await opened(db, scene.account))
    other = await opened(db, scene.account)
    assert await db.write(authenticator.confirm, other, "abcde-fghjk", key=KEY, now=NOW) is None
    assert await told(db) == [("app_added", "manon@atelier.example")]


async def test_a_passkey_that_goes_is_told(db: Database, scene: Scene) -> None:
    """How one comes is tried in a browser with an authenticator."""
    await with_app(db, session := await opened(db, scene.account))
    values = {"credential": "k", "public_key": b"k", "sign_count": 0, "transports": [], "made_at": NOW}
    kept = insert(t.passkeys).values(account_id=scene.account, **values).returning(t.passkeys.c.id)
    passkey_id = await db.write(lambda tx: tx.execute(kept).scalar_one())
    held = await db.read(lambda tx: sessions.of_account(tx, session.account_id, now=NOW)[0])
    await db.write(passkeys.remove, held, passkey_id=passkey_id, now=NOW)
    assert (await told(db))[-1] == ("passkey_removed", "manon@atelier.example")


async def test_an_organiser_who_resets_the_factor_is_named_as_such(db: Database, scene: Scene) -> None:
    await db.write(team.reset_factor, scene.claire, fair_id=scene.fair, recruiter_id=scene.recruiter, now=NOW)
    assert await told(db) == [("reset", "manon@atelier.example")]
    (mail,) = await written(db)
    assert "par l’organisation" in mail.text


async def test_a_token_is_told_where_a_person_made_it(db: Database, scene: Scene) -> None:
    await db.write(tokens.make, scene.account, name="", now=NOW)
    secret = await db.write(tokens.make, scene.account, name="robot", agent=PHONE, now=NOW)
    assert await told(db) == [("token_made", "manon@atelier.example")]
    (mail,) = await written(db)
    assert secret not in mail.text + mail.html


async def test_another_house_that_opens_the_account_is_told_once(db: Database, scene: Scene) -> None:
    vouched = Vouched("https://house.example", "42", "manon@atelier.example", second_factor=False)
    for _ in range(2):
        await db.write(identities.enter, vouched, device=Device(PHONE, None), now=NOW)
    assert await told(db) == [("provider_linked", "manon@atelier.example")]


async def test_a_change_that_fails_tells_nobody(db: Database, scene: Scene) -> None:
    def change(tx: Connection) -> None:
        tokens.make(tx, scene.account, name="", agent=PHONE, now=NOW)
        raise LookupError

    with pytest.raises(LookupError):
        await db.write(change)
    assert await told(db) == []


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("change", list(Change))
async def test_every_change_has_its_words(db: Database, scene: Scene, change: Change, language: str) -> None:
    def tell(tx: Connection) -> Any:
        tx.execute(update(t.accounts).where(t.accounts.c.id == scene.account).values(language=language))
        safety.tell(tx, scene.account, change, agent=PHONE, wall=NOW)
        columns = [t.outbox.c[name] for name in Row.__dataclass_fields__]
        return compose(tx, Row(**tx.execute(select(*columns)).one()._asdict()), frame=FRAME)

    mail = await db.write(tell)
    assert mail is not None and ("account" if language == "en" else "compte") in mail.subject
