"""What happens to a booking and in a stand's line."""

from datetime import timedelta

from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.domain import events
from jobdating.domain.states import NextStep, Origin
from jobdating.services import booking, queue, review, stand, waitlist
from tests.contracts.world import LIVE, Scenario, World, steps
from tests.factories import BEFORE


def check_in(tx: Connection, w: World, number: int = 0) -> None:
    queue.check_in(tx, w.candidates[number], booking_id=w.bookings[number], now=w.now)


def call(tx: Connection, w: World, number: int = 0) -> None:
    check_in(tx, w, number)
    queue.call(tx, w.recruiter, booking_id=w.bookings[number], now=w.now + timedelta(minutes=1))


def start(tx: Connection, w: World, number: int = 0) -> None:
    call(tx, w, number)
    queue.start(tx, w.recruiter, booking_id=w.bookings[number], now=w.now + timedelta(minutes=2))


def finish(tx: Connection, w: World, number: int = 0) -> None:
    start(tx, w, number)
    queue.finish(tx, w.recruiter, booking_id=w.bookings[number], now=w.now + timedelta(minutes=9))


def step(service, *, by: str = "recruiter", number: int = 0):  # type: ignore[no-untyped-def]
    """One step of the line, by whom, for which booking."""

    def act(tx: Connection, w: World) -> None:
        actor = w.candidates[number] if by == "candidate" else getattr(w, by)
        service(tx, actor, booking_id=w.bookings[number], now=w.now + timedelta(minutes=10))

    return act


def walk_in(tx: Connection, w: World) -> None:
    queue.join(tx, w.candidates[4], stand_id=w.stand, now=w.now)


def wait_for_full(tx: Connection, w: World) -> None:
    waitlist.join(tx, w.candidates[4], stand_id=w.full, now=BEFORE)


def offer(tx: Connection, w: World) -> None:
    made = booking.hold(
        tx, w.recruiter, slot_id=w.slots[8], candidate_id=w.candidate(4), origin=Origin.INVITATION,
        expires_at=LIVE + timedelta(minutes=30), now=w.now,
    )  # fmt: skip
    w.notes["held"] = made.id


def request(tx: Connection, w: World) -> None:
    tx.execute(t.stands.update().where(t.stands.c.id == w.stand).values(asks_confirmation=True))
    w.notes["requested"] = booking.book(tx, w.candidates[4], slot_id=w.slots[8], now=BEFORE).id


def hand_over(tx: Connection, w: World) -> None:
    queue.hand_over(tx, w.recruiter, booking_id=w.bookings[1], stand_id=w.colleague, now=w.now)


def cancel_full(tx: Connection, w: World) -> None:
    held = tx.execute(select(t.bookings.c.id).where(t.bookings.c.slot_id == w.full_slot)).scalar_one()
    booking.cancel(tx, w.candidates[3], booking_id=held, now=w.now)


