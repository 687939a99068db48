"""A full stand: wait, be promoted by itself in order, have time to accept, and make room for the next."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain import errors
from jobdating.domain.policy import ANONYMOUS, Actor
from jobdating.domain.states import BookingState
from jobdating.services import booking, timekeeper, waitlist
from tests import factories as make


class FullStand:
    """A stand with one slot, taken; two people wait for it, Inès first."""

    def __init__(self, tx: Connection) -> None:
        self.fair = make.make_fair(tx)
        self.stand = make.make_stand(tx, self.fair)
        [self.slot] = make.make_slots(tx, self.stand, count=1)
        self.taker, self.ines, self.hugo = (make.make_candidate(tx, self.fair) for _ in range(3))
        self.taken = booking.book(tx, self.taker, slot_id=self.slot, now=make.BEFORE)
        for number, actor in enumerate((self.ines, self.hugo)):
            waitlist.join(tx, actor, stand_id=self.stand, now=make.BEFORE + timedelta(seconds=number))

    def held_for(self, tx: Connection, actor: Actor) -> int | None:
        return tx.execute(
            select(t.bookings.c.id).where(
                t.bookings.c.candidate_id == actor.candidates[self.fair], t.bookings.c.state == BookingState.HELD.value
            )
        ).scalar()


def waiting(tx: Connection, stand_id: int) -> list[int]:
    found = select(t.waitlist.c.candidate_id).where(t.waitlist.c.stand_id == stand_id).order_by(t.waitlist.c.id)
    return list(tx.execute(found).scalars())


async def test_nobody_is_promoted_while_the_stand_is_full(db: Database) -> None:
    def story(tx: Connection) -> None:
        full = FullStand(tx)
        assert waitlist.promote(tx, stand_id=full.stand, now=make.BEFORE) == []

    await db.write(story)


async def test_the_first_who_waits_gets_the_place_that_comes_free_and_time_to_accept(db: Database) -> None:
    def story(tx: Connection) -> None:
        full = FullStand(tx)
        booking.cancel(tx, full.taker, booking_id=full.taken.id, now=make.BEFORE)
        [held] = waitlist.promote(tx, stand_id=full.stand, now=make.BEFORE)
        assert full.held_for(tx, full.ines) == held
        row = tx.execute(select(t.bookings.c.expires_at).where(t.bookings.c.id == held)).scalar_one()
        assert row == make.BEFORE + waitlist.ACCEPT_WITHIN
        accepted = booking.accept(tx, full.ines, booking_id=held, now=make.BEFORE)
        assert accepted.state is BookingState.BOOKED
        assert waiting(tx, full.stand) == [full.hugo.candidates[full.fair]]

    await db.write(story)


@pytest.mark.parametrize("answer", ["declines", "lets it expire"])
async def test_who_does_not_take_the_place_leaves_it_to_the_next(db: Database, answer: str) -> None:
    def story(tx: Connection) -> None:
        full = FullStand(tx)
        booking.cancel(tx, full.taker, booking_id=full.taken.id, now=make.BEFORE)
        [held] = waitlist.promote(tx, stand_id=full.stand, now=make.BEFORE)
        now = make.BEFORE + timedelta(minutes=1)
        if answer == "declines":
            booking.cancel(tx, full.ines, booking_id=held, now=now)
        else:
            now = make.BEFORE + waitlist.ACCEPT_WITHIN
        timekeeper.keep(tx, now=now)
        assert full.held_for(tx, full.ines) is None
        assert full.held_for(tx, full.hugo) is not None
        assert full.ines.candidates[full.fair] not in waiting(tx, full.stand)

    await db.write(story)


async def test_who_cannot_come_then_is_passed_over_and_keeps_waiting(db: Database) -> None:
    def story(tx: Connection) -> None:
        full = FullStand(tx)
        [clashing] = make.make_slots(tx, make.make_stand(tx, full.fair), count=1)
        booking.book(tx, full.ines, slot_id=clashing, now=make.BEFORE)
        booking.cancel(tx, full.taker, booking_id=full.taken.id, now=make.BEFORE)
        waitlist.promote(tx, stand_id=full.stand, now=make.BEFORE)
        assert full.held_for(tx, full.hugo) is not None
        assert full.ines.candidates[full.fair] in waiting(tx, full.stand)

    await db.write(story)


async def test_joining_twice_and_leaving_twice_change_nothing_more(db: Database) -> None:
    def story(tx: Connection) -> None:
        full = FullStand(tx)
        waitlist.join(tx, full.ines, stand_id=full.stand, now=make.BEFORE)
        ines = full.ines.candidates[full.fair]
        assert waiting(tx, full.stand) == [ines, full.hugo.candidates[full.fair]]
        for _ in range(2):
            waitlist.leave(tx, full.ines, stand_id=full.stand, candidate_id=ines, now=make.BEFORE)
        assert waiting(tx, full.stand) == [full.hugo.candidates[full.fair]]

    await db.write(story)


async def test_waiting_is_for_candidates_who_fit_and_leaving_for_oneself(db: Database) -> None:
    def story(tx: Connection) -> None:
        full = FullStand(tx)
        stranger = make.make_candidate(tx, full.fair, trades=("Usinage",))
        with pytest.raises(errors.NotEligible):
            waitlist.join(tx, stranger, stand_id=full.stand, now=make.BEFORE)
        with pytest.raises(errors.SignInNeeded):
            waitlist.join(tx, ANONYMOUS, stand_id=full.stand, now=make.BEFORE)
        with pytest.raises(errors.NotFound):
            waitlist.join(tx, full.ines, stand_id=10**8, now=make.BEFORE)
        ines = full.ines.candidates[full.fair]
        with pytest.raises(errors.NotFound):
            waitlist.leave(tx, full.hugo, stand_id=full.stand, candidate_id=ines, now=make.BEFORE)

    await db.write(story)


async def test_nobody_waits_where_a_free_slot_would_suit_them(db: Database) -> None:
    def story(tx: Connection) -> None:
        fair = make.make_fair(tx)
        stand, elsewhere = make.make_stand(tx, fair), make.make_stand(tx, fair)
        [slot], [same_time] = make.make_slots(tx, stand, count=1), make.make_slots(tx, elsewhere, count=1)
        free, busy = make.make_candidate(tx, fair), make.make_candidate(tx, fair)
        booking.book(tx, busy, slot_id=same_time, now=make.BEFORE)
        with pytest.raises(errors.StandNotFull):
            waitlist.join(tx, free, stand_id=stand, now=make.BEFORE)
        waitlist.join(tx, busy, stand_id=stand, now=make.BEFORE)
        assert waiting(tx, stand) == [busy.candidates[fair]]
        assert waitlist.promote(tx, stand_id=stand, now=make.BEFORE) == []
        assert slot

    await db.write(story)


@pytest.mark.parametrize("reason", ["too close to another interview", "not available then"])
async def test_a_place_that_does_not_suit_the_first_goes_to_the_next(db: Database, reason: str) -> None:
    def story(tx: Connection) -> None:
        full = FullStand(tx)
        if reason == "not available then":
            other_day = [[(make.MORNING + timedelta(days=n)).isoformat() for n in (1, 2)]]
            mine = t.candidates.c.id == full.ines.candidates[full.fair]
            tx.execute(t.candidates.update().where(mine).values(availability=other_day))
        else:
            near = make.make_slots(tx, make.make_stand(tx, full.fair), count=2)[1]
            booking.book(tx, full.ines, slot_id=near, now=make.BEFORE)
        booking.cancel(tx, full.taker, booking_id=full.taken.id, now=make.BEFORE)
        waitlist.promote(tx, stand_id=full.stand, now=make.BEFORE)
        assert full.held_for(tx, full.ines) is None
        assert full.held_for(tx, full.hugo) is not None

    await db.write(story)
