"""A parent's yes on paper opens the same door as one by mail, and says nothing for the candidate themselves."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, select, update

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain.errors import ConsentNeeded, Invalid, NotFound
from jobdating.domain.policy import SYSTEM, Actor
from jobdating.domain.privacy import Permission
from jobdating.domain.states import AgeBand
from jobdating.services import booking, consent, paper, parent
from jobdating.services.consent import Answer
from jobdating.services.paper import Signed
from tests import factories as make

KEY = "k" * 40
MOTHER = "mere@famille.example"
NOW = datetime(2027, 6, 1, 8, tzinfo=UTC)
SIGNED = Signed(date(2027, 5, 28), "Claire Besnard")
YES = Answer(AgeBand.UNDER_15, "J’accepte.", MOTHER)


class Scene:
    """A fair with a stand, its organiser, another fair's, and somebody of 14 whose centre put them on the list."""

    def __init__(self, tx: Connection) -> None:
        self.fair = make.make_fair(tx)
        self.stand = make.make_stand(tx, self.fair)
        self.slots = make.make_slots(tx, self.stand)
        self.tom = make.make_candidate(tx, self.fair, permission=Permission.ASKED.value, age_band="under_15")
        self.organiser, self.stranger = make.make_organiser(tx, self.fair), make.make_organiser(tx, make.make_fair(tx))
        self.recruiter = make.make_recruiter(tx, self.stand)
        self.candidate = self.tom.candidates[self.fair]


@pytest.fixture
async def scene(db: Database) -> Scene:
    return await db.write(Scene)


async def note(db: Database, scene: Scene, signed: Signed = SIGNED, *, actor: Actor | None = None) -> None:
    await db.write(
        paper.record, actor or scene.organiser, fair_id=scene.fair, candidate_id=scene.candidate, signed=signed,
        wording="J’accepte, parent.", now=NOW,
    )  # fmt: skip


async def undo(db: Database, scene: Scene, *, mistaken: bool, now: datetime = NOW) -> None:
    await db.write(
        paper.take_back, scene.organiser, fair_id=scene.fair, candidate_id=scene.candidate, mistaken=mistaken, now=now
    )


async def say_yes(db: Database, scene: Scene) -> Permission:
    return await db.write(consent.give, scene.tom, candidate_id=scene.candidate, answer=YES, key=KEY, wall=NOW, now=NOW)


async def refuse_by_mail(db: Database, *, now: datetime) -> None:
    nonce = select(t.parents.c.nonce).order_by(t.parents.c.id.desc()).limit(1)
    digits = parent.code_of(await db.read(lambda tx: tx.execute(nonce).scalar_one()), key=KEY)
    browser = await db.write(parent.open_with_code, digits, email=MOTHER, key=KEY, wall=now)
    await db.write(parent.answer, browser or "", agreed=False, wording="", wall=now, now=now)


async def permission(db: Database, scene: Scene) -> str:
    mine = select(t.candidates.c.permission).where(t.candidates.c.id == scene.candidate)
    return await db.read(lambda tx: tx.execute(mine).scalar_one())


async def begin_as(db: Database, scene: Scene, permission: Permission) -> None:
    mine = update(t.candidates).where(t.candidates.c.id == scene.candidate).values(permission=permission.value)
    await db.write(lambda tx: tx.execute(mine).close())


async def noted(db: Database) -> list[str]:
    kinds = select(t.journal.c.data).where(t.journal.c.kind == "PaperChanged").order_by(t.journal.c.id)
    return await db.read(lambda tx: [data["change"] for data in tx.execute(kinds).scalars()])


async def test_who_waits_for_a_parent_may_book_once_the_paper_is_noted(db: Database, scene: Scene) -> None:
    assert await say_yes(db, scene) is Permission.PARENT_ASKED
    with pytest.raises(ConsentNeeded):
        await db.write(booking.book, scene.tom, slot_id=scene.slots[0], now=NOW)
    await note(db, scene)
    assert (await db.write(booking.book, scene.tom, slot_id=scene.slots[0], now=NOW)).slot_id == scene.slots[0]
    held = await db.read(lambda tx: tx.execute(select(t.consents).where(t.consents.c.kind == "parent")).one())
    assert (held.given_by, held.signed_on, held.given_at) == ("Claire Besnard", SIGNED.on, NOW)
    assert (held.wording, held.recorded_by) == ("J’accepte, parent.", scene.organiser.account_id)


async def test_a_paper_before_the_first_visit_leaves_the_own_yes_to_the_candidate(db: Database, scene: Scene) -> None:
    await note(db, scene)
    assert await permission(db, scene) == Permission.ASKED
    assert await say_yes(db, scene) is Permission.GIVEN
    assert await db.read(lambda tx: tx.execute(select(t.parents.c.id)).all()) == []


async def test_who_was_put_on_a_list_at_14_still_says_yes_themselves(db: Database, scene: Scene) -> None:
    """An import lets them wait for a parent at once; the paper ends that wait, and only that."""
    await begin_as(db, scene, Permission.PARENT_ASKED)
    await note(db, scene)
    assert await permission(db, scene) == Permission.ASKED
    await undo(db, scene, mistaken=True)
    assert await permission(db, scene) == Permission.PARENT_ASKED


