"""What a stand may not do to people who never chose it, nor to another firm: by any number in any field of a form."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain import errors
from jobdating.domain.policy import Actor
from jobdating.domain.repair import Way
from jobdating.domain.states import BookingState, NextStep, SlotState
from jobdating.services import booking, documents, queue, review
from jobdating.services.grid import PlanStale
from tests import factories as make
from tests.services.repaired import World, agree, look

NOW = make.MORNING + timedelta(minutes=5)
Act = Callable[..., Any]


class Day:
    """A stand with a recruiter, a colleague's stand, another firm's, and Inès, who has chosen none of them."""

    def __init__(self, tx: Connection) -> None:
        self.fair = make.make_fair(tx, live_day=date(2027, 6, 17))
        company = make.make_company(tx, self.fair)
        self.stand = make.make_stand(tx, self.fair, company_id=company)
        self.colleague = make.make_stand(tx, self.fair, company_id=company)
        self.rival = make.make_stand(tx, self.fair)
        self.slots = make.make_slots(tx, self.stand)
        self.colleagues_slots = make.make_slots(tx, self.colleague)
        self.rivals_slots = make.make_slots(tx, self.rival)
        self.recruiter = make.make_recruiter(tx, self.stand)
        self.organiser = make.make_organiser(tx, self.fair)
        self.actor = make.make_candidate(tx, self.fair)
        self.ines = self.actor.candidates[self.fair]
        content = {"filename": "cv.pdf", "size": 5, "content": b"%PDF-", "uploaded_at": make.BEFORE}
        tx.execute(t.documents.insert().values(candidate_id=self.ines, **content))


@pytest.fixture
async def day(db: Database) -> Day:
    return await db.write(Day)


def into_a_slot(tx: Connection, day: Day, *, candidate_id: int) -> booking.Booking:
    return booking.book(tx, day.recruiter, slot_id=day.slots[3], candidate_id=candidate_id, now=make.BEFORE)


def into_the_line(tx: Connection, day: Day, *, candidate_id: int) -> booking.Booking:
    return queue.join(tx, day.recruiter, stand_id=day.stand, candidate_id=candidate_id, now=NOW)


WAYS = [into_a_slot, into_the_line]


@pytest.mark.parametrize("way", WAYS)
async def test_a_stand_gives_no_place_to_somebody_who_has_not_chosen_it(db: Database, day: Day, way: Act) -> None:
    """[8.2.2] Or it would learn the name, the telephone and the CV of everybody there is, by counting."""
    for candidate_id in (day.ines, 987_654):
        with pytest.raises(errors.NotFound) as told:
            await db.write(way, day, candidate_id=candidate_id)
        assert told.value.params == {"what": "candidate"}
    with pytest.raises(errors.NotFound):
        await db.write(documents.read, day.recruiter, candidate_id=day.ines, now=NOW)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("state", [BookingState.HELD, BookingState.CANCELLED])
async def test_an_invitation_or_a_cancelled_interview_is_no_yes(
    db: Database, day: Day, way: Act, state: BookingState
) -> None:
    def once(tx: Connection) -> None:
        made = booking.book(tx, day.actor, slot_id=day.slots[0], now=make.BEFORE)
        tx.execute(update(t.bookings).where(t.bookings.c.id == made.id).values(state=state.value))

    await db.write(once)
    with pytest.raises(errors.NotFound):
        await db.write(way, day, candidate_id=day.ines)


@pytest.mark.parametrize("way", WAYS)
async def test_who_came_once_may_be_seen_again_and_an_organiser_helps_anybody(db: Database, day: Day, way: Act) -> None:
    def met(tx: Connection) -> None:
        made = booking.book(tx, day.actor, slot_id=day.slots[0], now=make.BEFORE)
        tx.execute(update(t.bookings).where(t.bookings.c.id == made.id).values(state=BookingState.DONE.value))

    await db.write(met)
    assert (await db.write(way, day, candidate_id=day.ines)).stand_id == day.stand
    for_her: dict[str, Any] = {"slot_id": day.rivals_slots[9], "candidate_id": day.ines, "now": make.BEFORE}
    assert (await db.write(booking.book, day.organiser, **for_her)).stand_id == day.rival


async def test_a_stand_moves_its_people_to_a_colleague_and_to_no_other_firm(db: Database, day: Day) -> None:
    """[8.2.2] The slot's number is in a field of the form: any other firm's could be taken and filled."""
    made = await db.write(booking.book, day.actor, slot_id=day.slots[0], now=make.BEFORE)
    where: dict[str, Any] = {"booking_id": made.id, "now": make.BEFORE}
    for slot_id in (day.rivals_slots[4], 987_654):
        with pytest.raises(errors.NotFound) as told:
            await db.write(booking.move, day.recruiter, slot_id=slot_id, **where)
        assert told.value.params == {"what": "slot"}
    moved = await db.write(booking.move, day.recruiter, slot_id=day.colleagues_slots[4], **where)
    assert moved.stand_id == day.colleague
    assert (await db.write(booking.move, day.organiser, slot_id=day.rivals_slots[4], **where)).stand_id == day.rival


def herself(tx: Connection, day: Day, booking_id: int, *, to_rival: bool) -> None:
    slot_id = day.rivals_slots[4] if to_rival else day.colleagues_slots[4]
    booking.move(tx, day.actor, booking_id=booking_id, slot_id=slot_id, now=make.BEFORE)


def by_hand(tx: Connection, day: Day, booking_id: int, *, to_rival: bool) -> None:
    stand_id = day.rival if to_rival else day.colleague
    queue.hand_over(tx, day.organiser, booking_id=booking_id, stand_id=stand_id, now=make.BEFORE)


@pytest.mark.parametrize("way", [herself, by_hand])
@pytest.mark.parametrize("to_rival", [True, False])
async def test_what_a_firm_wrote_does_not_go_along_to_another(db: Database, day: Day, way: Act, to_rival: bool) -> None:
    """[8.2.3] A note is between the candidate and the firm that wrote it; a colleague goes on reading it."""
    made = await db.write(booking.book, day.actor, slot_id=day.slots[0], now=make.BEFORE)
    note: dict[str, Any] = {"note": "Hésite sur le salaire", "rating": 2, "next_step": NextStep.NO}
    await db.write(review.write, day.recruiter, booking_id=made.id, now=make.BEFORE, **note)
    await db.write(way, day, made.id, to_rival=to_rival)

    def written(tx: Connection) -> tuple[Any, ...]:
        b = t.bookings.c
        return tuple(tx.execute(select(b.note, b.rating, b.next_step, b.reviewed_at).where(b.id == made.id)).one())

    found = await db.read(written)
    if to_rival:
        assert found == ("", None, NextStep.UNDECIDED.value, None)
    else:
        assert found == ("Hésite sur le salaire", 2, NextStep.NO.value, make.BEFORE)


async def test_who_leads_a_firm_sends_its_people_to_no_other(db: Database) -> None:
    """[8.2.2] Closing a stand gives its people places elsewhere: those of other firms are the organisers' to give."""
    world = await db.write(World)
    leading = frozenset({world.stand, world.colleague})
    lead = Actor((await db.write(make.make_recruiter, world.stand, lead=True)).account_id, stands=leading, led=leading)
    await db.write(
        lambda tx: tx.execute(
            update(t.slots).where(t.slots.c.id.in_(world.colleague_slots[:-1])).values(state=SlotState.BLOCKED.value)
        ).close()
    )
    everywhere = await look(db, world, world.asked(Way.CLOSE))
    assert world.other in {move.place.stand_id for move in everywhere.repair.placed if move.place}
    with pytest.raises(PlanStale):
        await agree(db, world, everywhere, actor=lead)
    within = await look(db, world, world.asked(Way.CLOSE, within=True))
    assert {move.place.stand_id for move in within.repair.placed if move.place} == {world.colleague}
    assert await agree(db, world, within, actor=lead)