SCENARIOS = [
    Scenario(
        "a place is booked before the fair",
        (events.BookingMade,),
        lambda tx, w: booking.book(tx, w.candidates[4], slot_id=w.slots[7], now=BEFORE),
    ),
    Scenario(
        "the last place of a stand is booked, by an organiser",
        (events.BookingMade,),
        lambda tx, w: booking.book(tx, w.organiser, slot_id=w.full_slot, candidate_id=w.candidate(4), now=w.now),
        before=cancel_full,
    ),
    Scenario("a place is offered", (events.BookingMade,), offer),
    Scenario(
        "an offer is accepted",
        (events.BookingConfirmed,),
        lambda tx, w: booking.accept(tx, w.candidates[4], booking_id=w.notes["held"], now=w.now),
        before=offer,
    ),
    Scenario(
        "an offer expires",
        (events.BookingCancelled,),
        lambda tx, w: booking.expire(tx, booking_id=w.notes["held"], now=w.now + timedelta(hours=1)),
        before=offer,
    ),
    Scenario("a place is asked for", (events.BookingMade,), request),
    Scenario(
        "a request is confirmed",
        (events.BookingConfirmed,),
        lambda tx, w: booking.confirm(tx, w.recruiter, booking_id=w.notes["requested"], now=w.now),
        before=request,
    ),
    Scenario(
        "a booking moves at the same stand",
        (events.BookingMoved,),
        lambda tx, w: booking.move(tx, w.organiser, booking_id=w.bookings[2], slot_id=w.slots[9], now=w.now),
    ),
    Scenario(
        "a booking moves to a colleague",
        (events.BookingMoved,),
        lambda tx, w: booking.move(tx, w.organiser, booking_id=w.bookings[2], slot_id=w.other_slots[5], now=w.now),
    ),
    Scenario("a candidate cancels", (events.BookingCancelled,), step(booking.cancel, by="candidate", number=2)),
    Scenario("a stand cancels", (events.BookingCancelled,), step(booking.cancel, number=1)),
    Scenario("an organiser cancels", (events.BookingCancelled,), step(booking.cancel, by="organiser", number=1)),
    Scenario(
        "a cancelled booking comes back",
        (events.BookingRestored,),
        step(booking.restore, by="organiser", number=2),
        before=step(booking.cancel, by="organiser", number=2),
    ),
    Scenario("a candidate says that they are there", (events.CandidateCheckedIn,), check_in),
    Scenario(
        "a candidate steps aside",
        (events.CandidateSteppedAside,),
        step(queue.step_aside, by="candidate"),
        before=check_in,
    ),
    Scenario(
        "a candidate comes back to the line",
        (events.CandidateCheckedIn,),
        step(queue.come_back, by="candidate"),
        before=steps(check_in, step(queue.step_aside, by="candidate")),
    ),
    Scenario("a candidate is called", (events.CandidateCalled,), step(queue.call), before=check_in),
    Scenario("a candidate who is not there is called", (events.CandidateCalled,), step(queue.call, number=1)),
    Scenario("an interview starts", (events.InterviewStarted,), step(queue.start), before=call),
    Scenario("an interview is extended", (events.InterviewExtended,), step(queue.extend), before=start),
    Scenario("an interview ends", (events.InterviewFinished,), step(queue.finish), before=start),
    Scenario("a candidate did not come", (events.CandidateMissed,), step(queue.no_show), before=call),
    Scenario("a call is undone", (events.BookingRestored,), step(queue.undo), before=call),
    Scenario("a start is undone", (events.BookingRestored,), step(queue.undo), before=start),
    Scenario("an end is undone", (events.BookingRestored,), step(queue.undo), before=finish),
    Scenario(
        "an absence is undone",
        (events.BookingRestored,),
        step(queue.undo),
        before=steps(call, step(queue.no_show)),
    ),
    Scenario("somebody joins without an appointment", (events.BookingMade,), walk_in),
    Scenario(
        "somebody without an appointment is sent to a colleague",
        (events.BookingMoved,),
        hand_over,
        before=lambda tx, w: check_in(tx, w, 1),
    ),
    Scenario(
        "a note is written",
        (events.InterviewReviewed,),
        lambda tx, w: review.write(
            tx,
            w.recruiter,
            booking_id=w.bookings[0],
            note="Soigneux",
            rating=4,
            next_step=NextStep.SECOND_INTERVIEW,
            now=w.now + timedelta(minutes=10),
        ),
        before=finish,
    ),
    Scenario(
        "the candidate opens the room", (events.RoomEntered,), step(queue.enter_room, by="candidate"), before=call
    ),
    Scenario("the recruiter opens the room", (events.RoomEntered,), step(queue.enter_room), before=call),
    Scenario("somebody waits for a full stand", (events.WaitlistJoined,), wait_for_full),
    Scenario(
        "somebody no longer waits for a full stand",
        (events.WaitlistLeft,),
        lambda tx, w: waitlist.leave(tx, w.candidates[4], stand_id=w.full, candidate_id=w.candidate(4), now=w.now),
        before=wait_for_full,
    ),
    Scenario(
        "who waits is offered the place that became free",
        (events.BookingMade,),
        lambda tx, w: waitlist.promote(tx, stand_id=w.full, now=w.now),
        before=steps(wait_for_full, cancel_full),
    ),
    Scenario(
        "a stand pauses",
        (events.StandWentAway,),
        lambda tx, w: stand.away(tx, w.recruiter, stand_id=w.stand, now=w.now),
    ),
    Scenario(
        "a stand goes on",
        (events.StandCameBack,),
        lambda tx, w: stand.back(tx, w.recruiter, stand_id=w.stand, now=w.now + timedelta(minutes=5)),
        before=lambda tx, w: stand.away(tx, w.recruiter, stand_id=w.stand, now=w.now),
    ),
    Scenario(
        "a slot is blocked",
        (events.SlotBlocked,),
        lambda tx, w: stand.block_slot(tx, w.recruiter, slot_id=w.slots[6], now=w.now),
    ),
    Scenario(
        "a slot is opened again",
        (events.SlotReopened,),
        lambda tx, w: stand.reopen_slot(tx, w.recruiter, slot_id=w.slots[6], now=w.now),
        before=lambda tx, w: stand.block_slot(tx, w.recruiter, slot_id=w.slots[6], now=w.now),
    ),
    Scenario(
        "interviews are exported",
        (events.InterviewsExported,),
        lambda tx, w: stand.record_export(tx, w.recruiter, stand_id=w.stand, now=w.now),
    ),
    Scenario(
        "an organiser sees the notes of a stand",
        (events.NotesRead,),
        lambda tx, w: stand.record_reading(tx, w.organiser, stand_id=w.stand, now=w.now),
    ),
]
