"""A draft becomes bookings, all of it or nothing, and everybody is told once; on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, func, select, update

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain.errors import NotFound, NothingToPublish, TimetableStale
from jobdating.domain.states import Origin
from jobdating.domain.wishing import Decision
from jobdating.services import booking, publishing, stand, timetable
from jobdating.services.timetable import Solved
from tests import factories as make
from tests.timetabling.fairs import Fair, booked, fair


def drafted(
    tx: Connection, made: Fair, given: list[tuple[int, int]], denied: list[list[Any]] | None = None, letter: str = "B"
) -> None:
    """Keep a draft as if it had been solved: (candidate number, slot)."""
    if letter == "M":
        timetable.ask_mending(tx, made.organiser, fair_id=made.id, strength="move_few", now=make.BEFORE)
    else:
        timetable.ask(tx, made.organiser, fair_id=made.id, now=make.BEFORE)
    interviews = [[made.candidate(number), slot, 0] for number, slot in given]
    timetable.keep(
        tx, made.organiser, fair_id=made.id, solved={letter: Solved({}, interviews, denied or [])}, now=make.BEFORE
    )


def publish(tx: Connection, made: Fair, letter: str = "B") -> publishing.Published:
    return publishing.publish(tx, made.organiser, fair_id=made.id, letter=letter, now=make.BEFORE)


def mails(tx: Connection, kind: str) -> int:
    return tx.execute(select(func.count()).where(t.outbox.c.kind == kind)).scalar_one()


def two_given(tx: Connection) -> tuple[Fair, list[int]]:
    made = fair(tx)
    slots = made.slots[made.stands[0]]
    drafted(tx, made, [(0, slots[0]), (1, slots[1])], [[made.candidate(2), made.stands[0], "stand_full"]])
    return made, slots


async def test_publishing_makes_bookings_and_says_why_not(db: Database) -> None:
    made, slots = await db.write(two_given)
    done = await db.write(publish, made)
    assert (done.made, done.moved, done.dropped) == (2, 0, 0)
    assert await db.read(booked, made.id) == {(made.candidate(0), slots[0]), (made.candidate(1), slots[1])}
    origins = await db.read(lambda tx: set(tx.execute(select(t.bookings.c.origin)).scalars()))
    assert origins == {Origin.TIMETABLE.value}
    codes = await db.read(lambda tx: [code for code in tx.execute(select(t.wishes.c.denied)).scalars() if code])
    assert codes == ["stand_full"]


async def test_everybody_with_wishes_gets_one_mail(db: Database) -> None:
    def prepare(tx: Connection) -> tuple[Fair, list[int]]:
        made, slots = two_given(tx)
        make.make_recruiter(tx, made.stands[0])
        return made, slots

    made, _ = await db.write(prepare)
    await db.write(publish, made)
    assert await db.read(mails, "timetable") == 3
    assert await db.read(mails, "stand_timetable") == 1
    assert await db.read(mails, "booked") == 0


async def test_each_booking_has_its_entry_in_the_journal(db: Database) -> None:
    made, _ = await db.write(two_given)
    await db.write(publish, made)
    kinds = await db.read(lambda tx: list(tx.execute(select(t.journal.c.kind).order_by(t.journal.c.id)).scalars()))
    assert kinds[-3:] == ["BookingMade", "BookingMade", "TimetablePublished"]


async def refused(db: Database, made: Fair, letter: str = "B") -> TimetableStale:
    before = await db.read(booked, made.id)
    with pytest.raises(TimetableStale) as caught:
        await db.write(publish, made, letter)
    assert await db.read(booked, made.id) == before
    assert await db.read(mails, "timetable") == 0
    return caught.value


async def test_a_place_that_was_taken_meanwhile_leaves_nothing_half_done(db: Database) -> None:
    made, slots = await db.write(two_given)
    await db.write(booking.book, made.people[2], slot_id=slots[1], now=make.BEFORE)
    refusal = await refused(db, made)
    places: Any = refusal.params["places"]
    assert [code for _, _, code in places] == ["slot_taken"]


async def test_a_slot_that_was_blocked_meanwhile_is_said(db: Database) -> None:
    made, slots = await db.write(two_given)
    await db.write(stand.block_slot, made.organiser, slot_id=slots[0], now=make.BEFORE)
    places: Any = (await refused(db, made)).params["places"]
    assert [code for _, _, code in places] == ["slot_blocked"]


async def test_a_candidate_who_booked_elsewhere_at_that_time_is_said(db: Database) -> None:
    made, _ = await db.write(two_given)
    other = made.slots[made.stands[1]][0]
    await db.write(booking.book, made.people[0], slot_id=other, now=make.BEFORE)
    places: Any = (await refused(db, made)).params["places"]
    assert [code for _, _, code in places] == ["overlap"]


async def test_a_gap_that_is_too_short_by_now_is_said(db: Database) -> None:
    made, _ = await db.write(two_given)
    other = made.slots[made.stands[1]][1]
    await db.write(booking.book, made.people[0], slot_id=other, now=make.BEFORE)
    places: Any = (await refused(db, made)).params["places"]
    assert [code for _, _, code in places] == ["too_close"]


async def test_a_limit_that_was_lowered_meanwhile_is_kept(db: Database) -> None:
    def prepare(tx: Connection) -> Fair:
        made = fair(tx, stands=1, slots=8, cap=2)
        slots = made.slots[made.stands[0]]
        drafted(tx, made, [(0, slots[0]), (0, slots[4])])
        tx.execute(update(t.fairs).values(cap=1))
        return made

    made = await db.write(prepare)
    places: Any = (await refused(db, made)).params["places"]
    assert [code for _, _, code in places] == ["limit_reached"]


async def test_a_pair_that_was_taken_out_meanwhile_is_said(db: Database) -> None:
    made, _ = await db.write(two_given)
    await db.write(
        timetable.decide, made.organiser, candidate_id=made.candidate(0), stand_id=made.stands[0],
        decision=Decision.FORBID, now=make.BEFORE,
    )  # fmt: skip
    places: Any = (await refused(db, made)).params["places"]
    assert [code for _, _, code in places] == ["not_eligible"]


async def test_who_has_not_agreed_is_given_no_place(db: Database) -> None:
    made, _ = await db.write(two_given)
    await db.write(lambda tx: tx.execute(update(t.candidates).values(permission="withdrawn")))
    places: Any = (await refused(db, made)).params["places"]
    assert {code for _, _, code in places} == {"not_eligible"}


async def test_what_was_kept_and_is_cancelled_by_now_stays_cancelled(db: Database) -> None:
    def prepare(tx: Connection) -> Fair:
        made = fair(tx)
        slots = made.slots[made.stands[0]]
        held = booking.book(tx, made.people[0], slot_id=slots[0], now=make.BEFORE)
        timetable.ask(tx, made.organiser, fair_id=made.id, now=make.BEFORE)
        kept = Solved({}, [[made.candidate(0), slots[0], 1], [made.candidate(1), slots[1], 0]], [])
        timetable.keep(tx, made.organiser, fair_id=made.id, solved={"B": kept}, now=make.BEFORE)
        booking.cancel(tx, made.people[0], booking_id=held.id, now=make.BEFORE)
        return made

    made = await db.write(prepare)
    assert (await db.write(publish, made)).made == 1


async def test_a_mending_changes_places_with_each_other_and_tells_only_those_concerned(db: Database) -> None:
    made, slots = await db.write(two_given)
    await db.write(publish, made)
    before = await db.read(mails, "timetable")

    def swap(tx: Connection) -> publishing.Published:
        drafted(tx, made, [(0, slots[1]), (1, slots[0])], letter="M")
        return publish(tx, made, "M")

    done = await db.write(swap)
    assert (done.made, done.moved, done.dropped) == (0, 2, 0)
    assert await db.read(booked, made.id) == {(made.candidate(0), slots[1]), (made.candidate(1), slots[0])}
    assert await db.read(mails, "timetable") == before + 2


async def test_a_mending_drops_and_adds(db: Database) -> None:
    made, slots = await db.write(two_given)
    await db.write(publish, made)

    def mend(tx: Connection) -> publishing.Published:
        drafted(tx, made, [(0, slots[0]), (2, slots[1])], letter="M")
        return publish(tx, made, "M")

    done = await db.write(mend)
    assert (done.made, done.moved, done.dropped) == (1, 0, 1)
    assert await db.read(mails, "cancelled") == 1


async def test_what_was_booked_by_hand_is_not_moved_by_a_mending(db: Database) -> None:
    made, slots = await db.write(two_given)
    await db.write(publish, made)
    await db.write(booking.book, made.people[2], slot_id=slots[3], now=make.BEFORE)

    def mend(tx: Connection) -> publishing.Published:
        drafted(tx, made, [(0, slots[0]), (1, slots[1])], letter="M")
        return publish(tx, made, "M")

    assert (await db.write(mend)).dropped == 0
    assert (made.candidate(2), slots[3]) in await db.read(booked, made.id)


async def test_only_an_organiser_publishes_and_only_what_is_solved(db: Database) -> None:
    made, _ = await db.write(two_given)
    with pytest.raises(NotFound):
        await db.write(publishing.publish, made.people[0], fair_id=made.id, letter="B", now=make.BEFORE)
    for letter in ("A", "C"):
        with pytest.raises(NothingToPublish):
            await db.write(publish, made, letter)


async def test_publishing_again_changes_nothing(db: Database) -> None:
    made, _ = await db.write(two_given)
    await db.write(publish, made)
    assert (await db.write(publish, made)).made == 0


async def test_a_slot_that_is_over_is_not_given(db: Database) -> None:
    made, _ = await db.write(two_given)
    late = make.MORNING + timedelta(hours=5)
    with pytest.raises(TimetableStale):
        await db.write(publishing.publish, made.organiser, fair_id=made.id, letter="B", now=late)
