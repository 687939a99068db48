"""Taking, moving and giving back a place: each rule, in the words of its refusal."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain import errors, events
from jobdating.domain.policy import ANONYMOUS, SYSTEM, Actor
from jobdating.domain.states import BookingState, Origin
from jobdating.services import booking
from tests import factories as make

MINUTE = timedelta(minutes=1)


class Fair:
    """One stand with a morning of slots, and somebody to book them."""

    def __init__(self, tx: Connection, **rules: Any) -> None:
        self.id = make.make_fair(tx, **rules)
        self.stand = make.make_stand(tx, self.id)
        self.slots = make.make_slots(tx, self.stand)
        self.ines = make.make_candidate(tx, self.id)
        self.hugo = make.make_candidate(tx, self.id)
        self.recruiter = make.make_recruiter(tx, self.stand)
        self.organiser = make.make_organiser(tx, self.id)


async def within(db: Database, story: Callable[[Connection], None]) -> None:
    await db.write(story)


async def test_a_booked_slot_is_told_as_made(db: Database) -> None:
    def story(tx: Connection) -> None:
        fair = Fair(tx)
        made = booking.book(tx, fair.ines, slot_id=fair.slots[0], now=make.BEFORE)
        assert (made.state, made.starts_at, made.ends_at) == (
            BookingState.BOOKED,
            make.MORNING,
            make.MORNING + 10 * MINUTE,
        )
        entry = journal.since(tx, 0).entries[-1] if tx.dialect.name == "sqlite" else None
        if entry is not None:
            assert isinstance(entry.event, events.BookingMade)
            assert (entry.event.booking_id, entry.account_id) == (made.id, fair.ines.account_id)

    await within(db, story)


async def test_a_second_candidate_for_a_slot_is_told_it_is_taken(db: Database) -> None:
    def story(tx: Connection) -> None:
        fair = Fair(tx)
        booking.book(tx, fair.ines, slot_id=fair.slots[0], now=make.BEFORE)
        with pytest.raises(errors.SlotTaken):
            booking.book(tx, fair.hugo, slot_id=fair.slots[0], now=make.BEFORE)

    await within(db, story)


async def test_booking_the_slot_one_already_holds_returns_it(db: Database) -> None:
    def story(tx: Connection) -> None:
        fair = Fair(tx)
        first = booking.book(tx, fair.ines, slot_id=fair.slots[0], now=make.BEFORE)
        assert booking.book(tx, fair.ines, slot_id=fair.slots[0], now=make.BEFORE) == first

    await within(db, story)


@pytest.mark.parametrize(("minutes", "refusal"), [(0, errors.Overlap), (5, errors.Overlap), (15, errors.TooClose)])
async def test_interviews_of_a_person_keep_their_distance(
    db: Database, minutes: int, refusal: type[errors.DomainError]
) -> None:
    def story(tx: Connection) -> None:
        fair = Fair(tx)
        booking.book(tx, fair.ines, slot_id=fair.slots[0], now=make.BEFORE)
        other = make.make_stand(tx, fair.id)
        [near] = make.make_slots(tx, other, count=1, start=make.MORNING + minutes * MINUTE)
        with pytest.raises(refusal) as told:
            booking.book(tx, fair.ines, slot_id=near, now=make.BEFORE)
        assert told.value.params["starts_at"] == make.MORNING

    await within(db, story)


async def test_an_organiser_may_book_close_for_someone_but_never_at_the_same_time(db: Database) -> None:
    def story(tx: Connection) -> None:
        fair = Fair(tx)
        ines = fair.ines.candidates[fair.id]
        booking.book(tx, fair.ines, slot_id=fair.slots[0], now=make.BEFORE)
        other = make.make_stand(tx, fair.id)
        near = make.make_slots(tx, other, count=2)
        with pytest.raises(errors.Overlap):
            booking.book(tx, fair.organiser, slot_id=near[0], candidate_id=ines, now=make.BEFORE)
        made = booking.book(tx, fair.organiser, slot_id=near[1], candidate_id=ines, now=make.BEFORE)
        assert made.candidate_id == ines

    await within(db, story)


async def test_the_limit_of_interviews_counts_those_that_are_done(db: Database) -> None:
    def story(tx: Connection) -> None:
        fair = Fair(tx, cap=1)
        made = booking.book(tx, fair.ines, slot_id=fair.slots[0], now=make.BEFORE)
        tx.execute(update(t.bookings).where(t.bookings.c.id == made.id).values(state=BookingState.DONE.value))
        with pytest.raises(errors.LimitReached) as told:
            booking.book(tx, fair.ines, slot_id=fair.slots[8], now=make.BEFORE)
        assert told.value.params == {"cap": 1}

    await within(db, story)


@pytest.mark.parametrize(
    "now",
    [
        make.BEFORE - timedelta(days=60),
        make.MORNING - timedelta(hours=1),
        make.MORNING + timedelta(hours=1),
    ],
    ids=["before it opens", "after it closes", "after the slot"],
)
async def test_booking_outside_the_window_is_refused(db: Database, now: Any) -> None:
    def story(tx: Connection) -> None:
        fair = Fair(tx)
        with pytest.raises(errors.WindowClosed):
            booking.book(tx, fair.ines, slot_id=fair.slots[0], now=now)

    await within(db, story)


async def test_the_last_moment_of_the_window_is_inside_and_its_end_is_not(db: Database) -> None:
    def story(tx: Connection) -> None:
        closes = make.MORNING - timedelta(days=1)
        fair = Fair(tx, closes_at=closes)
        with pytest.raises(errors.WindowClosed):
            booking.book(tx, fair.ines, slot_id=fair.slots[0], now=closes)
        booking.book(tx, fair.ines, slot_id=fair.slots[0], now=closes - timedelta(microseconds=1))

    await within(db, story)


async def test_a_trade_in_common_is_needed_unless_the_stand_takes_everybody(db: Database) -> None:
    def story(tx: Connection) -> None:
        fair = Fair(tx)
        stranger = make.make_candidate(tx, fair.id, trades=("Usinage",))
        with pytest.raises(errors.NotEligible):
            booking.book(tx, stranger, slot_id=fair.slots[0], now=make.BEFORE)
        [anyone] = make.make_slots(tx, make.make_stand(tx, fair.id, trades=()), count=1)
        assert booking.book(tx, stranger, slot_id=anyone, now=make.BEFORE).state is BookingState.BOOKED

    await within(db, story)


async def test_a_blocked_slot_or_a_closed_stand_cannot_be_taken(db: Database) -> None:
    def story(tx: Connection) -> None:
        fair = Fair(tx)
        tx.execute(update(t.slots).where(t.slots.c.id == fair.slots[0]).values(state="blocked"))
        with pytest.raises(errors.SlotBlocked):
            booking.book(tx, fair.ines, slot_id=fair.slots[0], now=make.BEFORE)
        tx.execute(update(t.stands).where(t.stands.c.id == fair.stand).values(closed=True))
        with pytest.raises(errors.SlotBlocked):
            booking.book(tx, fair.ines, slot_id=fair.slots[1], now=make.BEFORE)

    await within(db, story)


async def test_a_foreign_candidate_or_slot_answers_as_a_missing_one(db: Database) -> None:
    def story(tx: Connection) -> None:
        fair, elsewhere = Fair(tx), Fair(tx)
        with pytest.raises(errors.NotFound):
            booking.book(tx, fair.ines, slot_id=10**8, now=make.BEFORE)
        with pytest.raises(errors.NotEligible):
            booking.book(tx, elsewhere.ines, slot_id=fair.slots[0], now=make.BEFORE)
        with pytest.raises(errors.NotFound):
            booking.book(
                tx,
                fair.organiser,
                slot_id=fair.slots[0],
                candidate_id=elsewhere.ines.candidates[elsewhere.id],
                now=make.BEFORE,
            )
        with pytest.raises(errors.SignInNeeded):
            booking.book(tx, ANONYMOUS, slot_id=fair.slots[0], now=make.BEFORE)
        hugo = fair.hugo.candidates[fair.id]
        with pytest.raises(errors.NotFound):
            booking.book(tx, fair.ines, slot_id=fair.slots[0], candidate_id=hugo, now=make.BEFORE)

    await within(db, story)


async def test_moving_keeps_the_booking_and_frees_the_old_slot(db: Database) -> None:
    def story(tx: Connection) -> None:
        fair = Fair(tx)
        made = booking.book(tx, fair.ines, slot_id=fair.slots[0], now=make.BEFORE)
        moved = booking.move(tx, fair.ines, booking_id=made.id, slot_id=fair.slots[1], now=make.BEFORE)
        assert (moved.id, moved.slot_id) == (made.id, fair.slots[1])
        assert booking.book(tx, fair.hugo, slot_id=fair.slots[0], now=make.BEFORE).state is BookingState.BOOKED

    await within(db, story)


async def test_a_refused_move_leaves_the_place_one_had(db: Database) -> None:
    def story(tx: Connection) -> None:
        fair = Fair(tx)
        made = booking.book(tx, fair.ines, slot_id=fair.slots[0], now=make.BEFORE)
        booking.book(tx, fair.hugo, slot_id=fair.slots[1], now=make.BEFORE)
        with pytest.raises(errors.SlotTaken):
            booking.move(tx, fair.ines, booking_id=made.id, slot_id=fair.slots[1], now=make.BEFORE)
        slot = tx.execute(select(t.bookings.c.slot_id).where(t.bookings.c.id == made.id)).scalar_one()
        assert slot == fair.slots[0]

    await within(db, story)


async def test_a_stand_that_asks_to_confirm_gets_a_request_that_holds_the_seat(db: Database) -> None:
    def story(tx: Connection) -> None:
        fair = Fair(tx)
        tx.execute(update(t.stands).where(t.stands.c.id == fair.stand).values(asks_confirmation=True))
        asked = booking.book(tx, fair.ines, slot_id=fair.slots[0], now=make.BEFORE)
        assert asked.state is BookingState.REQUESTED
        with pytest.raises(errors.SlotTaken):
            booking.book(tx, fair.hugo, slot_id=fair.slots[0], now=make.BEFORE)
        with pytest.raises(errors.NotFound):
            booking.confirm(tx, fair.ines, booking_id=asked.id, now=make.BEFORE)
        confirmed = booking.confirm(tx, fair.recruiter, booking_id=asked.id, now=make.BEFORE)
        assert confirmed.state is BookingState.BOOKED

    await within(db, story)


async def test_moving_within_a_stand_that_asks_keeps_what_was_confirmed(db: Database) -> None:
    def story(tx: Connection) -> None:
        fair = Fair(tx)
        tx.execute(update(t.stands).where(t.stands.c.id == fair.stand).values(asks_confirmation=True))
        asked = booking.book(tx, fair.ines, slot_id=fair.slots[0], now=make.BEFORE)
        booking.confirm(tx, fair.recruiter, booking_id=asked.id, now=make.BEFORE)
        moved = booking.move(tx, fair.ines, booking_id=asked.id, slot_id=fair.slots[1], now=make.BEFORE)
        assert moved.state is BookingState.BOOKED

    await within(db, story)


async def test_cancelling_is_for_the_parties_and_happens_once(db: Database) -> None:
    def story(tx: Connection) -> None:
        fair = Fair(tx)
        made = booking.book(tx, fair.ines, slot_id=fair.slots[0], now=make.BEFORE)
        with pytest.raises(errors.NotFound):
            booking.cancel(tx, fair.hugo, booking_id=made.id, now=make.BEFORE)
        for _ in range(2):
            assert booking.cancel(tx, fair.ines, booking_id=made.id, now=make.BEFORE).state is BookingState.CANCELLED
        assert booking.book(tx, fair.hugo, slot_id=fair.slots[0], now=make.BEFORE).state is BookingState.BOOKED

    await within(db, story)


async def test_a_cancellation_is_undone_while_the_place_is_free_and_two_minutes_have_not_passed(db: Database) -> None:
    def story(tx: Connection) -> None:
        fair = Fair(tx)
        made = booking.book(tx, fair.ines, slot_id=fair.slots[0], now=make.BEFORE)
        booking.cancel(tx, fair.ines, booking_id=made.id, now=make.BEFORE)
        with pytest.raises(errors.WrongState):
            booking.restore(tx, fair.ines, booking_id=made.id, now=make.BEFORE + 3 * MINUTE)
        restored = booking.restore(tx, fair.ines, booking_id=made.id, now=make.BEFORE + MINUTE)
        assert restored.state is BookingState.BOOKED
        booking.cancel(tx, fair.ines, booking_id=made.id, now=make.BEFORE)
        booking.book(tx, fair.hugo, slot_id=fair.slots[0], now=make.BEFORE)
        with pytest.raises(errors.SlotTaken):
            booking.restore(tx, fair.ines, booking_id=made.id, now=make.BEFORE + MINUTE)

    await within(db, story)


async def test_restoring_keeps_to_the_limit_that_others_filled_meanwhile(db: Database) -> None:
    def story(tx: Connection) -> None:
        fair = Fair(tx, cap=1)
        made = booking.book(tx, fair.ines, slot_id=fair.slots[0], now=make.BEFORE)
        booking.cancel(tx, fair.ines, booking_id=made.id, now=make.BEFORE)
        booking.book(tx, fair.ines, slot_id=fair.slots[8], now=make.BEFORE)
        with pytest.raises(errors.LimitReached):
            booking.restore(tx, fair.ines, booking_id=made.id, now=make.BEFORE + MINUTE)

    await within(db, story)


async def test_an_invitation_holds_the_slot_until_it_is_answered_or_expires(db: Database) -> None:
    def story(tx: Connection) -> None:
        fair = Fair(tx)
        ines = fair.ines.candidates[fair.id]
        held = booking.invite(tx, fair.recruiter, slot_id=fair.slots[0], candidate_id=ines, now=make.BEFORE)
        assert held.state is BookingState.HELD
        with pytest.raises(errors.SlotTaken):
            booking.book(tx, fair.hugo, slot_id=fair.slots[0], now=make.BEFORE)
        with pytest.raises(errors.OfferExpired):
            booking.accept(tx, fair.ines, booking_id=held.id, now=make.BEFORE + booking.INVITATION_LASTS)
        accepted = booking.accept(tx, fair.ines, booking_id=held.id, now=make.BEFORE + MINUTE)
        assert accepted.state is BookingState.BOOKED

    await within(db, story)


async def test_an_expired_offer_is_free_again_and_answering_in_time_wins(db: Database) -> None:
    def story(tx: Connection) -> None:
        fair = Fair(tx)
        ines = fair.ines.candidates[fair.id]
        expires_at = make.BEFORE + MINUTE
        held = booking.hold(
            tx,
            SYSTEM,
            slot_id=fair.slots[0],
            candidate_id=ines,
            origin=Origin.WAITLIST,
            expires_at=expires_at,
            now=make.BEFORE,
        )
        booking.expire(tx, booking_id=held.id, now=expires_at - timedelta(microseconds=1))
        assert booking.accept(tx, fair.ines, booking_id=held.id, now=make.BEFORE).state is BookingState.BOOKED
        booking.expire(tx, booking_id=held.id, now=expires_at)
        state = tx.execute(select(t.bookings.c.state).where(t.bookings.c.id == held.id)).scalar_one()
        assert state == BookingState.BOOKED

    await within(db, story)


async def test_the_database_itself_refuses_an_overlap_and_a_second_booking_of_a_seat(db: Database) -> None:
    def twice(tx: Connection, *, same_person: bool) -> None:
        fair = Fair(tx)
        people: list[Actor] = [fair.ines, fair.ines if same_person else fair.hugo]
        other = make.make_slots(tx, make.make_stand(tx, fair.id), count=1)
        for actor, slot_id in zip(people, [fair.slots[0], other[0] if same_person else fair.slots[0]], strict=True):
            tx.execute(
                t.bookings.insert().values(
                    fair_id=fair.id, stand_id=fair.stand, candidate_id=actor.candidates[fair.id], slot_id=slot_id,
                    seat=1, state="booked", starts_at=make.MORNING, ends_at=make.MORNING + 10 * MINUTE,
                    queued_at=make.MORNING, made_at=make.BEFORE,
                )
            )  # fmt: skip

    for same_person in (False, True):
        with pytest.raises(Exception, match=r"one_booking_per_seat|UNIQUE|no_overlap"):
            await db.write(twice, same_person=same_person)
