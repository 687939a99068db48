"""Under 15, no place is taken before a parent has agreed, and the yes is the parent's alone. [ASVS 6.5.1, 6.5.5]"""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain.errors import ConsentNeeded, Invalid, TooMany
from jobdating.domain.policy import SYSTEM, Actor
from jobdating.domain.privacy import Permission
from jobdating.domain.states import AgeBand, Origin
from jobdating.services import booking, consent, parent, queue, waitlist
from jobdating.services.consent import Answer
from tests import factories as make
from tests.contents import everything

KEY = "k" * 40
MOTHER = "mere@famille.example"
NOW = make.BEFORE
YES = Answer(AgeBand.UNDER_15, "J’accepte.", MOTHER)


class Scene:
    """A fair with a stand and somebody of 14 who has not answered yet."""

    def __init__(self, tx: Connection) -> None:
        self.fair = make.make_fair(tx)
        self.stand = make.make_stand(tx, self.fair)
        self.slots = make.make_slots(tx, self.stand)
        self.tom = make.make_candidate(tx, self.fair, permission=Permission.ASKED.value)
        self.organiser = make.make_organiser(tx, self.fair)
        self.candidate = self.tom.candidates[self.fair]


@pytest.fixture
async def scene(db: Database) -> Scene:
    return await db.write(Scene)


async def say_yes(db: Database, scene: Scene, answer: Answer = YES) -> Permission:
    return await db.write(
        consent.give, scene.tom, candidate_id=scene.candidate, answer=answer, key=KEY, wall=NOW, now=NOW
    )


async def code(db: Database) -> str:
    """What the last mail to a parent says."""
    last = select(t.parents.c.nonce).order_by(t.parents.c.id.desc()).limit(1)
    return parent.code_of(await db.read(lambda tx: tx.execute(last).scalar_one()), key=KEY)


async def typed(db: Database, digits: str, *, wall=NOW) -> str | None:  # type: ignore[no-untyped-def]
    return await db.write(parent.open_with_code, digits, email=MOTHER, key=KEY, wall=wall)


async def reply(db: Database, browser: str, *, agreed: bool, wall=NOW) -> tuple[int, Permission]:  # type: ignore[no-untyped-def]
    return await db.write(parent.answer, browser, agreed=agreed, wording="J’accepte, parent.", wall=wall, now=NOW)


async def permission(db: Database, scene: Scene) -> str:
    mine = select(t.candidates.c.permission).where(t.candidates.c.id == scene.candidate)
    return await db.read(lambda tx: tx.execute(mine).scalar_one())


async def test_nobody_takes_a_place_before_the_parent_agrees(db: Database, scene: Scene) -> None:
    assert await say_yes(db, scene) is Permission.PARENT_ASKED
    who, slot = scene.tom, scene.slots[0]
    mine: dict[str, Any] = {"candidate_id": scene.candidate, "slot_id": slot, "now": NOW}
    until = NOW + timedelta(hours=1)
    for refused in (
        db.write(booking.book, who, slot_id=slot, now=NOW),
        db.write(booking.book, scene.organiser, **mine),
        db.write(booking.hold, SYSTEM, **mine, origin=Origin.WAITLIST, expires_at=until),
        db.write(booking.invite, scene.organiser, **mine),
        db.write(waitlist.join, who, stand_id=scene.stand, now=NOW),
        db.write(queue.join, who, stand_id=scene.stand, now=make.MORNING),
    ):
        with pytest.raises(ConsentNeeded):
            await refused
    browser = await typed(db, await code(db))
    assert await reply(db, browser or "", agreed=True) == (scene.candidate, Permission.GIVEN)
    assert (await db.write(booking.book, who, slot_id=slot, now=NOW)).slot_id == slot
    given = await db.read(lambda tx: tx.execute(select(t.consents).order_by(t.consents.c.id)).all())
    assert [(row.kind, row.given_by) for row in given][1] == ("parent", MOTHER)
    assert given[1].wording == "J’accepte, parent."


async def test_the_code_works_once_in_the_one_browser_it_was_typed_in(db: Database, scene: Scene) -> None:
    await say_yes(db, scene)
    digits = await code(db)
    opened = await asyncio.gather(*(typed(db, digits) for _ in range(20)))
    (browser,) = [secret for secret in opened if secret]
    with pytest.raises(parent.AnswerExpired):
        await reply(db, "another browser", agreed=True)
    assert await permission(db, scene) == Permission.PARENT_ASKED
    replies = await asyncio.gather(*(reply(db, browser, agreed=True) for _ in range(10)), return_exceptions=True)
    assert len([each for each in replies if not isinstance(each, parent.AnswerExpired)]) == 1


