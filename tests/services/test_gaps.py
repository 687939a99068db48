"""A gap of the day: offered to who fits, taken by the first, closed by a call; nobody booked loses a minute by it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain import errors
from jobdating.domain.policy import Actor
from jobdating.domain.states import BookingState, GapState, OfferState
from jobdating.queries import cockpit
from jobdating.queries.live_day import look
from jobdating.queries.refill import Plan, ToDo
from jobdating.realtime import live_day
from jobdating.services import booking, gaps, promises, queue, stand, waitlist
from tests import factories as make

MINUTE = timedelta(minutes=1)
NOW = make.MORNING + 6 * MINUTE  # six minutes after the first was due


class Day:
    """A stand whose first did not come and whose next is booked at 9:15; Camille, Léa and Noé are here without a time."""

    def __init__(self, tx: Connection) -> None:
        self.fair = make.make_fair(tx, live_day=date(2027, 6, 17), refill_group=2)
        self.stand = make.make_stand(tx, self.fair)
        self.other = make.make_stand(tx, self.fair)
        self.slots = make.make_slots(tx, self.stand)
        self.other_slots = make.make_slots(tx, self.other)
        self.recruiter = make.make_recruiter(tx, self.stand)
        self.stranger = make.make_recruiter(tx, self.other)
        self.ines, self.hugo = make.make_candidate(tx, self.fair), make.make_candidate(tx, self.fair)
        self.first = booking.book(tx, self.ines, slot_id=self.slots[0], now=make.BEFORE).id
        self.second = booking.book(tx, self.hugo, slot_id=self.slots[1], now=make.BEFORE).id
        self.camille, self.lea, self.noe = (self.here(tx) for _ in range(3))
        queue.no_show(tx, self.recruiter, booking_id=self.first, now=NOW)

    def here(self, tx: Connection, **values: Any) -> Actor:
        """Somebody with the page open."""
        return make.make_candidate(tx, self.fair, connected_since=NOW - MINUTE, seen_at=NOW - MINUTE, **values)

    def id(self, actor: Actor) -> int:
        return actor.candidates[self.fair]


@pytest.fixture
async def day(db: Database) -> Day:
    return await db.write(Day)


async def due(db: Database, day: Day, *, after: timedelta = timedelta()) -> ToDo:
    found = await db.read(look, day.fair, now=NOW + after)
    assert found is not None
    return found.gaps


async def asked(db: Database, day: Day) -> list[int]:
    """Whom the timekeeper would ask now, in its order."""
    plans = (await due(db, day)).plans
    return [candidate for plan in plans for candidate in plan.candidate_ids if plan.stand_id == day.stand]


async def offers(db: Database) -> dict[int, Any]:
    """The offers made, by candidate."""
    return {row.candidate_id: row for row in await db.read(lambda tx: tx.execute(select(t.gap_offers)).all())}


async def offer_of(db: Database, day: Day, actor: Actor) -> int:
    return int((await offers(db))[day.id(actor)].id)


async def gap(db: Database) -> Any:
    return await db.read(lambda tx: tx.execute(select(t.gaps)).one())


async def run(db: Database, service: Callable[..., Any], *args: Any, now: Any = NOW, **more: Any) -> Any:
    return await db.write(service, *args, now=now, **more)


async def test_an_absence_is_offered_at_once_to_a_small_group_with_time_to_answer(db: Database, day: Day) -> None:
    [plan] = (await due(db, day)).plans
    assert plan == Plan(
        day.stand, None, day.first, until=make.MORNING + 15 * MINUTE, answer_by=NOW + MINUTE,
        candidate_ids=(day.id(day.camille), day.id(day.lea)),
    )  # fmt: skip
    await live_day.keep(db, day.fair, now=NOW)
    assert {row.state for row in (await offers(db)).values()} == {OfferState.OFFERED}
    assert not (await due(db, day)).plans  # they are thinking


async def test_a_fair_may_do_without(db: Database, day: Day) -> None:
    await db.write(lambda tx: tx.execute(update(t.fairs).values(refill=False)))
    assert not await due(db, day)


async def test_who_is_in_the_line_is_asked_before_all_others(db: Database, day: Day) -> None:
    await run(db, queue.join, day.noe, stand_id=day.stand, now=NOW - 3 * MINUTE)
    assert await asked(db, day) == [day.id(day.noe)]


async def test_then_the_waitlist_then_who_wished_it_and_those_who_had_less_first(db: Database, day: Day) -> None:
    def wish(tx: Connection) -> None:
        for person, rank in ((day.lea, 3), (day.noe, 1)):
            values = {"candidate_id": day.id(person), "stand_id": day.stand, "rank": rank, "eligible": True}
            tx.execute(t.wishes.insert().values(**values))

    def wait(tx: Connection) -> None:
        values = {"candidate_id": day.id(day.camille), "stand_id": day.stand, "joined_at": make.BEFORE}
        tx.execute(t.waitlist.insert().values(**values))

    def an_afternoon(tx: Connection) -> None:
        slot = make.make_slots(tx, day.other, count=1, start=make.MORNING + timedelta(hours=6))[0]
        booking.book(tx, day.noe, slot_id=slot, now=make.BEFORE)

    await db.write(wish)
    assert await asked(db, day) == [day.id(day.noe), day.id(day.lea)]
    await db.write(an_afternoon)  # Noé has one interview, Léa none
    assert await asked(db, day) == [day.id(day.lea), day.id(day.noe)]
    await db.write(wait)
    assert await asked(db, day) == [day.id(day.camille)]


@pytest.mark.parametrize(
    "why", ["offline", "other trade", "soon elsewhere", "in a room", "at the limit", "aside", "no consent"]
)
async def test_who_does_not_fit_is_not_asked(db: Database, day: Day, why: str) -> None:
    def hinder(tx: Connection) -> None:
        camille = day.id(day.camille)
        match why:
            case "offline":
                tx.execute(update(t.candidates).where(t.candidates.c.id == camille).values(connected_since=None))
            case "no consent":
                tx.execute(update(t.candidates).where(t.candidates.c.id == camille).values(permission="withdrawn"))
            case "other trade":
                tx.execute(
                    update(t.candidate_trades)
                    .where(t.candidate_trades.c.candidate_id == camille)
                    .values(trade="Usinage")
                )
            case "soon elsewhere":
                booking.book(tx, day.camille, slot_id=day.other_slots[1], now=make.BEFORE)
            case "in a room":
                made = booking.book(tx, day.camille, slot_id=day.other_slots[9], now=make.BEFORE)
                queue.call(tx, day.stranger, booking_id=made.id, now=NOW)
            case "at the limit":
                tx.execute(update(t.fairs).values(cap=1))
                booking.book(tx, day.camille, slot_id=day.other_slots[9], now=make.BEFORE)
            case _:
                joined = queue.join(tx, day.camille, stand_id=day.stand, now=NOW)
                queue.step_aside(tx, day.camille, booking_id=joined.id, now=NOW)

    await db.write(hinder)
    assert await asked(db, day) == [day.id(day.lea), day.id(day.noe)]


@pytest.mark.parametrize("why", ["due", "busy", "away", "no time", "kept"])
async def test_no_gap_is_seen_where_the_booked_would_pay_for_it(db: Database, day: Day, why: str) -> None:
    at = {"no time": NOW + 2 * MINUTE, "due": NOW + 10 * MINUTE}.get(why, NOW)

    def hinder(tx: Connection) -> None:
        match why:
            case "due":  # Hugo is here and it is his turn
                queue.check_in(tx, day.hugo, booking_id=day.second, now=at)
            case "busy":
                queue.call(tx, day.recruiter, booking_id=day.second, now=at)
            case "away":
                stand.away(tx, day.recruiter, stand_id=day.stand, now=at)
            case "kept":  # the absence is undone: Inès may come through the door
                queue.undo(tx, day.recruiter, booking_id=day.first, now=at)

    await db.write(hinder)
    assert not (await due(db, day, after=at - NOW)).plans


async def test_who_accepts_goes_first_and_the_others_are_told(db: Database, day: Day) -> None:
    await live_day.keep(db, day.fair, now=NOW)
    mine = await offer_of(db, day, day.camille)
    made = await run(db, gaps.accept, day.camille, offer_id=mine)
    assert (made.state, made.stand_id, made.slot_id) == (BookingState.CHECKED_IN, day.stand, None)
    assert await run(db, gaps.accept, day.camille, offer_id=mine) == made  # twice is once
    found = await gap(db)
    assert (found.state, found.taken_by) == (GapState.TAKEN, made.id)
    assert (await offers(db))[day.id(day.lea)].state == OfferState.WITHDRAWN
    with pytest.raises(errors.GapTaken):
        await run(db, gaps.accept, day.lea, offer_id=await offer_of(db, day, day.lea))
    board = await db.read(cockpit.board, day.stand)
    assert board is not None and board.next is not None and board.gap is not None
    assert (board.next.booking_id, board.ask, board.gap.taker_id) == (made.id, False, made.id)


async def test_the_place_in_the_line_is_the_one_they_had(db: Database, day: Day) -> None:
    joined = await run(db, queue.join, day.noe, stand_id=day.stand)
    await live_day.keep(db, day.fair, now=NOW)
    made = await run(db, gaps.accept, day.noe, offer_id=await offer_of(db, day, day.noe))
    assert made.id == joined.id


async def test_a_no_or_silence_passes_it_on_and_nobody_is_asked_twice(db: Database, day: Day) -> None:
    await live_day.keep(db, day.fair, now=NOW)
    await run(db, gaps.decline, day.camille, offer_id=await offer_of(db, day, day.camille))
    assert not (await due(db, day)).plans  # Léa still thinks
    later = NOW + MINUTE
    found = await due(db, day, after=MINUTE)
    assert found.expired == (await offer_of(db, day, day.lea),)
    with pytest.raises(errors.OfferExpired):
        await run(db, gaps.accept, day.lea, offer_id=found.expired[0], now=later)
    await db.write(lambda tx: tx.execute(update(t.gaps).values(until=NOW + timedelta(hours=1))))
    await db.write(lambda tx: booking.cancel(tx, day.recruiter, booking_id=day.second, now=NOW))
    await live_day.keep(db, day.fair, now=later)
    await live_day.keep(db, day.fair, now=later)
    states = {who: row.state for who, row in (await offers(db)).items()}
    assert states == {
        day.id(day.camille): "declined", day.id(day.lea): "expired", day.id(day.noe): "offered",
    }  # fmt: skip
    await run(db, gaps.decline, day.camille, offer_id=await offer_of(db, day, day.camille))  # no change
    assert (await gap(db)).state == GapState.OPEN


async def test_a_call_closes_the_gap_and_a_late_yes_is_refused(db: Database, day: Day) -> None:
    await live_day.keep(db, day.fair, now=NOW)
    await run(db, queue.call, day.recruiter, booking_id=day.second)
    assert (await gap(db)).state == GapState.CLOSED
    with pytest.raises(errors.GapTaken):
        await run(db, gaps.accept, day.camille, offer_id=await offer_of(db, day, day.camille))


async def test_a_call_that_crossed_a_yes_is_refused_and_a_later_one_is_a_decision(db: Database, day: Day) -> None:
    await live_day.keep(db, day.fair, now=NOW)
    made = await run(db, gaps.accept, day.camille, offer_id=await offer_of(db, day, day.camille))
    with pytest.raises(errors.GapTaken):
        await run(db, queue.call, day.recruiter, booking_id=day.second)
    called = await run(db, queue.call, day.recruiter, booking_id=day.second, now=NOW + gaps.JUST)
    assert called.state is BookingState.CALLED
    board = await db.read(cockpit.board, day.stand)
    assert board is not None
    assert [entry.booking_id for entry in board.line] == [made.id]  # keeps the turn


@pytest.mark.parametrize("taken", [False, True])
async def test_an_undone_absence_restores_the_place_whatever_became_of_the_gap(
    db: Database, day: Day, taken: bool
) -> None:
    await live_day.keep(db, day.fair, now=NOW)
    mine = await offer_of(db, day, day.camille)
    if taken:
        made = await run(db, gaps.accept, day.camille, offer_id=mine)
    await run(db, queue.undo, day.recruiter, booking_id=day.first)
    await run(db, queue.check_in, day.ines, booking_id=day.first)
    board = await db.read(cockpit.board, day.stand)
    assert board is not None and board.next is not None
    assert board.next.booking_id == day.first
    if taken:  # right after
        assert [entry.booking_id for entry in board.line[:2]] == [day.first, made.id]
        assert (await gap(db)).state == GapState.TAKEN
    else:
        assert ((await gap(db)).state, (await offers(db))[day.id(day.lea)].state) == ("closed", "withdrawn")
        with pytest.raises(errors.GapTaken):
            await run(db, gaps.accept, day.camille, offer_id=mine)


async def test_who_cannot_come_any_more_is_refused_when_they_say_yes(db: Database, day: Day) -> None:
    await live_day.keep(db, day.fair, now=NOW)

    def busy(tx: Connection) -> None:
        booking.book(tx, day.camille, slot_id=day.other_slots[1], now=make.BEFORE)
        made = booking.book(tx, day.lea, slot_id=day.other_slots[9], now=make.BEFORE)
        queue.call(tx, day.stranger, booking_id=made.id, now=NOW)

    await db.write(busy)
    for person, refusal in ((day.camille, errors.Overlap), (day.lea, errors.CandidateBusy)):
        with pytest.raises(refusal):
            await run(db, gaps.accept, person, offer_id=await offer_of(db, day, person))


async def test_an_offer_is_ones_own(db: Database, day: Day) -> None:
    await live_day.keep(db, day.fair, now=NOW)
    mine = await offer_of(db, day, day.camille)
    for service in (gaps.accept, gaps.decline):
        for actor in (day.lea, day.recruiter):
            with pytest.raises(errors.NotFound):
                await run(db, service, actor, offer_id=mine)
        with pytest.raises(errors.NotFound):
            await run(db, service, day.camille, offer_id=10**6)


async def test_a_gap_closes_when_too_little_of_it_is_left(db: Database, day: Day) -> None:
    await live_day.keep(db, day.fair, now=NOW)
    later = NOW + 2 * MINUTE
    assert (await due(db, day, after=2 * MINUTE)).closing == (day.stand,)
    await live_day.keep(db, day.fair, now=later)
    assert (await gap(db)).state == GapState.CLOSED
    assert not (await due(db, day, after=2 * MINUTE)).plans


async def test_the_same_absence_opens_no_second_gap(db: Database, day: Day) -> None:
    await live_day.keep(db, day.fair, now=NOW)
    await run(db, gaps.close, stand_id=day.stand)
    assert not (await due(db, day)).plans


async def test_the_waitlist_is_left_by_who_takes_a_gap(db: Database, day: Day) -> None:
    def wait(tx: Connection) -> None:
        for slot in (day.slots[0], *day.slots[2:]):
            stand.block_slot(tx, day.recruiter, slot_id=slot, now=make.BEFORE)
        waitlist.join(tx, day.camille, stand_id=day.stand, now=make.BEFORE)

    await db.write(wait)
    await live_day.keep(db, day.fair, now=NOW)
    await run(db, gaps.accept, day.camille, offer_id=await offer_of(db, day, day.camille))
    assert await db.read(lambda tx: tx.execute(select(t.waitlist.c.id)).all()) == []


async def test_who_agreed_to_come_early_is_called_and_no_gap_is_offered(db: Database, day: Day) -> None:
    await run(db, promises.come_early, day.hugo, booking_id=day.second)
    assert not await due(db, day)
    board = await db.read(cockpit.board, day.stand)
    assert board is not None and board.next is not None
    assert (board.next.booking_id, board.ask) == (day.second, False)


async def test_who_said_no_is_not_asked_again_by_this_stand_that_day(db: Database, day: Day) -> None:
    await live_day.keep(db, day.fair, now=NOW)
    await run(db, gaps.decline, day.camille, offer_id=await offer_of(db, day, day.camille))
    await run(db, gaps.close, stand_id=day.stand)
    later = NOW + 15 * MINUTE
    await run(db, queue.no_show, day.recruiter, booking_id=day.second, now=later)
    found = (await due(db, day, after=15 * MINUTE)).plans
    assert [plan.candidate_ids for plan in found] == [(day.id(day.lea), day.id(day.noe))]
