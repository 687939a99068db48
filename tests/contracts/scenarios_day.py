"""What people promise each other while they wait, gaps that are offered and taken, and what time alone changes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.domain import events
from jobdating.queries.live_day import look
from jobdating.services import gaps, live_day, promises, queue, stand
from tests.contracts.scenarios_line import call, check_in, start
from tests.contracts.world import LIVE, Scenario, Step, World, steps

MINUTE = timedelta(minutes=1)


def has_phone(tx: Connection, w: World) -> None:
    tx.execute(t.accounts.update().values(phone="+33639980102"))


def says(service: Callable[..., Any], *, number: int = 0, after: timedelta = 2 * MINUTE, by: str = "candidate") -> Step:
    """A promise, by the candidate of a booking or by its stand."""

    def act(tx: Connection, w: World) -> None:
        actor = w.candidates[number] if by == "candidate" else w.recruiter
        service(tx, actor, booking_id=w.bookings[number], now=w.now + after)

    return act


def miss(tx: Connection, w: World) -> None:
    """The first did not come, and two people without an appointment are here."""
    queue.no_show(tx, w.recruiter, booking_id=w.bookings[0], now=w.now)
    for number in (4, 5):
        here = t.candidates.c.id == w.candidate(number)
        tx.execute(t.candidates.update().where(here).values(connected_since=w.now, seen_at=w.now))


def offer_gap(tx: Connection, w: World) -> None:
    w.notes["gap"] = gaps.offer(
        tx, stand_id=w.stand, cause_id=w.bookings[0], candidate_ids=[w.candidate(4), w.candidate(5)],
        until=LIVE + 10 * MINUTE, answer_by=LIVE + 2 * MINUTE, now=w.now,
    )  # fmt: skip
    offers = tx.execute(select(t.gap_offers.c.id).order_by(t.gap_offers.c.id)).scalars()
    w.notes["offers"] = list(offers)


def accept(tx: Connection, w: World) -> None:
    gaps.accept(tx, w.candidates[4], offer_id=w.notes["offers"][0], now=w.now)


def expect_twice(tx: Connection, w: World) -> None:
    """The first is expected at both stands at half past ten."""
    second = tx.execute(
        select(t.bookings.c.id).where(t.bookings.c.candidate_id == w.candidate(0), t.bookings.c.stand_id == w.colleague)
    ).scalar_one()
    for booking_id in (w.bookings[0], second):
        times = dict.fromkeys(("not_before", "low", "high"), LIVE + 70 * MINUTE)
        tx.execute(t.estimates.delete().where(t.estimates.c.booking_id == booking_id))
        tx.execute(t.estimates.insert().values(booking_id=booking_id, published_at=w.now, **times))


def expect_once(tx: Connection, w: World) -> None:
    moved = t.estimates.c.booking_id == w.bookings[0]
    times = dict.fromkeys(("not_before", "low", "high"), LIVE + 10 * MINUTE)
    tx.execute(t.estimates.update().where(moved).values(**times))


def time_passes(at: datetime) -> Step:
    """What the timekeeper writes when nothing happens but time."""

    def act(tx: Connection, w: World) -> None:
        found = look(tx, w.fair_id, now=at)
        assert found is not None
        if found.turned:
            live_day.turn(tx, fair_id=w.fair_id, stand_ids=found.turned, now=at)
        live_day.clash(tx, fair_id=w.fair_id, found=found.clashes, gone=found.gone, now=at)
        if found.troubled:
            live_day.see_to(tx, fair_id=w.fair_id, stand_ids=found.troubled, now=at)

    return act


def settle(*, back: bool, of: str = "stand") -> Step:
    """One of the two stands lets the other go first; or no longer."""

    def act(tx: Connection, w: World) -> None:
        clash_id = tx.execute(select(t.clashes.c.id)).scalar_one()
        live_day.yield_place(tx, w.recruiter, stand_id=getattr(w, of), clash_id=clash_id, back=back, now=w.now)

    return act


SCENARIOS = [
    Scenario("a candidate runs late", (events.CandidateRunsLate,), says(promises.run_late)),
    Scenario(
        "who ran late is there", (events.CandidateCheckedIn,), says(queue.check_in, after=4 * MINUTE),
        before=steps(check_in, says(promises.run_late)),
    ),
    Scenario(
        "a candidate asks to be phoned", (events.PhoneAsked,), says(promises.ask_for_phone), before=has_phone
    ),
    Scenario(
        "a candidate who was called asks to be phoned", (events.PhoneAsked,), says(promises.ask_for_phone),
        before=steps(has_phone, call),
    ),
    Scenario(
        "who waits by the phone is called", (events.CandidateCalled,), says(queue.call, by="recruiter"),
        before=steps(has_phone, says(promises.ask_for_phone, after=MINUTE)),
    ),
    Scenario(
        "a candidate can connect after all", (events.PhoneAsked,), says(promises.forgo_phone, after=3 * MINUTE),
        before=steps(has_phone, says(promises.ask_for_phone)),
    ),
    Scenario(
        "a candidate is asked to come early", (events.EarlyAsked,), says(promises.ask_early, number=1, by="recruiter"),
        before=lambda tx, w: check_in(tx, w, 1),
    ),
    Scenario("a candidate can come early", (events.EarlyAnswered,), says(promises.come_early, number=1)),
    Scenario(
        "a candidate would rather not", (events.EarlyAnswered,), says(promises.keep_time, number=1, after=3 * MINUTE),
        before=steps(lambda tx, w: check_in(tx, w, 1), says(promises.ask_early, number=1, by="recruiter")),
    ),
    Scenario(
        "an interview elsewhere lasts longer", (events.InterviewExtended,), says(queue.extend, by="recruiter"),
        before=start,
    ),
    Scenario("a gap is offered", (events.GapOpened, events.GapOffered), offer_gap, before=miss),
    Scenario("a gap is taken", (events.BookingMade, events.GapTaken), accept, before=steps(miss, offer_gap)),
    Scenario(
        "a gap is taken by somebody of the line", (events.GapTaken,), accept,
        before=steps(lambda tx, w: queue.join(tx, w.candidates[4], stand_id=w.stand, now=w.now), miss, offer_gap),
    ),
    Scenario(
        "a gap is declined", (events.GapDeclined,),
        lambda tx, w: gaps.decline(tx, w.candidates[4], offer_id=w.notes["offers"][0], now=w.now),
        before=steps(miss, offer_gap),
    ),
    Scenario(
        "nobody answers in time", (events.GapDeclined,),
        lambda tx, w: gaps.expire(tx, offer_id=w.notes["offers"][1], now=w.now + 2 * MINUTE),
        before=steps(miss, offer_gap),
    ),
    Scenario(
        "a gap closes", (events.GapClosed,),
        lambda tx, w: gaps.close(tx, stand_id=w.stand, now=w.now + 2 * MINUTE),
        before=steps(miss, offer_gap),
    ),
    Scenario(
        "somebody is called although a gap was offered", (events.GapClosed, events.CandidateCalled),
        says(queue.call, number=1, by="recruiter"), before=steps(miss, offer_gap),
    ),
    Scenario(
        "the taker of a gap is called", (events.CandidateCalled,),
        lambda tx, w: queue.call(
            tx, w.recruiter, now=w.now + MINUTE,
            booking_id=tx.execute(select(t.gaps.c.taken_by)).scalar_one(),
        ),
        before=steps(miss, offer_gap, accept),
    ),
    Scenario(
        "an absence is undone while its gap is offered", (events.GapClosed, events.BookingRestored),
        says(queue.undo, by="recruiter"), before=steps(miss, offer_gap),
    ),
    Scenario(
        "an absence is undone after its gap was taken", (events.BookingRestored,), says(queue.undo, by="recruiter"),
        before=steps(miss, offer_gap, accept),
    ),
    Scenario(
        "a grace is over", (events.TurnChanged,), time_passes(LIVE + 15 * MINUTE), before=lambda tx, w: check_in(tx, w, 1)
    ),
    Scenario(
        "a long break is seen",
        (events.TroubleChanged,),
        time_passes(LIVE + 16 * MINUTE),
        before=lambda tx, w: stand.away(tx, w.recruiter, stand_id=w.stand, now=w.now),
    ),
    Scenario(
        "a candidate sits alone in the room", (events.TroubleChanged,), time_passes(LIVE + 8 * MINUTE),
        before=steps(call, says(queue.enter_room)),
    ),
    Scenario("somebody is expected in two rooms", (events.ClashFound,), time_passes(LIVE + MINUTE), before=expect_twice),
    Scenario(
        "somebody is not expected in two rooms any more", (events.ClashGone,),
        time_passes(LIVE + 2 * MINUTE),
        before=steps(expect_twice, time_passes(LIVE + MINUTE), expect_once),
    ),
    Scenario(
        "a stand lets the other go first", (events.PlaceYielded,), settle(back=False),
        before=steps(expect_twice, time_passes(LIVE + MINUTE)),
    ),
    Scenario(
        "a stand no longer lets the other go first", (events.PlaceYielded,), settle(back=True, of="colleague"),
        before=steps(expect_twice, time_passes(LIVE + MINUTE), settle(back=False, of="colleague")),
    ),
]  # fmt: skip