async def test_five_guesses_and_no_more(db: Database, scene: Scene) -> None:
    await say_yes(db, scene)
    digits = await code(db)
    wrong = f"{(int(digits) + 1) % 10**8:08d}"
    assert [await typed(db, wrong) for _ in range(5)] == [None] * 5
    assert await typed(db, digits) is None


async def test_code_and_answer_end_by_themselves(db: Database, scene: Scene) -> None:
    await say_yes(db, scene)
    digits = await code(db)
    assert await typed(db, digits, wall=NOW + parent.LASTS) is None
    browser = await typed(db, digits)
    with pytest.raises(parent.AnswerExpired):
        await reply(db, browser or "", agreed=True, wall=NOW + parent.ANSWER_LASTS)


async def test_nothing_that_is_mailed_can_be_read_in_the_database(db: Database, scene: Scene) -> None:
    await say_yes(db, scene)
    digits = await code(db)
    browser = await typed(db, digits)
    held = await db.read(everything)
    assert MOTHER in held and digits not in held and (browser or "") not in held


async def test_a_no_gives_back_the_places_and_a_later_yes_opens_the_door_again(db: Database, scene: Scene) -> None:
    """A place from the timetable, before anybody was asked; the parent says no, then asks for another code."""
    made = await db.write(booking.book, scene.organiser, slot_id=scene.slots[0], candidate_id=scene.candidate, now=NOW)
    await say_yes(db, scene)
    await reply(db, await typed(db, await code(db)) or "", agreed=False)
    assert await permission(db, scene) == Permission.PARENT_REFUSED
    state = select(t.bookings.c.state).where(t.bookings.c.id == made.id)
    assert await db.read(lambda tx: tx.execute(state).scalar_one()) == "cancelled"

    await db.write(parent.ask_again, email=MOTHER, key=KEY, wall=NOW + timedelta(hours=2), now=NOW)
    later = NOW + timedelta(hours=2)
    await reply(db, await typed(db, await code(db), wall=later) or "", agreed=True, wall=later)
    assert await permission(db, scene) == Permission.GIVEN


async def test_a_child_cannot_ask_themselves_nor_grow_older(db: Database, scene: Scene) -> None:
    own = await db.read(lambda tx: tx.execute(
        select(t.accounts.c.email).where(t.accounts.c.id == scene.tom.account_id)).scalar_one())  # fmt: skip
    with pytest.raises(Invalid) as refused:
        await say_yes(db, scene, Answer(AgeBand.UNDER_15, "J’accepte.", own.upper()))
    assert refused.value.params["fields"] == {"parent_email": "own_address"}
    await say_yes(db, scene)
    with pytest.raises(Invalid) as refused:
        await say_yes(db, scene, Answer(AgeBand.FROM_15_TO_17, "J’accepte."))
    assert refused.value.params["fields"] == {"age_band": "age_fixed"}


async def test_a_parent_is_not_written_to_without_end(db: Database, scene: Scene) -> None:
    for _ in range(parent.PER_CANDIDATE.count):
        await say_yes(db, scene)
    with pytest.raises(TooMany) as refused:
        await say_yes(db, scene)
    assert refused.value.params["retry_after"] == 3600


async def test_only_who_was_asked_gets_another_code(db: Database, scene: Scene) -> None:
    await db.write(parent.ask_again, email="inconnu@famille.example", key=KEY, wall=NOW, now=NOW)
    assert await db.read(lambda tx: tx.execute(select(t.outbox.c.id)).all()) == []


async def test_an_age_that_organisers_correct_lets_them_in(db: Database, scene: Scene) -> None:
    await say_yes(db, scene)
    corrected = {"age_band": AgeBand.FROM_15_TO_17.value, "permission": Permission.ASKED.value}
    mine = t.candidates.c.id == scene.candidate
    await db.write(lambda tx: tx.execute(update(t.candidates).where(mine).values(corrected)) and None)
    assert await say_yes(db, scene, Answer(AgeBand.FROM_15_TO_17, "J’accepte.")) is Permission.GIVEN


async def test_somebody_else_cannot_answer_for_them(db: Database, scene: Scene) -> None:
    from jobdating.domain.errors import NotFound

    for actor in (scene.organiser, Actor(None), SYSTEM):
        with pytest.raises(NotFound):
            await db.write(consent.give, actor, candidate_id=scene.candidate, answer=YES, key=KEY, wall=NOW, now=NOW)
