"""Two people write about the same interview: neither replaces the other's words unseen."""

from typing import Any

import pytest
from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain.errors import Invalid
from jobdating.domain.states import NextStep
from jobdating.services import booking, review
from jobdating.services.review import NoteChanged, Review
from tests import factories as make

EMPTY = Review("", None, NextStep.UNDECIDED)


class World:
    def __init__(self, tx: Connection) -> None:
        fair = make.make_fair(tx)
        stand = make.make_stand(tx, fair)
        [slot] = make.make_slots(tx, stand, count=1)
        self.recruiter = make.make_recruiter(tx, stand)
        self.booking = booking.book(tx, make.make_candidate(tx, fair), slot_id=slot, now=make.BEFORE).id


@pytest.fixture
async def world(db: Database) -> World:
    return await db.write(World)


async def write(db: Database, world: World, typed: Review, base: Review | None = None, **more: Any) -> Review:
    """What is stored after it."""
    await db.write(
        review.write, world.recruiter, booking_id=world.booking, note=typed.note, rating=typed.rating,
        next_step=typed.next_step, base=base, now=make.MORNING, **more,
    )  # fmt: skip
    return await stored(db, world)


async def stored(db: Database, world: World) -> Review:
    c = t.bookings.c
    query = select(c.note, c.rating, c.next_step).where(c.id == world.booking)
    row = await db.read(lambda tx: tx.execute(query).one())
    return Review(row.note, row.rating, NextStep(row.next_step))


async def test_a_note_that_somebody_else_changed_is_not_replaced_and_both_are_told(db: Database, world: World) -> None:
    first = await write(db, world, Review("Soigneux", None, NextStep.UNDECIDED), EMPTY)
    with pytest.raises(NoteChanged) as refused:
        await write(db, world, Review("Ponctuelle", None, NextStep.UNDECIDED), EMPTY)
    assert refused.value.params["fields"] == {"note": "Soigneux"}
    assert await stored(db, world) == first


async def test_who_knows_the_other_s_words_may_replace_them(db: Database, world: World) -> None:
    first = await write(db, world, Review("Soigneux", None, NextStep.UNDECIDED), EMPTY)
    after = await write(db, world, Review("Ponctuelle", None, NextStep.UNDECIDED), first)
    assert after.note == "Ponctuelle"


async def test_who_is_no_longer_there_to_decide_keeps_both(db: Database, world: World) -> None:
    await write(db, world, Review("Soigneux", None, NextStep.UNDECIDED), EMPTY)
    after = await write(db, world, Review("Ponctuelle", None, NextStep.UNDECIDED), EMPTY, keep_both=True)
    assert after.note == "Soigneux\n\nPonctuelle"
    again = await write(db, world, after, EMPTY, keep_both=True)
    assert again == after


async def test_what_was_left_alone_stays_as_the_other_has_it(db: Database, world: World) -> None:
    await write(db, world, Review("", 4, NextStep.SHORTLIST), EMPTY)
    assert await write(db, world, Review("Soigneux", None, NextStep.UNDECIDED), EMPTY) == Review(
        "Soigneux", 4, NextStep.SHORTLIST
    )
    assert await write(db, world, Review("", 2, NextStep.UNDECIDED), EMPTY) == Review("Soigneux", 2, NextStep.SHORTLIST)


async def test_the_same_words_twice_are_no_conflict(db: Database, world: World) -> None:
    typed = Review("Soigneux\r\net ponctuel", 5, NextStep.OFFER)
    await write(db, world, typed, EMPTY)
    assert await write(db, world, typed, EMPTY) == Review("Soigneux\net ponctuel", 5, NextStep.OFFER)


async def test_both_notes_must_fit(db: Database, world: World) -> None:
    await write(db, world, Review("a" * 3_000, None, NextStep.UNDECIDED), EMPTY)
    with pytest.raises(Invalid):
        await write(db, world, Review("b" * 3_000, None, NextStep.UNDECIDED), EMPTY, keep_both=True)