async def test_the_own_no_of_the_candidate_stands_beside_the_paper(db: Database, scene: Scene) -> None:
    await begin_as(db, scene, Permission.WITHDRAWN)
    await note(db, scene)
    assert await permission(db, scene) == Permission.WITHDRAWN


async def test_noting_twice_is_once(db: Database, scene: Scene) -> None:
    await note(db, scene)
    await note(db, scene, Signed(date(2027, 5, 30)))
    assert await noted(db) == ["recorded"]
    assert await db.read(lambda tx: tx.execute(select(t.consents.c.signed_on)).scalars().all()) == [SIGNED.on]


async def test_a_parent_who_takes_it_back_gives_back_the_places(db: Database, scene: Scene) -> None:
    await say_yes(db, scene)
    await note(db, scene)
    made = await db.write(booking.book, scene.tom, slot_id=scene.slots[0], now=NOW)
    await undo(db, scene, mistaken=False)
    await undo(db, scene, mistaken=False)
    state = select(t.bookings.c.state).where(t.bookings.c.id == made.id)
    assert await db.read(lambda tx: tx.execute(state).scalar_one()) == "cancelled"
    assert await permission(db, scene) == Permission.PARENT_REFUSED
    assert await noted(db) == ["recorded", "revoked"]


async def test_a_slip_of_the_hand_waits_again_and_ends_no_place(db: Database, scene: Scene) -> None:
    await say_yes(db, scene)
    await note(db, scene)
    made = await db.write(booking.book, scene.tom, slot_id=scene.slots[0], now=NOW)
    await undo(db, scene, mistaken=True)
    state = select(t.bookings.c.state).where(t.bookings.c.id == made.id)
    assert await db.read(lambda tx: tx.execute(state).scalar_one()) == "booked"
    assert await permission(db, scene) == Permission.PARENT_ASKED
    with pytest.raises(ConsentNeeded):
        await db.write(booking.book, scene.tom, slot_id=scene.slots[2], now=NOW)


async def test_a_yes_by_mail_is_the_parents_to_take_back(db: Database, scene: Scene) -> None:
    await say_yes(db, scene)
    nonce = select(t.parents.c.nonce)
    digits = parent.code_of(await db.read(lambda tx: tx.execute(nonce).scalar_one()), key=KEY)
    browser = await db.write(parent.open_with_code, digits, email=MOTHER, key=KEY, wall=NOW)
    await db.write(parent.answer, browser or "", agreed=True, wording="lu", wall=NOW, now=NOW)
    await undo(db, scene, mistaken=False)
    assert await permission(db, scene) == Permission.GIVEN and await noted(db) == []


async def test_after_a_no_the_paper_has_to_be_as_young_as_that(db: Database, scene: Scene) -> None:
    await say_yes(db, scene)
    await refuse_by_mail(db, now=NOW)
    with pytest.raises(Invalid) as refused:
        await note(db, scene)
    assert refused.value.params["fields"] == {"signed_on": "before_refusal"}
    await note(db, scene, Signed(NOW.date(), "Claire Besnard"))
    assert await permission(db, scene) == Permission.GIVEN


@pytest.mark.parametrize(
    ("signed", "wrong"),
    [
        (Signed(None), {"signed_on": "missing"}),
        (Signed(date(2027, 6, 2)), {"signed_on": "future"}),
        (Signed(date(207, 5, 28)), {"signed_on": "too_old"}),
        (Signed(date(2027, 5, 28), "x" * 241), {"signed_by": "too_long"}),
        (Signed(date(2027, 5, 28), "a\x07b"), {"signed_by": "control"}),
    ],
)
async def test_a_date_that_cannot_be_is_refused(
    db: Database, scene: Scene, signed: Signed, wrong: dict[str, str]
) -> None:
    with pytest.raises(Invalid) as refused:
        await note(db, scene, signed)
    assert refused.value.params["fields"] == wrong


async def test_today_is_todays_date_at_the_fair(db: Database, scene: Scene) -> None:
    """Half past midnight in Paris is still yesterday in UTC."""
    late = datetime(2027, 6, 1, 22, 30, tzinfo=UTC)
    await db.write(
        paper.record, scene.organiser, fair_id=scene.fair, candidate_id=scene.candidate,
        signed=Signed(date(2027, 6, 2)), wording="lu", now=late,
    )  # fmt: skip
    assert await noted(db) == ["recorded"]


async def test_nobody_notes_a_paper_about_an_adult(db: Database, scene: Scene) -> None:
    of_age = update(t.candidates).where(t.candidates.c.id == scene.candidate).values(age_band="18_25")
    await db.write(lambda tx: tx.execute(of_age) and None)
    with pytest.raises(Invalid) as refused:
        await note(db, scene)
    assert refused.value.params["fields"] == {"signed_on": "not_needed"}


async def test_only_organisers_of_the_fair_note_papers(db: Database, scene: Scene) -> None:
    for actor in (scene.stranger, scene.recruiter, scene.tom):
        with pytest.raises(NotFound):
            await note(db, scene, actor=actor)
    with pytest.raises(NotFound):
        await db.write(
            paper.record, SYSTEM, fair_id=scene.fair + 1, candidate_id=scene.candidate, signed=SIGNED, wording="lu",
            now=NOW + timedelta(days=1),
        )  # fmt: skip
    assert await noted(db) == []
